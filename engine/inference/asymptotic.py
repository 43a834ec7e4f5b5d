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
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from hs3.errors import FitError

from ..model import Model
from .batch import Bounds
from .profile import Profile, poi_of
from .results import HypoTest, Limit, Significance
from .statistics import Statistic, chi_square_tail, statistic_of

BANDS = (-2, -1, 0, 1, 2)
"""Fluctuations in units of sigma for which expected values are given."""

TOLERANCE = 1e-6
"""Relative tolerance of a limit."""

MOST_WIDENINGS = 60


@dataclass(frozen=True, eq=False)
class SignalTest:
    """Tests values of one parameter of interest against one set of data.

    Attributes:
        poi: its name.
        statistic: the test statistic.
        data: profile of the observed data.
        asimov: profile of the Asimov data.
        true: value of the parameter of interest in the Asimov data.
    """

    poi: str
    statistic: Statistic
    data: Profile
    asimov: Profile
    true: float

    @classmethod
    def of(
        cls,
        model: Model,
        poi: str | None,
        statistic: Statistic,
        fixed: Mapping[str, float] | tuple[str, ...] = (),
        bounds: Bounds | None = None,
        true: float | None = None,
    ) -> SignalTest:
        """A test of `model`; Asimov data have no signal, or for q0 a signal of 1.

        Raises:
            FitError: an unknown name, or a fit that does not converge.
        """
        name = poi_of(model, poi)
        data = Profile.of(model, (name,), fixed, poi_bounds(model, name, statistic, bounds))
        expected = true if true is not None else (1.0 if statistic.name == "q0" else 0.0)
        theta = data.at(expected).theta
        asimov = data.with_model(model.with_data(model.expected_data(theta)))
        return cls(name, statistic, data, asimov, expected)

    def observed(self, value: float) -> float:
        """The observed test statistic."""
        return self.statistic.of(self.data.rise(value), self.data.best_values[0], value)

    def sigma(self, value: float) -> float:
        """Width of the best fit, from Asimov data.

        Raises:
            FitError: the data say nothing about the parameter of interest.
        """
        rise = self.asimov.rise(value)
        if value == self.true:
            return self.asimov.error()
        if rise <= 0.0:
            message = f"the data do not depend on {self.poi}"
            raise FitError(message, code="inference.insensitive", value=self.poi)
        return abs(value - self.true) / math.sqrt(rise)

    def p_values(self, q: float, value: float) -> tuple[float, float, float]:
        """p-values of the tested and of the Asimov hypothesis, and their ratio, CLs."""
        return self.statistic.p_values(q, value, self.true, self.sigma(value))

    def expected(self, value: float, band: float) -> tuple[float, float, float]:
        """`p_values` for a best fit that is `band` sigma above that of the Asimov data."""
        return self.statistic.expected_p_values(band, value, self.true, self.sigma(value))

    def test(self, value: float) -> HypoTest:
        """The test of one value."""
        q = self.observed(value)
        p, other, cls = self.p_values(q, value)
        bands = [self.expected(value, band) for band in BANDS]
        return HypoTest(
            tested={self.poi: value},
            statistic=self.statistic.name,
            observed=q,
            p_value=p,
            p_alternative=other,
            cls=cls,
            expected_p_value=tuple(b[0] for b in bands),
            expected_cls=tuple(b[2] for b in bands),
            best={self.poi: self.data.best_values[0]},
            sigma=self.sigma(value),
            notes=notes_of(self),
        )


def poi_bounds(model: Model, poi: str, statistic: Statistic, bounds: Bounds | None) -> Bounds:
    """Bounds for the fits: best fits below zero are not looked at by t~ and q~."""
    parameter = model.graph.parameters[model.position(poi)]
    low, high = (bounds or {}).get(poi, (parameter.min, parameter.max))
    if statistic.physical:
        low = max(low, 0.0)
    return {**(bounds or {}), poi: (low, high)}


def notes_of(tester: SignalTest) -> tuple[str, ...]:
    """What a reader of the result has to know about the fits."""
    problem, place = tester.data.problem, _place(tester)
    box = float(problem.lower[place]), float(problem.upper[place])
    return notes_about(tester.poi, tester.statistic, tester.data.best_values[0], box)


def notes_about(
    poi: str, statistic: Statistic, best: float, box: tuple[float, float]
) -> tuple[str, ...]:
    """Notes about a best fit at a bound of its parameter."""
    low, high = box
    notes = []
    if statistic.name in ("q", "t", "r", "q0") and low >= 0.0 and best <= low:
        notes.append(
            f"the best fit of {poi} is at its lower bound {low:g}; {statistic.name} "
            "is defined without it: give wider bounds"
        )
    if best >= high:
        notes.append(f"the best fit of {poi} is at its upper bound {high:g}")
    return tuple(notes)


def _place(tester: SignalTest) -> int:
    free: list[int] = tester.data.problem.index.tolist()
    return free.index(tester.data.model.position(tester.poi))


