"""Few arguments for compiled programs: many small arrays in one buffer of each type.

Every array that is an argument of a call costs a good part of a microsecond. A likelihood has some
fifty, most of them small or empty, and evaluating a small one takes less time than that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

import jax
import numpy as np
from jax import Array

SMALL = 1024
"""Arrays of more numbers than this stay as they are: cutting them out again could be a copy."""

Leaf = tuple[int, int, tuple[int, ...]]
"""Number of the buffer that holds an array, the place of its first number there, and its shape."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Packed:
    """A structure of arrays, in few arrays; of one form where all shapes are equal.

    Attributes:
        buffers: one for the small arrays of each type, and the large ones, all flat.
        tree: the structure.
        leaves: its arrays in order.
    """

    buffers: tuple[Array, ...]
    tree: Any = field(metadata={"static": True})
    leaves: tuple[Leaf, ...] = field(metadata={"static": True})

    @classmethod
    def of(cls, structure: Any) -> Packed:
        """Pack the arrays of any structure that JAX knows."""
        given, tree = jax.tree.flatten(structure)
        arrays = [np.asarray(leaf) for leaf in given]
        small = [array for array in arrays if array.size <= SMALL]
        types = sorted({array.dtype for array in small}, key=str)
        parts: list[list[Any]] = [[] for _ in types]
        filled = [0] * len(types)
        leaves: list[Leaf] = []
        for array in arrays:
            if array.size > SMALL:
                leaves.append((len(parts), 0, array.shape))
                parts.append([array.ravel()])
                continue
            number = types.index(array.dtype)
            leaves.append((number, filled[number], array.shape))
            parts[number].append(array.ravel())
            filled[number] += array.size
        buffers = jax.device_put(tuple(np.concatenate(part) for part in parts))
        return cls(buffers, tree, tuple(leaves))

    def unpacked(self) -> Any:
        """The structure, cut out of the buffers: for use inside of a compiled program."""
        arrays = [
            self.buffers[number][first : first + prod(shape)].reshape(shape)
            for number, first, shape in self.leaves
        ]
        return jax.tree.unflatten(self.tree, arrays)
