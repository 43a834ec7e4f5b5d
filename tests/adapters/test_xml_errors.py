"""HistFactory XML: what is refused, what is reported, and that nothing outside is touched."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from xml_sets import EDGES, XmlSet

import hs3
from hs3.adapters.pyhf import from_pyhf
from hs3.adapters.xml import from_xml, to_xml
from hs3.codes import CODES
from hs3.errors import ConversionError, HS3Error, ReadError, WriteError
from hs3.resolve import resolve
from hs3.workspace import Workspace

OVERALL = '<OverallSys Name="a" Low="0.8" High="1.2"/>'
HISTO = '<HistoSys Name="a" HistoNameLow="low" HistoNameHigh="high"/>'
SHAPE = '<ShapeSys Name="s" HistoName="relative"/>'


def term(kind: str, relative: str = "0.4", name: str = "a") -> str:
    return f'<ConstraintTerm Type="{kind}" RelativeUncertainty="{relative}">{name}</ConstraintTerm>'


def function(expression: str, dependents: str) -> str:
    return f'<Function Name="f" Expression="{expression}" Dependents="{dependents}"/>'


def written(folder: Path, **keys: Any) -> XmlSet:
    xml = XmlSet(folder)
    for key, value in keys.items():
        (xml.driver_keys if key in xml.driver_keys else xml.channel_keys)[key] = value
    xml.write()
    return xml


def edited(file: str, old: str, new: str) -> Callable[[XmlSet], None]:
    def edit(xml: XmlSet) -> None:
        path = xml.folder / "config" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return edit


# --- errors -------------------------------------------------------------------------------------

ERRORS: list[tuple[str, str, dict[str, Any] | Callable[[XmlSet], None]]] = [
    ("xml.syntax", "channel.xml:9", edited("channel.xml", "</Sample>\n  <Sample", "\n  <Sample")),
    ("xml.syntax", "channel.xml:6", {"signal": "<a>" * 20 + "</a>" * 20}),
    ("xml.entity", "channel.xml:1",
     edited("channel.xml", "'HistFactorySchema.dtd'>", '"x" [<!ENTITY a "aaa">]>')),
    ("xml.entity", "example.xml:1",
     edited("example.xml", "'HistFactorySchema.dtd'>", '"x" [<!ENTITY a SYSTEM "/etc/passwd">]>')),
    ("xml.file", "example.xml", edited("example.xml", "config/channel", "config/chanel")),
    ("xml.file", "channel.xml:5", edited("channel.xml", "data/h.root", "data/g.root")),
    ("xml.file", "channel.xml:5", edited("channel.xml", "data/h.root", "config/example.xml")),
    ("xml.file", "channel.xml:5", edited("channel.xml", "data/h.root", "data")),
    ("xml.outside", "channel.xml:5", edited("channel.xml", "data/h.root", "../other/h.root")),
    ("xml.outside", "channel.xml:5", edited("channel.xml", "data/h.root", "/etc/hostname")),
    ("xml.histogram", "channel.xml:5", edited("channel.xml", '"signal">', '"sginal">')),
    ("xml.histogram", "channel.xml:5", {"path": "folder"}),
    ("xml.driver", "example.xml:2", edited("example.xml", "Combination", "Combined")),
    ("xml.driver", "example.xml:2",
     edited("example.xml", "<Input>./config/channel.xml</Input>", "")),
    ("xml.driver", "channel.xml:2", edited("channel.xml", "Channel", "Chanel")),
    ("xml.unknown", "channel.xml:8", {"attributes": ' NormaliseByTheory="True"'}),
    ("xml.unknown", "channel.xml:8", {"background": "<NormFaktor/>"}),
    ("xml.unknown", "channel.xml:8", {"background": HISTO.replace("/>", ' InputFile="x"/>')}),
    ("xml.value", "channel.xml:8", {"background": OVERALL.replace("0.8", "low")}),
    ("xml.value", "channel.xml:8", {"background": OVERALL.replace("0.8", "nan")}),
    ("xml.value", "channel.xml:8", {"background": '<OverallSys Name="a" Low="0.8"/>'}),
    ("xml.value", "channel.xml:8", {"attributes": ' NormalizeByTheory="TRUE"'}),
    ("xml.value", "channel.xml:8",
     {"background": SHAPE.replace("/>", ' ConstraintType="Gamma"/>')}),
    ("xml.value", "channel.xml:6", edited("channel.xml", 'Val="1"', 'Val="7"')),
    ("xml.value", "channel.xml:6", edited("channel.xml", 'Low="-1"', 'Low="5"')),
    ("xml.value", "channel.xml:3", edited("channel.xml", ' InputFile="data/h.root"', "")),
    ("xml.value", "channel.xml:4", {"config": '<Data HistoName="data"/>'}),
    ("xml.value", "channel.xml:2", {"inputs": "<Input>config/channel.xml</Input>"}),
    ("xml.value", "example.xml:4", {"settings": term("Beta")}),
    ("xml.value", "example.xml:4", {"settings": term("Gamma", "-1")}),
    ("xml.value", "example.xml:4",
     {"settings": term("LogNormal", name="a-b"), "background": OVERALL.replace('"a"', '"a-b"')}),
    ("xml.no_data", "channel.xml:2", edited("channel.xml", '<Data HistoName="data"/>', "")),
    ("xml.function", "example.xml:3", {"functions": function("a*b", "a[1,0,2]")}),
    ("xml.function", "example.xml:3", {"functions": function("a*b", "a[1,0,2],b")}),
    ("xml.function", "example.xml:3", {"functions": function("a*", "a[1,0,2]")}),
    ("xml.function", "example.xml:3", {"functions": function("x[1]", "a[1,0,2]")}),
    ("xml.function", "example.xml:3", {"functions": function("a", "a[3,0,2]")}),
    ("xml.function", "example.xml:3", {"functions": function("a", "Gaussian::g(a)")}),
]  # fmt: skip


def place(path: str) -> str:
    return path.rsplit("/", 1)[-1]


@pytest.mark.parametrize(
    "code, where, change", ERRORS, ids=[f"{c}-{i}" for i, (c, *_) in enumerate(ERRORS)]
)
def test_what_is_refused(code: str, where: str, change: Any, tmp_path: Path) -> None:
    xml = written(tmp_path / "set", **(change if isinstance(change, dict) else {}))
    if not isinstance(change, dict):
        change(xml)
    with pytest.raises(HS3Error) as caught:
        from_xml(xml.driver, root_dir=None if code == "xml.file" else xml.folder)
    assert (caught.value.code, place(caught.value.path)) == (code, where), str(caught.value)
    assert not hs3.validate(str(xml.driver)).ok


def test_bins_have_to_fit(tmp_path: Path) -> None:
    for i, edges in enumerate(((np.arange(4.0),), (np.array([0.0, 1.5, 2.5]),))):
        xml = XmlSet(tmp_path / str(i))
        contents = np.ones(len(edges[0]) - 1)
        xml.histograms.add("other", edges, contents, contents)
        xml.channel_keys["background"] = HISTO.replace('"low"', '"other"')
        with pytest.raises(ConversionError, match="bin") as caught:
            from_xml(xml.write())
        assert caught.value.code == "xml.binning"


def test_measurements_can_be_chosen(tmp_path: Path) -> None:
    xml = written(tmp_path / "set")
    edited("example.xml", "</Combination>",
           '<Measurement Name="n" Lumi="2" LumiRelErr="0.1"><POI>mu</POI></Measurement>'
           "</Combination>")(xml)  # fmt: skip
    assert [a.name for a in from_xml(xml.driver)[0].analyses or ()] == ["m", "n"]
    assert [a.name for a in hs3.load(xml.driver, measurement="n").analyses or ()] == ["n"]
    with pytest.raises(ConversionError) as caught:
        from_xml(xml.driver, measurement="mm")
    assert caught.value.code == "xml.measurement"
    assert "m" in caught.value.suggestions


# --- findings -----------------------------------------------------------------------------------

OTHER = SHAPE.replace('"relative"', '"zero"')
FINDINGS: list[tuple[str, str, dict[str, Any]]] = [
    ("xml.interpolation", "channel.xml:2", {"background": OVERALL}),
    ("xml.not_carried", "example.xml:2", {}),
    ("xml.not_carried", "example.xml:4", {"settings": '<Asimov Name="x"/>'}),
    ("xml.default", "channel.xml:8",
     {"background": '<NormFactor Name="k" Low="0" High="2"/>'}),
    ("xml.no_effect", "example.xml:4", {"settings": "<ParamSetting Val='1'>nu</ParamSetting>"}),
    ("xml.no_effect", "example.xml:4", {"settings": term("Gamma")}),
    ("xml.no_effect", "example.xml:4", {"settings": term("Gamma", "0")}),
    ("xml.no_effect", "channel.xml:8", {"background": "<HistoFactor/>"}),
    ("xml.additional_data", "channel.xml:4",
     {"config": '<Data Name="toy" HistoName="background"/>'}),
    ("xml.conflict", "channel.xml:8", {"background": SHAPE, "signal": OTHER}),
    ("xml.conflict", "channel.xml:8",
     {"background": '<NormFactor Name="mu" Val="2" Low="0" High="5"/>'}),
    ("xml.conflict", "example.xml:4", {"settings": "<ParamSetting Val='9'>mu</ParamSetting>"}),
    ("xml.normfactor_const", "channel.xml:8",
     {"background": '<NormFactor Name="k" Val="1" Low="0" High="2" Const="True"/>'}),
    ("xml.normalize_by_theory", "channel.xml:8", {"attributes": ' NormalizeByTheory="False"'}),
    ("xml.constraint_term", "example.xml:4",
     {"background": OVERALL, "settings": term("NoConstraint")}),
    ("xml.constraint_term", "example.xml:4",
     {"background": OVERALL, "settings": term("Gamma", "0.2")}),
    ("xml.constraint_term", "channel.xml:8",
     {"background": HISTO, "settings": term("LogNormal")}),
    ("xml.poi_missing", "example.xml:4", {"settings": "<POI>nu</POI>"}),
]  # fmt: skip


@pytest.mark.parametrize(
    "code, where, keys", FINDINGS, ids=[f"{c}-{i}" for i, (c, *_) in enumerate(FINDINGS)]
)
def test_what_is_reported(code: str, where: str, keys: dict[str, Any], tmp_path: Path) -> None:
    driver = written(tmp_path / "set", **keys).driver
    ws, report = from_xml(driver)
    assert where in {place(f.path) for f in report if f.code == code}, [str(f) for f in report]
    assert hs3.validate(ws).ok


def test_the_smallest_set_says_little(tmp_path: Path) -> None:
    _, report = from_xml(written(tmp_path / "set").driver)
    assert [f.code for f in report] == ["xml.not_carried"]


def test_a_constant_factor_is_constant(tmp_path: Path) -> None:
    factor = '<NormFactor Name="k" Val="1" Low="0" High="2" Const="True"/>'
    ws, _ = from_xml(written(tmp_path / "set", background=factor).driver)
    assert resolve(ws, analysis="m").parameter("k").const


def test_the_first_shapesys_counts(tmp_path: Path) -> None:
    ws, _ = from_xml(written(tmp_path / "set", background=SHAPE, signal=OTHER).driver)
    widths = {c.parameter: c.scale for c in resolve(ws, analysis="m").constraints}
    assert widths["gamma_s_bin_1"] == 0.3  # of the signal, which stands first
    assert widths["gamma_s_bin_0"] == 0.08


def test_unconstrained_systematics_float(tmp_path: Path) -> None:
    keys = {"background": OVERALL, "settings": term("NoConstraint")}
    graph = resolve(from_xml(written(tmp_path / "set", **keys).driver)[0], analysis="m")
    assert not graph.parameter("alpha_a").const
    assert "alpha_a" not in {c.parameter for c in graph.constraints}


# --- safety -------------------------------------------------------------------------------------


def test_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    xml = written(tmp_path / "set")
    inside, outside = xml.folder / "data" / "h.root", tmp_path / "h.root"
    inside.rename(outside)
    inside.symlink_to(outside)
    with pytest.raises(ReadError) as caught:
        from_xml(xml.driver)
    assert caught.value.code == "xml.outside"
    assert "root_dir" in caught.value.message
    edited("example.xml", "./config", "set/config")(xml)
    edited("channel.xml", "data/h", "set/data/h")(xml)
    assert from_xml(xml.driver, root_dir=tmp_path)[1].ok


def test_absolute_paths_inside_are_read(tmp_path: Path) -> None:
    xml = written(tmp_path / "set")
    edited("channel.xml", "data/h.root", str(xml.folder / "data" / "h.root"))(xml)
    assert from_xml(xml.driver)[1].ok


def test_the_schema_is_not_opened(tmp_path: Path) -> None:
    xml = written(tmp_path / "set")
    bomb = '<!ENTITY % a SYSTEM "file:///dev/zero"> %a; <!ENTITY b "&b;&b;">'
    (xml.folder / "config" / "HistFactorySchema.dtd").write_text(bomb)
    assert from_xml(xml.driver)[1].ok


def test_large_files_are_refused(tmp_path: Path) -> None:
    xml = written(tmp_path / "set")
    with open(xml.folder / "config" / "channel.xml", "ab") as stream:
        stream.truncate(17 << 20)
    with pytest.raises(ReadError) as caught:
        from_xml(xml.driver)
    assert "limit" in caught.value.message


@pytest.mark.parametrize("file", ["config/example.xml", "config/channel.xml", "data/h.root"])
def test_damaged_files_give_errors_of_ours(file: str, tmp_path: Path) -> None:
    xml = written(tmp_path / "set", background=OVERALL + HISTO + SHAPE)
    path, rng = xml.folder / file, random.Random(5)
    good = path.read_bytes()
    outcomes = set()
    for _ in range(60):
        raw = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        path.write_bytes(bytes(raw[: rng.choice([len(raw), len(raw), rng.randrange(len(raw))])]))
        try:
            from_xml(xml.driver)
        except HS3Error as error:
            outcomes.add(error.code)
        else:
            outcomes.add("read")
    assert len(outcomes) > 1


def test_a_stream_has_no_folder(tmp_path: Path) -> None:
    with open(written(tmp_path / "set").driver, "rb") as stream, pytest.raises(ReadError) as caught:
        hs3.read(stream)
    assert caught.value.code == "read.format"


# --- writing ------------------------------------------------------------------------------------


def document(folder: Path, **keys: Any) -> dict[str, Any]:
    data: dict[str, Any] = from_xml(written(folder, **keys).driver)[0].to_json()
    return data


def modifier(data: dict[str, Any], kind: str) -> dict[str, Any]:
    samples = data["distributions"][-1]["samples"]
    found: dict[str, Any] = next(m for s in samples for m in s["modifiers"] if m["type"] == kind)
    return found


def aux(data: dict[str, Any], **body: Any) -> None:
    data["distributions"].insert(0, {"name": "aux", **body})
    data["likelihoods"][0].setdefault("aux_distributions", []).append("aux")


def change(kind: str, **keys: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: modifier(data, kind).update(keys)


def point(of: str, **keys: Any) -> Callable[[dict[str, Any]], None]:
    def edit(data: dict[str, Any]) -> None:
        entries = data["parameter_points"][0]["parameters"]
        next(e for e in entries if e["name"] == of).update(keys)

    return edit


REFUSED: list[tuple[dict[str, Any], Callable[[dict[str, Any]], None], str]] = [
    ({"background": OVERALL}, change("normsys", interpolation=0), "interpolation"),
    ({"background": HISTO}, change("histosys", interpolation="lin"), "interpolation"),
    ({"background": OVERALL}, change("normsys", constraint="None"), "no constraint"),
    ({"background": SHAPE}, change("shapesys", constraint="LogNormal"), "lognormal"),
    ({}, lambda d: aux(d, type="gaussian_dist", x="mu", mean=1.0, sigma=0.1), "luminosity"),
    ({"background": SHAPE},
     lambda d: aux(d, type="gaussian_dist", x="gamma_s_bin_0", mean=1.0, sigma=0.1), "two"),
    ({"background": OVERALL}, lambda d: (
        change("normsys", constraint="None")(d),
        aux(d, type="gaussian_dist", x="alpha_a", mean=0.5, sigma=1.0)), "not the constraint"),
    ({"background": OVERALL}, lambda d: (
        change("normsys", constraint="None", parameter="f")(d),
        d.update(functions=[{"name": "f", "type": "sum", "summands": ["mu", 1.0]}])), "function"),
    ({"background": '<NormFactor Name="k" Val="1" Low="0" High="3"/>'}, lambda d: (
        d.update(functions=[{"name": "f", "type": "sum", "summands": ["mu", 1.0]}]),
        d["distributions"][-1]["samples"][1]["modifiers"][-1].update(parameter="f")), "function"),
    ({"background": OVERALL}, lambda d: (
        change("normsys", parameter="alpha b")(d),
        d["domains"][0]["axes"].append({"name": "alpha b", "min": -5.0, "max": 5.0}),
        point("alpha_a", name="alpha b", const=True)(d)), "blanks"),
    ({"lumi": 2.0}, lambda d: d["distributions"][-1]["samples"][0]["modifiers"].pop(0), "scaled"),
    ({"background": OVERALL}, point("alpha_a", value=7.0, const=True), r"keeps 'alpha_a' in \["),
]  # fmt: skip


@pytest.mark.parametrize("keys, edit, words", REFUSED, ids=range(len(REFUSED)))
def test_what_xml_cannot_say(keys: Any, edit: Any, words: str, tmp_path: Path) -> None:
    data = document(tmp_path / "set", **keys)
    edit(data)
    with pytest.raises(ConversionError, match=words) as caught:
        to_xml(Workspace.from_json(data), tmp_path / "out")
    assert caught.value.code == "xml.not_expressible"
    assert not (tmp_path / "out").exists()


TOLD: list[tuple[str, dict[str, Any], Callable[[dict[str, Any]], None]]] = [
    ("xml.parameter_name", {"background": OVERALL}, change("normsys", parameter="mu_a")),
    ("xml.range", {"background": OVERALL}, lambda d: d["domains"][0]["axes"].pop()),
    ("xml.clipping", {"background": HISTO}, lambda d: d["metadata"]["packages"].pop(0)),
    ("xml.constant_term", {"background": SHAPE}, point("gamma_s_bin_0", const=True)),
    ("xml.normalize_by_theory", {"attributes": ' NormalizeByTheory="False"'}, lambda d: None),
    ("xml.analysis_left_out", {}, lambda d: (
        d["analyses"].append({**d["analyses"][0], "name": "n", "likelihood": "l"}),
        d["likelihoods"].append({"name": "l", "distributions": [], "data": []}))),
]  # fmt: skip


@pytest.mark.parametrize("code, keys, edit", TOLD, ids=[c for c, *_ in TOLD])
def test_what_reads_differently(code: str, keys: Any, edit: Any, tmp_path: Path) -> None:
    data = document(tmp_path / "set", **keys)
    text = json.dumps(data)
    edit(data)
    if code == "xml.parameter_name":
        data = json.loads(re.sub('"alpha_a"', '"mu_a"', text))
    report = to_xml(Workspace.from_json(data), tmp_path / "out")
    assert code in {f.code for f in report}, [str(f) for f in report]
    assert from_xml(tmp_path / "out" / "combination.xml")[1].ok


def test_a_start_outside_of_the_range_of_histfactory_is_told(tmp_path: Path) -> None:
    data = document(tmp_path / "set", background=OVERALL)
    point("alpha_a", value=7.0)(data)
    report = to_xml(Workspace.from_json(data), tmp_path / "out")
    (said,) = [f.message for f in report if f.code == "xml.range" and f.value == "alpha_a"]
    assert said.endswith("HistFactory makes it [-5, 5], and moves its value from 7 to 5")


def test_every_code_is_tried() -> None:
    tried = {c for c, *_ in [*ERRORS, *FINDINGS, *TOLD]}
    tried |= {"xml.binning", "xml.measurement", "xml.not_expressible", "xml.channel_name"}
    assert {c for c in CODES if c.startswith("xml.")} == tried


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    ws, _ = from_xml(written(tmp_path / "set").driver)
    kept = tmp_path / "out" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    with pytest.raises(WriteError, match="there already"):
        to_xml(ws, kept.parent)
    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == ["out"]
    kept.unlink()
    to_xml(ws, kept.parent)
    assert len(list(kept.parent.iterdir())) == 4


def test_failed_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ws, _ = from_xml(written(tmp_path / "set").driver)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("hs3.adapters.xml.histograms.Histograms.write", fail)
    with pytest.raises(WriteError, match="disk full"):
        to_xml(ws, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["set"]


def test_pyhf_goes_to_xml_and_back(tmp_path: Path) -> None:
    """Through the public functions, with names that HistFactory makes otherwise."""
    workspace = {
        "channels": [{"name": "1 SR, & co", "samples": [{
            "name": "b<g", "data": [10.0, 20.0], "modifiers": [
                {"name": "mu", "type": "normfactor", "data": None},
                {"name": "lumi", "type": "lumi", "data": None},
                {"name": "JES", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}},
                {"name": "stat", "type": "staterror", "data": [1.0, 3.0]}]}]}],
        "observations": [{"name": "1 SR, & co", "data": [11.0, 18.0]}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": [
            {"name": "lumi", "auxdata": [1.0], "sigmas": [0.02], "inits": [1.0],
             "bounds": [[0.5, 1.5]]}]}}],
        "version": "1.0.0",
    }  # fmt: skip
    source, target = tmp_path / "b.json", tmp_path / "out"
    source.write_text(json.dumps(workspace))
    report = hs3.convert(source, target, to="xml")
    assert {"xml.parameter_name", "xml.channel_name"} <= {f.code for f in report}
    back = hs3.load(target / "combination.xml")
    first = hs3.compile(from_pyhf(workspace)[0])
    second = hs3.compile(back)
    names = {"mu": "mu", "lumi": "Lumi", "JES": "alpha_JES"}
    names |= {f"stat[{i}]": f"gamma_stat_channel_1_SR_&_co_bin_{i}" for i in range(2)}
    point = {"mu": 1.2, "lumi": 1.01, "JES": 0.4, "stat[0]": 0.97, "stat[1]": 1.1}
    renamed = {names[k]: v for k, v in point.items()}
    assert second.nll(renamed) == pytest.approx(first.nll(point), rel=1e-13)


def test_options_that_do_not_apply(tmp_path: Path) -> None:
    driver = written(tmp_path / "set").driver
    for options in ({"interpolation": "code1"}, {"patch": []}):
        with pytest.raises(ConversionError, match="pyhf"):
            hs3.read(driver, **options)
    with pytest.raises(ConversionError, match="root_dir"):
        hs3.read({"distributions": []}, root_dir=tmp_path)
    with pytest.raises(ConversionError, match="approximate"):
        hs3.convert(driver, tmp_path / "out", to="xml", approximate=True)
    with pytest.raises(ConversionError, match="folder"):
        hs3.convert(driver, tmp_path / "out.xml")
    assert len(EDGES) == 1
