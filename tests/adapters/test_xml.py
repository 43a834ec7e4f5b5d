"""HistFactory XML in both directions, compared with the real ROOT and the real pyhf."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import shared, shared_files
from reference_histfactory import twice_nll
from xml_sets import Job, XmlSet, root_nlls

import hs3
from hs3.adapters.xml import from_xml, to_xml
from hs3.adapters.xml.histograms import Histograms
from hs3.graph import Graph
from hs3.resolve import resolve
from hs3.workspace import Workspace

SETS = "likelihoods/pyhf_validation_xml"
DRIVERS = [
    p for p in shared_files(f"{SETS}/**/*.xml") if "<Combination" in p.read_text(encoding="utf-8")
]
NOT_IN_PYHF = ("example_Expression", "example_ShapeSys2D")


def root_of(driver: Path) -> Path:
    return next(p.parent for p in driver.parents if p.name == "config")


def ids(driver: Path) -> str:
    return f"{root_of(driver).name}-{driver.stem}"


def reach(name: str) -> float:
    """How far from its start a parameter is moved."""
    return 0.3 if name.startswith(("gamma", "beta", "Lumi")) else 1.5


def points_of(
    ws: Workspace, analysis: str, count: int = 5, seed: int = 1
) -> list[dict[str, float]]:
    """Random points near the start, within the ranges; constant parameters stay."""
    graph, rng = resolve(ws, analysis=analysis), np.random.default_rng(seed)
    free = [p for p in graph.parameters if not p.const]
    low = [max(p.min, p.value - reach(p.name)) for p in free]
    high = [min(p.max, p.value + reach(p.name)) for p in free]
    moved = [rng.uniform(low, high).tolist() for _ in range(count)]
    return [dict(zip((p.name for p in free), values, strict=True)) for values in moved]


def nll(ws: Workspace, analysis: str, points: list[dict[str, float]]) -> np.ndarray:
    """-log L; by the plain reference where it can, else by the engine."""
    graph = resolve(ws, analysis=analysis)
    if graph.functions:
        model = hs3.compile(ws, analysis=analysis)
        return np.array([model.nll(p) for p in points])
    return np.array([twice_nll(graph, p) / 2.0 for p in points])


def differences(values: np.ndarray) -> np.ndarray:
    return values - values[0]


def job(ws: Workspace, driver: Path, root_dir: Path, analysis: str) -> Job:
    """The work for ROOT that `assert_like_root` needs."""
    return Job(driver, root_dir, analysis, points_of(ws, analysis), RAISED.get(analysis, {}))


def assert_like_root(ws: Workspace, analysis: str, said: dict[str, Any], rtol: float) -> None:
    """Differences of -log L, and value, range and constancy of every parameter, are ROOT's."""
    ours, theirs = nll(ws, analysis, points_of(ws, analysis)), np.array(said["nll"])
    scale = np.abs(ours).max()
    np.testing.assert_allclose(differences(ours), differences(theirs), rtol=0, atol=rtol * scale)
    assert len(set(np.round(theirs, 6))) == len(theirs)
    own = states(resolve(ws, analysis=analysis))
    inner = re.compile("theta_|kappa_|tau_")  # constants that are numbers in HS3
    for name, state in said["parameters"].items():
        if not inner.match(name):
            np.testing.assert_allclose(own[name], state, rtol=1e-7, err_msg=name)
    assert own.keys() - {"nominalLumi"} <= said["parameters"].keys()


def states(graph: Graph) -> dict[str, tuple[float, float, float, bool]]:
    return {p.name: (p.value, p.min, p.max, p.const) for p in graph.parameters}


# --- pyhf ---------------------------------------------------------------------------------------


@pytest.fixture
def readxml(monkeypatch: pytest.MonkeyPatch) -> Any:
    """pyhf's reader, without its progress bars and log."""
    pytest.importorskip("uproot")
    pytest.importorskip("pyhf")
    readxml = pytest.importorskip("pyhf.readxml", reason="needs pyhf[xmlio]")
    logging.disable(logging.CRITICAL)
    readxml.clear_filecache()
    yield readxml
    for file, _ in readxml.__FILECACHE__.values():
        file.close()
    readxml.clear_filecache()
    logging.disable(logging.NOTSET)


