"""Functions given by an expression."""

from __future__ import annotations

from jax import Array

from hs3.functions.arithmetic import GenericFunction

from .base import Scope, formula


@formula.register
def _generic(function: GenericFunction, scope: Scope) -> Array:
    # `axes` tells an integrator where the function has steps; the value is that of the expression.
    return scope.expression(function.expression)
