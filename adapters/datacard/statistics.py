r"""``autoMCStats``: the statistical uncertainties of the templates.

Per bin, after CMSHistErrorPropagator: with :math:`n = \sum_p c_p n_p` and :math:`e^2 = \sum_p
c_p^2 e_p^2` at the start values, over the backgrounds (or all processes), a bin has
:math:`\mathrm{round}(n^2/e^2)` effective events. Above the threshold, one parameter x with
:math:`N(0|x,1)` adds

.. math:: x \sqrt{\textstyle\sum_p c_p(\theta)^2 e_p^2},

over all processes. It follows the normalisations, which no staterror of HistFactory does: here it
is a sample of one event per bin, scaled by this function. Up to the threshold, each process has a
parameter of its own: the factor v/m with :math:`\mathrm{Pois}(m|v)`, or an addition of
:math:`x\,c_p e_p` with N(0|x,1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .card import McStats
from .pool import Json, Pool
from .process import FLOOR, Process

ONE = "ONE"
REACH = 7.0


def samples(
    channel: str,
    rule: McStats,
    processes: Sequence[Process],
    nominal: Sequence[float],
    pool: Pool,
) -> list[Json]:
    """The modifiers that the statistical uncertainties need, as samples of the channel.

    Factors of the Poisson kind are added to the modifiers of the processes themselves.

    Args:
        nominal: the coefficient of each process at the start values.
    """
    scale = np.abs(nominal)[:, None]
    values = scale * np.maximum([p.contents for p in processes], FLOOR)
    errors = scale * np.array([p.errors for p in processes])
    counted = np.array([rule.signal or not p.column.signal for p in processes])
    bins = values.shape[1]
    made = _Bins(channel, processes, pool, bins)
    if rule.threshold >= 0:
        for b in range(bins):
            n = values[counted, b].sum()
            e = math.sqrt((errors[counted, b] ** 2).sum())
            if e <= 0:
                continue
            if round_half_up(n * n / (e * e)) > rule.threshold:
                made.total(b)
            else:
                made.each(b, rule.threshold)
    return made.samples()


def round_half_up(x: float) -> float:
    """The nearest whole number."""
    return math.floor(0.5 + x)


class _Bins:
    """Collects what the bins of one channel need."""

    def __init__(self, channel: str, processes: Sequence[Process], pool: Pool, bins: int) -> None:
        self._channel, self._processes, self._pool, self._bins = channel, processes, pool, bins
        self._total: dict[int, str] = {}
        self._factors: dict[int, dict[int, str]] = {}
        self._additions: dict[int, dict[int, str]] = {}

    def total(self, b: int) -> None:
        """One parameter for all processes."""
        name = self._normal(f"prop_bin{self._channel}_bin{b}")
        squares = [
            f"({float(p.errors[b])!r}*{self._coefficient(p)})^2"
            for p in self._processes
            if p.errors[b] > 0
        ]
        text = f"{self._pool.variable(name)}*sqrt({' + '.join(squares)})"
        self._total[b] = self._pool.expression(f"{name}_shift", text)

    def _coefficient(self, process: Process) -> str:
        wanted = f"scale_bin{self._channel}_proc_{process.column.process}"
        return self._pool.variable(process.norm.coefficient(wanted, self._pool))

    def each(self, b: int, threshold: float) -> None:
        """A parameter per process."""
        for i, process in enumerate(self._processes):
            value, error = max(float(process.contents[b]), FLOOR), float(process.errors[b])
            if error <= 0:
                continue
            name = f"prop_bin{self._channel}_bin{b}_{process.column.process}"
            events = round_half_up((value / error) ** 2)
            if value >= 0.999 * error and events <= threshold:
                self._factors.setdefault(i, {})[b] = self._poisson(name, events)
            else:
                self._additions.setdefault(i, {})[b] = self._normal(name)

    def _normal(self, name: str) -> str:
        self._pool.normal(name, REACH)
        return name

    def _poisson(self, name: str, events: float) -> str:
        low, high = poisson_interval(events)
        self._pool.add(name, events, (low, high))
        self._pool.measure(name, "poisson_dist", x=events, mean=name)
        return self._pool.product(f"{name}_prod", [name, 1.0 / events])

    def samples(self) -> list[Json]:
        """The samples of this channel, and new modifiers in the processes."""
        for i, factors in self._factors.items():
            self._processes[i].modifiers.append(self._modifier("mc_stat", factors))
        out = [
            self._sample(
                f"{self._processes[i].column.process}_mc_stat",
                {b: float(self._processes[i].errors[b]) for b in parameters},
                [*self._processes[i].norm.modifiers(self._pool)],
                parameters,
            )
            for i, parameters in self._additions.items()
        ]
        if self._total:
            ones = dict.fromkeys(self._total, 1.0)
            out.append(self._sample("mc_stat", ones, [], self._total))
        return out

    def _sample(
        self, name: str, contents: dict[int, float], modifiers: list[Json], bins: dict[int, str]
    ) -> Json:
        return {
            "name": name,
            "data": {"contents": [contents.get(b, 0.0) for b in range(self._bins)]},
            "modifiers": [*modifiers, self._modifier("mc_stat", bins)],
        }

    def _modifier(self, name: str, bins: dict[int, str]) -> Json:
        if len(bins) < self._bins:
            self._pool.add(ONE, 1.0, None, fixed=True)
        parameters = [bins.get(b, ONE) for b in range(self._bins)]
        return {"name": name, "type": "shapefactor", "parameters": parameters}


def poisson_interval(events: float) -> tuple[float, float]:
    """The central interval of seven standard deviations for the mean of `events` counts."""
    from scipy.stats import chi2, norm

    tail = float(norm.sf(REACH))
    low = 0.5 * float(chi2.ppf(tail, 2.0 * events))
    return low, 0.5 * float(chi2.isf(tail, 2.0 * events + 2.0))


def coefficients(processes: Sequence[Process], values: dict[str, float]) -> list[float]:
    """The coefficient of each process at start values, where all normal parameters are zero."""
    return [math.prod(values[name] for name in p.norm.factors) for p in processes]
