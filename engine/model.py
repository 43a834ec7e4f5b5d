"""A compiled likelihood with named parameters: what a user holds in the hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from hs3 import extensions
from hs3.errors import CompileError, FitError
from hs3.findings import Report, nearest
from hs3.functions import Function
from hs3.graph import Graph, Parameter
from hs3.histfactory.meaning import (
    Constraint,
    FloatArray,
    HistoSys,
    Interpolation,
    NormSys,
)

from . import constraints as aux
from . import kernels
from .accuracy import check, is_accurate, refined
from .data import Dataset, Events
from .density import Options
from .density.document import paths
from .functions import evaluate_all
from .histfactory.effects import lowered
from .histfactory.layout import Layout, plan
from .histfactory.pack import pack
from .inputs import Program, input_slots
from .likelihood import Arrays, Observed
from .needed import needed_functions
from .poisson import saturated_data
from .sampling import terms as sampling
from .terms import TermData, TermSpec, term_data, term_program

Values = Mapping[str, float]
DEFAULT = Options()
F = TypeVar("F", bound=Callable[..., float])
KINKED_CODES = (Interpolation.LINEAR, Interpolation.EXPONENTIAL)


def _minimised(*, errordef: float) -> Callable[[F], F]:
    """Mark a method with MINUIT's error definition, where `iminuit.Minuit` looks for it."""

    def mark(function: F) -> F:
        setattr(function, "errordef", errordef)  # noqa: B010 - functions have no such attribute
        return function

    return mark


@dataclass(frozen=True)
class ModelParameter(Parameter):
    """A parameter of a model together with the auxiliary measurements of it."""

    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, eq=False)
