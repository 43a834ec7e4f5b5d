"""Every fixture, of this project and of the reference material, in zfit: it agrees, or says why."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, SHARED, shared_files

import hs3
from hs3.conformance.hs3suite_backend import STANDARD, HS3TestSuiteBackend, Loaded
from hs3.conformance.suite import Fixture, fixtures
from hs3.engine.evaluator import Evaluator

if importlib.util.find_spec("zfit") is None:
    pytestmark = pytest.mark.skip(reason="zfit is not installed")
else:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import zfit

        from hs3.adapters.zfit import to_zfit
        from hs3.conformance.backends.likelihood import CannotDo
        from hs3.conformance.backends.zfit import Backend

        zfit.run.set_graph_mode(False)
    pytestmark = pytest.mark.filterwarnings("ignore")

SCANS = ("pdf_scan", "twice_delta_nll_scan")

IMPRECISE = {
    "density_voigtian_limits": 1e-3,  # widths of nearly zero: absolute errors of 3e-7
    "density_gaussian_narrow_far_out": 1e-7,  # a width of 1e-9 of the range
    "density_voigtian": 1e-6,  # zfit's Faddeeva function, where the Gaussian is 50 times wider
    "density_crystalball_left": 1e-7,  # n - 1 = 1e-7
    "density_exponential": 2e-8,  # c = 1e-9
}
"""Relative errors that are zfit's: the fixtures hold values from mpmath."""

NOT_FINITE = {
    "density_mixture_yields": "a Gaussian 60 standard deviations outside of the range",
    "density_poisson": "a mean of 2000 in a range up to 30",
    "density_gamma": "a range where the density is below 1e-80 of its maximum",
    "density_crystalball_left": "n = 140",
    "density_exponential": "c = 0, and c = 300",
}
"""Fixtures with points at which zfit gives no number; so do those with the tag ``edge``."""


def _numeric() -> list[Any]:
    """Those with scans; the reference material, of types that ours have too, is slow."""
    made = fixtures(ROOT / "conformance" / "fixtures")
    given = fixtures(SHARED / "conformance") if shared_files("conformance/*") else []
    marks = [()] * len(made) + [(pytest.mark.slow,)] * len(given)
    return [
        pytest.param(f, id=f"{f.folder.parent.parent.name}-{f.name}", marks=mark)
        for f, mark in zip(made + given, marks, strict=True)
        if any(c["kind"] in SCANS for c in f.checks)
    ]


def _scans(fixture: Fixture) -> Iterator[tuple[list[float], list[float]]]:
    """zfit's numbers of each scan, and what they should be.

    That is the fixture's values where they are mathematically right (the engine has them too:
    tests/conformance); else, where RooFit's conventions are in them, the engine's.
    """
    backend, engine, path = Backend(), HS3TestSuiteBackend(), str(fixture.document)
    document = backend.load_workspace(path)
    standard = STANDARD in fixture.metadata.get("conformance", ())
    for check in fixture.checks:
        if check["kind"] in SCANS:
            run = f"run_{check['kind']}"
            numbers = getattr(backend, run)(document, check, path)
            if standard:
                yield numbers, check["expected"]
                continue
            loaded = Loaded(document, Evaluator.of(document))
            yield numbers, getattr(engine, run)(loaded, check, path)


@pytest.mark.parametrize("fixture", _numeric())
def test_fixtures_load_into_zfit_and_agree_or_say_why(fixture: Fixture) -> None:
    """A refusal names a type, a distribution or a name of the document."""
    try:
        scans = list(_scans(fixture))
    except CannotDo as refused:
        why = str(refused)
    else:
        _compare(fixture, scans)
        return
    named = why.split("'")[1::2]
    assert named
    assert any(word in fixture.document.read_text() for word in named), why


def _compare(fixture: Fixture, scans: list[tuple[list[float], list[float]]]) -> None:
    for numbers, expected in scans:
        finite = np.isfinite(numbers)
        edge = "edge" in fixture.metadata.get("tags", ())
        assert finite.all() or edge or fixture.name in NOT_FINITE
        precision = IMPRECISE.get(fixture.name, 1e-8)
        if fixture.name == "density_gamma_origin":  # zfit has a density at and below the origin
            finite &= np.array(expected) > 0.0
        found, wanted = np.array(numbers)[finite], np.array(expected)[finite]
        np.testing.assert_allclose(found, wanted, rtol=precision, atol=1e-10)


CARRIED = (
    *("channel_shapesys_Poisson", "channel_staterror_Gauss", "channel_normsys_and_histosys"),
    *("likelihood_gaussian_correlated", "likelihood_auxiliary_flat_top", "likelihood_rate_density"),
)


@pytest.mark.parametrize("name", CARRIED)
def test_everything_can_be_carried(name: str) -> None:
    """Pdfs of zfit with our numbers: values, gradients, and fits by zfit's own minimiser."""
    workspace = hs3.load(ROOT / "conformance" / "fixtures" / name / "hs3.json")
    loss, model = to_zfit(workspace, carry=True), hs3.compile(workspace)
    free = {p.name: p for p in loss.get_params()}
    start = {name: float(p.value()) for name, p in free.items()}
    points = [{n: v * (1.0 + k) for n, v in start.items()} for k in (0.0, 0.01, -0.02)]
    values = []
    for point in points:
        with zfit.param.set_values(list(free.values()), [point[n] for n in free]):
            values.append(float(loss.value(full=True)))
            slopes = np.ravel(loss.gradient(list(free.values())))
            ours = dict(zip(model.names, model.gradient(point), strict=True))
            np.testing.assert_allclose(slopes, [ours[n] for n in free], rtol=1e-8, atol=1e-8)
    expected = np.diff([model.nll(point) for point in points])
    np.testing.assert_allclose(np.diff(values), expected, rtol=0, atol=1e-8)


def test_a_carried_channel_is_a_model_of_zfit() -> None:
    """zfit fits it, and draws from it."""
    workspace = hs3.load(
        ROOT / "conformance" / "fixtures" / "channel_normsys_and_histosys" / "hs3.json"
    )
    with pytest.warns(hs3.HS3Warning, match=r"\[zfit.carried\].*HistFactory channel 'ch'"):
        loss = to_zfit(workspace, carry=True)
    (pdf,) = loss.model
    model = hs3.compile(workspace)
    expected = model.expected_counts()["ch"]
    np.testing.assert_allclose(np.ravel(pdf.counts()), expected, rtol=1e-12)
    assert float(pdf.get_yield().value()) == pytest.approx(expected.sum(), rel=1e-12)
    zfit.settings.set_seed(3)
    assert np.ravel(pdf.sample(10_000).values()) == pytest.approx(
        10_000 * expected / expected.sum(), abs=250
    )
    found = zfit.minimize.Minuit(gradient="zfit").minimize(loss)
    result = hs3.fit(model)
    for parameter in found.params:
        value = result.values[parameter.name]
        assert float(parameter.value()) == pytest.approx(value, abs=2e-2 * (1.0 + abs(value)))
