"""Typed data → the text of HistFactory XML files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from . import document as d

SCHEMA = "HistFactorySchema.dtd"
"""ROOT's parser validates, and so wants a file of this name beside the others."""

_ELEMENTS = {
    "Combination": "OutputFilePrefix",
    "Function": "Name Expression Dependents",
    "Input": "",
    "Measurement": "Name Lumi LumiRelErr ExportOnly",
    "POI": "",
    "ParamSetting": "Val Const",
    "ConstraintTerm": "Type RelativeUncertainty",
    "Channel": "Name InputFile",
    "Data": "HistoName",
    "StatErrorConfig": "RelErrorThreshold ConstraintType",
    "Sample": "Name HistoName NormalizeByTheory",
    "StatError": "Activate",
    "HistoSys": "Name HistoNameLow HistoNameHigh",
    "OverallSys": "Name Low High",
    "ShapeSys": "Name HistoName ConstraintType",
    "NormFactor": "Name Val Low High",
    "ShapeFactor": "Name HistoName",
}


def schema() -> str:
    """A document type definition of what is written here."""
    lines = []
    for tag, attributes in _ELEMENTS.items():
        lines.append(f"<!ELEMENT {tag} ANY>")
        lines += [f"<!ATTLIST {tag} {name} CDATA #IMPLIED>" for name in attributes.split()]
    return "\n".join(lines) + "\n"


def driver(
    functions: tuple[d.Function, ...],
    inputs: tuple[str, ...],
    measurements: tuple[d.Measurement, ...],
) -> str:
    """The driver file; `inputs` are the paths of the channel files."""
    lines = [_open("Combination", {"OutputFilePrefix": "./results"})]
    for f in functions:
        said = {"Name": f.name, "Expression": f.expression, "Dependents": f.dependents}
        lines.append("  " + _empty("Function", said))
    lines += [f"  <Input>{escape(name)}</Input>" for name in inputs]
    for m in measurements:
        lines += ["  " + line for line in _measurement(m)]
    return _document("Combination", [*lines, "</Combination>"])


def _measurement(m: d.Measurement) -> Iterator[str]:
    yield _open(
        "Measurement",
        {"Name": m.name, "Lumi": m.lumi, "LumiRelErr": m.lumi_relative, "ExportOnly": "True"},
    )
    # pyhf wants the element, and ROOT wants some text in it, be it a blank.
    yield f"  <POI>{escape(' '.join(m.pois)) or ' '}</POI>"
    for s in m.settings:
        keys: dict[str, str | float] = {} if s.value is None else {"Val": s.value}
        keys |= {"Const": "True"} if s.const else {}
        yield f"  {_open('ParamSetting', keys)}{escape(s.name)}</ParamSetting>"
    for t in m.terms:
        keys = {"Type": t.type, "RelativeUncertainty": t.relative}
        yield f"  {_open('ConstraintTerm', keys)}{escape(t.name)}</ConstraintTerm>"
    yield "</Measurement>"


def channel(c: d.Channel, file: str) -> str:
    """A channel's file; all histograms are in one ROOT file."""
    kind = {"Gauss": "Gaussian", "Poisson": "Poisson"}[c.stat_kind]
    lines = [_open("Channel", {"Name": c.name, "InputFile": file})]
    lines += ["  " + _empty("Data", {"HistoName": data.source.name}) for data in c.data]
    config: dict[str, str | float] = {"RelErrorThreshold": c.threshold, "ConstraintType": kind}
    lines.append("  " + _empty("StatErrorConfig", config))
    for s in c.samples:
        by_theory = str(s.by_theory)
        keys = {"Name": s.name, "HistoName": s.source.name, "NormalizeByTheory": by_theory}
        lines.append("  " + _open("Sample", keys))
        lines += ["    " + _modifier(m) for m in s.modifiers]
        lines.append("  </Sample>")
    return _document("Channel", [*lines, "</Channel>"])


def _modifier(m: d.Modifier) -> str:
    keys: dict[str, str | float]
    match m:
        case d.NormFactor():
            keys = {"Name": m.name, "Val": m.value, "Low": m.low, "High": m.high}
            return _empty("NormFactor", keys)
        case d.OverallSys():
            return _empty("OverallSys", {"Name": m.name, "Low": m.low, "High": m.high})
        case d.HistoSys():
            sources = {"HistoNameLow": m.low.name, "HistoNameHigh": m.high.name}
            return _empty("HistoSys", {"Name": m.name, **sources})
        case d.ShapeSys():
            kind = {"Gauss": "Gaussian", "Poisson": "Poisson"}[m.kind]
            name = {"Name": m.name, "HistoName": m.errors.name}
            return _empty("ShapeSys", {**name, "ConstraintType": kind})
        case d.ShapeFactor():
            initial = {} if m.initial is None else {"HistoName": m.initial.name}
            return _empty("ShapeFactor", {"Name": m.name, **initial})
        case d.StatError():
            return _empty("StatError", {"Activate": "True"})


def _document(root: str, lines: list[str]) -> str:
    return "\n".join([f"<!DOCTYPE {root} SYSTEM '{SCHEMA}'>", *lines]) + "\n"


def _keys(keys: Mapping[str, str | float]) -> str:
    said = (v if isinstance(v, str) else repr(float(v)) for v in keys.values())
    return "".join(f" {k}={quoteattr(v)}" for k, v in zip(keys, said, strict=True))


def _open(tag: str, keys: Mapping[str, str | float]) -> str:
    return f"<{tag}{_keys(keys)}>"


def _empty(tag: str, keys: Mapping[str, str | float]) -> str:
    return f"<{tag}{_keys(keys)}/>"
