"""Scans of the profile likelihood over any number of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Unpack

import jax
import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .fit import fit
from .fit_result import FitResult
from .forms import Columns, Result
from .inference.chunks import Arrays, Split, Work, in_chunks, key_of
from .inference.results import BoolArray
from .inference.running import Batch, run
from .minimise import CONVERGED
from .model import Model
from .profile import LOWER, Profile, converged
from .starts import Starts

SPAN, POINTS = 3.0, 31
"""A scan without points: how many errors to each side, and how many points."""

TOGETHER = 32
"""Points in a chunk."""


@dataclass(frozen=True, eq=False)
class Scan(Result):
    """Conditional fits on a grid of D parameters, N points.

    Attributes:
        names: the scanned parameters.
        axes: their values; the points are the outer product, the last axis fastest.
        points: values of the scanned parameters (N, D).
        nll: profiled negative log-likelihood (N,).
        values: values of all parameters at the points (N, T), in the order of `parameters`.
        ok: True where the fit converged (N,).
        best: the unconditional fit.
        message: what went wrong, or was found, in a sentence.
    """

    names: tuple[str, ...]
    axes: tuple[FloatArray, ...]
    points: FloatArray
    nll: FloatArray
    values: FloatArray = field(repr=False)
    parameters: tuple[str, ...] = field(repr=False)
    ok: BoolArray = field(repr=False)
    best: FitResult = field(repr=False)
    message: str = ""

    @property
    def converged(self) -> bool:
        """True when all fits converged."""
        return bool(self.ok.all()) and self.best.converged

    @property
    def twice_delta_nll(self) -> FloatArray:
        """Twice the rise above the best fit, in the shape of the grid; NaN where a fit failed."""
        rise = np.where(self.ok, 2.0 * (self.nll - self.best.nll), np.nan)
        return rise.reshape([len(axis) for axis in self.axes])

    def columns(self) -> Columns:
        """A row per point, for ``pandas.DataFrame``: the scanned parameters, the rise, verdict."""
        rise = self.twice_delta_nll.ravel()
        own = {name: self.points[:, i] for i, name in enumerate(self.names)}
        return own | {"twice_delta_nll": rise, "ok": self.ok}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; null where a fit failed."""
        rise = self.twice_delta_nll.ravel().tolist()
        return {
            "parameters": list(self.names),
            "axes": [axis.tolist() for axis in self.axes],
            "points": self.points.tolist(),
            "twice_delta_nll": [v if np.isfinite(v) else None for v in rise],
            "ok": self.ok.tolist(),
            "converged": self.converged,
            "message": self.message,
            "best": {"twice_nll": self.best.twice_nll, "values": self.best.values},
        }


def scan(
    model: Model,
    names: str | Sequence[str],
    points: Any = None,
    *,
    best: FitResult | None = None,
    starts: Starts = (),
    **split: Unpack[Split],
) -> Scan:
    """The profile likelihood at given values of one or more parameters.

    Args:
        names: one parameter, or several.
        points: values of the one, or a sequence of values for each of several, whose outer product
            is the grid; without, 3 errors to each side of the best fit, inside the bounds.
        best: a fit that says what floats and where to start; without, the model is fitted.
        starts: more starting points for each fit, for likelihoods with several minima, or how many
            to spread (see `hs3.engine.starts`); the message tells where one led to a lower minimum.
        split: how to split, keep and show the work, see `hs3.engine.inference.chunks.in_chunks`.

    Raises:
        FitError: a name does not float, `points` do not fit the names, or the fit of the model did
            not converge. Points whose fit fails are marked in the result.
    """
    names = (names,) if isinstance(names, str) else tuple(names)
    profile = Profile.of(model, names, best, starts)
    axes = _axes(profile, points)
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(names))
    theta, nll, ok, gain = _fits(profile, grid, split)
    lowest = int(np.argmin(np.where(ok, nll, np.inf)))
    notes = [] if ok.all() else [f"{int((~ok).sum())} of {len(ok)} fits failed"]
    winner = profile.best
    if ok[lowest] and nll[lowest] < winner.nll - LOWER:
        winner = _better(profile, theta[lowest])
        notes = [f"the scan found a minimum {profile.best.nll - winner.nll:.3g} in nll lower"]
        theta, nll, ok, gain = _fits(Profile.of(model, names, winner, starts), grid, split)
    if lower := int((gain > 0.0).sum()):
        notes.append(
            f"other starting points led to a lower minimum at {lower} of {len(ok)} points, "
            f"by up to {2.0 * gain.max():.2g} in -2 ln L"
        )
    message = "; ".join(notes)
    return Scan(names, axes, grid, nll, theta, model.names, ok, winner, message)


