"""From an HS3 document to a zfit loss."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from operator import methodcaller
from typing import Any, NoReturn, TypeVar

import numpy as np
import tensorflow as tf
import zfit

from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.distributions import Distribution
from hs3.distributions.bincounts import BinCountsDensityDist, BinCountsExtendedDist
from hs3.distributions.mixture import MixtureDist
from hs3.distributions.product import ProductDist
from hs3.distributions.rate import RateDensityDist, RateExtendedDist
from hs3.errors import ConversionError
from hs3.face import HS3Warning
from hs3.graph import Graph, Term
from hs3.histfactory.meaning import Channel
from hs3.resolve import resolve
from hs3.workspace import Workspace

from .measurements import constraints_of, measurement
from .refuse import refuse
from .shapes import Scope, shape
from .shapes.composites import factors
from .shapes.formulas import rate_of
from .shapes.templates import BinsPDF, binned, binned_space, steps_of
from .values import Values

T = TypeVar("T")


def to_zfit(ws: Workspace, *, analysis: str | None = None, carry: bool = False) -> Any:
    """A zfit loss with the likelihood of a document, up to a constant.

    The parameters have the document's names, values, limits and constant flags; they are those of
    ``loss.get_params(floating=None)``. Factors with and without a number of events, of unbinned and
    of binned data add up to one loss where they are of one kind, else to a
    ``zfit.loss.SimpleLoss``.

    Args:
        ws: the document.
        analysis: name of an analysis; without, the only or first one.
        carry: where zfit has no equal for a factor, give it a pdf (or a constraint) whose numbers
            and derivatives come from the engine of this package. An `HS3Warning` that begins with
            ``[zfit.carried]`` says which, and why.

    Raises:
        ConversionError: zfit has no equal for something, which the message names.
        ResolveError: as `hs3.compile`.
    """
    graph = resolve(ws, analysis=analysis)
    parts = _Parts(graph, Values(graph), carry)
    loss = parts.loss()
    if parts.reasons:
        warnings.warn(
            "[zfit.carried] hs3.engine computes what zfit has no equal for: "
            + "; ".join(dict.fromkeys(parts.reasons)),
            HS3Warning,
            stacklevel=2,
        )
    return loss


class _Parts:
    """The factors of a likelihood, each as zfit has it, or as the engine computes it.

    Attributes:
        reasons: why factors are carried.
    """

    def __init__(self, graph: Graph, values: Values, carry: bool) -> None:
        self.graph, self.values, self.carry = graph, values, carry
        self.reasons: list[str] = []

    @cached_property
    def _carrier(self) -> Any:
        from .carried import Carrier  # inside: JAX takes its time

        return Carrier(self.graph, self.values)

    def _either(self, own: Callable[[], T], carried: Callable[[Any], T]) -> T:
        try:
            return own()
        except ConversionError as refused:
            if not self.carry:
                raise
            self.reasons.append(refused.message)
        return carried(self._carrier)

    def loss(self) -> Any:
        """One loss of everything."""
        constraints = constraints_of(self.graph, self.values) + self._auxiliary()
        groups: dict[str, tuple[list[Any], list[Any]]] = {}
        losses = []
        for kind, model, data in self._factors():
            if kind == "SimpleLoss":
                losses.append(zfit.loss.SimpleLoss(model, data, errordef=0.5))
                continue
            models, samples = groups.setdefault(kind, ([], []))
            models.append(model)
            samples.append(data)
        for kind, (models, samples) in groups.items():
            own, constraints = constraints, []  # each once
            losses.append(getattr(zfit.loss, kind)(models, samples, constraints=own))
        return losses[0] if len(losses) == 1 and not constraints else _sum(losses, constraints)

    def _factors(self) -> Iterator[tuple[str, Any, Any]]:
        """Kind of loss, model and data; of a simple loss its function and parameters."""
        for i, channel in enumerate(self.graph.channels):
            yield self._either(partial(_no_channel, channel), methodcaller("channel", i))
        for i, term in enumerate(self.graph.terms):
            if term.data is not None:
                yield self._either(partial(_factor, term, self.values), methodcaller("term", i))

    def _auxiliary(self) -> list[Any]:
        """Constraints that are distributions of parameters."""

        def carried(carrier: Any, i: int) -> Any:
            return zfit.constraint.SimpleConstraint(*carrier.nll(i))

        return [
            self._either(partial(measurement, term, self.values), partial(carried, i=i))
            for i, term in enumerate(self.graph.terms)
            if term.data is None
        ]


def _no_channel(channel: Channel) -> NoReturn:
    refuse(f"the HistFactory channel {channel.name!r} has no equal in zfit", channel.name)


def _sum(losses: list[Any], constraints: list[Any]) -> Any:
    """The sum of losses of several kinds, which zfit itself does not add, and of constraints."""
    found = [p for one in losses for p in one.get_params(floating=None, is_yield=None)]
    found += [p for one in constraints for p in one.get_params(floating=None)]
    params = list({p.name: p for p in found}.values())

    def value(params: Any) -> Any:
        del params  # the losses know theirs
        own = [tf.reshape(one.value(full=True), []) for one in losses]
        return tf.add_n([*own, *(tf.reshape(c.value(), []) for c in constraints)])

    return zfit.loss.SimpleLoss(value, params, errordef=0.5)


def _factor(term: Term, values: Values) -> tuple[str, Any, Any]:
    """Kind of the loss, model and data of one factor."""
    bins: dict[str, Any] = {}
    if isinstance(term.data, BinnedData):
        if term.data.uncertainty is not None:
            refuse(
                f"the binned data {term.data.name!r} have Gaussian uncertainties, for which zfit "
                "has no likelihood",
                path=term.path,
            )
        bins = {a.name: a.bin_edges() for a in term.data.axes}
    scope = Scope(values, term.observables, bins, term.path)
    events = _events(term.distribution, scope)
    scope = scope.expecting(events)
    model = shape(term.distribution, scope)
    if isinstance(model, BinsPDF) and model.is_extended:
        events = model.get_yield()
    if bins:
        model = binned(model, scope)
    elif events is not None:
        model.set_yield(events)
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
    if isinstance(dist, BinCountsExtendedDist):
        return scope.values(dist.rate)
    if isinstance(dist, RateDensityDist | BinCountsDensityDist) and not steps_of(dist, scope):
        return rate_of(dist, scope)
    if isinstance(dist, MixtureDist) and dist.extended is not False:
        given = list(dist.coefficients or ())
        if len(given) == len(dist.summands):
            return scope.values.total(given)
    if isinstance(dist, ProductDist):
        return _events_of_product(dist, scope)
    return None


def _events_of_product(dist: ProductDist, scope: Scope) -> Any:
    """Those of the only extended factor.

    Raises:
        ConversionError: several factors are extended, or a template of rates is a factor.
    """
    found = []
    for factor in factors(dist, scope):
        if isinstance(factor, RateDensityDist | BinCountsDensityDist) and steps_of(factor, scope):
            refuse(f"{factor.name!r}, a template of rates, is part of a product", path=scope.path)
        found += [] if (events := _events(factor, scope)) is None else [events]
    if len(found) > 1:
        refuse(f"several factors of {dist.name!r} expect a number of events", path=scope.path)
    return found[0] if found else None


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
