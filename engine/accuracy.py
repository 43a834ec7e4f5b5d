"""Never silently wrong: integrals that are not accurate enough, densities that are negative."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from hs3.errors import CompileError, EvaluationError
from hs3.histfactory.meaning import FloatArray

from .density import Definitions
from .terms import TermProgram, log_densities, scope_of

if TYPE_CHECKING:
    from .model import Model

INACCURATE = 4
"""Status of a fit beside those of `hs3.engine.minimise`: an integral is not accurate enough."""

MOST_PANELS = 4096
STEP = 16
"""Integrals that are not accurate enough get this many times more panels."""


def finer(definitions: Definitions) -> Definitions | None:
    """The same definitions with more panels for integrals; None where there are enough of them."""
    options = definitions.options
    if options.panels >= MOST_PANELS:
        return None
    return replace(definitions, options=replace(options, panels=STEP * options.panels))


def refined(model: Model) -> Model | None:
    """The model with finer integrals, or None."""
    terms = model.program.terms
    definitions = None if terms is None else finer(terms.definitions)
    if terms is None or definitions is None:
        return None
    program = replace(model.program, terms=TermProgram(terms.terms, definitions))
    return replace(model, program=program)


def is_accurate(model: Model, error: float) -> bool:
    """Whether the relative error of the model's integrals is as small as was asked for."""
    terms = model.program.terms
    return terms is None or error <= terms.definitions.options.accuracy


def check(model: Model, theta: FloatArray, value: float, error: float) -> None:
    """Stand by a value of the likelihood, or say why not.

    Raises:
        EvaluationError: an integral is less accurate than the options ask for, or a density is
            negative at an event.
    """
    terms = model.program.terms
    assert terms is not None
    if not is_accurate(model, error):
        wanted = terms.definitions.options.accuracy
        raise EvaluationError(
            f"a numerical integral has a relative error of {error:.1e}, more than {wanted:.1e}",
            code="evaluate.inaccurate",
            value=error,
        )
    if np.isnan(value) or value == -np.inf:
        raise _undefined(model, theta)


def _undefined(model: Model, theta: FloatArray) -> EvaluationError:
    """Name the first event at which a density has no logarithm, or is infinite.

    It is infinite where its normalisation vanishes, as for a peak too narrow for any integral.
    """
    terms = model.program.terms
    assert terms is not None
    values = model.program.named(jnp.asarray(theta))
    for spec, data, term in zip(terms.terms, model.observed.terms, model.graph.terms, strict=True):
        scope = scope_of(values, terms, spec, data)
        try:
            logs = np.asarray(log_densities(spec, scope))
        except CompileError:  # counts of bins have no density of single events
            continue
        wrong = np.atleast_1d(np.isnan(logs) | (logs == np.inf))
        if wrong.any():
            first = int(np.argmax(wrong))
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