def _axes(profile: Profile, points: Any) -> tuple[FloatArray, ...]:
    size = len(profile.names)
    if points is None:
        width = np.sqrt(np.diag(profile.covariance))
        low = np.maximum(profile.centre - SPAN * width, profile.box[0])
        high = np.minimum(profile.centre + SPAN * width, profile.box[1])
        return tuple(np.linspace(a, b, POINTS) for a, b in zip(low, high, strict=True))
    plain = size == 1 and (not len(points) or np.ndim(points[0]) == 0)
    given = (points,) if plain else tuple(points)
    axes = tuple(np.asarray(axis, dtype=np.float64) for axis in given)
    if len(axes) != size or any(a.ndim != 1 or not a.size for a in axes):
        message = f"a scan of {size} parameters needs {size} sequences of values"
        raise FitError(message, code="fit.wrong_shape")
    return axes


def _fits(
    profile: Profile, grid: FloatArray, split: Split
) -> tuple[FloatArray, FloatArray, BoolArray, FloatArray]:
    problem = profile.problem
    whole: Split = {"chunk": TOGETHER, **split}
    found = in_chunks(
        partial(_part, profile, grid),
        len(grid),
        key=key_of(
            problem.model, what="scan", names=profile.names, grid=grid, start=problem.start,
            lower=problem.lower, upper=problem.upper, held=problem.held, starts=profile.starts,
        ),
        **whole,
    )  # fmt: skip
    return found["theta"], found["nll"], found["ok"], found["gain"]


def _part(profile: Profile, grid: FloatArray, first: int, count: int) -> Work:
    return partial(_points, profile, grid[first : first + count])


def _points(profile: Profile, grid: FloatArray) -> Arrays:
    """Fits at some points: one after the other, on accelerators all in step.

    `gain` is by how much other starting points led lower, in nll.
    """
    alone = jax.default_backend() == "cpu" or bool(profile.starts)
    return (_along if alone else _in_step)(profile, grid)


def _in_step(profile: Profile, grid: FloatArray) -> Arrays:
    """Fits at all points in one batch; those that fail are done again, alone."""
    problem = profile.problem
    start = np.array([profile.held(point, profile.towards(point)).start for point in grid])
    batch = Batch(
        problem, start, np.tile(problem.held, (len(grid), 1)),
        problem.model.arrays, problem.model.observed, (False, False),
    )  # fmt: skip
    theta, minima = run(batch)
    nll, ok = np.asarray(minima.value), np.asarray(minima.status) == CONVERGED
    for row in np.flatnonzero(~ok):
        found = profile.at(grid[row])
        theta[row], nll[row], ok[row] = found.theta, found.nll, found.ok
    return {"theta": theta, "nll": nll, "ok": ok, "gain": np.zeros(len(grid))}


def _along(profile: Profile, grid: FloatArray) -> Arrays:
    """Fits at all points, from the best fit outwards, each started at its nearest neighbour."""
    scale = np.sqrt(np.diag(profile.covariance))
    place = (grid - profile.centre) / np.where(scale > 0.0, scale, 1.0)
    theta = np.empty((len(grid), len(profile.problem.start)))
    nll, ok = np.empty(len(grid)), np.zeros(len(grid), dtype=bool)
    gain = np.zeros(len(grid))
    done: list[int] = []
    for i in np.argsort((place**2).sum(axis=1), kind="stable").tolist():
        near = None
        if done:
            distance = ((place[done] - place[i]) ** 2).sum(axis=1)
            beside = int(np.argmin(distance))
            if distance[beside] < (place[i] ** 2).sum():
                near = theta[done[beside]]
        first = profile.follow(grid[i], near)
        found = profile.lowest(grid[i], first)
        theta[i], nll[i], ok[i] = found.theta, found.nll, found.ok
        gain[i] = first.nll - found.nll if first.ok else 0.0
        if found.ok:
            done.append(i)
    return {"theta": theta, "nll": nll, "ok": ok, "gain": gain}


def _better(profile: Profile, theta: FloatArray) -> FitResult:
    model, old = profile.problem.model, profile.best
    start = dict(zip(model.names, theta.tolist(), strict=True))
    fixed = {p.name: p.value for p in old.parameters.values() if p.fixed}
    return converged(fit(model, start=start, fixed=fixed, free=old.free))
