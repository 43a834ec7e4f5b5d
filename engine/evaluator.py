"""Values of single distributions and functions of a document, at any point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from hs3 import extensions
from hs3.errors import CompileError, EvaluationError
from hs3.findings import nearest
from hs3.histfactory.meaning import FloatArray
from hs3.workspace import Workspace

from .accuracy import finer
from .density import Definitions, DensityScope, Options, definitions_of, log_density
from .density.scope import Range
from .sampling import draw


@dataclass(frozen=True, eq=False)
class Evaluator:
    """Evaluates what a document defines, outside of any likelihood.

    Attributes:
        definitions: the document's functions and distributions.
        values: every parameter's value, from the parameter points.
        ranges: range of every name that a domain gives one.
    """

    definitions: Definitions
    values: Mapping[str, float]
    ranges: Mapping[str, Range]

    @classmethod
    def of(cls, ws: Workspace, options: Options | None = None) -> Evaluator:
        """The evaluator of a document; later points do not overwrite earlier ones.

        The domain that ROOT calls ``default_domain`` counts before others, which hold parts.
        """
        extensions.load("hs3.engine")
        values: dict[str, float] = {}
        for point in ws.parameter_points or ():
            for entry in point.parameters or ():
                if entry.value is not None:
                    values.setdefault(entry.name, float(entry.value))
        definitions = definitions_of(ws, options=options)
        return cls(definitions, values, definitions.domains)

    def density(
        self,
        pdf: str,
        observables: Sequence[str] | Mapping[str, tuple[float, float]],
        values: Mapping[str, ArrayLike] | None = None,
    ) -> FloatArray:
        """Density of `pdf`, normalised over `observables` in their ranges.

        Args:
            pdf: name of a distribution.
            observables: names (with the document's ranges), or name → range.
            values: values of observables and parameters, arrays of one length or numbers; those
                left out have the document's value.

        Raises:
            CompileError: an unknown name or type, or an observable without a range.
            EvaluationError: an integral is not accurate enough.
        """
        ranges = self._ranges(observables)
        at = {**self.values, **(values or {})}
        definitions = self.definitions
        while True:
            scope = DensityScope(at, definitions, ranges)
            log = np.asarray(log_density(scope.distribution(pdf), scope, tuple(ranges)), np.float64)
            out: FloatArray = np.exp(log)
            error = float(max(scope.errors, default=jnp.zeros(())))
            if error <= definitions.options.accuracy:
                return out
            better = finer(definitions)
            if better is None:
                raise EvaluationError(
                    f"the normalisation of {pdf!r} has a relative error of {error:.1e}",
                    code="evaluate.inaccurate",
                    value=error,
                )
            definitions = better

    def sample(
        self,
        pdf: str,
        observables: Sequence[str] | Mapping[str, tuple[float, float]],
        size: int,
        seed: int | jax.Array = 0,
        values: Mapping[str, float] | None = None,
    ) -> dict[str, FloatArray]:
        """Random events of `pdf` in the ranges of its observables, shape (size,) each.

        Args:
            pdf: name of a distribution.
            observables: names (with the document's ranges), or name → range.
            size: number of events.
            seed: an integer, or a JAX random key; the same seed gives the same events everywhere.
            values: parameters by name; those left out have the document's value.

        Raises:
            CompileError: the distribution cannot be drawn from (see `hs3.engine.sampling.sampler`).
            EvaluationError: its density is negative somewhere, or varies too much to be followed.
        """
        ranges = self._ranges(observables)
        scope = DensityScope({**self.values, **(values or {})}, self.definitions, ranges)
        key = jax.random.key(seed) if isinstance(seed, int) else seed
        events = draw(scope.distribution(pdf), scope, tuple(ranges), key[None], size)
        return {name: column[0] for name, column in events.items()}

    def function(self, name: str, values: Mapping[str, ArrayLike] | None = None) -> FloatArray:
        """Value of a function at `values`, those left out at the document's value.

        Raises:
            CompileError: an unknown name or type.
        """
        scope = DensityScope({**self.values, **(values or {})}, self.definitions, {})
        return np.asarray(scope(name), dtype=np.float64)

    def _ranges(
        self, observables: Sequence[str] | Mapping[str, tuple[float, float]]
    ) -> dict[str, Range]:
        if isinstance(observables, Mapping):
            return dict(observables)
        for name in observables:
            if name not in self.ranges:
                raise CompileError(
                    f"no domain gives the observable {name!r} a range",
                    value=name,
                    suggestions=nearest(name, self.ranges),
                )
        return {name: self.ranges[name] for name in observables}
