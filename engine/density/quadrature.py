r"""Numerical integrals over boxes of up to three dimensions, with an error estimate.

Each axis is cut at the given points and every piece into panels; a panel is integrated with the
15-point Kronrod rule, and the 7-point Gauss rule inside it gives the error (Piessens et al.,
QUADPACK, 1983). The piece beyond the outermost cut of an infinite axis is mapped to [0, 1] by
:math:`x = c \pm s\,t/(1-t)`, where s is the distance between the outermost cuts.

The integrand is given by its logarithm, so that nothing overflows, or by its value, which may be
negative. The relative error goes to the scope, and whoever evaluates the likelihood fails loudly
when it is too large.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from hs3.errors import CompileError

from .romberg import nodes, romberg

if TYPE_CHECKING:
    from .scope import DensityScope, Range

_NODES = np.array([
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144691693, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0,
])  # fmt: skip
_KRONROD = np.array([
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
])  # fmt: skip
_GAUSS = np.array([
    0.0, 0.129484966168869693270611432679082, 0.0, 0.279705391489276667901467771423780,
    0.0, 0.381830050505118944950369775488975, 0.0, 0.417959183673469387755102040816327,
])  # fmt: skip

NODES = np.concatenate([-_NODES, _NODES[-2::-1]])
KRONROD = np.concatenate([_KRONROD, _KRONROD[-2::-1]])
GAUSS = np.concatenate([_GAUSS, _GAUSS[-2::-1]])
"""The rule on [-1, 1], 15 points; the Gauss weights are zero at the points of Kronrod alone."""

NODES01 = 0.5 * (1.0 + NODES)
"""The nodes on [0, 1]."""


MOST_VALUES = 5e8
"""Values of an integrand at once, 4 GB."""


@dataclass(frozen=True)
class Rule:
    """A rule for an integral: nodes of each axis and weights, shape (nodes, *limits).

    Attributes:
        nodes: one array per axis.
        kronrod, gauss: weights of the fine and of the coarse rule.
        panels: number of panels that the nodes form, in order; 1 where panels do not separate, and
            0 for the rule of `romberg`, whose `kronrod` is the width of the range.
    """

    nodes: Sequence[Array]
    kronrod: Array
    gauss: Array
    panels: int


def integrate(
    log_integrand: Callable[[DensityScope], Array],
    scope: DensityScope,
    box: Mapping[str, Range],
    cuts: Mapping[str, Sequence[ArrayLike]] | None = None,
) -> Array:
    """Logarithm of the integral of ``exp(log_integrand)`` over `box`.

    Limits may be arrays; the result then has their shape (all limits broadcast).

    Raises:
        CompileError: more than three dimensions.
    """
    rule = _rule(scope, box, cuts or {})
    values = log_integrand(scope.at(**dict(zip(box, rule.nodes, strict=True))))
    if jnp.ndim(values) == 0:  # it does not depend on the variables
        values = jnp.broadcast_to(values, rule.nodes[0].shape)
    top = jnp.max(jnp.where(jnp.isnan(values), -jnp.inf, values), axis=0)
    top = jax.lax.stop_gradient(jnp.where(jnp.isfinite(top), top, 0.0))
    total = _sum(jnp.exp(values - top), rule, scope, jnp.exp(top))
    nothing = total == 0.0
    return jnp.where(nothing, -jnp.inf, top + jnp.log(jnp.where(nothing, 1.0, total)))


def integrate_signed(
    integrand: Callable[[DensityScope], Array],
    scope: DensityScope,
    box: Mapping[str, Range],
    cuts: Mapping[str, Sequence[ArrayLike]] | None = None,
) -> Array:
    """The integral of a function that may be negative; its error is relative to that of `|f|`.

    Raises:
        CompileError: more than three dimensions.
    """
    rule = _rule(scope, box, cuts or {})
    return _sum(integrand(scope.at(**dict(zip(box, rule.nodes, strict=True)))), rule, scope)


def _sum(values: Array, rule: Rule, scope: DensityScope, unit: ArrayLike = 1.0) -> Array:
    """The integral by the fine rule; its error, found with the coarse one, goes to the scope."""
    if rule.panels == 0:
        shape = jnp.broadcast_shapes(values.shape, rule.nodes[0].shape)
        return romberg(jnp.broadcast_to(values, shape), rule.kronrod, unit)
    shape = jnp.broadcast_shapes(values.shape, rule.kronrod.shape)
    values, kronrod, gauss = (
        jnp.broadcast_to(v, shape) for v in (values, rule.kronrod, rule.gauss)
    )
    fine = jnp.sum(values * kronrod, axis=0)
    whole = jax.lax.stop_gradient(jnp.sum(jnp.abs(values) * kronrod, axis=0))
    difference = jax.lax.stop_gradient(values * (kronrod - gauss))
    difference = difference.reshape(rule.panels, -1, *shape[1:]).sum(axis=1)
    rough = jnp.abs(difference).sum(axis=0) / jnp.where(whole == 0.0, 1.0, whole)
    # The Kronrod rule is far better than the Gauss rule it is compared with (QUADPACK, qk15).
    scope.errors.append(jnp.max(jnp.minimum(rough, (200.0 * rough) ** 1.5)))
    return fine


def _rule(
    scope: DensityScope, box: Mapping[str, Range], cuts: Mapping[str, Sequence[ArrayLike]]
) -> Rule:
    if len(box) > 3:
        raise CompileError(f"an integral over {len(box)} dimensions: {', '.join(box)}")
    events = max((jnp.ndim(v) for name, v in scope.values.items() if name not in box), default=0)
    if scope.definitions.options.romberg and len(box) == 1:
        ((low, high),) = box.values()
        if not (is_infinite(low) or is_infinite(high)):
            width = jnp.asarray(high) - jnp.asarray(low)
            return Rule([nodes(low, high, events)], width, jnp.zeros(()), 0)
    # The same growth of the number of nodes in every dimension.
    panels = max(2, round(scope.definitions.options.panels ** (1.0 / len(box))))
    axes = [_axis(*box[o], cuts.get(o, ()), panels) for o in box]
    limits = max(jnp.ndim(limit) for pair in box.values() for limit in pair)
    points, kronrod, gauss = _mesh(axes, max(events, limits))
    _check_size(kronrod, scope, box)
    return Rule(points, kronrod, gauss, kronrod.shape[0] // len(NODES) if len(box) == 1 else 1)


def _check_size(weights: Array, scope: DensityScope, box: Mapping[str, Range]) -> None:
    """Refuse what would take all memory: integrals inside of integrals, for many events."""
    others = [jnp.size(v) for name, v in scope.values.items() if name not in box]
    size = weights.shape[0] * max(math.prod(weights.shape[1:]), *others, 1)
    if size > MOST_VALUES:
        raise CompileError(
            f"an integral over {', '.join(box)} takes {size:.1e} values at once, more than "
            f"{MOST_VALUES:.0e}: it is inside of another one, or there are too many events"
        )


def is_infinite(limit: ArrayLike) -> bool:
    """True for an infinite number; limits that are arrays have to be finite."""
    return isinstance(limit, int | float) and math.isinf(limit)


def _axis(
    low: ArrayLike, high: ArrayLike, cuts: Sequence[ArrayLike], panels: int
) -> tuple[Array, Array, Array]:
    """Nodes, Kronrod and Gauss weights of one axis, shape (nodes, *limits)."""
    left, right = is_infinite(low), is_infinite(high)
    bounds = [limit for limit, open_ in ((low, left), (high, right)) if not open_]
    points = [jnp.asarray(v, dtype=jnp.float64) for v in (*bounds, *cuts)] or [jnp.zeros(())]
    points = jnp.broadcast_arrays(*points)
    floor, ceiling = (None if left else points[0]), (None if right else points[len(bounds) - 1])
    edges = jnp.sort(jnp.clip(jnp.stack(points), floor, ceiling), axis=0)
    scale = jnp.where(edges[-1] > edges[0], edges[-1] - edges[0], 1.0)
    pieces = edges.shape[0] - 1 + left + right
    each = min(panels, -(-4 * panels // pieces))  # fewer panels in each of many pieces
    parts = [_finite(edges[:-1], edges[1:], each, bool(cuts))] if edges.shape[0] > 1 else []
    parts += [_tail(edges[0], -scale, each)] if left else []
    parts += [_tail(edges[-1], scale, each)] if right else []
    x, kronrod, gauss = (jnp.concatenate(group) for group in zip(*parts, strict=True))
    return x, kronrod, gauss


def _unit(panels: int, ndim: int) -> tuple[Array, Array, Array]:
    """Nodes and weights on [0, 1] cut into panels, shape (panels, 15, 1 …)."""
    shape = (panels, len(NODES), *(1,) * ndim)
    nodes = (np.arange(panels)[:, None] + NODES01) / panels
    parts = (nodes, *(np.broadcast_to(0.5 * w / panels, nodes.shape) for w in (KRONROD, GAUSS)))
    x, kronrod, gauss = (jnp.asarray(part).reshape(shape) for part in parts)
    return x, kronrod, gauss


def _finite(start: Array, end: Array, panels: int, dense: bool) -> tuple[Array, Array, Array]:
    r"""The pieces between `start` and `end`, both of shape (pieces, *limits).

    With `dense`, :math:`x = a + (b - a)\,t^2(3 - 2t)`: close to its ends, where a cut may be a
    cusp such as that of a square root, a piece gets more nodes and the integrand becomes smooth.
    """
    nodes, kronrod, gauss = _unit(panels, start.ndim - 1)
    if dense:
        slope = 6.0 * nodes * (1.0 - nodes)
        kronrod, gauss = kronrod * slope, gauss * slope
        nodes = nodes * nodes * (3.0 - 2.0 * nodes)
    width = (end - start)[:, None, None]
    flat = (-1, *start.shape[1:])
    x = start[:, None, None] + width * nodes
    return x.reshape(flat), (width * kronrod).reshape(flat), (width * gauss).reshape(flat)


def _tail(start: Array, scale: Array, panels: int) -> tuple[Array, Array, Array]:
    """From `start` to infinity, in the direction of the sign of `scale`."""
    nodes, kronrod, gauss = _unit(panels, start.ndim)
    slope = jnp.abs(scale) / (1.0 - nodes) ** 2
    flat = (-1, *start.shape)
    x = start + scale * nodes / (1.0 - nodes)
    return x.reshape(flat), (slope * kronrod).reshape(flat), (slope * gauss).reshape(flat)


def _mesh(
    axes: Sequence[tuple[Array, Array, Array]], trailing: int
) -> tuple[list[Array], Array, Array]:
    """All combinations of the axes' nodes, with the products of their weights.

    Each comes with one leading axis over nodes and `trailing` axes for events or limits.
    """
    count = len(axes)
    grids = []
    for i, axis in enumerate(axes):
        lead = [1] * count
        shaped = []
        for part in axis:
            lead[i] = part.shape[0]
            pad = (1,) * (trailing - (part.ndim - 1))
            shaped.append(part.reshape(*lead, *pad, *part.shape[1:]))
        grids.append(shaped)
    full = jnp.broadcast_shapes(*(g[0].shape for g in grids))
    flat = (-1, *full[count:])
    nodes = [jnp.broadcast_to(g[0], full).reshape(flat) for g in grids]
    kronrod = jnp.broadcast_to(reduce(jnp.multiply, [g[1] for g in grids]), full).reshape(flat)
    gauss = jnp.broadcast_to(reduce(jnp.multiply, [g[2] for g in grids]), full).reshape(flat)
    return nodes, kronrod, gauss
