"""From an HS3 document to a zfit loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf  # type: ignore[import-untyped]
import zfit

from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.distributions import Distribution
from hs3.distributions.mixture import MixtureDist
from hs3.distributions.rate import RateExtendedDist
from hs3.errors import ConversionError
from hs3.graph import Graph, Term
from hs3.resolve import resolve
from hs3.workspace import Workspace

from .carried import carried
from .measurements import constraints_of
from .refuse import refuse
from .shapes import Scope, binned, binned_space, shape
from .values import Values


def to_zfit(ws: Workspace, *, analysis: str | None = None, carry: bool = False) -> Any:
    """A zfit loss with the likelihood of a document, up to a constant.

    The parameters have the document's names, values, limits and constant flags; they are those of
    ``loss.get_params(floating=None)``. Factors with and without a number of events, of unbinned and
    of binned data add up to one loss where they are of one kind, else to a
    ``zfit.loss.SimpleLoss``.

    Args:
        ws: the document.
        analysis: name of an analysis; without, the only or first one.
        carry: give a ``zfit.loss.SimpleLoss`` that calls the engine of this package where zfit has
            no equal, with an `HS3Warning` that begins with ``[zfit.carried]``.

    Raises:
        ConversionError: zfit has no equal for something, which the message names.
        ResolveError: as `hs3.compile`.
    """
    graph = resolve(ws, analysis=analysis)
    try:
        return _loss(graph)
    except ConversionError as refused:
        if not carry:
            raise
        return carried(graph, refused.message)


def _loss(graph: Graph) -> Any:
    if graph.channels:
        channel = graph.channels[0]
        refuse(f"the HistFactory channel {channel.name!r} has no equal in zfit", channel.name)
    values = Values(graph)
    groups: dict[str, tuple[list[Any], list[Any]]] = {}
    for term in graph.terms:
        if term.data is not None:
            kind, model, data = _factor(term, values)
            models, samples = groups.setdefault(kind, ([], []))
            models.append(model)
            samples.append(data)
    constraints = constraints_of(graph, values)
    losses = []
    for kind, (models, samples) in groups.items():
        own, constraints = constraints, []  # each once
        losses.append(getattr(zfit.loss, kind)(models, samples, constraints=own))
    return losses[0] if len(losses) == 1 else _sum(losses)


def _sum(losses: list[Any]) -> Any:
    """The sum of losses of several kinds, which zfit itself does not add."""
    if not losses:
        refuse("the likelihood has no factor with data")
    found = [p for one in losses for p in one.get_params(floating=None, is_yield=None)]
    params = list({p.name: p for p in found}.values())

    def value(params: Any) -> Any:
        del params  # the losses know theirs
        return tf.add_n([one.value(full=True) for one in losses])

    return zfit.loss.SimpleLoss(value, params, errordef=0.5)


def _factor(term: Term, values: Values) -> tuple[str, Any, Any]:
    """Kind of the loss, model and data of one factor."""
    bins: dict[str, Any] = {}
    if isinstance(term.data, BinnedData):
        if term.data.uncertainty is not None:
            refuse("binned data with Gaussian uncertainties have no equal in zfit", path=term.path)
        bins = {a.name: a.bin_edges() for a in term.data.axes}
    scope = Scope(values, term.observables, bins, term.path)
    events = _events(term.distribution, scope)
    scope = scope.expecting(events)
    model = shape(term.distribution, scope)
    if bins:
        model = binned(model, scope)
    elif events is not None:
        model = model.create_extended(events)
    if set(model.obs) != set(term.observables) or (bins and tuple(bins) != tuple(model.obs)):
        refuse(
            f"{term.distribution.name!r} depends on {', '.join(model.obs)}, and its data have "
            f"{', '.join(term.observables)}",
            path=term.path,
        )
    kind = f"{'' if events is None else 'Extended'}{'Binned' if bins else 'Unbinned'}NLL"
    return kind, model, _binned(term, bins) if bins else _unbinned(term, scope, model.obs)


def _events(dist: Distribution, scope: Scope) -> Any:
    """The expected number of events, or None."""
    if isinstance(dist, RateExtendedDist):
        if dist.range is not None:
            refuse(f"{dist.name!r} counts events in a part of the range", dist.range, scope.path)
        return scope.values(dist.expected)
    if isinstance(dist, MixtureDist) and dist.extended is not False:
        given = list(dist.coefficients or ())
        if len(given) == len(dist.summands):
            return scope.values.total(given)
    return None


def _unbinned(term: Term, scope: Scope, names: Sequence[str]) -> Any:
    """The events, with the observables in the order of the model."""
    space, data = scope.space(names), term.data
    if isinstance(data, int | float):
        return zfit.Data.from_numpy(obs=space, array=np.array([[float(data)]]))
    if not isinstance(data, UnbinnedData):
        refuse(f"data of type {data.type!r} have no equal in zfit", data.type, term.path)
    given = list(term.observables)
    columns = [given.index(name) for name in names]
    weights = None if data.weights is None else np.array(data.weights, float)
    sample = zfit.Data.from_numpy(
        obs=space, array=data.array()[:, columns], weights=weights, name=data.name
    )
    if int(sample.num_entries) != len(data.entries):
        refuse(f"events of {data.name!r} lie outside of its range, where zfit drops them")
    return sample


def _binned(term: Term, bins: dict[str, Any]) -> Any:
    contents = np.array(term.data.contents, float).reshape([len(e) - 1 for e in bins.values()])
    return zfit.data.BinnedData.from_tensor(space=binned_space(bins), values=contents)
