"""What dialect rules mean, in numbers: the likelihood of each rule's document, written by hand.

One channel of two bins with 11 and 19 events. An entry has points, the expected counts in the bins
at a point, and -log of the constraints there, up to a constant. Nothing of the package is used, so
that a rule which reads a document otherwise gives other numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import lgamma, log
from typing import NamedTuple

import numpy as np

Point = dict[str, float]
Rates = Callable[[Point], Sequence[float]]
Penalty = Callable[[Point], float]
NOMINAL = (10.0, 20.0)
EPSILON = 2.220446049250313e-16


class Meaning(NamedTuple):
    """The likelihood of a document, by hand."""

    points: list[Point]
    rates: Rates
    penalty: Penalty = lambda p: 0.0
    observed: Sequence[float] = (11.0, 19.0)

    def twice_delta_nll(self) -> list[float]:
        """At each point, relative to the first one."""
        values = [self._nll(point) for point in self.points]
        return [2.0 * (value - values[0]) for value in values]

    def _nll(self, p: Point) -> float:
        pairs = zip(self.observed, self.rates(p), strict=True)
        return sum(nu - n * log(nu) for n, nu in pairs) + self.penalty(p)


# --- interpolations -------------------------------------------------------------------------------


def exponential(a: float, hi: float, lo: float) -> float:
    """pyhf's code1."""
    return hi**a if a >= 0 else lo**-a


def linear(a: float, hi: float, lo: float) -> float:
    """pyhf's code0 of a factor."""
    return 1 + (a * (hi - 1) if a >= 0 else a * (1 - lo))


def smooth(a: float, hi: float, lo: float) -> float:
    """pyhf's code4: a polynomial of the 6th order that meets the exponentials at -1 and 1."""
    if abs(a) >= 1:
        return exponential(a, hi, lo)
    rows, values = [], []
    for sign, factor in ((1, hi), (-1, lo)):
        slope = sign * log(factor)
        k = np.arange(1, 7)
        rows += [1.0 * sign**k, k * 1.0 * sign ** (k - 1), k * (k - 1) * 1.0 * sign**k]
        values += [factor - 1, slope * factor, slope * slope * factor]
    solved = np.linalg.solve(np.array(rows), np.array(values))
    return float(1 + sum(c * a ** (i + 1) for i, c in enumerate(solved)))


def shifted(a: float, hi: float, nominal: float, lo: float) -> float:
    """pyhf's code4p."""
    spread, bend = (hi - lo) / 2, (hi + lo - 2 * nominal) / 16
    inside = a * a * (15 + a * a * (3 * a * a - 10))
    return nominal + spread * a + bend * (inside if abs(a) < 1 else 8 * abs(a))


def parabolic(a: float, hi: float, nominal: float, lo: float) -> float:
    """pyhf's code2 with tails that go on with the slope at their beginnings."""
    spread, bend = (hi - lo) / 2, (hi + lo - 2 * nominal) / 2
    return nominal + spread * a + bend * (a * a if abs(a) < 1 else 2 * abs(a) - 1)


# --- parts ----------------------------------------------------------------------------------------


def along(name: str, *values: float) -> list[Point]:
    return [{name: value} for value in values]


def scaled(factor: Callable[[Point], float]) -> Rates:
    """All of the sample is scaled."""
    return lambda p: [factor(p) * nominal for nominal in NOMINAL]


def normsys(interpolate: Callable[..., float], hi: float = 1.2, lo: float = 0.9) -> Rates:
    return scaled(lambda p: interpolate(p["a"], hi, lo))


def histosys(interpolate: Callable[..., float] = shifted) -> Rates:
    return lambda p: [
        interpolate(p["b"], 12.0, 10.0, 9.0),
        interpolate(p["b"], 25.0, 20.0, 18.0),
    ]


def bins(first: str, second: str) -> Rates:
    return lambda p: [p[first] * NOMINAL[0], p[second] * NOMINAL[1]]


