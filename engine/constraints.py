r"""Auxiliary measurements, stacked by kind (see `hs3.histfactory.meaning.Constraint`).

Every number that a constraint needs is written as ``factor * inputs[slot]``: a constant has its
value as factor and the input that is always one as slot, a name has one and the slot of the name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import log_ndtr

from hs3.errors import FitError
from hs3.histfactory.meaning import Constraint, FloatArray

from . import poisson as counts
from .inputs import ONE

KINDS = ("gauss", "truncated", "poisson", "lognormal", "gamma")
LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Stack:
    """Constraints of one kind.

    Attributes:
        parameter: slot of what is measured (N,).
        scale, scale_slot: width or tau, as factor and slot (N,).
        support: range of the auxiliary observable (2, N).
    """

    parameter: Array
    scale: Array
    scale_slot: Array
    support: Array


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Constraints:
    """All constraints of a likelihood; measured values stand in the data, in this order."""

    gauss: Stack
    truncated: Stack
    poisson: Stack
    lognormal: Stack
    gamma: Stack


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Measured:
    """The measured values: ``value * inputs[slot]``, shape (N,), in the order of `ordered`."""

    value: Array
    slot: Array


def kind_of(constraint: Constraint) -> str:
    """The stack a constraint belongs to."""
    finite = np.isfinite(constraint.support).any()
    return "truncated" if constraint.kind == "gauss" and finite else constraint.kind


def ordered(constraints: Sequence[Constraint]) -> list[Constraint]:
    """The constraints, sorted by kind: the order of the measured values."""
    return sorted(constraints, key=lambda c: KINDS.index(kind_of(c)))


def pack(constraints: Sequence[Constraint], slots: Mapping[str, int]) -> Constraints:
    """Stack constraints by kind."""

    def stack(kind: str) -> Stack:
        mine = [c for c in constraints if kind_of(c) == kind]
        scale, scale_slot = _values([c.scale for c in mine], slots)
        return Stack(  # numpy arrays become jax arrays in jit
            parameter=np.array([slots[c.parameter] for c in mine], dtype=np.int64),  # type: ignore[arg-type]
            scale=scale,  # type: ignore[arg-type]
            scale_slot=scale_slot,  # type: ignore[arg-type]
            support=np.array([c.support for c in mine], dtype=np.float64).reshape(-1, 2).T,  # type: ignore[arg-type]
        )

    return Constraints(**{kind: stack(kind) for kind in KINDS})


def measured(constraints: Sequence[Constraint], slots: Mapping[str, int]) -> Measured:
    """The measured values that the document gives."""
    value, slot = _values([c.observed for c in ordered(constraints)], slots)
    return Measured(value, slot)  # type: ignore[arg-type]


def _values(
    values: Sequence[float | str], slots: Mapping[str, int]
) -> tuple[FloatArray, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
    factor = np.array([1.0 if isinstance(v, str) else v for v in values], dtype=np.float64)
    slot = np.array([slots[v] if isinstance(v, str) else ONE for v in values], dtype=np.int64)
    return factor, slot


def gauss(a: Array, p: Array, s: Array) -> Array:
    r""":math:`-\ln N(a \mid p, s)`."""
    pull = (a - p) / s
    return 0.5 * pull * pull + jnp.log(s) + LOG_SQRT_2PI


def truncated(a: Array, p: Array, s: Array, support: Array) -> Array:
    r"""`gauss`, normalised over `support` of a: adds :math:`\ln(\Phi(u) - \Phi(l))`."""
    low, high = (support[0] - p) / s, (support[1] - p) / s
    # Use the tail in which both are small, so that the difference keeps its digits.
    flip = low + high > 0.0
    upper, lower = jnp.where(flip, -low, high), jnp.where(flip, -high, low)
    log_upper = log_ndtr(upper)
    inside: Array = log_upper + jnp.log1p(-jnp.exp(log_ndtr(lower) - log_upper))
    return gauss(a, p, s) + inside


def poisson(a: Array, p: Array, s: Array) -> Array:
    r""":math:`-\ln \mathrm{Pois}(a \mid s p)`, continued with the Gamma function.

    For tight constraints, whose a is large, the product s p would round off digits of p.
    """
    large = a > counts.LARGE
    safe = jnp.where(large, a, counts.LARGE)
    near = safe * counts.log_minus_log(jnp.where(large, p * (s / safe) - 1.0, 0.0))
    few = counts.deviance(jnp.where(large, 0.0, a), jnp.where(large, 1.0, s * p))
    return jnp.where(large, near, few) + counts.saturated(a)


def lognormal(a: Array, p: Array, s: Array) -> Array:
    r""":math:`-\ln` of the density of a whose logarithm is normal around :math:`\ln p`, width s."""
    pull = jnp.log(a / p) / s
    return 0.5 * pull * pull + jnp.log(a * s) + LOG_SQRT_2PI


def gamma(a: Array, p: Array, s: Array) -> Array:
    r""":math:`-\ln` of the density of p such that :math:`s p` follows Gamma(a + 1, 1)."""
    return poisson(a, p, s) - jnp.log(s)


FORMULAS: dict[str, Callable[[Array, Array, Array, Array], Array]] = {
    "gauss": lambda a, p, s, _: gauss(a, p, s),
    "truncated": truncated,
    "poisson": lambda a, p, s, _: poisson(a, p, s),
    "lognormal": lambda a, p, s, _: lognormal(a, p, s),
    "gamma": lambda a, p, s, _: gamma(a, p, s),
}


def terms(constraints: Constraints, observed: Measured, inputs: Array) -> Array:
    """Negative logarithm of each constraint, in the order of `ordered`, shape (N,)."""
    parts = [
        _term(kind, inputs[slots], stack, value)
        for kind, stack, value, slots in _by_kind(constraints, observed)
    ]
    return jnp.concatenate(parts) if parts else jnp.zeros(0)


def second(constraints: Constraints, observed: Measured, inputs: Array) -> tuple[Array, Array]:
    """Second derivatives of the sum of all terms.

    Returns:
        the three inputs that each term depends on (3, N), and its 3 x 3 second derivatives with
        respect to them (3, 3, N).
    """
    parts = _by_kind(constraints, observed)
    if not parts:
        return jnp.zeros((3, 0), dtype=jnp.int64), jnp.zeros((3, 3, 0))
    hessians = []
    for kind, stack, value, slots in parts:

        def term(trio: Array, stack: Stack, value: Array, kind: str = kind) -> Array:
            return _term(kind, trio, stack, value)

        axes = Stack(0, 0, 0, 1)  # type: ignore[arg-type]
        second = jax.vmap(jax.hessian(term), in_axes=(1, axes, 0), out_axes=2)
        hessians.append(second(inputs[slots], stack, value))
    return (
        jnp.concatenate([slots for *_, slots in parts], axis=1),
        jnp.concatenate(hessians, axis=2),
    )


def _by_kind(constraints: Constraints, observed: Measured) -> list[tuple[str, Stack, Array, Array]]:
    """For each kind in use: the stack, its measured values, and the slots it depends on (3, N)."""
    out, start = [], 0
    for kind in KINDS:
        stack: Stack = getattr(constraints, kind)
        mine = slice(start, start := start + stack.parameter.shape[0])
        if mine.stop > mine.start:
            slots = jnp.stack([stack.parameter, observed.slot[mine], stack.scale_slot])
            out.append((kind, stack, observed.value[mine], slots))
    return out


def _term(kind: str, trio: Array, stack: Stack, value: Array) -> Array:
    p, a, s = trio[0], value * trio[1], stack.scale * trio[2]
    return FORMULAS[kind](a, p, s, stack.support)


def replaced(constraints: Sequence[Constraint], values: Mapping[str, FloatArray]) -> Measured:
    """Measured values given by name, instead of those of the document.

    Args:
        constraints: in the order of `ordered`.

    Raises:
        FitError: a value is missing.
    """
    missing = [c.name for c in constraints if c.name not in values]
    if missing:
        raise FitError(
            f"the data lack the auxiliary measurements {', '.join(missing[:5])}",
            code="fit.wrong_data",
            value=missing[0],
        )
    array = np.array([float(values[c.name]) for c in constraints], dtype=np.float64)
    return Measured(array, np.full(len(constraints), ONE))  # type: ignore[arg-type]


def expectation(constraints: Constraints, inputs: Array) -> Array:
    """The measured values at which each term is largest in its parameter, shape (N,)."""
    parts = []
    for kind in KINDS:
        stack: Stack = getattr(constraints, kind)
        p = inputs[stack.parameter]
        scaled = kind in ("poisson", "gamma")
        parts.append(p * stack.scale * inputs[stack.scale_slot] if scaled else p)
    return jnp.concatenate(parts)


def sample(key: Array, constraints: Constraints, inputs: Array) -> Array:
    """Random auxiliary measurements, shape (N,)."""
    parts = []
    for number, kind in enumerate(KINDS):
        stack: Stack = getattr(constraints, kind)
        own = jax.random.fold_in(key, number)
        p, s = inputs[stack.parameter], stack.scale * inputs[stack.scale_slot]
        parts.append(_draw(kind, own, p, s, stack.support))
    return jnp.concatenate(parts)


def _draw(kind: str, key: Array, p: Array, s: Array, support: Array) -> Array:
    if kind == "truncated":
        low, high = (support - p) / s
        return p + s * jax.random.truncated_normal(key, low, high, p.shape, p.dtype)
    if kind in ("poisson", "gamma"):
        # A gamma constraint is what a Poisson measurement left behind: toys repeat that one.
        return jax.random.poisson(key, s * p, p.shape, jnp.int64).astype(p.dtype)
    normal = jax.random.normal(key, p.shape, p.dtype)
    return p * jnp.exp(s * normal) if kind == "lognormal" else p + s * normal
