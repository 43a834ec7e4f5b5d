r"""Asymptotic p-values, CLs, limits and significances (arXiv:1007.1727; CLs: A. Read, 2002).

The width :math:`\sigma` of the best fit comes from Asimov data: :math:`\sigma =
|\mu - \mu'| / \sqrt{q_{\mu,A}}`, equation (30). They are the expected data at the parameters of
interest :math:`\mu'` and the nuisance parameters that fit the observed data best there.

Expected values are those for a best fit that fluctuates by N :math:`\sigma` around
:math:`\mu'` of the Asimov data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from scipy.special import ndtr

from hs3.errors import FitError

from ..model import Model
from ..starts import Starts
from .batch import Bounds
from .conditional import ConditionalFits
from .crossing import crossing
from .results import HypoTest, Limit, Significance
from .signal_test import BANDS, SignalTest, notes_of
from .statistics import Statistic, chi_square_tail, statistic_of

ROUNDS = 3
"""How often a limit is looked for again from lower minima."""


def hypotest(
    model: Model,
    value: float | Mapping[str, float],
    *,
    poi: str | None = None,
    statistic: str = "q~",
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
) -> HypoTest:
    """Test a value of the parameter of interest.

    Args:
        value: the value to test; several parameters of interest by name, for t only.
        poi: name of the parameter of interest; the document's by default.
        statistic: one of `hs3.engine.inference.statistics.STATISTICS`.
        fixed: parameters to hold, names or name → value.
        bounds: other bounds than the document's, by name.
        starts: more starting points for each fit, for likelihoods with several minima, or how many
            to spread (see `hs3.engine.starts`); the notes tell where one led to a lower minimum.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
    """
    chosen = statistic_of(statistic)
    if isinstance(value, Mapping):
        if len(value) > 1:
            return _several(model, value, chosen, fixed, bounds, starts)
        ((poi, value),) = value.items()
    return SignalTest.of(model, poi, chosen, fixed, bounds, starts=starts).test(value)


def hypotests(
    model: Model,
    values: Sequence[float],
    *,
    poi: str | None = None,
    statistic: str = "q~",
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
) -> tuple[HypoTest, ...]:
    """`hypotest` of several values of one parameter, for curves of p-values and CLs.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
    """
    tester = SignalTest.of(model, poi, statistic_of(statistic), fixed, bounds, starts=starts)
    return tuple(tester.test(float(value)) for value in values)


def _several(
    model: Model,
    values: Mapping[str, float],
    statistic: Statistic,
    fixed: Mapping[str, float] | tuple[str, ...],
    bounds: Bounds | None,
    starts: Starts,
) -> HypoTest:
    if statistic.name != "t":
        message = f"{statistic.name} is defined for one parameter of interest; take t for several"
        raise FitError(message, code="inference.statistic", value=statistic.name)
    fits = ConditionalFits.of(model, tuple(values), fixed, bounds, starts)
    if starts:
        fits.look_lower(*values.values())
    t = fits.rise(*values.values())
    return HypoTest(
        tested=dict(values),
        statistic="t",
        observed=t,
        p_value=chi_square_tail(t, len(values)),
        best=dict(zip(fits.pois, fits.best_values, strict=True)),
        notes=fits.notes,
    )


def significance(
    model: Model,
    *,
    poi: str | None = None,
    expected_signal: float = 1.0,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
) -> Significance:
    r"""Discovery significance :math:`Z_0 = \sqrt{q_0}`, equations (52) and (53).

    Args:
        expected_signal: value of the parameter of interest for the expected significance.
        starts: as for `hypotest`.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
    """
    tester = SignalTest.of(model, poi, statistic_of("q0"), fixed, bounds, expected_signal, starts)
    if starts:
        tester.look_lower(0.0)
    z = math.sqrt(tester.observed(0.0))
    median = math.sqrt(tester.asimov.rise(0.0))
    return Significance(
        poi=tester.poi,
        observed=z,
        p_value=float(ndtr(-z)),
        expected=tuple(max(0.0, median + band) for band in BANDS),
        expected_signal=expected_signal,
        best=tester.data.best_values[0],
        notes=notes_of(tester),
    )


def upper_limit(
    model: Model,
    *,
    poi: str | None = None,
    cl: float = 0.95,
    statistic: str = "q~",
    use_cls: bool = True,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
) -> Limit:
    """Upper limit on the parameter of interest: where CLs falls to ``1 - cl``.

    Args:
        cl: confidence level.
        statistic: ``q~`` or ``q``.
        use_cls: False for the p-value of the tested hypothesis instead of CLs.
        starts: as for `hypotest`; they are tried at the limits.

    Raises:
        FitError: an unknown name, a fit that does not converge, or a limit beyond the upper bound
            of the parameter of interest.
    """
    chosen = limit_statistic(statistic, cl)
    tester = SignalTest.of(model, poi, chosen, fixed, bounds, starts=starts)
    pick = 2 if use_cls else 0
    found, expected = _limits(tester, 1.0 - cl, pick)
    notes: tuple[str, ...] = ()
    for _ in range(ROUNDS):
        lower = [tester.look_lower(found)]
        lower += [tester.asimov.look_lower(value) for value in (expected if starts else ())]
        if not any(lower):
            break
        found, expected = _limits(tester, 1.0 - cl, pick)
    else:
        if tester.look_lower(found):
            notes = (f"near {tester.poi} = {found:g} the likelihood has several minima",)
    return Limit(
        poi=tester.poi,
        cl=cl,
        statistic=chosen.name,
        method="CLs" if use_cls else "p-value",
        observed=found,
        expected=expected,
        best=tester.data.best_values[0],
        fits=tester.data.count + tester.asimov.count,
        notes=(*notes_of(tester), *notes),
    )


def _limits(tester: SignalTest, level: float, pick: int) -> tuple[float, tuple[float, ...]]:
    """The observed and the expected limits: where the p-value number `pick` falls to `level`."""

    def at_band(band: int) -> Callable[[float], float]:
        return lambda v: tester.expected(v, band)[pick]

    def observed(value: float) -> float:
        return tester.p_values(tester.observed(value), value)[pick]

    high, scale = tester.box[1], tester.asimov.error()
    guess = 2.0 * scale
    expected = []
    for band in BANDS:
        guess = crossing(at_band(band), level, guess, scale, high, tester.poi)
        expected.append(guess)
    start = max(expected[2] + tester.data.best_values[0], expected[0])
    return crossing(observed, level, start, scale, high, tester.poi), tuple(expected)


def limit_statistic(name: str, cl: float) -> Statistic:
    """The statistic for an upper limit.

    Raises:
        FitError: it is not one-sided, or `cl` is no probability.
    """
    chosen = statistic_of(name)
    if chosen.side != "upper":
        message = f"an upper limit needs q~ or q, not {chosen.name}"
        raise FitError(message, code="inference.statistic", value=name)
    if not 0.0 < cl < 1.0:
        message = f"a confidence level lies between 0 and 1, not {cl:g}"
        raise FitError(message, code="fit.invalid", value=cl)
    return chosen