def gauss(name: str, observed: float = 0.0, width: float = 1.0) -> Penalty:
    return lambda p: 0.5 * ((p[name] - observed) / width) ** 2


def poisson(name: str, tau: float) -> Penalty:
    """An auxiliary count of tau, expected tau times the parameter."""
    return lambda p: tau * p[name] - tau * log(p[name])


def both(one: Penalty, two: Penalty) -> Penalty:
    return lambda p: one(p) + two(p)


A = along("a", 0.0, 0.5, -1.7)
B = along("b", 0.0, 0.5, -1.7)
G = [{"g0": 1.0, "g1": 1.0}, {"g0": 1.2, "g1": 0.9}, {"g0": 0.8, "g1": 1.1}]
E = [{"e0": g["g0"], "e1": g["g1"]} for g in G]
ONE_OF_G = along("g0", 1.0, 1.2)
ONLY_FIRST = lambda p: [p["g0"] * NOMINAL[0], NOMINAL[1]]  # noqa: E731
UNIT = gauss("a")
SHIFTED = gauss("a", 0.5)
RELATIVE = both(poisson("g0", 100.0), poisson("g1", 25.0))
STAT = both(gauss("e0", 1.0, 0.1), gauss("e1", 1.0, 0.1))


def named(*names: str) -> list[Point]:
    """Points of two parameters of bins."""
    return [dict(zip(names, g.values(), strict=True)) for g in G]


def two_axes(p: Point) -> list[float]:
    """Contents 1 to 6, row by row; parameters run over the first axis first."""
    order = ("g0", "g2", "g4", "g1", "g3", "g5")
    return [p[name] * (i + 1) for i, name in enumerate(order)]


SIX = [{f"g{i}": 1.0 for i in range(6)}, {f"g{i}": 1.0 + 0.1 * i for i in range(6)}]
FOUND = (3.0, 4.0, 0.0, 0.0, 0.0, 5.0)

