"""Never silently wrong: integrals that are not accurate enough, densities that are negative."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from hs3.errors import EvaluationError
from hs3.histfactory.meaning import FloatArray

from . import kernels
from .terms import TermProgram, log_densities, scope_of

if TYPE_CHECKING:
    from .model import Model

MOST_PANELS = 1024


def refined(model: Model) -> Model:
    """The model with as many integration panels as its accuracy needs at the start."""
    while True:
        terms = model.program.terms
        assert terms is not None
        _, error = kernels.evaluate(model.start, model.program, model.arrays, model.observed)
        options = terms.definitions.options
        if not float(error) > options.accuracy or options.panels >= MOST_PANELS:
            return model
        finer = replace(terms.definitions, options=replace(options, panels=4 * options.panels))
        program = replace(model.program, terms=TermProgram(terms.terms, finer))
        model = replace(model, program=program)


def check(model: Model, theta: FloatArray, value: float, error: float) -> None:
    """Stand by a value of the likelihood, or say why not.

    Raises:
        EvaluationError: an integral is less accurate than the options ask for, or a density is
            negative at an event.
    """
    terms = model.program.terms
    assert terms is not None
    wanted = terms.definitions.options.accuracy
    if error > wanted:
        raise EvaluationError(
            f"a numerical integral has a relative error of {error:.1e}, more than {wanted:.1e}",
            code="evaluate.inaccurate",
            value=error,
        )
    if np.isnan(value):
        raise _undefined(model, theta)


def _undefined(model: Model, theta: FloatArray) -> EvaluationError:
    """Name the first event at which a density has no logarithm."""
    terms = model.program.terms
    assert terms is not None
    values = model.program.named(jnp.asarray(theta))
    for spec, data, term in zip(terms.terms, model.observed.terms, model.graph.terms, strict=True):
        scope = scope_of(values, terms, spec, data)
        logs = np.asarray(log_densities(spec, scope))
        if np.isnan(logs).any():
            first = int(np.argmax(np.isnan(np.atleast_1d(logs))))
            where = ", ".join(
                f"{name} = {np.asarray(data.low)[i, first]:g}"
                for i, (name, *_) in enumerate(spec.ranges)
                if np.asarray(data.low).shape[1]
            )
            return EvaluationError(
                f"{spec.distribution!r} is negative or undefined at {where or 'its data'}",
                code="evaluate.negative_density",
                path=term.path,
            )
    return EvaluationError("the likelihood is undefined", code="evaluate.undefined")
