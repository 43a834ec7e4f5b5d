"""p-values, CLs, limits and significances from toys instead of asymptotic formulas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Unpack

from scipy.special import ndtri

from hs3.errors import FitError

from ..model import Model
from ..starts import Starts
from .asymptotic import hypotest, limit_statistic
from .asymptotic import significance as asymptotic_significance
from .asymptotic import upper_limit as asymptotic_limit
from .batch import Bounds
from .chunks import Split
from .conditional import ConditionalFits
from .crossing import crossing
from .results import HypoTest, Limit, Significance
from .signal_test import SignalTest, notes_of
from .statistics import statistic_of
from .toy_tester import TESTED, ToyTester, left_out, where_defined
from .toys import tail, toy_statistics, usable


def toy_hypotest(
    model: Model,
    value: float | Mapping[str, float],
    *,
    toys: int = 1000,
    seed: int = 0,
    conditional: bool = False,
    poi: str | None = None,
    statistic: str = "q~",
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
    **split: Unpack[Split],
) -> HypoTest:
    """As `hypotest`, with toys: `toys` of the tested hypothesis, and as many without signal.

    Several parameters of interest are tested with t, and without toys of another hypothesis.

    Args:
        conditional: keep the auxiliary measurements instead of drawing them.
        starts: as for `hypotest`, in fits of the observed data; toys start at their true values.
        split: see `hs3.engine.inference.chunks.in_chunks`.

    Raises:
        FitError: an unknown name, or fits that do not converge.
    """
    if isinstance(value, Mapping):
        if len(value) > 1:
            return _several(
                model,
                value,
                statistic,
                fixed,
                bounds,
                starts,
                _enough(toys),
                seed,
                conditional,
                split,
            )
        ((poi, value),) = value.items()
    tester = SignalTest.of(model, poi, statistic_of(statistic), fixed, bounds, starts=starts)
    return ToyTester(tester, _enough(toys), seed, conditional, split).test(value)


def _several(
    model: Model,
    values: Mapping[str, float],
    statistic: str,
    fixed: Mapping[str, float] | tuple[str, ...],
    bounds: Bounds | None,
    starts: Starts,
    toys: int,
    seed: int,
    conditional: bool,
    split: Split,
) -> HypoTest:
    formula = hypotest(
        model, values, statistic=statistic, fixed=fixed, bounds=bounds, starts=starts
    )
    fits = ConditionalFits.of(model, tuple(values), fixed, bounds)
    found = toy_statistics(
        fits.problem, values, statistic_of(statistic), fits.at(*values.values()).theta, toys,
        seed=seed, stream=TESTED, conditional=conditional, **split,
    )  # fmt: skip
    q = usable(found)
    p, error = tail(q, formula.observed)
    return replace(
        formula,
        p_value=p,
        errors=(error, math.nan, math.nan),
        toys=toys,
        asymptotic=formula,
        notes=(*formula.notes, *left_out(len(q), toys)),
    )


def _enough(toys: int) -> int:
    if toys < 2:
        raise FitError(f"{toys} toys tell nothing", code="fit.invalid", value=toys)
    return toys


def toy_significance(
    model: Model,
    *,
    toys: int = 1000,
    seed: int = 0,
    conditional: bool = False,
    poi: str | None = None,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
    **split: Unpack[Split],
) -> Significance:
    """As `significance`, from toys without signal; without expected values.

    Raises:
        FitError: an unknown name, or fits that do not converge.
    """
    tester = SignalTest.of(model, poi, statistic_of("q0"), fixed, bounds, starts=starts)
    runner = ToyTester(tester, _enough(toys), seed, conditional, split)
    if starts:
        tester.look_lower(0.0)
    found = runner.toys(0.0, 0.0, TESTED)
    p, error = tail(found, tester.observed(0.0))
    notes = (*notes_of(tester), *left_out(len(found), toys))
    if p == 0.0:
        notes = (*notes, f"none of {len(found)} toys is as extreme: the p-value is a bound")
        p = 1.0 / len(found)
    return Significance(
        poi=tester.poi,
        observed=max(0.0, float(-ndtri(p))),
        p_value=p,
        expected=(),
        expected_signal=tester.true,
        best=tester.data.best_values[0],
        p_error=error,
        toys=len(found),
        asymptotic=where_defined(
            lambda: asymptotic_significance(
                model, poi=poi, fixed=fixed, bounds=bounds, starts=starts
            )
        ),
        notes=notes,
    )


def toy_upper_limit(
    model: Model,
    *,
    toys: int = 1000,
    seed: int = 0,
    conditional: bool = False,
    poi: str | None = None,
    cl: float = 0.95,
    statistic: str = "q~",
    use_cls: bool = True,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
    tolerance: float = 2e-3,
    **split: Unpack[Split],
) -> Limit:
    """As `upper_limit`, with toys. All values are tested with the same random numbers.

    Args:
        tolerance: relative one of the root finding; the statistical error is separate.

    Raises:
        FitError: an unknown name, fits that do not converge, or a limit beyond the upper bound.
    """
    tester = SignalTest.of(model, poi, limit_statistic(statistic, cl), fixed, bounds, starts=starts)
    start = asymptotic_limit(
        model,
        poi=poi,
        cl=cl,
        statistic=statistic,
        use_cls=use_cls,
        fixed=fixed,
        bounds=bounds,
        starts=starts,
    )
    runner = ToyTester(tester, _enough(toys), seed, conditional, split)
    tests: dict[float, HypoTest] = {}

    def test(value: float) -> HypoTest:
        if value not in tests:
            tests[value] = runner.test(value)
        return tests[value]

    def observed(value: float) -> float:
        found = test(value)
        return float(found.cls if use_cls and found.cls is not None else found.p_value)

    def band(number: int, value: float) -> float:
        found = test(value)
        return (found.expected_cls if use_cls else found.expected_p_value)[number]

    high, scale = tester.box[1], 0.2 * start.expected[2]
    level = 1.0 - cl
    limit = crossing(observed, level, start.observed, scale, high, tester.poi, tolerance)
    expected = tuple(
        crossing(partial(band, n), level, guess, scale, high, tester.poi, tolerance)
        for n, guess in enumerate(start.expected)
    )
    nearest = tests[min(tests, key=lambda v: abs(v - limit))]
    error = (nearest.errors or (0.0, 0.0, 0.0))[2 if use_cls else 0]
    step = 0.02 * limit
    pick = 2 if use_cls else 0
    rising = [tester.p_values(tester.observed(v), v)[pick] for v in (limit - step, limit + step)]
    slope = abs(rising[1] - rising[0]) / (2.0 * step)
    return replace(
        start,
        observed=limit,
        expected=expected,
        fits=4 * toys * len(tests),
        error=error / slope if slope > 0.0 else None,
        toys=toys,
        asymptotic=start,
        notes=nearest.notes,
    )