def hypotest(
    model: Model,
    value: float | Mapping[str, float],
    *,
    poi: str | None = None,
    statistic: str = "q~",
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
) -> HypoTest:
    """Test a value of the parameter of interest.

    Args:
        value: the value to test; several parameters of interest by name, for t only.
        poi: name of the parameter of interest; the document's by default.
        statistic: one of `hs3.engine.inference.statistics.STATISTICS`.
        fixed: parameters to hold, names or name → value.
        bounds: other bounds than the document's, by name.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
    """
    chosen = statistic_of(statistic)
    if isinstance(value, Mapping):
        if len(value) > 1:
            return _several(model, value, chosen, fixed, bounds)
        ((poi, value),) = value.items()
    return SignalTest.of(model, poi, chosen, fixed, bounds).test(value)


def hypotests(
    model: Model,
    values: Sequence[float],
    *,
    poi: str | None = None,
    statistic: str = "q~",
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
) -> tuple[HypoTest, ...]:
    """`hypotest` of several values of one parameter, for curves of p-values and CLs.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
    """
    tester = SignalTest.of(model, poi, statistic_of(statistic), fixed, bounds)
    return tuple(tester.test(float(value)) for value in values)


def _several(
    model: Model,
    values: Mapping[str, float],
    statistic: Statistic,
    fixed: Mapping[str, float] | tuple[str, ...],
    bounds: Bounds | None,
) -> HypoTest:
    if statistic.name != "t":
        message = f"{statistic.name} is defined for one parameter of interest; take t for several"
        raise FitError(message, code="inference.statistic", value=statistic.name)
    profile = Profile.of(model, tuple(values), fixed, bounds)
    t = profile.rise(*values.values())
    return HypoTest(
        tested=dict(values),
        statistic="t",
        observed=t,
        p_value=chi_square_tail(t, len(values)),
        best=dict(zip(profile.pois, profile.best_values, strict=True)),
    )


def significance(
    model: Model,
    *,
    poi: str | None = None,
    expected_signal: float = 1.0,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
) -> Significance:
    r"""Discovery significance :math:`Z_0 = \sqrt{q_0}`, equations (52) and (53).

    Args:
        expected_signal: value of the parameter of interest for the expected significance.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
    """
    tester = SignalTest.of(model, poi, statistic_of("q0"), fixed, bounds, expected_signal)
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
) -> Limit:
    """Upper limit on the parameter of interest: where CLs falls to ``1 - cl``.

    Args:
        cl: confidence level.
        statistic: ``q~`` or ``q``.
        use_cls: False for the p-value of the tested hypothesis instead of CLs.

    Raises:
        FitError: an unknown name, a fit that does not converge, or a limit beyond the upper bound
            of the parameter of interest.
    """
    chosen = limit_statistic(statistic, cl)
    tester = SignalTest.of(model, poi, chosen, fixed, bounds)
    pick = 2 if use_cls else 0
    found, expected = _limits(tester, 1.0 - cl, pick)
    notes: tuple[str, ...] = ()
    if _lower_minima(tester, found):
        found, expected = _limits(tester, 1.0 - cl, pick)
        if _lower_minima(tester, found):
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

    high = float(tester.data.problem.upper[_place(tester)])
    scale = tester.asimov.error()
    guess = 2.0 * scale
    expected = []
    for band in BANDS:
        guess = crossing(at_band(band), level, guess, scale, high, tester.poi)
        expected.append(guess)
    start = max(expected[2] + tester.data.best_values[0], expected[0])
    return crossing(observed, level, start, scale, high, tester.poi), tuple(expected)


def _lower_minima(tester: SignalTest, value: float) -> bool:
    """Whether other starts lead to lower minima at `value`; if so, fits go on from there.

    Conditional fits start where the last one ended, and follow one minimum. Far from the best fit
    a likelihood of many systematics can have others.
    """
    lower = [profile.look_lower(value) for profile in (tester.data, tester.asimov)]
    return any(lower)


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


def outside(poi: str, high: float) -> FitError:
    """The limit is not inside the bounds."""
    message = f"the upper limit on {poi} lies above its upper bound {high:g}; give wider bounds"
    return FitError(message, code="inference.limit_outside", value=high)


def crossing(
    f: Callable[[float], float],
    level: float,
    guess: float,
    step: float,
    high: float,
    poi: str,
    tolerance: float = TOLERANCE,
) -> float:
    """Where the falling function `f` crosses `level`: Brent's method on its logarithm.

    Returns:
        the place, or zero where `f` is below the level everywhere above zero, which a p-value can
        be when the data fall far short of the background, but not CLs.

    Raises:
        FitError: there is no crossing below `high`.
    """

    def g(value: float) -> float:
        return math.log(max(f(value), 1e-300) / level)

    least = 1e-3 * step
    a = min(max(guess, least), high)
    ga = g(a)
    b, gb = a, ga
    for _ in range(MOST_WIDENINGS):
        if (ga > 0.0) != (gb > 0.0) or gb == 0.0:
            break
        a, ga = b, gb
        b = min(b + 0.5 * step, high) if gb > 0.0 else max(b - 0.5 * step, 0.5 * b)
        if b == a:
            break
        if b < least:
            return 0.0
        gb = g(b)
        step *= 1.7
    if gb == 0.0:
        return b
    if (ga > 0.0) == (gb > 0.0):
        raise outside(poi, high)
    low, up = sorted((a, b))
    return float(
        brentq(g, low, up, xtol=tolerance * max(abs(up), 1e-12), rtol=4 * np.finfo(float).eps)
    )
