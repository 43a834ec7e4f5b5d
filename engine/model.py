"""A compiled likelihood with named parameters: what a user holds in the hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import jax
import numpy as np

from hs3.errors import FitError
from hs3.findings import Report, nearest
from hs3.graph import Graph, Parameter
from hs3.histfactory.meaning import Constraint, FloatArray

from . import datasets, kernels
from .accuracy import check, is_accurate, refined
from .data import Dataset
from .histfactory.interpolation import kinked
from .histfactory.layout import Layout
from .inputs import Program
from .likelihood import Arrays, Observed

Values = Mapping[str, float]
F = TypeVar("F", bound=Callable[..., float])


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
        return datasets.names_of(self.graph.channels)

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
        names = kinked(self.graph.channels)
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
        return datasets.measured(self)

    def with_data(self, data: Dataset) -> Model:
        """The same model with other data; nothing is compiled again.

        Raises:
            FitError: a channel, constraint or term is missing, has a wrong number of bins, or
                events outside of its range.
        """
        return replace(self, observed=datasets.bound(self, data))

    def expected_data(self, values: Values | FloatArray | None = None) -> Dataset:
        """Expected counts and auxiliary measurements: the Asimov data at these parameter values.

        Fitting them gives these values back (Cowan, Cranmer, Gross, Vitells, arXiv:1007.1727,
        section 3.2). Unbinned data are a grid of weighted events, fine enough for that too.

        Raises:
            CompileError: a term has none: an auxiliary distribution of an unknown form, or a
                density in more than three dimensions.
            EvaluationError: a density is negative, or an integral inaccurate.
        """
        return datasets.expected(self, self.theta(values))

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
        return datasets.sample_yields(self, self.theta(values))

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
        return datasets.drawn(self, seed, size, self.theta(values), first)

    def toys(self, data: Dataset) -> Iterator[Model]:
        """The model with each toy of a sampled `data` in turn."""
        for number in range(data.size or 0):
            yield self.with_data(data.toy(number))
