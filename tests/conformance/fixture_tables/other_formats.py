"""Findings of what is read from, or written to, other formats: pyhf, HistFactory XML, datacards.

Inputs are small files beside the checks. Codes that are about more than one document, or about
what no file can say, are tried by other tests: `uncovered.py` says where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from conftest import DATA
from fixture import Fixture, Json, finding, rejection, reported

from hs3.codes import CODES

EMPTY: Mapping[str, str | bytes] = MappingProxyType({})
FILES = DATA / "conformance"
"""Histograms: of `xml_sets.XmlSet`, and of `test_datacard.write_shapes`."""


def made_by(
    code: str, text: str | Json, file: str, more: Json, files: Mapping[str, str | bytes] = EMPTY
) -> Fixture:
    """A fixture about one finding; a document is the input itself."""
    known = CODES[code]
    keys: Json = {} if isinstance(text, dict) else {"input": file}
    if known.severity == "error":
        why = known.meaning[0].lower() + known.meaning[1:].rstrip(".")
        check = rejection(why, finding(code), **keys, **more)
    else:
        check = reported(finding(code) | {"severity": known.severity}, **keys, **more)
    return Fixture(
        "finding_" + code.replace(".", "_"),
        text if isinstance(text, dict) else None,
        [check],
        None,
        known.meaning,
        (f"finding:{code}",),
        "negative" if known.severity == "error" else "edge",
        inputs={} if isinstance(text, dict) else {file: text, **files},
    )


def texts() -> Iterator[Fixture]:
    """What is no document at all."""
    for code, text in {
        "read.syntax": '{"metadata": {"hs3_version": "0.2.9"},}\n',
        "read.too_deep": "[" * 300 + "]" * 300 + "\n",
        "read.format": '{"mass": 125, "events": 3}\n',
    }.items():
        yield made_by(code, text, "input.txt", {})


def from_pyhf() -> Iterator[Fixture]:
    """pyhf's workspaces that cannot be read, or not without a remark."""
    import test_pyhf_import as cases
    from pyhf_models import changed, made
    from test_pyhf_patch import BACKGROUND, PATCH, patchset

    seven = made("seven_modifiers")
    found: dict[str, tuple[Any, Json]] = {}
    for place, value, code in cases.CONTRADICTIONS:
        found.setdefault(code or "pyhf.shapefactor_bins", (changed(seven, place, value), {}))
    modifiers = "/channels/0/samples/0/modifiers"
    again = {"name": "JES", "type": "normsys", "data": {"hi": 1.5, "lo": 0.5}}
    unused = cases._settings(name="nobody")
    other = changed(BACKGROUND, "/observations/0/data/0", 1)
    found |= {
        "pyhf.invalid": (changed(seven, "/version", "2.0.0"), {}),
        "pyhf.observation_missing": (changed(seven, "/observations/0/name", "S R"), {}),
        "pyhf.repeated_modifier": (changed(seven, f"{modifiers}/4", again), {}),
        "pyhf.unused_parameter": (changed(seven, *unused), {}),
        "pyhf.poi_missing": (changed(seven, "/measurements/0/config/poi", "mo"), {}),
        "pyhf.normsys_nonpositive": (changed(seven, f"{modifiers}/2/data/hi", -0.5), {}),
        "pyhf.interpolation": (seven, {}),
        "pyhf.interpolation_option": (seven, {"options": {"interpolation": "code3"}}),
        "pyhf.code2": (seven, {"options": {"interpolation": "code1,code2"}}),
        "pyhf.measurement_name": (seven, {"options": {"measurement": "secnd"}}),
        "pyhf.renamed": (made("clashing_names"), {}),
        "pyhf.staterror_explicit": (made("shared_names"), {}),
        "pyhf.patch": (seven, {"options": {"patch": [{"op": "remove", "path": "/nowhere"}]}}),
        "pyhf.patch_name": (BACKGROUND, {"options": {"patch": PATCH, "patch_name": "signal"}}),
        "pyhf.digest": (
            other,
            {"options": {"patch": patchset(), "patch_name": "signal_100_1"}},
        ),
        "conversion.option": (seven, {"options": {"mass": 125}}),
    }
    for code, (workspace, more) in found.items():
        yield made_by(code, json.dumps(workspace, indent=1) + "\n", "workspace.json", more)