class Pyhf:
    """The model that pyhf makes of a set, with the parameters' names in HistFactory."""

    def __init__(self, readxml: Any, driver: Path, root_dir: Path, measurement: str) -> None:
        import pyhf

        spec = readxml.parse(driver, root_dir)
        workspace = pyhf.Workspace(spec)
        codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
        self.model = workspace.model(measurement_name=measurement, modifier_settings=codes)
        self.data = workspace.data(self.model)
        kinds = dict(self.model.config.modifiers)
        config = self.model.config
        self.names = [self._name(n, kinds) for n in config.par_names]
        fixed = zip(self.names, config.suggested_fixed(), strict=True)
        self.fixed_bins = {n for n, const in fixed if const and n.startswith("gamma_")}

    @staticmethod
    def _name(name: str, kinds: dict[str, str]) -> str:
        base, _, index = name.rstrip("]").partition("[")
        if kinds[base] in ("normsys", "histosys"):
            return f"alpha_{base}"
        if kinds[base] == "lumi":
            return "Lumi"
        base = re.sub("^staterror_", "stat_", base)
        return f"gamma_{base}_bin_{index}" if index else base

    def nll(self, points: list[dict[str, float]]) -> np.ndarray:
        start = dict(zip(self.names, self.model.config.suggested_init(), strict=True))
        moved = [[{**start, **p}[n] for n in self.names] for p in points]
        return np.array([-self.model.logpdf(np.array(v), self.data)[0] for v in moved])


def as_pyhf_reads(driver: Path, folder: Path) -> Path:
    """A copy of a set that says the constraints that pyhf takes, which has one kind for each."""
    copy = folder / "copy"
    shutil.copytree(root_of(driver), copy)
    for path in copy.rglob("*.xml"):
        path.chmod(0o644)
        path.parent.chmod(0o755)
        text = re.sub(r'(<ShapeSys(?:(?!/>).)*?) (ConstraintType="\w+" ?)?/>',
                      r'\1 ConstraintType="Poisson"/>', path.read_text())  # fmt: skip
        text = re.sub(r'(<StatErrorConfig .*?ConstraintType=)"\w+"', r'\1"Gaussian"', text)
        path.write_text(text)
    return copy / driver.relative_to(root_of(driver))


@pytest.mark.parametrize("driver", DRIVERS, ids=ids)
def test_published_sets_equal_pyhf(driver: Path, tmp_path: Path, readxml: Any) -> None:
    driver = as_pyhf_reads(driver, tmp_path)
    root_dir = root_of(driver)
    ws, report = from_xml(driver)
    assert report.ok
    assert hs3.validate(ws).ok
    for analysis in [a.name for a in ws.analyses or ()]:
        if analysis in ("GammaExample", "LogNormExample"):
            continue  # pyhf drops their ConstraintTerms
        if driver.stem in NOT_IN_PYHF:
            with pytest.raises(Exception, match=r"parameter of interest|sequence"):
                Pyhf(readxml, driver, root_dir, analysis)
            continue
        theirs = Pyhf(readxml, driver, root_dir, analysis)
        points = points_of(ws, analysis)
        # pyhf takes out the factor of a bin in which its sample is empty; it has no effect there.
        points = [{k: v for k, v in p.items() if k not in theirs.fixed_bins} for p in points]
        values = [nll(ws, analysis, points), theirs.nll(points)]
        if theirs.fixed_bins:
            values = [differences(v) for v in values]
        np.testing.assert_allclose(*values, rtol=1e-9)


@pytest.mark.parametrize("driver", DRIVERS, ids=ids)
def test_published_sets_come_back_to_pyhf(driver: Path, tmp_path: Path, readxml: Any) -> None:
    if driver.stem in NOT_IN_PYHF:
        pytest.skip("pyhf cannot read it; compared with ROOT")
    ws, _ = from_xml(driver)
    to_xml(ws, tmp_path / "out")
    for analysis in [a.name for a in ws.analyses or ()]:
        points = points_of(ws, analysis)
        if analysis == "GammaExample":
            continue  # pyhf has no such parameter
        before = Pyhf(readxml, driver, root_of(driver), analysis)
        after = Pyhf(readxml, tmp_path / "out" / "combination.xml", tmp_path / "out", analysis)
        # 1e-9: pyhf takes the roots of counts of single precision in single precision.
        np.testing.assert_allclose(after.nll(points), before.nll(points), rtol=1e-9)


# --- ROOT ---------------------------------------------------------------------------------------

RAISED = {"GammaExample": {"nom_beta_syst2": 1 / 0.3**2}}
"""What ROOT 6.40 cuts at the range of its variable: spec/histfactory_xml.md."""


