"""A search for upper limits of n models of one shape, in step."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtr, ndtri

from hs3.errors import HS3Error
from hs3.histfactory.meaning import FloatArray

from ..minimise import CONVERGED
from .batch import result
from .crossing import outside
from .results import BoolArray, IntArray, Limit
from .running import Batch, run
from .signal_test import BANDS, notes_about
from .statistics import Statistic

TRUE = 0.0
"""The Asimov data have no signal."""

GOAL = 1e-7
"""A search ends with a step that is smaller than this, relative to the limit."""

MOST_STEPS = 40

MISSED = 1e-6
"""A conditional fit this far below the free one, in nll, means that the free one was no minimum."""


@dataclass(eq=False)
class Likelihoods:
    """Profile likelihoods of n sets of data.

    Attributes:
        batch: the free fits.
        poi: the parameter of interest.
        theta: values at the minima (n, T).
        nll: there (n,).
        found: where the free fit converged (n,).
        errors: of the parameter of interest (n,).
    """

    batch: Batch
    poi: str
    theta: FloatArray
    nll: FloatArray
    found: BoolArray
    errors: FloatArray

    @classmethod
    def of(cls, batch: Batch, poi: str) -> Likelihoods:
        """The free fits, from the starting values of `batch`."""
        theta, minima = run(batch, curvature=True)
        with np.errstate(invalid="ignore"):
            fits = result(batch, theta, minima)
            errors = fits.error(poi)
        good = np.asarray(minima.status) == CONVERGED
        return cls(batch, poi, theta, fits.nll, good & (errors > 0.0), errors)

    @property
    def place(self) -> int:
        """Position of the parameter of interest."""
        return self.batch.problem.model.position(self.poi)

    @property
    def box(self) -> tuple[float, float]:
        """Bounds of the parameter of interest."""
        problem = self.batch.problem
        row = problem.index.tolist().index(self.place)
        return float(problem.lower[row]), float(problem.upper[row])

    def at(
        self, rows: IntArray, values: FloatArray, near: FloatArray
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Conditional fits of some rows: all values, the rise of -2 ln L, and what converged.

        Args:
            near: all values to start from, one set for each of `rows`.
        """
        start = near.copy()
        start[:, self.place] = values
        if not len(rows):
            return near, np.zeros(0), np.zeros(0, dtype=bool)
        part = self.batch.part(rows)
        held = part.held | (part.problem.index == self.place)
        theta, minima = run(replace(part, theta=start, held=held), curvature=True)
        rise = np.asarray(minima.value) - self.nll[rows]
        ok = (np.asarray(minima.status) == CONVERGED) & (rise > -MISSED)
        return theta, np.maximum(2.0 * rise, 0.0), ok