def to_pyhf() -> Iterator[Fixture]:
    """Documents that pyhf cannot say, or not as they are."""
    import test_pyhf_export as cases

    with_alpha, with_bins = cases.ALPHA, cases.GAMMAS
    stat = {**cases.STAT, "constraint": "Poisson"}
    gauss = {**cases.STAT, "constraint": "Gauss"}
    bins = {"type": "shapefactor", "name": "s", "parameters": ["g0", "g1"]}
    several = cases.with_parameters(
        cases.channel(stat, errors=[5.0, 2.0], modifiers=[stat]), **with_bins
    )
    linear = cases.with_parameters(cases.channel(cases._normsys(interpolation="lin")), **with_alpha)
    lost = cases.with_parameters(cases.channel(cases._histosys()), **with_alpha)
    lost["metadata"] |= {
        "authors": ["A. Person"],
        "packages": [{"name": "ROOT", "version": "6.40"}],
    }
    lost["analyses"][0]["parameters_of_interest"] = ["mu", "alpha"]
    lost["distributions"][0]["axes"][0] |= {"min": -1.0, "max": 3.0}
    lost["data"][0]["axes"][0] |= {"min": -1.0, "max": 3.0}
    constant = cases.with_parameters(cases.channel(gauss, errors=[5.0, 0.0]), **with_bins)
    fixed = cases.with_parameters(cases.channel(bins), **with_bins)
    for one in (constant, fixed):
        one["parameter_points"][0]["parameters"][-1]["const"] = True
    logarithmic = cases.with_parameters(
        cases.channel(cases._normsys(interpolation="log")), **with_alpha
    )
    twice = cases.with_parameters(cases.channel(cases._normsys()), **with_alpha)
    twice["analyses"].append({**twice["analyses"][0], "name": "B", "likelihood": "M"})
    twice["likelihoods"].append({**twice["likelihoods"][0], "name": "M", "distributions": []})
    twice["likelihoods"][-1]["data"] = []
    stored = cases.with_parameters(cases.channel(cases._normsys()), **with_alpha)
    unbounded = cases.with_parameters(cases.channel(cases._normsys()), **with_alpha)
    unbounded["domains"][0]["axes"] = unbounded["domains"][0]["axes"][1:]
    cut = cases.with_parameters(
        cases.channel(cases._normsys(constraint="c")),
        **with_alpha,
        nom=(0.0, -1.0, 1.0, True),
    )
    cut["distributions"].append(
        {"name": "c", "type": "gaussian_dist", "x": "nom", "mean": "alpha", "sigma": 1.0}
    )
    free = cases.with_parameters(cases.channel(cases._normsys(constraint="None")), **with_alpha)
    product = {"name": "twice", "type": "product", "factors": [2.0, "k"]}
    factor = {"type": "normfactor", "name": "k", "parameter": "twice"}
    function = cases.with_parameters(cases.channel(factor), k=(1.0, 0.0, 5.0))
    function["functions"] = [product]
    allowed = {"options": {"approximate": True}}
    plain: Json = {}
    for code, whole, more in (
        ("pyhf.unconstrained", free, plain),
        ("pyhf.not_expressible", function, plain),
        ("pyhf.poisson_shared", several, plain),
        ("pyhf.poisson_as_gauss", several, allowed),
        (
            "pyhf.rewritten",
            cases.with_parameters(cases.channel(stat, errors=[5.0, 2.0]), **with_bins),
            plain,
        ),
        ("pyhf.interpolation_mixed", linear, plain),
        ("pyhf.interpolation_changed", linear, allowed),
        ("pyhf.modifier_settings", logarithmic, plain),
        ("pyhf.clipping", lost, plain),
        ("pyhf.several_pois", lost, plain),
        ("pyhf.binning", lost, plain),
        ("pyhf.metadata", lost, plain),
        ("pyhf.constant_term", constant, plain),
        ("pyhf.fixed_bins", fixed, plain),
        ("pyhf.parameter_name", constant, plain),
        ("pyhf.stored_invalid", stored | {"misc": {"pyhf": "text"}}, plain),
        ("pyhf.analysis_left_out", twice, plain),
        ("pyhf.bounds", unbounded, plain),
        ("pyhf.support", cut, plain),
    ):
        yield made_by(code, whole, "", {"step": "convert", "to": "pyhf", **more})


