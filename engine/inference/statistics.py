r"""Test statistics of a parameter of interest, and their asymptotic distributions.

Equation numbers are those of Cowan, Cranmer, Gross and Vitells, arXiv:1007.1727. With
:math:`\lambda(\mu)` the profile likelihood ratio,

======  ===========================================================  ============
name    definition                                                   equation
======  ===========================================================  ============
t       :math:`-2\ln\lambda(\mu)`                                    (8)
t~      t with :math:`\hat\mu` kept at zero or above                 (10), (11)
q       t, zero where :math:`\hat\mu > \mu`                          (14)
q~      t~, zero where :math:`\hat\mu > \mu`                         (16)
q0      t for :math:`\mu = 0`, zero where :math:`\hat\mu < 0`        (12)
r       :math:`\mathrm{sign}(\hat\mu - \mu)\sqrt{t}`
======  ===========================================================  ============

Asymptotically :math:`\hat\mu` is Gaussian around the true :math:`\mu'` with a width
:math:`\sigma`, and each statistic is a function of it (Wald). That the statistic is at most some
value means that :math:`\hat\mu` lies in an interval: all distributions follow from that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr

from hs3.errors import FitError
from hs3.findings import nearest


@dataclass(frozen=True)
class Statistic:
    """A test statistic.

    Attributes:
        name: as in the table above.
        physical: whether the best fit is kept at zero or above.
        side: ``upper`` where only a best fit below the tested value counts against it,
            ``lower`` where only one above it does, else ``both``.
        signed: whether it is a signed root.
    """

    name: str
    physical: bool = False
    side: str = "both"
    signed: bool = False

    def of(self, rise: float, best: float, tested: float) -> float:
        """The value, from twice the rise of nll between the best fit and the tested value.

        Raises:
            FitError: t~ or q~ of a value below zero, where they are not defined.
        """
        if self.physical and tested < 0.0:
            message = f"{self.name} is defined for values from zero on, not for {tested:g}"
            raise FitError(message, code="inference.statistic", value=tested)
        if self.signed:
            return float(np.copysign(np.sqrt(rise), best - tested))
        against = {"both": True, "upper": best <= tested, "lower": best >= tested}[self.side]
        return rise if against else 0.0

    def expected(self, best: float, tested: float, sigma: float) -> float:
        """The value for a best fit, in the approximation of Wald: equations (17), (40), (58)."""
        if self.signed:
            return (best - tested) / sigma
        if self.physical and best < 0.0:
            rise = (tested * tested - 2.0 * tested * best) / sigma**2
        else:
            rise = ((tested - best) / sigma) ** 2
        return self.of(rise, best, tested)

    def expected_survival(self, best: float, tested: float, true: float, sigma: float) -> float:
        """Probability of what counts at least as much against the tested value as `best`.

        For one-sided statistics the tail of the best fit, also beyond the tested value where the
        statistic itself stays at zero: so the bands are continuous, as pyhf has them.
        """
        if self.side == "both" and not self.signed:
            return self.survival(self.expected(best, tested, sigma), tested, true, sigma)
        pull = (best - true) / sigma
        return float(ndtr(pull if self.side == "upper" else -pull))

    def survival(self, value: float, tested: float, true: float, sigma: float) -> float:
        r"""Probability of a value at least as large when the true parameter is `true`.

        Equations (35), (41), (49), (57), (65) in their form for any :math:`\mu'`. At zero the
        one-sided statistics have a discrete part, which counts as what lies beyond zero:
        :math:`1 - F(0^-)` is not 1 but the tail of the continuous formula, as pyhf has it.
        """
        if np.isinf(value):
            return 0.0
        if self.signed:
            return float(ndtr(-(value + (tested - true) / sigma)))
        root = np.sqrt(value)
        high = tested + sigma * root
        low = tested - sigma * root
        if self.physical and low < 0.0:
            low = self._below_zero(value, tested, sigma)
        above = float(ndtr(-(high - true) / sigma)) if self.side != "upper" else 0.0
        below = float(ndtr((low - true) / sigma)) if self.side != "lower" else 0.0
        return above + below

    def _below_zero(self, value: float, tested: float, sigma: float) -> float:
        """The best fit below zero at which t~ or q~ has this value, equations (11) and (16)."""
        if tested > 0.0:
            return (tested * tested - value * sigma * sigma) / (2.0 * tested)
        # Zero is tested: below it t~ vanishes, and q~ does everywhere but for rounding.
        return -np.inf if self.side == "both" else tested

    def p_values(
        self, value: float, tested: float, true: float, sigma: float
    ) -> tuple[float, float, float]:
        """p-values of the tested hypothesis and of the other, and their ratio, CLs."""
        p = self.survival(value, tested, tested, sigma)
        return _with_ratio(p, self.survival(value, tested, true, sigma))

    def expected_p_values(
        self, band: float, tested: float, true: float, sigma: float
    ) -> tuple[float, float, float]:
        """`p_values` for a best fit that is `band` sigma above the other hypothesis."""
        best = true + band * sigma
        p = self.expected_survival(best, tested, tested, sigma)
        return _with_ratio(p, self.expected_survival(best, tested, true, sigma))


def _with_ratio(p: float, other: float) -> tuple[float, float, float]:
    return p, other, 0.0 if other == 0.0 else p / other


STATISTICS = {
    s.name: s
    for s in (
        Statistic("t"),
        Statistic("t~", physical=True),
        Statistic("q", side="upper"),
        Statistic("q~", physical=True, side="upper"),
        Statistic("q0", side="lower"),
        Statistic("r", signed=True),
    )
}
SPELLINGS = {"ttilde": "t~", "t_tilde": "t~", "qtilde": "q~", "q_tilde": "q~"}


def statistic_of(name: str) -> Statistic:
    """The statistic of this name; ``qtilde`` and ``ttilde`` may be written for ``q~`` and ``t~``.

    Raises:
        FitError: there is none.
    """
    found = STATISTICS.get(SPELLINGS.get(name, name))
    if found is None:
        raise FitError(
            f"unknown test statistic {name!r}; known are {', '.join(STATISTICS)}",
            code="inference.statistic",
            value=name,
            suggestions=nearest(name, STATISTICS),
        )
    return found


def chi_square_tail(value: float, dimensions: int) -> float:
    """Probability of t at least as large with several parameters of interest: Wilks' theorem."""
    return float(chdtrc(dimensions, value))
