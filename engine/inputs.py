"""What the blocks and constraints of a likelihood read: a one, the parameters, the functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
from jax import Array

from hs3.functions.base import Function
from hs3.jsonio import dumps

from .terms import TermProgram

ONE = 0
"""Index of the input that is always one."""


@dataclass(frozen=True, eq=False)
class Program:
    """How inputs follow from the parameters; hashable, since compiled code depends on it.

    ``inputs = [1, theta…, functions…]``. Two programs are equal when they have the same functions
    of the same parameters; HistFactory models without functions all share one program.

    Attributes:
        functions: those that channels and constraints need, in an order in which they can be
            evaluated.
        parameters: names of theta, needed only where there are functions or terms.
        terms: the factors that are neither channels nor constraints, or None.
    """

    functions: tuple[Function, ...] = ()
    parameters: tuple[str, ...] = ()
    terms: TermProgram | None = None

    @classmethod
    def of(
        cls,
        functions: Sequence[Function],
        parameters: Sequence[str],
        terms: TermProgram | None = None,
    ) -> Program:
        """The program for these functions and terms of these parameters."""
        named = tuple(parameters) if functions or terms else ()
        return cls(tuple(functions), named, terms)

    @cached_property
    def _key(self) -> tuple[object, ...]:
        return self.parameters, dumps([f.to_json() for f in self.functions]), self.terms

    def named(self, theta: Array) -> dict[str, Array]:
        """The parameters by name."""
        return {name: theta[i] for i, name in enumerate(self.parameters)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Program) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def inputs(self, theta: Array) -> Array:
        """All inputs, shape (1 + parameters + functions,)."""
        one = jnp.ones(1)
        if not self.functions:
            return jnp.concatenate([one, theta])
        from .functions import evaluate_all

        results = evaluate_all(self.functions, self.named(theta))
        computed = jnp.stack([jnp.asarray(results[f.name]) for f in self.functions])
        return jnp.concatenate([one, theta, computed])


def input_slots(parameters: Sequence[str], functions: Sequence[Function]) -> dict[str, int]:
    """Index of each parameter and function in the inputs."""
    names = [*parameters, *(f.name for f in functions)]
    return {name: 1 + i for i, name in enumerate(names)}