def analyses() -> list[Any]:
    found = []
    for driver in DRIVERS:
        names = re.findall(r'<Measurement\s+Name="(\w+)"', driver.read_text(encoding="utf-8"))
        found += [pytest.param(driver, name, id=f"{ids(driver)}-{name}") for name in names]
    return found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What ROOT says of the published sets, and of what becomes of them in HS3 and back."""
    folder, jobs = tmp_path_factory.mktemp("published"), {}
    for driver in DRIVERS:
        ws, _ = from_xml(driver)
        out = folder / ids(driver)
        to_xml(ws, out)
        for a in ws.analyses or ():
            jobs[f"{ids(driver)}-{a.name}"] = job(ws, driver, root_of(driver), a.name)
            back = job(ws, out / "combination.xml", out, a.name)
            jobs[f"{ids(driver)}-{a.name}-back"] = back
    return root_nlls(jobs, folder)


@pytest.mark.parametrize("driver, analysis", analyses())
def test_published_sets_equal_root(driver: Path, analysis: str, published: dict[str, Any]) -> None:
    """To 1e-8: these histograms are of single precision, in which ROOT multiplies their errors."""
    ws, _ = from_xml(driver)
    assert_like_root(ws, analysis, published[f"{ids(driver)}-{analysis}"], 1e-8)
    assert_like_root(ws, analysis, published[f"{ids(driver)}-{analysis}-back"], 1e-8)


def test_published_sets_come_back(tmp_path: Path) -> None:
    shared(SETS)
    for i, driver in enumerate(DRIVERS):
        ws, _ = from_xml(driver)
        to_xml(ws, tmp_path / str(i))
        again, _ = from_xml(tmp_path / str(i) / "combination.xml")
        for a in ws.analyses or ():
            graphs = [resolve(w, analysis=a.name) for w in (ws, again)]
            assert states(graphs[0]) == states(graphs[1])
            assert graphs[0].pois == graphs[1].pois
            points = points_of(ws, a.name)
            np.testing.assert_allclose(
                nll(ws, a.name, points), nll(again, a.name, points), rtol=1e-13
            )


MADE: dict[str, dict[str, Any]] = {
    "plain": {},
    "overall": {"background": '<OverallSys Name="a" Low="0.8" High="1.3"/>',
                "signal": '<OverallSys Name="a" Low="1.1" High="0.95"/>'},
    "histo": {"background": '<HistoSys Name="a" HistoNameLow="low" HistoNameHigh="high"/>'
                            '<OverallSys Name="a" Low="0.9" High="1.2"/>'},
    "histo, cut at zero": {
        "background": '<HistoSys Name="a" HistoNameLow="deep" HistoNameHigh="high"/>'},
    "factor, twice": {"background": '<NormFactor Name="k" Val="1" Low="0" High="3"/>' * 2},
    "shape, Gaussian": {"background": '<ShapeSys Name="s" HistoName="relative"/>'},
    "shape, Poisson, zero": {
        "background": '<ShapeSys Name="s" HistoName="zero" ConstraintType="Poisson"/>'},
    "shape, shared": {"background": '<ShapeSys Name="s" HistoName="relative"/>',
                      "signal": '<ShapeSys Name="s" HistoName="relative"/>'},
    "shapefactor": {"background": '<ShapeFactor Name="f" HistoName="shape"/>'},
    "shapefactor, constant": {"background": '<ShapeFactor Name="f" Const="True"/>'},
    "stat, default": {"background": '<StatError Activate="True"/>',
                      "signal": '<StatError Activate="True"/>'},
    "stat, Gaussian, threshold": {
        "config": '<StatErrorConfig RelErrorThreshold="0.1" ConstraintType="Gaussian"/>',
        "background": '<StatError Activate="True" HistoName="relative"/>'},
    "stat, not active": {"background": '<StatError Activate="False"/>'},
    "stat, zero bin": {"config": '<StatErrorConfig RelErrorThreshold="0."/>',
                       "background": '<StatError Activate="True" HistoName="zero"/>'},
    "lumi": {"lumi": 2.5, "error": 0.03},
    "lumi without uncertainty": {"error": 0.0},
    "not by theory": {"lumi": 2.0, "attributes": ' NormalizeByTheory="False"',
                      "settings": '<ParamSetting Const="True">Lumi</ParamSetting>'},
    "settings": {"background": '<OverallSys Name="a" Low="0.8" High="1.3"/>',
                 "settings": '<ParamSetting Val="0.7" Const="True">alpha_a Lumi</ParamSetting>'
                             '<ParamSetting Val="2">mu</ParamSetting>'},
    "uniform": {"background": '<OverallSys Name="a" Low="0.8" High="1.3"/>',
                "settings": '<ConstraintTerm Type="Uniform" RelativeUncertainty="1">a'
                            '</ConstraintTerm>'},
    "log-normal": {"background": '<OverallSys Name="a" Low="0.8" High="1.3"/>',
                   "settings": '<ConstraintTerm Type="LogNormal" RelativeUncertainty=".4">a'
                               '</ConstraintTerm>'},
    "gamma": {"background": '<OverallSys Name="a" Low="0.8" High="1.3"/>',
              "settings": '<ConstraintTerm Type="Gamma" RelativeUncertainty=".4">a'
                          '</ConstraintTerm>'},
    "functions": {"functions": '<Function Name="twice" Expression="x[0]*c" '
                               'Dependents="k[0.5,0,2],c[2]"/>'
                               '<Function Name="more" Expression="twice+pow(k,2)" '
                               'Dependents="twice,k"/>',
                  "background": '<NormFactor Name="more" Val="1" Low="0" High="3"/>'},
}  # fmt: skip


TWO_AXES = "two axes"
"""Bins are numbered with the first axis running fastest; contents are not."""


def made(name: str, folder: Path) -> XmlSet:
    """The set of a name, written."""
    xml = XmlSet(folder)
    if name == TWO_AXES:
        use_two_axes(xml)
    for key, value in MADE.get(name, {}).items():
        keys = xml.driver_keys if key in xml.driver_keys else xml.channel_keys
        keys[key] = value
    xml.write()
    return xml


def use_two_axes(xml: XmlSet) -> None:
    edges = (np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 0.5, 2.0]))
    xml.histograms = Histograms()
    rng = np.random.default_rng(3)
    for name in ("signal", "background", "low", "high", "data"):
        values = np.round(rng.uniform(20, 60, 6))
        xml.histograms.add(name, edges, values, np.round(rng.uniform(2, 9, 6), 1))
    xml.histograms.add("relative", edges, np.round(rng.uniform(0.1, 0.3, 6), 2), np.zeros(6))
    xml.channel_keys["background"] = (
        '<StatError Activate="True"/><ShapeSys Name="s" HistoName="relative"/>'
        '<HistoSys Name="a" HistoNameLow="low" HistoNameHigh="high"/>'
    )
    xml.channel_keys["signal"] = '<StatError Activate="True"/>'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What ROOT says of the sets made here, and of what becomes of them in HS3 and back."""
    folder, jobs = tmp_path_factory.mktemp("made"), {}
    for i, name in enumerate([*MADE, TWO_AXES]):
        xml = made(name, folder / str(i))
        ws, _ = from_xml(xml.driver)
        to_xml(ws, folder / f"{i}-back")
        jobs[name] = job(ws, xml.driver, xml.folder, "m")
        back = folder / f"{i}-back"
        jobs[f"{name}-back"] = job(ws, back / "combination.xml", back, "m")
    return root_nlls(jobs, folder)


@pytest.mark.parametrize("name", [*MADE, TWO_AXES])
def test_each_element_means_what_root_makes_of_it(
    name: str, tmp_path: Path, built: dict[str, Any]
) -> None:
    ws, report = from_xml(made(name, tmp_path / "set").driver)
    assert report.ok
    assert_like_root(ws, "m", built[name], 1e-10)
    assert_like_root(ws, "m", built[f"{name}-back"], 1e-10)


@pytest.mark.parametrize("name", MADE)
def test_each_element_comes_back(name: str, tmp_path: Path) -> None:
    ws, _ = from_xml(made(name, tmp_path / "set").driver)
    to_xml(ws, tmp_path / "out")
    again, _ = from_xml(tmp_path / "out" / "combination.xml")
    graphs = [resolve(w, analysis="m") for w in (ws, again)]
    before, after = (states(g) for g in graphs)
    assert before.keys() == after.keys()
    for parameter, state in before.items():
        np.testing.assert_allclose(after[parameter], state, rtol=1e-12)
    points = points_of(ws, "m")
    np.testing.assert_allclose(nll(ws, "m", points), nll(again, "m", points), rtol=1e-12)
