r"""The saturated model: every bin and every auxiliary measurement at what was measured.

===========================  ===========================================  =================
data                         :math:`-\ln L_{sat}`                         degrees of freedom
===========================  ===========================================  =================
counts, also extended        :math:`\sum_b n_b - n_b\ln n_b + \ln n_b!`   bins
binned, total given          multinomial at :math:`p_b = n_b/N`           bins - 1
binned with uncertainties    :math:`\tfrac12\ln|2\pi V|`                  bins (- 1)
auxiliary measurements       the constraint at its maximum                measurements
===========================  ===========================================  =================

Unbinned data have none: at a density that peaks at every event the likelihood has no bound, and its
value at the best fit says nothing about the quality of the fit (J. Heinrich, "Pitfalls of
goodness-of-fit from likelihood", PHYSTAT 2003, arXiv:physics/0310167). `binned` counts the events
in bins instead, at the same parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import Constraint, FloatArray

from .. import constraints as aux
from ..data import Dataset, Events
from ..density import expected_events
from ..density.counts import bin_counts
from ..fit_result import FitResult
from ..inputs import Program
from ..likelihood import observed
from ..measured import predicted
from ..model import Model
from ..poisson import saturated_data
from ..sampling.terms import names_of
from ..terms import TermData, TermProgram, TermSpec, scope_of, terms_nll


def saturated_nll(model: Model, best: FitResult, data: Dataset) -> FloatArray:
    """Full nll of the saturated model, shape (n,) for n toys, () for one set of data.

    The constraint of a parameter that was held is that of the fit, as it could not follow.
    """
    counts = model.layout.stacked([data.channels[name] for name in model.channel_names])
    total: FloatArray = saturated_data(counts).sum(axis=(-2, -1))
    total = total + _constraints_nll(model, best, data)
    for name, spec, own in _terms(model):
        total = total + _term_nll(model, best, spec, own, data.contents[name])
    return total


def degrees_of_freedom(model: Model, best: FitResult) -> int:
    """Bins and auxiliary measurements of what floats, minus floating parameters."""
    measured = len(_movable(model, best))
    for _, spec, own in _terms(model):
        if spec.kind == "auxiliary":
            floating = set(best.free)
            measured += sum(
                bool(floating & _sides(model, spec, i)) for i in range(len(own.weights))
            )
        else:
            measured += len(own.weights) - (0 if _counts_events(model, best, spec, own) else 1)
    return sum(model.layout.bins) + measured - len(best.free)


def check(model: Model) -> None:
    """Refuse what has no saturated model.

    Raises:
        FitError: unbinned data, or a factor that does not tell what was measured.
    """
    specs = model.program.terms.terms if model.program.terms else ()
    for term, spec in zip(model.graph.terms, specs, strict=True):
        name = term.distribution.name
        if spec.kind == "unbinned":
            message = (
                f"the unbinned data of {name!r} have no saturated model, and the value of their "
                "likelihood says nothing about the quality of the fit: choose bins to count the "
                "events in, and toys for the p-value"
            )
            raise FitError(message, code="fit.no_saturated_model", path=term.path)
        if spec.kind == "auxiliary" and not spec.measured:
            message = f"{name!r} does not tell what was measured: it has no saturated model"
            raise FitError(message, code="fit.no_saturated_model", path=term.path)
    for constraint in aux.ordered(model.graph.constraints):
        scale = constraint.scale
        if isinstance(scale, str) and scale not in model.names:
            message = (
                f"the width of {constraint.name!r} is the function {scale!r}: it has no saturated "
                "model here"
            )
            raise FitError(message, code="fit.no_saturated_model", value=scale)


# --- parts of the likelihood ----------------------------------------------------------------------


def _constraints_nll(model: Model, best: FitResult, data: Dataset) -> FloatArray:
    total: FloatArray = np.zeros(())
    numbers, movable = best.values, set(_movable(model, best))
    for constraint in aux.ordered(model.graph.constraints):
        a = np.asarray(data.auxiliary[constraint.name], dtype=np.float64)
        scale = constraint.scale
        s = numbers[scale] if isinstance(scale, str) else float(scale)
        if constraint.name in movable:
            p = a / s if constraint.kind in ("poisson", "gamma") else a
        else:
            p = np.full_like(a, numbers[constraint.parameter])
        support = np.broadcast_to(np.array(constraint.support), (*a.shape, 2)).T
        term = aux.FORMULAS[aux.kind_of(constraint)]
        total = total + np.asarray(term(jnp.asarray(a), jnp.asarray(p), jnp.asarray(s), support))  # type: ignore[arg-type]
    return total


def _term_nll(
    model: Model, best: FitResult, spec: TermSpec, own: TermData, contents: FloatArray
) -> FloatArray:
    contents = np.asarray(contents, dtype=np.float64)
    if spec.kind == "gaussian":
        return np.full(contents.shape[:-1], float(own.constant))
    if spec.kind == "auxiliary":
        return np.full(contents.shape[:-1], _at_the_centre(model, best, spec, own))
    if _counts_events(model, best, spec, own):
        return np.asarray(saturated_data(contents).sum(axis=-1))
    return np.asarray(saturated_data(contents).sum(axis=-1) - saturated_data(contents.sum(axis=-1)))


def _at_the_centre(model: Model, best: FitResult, spec: TermSpec, own: TermData) -> float:
    """A normal distribution where what was measured is what was expected."""
    program = _program(model)
    values = model.program.named(jnp.asarray(model.theta(best.values)))
    scope = scope_of(values, program, spec, own)
    centre = predicted(scope.distribution(spec.distribution), spec.measured, scope)
    one = replace(own, weights=jnp.asarray(centre))
    alone = TermProgram((spec,), program.definitions)
    return float(jax.jit(lambda v, d: terms_nll(v, alone, (d,))[0])(values, one))


def _counts_events(model: Model, best: FitResult, spec: TermSpec, own: TermData) -> bool:
    """Whether the total of the bins is predicted, and not taken from the data."""
    values = model.program.named(jnp.asarray(model.theta(best.values)))
    scope = scope_of(values, _program(model), spec, own)
    dist = scope.distribution(spec.distribution)
    box = {n: (own.low[i], own.high[i]) for i, (n, *_) in enumerate(spec.ranges)}
    return bin_counts(dist, scope, box) is not None or expected_events(dist, scope) is not None


def _sides(model: Model, spec: TermSpec, component: int) -> set[str]:
    """Names of the parameters of one component of a measurement."""
    definitions = _program(model).definitions
    dist = definitions.distributions[spec.distribution]
    sides = (dist.x[component], dist.mean[component])  # type: ignore[attr-defined]
    names = {side for side in sides if isinstance(side, str)}
    todo = list(names)
    while todo:
        new = set(definitions.direct(todo.pop())) - names
        names |= new
        todo.extend(new)
    return names


def _movable(model: Model, best: FitResult) -> list[str]:
    """Names of the auxiliary measurements that the fit can follow."""
    held: set[str] = set(model.names) - set(best.free)
    constraints: list[Constraint] = aux.ordered(model.graph.constraints)
    return [c.name for c in constraints if c.parameter not in held]


def _terms(model: Model) -> list[tuple[str, TermSpec, TermData]]:
    program = model.program.terms
    names = names_of(model.graph.terms)
    return list(zip(names, program.terms if program else (), model.observed.terms, strict=True))


def _program(model: Model) -> TermProgram:
    program = model.program.terms
    assert program is not None
    return program


# --- unbinned data in bins ------------------------------------------------------------------------


def binned(model: Model, bins: int) -> Model:
    """The model with the events of unbinned terms counted in bins of equal width.

    Args:
        bins: along each observable.
    """
    program = model.program.terms
    if program is None:
        return model
    specs, data = [], []
    for spec, own in zip(program.terms, model.observed.terms, strict=True):
        unbinned = spec.kind == "unbinned"
        specs.append(replace(spec, kind="binned") if unbinned else spec)
        data.append(_empty(spec, bins) if unbinned else own)
    terms = TermProgram(tuple(specs), program.definitions)
    made = replace(model, program=_with_terms(model.program, terms))
    empty = observed(np.asarray(model.observed.counts), model.observed.measured, tuple(data))
    return replace(made, observed=empty).with_data(counted(model, model.data, bins))


def _with_terms(program: Program, terms: TermProgram) -> Program:
    return replace(program, terms=terms)


def counted(model: Model, data: Dataset, bins: int) -> Dataset:
    """Data with the events of unbinned terms counted in bins; of toys, all of them."""
    contents = dict(data.contents)
    for name, spec, _ in _terms(model):
        if spec.kind == "unbinned":
            edges = [np.linspace(low, high, bins + 1) for _, low, high in spec.ranges]
            contents[name] = _histogram(data.events[name], [n for n, *_ in spec.ranges], edges)
    return replace(data, contents=contents)


def _histogram(events: Events, names: Sequence[str], edges: Sequence[FloatArray]) -> FloatArray:
    weights = np.asarray(events.weights)
    columns = [np.broadcast_to(events.columns[name], weights.shape) for name in names]
    if weights.ndim == 1:
        return np.histogramdd(columns, bins=list(edges), weights=weights)[0].ravel()
    toys = range(len(weights))
    each = [
        Events({n: c[i] for n, c in zip(names, columns, strict=True)}, weights[i]) for i in toys
    ]
    return np.array([_histogram(one, names, edges) for one in each])


def _empty(spec: TermSpec, bins: int) -> TermData:
    """Bins without contents."""
    edges = [np.linspace(low, high, bins + 1) for _, low, high in spec.ranges]
    low, high = (
        np.array([axis.ravel() for axis in np.meshgrid(*(e[cut] for e in edges), indexing="ij")])
        for cut in (slice(None, -1), slice(1, None))
    )
    nothing = np.zeros(low.shape[1])
    return TermData(low, high, nothing, np.float64(0.0), np.zeros((0, 0)))  # type: ignore[arg-type]