MEANINGS: dict[str, Meaning] = {
    "normsys_interpolation_default": Meaning(A, normsys(smooth), UNIT),
    "histosys_interpolation_default": Meaning(B, histosys(), gauss("b")),
    "interpolation_root_code": Meaning(A, normsys(smooth), UNIT),
    "interpolation_pyhf_name": Meaning(A, normsys(exponential), UNIT),
    "interpolation_structured": Meaning(B, histosys(parabolic), gauss("b")),
    "interpolation_in_data": Meaning(A, normsys(smooth), UNIT),
    "channel_interpolation": Meaning(A, normsys(linear), UNIT),
    "histosys_absolute": Meaning(B, histosys(), gauss("b")),
    "clip_at_zero": Meaning(B, histosys(), gauss("b")),
    "normsys_nonpositive": Meaning(along("a", 0.0, 0.5, -0.5), normsys(smooth, 1.3, EPSILON), UNIT),
    "function_of_observable": Meaning(
        along("t", 0.1, 0.6, -0.4),
        lambda p: [10.0 * (1.0 + 0.5 * p["t"]), 20.0 * (1.0 + 1.5 * p["t"])],
    ),
    "shapesys_vals_relative": Meaning(G, bins("g0", "g1"), RELATIVE),
    "shapesys_vals_absolute": Meaning(
        G, bins("g0", "g1"), both(poisson("g0", 100.0), poisson("g1", 25.0))
    ),
    "shapesys_vals_tau": Meaning(
        G, bins("g0", "g1"), both(poisson("g0", 50.0), poisson("g1", 70.0))
    ),
    "shapesys_zero_is_shapefactor": Meaning(G, bins("g0", "g1")),
    "zero_uncertainty_fixed": Meaning(ONE_OF_G, ONLY_FIRST, poisson("g0", 100.0)),
    "staterror_threshold": Meaning(
        along("e1", 1.0, 1.2), lambda p: [10.0, 20.0 * p["e1"]], gauss("e1", 1.0, 0.1)
    ),
    "staterror_channel_settings": Meaning(E, bins("e0", "e1"), STAT),
    "staterror_uncertainties": Meaning(
        E, bins("e0", "e1"), both(gauss("e0", 1.0, 0.3), gauss("e1", 1.0, 0.2))
    ),
    "staterror_missing_errors": Meaning(
        E, bins("e0", "e1"), both(gauss("e0", 1.0, 10**-0.5), gauss("e1", 1.0, 20**-0.5))
    ),
    "bins_first_axis_fastest": Meaning(SIX, two_axes, observed=FOUND),
    "events_counted": Meaning(SIX, two_axes, observed=FOUND),
    "bin_bounds": Meaning(G, bins("g0", "g1"), RELATIVE),
    "bin_parameters_derived": Meaning(
        named("gamma_stat_ch_bin_0", "gamma_stat_ch_bin_1"),
        bins("gamma_stat_ch_bin_0", "gamma_stat_ch_bin_1"),
        both(gauss("gamma_stat_ch_bin_0", 1.0, 0.1), gauss("gamma_stat_ch_bin_1", 1.0, 0.1)),
    ),
    "single_parameter_per_bin": Meaning(
        along("g", 1.0, 1.2), lambda p: [10.0 * p["g"]], poisson("g", 100.0), (9.0,)
    ),
    "parameter_derived": Meaning(
        along("alpha_n", 0.0, 0.5, -1.7),
        scaled(lambda p: smooth(p["alpha_n"], 1.2, 0.9)),
        gauss("alpha_n"),
    ),
    "normfactor_by_name": Meaning(along("mu", 1.0, 1.5), scaled(lambda p: p["mu"])),
    "modifier_unnamed": Meaning(A, normsys(smooth), UNIT),
    "sample_unnamed": Meaning(A, normsys(smooth), UNIT),
    "axes_from_data": Meaning(A, normsys(smooth), UNIT),
    "constraint_name": Meaning(A, normsys(smooth), SHIFTED),
    "constraint_is_name": Meaning(A, normsys(smooth), SHIFTED),
    "constraint_per_bin": Meaning(G, bins("g0", "g1"), gauss("g0", 1.0, 0.3)),
    "constraint_type": Meaning(
        G, bins("g0", "g1"), both(gauss("g0", 1.0, 0.1), gauss("g1", 1.0, 0.2))
    ),
    "constraint_name_wins": Meaning(A, normsys(smooth), SHIFTED),
    "sys_constraint_default": Meaning(A, normsys(smooth), UNIT),
    "shapesys_constraint_default": Meaning(G, bins("g0", "g1"), RELATIVE),
    "staterror_constraint_default": Meaning(
        E, bins("e0", "e1"), both(poisson("e0", 100.0), poisson("e1", 100.0))
    ),
    "constraint_stated_twice": Meaning(A, normsys(smooth), UNIT),
    "constraint_kind_and_name": Meaning(
        A,
        lambda p: [
            smooth(p["a"], 1.2, 0.9) * shifted(p["a"], 12.0, 10.0, 9.0),
            smooth(p["a"], 1.2, 0.9) * shifted(p["a"], 25.0, 20.0, 18.0),
        ],
        SHIFTED,
    ),
    "wide_gauss": Meaning(A, normsys(smooth), gauss("a", 0.0, 100.0)),
    "nominal_by_name": Meaning(
        ONE_OF_G,
        ONLY_FIRST,
        lambda p: 100.0 * p["g0"] - 98.0 * log(p["g0"]) + lgamma(99.0),
    ),
    "observed_fixed": Meaning(A, normsys(smooth), UNIT),
    "combined_distribution": Meaning(A, normsys(smooth), UNIT, (1.0, 2.0)),
}
"""By the name of the rule. Constancy and bounds of parameters have no numbers here."""