def to_root() -> Iterator[Fixture]:
    """Documents that are written for ROOT in other words, or cannot be."""
    import test_root_json as cases

    convert = {"step": "convert", "to": "root-json"}
    first: dict[str, Json] = {}
    for whole, codes in cases.MODELS.values():
        for code in sorted(codes):
            first.setdefault(code, whole)
    text = json.dumps(cases.channel(cases.bins("staterror", constraint="Gauss")))
    first |= {
        "root.rewritten": cases.DENSITIES["shared_observable"][0],
        "root.renamed": json.loads(text.replace('"mu"', '"mu.sig-1"')),
        "root.not_expressible": next(iter(cases.REFUSED.values()))[0],
    }
    told = {"name": "told", "type": "gaussian_dist", "x": "a", "mean": 0.1, "sigma": 0.5}
    differing = json.loads(json.dumps(cases.channel(cases.normsys())))
    differing["distributions"].append(told)
    likelihood = {**differing["likelihoods"][0], "name": "M", "aux_distributions": ["told"]}
    differing["likelihoods"].append(likelihood)
    differing["analyses"].append({**differing["analyses"][0], "name": "B", "likelihood": "M"})
    first["root.analyses_differ"] = differing
    for code, whole in first.items():
        yield made_by(code, whole, "", dict(convert))
    approximate = {**convert, "options": {"approximate": True}}
    yield made_by("root.clip_at_zero", cases.MODELS["histosys_below_zero"][0], "", approximate)
    old = {**convert, "options": {"root_version": "6.20"}}
    yield made_by("root.version", cases.channel(), "", old)


CARD = """imax 1
jmax 1
kmax *
-----
bin         a
observation 12
-----
bin         a     a
process     sig   bkg
process     0     1
rate        1.5   9.2
-----
lumi  lnN   1.11  1.11
"""


def datacards() -> Iterator[Fixture]:
    """Counting datacards of CMS Combine."""
    shapes = "-----\nshapes * * FILE $CHANNEL/$PROCESS\n-----\nbin         a\n"
    with_shapes = CARD.replace("-----\nbin         a\n", shapes, 1)
    for code, text in {
        "datacard.syntax": CARD.replace("rate        1.5   9.2", "rate        1.5"),
        "datacard.unsupported": CARD + "nuisance edit freeze lumi\n",
        "datacard.file": with_shapes.replace("FILE", "nothing.root"),
        "datacard.outside": with_shapes.replace("FILE", "../nothing.root"),
        "datacard.mass": with_shapes.replace("FILE", "m$MASS.root"),
        "datacard.signal_strength": CARD,
        "datacard.no_effect": CARD.replace("9.2", "0"),
        "datacard.nofloat": CARD.replace("lumi ", "lumi[nofloat]"),
    }.items():
        yield made_by(code, text, "card.txt", {})


def datacards_with_shapes() -> Iterator[Fixture]:
    """Datacards with templates."""
    from test_datacard import ERRORS, SHAPES

    root = {"shapes.root": (FILES / "shapes.root").read_bytes()}
    edited = {code: SHAPES.replace(*ERRORS[code]) for code in ("histogram", "normalisation")}
    edited |= {"interpolation": SHAPES, "morph": SHAPES}
    for code, text in edited.items():
        yield made_by(f"datacard.{code}", text, "card.txt", {}, root)
    without_floor = {"options": {"morphing": "histosys"}}
    yield made_by("datacard.floor", SHAPES, "card.txt", without_floor, root)


DRIVER = """<!DOCTYPE Combination SYSTEM 'HistFactorySchema.dtd'>
<Combination OutputFilePrefix="./results/x">
  <Input>./channel.xml</Input>
  <Measurement Name="m" Lumi="1" LumiRelErr="0.1"><POI>mu</POI></Measurement>
</Combination>
"""


