"""Elements → typed data: what is not known is refused, what has no effect is reported."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NoReturn

from hs3.errors import ConversionError
from hs3.findings import Finding, nearest

from . import document as d
from .elements import Element

_KINDS: dict[str, d.Kind] = {
    "Gaussian": "Gauss",
    "Gauss": "Gauss",
    "Poisson": "Poisson",
    "Pois": "Poisson",
}
_BOOLEANS = {"True": True, "true": True, "False": False, "false": False}
_TERMS: dict[str, d.TermType] = {
    "Gamma": "Gamma",
    "LogNormal": "LogNormal",
    "Uniform": "Uniform",
    "NoConstraint": "NoConstraint",
    "NoSyst": "NoConstraint",  # so ROOT itself writes it (Measurement::PrintXML)
}


def refuse(
    code: str, message: str, place: str, value: str, valid: tuple[str, ...] = ()
) -> NoReturn:
    """Raise the error for something in the XML that has no meaning."""
    near = nearest(value, valid)
    raise ConversionError(message, code=code, path=place, value=value, suggestions=near)


class Reader:
    """Reads elements; `findings` tells what has no effect on the model."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    # --- attributes -----------------------------------------------------------------------------

    def _check(self, element: Element, *known: str, children: tuple[str, ...] = ()) -> None:
        for name in element.attributes:
            if name not in known:
                message = f"{element.tag} has no attribute {name!r}"
                refuse("xml.unknown", message, element.place, name, known)
        for child in element.children:
            if child.tag not in children:
                message = f"{element.tag} has no element {child.tag!r}"
                refuse("xml.unknown", message, child.place, child.tag, children)

    def _text(self, element: Element, name: str) -> str:
        value = element.attributes.get(name, "")
        if not value:
            message = f"{element.tag} needs the attribute {name!r}"
            refuse("xml.value", message, element.place, name)
        return value

    def _number(self, element: Element, name: str, default: float | None = None) -> float:
        if default is not None and name not in element.attributes:
            message = f"{element.tag} has no {name}; {default:g} is taken, as ROOT does"
            self.findings.append(Finding("xml.default", element.place, message, name))
            return default
        text = self._text(element, name)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            message = f"{name} of {element.tag} has to be a number, not {text!r}"
            refuse("xml.value", message, element.place, text)
        return value

    def _flag(self, element: Element, name: str, default: bool) -> bool:
        text = element.attributes.get(name)
        if text is None:
            return default
        if text not in _BOOLEANS:
            message = f"{name} of {element.tag} has to be True or False, not {text!r}"
            refuse("xml.value", message, element.place, text, ("True", "False"))
        return _BOOLEANS[text]

    def _kind(self, element: Element, default: d.Kind) -> d.Kind:
        text = element.attributes.get("ConstraintType")
        if text is None:
            return default
        if text not in _KINDS:
            message = f"ConstraintType has to be Gaussian or Poisson, not {text!r}"
            refuse("xml.value", message, element.place, text, tuple(_KINDS))
        return _KINDS[text]

    def _ignored(self, element: Element, *names: str) -> None:
        found = [name for name in names if name in element.attributes]
        if found:
            message = f"{element.tag} has {' and '.join(found)}: nothing about the model"
            self.findings.append(Finding("xml.not_carried", element.place, message, found[0]))

    # --- driver ---------------------------------------------------------------------------------

    def combination(self, root: Element) -> d.Combination:
        """The driver file."""
        if root.tag != "Combination":
            message = f"the driver of HistFactory XML is a Combination, not {root.tag!r}"
            refuse("xml.driver", message, root.place, root.tag)
        self._check(root, "OutputFilePrefix", "Mode", children=("Function", "Input", "Measurement"))
        self._ignored(root, "OutputFilePrefix", "Mode")
        inputs = [(e.text.strip(), e.place) for e in root.all("Input")]
        for text, place in inputs:
            if not text:
                refuse("xml.value", "Input needs the path of a channel's file", place, "")
        if not inputs:
            refuse("xml.driver", "the driver has no Input", root.place, "Input")
        measurements = tuple(self._measurement(e) for e in root.all("Measurement"))
        if not measurements:
            refuse("xml.driver", "the driver has no Measurement", root.place, "Measurement")
        functions = tuple(self._function(e) for e in root.all("Function"))
        return d.Combination(functions, tuple(inputs), measurements)

    def _function(self, e: Element) -> d.Function:
        keys = ("Name", "Expression", "Dependents")
        self._check(e, *keys)
        name, expression, dependents = (self._text(e, key) for key in keys)
        return d.Function(name, expression, dependents, e.place)

    def _measurement(self, e: Element) -> d.Measurement:
        known = ("Name", "Lumi", "LumiRelErr", "BinLow", "BinHigh", "Mode", "ExportOnly")
        children = ("POI", "ParamSetting", "ConstraintTerm", "Asimov")
        self._check(e, *known, children=children)
        self._ignored(e, "BinLow", "BinHigh", "Mode", "ExportOnly")
        for asimov in e.all("Asimov"):
            message = "Asimov data sets are made from the model when they are wanted"
            self.findings.append(Finding("xml.not_carried", asimov.place, message, "Asimov"))
        terms = (term for child in e.all("ConstraintTerm") for term in self._terms(child))
        return d.Measurement(
            self._text(e, "Name"),
            self._number(e, "Lumi", 1.0),
            self._number(e, "LumiRelErr", 0.1),
            tuple(name for poi in e.all("POI") for name in poi.text.split()),
            tuple(s for child in e.all("ParamSetting") for s in self._settings(child)),
            tuple({term.name: term for term in terms}.values()),
            e.place,
        )

    def _settings(self, e: Element) -> list[d.Setting]:
        self._check(e, "Val", "Const")
        value = self._number(e, "Val") if "Val" in e.attributes else None
        const = self._flag(e, "Const", False)
        return [d.Setting(name, e.place, value, const) for name in e.text.split()]

    def _terms(self, e: Element) -> list[d.ConstraintTerm]:
        self._check(e, "Type", "RelativeUncertainty")
        text = self._text(e, "Type")
        if text not in _TERMS:
            message = f"there is no ConstraintTerm of type {text!r}"
            refuse("xml.value", message, e.place, text, tuple(_TERMS))
        kind = _TERMS[text]
        relative = float(kind == "NoConstraint")
        if "RelativeUncertainty" in e.attributes:
            relative = self._number(e, "RelativeUncertainty")
        if kind != "NoConstraint" and relative == 0.0:  # ROOT does not even look at such a term
            message = f"a {kind} term without RelativeUncertainty has no effect"
            self.findings.append(Finding("xml.no_effect", e.place, message, text))
            return []
        if kind in ("Gamma", "LogNormal") and relative < 0.0:
            message = f"the RelativeUncertainty of a {kind} term has to be above zero"
            refuse("xml.value", message, e.place, f"{relative:g}")
        return [d.ConstraintTerm(name, kind, relative, e.place) for name in e.text.split()]

    # --- channel --------------------------------------------------------------------------------

    def channel(self, root: Element) -> d.Channel:
        """A channel's file."""
        if root.tag != "Channel":
            message = f"an Input of the driver is a Channel, not {root.tag!r}"
            refuse("xml.driver", message, root.place, root.tag)
        children = ("Data", "StatErrorConfig", "Sample")
        self._check(root, "Name", "InputFile", "HistoPath", "HistoName", children=children)
        self._ignored(root, "HistoName")
        file = root.attributes.get("InputFile", "")
        folder = root.attributes.get("HistoPath", "")
        kind: d.Kind = "Poisson"
        threshold = 0.05
        for config in root.all("StatErrorConfig"):
            self._check(config, "RelErrorThreshold", "ConstraintType")
            kind, threshold = self._kind(config, "Poisson"), 0.05
            if "RelErrorThreshold" in config.attributes:
                threshold = self._number(config, "RelErrorThreshold")
        data = tuple(self._data(e, file, folder) for e in root.all("Data"))
        self._check_names(data)
        return d.Channel(
            self._text(root, "Name"),
            data,
            tuple(self._sample(e, file, folder) for e in root.all("Sample")),
            kind,
            threshold,
            root.place,
        )

    def _check_names(self, data: tuple[d.Data, ...]) -> None:
        for i, entry in enumerate(data):
            if bool(entry.name) != (i > 0):
                message = "the first Data has no Name, and every further one has"
                refuse("xml.value", message, entry.place, entry.name)

    def _source(
        self, e: Element, file: str, folder: str, keys: tuple[str, str, str], name: str = ""
    ) -> d.Source:
        """A histogram from the attributes file, folder and name, with what is inherited."""
        found = d.Source(
            e.attributes.get(keys[0], file),
            e.attributes.get(keys[1], folder),
            name or self._text(e, keys[2]),
            e.place,
        )
        if not found.file:
            message = f"{e.tag} needs the attribute {keys[0]!r}: no element around it has one"
            refuse("xml.value", message, e.place, keys[0])
        return found

    def _data(self, e: Element, file: str, folder: str) -> d.Data:
        self._check(e, "Name", "InputFile", "HistoName", "HistoPath")
        source = self._source(e, file, folder, _PLAIN)
        return d.Data(e.attributes.get("Name", ""), source, e.place)

    def _sample(self, e: Element, file: str, folder: str) -> d.Sample:
        children = (*_MODIFIERS, "HistoFactor")
        self._check(e, "Name", "NormalizeByTheory", *_PLAIN, children=children)
        source = self._source(e, file, folder, _PLAIN)
        for child in e.all("HistoFactor"):
            message = "HistoFactor has no effect: ROOT's HistFactory never read it"
            self.findings.append(Finding("xml.no_effect", child.place, message, child.tag))
        made = (_MODIFIERS[c.tag](self, c, source) for c in e.all(*_MODIFIERS))
        return d.Sample(
            self._text(e, "Name"),
            source,
            self._flag(e, "NormalizeByTheory", True),
            tuple(m for m in made if m is not None),
            e.place,
        )

    # --- modifiers ------------------------------------------------------------------------------

    def _norm_factor(self, e: Element, _: d.Source) -> d.NormFactor:
        self._check(e, "Name", "Val", "Low", "High", "Const")
        name, value = self._text(e, "Name"), self._number(e, "Val", 1.0)
        low, high = self._number(e, "Low"), self._number(e, "High")
        if low >= high or not low <= value <= high:
            message = (
                f"NormFactor {name!r} has the value {value:g} and the range [{low:g}, {high:g}]"
            )
            refuse("xml.value", message, e.place, name)
        return d.NormFactor(name, value, low, high, self._flag(e, "Const", False), e.place)

    def _overall_sys(self, e: Element, _: d.Source) -> d.OverallSys:
        self._check(e, "Name", "Low", "High")
        numbers = self._number(e, "Low"), self._number(e, "High")
        return d.OverallSys(self._text(e, "Name"), *numbers, e.place)

    def _histo_sys(self, e: Element, s: d.Source) -> d.HistoSys:
        low, high = (
            (f"HistoFile{side}", f"HistoPath{side}", f"HistoName{side}") for side in ("Low", "High")
        )
        self._check(e, "Name", "InputFile", *low, *high)
        self._refuse_input_file(e)
        sources = self._source(e, s.file, s.folder, low), self._source(e, s.file, s.folder, high)
        return d.HistoSys(self._text(e, "Name"), *sources, e.place)

    def _refuse_input_file(self, e: Element) -> None:
        # The schema has it, ROOT's parser stops at it, pyhf ignores it.
        if "InputFile" in e.attributes:
            message = "HistoSys takes HistoFileHigh and HistoFileLow; ROOT knows no InputFile here"
            refuse("xml.unknown", message, e.place, "InputFile")

    def _shape_sys(self, e: Element, s: d.Source) -> d.ShapeSys:
        self._check(e, "Name", "ConstraintType", *_PLAIN)
        errors = self._source(e, s.file, s.folder, _PLAIN)
        return d.ShapeSys(self._text(e, "Name"), errors, self._kind(e, "Gauss"), e.place)

    def _shape_factor(self, e: Element, s: d.Source) -> d.ShapeFactor:
        self._check(e, "Name", "Const", *_PLAIN)
        initial = None
        if e.attributes.get("HistoName"):
            initial = self._source(e, s.file, s.folder, _PLAIN)
        return d.ShapeFactor(self._text(e, "Name"), self._flag(e, "Const", False), initial, e.place)

    def _stat_error(self, e: Element, s: d.Source) -> d.StatError | None:
        self._check(e, "Activate", *_PLAIN)
        if not self._flag(e, "Activate", False):
            return None
        errors = None
        if e.attributes.get("HistoName"):
            # Unlike elsewhere, an empty file or folder stands for what the sample has.
            file = e.attributes.get("InputFile") or s.file
            folder = e.attributes.get("HistoPath") or s.folder
            errors = d.Source(file, folder, e.attributes["HistoName"], e.place)
        return d.StatError(errors, e.place)


_PLAIN = ("InputFile", "HistoPath", "HistoName")
_MODIFIERS: dict[str, Callable[[Reader, Element, d.Source], d.Modifier | None]] = {
    "StatError": Reader._stat_error,
    "HistoSys": Reader._histo_sys,
    "OverallSys": Reader._overall_sys,
    "ShapeSys": Reader._shape_sys,
    "NormFactor": Reader._norm_factor,
    "ShapeFactor": Reader._shape_factor,
}
