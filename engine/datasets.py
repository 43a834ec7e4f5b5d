"""Data of a model by name: those it has, others in their place, expected ones and toys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from . import constraints as aux
from . import kernels
from .data import Dataset, Events
from .histfactory.effects import lowered
from .likelihood import Observed, observed
from .sampling import terms as sampling
from .sampling.terms import names_of
from .terms import TermData, TermSpec

if TYPE_CHECKING:
    from .model import Model

__all__ = ["bound", "drawn", "expected", "measured", "names_of", "sample_yields", "terms_with"]


def measured(model: Model) -> Dataset:
    """The data that the model has."""
    counts = model.layout.per_channel(np.asarray(model.observed.counts))
    inputs = np.asarray(kernels.inputs(model.start, model.program))
    given = model.observed.measured
    values = np.asarray(given.value) * inputs[np.asarray(given.slot)]
    named = _named(model, model.start)
    parts = [sampling.part_of(*term, named) for term in _terms(model)]
    return _dataset(model, counts, values, parts)


def bound(model: Model, data: Dataset) -> Observed:
    """Other data, as arrays.

    Raises:
        FitError: a channel, constraint or term is missing, has a wrong number of bins, or events
            outside of its range.
    """
    channels = zip(model.channel_names, model.graph.channels, strict=True)
    counts = [_counts(data, name, channel.bins) for name, channel in channels]
    given = aux.replaced(aux.ordered(model.graph.constraints), data.auxiliary)
    return observed(model.layout.stacked(counts), given, terms_with(model, data))


def terms_with(model: Model, data: Dataset, toys: tuple[int, ...] = ()) -> tuple[TermData, ...]:
    """The arrays of the terms with other data (see `hs3.engine.sampling.terms.replaced`)."""
    names = names_of(model.graph.terms)
    return tuple(
        sampling.replaced(name, spec, old, data, toys)
        for name, (spec, old) in zip(names, _terms(model), strict=True)
    )


def expected(model: Model, theta: FloatArray) -> Dataset:
    """Expected counts, auxiliary measurements and contents of terms."""
    rates, auxiliary = kernels.expectation(theta, model.program, model.arrays)
    program, named = model.program.terms, _named(model, theta)
    parts = [sampling.expected(program, *term, named) for term in _terms(model) if program]
    counts = model.layout.per_channel(np.asarray(rates))
    return _dataset(model, counts, np.asarray(auxiliary), parts)


def sample_yields(model: Model, theta: FloatArray) -> dict[str, dict[str, FloatArray]]:
    """Expected counts per bin by channel and sample; samples of one name are added up."""
    stacked = kernels.sample_yields(theta, model.program, model.arrays)
    per_channel = model.layout.per_channel(np.moveaxis(np.asarray(stacked), 1, 0))
    out: dict[str, dict[str, FloatArray]] = {}
    channels = lowered(model.graph)[0]
    for name, channel, yields in zip(model.channel_names, channels, per_channel, strict=True):
        own = out.setdefault(name, {})
        for sample, counts in zip(channel.samples, yields, strict=False):
            own[sample.name] = own[sample.name] + counts if sample.name in own else counts
    return out


def drawn(model: Model, seed: int | jax.Array, size: int, theta: FloatArray, first: int) -> Dataset:
    """Toys, from number `first` on."""
    key = jax.random.key(seed) if isinstance(seed, int) else seed
    terms, named = model.program.terms, _named(model, theta)
    counts, auxiliary = kernels.sample(
        key, size, theta, model.program, model.arrays, jnp.asarray(first)
    )
    toys = jax.vmap(partial(jax.random.fold_in, key))(first + jnp.arange(size))
    parts = []
    for number, term in enumerate(_terms(model)):
        assert terms is not None
        # 0 and 1 are taken: channels and auxiliary measurements split the key of the toy
        keys = jax.vmap(lambda toy, n=number: jax.random.fold_in(toy, 2 + n))(toys)
        parts.append(sampling.sample(terms, *term, named, keys))
    channels = model.layout.per_channel(np.asarray(counts))
    return _dataset(model, channels, np.asarray(auxiliary), parts)


def _dataset(
    model: Model,
    counts: list[FloatArray],
    auxiliary: FloatArray,
    parts: Sequence[sampling.Part | None],
) -> Dataset:
    named = list(zip(names_of(model.graph.terms), parts, strict=True))
    constraints = enumerate(aux.ordered(model.graph.constraints))
    return Dataset(
        dict(zip(model.channel_names, counts, strict=True)),
        {c.name: auxiliary[..., i] for i, c in constraints},
        {name: part for name, part in named if isinstance(part, Events)},
        {name: part for name, part in named if isinstance(part, np.ndarray)},
    )


def _terms(model: Model) -> list[tuple[TermSpec, TermData]]:
    program = model.program.terms
    return list(zip(program.terms if program else (), model.observed.terms, strict=True))


def _named(model: Model, theta: FloatArray) -> dict[str, jax.Array]:
    return model.program.named(jnp.asarray(theta))


def _counts(data: Dataset, channel: str, bins: int) -> FloatArray:
    counts = np.asarray(data.channels.get(channel, np.empty(0)), dtype=np.float64)
    if counts.shape != (bins,):
        raise FitError(
            f"channel {channel!r} needs {bins} counts, the data have {counts.shape}",
            code="fit.wrong_data",
            value=channel,
        )
    return counts
