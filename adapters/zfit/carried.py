"""Pdfs of zfit whose numbers, and their exact derivatives, come from the engine of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import tensorflow as tf
import zfit
from jax import Array

from hs3.engine import Model, kernels
from hs3.engine import compile as compile_graph
from hs3.engine.density.density import expected_events
from hs3.engine.terms import (
    TermData,
    TermSpec,
    expected_contents,
    log_densities,
    scope_of,
    terms_nll,
)
from hs3.errors import EvaluationError
from hs3.graph import Graph

from .bridge import Call, EnginePDF, called
from .shapes.templates import BinsPDF, binned_space
from .values import Values

Traced = Callable[[Array, Array], tuple[Array, Array]]
"""From parameters (P,) and events (D, N) to values, and the relative error of integrals in them."""


class Carrier:
    """Makes factors of a likelihood into models, data and constraints of zfit.

    Args:
        graph: the likelihood.
        values: zfit's parameters.
    """

    def __init__(self, graph: Graph, values: Values) -> None:
        self.graph, self.values = graph, values
        self.model: Model = compile_graph(graph).accurate()

    def channel(self, index: int) -> tuple[str, Any, Any]:
        """Kind of the loss, model and data of a HistFactory channel."""
        channel = self.graph.channels[index]
        numbers = _numbered(self.model)
        place = self.model.layout.per_channel(numbers)[index].astype(int)
        rates, pull = self._rates

        def value_of(theta: Any, events: Any) -> Any:
            del events
            return np.asarray(rates(theta))[place]

        def slope_of(theta: Any, events: Any, up: Any) -> Any:
            del events
            whole = np.zeros(numbers.size)
            whole[place] = up
            return np.asarray(pull(theta, whole))

        edges = dict(zip(channel.axes, channel.edges, strict=True))
        form = [len(e) - 1 for e in channel.edges]
        names = self.model.names
        call = called(value_of, slope_of, names)
        pdf = self._bins(call, names, edges, form, channel.name, True)
        observed = np.reshape(np.asarray(channel.observed, float), form)
        return "ExtendedBinnedNLL", pdf, _binned(edges, observed)

    @cached_property
    def _rates(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """The counts of all channels, and what pulls derivatives back: compiled once for all."""

        def rates(theta: Array) -> Array:
            return jnp.ravel(kernels.expectation(theta, self.model.program, self.model.arrays)[0])

        return jax.jit(rates), jax.jit(lambda theta, up: jax.vjp(rates, theta)[1](up)[0])

    def term(self, index: int) -> tuple[str, Any, Any]:
        """Kind of the loss, model and data of a factor of another type.

        Of binned data with Gaussian uncertainties, for which zfit has no loss of models, a
        ``SimpleLoss`` with its function and parameters.
        """
        spec, data = self._term(index)
        term = self.graph.terms[index]
        if spec.kind == "gaussian":
            value, known = self.nll(index)
            return "SimpleLoss", value, list(known.values())
        if spec.kind == "binned":
            return self._template(index, spec, data)
        names, ranges = self._names(spec), dict(term.observables)

        def density(theta: Array, events: Array) -> tuple[Array, Array]:
            at = replace(data, low=events, high=events)
            scope = scope_of(self._named(theta), self._program, spec, at)
            values = jnp.exp(log_densities(spec, scope))
            return jnp.broadcast_to(values, events.shape[1:]), _error(scope.errors)

        space = zfit.Space(list(ranges), tuple(zip(*ranges.values(), strict=True)))
        params = {name: self.values.parameters[name] for name in names}
        call = self._bridge(density, names)
        pdf = EnginePDF(call, space, params, spec.distribution)
        kind = "UnbinnedNLL"
        if (events := self._events(spec, data)) is not None:
            kind = "ExtendedUnbinnedNLL"
            pdf.set_yield(events)
        weights = np.asarray(data.weights)
        sample = zfit.Data.from_numpy(
            obs=space,
            array=np.asarray(data.low).T,
            weights=None if np.all(weights == 1.0) else weights,
        )
        return kind, pdf, sample

    def nll(self, index: int) -> tuple[Callable[[Any], Any], dict[str, Any]]:
        """The negative logarithm of one factor as a function of zfit's parameters, and these."""
        spec, data = self._term(index)
        names = self._names(spec)
        program = type(self._program)((spec,), self._program.definitions)

        def value(theta: Array, events: Array) -> tuple[Array, Array]:
            del events
            total, error = terms_nll(self._named(theta), program, [data])
            return total, error

        call = self._bridge(value, names)
        known = {name: self.values.parameters[name] for name in names}

        def total(params: Any) -> Any:
            del params  # zfit's own form of them
            return tf.reshape(call(known, np.zeros((1, 0))), [])

        return total, known

    # --- parts ------------------------------------------------------------------------------------

    @property
    def _program(self) -> Any:
        return self.model.program.terms

    def _term(self, index: int) -> tuple[TermSpec, TermData]:
        return self._program.terms[index], self.model.observed.terms[index]

    def _named(self, theta: Array) -> dict[str, Array]:
        return self.model.program.named(theta)

    def _names(self, spec: TermSpec) -> tuple[str, ...]:
        own = self._program.definitions.leaves(spec.distribution)
        return tuple(name for name in self.model.names if name in own)

    def _template(self, index: int, spec: TermSpec, data: TermData) -> tuple[str, Any, Any]:
        """Expected contents of the bins; their sum counts where the factor is extended."""
        term = self.graph.terms[index]
        edges = {a.name: a.bin_edges() for a in term.data.axes}
        form = [len(e) - 1 for e in edges.values()]

        def contents(theta: Array, events: Array) -> tuple[Array, Array]:
            del events
            scope = scope_of(self._named(theta), self._program, spec, data)
            return expected_contents(spec, scope, data)[0], _error(scope.errors)

        scope = scope_of(self._named(jnp.asarray(self.model.start)), self._program, spec, data)
        counted = expected_contents(spec, scope, data)[1]
        names = self._names(spec)
        call = self._bridge(contents, names)
        pdf = self._bins(call, names, edges, form, spec.distribution, counted)
        observed = np.reshape(np.asarray(term.data.contents, float), form)
        kind = "ExtendedBinnedNLL" if counted else "BinnedNLL"
        return kind, pdf, _binned(edges, observed)

    def _events(self, spec: TermSpec, data: TermData) -> Any:
        """The yield, or None."""

        def expected(theta: Array) -> Array | None:
            scope = scope_of(self._named(theta), self._program, spec, data)
            return expected_events(scope.distribution(spec.distribution), scope)

        if expected(jnp.asarray(self.model.start)) is None:
            return None
        names = self._names(spec)
        call = self._bridge(lambda theta, _: (jnp.asarray(expected(theta)), jnp.zeros(())), names)
        return zfit.ComposedParameter(
            f"{spec.distribution}_events",
            lambda params: call(params, np.zeros((1, 0))),
            params={name: self.values.parameters[name] for name in names},
            unpack_params=False,
        )

    def _bins(
        self,
        call: Call,
        names: Sequence[str],
        edges: Mapping[str, Any],
        form: Sequence[int],
        name: str,
        events: bool,
    ) -> BinsPDF:
        params = {n: self.values.parameters[n] for n in names}

        def bins(params: Mapping[str, Any]) -> Any:
            return tf.reshape(call(params, np.zeros((1, 0))), form)

        return BinsPDF(bins, binned_space(edges), params, name, events)

    def _bridge(self, function: Traced, names: Sequence[str]) -> Call:
        """A function for TensorFlow, with its exact derivatives by the parameters.

        Raises:
            EvaluationError: when it is called, an integral is not accurate.
        """
        place = np.array([self.model.position(name) for name in names], int)
        start, wanted = jnp.asarray(self.model.start), 1.0
        if self._program is not None:
            wanted = self._program.definitions.options.accuracy

        def full(own: Array, events: Array) -> tuple[Array, Array]:
            return function(start.at[place].set(own), events)

        evaluate = jax.jit(full)
        pull = jax.jit(lambda own, events, up: jax.vjp(lambda t: full(t, events)[0], own)[1](up)[0])

        def value_of(own: Any, events: Any) -> Any:
            value, error = evaluate(own, events)
            if float(error) > wanted:
                message = f"an integral has a relative error of {float(error):.1e}"
                raise EvaluationError(message, code="evaluate.inaccurate", value=float(error))
            return np.asarray(value)

        def slope_of(own: Any, events: Any, up: Any) -> Any:
            return np.asarray(pull(own, events, up))

        return called(value_of, slope_of, names)


def _numbered(model: Model) -> Any:
    """A number for each place in the stacked counts."""
    shape = np.asarray(model.observed.counts).shape
    return np.arange(float(np.prod(shape))).reshape(shape)


def _error(errors: Sequence[Array]) -> Array:
    return jnp.max(jnp.stack([jnp.zeros(()), *errors]))


def _binned(edges: Mapping[str, Any], contents: Any) -> Any:
    return zfit.data.BinnedData.from_tensor(space=binned_space(edges), values=contents)