def xml() -> Iterator[Fixture]:
    """HistFactory XML that cannot be read, whatever its histograms are."""
    entity = '<!DOCTYPE Combination [<!ENTITY a "aaa">]>'
    for code, text in {
        "xml.syntax": DRIVER.replace("</Combination>", ""),
        "xml.entity": DRIVER.replace(DRIVER.split("\n", 1)[0], entity),
        "xml.driver": DRIVER.replace("<Input>./channel.xml</Input>", ""),
        "xml.file": DRIVER,
        "xml.unknown": DRIVER.replace("<POI>mu</POI>", "<POI>mu</POI><POY/>"),
        "xml.value": DRIVER.replace('Lumi="1"', 'Lumi="one"'),
    }.items():
        yield made_by(code, text, "driver.xml", {})


def xml_sets() -> Iterator[Fixture]:
    """Sets of XML with their histograms."""
    import xml_sets as sets
    from test_xml_errors import ERRORS, FINDINGS

    smallest = {"functions": "", "inputs": "", "settings": "", "lumi": 1.0, "error": 0.1}
    channel = dict.fromkeys(("path", "config", "signal", "background", "attributes"), "")
    root = {"h.root": (FILES / "histograms.root").read_bytes()}

    def made(code: str, keys: Json, more: Json) -> Fixture:
        driver = sets.DRIVER.format(**smallest | {k: keys[k] for k in keys if k in smallest})
        inner = channel | {"name": "ch"} | {k: keys[k] for k in keys if k in channel}
        text = sets.CHANNEL.format(**inner).replace("data/h.root", "h.root")
        if code == "xml.no_data":
            text = text.replace('<Data HistoName="data"/>', "")
        files = {"channel.xml": text, **root}
        return made_by(code, driver.replace("./config/", "./"), "driver.xml", more, files)

    first: dict[str, Json] = {"xml.no_data": {}, "xml.histogram": {"path": "folder"}}
    for code, _, keys in [*ERRORS, *FINDINGS]:
        if isinstance(keys, dict) and code not in ("xml.syntax", "xml.unknown", "xml.value"):
            first.setdefault(code, keys)
    for code, keys in first.items():
        yield made(code, keys, {})
    yield made("xml.measurement", {}, {"options": {"measurement": "mm"}})


def to_xml() -> Iterator[Fixture]:
    """Documents that HistFactory XML cannot say, or not as they are."""
    from test_pyhf_export import ALPHA, GAMMAS, STAT, _histosys, _normsys, channel, with_parameters

    convert = {"step": "convert", "to": "xml"}
    linear = with_parameters(channel(_normsys(interpolation="lin")), **ALPHA)
    shape = with_parameters(channel(_histosys(interpolation=4)), **ALPHA)
    bins = {**STAT, "constraint": "Gauss"}
    ranges = with_parameters(channel(bins, errors=[5.0, 2.0]), **GAMMAS)
    vals = {"type": "shapesys", "data": {"vals": [0.1, 0.2]}, "constraint": "Poisson"}
    constant = with_parameters(channel({**STAT, **vals}), **GAMMAS)
    constant["parameter_points"][0]["parameters"][-1]["const"] = True
    renamed = with_parameters(channel(_normsys()), **ALPHA)
    renamed["distributions"][0]["name"] = "model_1 SR"
    renamed["likelihoods"][0]["distributions"] = ["model_1 SR"]
    left = with_parameters(channel(_normsys()), **ALPHA)
    left["analyses"].append({**left["analyses"][0], "name": "B", "likelihood": "M"})
    left["likelihoods"].append({"name": "M", "distributions": [], "data": []})
    for code, whole in {
        "xml.not_expressible": linear,
        "xml.clipping": shape,
        "xml.parameter_name": renamed,
        "xml.channel_name": renamed,
        "xml.range": ranges,
        "xml.constant_term": constant,
        "xml.analysis_left_out": left,
    }.items():
        yield made_by(code, whole, "", dict(convert))


TABLES = (
    texts,
    from_pyhf,
    to_pyhf,
    to_root,
    datacards,
    datacards_with_shapes,
    xml,
    xml_sets,
    to_xml,
)
