"""The shape systematics of one process, with Combine's cut at zero or without."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .normalisation import systematic
from .pool import Json, Pool

FloatArray = npt.NDArray[np.float64]

REACH = 7.0
"""How far parameters without range are thought to go."""


class Morphs:
    """The shape systematics of one process.

    Args:
        nominal: the template as it is, shape (bins,).
        contents: the template with Combine's floor.
        floor: the least content of a bin.
        normalised: True where Combine scales the sum of the bins to what it was.
    """

    def __init__(
        self, nominal: FloatArray, contents: FloatArray, floor: float, normalised: bool
    ) -> None:
        self._nominal, self._contents = nominal, contents
        self._floor, self._normalised = floor, normalised
        self._all: list[tuple[str, float, FloatArray, FloatArray]] = []
        self._descent = np.zeros_like(nominal)

    def shift(self, varied: FloatArray) -> FloatArray:
        """What a varied template has more than the nominal one."""
        return varied - self._nominal

    def add(self, name: str, ratio: float, up: FloatArray, down: FloatArray, pool: Pool) -> None:
        """Add shifts of the bins; they are interpolated in `ratio` times the parameter."""
        self._all.append((name, ratio, up, down))
        bounds = pool.parameters[name].bounds
        self._descent += _descent(up, down, (bounds[1] if bounds else REACH) * ratio)

    @property
    def is_cut(self) -> bool:
        """True when a bin can fall below the floor within the ranges of the parameters."""
        return bool(self._all) and bool((self._nominal - self._descent < 0).any())

    def modifiers(self, pool: Pool, approximate: bool) -> list[Json]:
        """As modifiers of a sample; `approximate` leaves out the floor."""
        exact = self.is_cut and not approximate
        return [self._effect(pool)] if exact else self._histosys(pool)

    def _histosys(self, pool: Pool) -> list[Json]:
        """Without floor and normalisation: one modifier for each systematic."""
        out = []
        for name, ratio, up, down in self._all:
            constraint = pool.constraint(name) if ratio == 1.0 else "Const"
            data = {
                "hi": {"contents": (self._contents + up).tolist()},
                "lo": {"contents": (self._contents + down).tolist()},
            }
            parameter = _scaled(name, ratio, pool)
            out.append(systematic(name, "histosys", constraint, "poly6", data, parameter))
        return out

    def _effect(self, pool: Pool) -> Json:
        """With floor and normalisation, which no modifier of the standard has."""
        return {
            "name": "morph",
            "type": "CMS::vertical_morph",
            "central": {"contents": self._nominal.tolist()},
            "morphs": [
                {
                    "parameter": _scaled(name, ratio, pool),
                    "hi": {"contents": (self._nominal + up).tolist()},
                    "lo": {"contents": (self._nominal + down).tolist()},
                }
                for name, ratio, up, down in self._all
            ],
            "floor": self._floor,
            "normalised": self._normalised,
        }


def _scaled(name: str, ratio: float, pool: Pool) -> str:
    return name if ratio == 1.0 else pool.product(f"{name}_scaled", [ratio, name])


def _descent(up: FloatArray, down: FloatArray, far: float) -> FloatArray:
    """How deep an interpolation takes each bin below nominal for |t| up to `far`."""
    t = np.concatenate([np.linspace(-1.0, 1.0, 41), [-far, far]])[:, None]
    u = np.clip(t, -1.0, 1.0)
    step = u * (15.0 + u * u * (3.0 * u * u - 10.0)) / 8.0
    shift = 0.5 * t * ((up - down) + (up + down) * step)
    return np.asarray(np.maximum(0.0, -shift.min(axis=0)))
