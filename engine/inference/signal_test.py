r"""Tests of values of one parameter of interest, with Asimov data for its width.

They are the expected data at the parameter of interest :math:`\mu'` and the nuisance parameters
that fit the observed data best there; :math:`\sigma = |\mu - \mu'| / \sqrt{q_{\mu,A}}`, equation
(30) of arXiv:1007.1727.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..model import Model
from ..poi import poi_of
from ..starts import Starts
from .batch import Bounds
from .conditional import ConditionalFits, insensitive
from .results import HypoTest
from .statistics import Statistic

BANDS = (-2, -1, 0, 1, 2)
"""Fluctuations in units of sigma for which expected values are given."""

NO_SIGNAL = 0.0
"""The hypothesis without a signal, whatever the Asimov data have."""


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
    data: ConditionalFits
    asimov: ConditionalFits
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
        starts: Starts = (),
    ) -> SignalTest:
        """A test of `model`; Asimov data have no signal, or for q0 a signal of 1.

        Raises:
            FitError: an unknown name, or a fit that does not converge.
        """
        name = poi_of(model, poi)
        own_bounds = poi_bounds(model, name, statistic, bounds)
        data = ConditionalFits.of(model, (name,), fixed, own_bounds, starts)
        expected = true if true is not None else (1.0 if statistic.name == "q0" else 0.0)
        if starts:
            data.look_lower(expected)
        theta = data.at(expected).theta
        asimov = data.with_model(model.with_data(model.expected_data(theta)))
        return cls(name, statistic, data, asimov, expected)

    @property
    def box(self) -> tuple[float, float]:
        """Bounds of the parameter of interest in the fits."""
        problem = self.data.problem
        place = problem.index.tolist().index(problem.model.position(self.poi))
        return float(problem.lower[place]), float(problem.upper[place])

    def look_lower(self, value: float) -> bool:
        """Whether other starts lead to a lower minimum at `value`; if so, fits go on from there.

        Conditional fits start where the last one ended, and follow one minimum. Far from the best
        fit a likelihood of many systematics can have others.
        """
        lower = [fits.look_lower(value) for fits in (self.data, self.asimov)]
        return any(lower)

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
            raise insensitive(self.poi)
        return abs(value - self.true) / math.sqrt(rise)

    def p_values(self, q: float, value: float) -> tuple[float, float, float]:
        """p-values of the tested and of the Asimov hypothesis, and their ratio, CLs."""
        return self.statistic.p_values(q, value, self.true, self.sigma(value))

    def expected(self, value: float, band: float) -> tuple[float, float, float]:
        """`p_values` for a best fit that is `band` sigma above that of the Asimov data."""
        return self.statistic.expected_p_values(band, value, self.true, self.sigma(value))

    def test(self, value: float) -> HypoTest:
        """The test of one value."""
        if self.data.starts:
            self.look_lower(value)
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
    about = notes_about(tester.poi, tester.statistic, tester.data.best_values[0], tester.box)
    asimov = (f"with the Asimov data, {note}" for note in tester.asimov.notes)
    notes = (*about, *tester.data.notes, *asimov)
    if lost := tester.data.without_effect(NO_SIGNAL):
        notes += (
            f"at {tester.poi} = 0 the likelihood does not depend on {', '.join(lost)}: asymptotic "
            "formulas do not hold there (look-elsewhere effect); hold these, or use toys",
        )
    return notes


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
