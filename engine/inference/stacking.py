"""Arrays of many data sets or models, with a leading axis over them: what a batch runs on."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from hs3.errors import FitError

from .. import constraints as aux
from ..data import Dataset
from ..datasets import terms_with
from ..likelihood import Observed
from ..model import Model
from ..poisson import saturated_data


def observations(model: Model, data: Dataset) -> Observed:
    """The toys in `data` as arrays with a leading axis over them.

    Raises:
        FitError: `data` holds no toys, or not those of this model.
    """
    size = data.size
    if not size:
        raise FitError("a batch of fits needs toys", code="fit.wrong_data")
    checked = model.with_data(data.toy(0)).observed
    counts = model.layout.stacked([data.channels[name] for name in model.channel_names])
    counts = np.broadcast_to(counts, (size, *checked.counts.shape))
    values = [data.auxiliary[c.name] for c in aux.ordered(model.graph.constraints)]
    measured = np.stack(values, axis=-1) if values else np.zeros((size, 0))
    slots = np.broadcast_to(np.asarray(checked.measured.slot), measured.shape)
    constants = saturated_data(counts).sum(axis=(1, 2))
    terms = terms_with(model, data, (size,))
    return Observed(counts, aux.Measured(measured, slots), constants, terms)  # type: ignore[arg-type]


def stacked(models: Sequence[Model]) -> tuple[Any, Any]:
    """Arrays and data of models of one kind (see `alike`), with a leading axis over them.

    Raises:
        FitError: the models differ in more than numbers.
    """
    first = models[0]
    for number, model in enumerate(models):
        if kind_of(model) != kind_of(first):
            message = f"model {number} has other parameters, functions or shapes than model 0"
            raise FitError(message, code="fit.wrong_shape", value=number)
    stack = [(m.arrays, m.observed) for m in alike(models)]
    return jax.tree.map(lambda *leaves: np.stack(leaves), *stack)  # type: ignore[no-any-return]


def kind_of(model: Model) -> Hashable:
    """Equal for models that one compiled program can fit together: all but their numbers."""
    measured = jax.tree.leaves((model.observed, model.arrays.constraints))
    return model.names, model.program, model.layout, tuple(np.shape(leaf) for leaf in measured)


def alike(models: Sequence[Model]) -> list[Model]:
    """Models of one kind with arrays of one shape: each is padded to the largest.

    In a patch with fewer systematics or samples than another the arrays are smaller. What is added
    changes nothing (`hs3.engine.histfactory.pack`).
    """
    leaves = [jax.tree.leaves(model.arrays) for model in models]
    columns = zip(*leaves, strict=True)
    shapes = [np.max([leaf.shape for leaf in column], axis=0) for column in columns]
    tree = jax.tree.structure(models[0].arrays)
    out = []
    for model, own in zip(models, leaves, strict=True):
        padded = [
            np.pad(leaf, [(0, int(n) - m) for n, m in zip(shape, leaf.shape, strict=True)])
            for leaf, shape in zip(map(np.asarray, own), shapes, strict=True)
        ]
        out.append(replace(model, arrays=jax.tree.unflatten(tree, padded)))
    return out
