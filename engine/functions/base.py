"""How a typed function gets its value: `formula` is attached to the classes of `hs3.functions`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from hs3.base import as_float, is_number
from hs3.errors import CompileError
from hs3.expressions import names, parse
from hs3.findings import nearest
from hs3.functions import Function

from ..expressions import compile_expression


@dataclass(frozen=True)
class Scope:
    """What a formula can see.

    Attributes:
        values: numbers by name: parameters, observables, functions evaluated before. Any of them
            may be an array; all broadcast.
        functions: the functions of the model by name, for formulas that ask for more than a value.
    """

    values: Mapping[str, ArrayLike]
    functions: Mapping[str, Function] = field(default_factory=dict)

    def __call__(self, value: str | int | float) -> Array:
        """The number, or the value of the name.

        Raises:
            CompileError: the name has no value.
        """
        if is_number(value):
            return jnp.asarray(as_float(value))
        name = str(value)
        if name not in self.values:
            raise CompileError(
                f"{name!r} has no value", value=name, suggestions=nearest(name, self.values)
            )
        return jnp.asarray(self.values[name], dtype=jnp.float64)

    def knows(self, name: str) -> bool:
        """Whether the name has a value here."""
        return name in self.values

    def expression(self, text: str) -> Array:
        """The value of a generic expression of names that have values.

        Raises:
            CompileError: a name has no value.
        """
        used = (name for name in names(parse(text)) if self.knows(name))
        return compile_expression(text)({name: self(name) for name in used})

    def stack(self, values: Iterable[str | int | float]) -> Array:
        """The values along a new first axis, the others broadcast, shape (n, ...)."""
        return jnp.stack(jnp.broadcast_arrays(*map(self, values)))


@singledispatch
def formula(function: Function, scope: Scope) -> Array:
    """The value of `function`, as a float64 array; each file of this folder adds types.

    Raises:
        CompileError: no formula is known for the type, or a name has no value.
    """
    raise CompileError(
        f"the function {function.name!r} of type {function.type!r} cannot be evaluated",
        code="compile.unknown_function_type",
        value=function.type,
    )


def evaluate(
    function: Function,
    values: Mapping[str, ArrayLike],
    functions: Iterable[Function] = (),
) -> Array:
    """The value of one function, given the values of everything that it names.

    Args:
        function: the typed function.
        values: by name; an observable may be an array, and all broadcast.
        functions: other functions that the formula may have to look at (the bin volume looks at
            the histogram's binning).

    Raises:
        CompileError: the type has no formula, or a name has no value.
    """
    return formula(function, Scope(values, {f.name: f for f in functions}))


def evaluate_all(
    functions: Iterable[Function],
    values: Mapping[str, ArrayLike],
    paths: Mapping[str, str] | None = None,
) -> dict[str, Array]:
    """The values of all `functions` by name, evaluated in the given order, dependencies first.

    Args:
        paths: JSON pointers to the functions, for messages.

    Raises:
        CompileError: as `evaluate`.
    """
    functions = tuple(functions)
    known = dict(values)
    scope = Scope(known, {f.name: f for f in functions})
    results = {}
    for function in functions:
        try:
            results[function.name] = known[function.name] = formula(function, scope)
        except CompileError as error:
            raise error.located((paths or {}).get(function.name, "")) from None
    return results
