"""Integrals and derivatives of functions and of densities."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
from jax import Array

from hs3.errors import CompileError
from hs3.functions.base import Function
from hs3.functions.calculus import DerivativeFunction, IntegralFunction

from .base import Scope, formula

if TYPE_CHECKING:
    from ..density.scope import DensityScope


def _dense(function: Function, scope: Scope) -> DensityScope:
    from ..density.scope import DensityScope

    if not isinstance(scope, DensityScope):
        raise CompileError(
            f"the function {function.name!r} of type {function.type!r} needs the distributions and "
            "ranges of the document, which modifiers of HistFactory channels do not see",
            value=function.name,
        )
    return scope


def _normalised(name: str, over: tuple[str, ...], scope: DensityScope) -> Array:
    """The density of `name` over the variables `over`, or its value where there are none."""
    from ..density.values import log_value

    if not over:
        return scope(name)
    return jnp.exp(log_value(name, _over(over, scope), over, {}))


def _over(names: tuple[str, ...], scope: DensityScope) -> DensityScope:
    """The scope in which `names`, and nothing else, are observables."""
    from ..density.scope import DensityScope

    ranges = {name: scope.range_of(name) for name in names}
    return DensityScope(scope.values, scope.definitions, ranges, scope.errors)


@formula.register
def _integral(function: IntegralFunction, scope: Scope) -> Array:
    """Over the domain that is named, else over the full ranges of the variables."""
    from ..density.values import function_integral, log_value

    dense = _dense(function, scope)
    names, over = tuple(map(str, function.variables)), tuple(map(str, function.normalization or ()))
    region = function.domain
    box = {
        n: dense.range_of(n) if region is None else dense.definitions.region(region, n)
        for n in names
    }
    if not over:
        return function_integral(function.integrand, _over((), dense), box)
    # A density is constant in a variable that it is not normalised over only where it says so.
    hidden = [n for n in names if n not in over]
    if hidden:
        raise CompileError(
            f"{function.name!r} integrates a density over {hidden[0]!r}, over which it is not "
            "normalised",
            value=hidden[0],
        )
    return jnp.exp(log_value(function.integrand, _over(over, dense), over, box))


@formula.register
def _derivative(function: DerivativeFunction, scope: Scope) -> Array:
    """Exact, by automatic differentiation; `eps`, the step of a numerical one, is not needed.

    Raises:
        CompileError: an order other than 1, 2 or 3.
    """
    dense = _dense(function, scope)
    if function.order not in (1, 2, 3):
        message = f"the derivative {function.name!r} has the order {function.order}, not 1 to 3"
        raise CompileError(message, value=function.order)
    over = tuple(map(str, function.normalization or ()))

    def value(x: Array) -> tuple[Array, list[Array]]:
        inner = _fresh(dense, str(function.x), x)
        return _normalised(function.function, over, inner), inner.errors

    slope: _Valued = value
    for _ in range(function.order):
        slope = _differentiated(slope)
    result, errors = slope(dense(function.x))
    dense.errors.extend(errors)
    return result


def _fresh(scope: DensityScope, name: str, x: Array) -> DensityScope:
    """The scope at another value, with its own list of errors: those belong to the inside."""
    from ..density.scope import DensityScope

    return DensityScope({**scope.values, name: x}, scope.definitions, scope.ranges)


_Valued = Callable[[Array], tuple[Array, list[Array]]]


def _differentiated(f: _Valued) -> _Valued:
    """The derivative, with the errors of the integrals inside of it."""

    def slope(x: Array) -> tuple[Array, list[Array]]:
        _, tangent, errors = jax.jvp(f, (x,), (jnp.ones_like(x),), has_aux=True)
        return tangent, errors

    return slope
