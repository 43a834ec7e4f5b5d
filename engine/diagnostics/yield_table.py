r"""Expected counts of channels and samples with their uncertainty, before and after the fit.

.. math:: \sigma_\nu^2 = \sum_k (J L)_k^2,\quad V = L L^T

with the exact Jacobian J of the expected counts: forward derivatives along the columns of L, one
at a time, so that no Jacobian is ever held. By sampling, the parameters are drawn from the normal
distribution with covariance V, cut at their bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .. import kernels
from ..fit_result import FitResult
from ..histfactory.effects import lowered
from ..inputs import Program
from ..likelihood import Arrays
from ..model import Model
from .expected_counts import ChannelYields, Yield, Yields
from .uncertainty import around


def yields(
    model: Model,
    when: Literal["prefit", "postfit"] = "postfit",
    *,
    method: Literal["linear", "sampling"] = "linear",
    size: int = 2000,
    seed: int = 0,
    best: FitResult | None = None,
) -> Yields:
    """Expected counts with uncertainty, per channel, sample and bin.

    Before the fit, parameters have the values and widths of their auxiliary measurements, without
    correlation; those without one have the document's value, and no uncertainty.

    Args:
        size, seed: of the sample of parameters, for ``sampling``.

    Raises:
        FitError: there are no channels, an unknown choice, or the fit did not converge.
    """
    if when not in ("prefit", "postfit") or method not in ("linear", "sampling"):
        message = f"yields are prefit or postfit, linear or sampling; not {when!r}, {method!r}"
        raise FitError(message, code="fit.invalid")
    best, theta, factor = around(model, when, best)
    place, names = place_of(model)
    settings = {"program": model.program, "channels": len(model.channel_names)}
    centre = _expected(theta, model.arrays, place, **settings)
    if method == "linear":
        spread = _propagated(theta, factor, model.arrays, place, **settings)
    else:
        points = _drawn(model, theta, factor, size, seed)
        spread = _sampled(points, model.arrays, place, **settings)
    spread = _Counts(*(np.sqrt(np.asarray(v)) for v in spread))
    channels = {c.name: c for c in _channels(model, names, centre, spread)}
    left_out = tuple(term.distribution.name for term in model.graph.terms)
    return Yields(when, method, channels, left_out, best)


class _Counts(NamedTuple):
    """Counts per sample and bin (C, S, W), per bin (C, W), per sample (c, S), per channel (c,).

    C blocks, c channels.
    """

    bins: Array
    sums: Array
    samples: Array
    totals: Array


class Place(NamedTuple):
    """Channel of each block (C,), and which rows of a block are which sample (C, samples, S)."""

    owner: Array
    merge: Array


def place_of(model: Model) -> tuple[Place, list[list[str]]]:
    """Rows of one name are one sample; also the names per channel."""
    channels = lowered(model.graph)[0]
    names = [list(dict.fromkeys(s.name for s in channel.samples)) for channel in channels]
    rows = max(len(channel.samples) for channel in channels)
    merge = np.zeros((len(channels), max(map(len, names)), rows))
    for c, channel in enumerate(channels):
        for row, sample in enumerate(channel.samples):
            merge[c, names[c].index(sample.name), row] = 1.0
    owner = np.array([piece.channel for piece in model.layout.pieces])
    return Place(jnp.asarray(owner), jnp.asarray(merge[owner])), names


def counts_at(
    theta: Array, program: Program, arrays: Arrays, place: Place, channels: int
) -> _Counts:
    """Expected counts at one point."""
    rows = kernels.sample_yields(theta, program, arrays)
    bins = jnp.einsum("cns,csw->cnw", place.merge, rows)
    samples = jax.ops.segment_sum(bins.sum(axis=2), place.owner, channels)
    return _Counts(bins, bins.sum(axis=1), samples, samples.sum(axis=1))


_expected = jax.jit(
    lambda theta, arrays, place, program, channels: counts_at(
        theta, program, arrays, place, channels
    ),
    static_argnames=("program", "channels"),
)


@partial(jax.jit, static_argnames=("program", "channels"))
def _propagated(
    theta: Array, factor: Array, arrays: Arrays, place: Place, program: Program, channels: int
) -> _Counts:
    """Variances: the sum of squares of the derivatives along the columns of `factor`."""

    def of(values: Array) -> _Counts:
        return counts_at(values, program, arrays, place, channels)

    def add(total: _Counts, column: Array) -> tuple[_Counts, None]:
        _, slope = jax.jvp(of, (theta,), (column,))
        return jax.tree.map(lambda t, s: t + s * s, total, slope), None

    zero = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape), jax.eval_shape(of, theta))
    total: _Counts = jax.lax.scan(add, zero, jnp.asarray(factor).T)[0]
    return total


@partial(jax.jit, static_argnames=("program", "channels"))
def _sampled(
    points: Array, arrays: Arrays, place: Place, program: Program, channels: int
) -> _Counts:
    """Variances over `points` (n, T), by Welford's recursion."""

    def of(values: Array) -> _Counts:
        return counts_at(values, program, arrays, place, channels)

    def add(carry: tuple[Array, _Counts, _Counts], theta: Array) -> tuple[Any, None]:
        number, mean, square = carry
        new = of(theta)
        center = jax.tree.map(lambda m, x: m + (x - m) / (number + 1.0), mean, new)
        square = jax.tree.map(lambda s, x, m, c: s + (x - m) * (x - c), square, new, mean, center)
        return (number + 1.0, center, square), None

    zero = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape), jax.eval_shape(of, points[0]))
    (number, _, square), _ = jax.lax.scan(add, (jnp.zeros(()), zero, zero), points)
    result: _Counts = jax.tree.map(lambda s: s / (number - 1.0), square)
    return result


