"""Tests of one value of a parameter of interest with toys."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.special import ndtr

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .chunks import Split
from .results import HypoTest
from .signal_test import BANDS, SignalTest, notes_of
from .toys import tail, toy_statistics, usable

TESTED, ALTERNATIVE = 0, 1
"""Streams of random numbers."""


@dataclass(frozen=True, eq=False)
class ToyTester:
    """Tests values of a parameter of interest with toys.

    Nuisance parameters of the toys are those that fit the observed data best at the value of the
    parameter of interest that the toys are made with.
    """

    tester: SignalTest
    size: int
    seed: int
    conditional: bool
    split: Split

    def toys(self, tested: float, true: float, stream: int) -> FloatArray:
        """Test statistics of toys of one hypothesis."""
        t = self.tester
        truth = t.data.at(true).theta
        options = {"seed": self.seed, "stream": stream, "conditional": self.conditional}
        found = toy_statistics(
            t.data.problem, {t.poi: tested}, t.statistic, truth, self.size,
            **options, **self.split,  # type: ignore[arg-type]
        )  # fmt: skip
        return usable(found)

    def test(self, value: float) -> HypoTest:
        """The test of one value."""
        t = self.tester
        if t.data.starts:
            t.look_lower(value)
        q = t.observed(value)
        tested = self.toys(value, value, TESTED)
        other = self.toys(value, t.true, ALTERNATIVE)
        p, p_error = tail(tested, q)
        pb, pb_error = tail(other, q)
        # A large best fit is a small statistic, and conversely for q0 and r.
        sign = -1.0 if t.statistic.side == "upper" else 1.0
        quantiles = [
            float(np.quantile(other, ndtr(sign * band), method="higher")) for band in BANDS
        ]
        bands = [(tail(tested, x)[0], tail(other, x)[0]) for x in quantiles]
        # No toy as extreme says that the probability is below that of one toy, not that it is zero.
        least = max(pb, 1.0 / len(other))
        cls = p / least
        relative = math.hypot(p_error / max(p, 1.0 / len(tested)), pb_error / least)
        return HypoTest(
            tested={t.poi: value},
            statistic=t.statistic.name,
            observed=q,
            p_value=p,
            p_alternative=pb,
            cls=cls,
            expected_p_value=tuple(a for a, _ in bands),
            expected_cls=tuple(a / b for a, b in bands),
            best={t.poi: t.data.best_values[0]},
            errors=(p_error, pb_error, max(cls, 1.0 / len(tested)) * relative),
            toys=self.size,
            asymptotic=where_defined(lambda: t.test(value)),
            notes=(
                *notes_of(t),
                *_bound(pb, len(other)),
                *left_out(len(tested) + len(other), 2 * self.size),
            ),
        )


T = TypeVar("T")


def where_defined(formula: Callable[[], T]) -> T | None:
    """What formulas give; None where they are not defined, as without any background."""
    try:
        return formula()
    except FitError:
        return None


def _bound(probability: float, toys: int) -> tuple[str, ...]:
    """A note about CLs where no toy of the other hypothesis is as extreme as the data."""
    if probability > 0.0:
        return ()
    return (f"none of {toys} toys of the other hypothesis is as extreme: CLs is a lower bound",)


def left_out(used: int, size: int) -> tuple[str, ...]:
    """A note about toys whose fits did not converge."""
    failed = size - used
    return (f"{failed} toys are left out: their fits did not converge",) if failed else ()
