"""Every likelihood of the reference material in zfit: it agrees, as it is or carried."""

from __future__ import annotations

import importlib.util
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from conftest import SHARED, shared, shared_files

import hs3
from hs3.errors import ConversionError

if importlib.util.find_spec("zfit") is None:
    pytestmark = [pytest.mark.slow, pytest.mark.skip(reason="zfit is not installed")]
else:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import zfit

        from hs3.adapters.zfit import to_zfit

        zfit.run.set_graph_mode(False)
    pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

CHANNEL = r"the HistFactory channel '.+' has no equal in zfit"


@dataclass(frozen=True)
class Case:
    """A file, how it is read, and why zfit has no equal for it; None where it has one."""

    file: str
    why: str | None = CHANNEL
    options: dict[str, Any] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    reach: float = 0.1

    @property
    def label(self) -> str:
        """For test ids."""
        pairs = ["-".join(pair) for pair in self.pairs]
        parts = [self.file.removeprefix("likelihoods/"), *pairs]
        return "-".join([*parts, *(str(v).rsplit("/", 1)[-1] for v in self.options.values())])


SETS = "likelihoods/pyhf_validation_xml"
SBOTTOM = "likelihoods/atlas_sbottom_SUSY-2018-31"
CARDS = "likelihoods/cms_htt_8TeV_cards"
SMALL = "likelihoods/rooworkspaces_small"
TEN = "workspaces/10ch_bkg"
ONE = "workspaces/1ch_bkgRooExp_sigGauss_shapeFloat_npOn_constrGauss_yield10x.root"

WORKSPACES = [
    *(
        Case(f"{SMALL}/{file}.root", None, pairs=((pdf, "data_obs"),))
        for file in ("parametric-analysis-datacard-input", "simple-shapes-parametric_input")
        for pdf in ("sig", "bkg")
    ),
    Case(f"{SMALL}/Workspace_m4l.root", None, pairs=(("totpdf", "unbinned_m4l"),)),
    *(
        Case("workspaces/generic_composite.root", None, pairs=(("sig", data),))
        for data in ("cd", "wd")
    ),
    Case(ONE, None),
    Case(f"{TEN}GenExp_sigGeneric_shapeFloat_npOn_constrGauss_yield1x.root", None),
    Case(f"{TEN}GenPoly_sigGeneric_shapeFixed_npOn_constrPoisson_yield10x.root", None),
    Case("workspaces/histfactory_all_modifiers.root"),
]
"""RooFit workspaces; of those without a ModelConfig, the pdf and its data."""


def _relative(pattern: str) -> list[str]:
    return [path.relative_to(SHARED).as_posix() for path in shared_files(pattern)]


def _drivers() -> list[str]:
    found = _relative(f"{SETS}/**/*.xml")
    return [f for f in found if "<Combination" in (SHARED / f).read_text(encoding="utf-8")]


def _cases() -> Iterator[Case]:
    for background in _relative(f"{SBOTTOM}/*/BkgOnly.json"):
        yield Case(background)
        for patch in _relative(background.replace("BkgOnly", "patch.*")):
            yield Case(background, options={"patch": patch})
    for file in _relative("likelihoods/agc_cms_opendata_ttbar/*.json"):
        yield Case(file, reach=0.02)
    for file in _relative("likelihoods/hs3_written_by_root640/*"):
        yield Case(file, reach=0.02)
    yield from map(Case, _drivers())
    for file in _relative(f"{CARDS}/125/*.txt"):
        yield Case(file, options={"root_dir": CARDS, "mass": 125})
    yield from WORKSPACES


CASES = list(_cases()) if SHARED.is_dir() else []
NO_LIKELIHOOD = (
    *(r".*\.md", r".*\.dtd", r".*\.yml", "likelihoods/reference.json"),
    rf"{SETS}/.*/data/.*\.root",
    rf"{SETS}/.*_(channel|control|signal|signalRegion|controlRegion)\.xml",
    rf"{CARDS}/common/.*\.root",
)
"""What lies beside the likelihoods: descriptions, histograms, the channels of XML sets."""


def test_no_likelihood_is_left_out() -> None:
    shared("likelihoods")
    taken = {case.file for case in CASES} | {str(case.options.get("patch")) for case in CASES}
    found = [f for folder in ("likelihoods", "workspaces") for f in _relative(f"{folder}/**/*.*")]
    other = [f for f in found if f not in taken and not re.fullmatch("|".join(NO_LIKELIHOOD), f)]
    assert other == []


def _workspace(case: Case) -> hs3.Workspace:
    options = dict(case.options)
    for key in options.keys() & {"patch", "root_dir"}:
        options[key] = shared(*options[key].split("/"))
    workspace, _ = hs3.read(shared(*case.file.split("/")), **options)
    if not case.pairs:
        return workspace
    pdfs, data = zip(*case.pairs, strict=True)
    likelihood = {"name": "chosen", "distributions": list(pdfs), "data": list(data)}
    document = workspace.to_json() | {"likelihoods": [likelihood]}
    return hs3.Workspace.from_json({k: v for k, v in document.items() if k != "analyses"})


def _points(model: hs3.engine.Model, reach: float) -> list[dict[str, float]]:
    """The start, and random points a part of the way to the limits, or to 3 away."""
    free, random = [p for p in model.parameters if not p.const], np.random.default_rng(20)
    points = [{p.name: p.value for p in free}]
    for _ in range(2):
        steps = random.uniform(-reach, reach, len(free))
        moved = zip(free, steps, strict=True)
        points.append({p.name: _moved(p, float(step)) for p, step in moved})
    return points


def _moved(p: Any, step: float) -> float:
    to = min(p.max, p.value + 3.0) if step > 0 else max(p.min, p.value - 3.0)
    return float(p.value + abs(step) * (to - p.value))


def _compare(loss: Any, model: hs3.engine.Model, reach: float) -> None:
    """Differences of -log L, and gradients, at every point."""
    free = [p for p in loss.get_params() if p.independent]
    points = _points(model, reach)
    assert {p.name for p in free} == points[0].keys()
    values = []
    for point in points:
        with zfit.param.set_values(free, [point[p.name] for p in free]):
            value, slopes = loss.value_gradient(free, full=True)
        values.append(float(value))
        ours = dict(zip(model.names, model.gradient(point), strict=True))
        np.testing.assert_allclose(
            np.ravel(slopes), [ours[p.name] for p in free], rtol=1e-8, atol=1e-8
        )
    expected = np.diff([model.nll(point) for point in points])
    assert np.all(np.isfinite(expected))
    np.testing.assert_allclose(np.diff(values), expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("case", [pytest.param(c, id=c.label) for c in CASES])
def test_likelihoods_agree_in_zfit(case: Case) -> None:
    """Where zfit has an equal, as it is; else the refusal says why, and the carried loss agrees."""
    workspace = _workspace(case)
    model = hs3.compile(workspace)
    if case.why is None:
        _compare(to_zfit(workspace), model, case.reach)
        return
    with pytest.raises(ConversionError, match=case.why) as refused:
        to_zfit(workspace)
    assert refused.value.code == "zfit.not_expressible"
    _compare(to_zfit(workspace, carry=True), model, case.reach)
