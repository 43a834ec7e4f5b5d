r"""Numerical integrals over boxes of up to three dimensions, with an error estimate.

Each axis is cut at the given points and every piece into panels; a panel is integrated with the
15-point Kronrod rule, and the 7-point Gauss rule inside it gives the error (Piessens et al.,
QUADPACK, 1983). The integrand is given by its logarithm, so that nothing overflows. The relative
error goes to the scope, and whoever evaluates the likelihood fails loudly when it is too large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import logsumexp
from jax.typing import ArrayLike

from hs3.errors import CompileError

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


def integrate(
    log_integrand: Callable[[DensityScope], Array],
    scope: DensityScope,
    box: Mapping[str, Range],
    cuts: Mapping[str, Sequence[Array]] | None = None,
) -> Array:
    """Logarithm of the integral of ``exp(log_integrand)`` over `box`.

    Limits may be arrays; the result then has their shape (all limits broadcast).

    Raises:
        CompileError: more than three dimensions.
    """
    if len(box) > 3:
        raise CompileError(f"an integral over {len(box)} dimensions: {', '.join(box)}")
    panels = scope.definitions.options.panels if len(box) == 1 else max(2, 8 // len(box))
    axes = [_axis(*box[o], (cuts or {}).get(o, ()), panels) for o in box]
    events = max((jnp.ndim(v) for name, v in scope.values.items() if name not in box), default=0)
    limits = max(jnp.ndim(limit) for pair in box.values() for limit in pair)
    trailing = max(events, limits)
    nodes, kronrod, gauss = _mesh(axes, trailing)
    values = log_integrand(scope.at(**dict(zip(box, nodes, strict=True))))
    shape = jnp.broadcast_shapes(values.shape, kronrod.shape)
    values, kronrod, gauss = (jnp.broadcast_to(v, shape) for v in (values, kronrod, gauss))
    fine = logsumexp(values, axis=0, b=kronrod)
    top = jnp.where(jnp.isfinite(fine), fine, 0.0)
    rough = jnp.abs(jnp.sum(jnp.exp(values - top) * (kronrod - gauss), axis=0))
    # The Kronrod rule is far better than the Gauss rule it is compared with (QUADPACK, qk15).
    scope.errors.append(jnp.max(jnp.minimum(rough, (200.0 * rough) ** 1.5)))
    return fine


def _axis(
    low: ArrayLike, high: ArrayLike, cuts: Sequence[Array], panels: int
) -> tuple[Array, Array, Array]:
    """Nodes, Kronrod and Gauss weights of one axis, shape (nodes, *limits)."""
    low, high, *inner = jnp.broadcast_arrays(
        jnp.asarray(low, dtype=jnp.float64), jnp.asarray(high, dtype=jnp.float64), *cuts
    )
    inside = jnp.sort(jnp.stack([jnp.clip(c, low, high) for c in inner]), axis=0) if inner else None
    parts = [low[None], high[None]] if inside is None else [low[None], inside, high[None]]
    edges = jnp.concatenate(parts)
    step = (edges[1:] - edges[:-1]) / panels
    number = jnp.arange(panels).reshape(1, -1, *(1,) * low.ndim)
    start = edges[:-1][:, None] + step[:, None] * number
    half = 0.5 * step[:, None, None]
    tail = (1, 1, -1, *(1,) * low.ndim)
    x = start[:, :, None] + half * (1.0 + NODES.reshape(tail))
    flat = (-1, *low.shape)
    kronrod = jnp.broadcast_to(half * KRONROD.reshape(tail), x.shape)
    gauss = jnp.broadcast_to(half * GAUSS.reshape(tail), x.shape)
    return x.reshape(flat), kronrod.reshape(flat), gauss.reshape(flat)


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
