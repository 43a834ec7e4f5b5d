r"""Contours of the profile likelihood in two parameters.

In the coordinates in which the covariance of the two is the unit matrix, a contour is nearly a
circle. It is followed by steps along the tangent, each brought back by Newton steps along the
gradient; the gradient of the profile is that of the likelihood at the conditional fit. So it may
bend back, as it does around a banana, and every point lies on it to `ACCURACY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtri

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .fit_result import FitResult
from .forms import Result
from .model import Model
from .problem import Minimum
from .profile import Profile

ACCURACY = 1e-5
"""Twice the nll on a contour is the wanted level within this."""

LEVELS = (0.68, 0.95)


@dataclass(frozen=True, eq=False)
class Contour(Result):
    """One contour.

    Attributes:
        names: the two parameters.
        level: probability of the region inside, for two parameters and large samples.
        rise: twice the rise of the nll on it, the `level` quantile of chi2 with 2 degrees.
        points: values on it, in order (N, 2); the first is repeated at the end of a closed one.
        closed: False where it ends at the bounds of a parameter.
        centre: the best fit (2,).
    """

    names: tuple[str, str]
    level: float
    rise: float
    points: FloatArray
    closed: bool
    centre: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "parameters": list(self.names),
            "level": self.level,
            "twice_delta_nll": self.rise,
            "points": self.points.tolist(),
            "closed": self.closed,
            "centre": self.centre.tolist(),
        }


def contours(
    model: Model,
    names: tuple[str, str],
    levels: Sequence[float] = LEVELS,
    *,
    points: int = 40,
    best: FitResult | None = None,
) -> tuple[Contour, ...]:
    """Contours of two parameters at these levels of confidence.

    Args:
        points: how many on a circle; more where the contour is longer.
        best: a fit that says what floats; without, the model is fitted.

    Raises:
        FitError: a parameter does not float, a fit fails, or the contour cannot be followed.
    """
    if len(set(names)) != 2:
        raise FitError("a contour needs two different parameters", code="fit.invalid", value=names)
    if not all(0.0 < level < 1.0 for level in levels):
        message = f"levels are probabilities between 0 and 1, here {list(levels)}"
        raise FitError(message, code="fit.invalid")
    profile = Profile.of(model, names, best)
    return tuple(_Follower(profile, level, points).contour() for level in levels)


class _Outside(Exception):
    """A step leads beyond the bounds."""


class _Follower:
    """One contour, being followed."""

    def __init__(self, profile: Profile, level: float, points: int) -> None:
        self.profile, self.level = profile, level
        self.rise = float(chdtri(2, 1.0 - level))
        self.radius = np.sqrt(self.rise)
        self.step = 2.0 * np.pi * self.radius / points
        self.most = 20 * points
        self.frame = np.linalg.cholesky(profile.covariance)

    def contour(self) -> Contour:
        """Go round; where a bound ends it, also the other way from the start."""
        for angle in np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False):
            direction = np.array([np.cos(angle), np.sin(angle)])
            try:
                start = self.corrected(self.radius * direction, None)
                break
            except _Outside:
                continue
        else:
            return self._made([], False)
        forward, closed = self._follow(start, 1.0)
        backward = [] if closed else self._follow(start, -1.0)[0]
        places = [*backward[::-1], start[0], *forward]
        return self._made([*places, start[0]] if closed else places, closed)

    def _made(self, places: list[FloatArray], closed: bool) -> Contour:
        centre, (first, second) = self.profile.centre, self.profile.names
        points = centre + np.array(places).reshape(-1, 2) @ self.frame.T
        return Contour((first, second), self.level, self.rise, points, closed, centre)

    def _follow(
        self, start: tuple[FloatArray, FloatArray, FloatArray], turn: float
    ) -> tuple[list[FloatArray], bool]:
        place, gradient, theta = start
        found: list[FloatArray] = []
        step = self.step
        while len(found) < self.most:
            tangent = turn * np.array([-gradient[1], gradient[0]]) / np.hypot(*gradient)
            try:
                new = self.corrected(place + step * tangent, theta)
            except _Outside:
                if step < 0.02 * self.step:
                    return found, False
                step /= 2.0
                continue
            moved = new[0] - place
            if np.hypot(*moved) > 2.0 * step or moved @ tangent < 0.5 * step:
                if step < 1e-3 * self.step:
                    break
                step /= 2.0
                continue
            if len(found) > 2 and _passes(place, new[0], start[0], self.step):
                return found, True
            (place, gradient, theta), step = new, min(2.0 * step, self.step)
            found.append(place)
        raise FitError(
            f"the contour of {' and '.join(self.profile.names)} does not close",
            code="fit.not_converged",
        )

    def corrected(
        self, place: FloatArray, near: FloatArray | None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The point of the contour beside `place`, the gradient there, and all values."""
        for _ in range(30):
            found = self._fit(place, near)
            near, rise = found.theta, self.profile.rise(found)
            gradient = self.frame.T @ self.profile.slope(found)
            if abs(rise - self.rise) <= ACCURACY:
                return place, gradient, near
            steepness = float(gradient @ gradient)
            if steepness == 0.0:
                place = 1.5 * place
                continue
            # Newton on the square root of the rise, which is nearly straight
            move = 2.0 * np.sqrt(rise) * (self.radius - np.sqrt(rise)) / steepness
            length = abs(move) * np.sqrt(steepness)
            place = place + move * min(1.0, self.radius / length) * gradient
        raise FitError(
            f"no point of the contour of {' and '.join(self.profile.names)} was found",
            code="fit.not_converged",
        )

    def _fit(self, place: FloatArray, near: FloatArray | None) -> Minimum:
        values = self.profile.centre + self.frame @ place
        low, high = self.profile.box
        if (values < low).any() or (values > high).any():
            raise _Outside
        return self.profile.at(values, near)


def _passes(old: FloatArray, new: FloatArray, start: FloatArray, step: float) -> bool:
    """Whether the way from `old` to `new` passes by `start`."""
    way = new - old
    along = float((start - old) @ way) / float(way @ way)
    return 0.0 < along <= 1.2 and float(np.hypot(*(start - old - along * way))) < 0.5 * step