@dataclass(eq=False)
class Search:
    r"""The search for the limits: secant steps on :math:`\ln(\mathrm{CLs}/\alpha)` in a bracket.

    Attributes:
        data, asimov: of the models, with their data and with those expected without signal.
        cl, use_cls: see `upper_limit`.
        failed: rows that are left to `upper_limit` (n,).
        value: where each of the 6 searches of each model stands, bands first (n, 6).
        fits: fits of each model (n,).
    """

    data: Likelihoods
    asimov: Likelihoods
    statistic: Statistic
    cl: float
    use_cls: bool
    failed: BoolArray = field(init=False)
    value: FloatArray = field(init=False)
    fits: IntArray = field(init=False)
    beyond: BoolArray = field(init=False)

    def run(self) -> None:
        """Let all searches advance until each has ended."""
        size, high = len(self.failed), self.data.box[1]
        shape = (size, len(BANDS) + 1)
        self.fits = np.full(size, 3)
        self.beyond = np.zeros(size, dtype=bool)
        scale = np.where(self.failed, 1.0, self.asimov.errors)[:, None]
        self.value = np.minimum(self._guess(scale), high)
        inner, outer = np.zeros(shape), np.full(shape, np.inf)
        old = np.full((2, *shape), np.nan)  # the last place, and the function there
        near = np.repeat(self.asimov.theta[:, None], shape[1], axis=1)
        near_data = self.data.theta.copy()
        going = np.repeat(~self.failed[:, None], shape[1], axis=1)
        for _ in range(MOST_STEPS):
            if not going.any():
                return
            new = self._function(going, near, near_data)
            going &= ~self.failed[:, None]
            x = self.value.copy()
            inner = np.where(going & (new > 0.0), x, inner)
            outer = np.where(going & (new <= 0.0), x, outer)
            self.beyond |= (going & (new > 0.0) & (x >= high)).any(axis=1)
            least = going & (new <= 0.0) & (x <= 1e-3 * scale)  # never above the level
            self.value = np.where(least, 0.0, self.value)
            going &= ~least & ~self.beyond[:, None]
            step = self._next(x, new, old, inner, np.minimum(outer, high), 2.0 * scale)
            ended = np.abs(step - x) <= GOAL * np.abs(x)
            self.value = np.where(going, step, self.value)
            old = np.where(going, np.stack([x, new]), old)
            going &= ~ended
        self.failed |= going.any(axis=1)

    def _guess(self, scale: FloatArray) -> FloatArray:
        """Limits for a likelihood that is a parabola: equation (89), and its like for the data."""
        alpha = 1.0 - self.cl
        best = self.data.theta[:, self.data.place] / scale[:, 0]
        bands = np.concatenate(
            [np.broadcast_to(BANDS, (len(scale), len(BANDS))), best[:, None]], axis=1
        )
        tail = alpha * ndtr(bands) if self.use_cls else alpha
        guess: FloatArray = np.maximum(scale * (bands - ndtri(tail)), 0.1 * scale)
        return guess

    def _function(self, going: BoolArray, near: FloatArray, near_data: FloatArray) -> FloatArray:
        """Logarithm of CLs (or the p-value) over its level, where the search goes on."""
        rows, columns = np.nonzero(going)
        values = self.value[rows, columns]
        theta, rise, ok = self.asimov.at(rows, values, near[rows, columns])
        near[rows, columns] = theta
        own = np.flatnonzero(columns == len(BANDS))
        theta, observed, fine = self.data.at(rows[own], values[own], near_data[rows[own]])
        near_data[rows[own]] = theta
        np.add.at(self.fits, rows, 1)
        np.add.at(self.fits, rows[own], 1)
        self.failed[rows[~(ok & (rise > 0.0))]] = True
        self.failed[rows[own][~fine]] = True
        best = self.data.theta[:, self.data.place]
        pick, level = (2 if self.use_cls else 0), 1.0 - self.cl
        measured = dict(zip(rows[own].tolist(), observed.tolist(), strict=True))
        out = np.zeros(going.shape)
        for row, column, value, q in zip(rows, columns, values, rise, strict=True):
            if self.failed[row]:
                continue
            sigma = abs(value - TRUE) / math.sqrt(q)
            if column < len(BANDS):
                found = self.statistic.expected_p_values(BANDS[column], value, TRUE, sigma)
            else:
                seen = self.statistic.of(measured[int(row)], best[row], value)
                found = self.statistic.p_values(seen, value, TRUE, sigma)
            out[row, column] = math.log(max(found[pick], 1e-300) / level)
        return out

    @staticmethod
    def _next(
        x: FloatArray,
        new: FloatArray,
        old: FloatArray,
        inner: FloatArray,
        outer: FloatArray,
        step: FloatArray,
    ) -> FloatArray:
        """The secant step where it stays inside the bracket, else its middle."""
        with np.errstate(all="ignore"):
            secant = x - new * (x - old[0]) / (new - old[1])
        # Without two points yet: ln CLs falls about as the square of the value over its width.
        first = x * np.sqrt(np.clip(1.0 + new / 3.0, 0.25, 4.0))
        trial = np.where(np.isnan(old[0]), first, np.where(new == 0.0, x, secant))
        middle = np.where(np.isfinite(outer), 0.5 * (inner + outer), inner + step)
        good = (trial > inner) & (trial < outer) | (trial == x)
        return np.where(good, trial, middle)

    def limits(self) -> dict[int, Limit | HS3Error]:
        """What was found, by row."""
        out: dict[int, Limit | HS3Error] = {}
        box, poi = self.data.box, self.data.poi
        for row in np.flatnonzero(~self.failed).tolist():
            if self.beyond[row]:
                out[row] = outside(poi, box[1])
                continue
            best = float(self.data.theta[row, self.data.place])
            *expected, observed = self.value[row].tolist()
            out[row] = Limit(
                poi=poi,
                cl=self.cl,
                statistic=self.statistic.name,
                method="CLs" if self.use_cls else "p-value",
                observed=observed,
                expected=tuple(expected),
                best=best,
                fits=int(self.fits[row]),
                notes=notes_about(poi, self.statistic, best, box),
            )
        return out
