"""Data by name, outside the engine's arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hs3.histfactory.meaning import FloatArray


@dataclass(frozen=True, eq=False)
class Events:
    """Unbinned data, shape (events,), or (n, events) for n toys.

    Attributes:
        columns: value of each observable.
        weights: weight of each event; where it is zero there is none. Toys with fewer events than
            others are filled up so.
    """

    columns: Mapping[str, FloatArray]
    weights: FloatArray


@dataclass(frozen=True, eq=False)
class Dataset:
    """What an experiment of this kind measures: real, expected (Asimov) or simulated.

    Attributes:
        channels: counts per bin of each channel, shape (bins,), or (n, bins) for n toys.
        auxiliary: value of each auxiliary measurement by the constraint's name, shape () or (n,).
        events: unbinned data by the name of their distribution.
        contents: binned data of distributions that are no channels, by their name, row-major over
            the axes, shape (bins,) or (n, bins).
    """

    channels: Mapping[str, FloatArray]
    auxiliary: Mapping[str, FloatArray]
    events: Mapping[str, Events] = field(default_factory=dict)
    contents: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def size(self) -> int | None:
        """Number of toys, or None for a single set of data."""
        shapes = [
            *((v.shape, 1) for v in self.channels.values()),
            *((v.shape, 1) for v in self.contents.values()),
            *((e.weights.shape, 1) for e in self.events.values()),
            *((v.shape, 0) for v in self.auxiliary.values()),
        ]
        for shape, single in shapes:
            return int(shape[0]) if len(shape) > single else None
        return None

    def toy(self, number: int) -> Dataset:
        """One of several toys."""
        return Dataset(
            {name: v[number] for name, v in self.channels.items()},
            {name: v[number] for name, v in self.auxiliary.items()},
            {
                name: Events({o: x[number] for o, x in e.columns.items()}, e.weights[number])
                for name, e in self.events.items()
            },
            {name: v[number] for name, v in self.contents.items()},
        )
