"""Sums, products, fractions and polynomials."""

from __future__ import annotations

from functools import reduce

import jax.numpy as jnp
from jax import Array

from hs3.errors import CompileError
from hs3.functions.arithmetic import (
    ProductFunction,
    RecursiveFraction,
    SumFunction,
    WeightedSumFunction,
)
from hs3.functions.polynomial import PolynomialFunction

from .base import Scope, formula


@formula.register
def _sum(function: SumFunction, scope: Scope) -> Array:
    return reduce(jnp.add, map(scope, function.summands), jnp.zeros(()))


@formula.register
def _product(function: ProductFunction, scope: Scope) -> Array:
    return reduce(jnp.multiply, map(scope, function.factors), jnp.ones(()))


@formula.register
def _weighted_sum(function: WeightedSumFunction, scope: Scope) -> Array:
    samples = [scope(name) for name in function.samples]
    coefficients = [scope(value) for value in function.coefficients]
    if len(coefficients) == len(samples) - 1:
        coefficients.append(reduce(jnp.subtract, coefficients, jnp.ones(())))
    if len(coefficients) != len(samples):
        raise CompileError(
            f"{function.name!r} has {len(coefficients)} coefficients for {len(samples)} samples",
            value=function.name,
        )
    terms = [c * sample for c, sample in zip(coefficients, samples, strict=True)]
    return reduce(jnp.add, terms, jnp.zeros(()))


@formula.register
def _recursive_fraction(function: RecursiveFraction, scope: Scope) -> Array:
    if not function.list:
        raise CompileError(f"{function.name!r} has no fractions", value=function.name)
    first, *others = map(scope, function.list)
    if not function.recursive:
        return first / reduce(jnp.add, others, first)
    return reduce(lambda product, a: product * (1.0 - a), others, first)


@formula.register
def _polynomial(function: PolynomialFunction, scope: Scope) -> Array:
    x, *coefficients = map(scope, (function.x, *function.coefficients))
    return reduce(lambda value, a: value * x + a, reversed(coefficients), jnp.zeros_like(x))