def _drawn(model: Model, theta: FloatArray, factor: FloatArray, size: int, seed: int) -> FloatArray:
    """Parameters (n, T) from the normal distribution; what leaves the bounds is drawn again."""
    if size < 2:
        raise FitError("sampling needs two points at least", code="fit.invalid", value=size)
    rng = np.random.default_rng(seed)
    bounds = np.array([(p.min, p.max) for p in model.graph.parameters]).reshape(-1, 2)
    out = theta + rng.standard_normal((size, factor.shape[1])) @ factor.T
    for _ in range(1000):
        moving = factor.any(axis=1)
        wrong = (((out < bounds[:, 0]) | (out > bounds[:, 1])) & moving).any(axis=1)
        if not wrong.any():
            return np.asarray(out)
        fresh = rng.standard_normal((int(wrong.sum()), factor.shape[1]))
        out[wrong] = theta + fresh @ factor.T
    raise FitError(
        "the bounds leave hardly any of the normal distribution: use the linear method",
        code="fit.invalid",
    )


def _channels(
    model: Model, names: list[list[str]], centre: _Counts, spread: _Counts
) -> Iterator[ChannelYields]:
    layout = model.layout
    data = model.data.channels

    def per_sample(counts: _Counts) -> list[FloatArray]:
        return layout.per_channel(np.moveaxis(np.asarray(counts.bins), 1, 0))

    def per_bin(counts: _Counts) -> list[FloatArray]:
        return layout.per_channel(np.asarray(counts.sums))

    bins, errors = per_sample(centre), per_sample(spread)
    sums, sum_errors = per_bin(centre), per_bin(spread)
    for c, channel in enumerate(model.graph.channels):
        samples = {
            sample: Yield(
                bins[c][s], errors[c][s], float(centre.samples[c, s]), float(spread.samples[c, s])
            )
            for s, sample in enumerate(names[c])
        }
        total = Yield(sums[c], sum_errors[c], float(centre.totals[c]), float(spread.totals[c]))
        name = model.channel_names[c]
        yield ChannelYields(name, channel.axes, channel.edges, data[name], samples, total)
