"""RooFit workspaces of others, read without ROOT, against the real ROOT where it is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from conftest import shared
from root_zoo_models import worst

import hs3
from hs3.adapters.root import from_root, process
from hs3.engine import Model, Options

TOLERANCE = 1e-8
POINTS = 20


@dataclass(frozen=True)
class Case:
    """A file, its data, and the pdf; without a pdf, the ModelConfig's."""

    file: str
    data: str
    pdf: str | None = None
    romberg: bool = False
    reach: float = 0.3
    backend: str = "cpu"

    @property
    def label(self) -> str:
        """For test ids."""
        return f"{self.file.rsplit('/', 1)[-1].removesuffix('.root')}-{self.pdf or self.data}"


CHANNELS = "workspaces/10ch_bkg"
SMALL = "likelihoods/rooworkspaces_small"
WRITTEN = "likelihoods/hs3_written_by_root640"
LIGHT = [
    Case("workspaces/1ch_bkgRooExp_sigGauss_shapeFloat_npOn_constrGauss_yield10x.root", "combData"),
    Case("workspaces/histfactory_all_modifiers.root", "obsData", reach=0.1),
]
HEAVY = [
    Case("workspaces/generic_composite.root", "cd", "sig", backend="legacy"),
    Case("workspaces/generic_composite.root", "wd", "sig"),
    Case(f"{SMALL}/Workspace_m4l.root", "unbinned_m4l", "totpdf"),
    Case(f"{SMALL}/parametric-analysis-datacard-input.root", "data_obs", "sig"),
    Case(f"{SMALL}/parametric-analysis-datacard-input.root", "data_obs", "bkg"),
    Case(f"{SMALL}/simple-shapes-parametric_input.root", "data_obs", "sig", romberg=True),
    Case(f"{SMALL}/simple-shapes-parametric_input.root", "data_obs", "bkg", reach=0.01),
    Case(
        f"{CHANNELS}GenExp_sigGeneric_shapeFloat_npOn_constrGauss_yield1x.root",
        "combData",
        romberg=True,
    ),
    Case(
        f"{CHANNELS}GenPoly_sigGeneric_shapeFixed_npOn_constrPoisson_yield10x.root",
        "combData",
        romberg=True,
    ),
    Case(f"{WRITTEN}/agc_ttbar_workspace.root", "obsData", reach=0.1),
    Case(f"{WRITTEN}/sbottom_RegionC_900_250_60.root", "obsData", reach=0.1),
]


def model_of(case: Case) -> Model:
    """The likelihood, read from the file without ROOT."""
    ws, _ = from_root(shared(*case.file.split("/")))
    options = Options(romberg=case.romberg)
    if case.pdf:
        return hs3.compile(ws, pdf=case.pdf, data=case.data, options=options)
    names = [a.name for a in ws.analyses or ()]
    analysis = next(name for name in names if name.endswith(f"_{case.data}"))
    return hs3.compile(ws, analysis=analysis, options=options)


def points_of(model: Model, reach: float) -> list[dict[str, float]]:
    """The nominal point, and random ones a part of the way to the bounds (or to 3 away)."""
    free = [p for p in model.parameters if not p.const]
    random = np.random.default_rng(20)
    out = [{p.name: p.value for p in free}]
    for _ in range(POINTS):
        steps = random.uniform(-reach, reach, len(free))
        out.append({p.name: moved(p, float(u)) for p, u in zip(free, steps, strict=True)})
    return out


def moved(p: Any, step: float) -> float:
    """The value, moved by a fraction of the way to a bound."""
    to = min(p.max, p.value + 3.0) if step > 0 else max(p.min, p.value - 3.0)
    return float(p.value + abs(step) * (to - p.value))


@pytest.mark.filterwarnings("ignore::hs3.HS3Warning")  # a constraint that the model leaves out
@pytest.mark.skipif(not process.available(), reason="no ROOT: set HS3_ROOT_PYTHON, or install it")
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=c.label, marks=pytest.mark.slow if c in HEAVY else ())
        for c in LIGHT + HEAVY
    ],
)
def test_the_likelihood_is_that_of_root(case: Case):
    model = model_of(case)
    points = points_of(model, case.reach)
    ours = [model.nll(point) for point in points]
    said = process.evaluate(
        shared(*case.file.split("/")),
        case.data,
        points,
        pdf=case.pdf,
        model_config=None if case.pdf else "ModelConfig",
        backend=case.backend,  # composite stores are for the legacy one alone
    )
    free = {name for name, p in said.parameters.items() if not p["const"]}
    assert free == {p.name for p in model.parameters if not p.const}
    assert np.all(np.isfinite(ours))
    assert worst(ours, list(said.nll)) < TOLERANCE