class Model:
    """The likelihood of one graph, compiled on first use.

    All methods take parameter values by name; parameters that are left out keep the value that the
    document gives them. Negative log-likelihoods are full: Poisson factorials and the
    normalisation of constraints are included, so that on a pyhf model `twice_nll` is pyhf's
    ``-2 logpdf``.

    Attributes:
        graph: what was compiled.
        layout: how channels lie in the arrays.
        program: how functions follow from the parameters.
        arrays: the model's numbers.
        observed: the data's numbers.
    """

    graph: Graph
    layout: Layout
    program: Program
    arrays: Arrays
    observed: Observed

    # --- parameters ---------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the likelihood."""
        return self.graph.name

    @property
    def report(self) -> Report:
        """What had to be assumed, ignored or read by convention."""
        return self.graph.report

    @cached_property
    def parameters(self) -> tuple[ModelParameter, ...]:
        """All parameters with value, bounds, constant flag and constraints."""
        constraints: dict[str, list[Constraint]] = {}
        for constraint in self.graph.constraints:
            constraints.setdefault(constraint.parameter, []).append(constraint)
        return tuple(
            ModelParameter(**vars(p), constraints=tuple(constraints.get(p.name, ())))
            for p in self.graph.parameters
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all parameters, the order of every array of values."""
        return tuple(p.name for p in self.graph.parameters)

    @cached_property
    def channel_names(self) -> tuple[str, ...]:
        """Names of the channels, with their place where one is listed twice."""
        return sampling.names_of(self.graph.channels)

    @property
    def pois(self) -> tuple[str, ...]:
        """Names of the parameters of interest."""
        return self.graph.pois

    @cached_property
    def start(self) -> FloatArray:
        """The document's values, shape (parameters,)."""
        return np.array([p.value for p in self.graph.parameters], dtype=np.float64)

    def theta(self, values: Values | FloatArray | None = None) -> FloatArray:
        """All parameter values as an array.

        Args:
            values: by name, missing ones at the document's value; or already an array.

        Raises:
            FitError: a name is not a parameter of this model, or an array of wrong length.
        """
        if values is None:
            return self.start
        if not isinstance(values, Mapping):
            array = np.asarray(values, dtype=np.float64)
            if array.shape != self.start.shape:
                raise FitError(
                    f"{array.shape} values for {len(self.names)} parameters",
                    code="fit.wrong_shape",
                )
            return array
        theta = self.start.copy()
        for name, value in values.items():
            theta[self.position(name)] = value
        return theta

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def kinked(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """True for parameters with an interpolation that has a kink at zero, (parameters,)."""
        names = {
            m.parameter
            for channel in self.graph.channels
            for sample in channel.samples
            for m in sample.modifiers
            if isinstance(m, NormSys | HistoSys) and m.interpolation in KINKED_CODES
        }
        return np.array([name in names for name in self.names], dtype=bool)

    def position(self, name: str) -> int:
        """Index of a parameter in arrays of values.

        Raises:
            FitError: no such parameter.
        """
        if name not in self._positions:
            raise FitError(
                f"the model has no parameter {name!r}",
                code="fit.unknown_parameter",
                value=name,
                suggestions=nearest(name, self.names),
            )
        return self._positions[name]

    # --- the likelihood -------------------------------------------------------------------------

    @_minimised(errordef=0.5)
    def nll(self, values: Values | FloatArray | None = None) -> float:
        """The negative log-likelihood of the data at these parameter values.

        Raises:
            EvaluationError: a density is negative at an event, or an integral is not accurate.
        """
        theta = self.theta(values)
        value, error = kernels.evaluate(theta, self.program, self.arrays, self.observed)
        if self.program.terms is not None:
            if not is_accurate(self, float(error)) and self._finer is not None:
                return self._finer.nll(theta)
            check(self, theta, float(value), float(error))
        return float(value)

    @cached_property
    def _finer(self) -> Model | None:
        """The model with finer integrals, for where those of this one are not accurate."""
        return refined(self)

    def accurate(self) -> Model:
        """The model with integrals as fine as it needs at the document's values."""
        _, error = kernels.evaluate(self.start, self.program, self.arrays, self.observed)
        if is_accurate(self, float(error)) or self._finer is None:
            return self
        return self._finer.accurate()

    @_minimised(errordef=1.0)
    def twice_nll(self, values: Values | FloatArray | None = None) -> float:
        """Twice `nll`."""
        return 2.0 * self.nll(values)

    def value_and_gradient(
        self, values: Values | FloatArray | None = None
    ) -> tuple[float, FloatArray]:
        """`nll` and its exact gradient with respect to all parameters, shape (parameters,)."""
        value, gradient = kernels.value_and_gradient(
            self.theta(values), self.program, self.arrays, self.observed
        )
        return float(value), np.asarray(gradient)

    def gradient(self, values: Values | FloatArray | None = None) -> FloatArray:
        """The exact gradient of `nll` with respect to all parameters, shape (parameters,)."""
        return self.value_and_gradient(values)[1]

    def hessian(self, values: Values | FloatArray | None = None) -> FloatArray:
        """The exact matrix of second derivatives of `nll`, shape (parameters, parameters)."""
        return self._curvature(values, 1.0)

    def fisher_information(self, values: Values | FloatArray | None = None) -> FloatArray:
        r"""Fisher information of the counts plus the curvature of the constraints.

        :math:`F_{ij} = \sum_b \nu_b^{-1}\,\partial_i\nu_b\,\partial_j\nu_b + \partial_i\partial_j
        (-\ln p_{aux})`, shape (parameters, parameters).
        """
        return self._curvature(values, 0.0)

    def _curvature(self, values: Values | FloatArray | None, tau: float) -> FloatArray:
        index = np.arange(len(self.names))
        at = kernels.expand(
            self.theta(values), index, np.float64(tau), self.program, self.arrays, self.observed
        )
        return np.asarray(at.curvature)

    # --- data -------------------------------------------------------------------------------------

    @cached_property
    def data(self) -> Dataset:
        """The data of the likelihood by name."""
        counts = self.layout.per_channel(np.asarray(self.observed.counts))
        inputs = np.asarray(kernels.inputs(self.start, self.program))
        measured = self.observed.measured
        values = np.asarray(measured.value) * inputs[np.asarray(measured.slot)]
        named = self._named(self.start)
        parts = [sampling.part_of(*term, named) for term in self._terms]
        return self._dataset(counts, values, parts)

    def _dataset(
        self, counts: list[FloatArray], auxiliary: FloatArray, parts: Sequence[sampling.Part | None]
    ) -> Dataset:
        named = list(zip(sampling.names_of(self.graph.terms), parts, strict=True))
        return Dataset(
            dict(zip(self.channel_names, counts, strict=True)),
            {c.name: auxiliary[..., i] for i, c in enumerate(self._constraints)},
            {name: part for name, part in named if isinstance(part, Events)},
            {name: part for name, part in named if isinstance(part, np.ndarray)},
        )

    @property
    def _terms(self) -> list[tuple[TermSpec, TermData]]:
        program = self.program.terms
        return list(zip(program.terms if program else (), self.observed.terms, strict=True))

    @cached_property
    def _constraints(self) -> tuple[Constraint, ...]:
        return tuple(aux.ordered(self.graph.constraints))

    def with_data(self, data: Dataset) -> Model:
        """The same model with other data; nothing is compiled again.

        Raises:
            FitError: a channel, constraint or term is missing, has a wrong number of bins, or
                events outside of its range.
        """
        counts = self.layout.stacked(
            [
                self._counts(data, name, channel.bins)
                for name, channel in zip(self.channel_names, self.graph.channels, strict=True)
            ]
        )
        measured = aux.replaced(self._constraints, data.auxiliary)
        return replace(self, observed=observe(counts, measured, self.terms_with(data)))

    def terms_with(self, data: Dataset, toys: tuple[int, ...] = ()) -> tuple[TermData, ...]:
        """The arrays of the terms with other data (see `hs3.engine.sampling.terms.replaced`)."""
        names = sampling.names_of(self.graph.terms)
        return tuple(
            sampling.replaced(name, spec, old, data, toys)
            for name, (spec, old) in zip(names, self._terms, strict=True)
        )

    @staticmethod
    def _counts(data: Dataset, channel: str, bins: int) -> FloatArray:
        counts = np.asarray(data.channels.get(channel, np.empty(0)), dtype=np.float64)
        if counts.shape != (bins,):
            raise FitError(
                f"channel {channel!r} needs {bins} counts, the data have {counts.shape}",
                code="fit.wrong_data",
                value=channel,
            )
        return counts

    def expected_data(self, values: Values | FloatArray | None = None) -> Dataset:
        """Expected counts and auxiliary measurements: the Asimov data at these parameter values.

        Fitting them gives these values back (Cowan, Cranmer, Gross, Vitells, arXiv:1007.1727,
        section 3.2). Unbinned data are a grid of weighted events, fine enough for that too.

        Raises:
            CompileError: a term has none: an auxiliary distribution of an unknown form, or a
                density in more than three dimensions.
            EvaluationError: a density is negative, or an integral inaccurate.
        """
        theta = self.theta(values)
        rates, auxiliary = kernels.expectation(theta, self.program, self.arrays)
        terms = self.program.terms
        parts = [
            sampling.expected(terms, *term, self._named(theta)) for term in self._terms if terms
        ]
        return self._dataset(
            self.layout.per_channel(np.asarray(rates)), np.asarray(auxiliary), parts
        )

    def _named(self, theta: FloatArray) -> dict[str, jax.Array]:
        return self.program.named(jnp.asarray(theta))

    asimov_data = expected_data

    def expected_counts(self, values: Values | FloatArray | None = None) -> dict[str, FloatArray]:
        """Expected counts per bin of each channel."""
        rates, _ = kernels.expectation(self.theta(values), self.program, self.arrays)
        counts = self.layout.per_channel(np.asarray(rates))
        return dict(zip(self.channel_names, counts, strict=True))

    def sample_yields(
        self, values: Values | FloatArray | None = None
    ) -> dict[str, dict[str, FloatArray]]:
        """Expected counts per bin of each sample of each channel."""
        stacked = kernels.sample_yields(self.theta(values), self.program, self.arrays)
        per_channel = self.layout.per_channel(np.moveaxis(np.asarray(stacked), 1, 0))
        out: dict[str, dict[str, FloatArray]] = {}
        channels = lowered(self.graph)[0]
        for name, channel, yields in zip(self.channel_names, channels, per_channel, strict=True):
            own = out.setdefault(name, {})
            for sample, counts in zip(channel.samples, yields, strict=False):
                own[sample.name] = own[sample.name] + counts if sample.name in own else counts
        return out

    def sample(
        self,
        seed: int | jax.Array,
        size: int,
        values: Values | FloatArray | None = None,
        first: int = 0,
    ) -> Dataset:
        """`size` toys: random data of channels, auxiliary measurements and terms at these values.

        A toy is told by the seed and its number alone: it does not change with `size` or `first`.
        Terms draw as many events as observed, or a Poisson number where they are extended
        (`hs3.engine.sampling.terms`).

        Args:
            seed: an integer, or a JAX random key; the same seed gives the same toys everywhere.
            first: number of the first toy.

        Raises:
            CompileError: a term cannot be drawn: an auxiliary distribution of an unknown form, or
                a density in more than three dimensions.
            EvaluationError: a density is negative, or varies too much to be followed.
        """
        key = jax.random.key(seed) if isinstance(seed, int) else seed
        theta, terms = self.theta(values), self.program.terms
        counts, auxiliary = kernels.sample(
            key, size, theta, self.program, self.arrays, jnp.asarray(first)
        )
        toys = jax.vmap(partial(jax.random.fold_in, key))(first + jnp.arange(size))
        parts = []
        for number, term in enumerate(self._terms):
            assert terms is not None
            # 0 and 1 are taken: channels and auxiliary measurements split the key of the toy
            keys = jax.vmap(lambda toy, n=number: jax.random.fold_in(toy, 2 + n))(toys)
            parts.append(sampling.sample(terms, *term, self._named(theta), keys))
        return self._dataset(
            self.layout.per_channel(np.asarray(counts)), np.asarray(auxiliary), parts
        )

    def toys(self, data: Dataset) -> Iterator[Model]:
        """The model with each toy of a sampled `data` in turn."""
        for number in range(data.size or 0):
            yield self.with_data(data.toy(number))


def observe(
    counts: FloatArray, measured: aux.Measured, terms: tuple[TermData, ...] = ()
) -> Observed:
    """Bind counts (C, W) and auxiliary measurements, with the constant that follows from them."""
    constant = np.float64(saturated_data(counts).sum())
    return jax.device_put(Observed(counts, measured, constant, terms))  # type: ignore[arg-type, no-any-return]


def _try(functions: Sequence[Function], graph: Graph) -> None:
    """Evaluate the functions without computing anything, so that errors come with their place."""
    if functions:
        values = {p.name: jnp.float64(p.value) for p in graph.parameters}
        jax.eval_shape(lambda v: evaluate_all(functions, v, paths(graph.workspace)), values)


def compile(graph: Graph, options: Options = DEFAULT) -> Model:
    """Turn a resolved graph into a likelihood that can be evaluated, differentiated and fitted.

    Args:
        options: conventions of evaluation; the defaults are what is mathematically right.

    Raises:
        CompileError: a part of the likelihood is of a type that the engine cannot evaluate.
    """
    extensions.load("hs3.engine")
    for channel in graph.channels:
        if channel.observed is None:
            raise CompileError(
                f"channel {channel.name!r} has no data", code="compile.no_data", path=channel.path
            )
    names = [p.name for p in graph.parameters]
    functions = needed_functions(graph)
    _try(functions, graph)
    channels, effects = lowered(graph)
    slots = input_slots(names, functions, effects)
    layout = plan([channel.bins for channel in graph.channels])
    counts = layout.stacked([c.observed for c in graph.channels if c.observed is not None])
    blocks = pack(channels, layout, slots) if channels else None
    arrays = Arrays(blocks, aux.pack(graph.constraints, slots))
    program = term_program(graph, options)
    specs = program.terms if program else ()
    terms = tuple(term_data(*pair) for pair in zip(graph.terms, specs, strict=True))
    model = Model(
        graph,
        layout,
        Program.of(functions, names, program, effects),
        jax.device_put(arrays),
        observe(counts, aux.measured(graph.constraints, slots), terms),
    )
    return model.accurate() if graph.terms else model
