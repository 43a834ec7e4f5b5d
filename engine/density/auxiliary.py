"""Densities of auxiliary measurements: distributions whose variates are no observables."""

from __future__ import annotations

import math

from jax import Array

from hs3.base import is_number, references
from hs3.distributions import Distribution
from hs3.errors import CompileError

from .density import Box, log_integral, log_norm, log_shape
from .scope import DensityScope


def log_measurement(dist: Distribution, scope: DensityScope) -> Array:
    """Logarithm of the density at the values of the scope, normalised over the own variates.

    The range is that of the variate in the domains, as in ROOT, or the real line where they say
    nothing. Several variates together are taken over the real line where only that has a closed
    form.
    """
    dist, scope = _named(dist, scope)
    box = {name: scope.range_of(name) for name in variates(dist, scope)}
    infinite: Box = dict.fromkeys(box, (-math.inf, math.inf))
    if len(box) > 1 and log_integral(dist, scope, box) is None:
        closed = log_integral(dist, scope, infinite)
        if closed is not None:
            return log_shape(dist, scope) - closed
    return log_shape(dist, scope) - log_norm(dist, scope, box)


def variates(dist: Distribution, scope: DensityScope) -> tuple[str, ...]:
    """The names that stand as variables in a distribution and in those that it is made of.

    Raises:
        CompileError: there are none, and the distribution depends on several names.
    """
    found: dict[str, None] = {}
    todo, seen = [dist], {dist.name}
    while todo:
        for reference in references(todo.pop()):
            if "variable" in reference.kinds:
                found[reference.name] = None
            elif reference.name in scope.definitions.distributions and reference.name not in seen:
                seen.add(reference.name)
                todo.append(scope.distribution(reference.name))
    if found:
        return tuple(found)
    leaves = scope.definitions.leaves(dist.name)
    if len(leaves) != 1:
        raise CompileError(
            f"nothing says which of {', '.join(sorted(leaves)) or 'no names'} is the variable of "
            f"{dist.name!r}, which depends on no observable",
            value=dist.name,
        )
    return tuple(leaves)


def _named(dist: Distribution, scope: DensityScope) -> tuple[Distribution, DensityScope]:
    """The distribution with names for the numbers among its variates `x`."""
    x = getattr(dist, "x", None)
    given = x if isinstance(x, tuple) else (x,)
    numbers = {f"{dist.name} x {i}": v for i, v in enumerate(given) if is_number(v)}
    if not numbers:
        return dist, scope
    named = tuple(f"{dist.name} x {i}" if is_number(v) else v for i, v in enumerate(given))
    update = {"x": named if isinstance(x, tuple) else named[0]}
    values = {name: scope(value) for name, value in numbers.items()}
    return dist.model_copy(update=update), scope.at(**values)
