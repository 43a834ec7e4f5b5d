"""Few arguments for compiled programs: many small arrays in one buffer of each type.

Every array that is an argument of a call costs a good part of a microsecond. A likelihood has some
fifty, most of them small or empty, and evaluating a small one takes less time than that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

import jax
import numpy as np
from jax import Array

SMALL = 1024
"""Arrays of more numbers than this stay as they are: cutting them out again could be a copy."""

Place = tuple[int, int, tuple[int, ...]]
"""Number of the buffer that holds an array, the place of its first number there, and its shape."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Packed:
    """A structure of arrays, in few arrays; of one form where all shapes are equal.

    Attributes:
        buffers: small arrays, flat and in a row, one buffer for each type of number.
        large: the others.
        tree: the structure.
        places: where its small arrays stand, in order; None for large ones.
    """

    buffers: tuple[Array, ...]
    large: tuple[Array, ...]
    tree: Any = field(metadata={"static": True})
    places: tuple[Place | None, ...] = field(metadata={"static": True})

    @classmethod
    def of(cls, structure: Any) -> Packed:
        """Pack the arrays of any structure that JAX knows."""
        arrays, tree = jax.tree.flatten(structure)
        types = sorted({np.dtype(a.dtype) for a in arrays if a.size <= SMALL}, key=str)
        rows: list[list[Any]] = [[] for _ in types]
        filled = [0] * len(types)
        places: list[Place | None] = []
        for array in arrays:
            if array.size > SMALL:
                places.append(None)
                continue
            number = types.index(np.dtype(array.dtype))
            places.append((number, filled[number], array.shape))
            rows[number].append(np.asarray(array).ravel())
            filled[number] += array.size
        small = tuple(np.concatenate(row) for row in rows)
        large = tuple(array for array in arrays if array.size > SMALL)
        buffers, rest = jax.device_put((small, large))
        return cls(buffers, rest, tree, tuple(places))

    def unpacked(self) -> Any:
        """The structure, cut out of the buffers: for use inside of a compiled program."""
        large = iter(self.large)
        arrays = []
        for place in self.places:
            if place is None:
                arrays.append(next(large))
                continue
            number, first, shape = place
            arrays.append(self.buffers[number][first : first + prod(shape)].reshape(shape))
        return jax.tree.unflatten(self.tree, arrays)


class Packable:
    """A structure of arrays that is handed to compiled programs."""

    @cached_property
    def packed(self) -> Packed:
        """The same in few arrays."""
        return Packed.of(self)

    def __getstate__(self) -> dict[str, Any]:
        """What another process gets, which packs it again."""
        return {key: value for key, value in vars(self).items() if key != "packed"}
