"""What blocks and constraints of a likelihood read: a one, parameters, functions, effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
from jax import Array

from hs3.functions.base import Function
from hs3.jsonio import dumps

from .functions import Scope, evaluate_all
from .histfactory.effects import BinInput
from .terms import TermProgram

ONE = 0
"""Index of the input that is always one."""


@dataclass(frozen=True, eq=False)
class Program:
    """How inputs follow from the parameters; hashable, since compiled code depends on it.

    ``inputs = [1, theta…, functions…, effects…]``. Two programs are equal when they have the same
    functions and effects of the same parameters; HistFactory models without share one program.

    Attributes:
        functions: those that channels and constraints need, in an order in which they can be
            evaluated.
        parameters: names of theta, needed only where there are functions or terms.
        terms: the factors that are neither channels nor constraints, or None.
        effects: what modifiers compute for each bin: functions of the observables, and types that
            other packages add.
    """

    functions: tuple[Function, ...] = ()
    parameters: tuple[str, ...] = ()
    terms: TermProgram | None = None
    effects: tuple[BinInput, ...] = ()

    @classmethod
    def of(
        cls,
        functions: Sequence[Function],
        parameters: Sequence[str],
        terms: TermProgram | None = None,
        effects: Sequence[BinInput] = (),
    ) -> Program:
        """The program for these functions, terms and effects of these parameters."""
        named = tuple(parameters) if functions or terms or effects else ()
        return cls(tuple(functions), named, terms, tuple(effects))

    @cached_property
    def _key(self) -> tuple[object, ...]:
        functions = dumps([f.to_json() for f in self.functions])
        return self.parameters, functions, self.terms, self.effects

    @property
    def computes(self) -> bool:
        """Whether there are inputs besides the parameters."""
        return bool(self.functions or self.effects)

    def named(self, theta: Array) -> dict[str, Array]:
        """The parameters by name."""
        return {name: theta[i] for i, name in enumerate(self.parameters)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Program) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def inputs(self, theta: Array) -> Array:
        """All inputs, shape (1 + parameters + functions + bins of effects,)."""
        parts = [jnp.ones(1), theta]
        if self.computes:
            named = self.named(theta)
            results = evaluate_all(self.functions, named)
            parts += [jnp.asarray(results[f.name]).reshape(1) for f in self.functions]
            scope = Scope({**named, **results})
            parts += [effect.values(scope) for effect in self.effects]
        return jnp.concatenate(parts)


def input_slots(
    parameters: Sequence[str], functions: Sequence[Function], effects: Sequence[BinInput] = ()
) -> dict[str, int]:
    """Index of each parameter, function and bin of an effect in the inputs."""
    names = [*parameters, *(f.name for f in functions), *(n for e in effects for n in e.names)]
    return {name: 1 + i for i, name in enumerate(names)}
