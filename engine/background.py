"""What is known about the background of a search, for simplified likelihoods (`hs3.simplified`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from hs3.edit.occurrences import of_entry
from hs3.errors import EditError
from hs3.findings import Finding
from hs3.graph import Graph
from hs3.histfactory.meaning import BinFactors, BinFunction, Effect, FloatArray

from . import kernels
from .diagnostics.uncertainty import after_fit
from .fit import fit
from .histfactory.effects import lowered
from .model import Model
from .prefit import prefits
from .profile import converged


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Parameters and their uncertainty.

    Attributes:
        theta: values of all T parameters.
        factor: a factor L (T, P) of their covariance L Lᵀ; rows of constants are zero.
        fitted: number of parameters whose uncertainty comes from a fit.
    """

    theta: FloatArray
    factor: FloatArray
    fitted: int


def after_background_fit(model: Model, pois: Mapping[str, float]) -> Knowledge:
    """From the fit of the model itself without signal.

    Raises:
        FitError: the fit does not converge.
    """
    best = converged(fit(model, fixed=pois))
    theta, factor = after_fit(model, best)
    return Knowledge(theta, factor, len(best.free))


def after_control_fit(model: Model, control: Model, pois: Mapping[str, float]) -> Knowledge:
    """From the fit of some channels; parameters they know nothing of are as before the fit.

    Raises:
        EditError: a parameter that floats has neither a measurement nor a control channel.
        FitError: the fit does not converge.
    """
    held = {name: value for name, value in pois.items() if name in control.names}
    best = converged(fit(control, fixed=held))
    theta, before = _before(model, {*best.free, *pois})
    inner, own = after_fit(control, best)
    factor = np.zeros((len(model.names), before.shape[1] + own.shape[1]))
    factor[:, : before.shape[1]] = before
    for row, name in enumerate(control.names):
        if name in best.free:
            theta[model.position(name)] = inner[row]
            factor[model.position(name), before.shape[1] :] = own[row]
    for name, value in pois.items():
        theta[model.position(name)] = value
    return Knowledge(theta, factor, len(best.free))


def before_any_fit(model: Model, pois: Mapping[str, float]) -> Knowledge:
    """From the auxiliary measurements alone.

    Raises:
        EditError: a parameter that floats is not measured.
    """
    theta, factor = _before(model, set(pois))
    for name, value in pois.items():
        theta[model.position(name)] = value
    return Knowledge(theta, factor, 0)


def _before(model: Model, known: Collection[str]) -> tuple[FloatArray, FloatArray]:
    """Values and widths before the fit; those of `known` names come from elsewhere."""
    theta = model.start.copy()
    measured = prefits(model)
    floating = [p.name for p in model.graph.parameters if not p.const and p.name not in known]
    free = [name for name in floating if name not in measured]
    if free:
        shown = ", ".join(free[:5]) + (" …" if len(free) > 5 else "")
        message = f"nothing tells the width of {shown}: fit the channels that do (`control`)"
        raise EditError([Finding("simplify.unmeasured", "", message, free[0])])
    factor = np.zeros((len(theta), len(floating)))
    for column, name in enumerate(floating):
        row = model.position(name)
        theta[row] = measured[name].value
        factor[row, column] = measured[name].width
    return theta, factor


def reach(graph: Graph) -> dict[str, set[str]]:
    """Function → the parameters that it depends on, directly or not."""
    direct = {
        f.name: {o.name for o in of_entry(graph.workspace, f, ("functions", 0))}
        for f in graph.functions
    }
    found: dict[str, set[str]] = {}
    for function in graph.functions:  # dependencies first
        found[function.name] = {
            leaf for name in direct[function.name] for leaf in found.get(name, {name})
        }
    return found


def signals(graph: Graph, pois: Collection[str]) -> dict[str, set[str]]:
    """Channel → its samples that depend on a parameter of interest."""
    leaves = reach(graph)
    out: dict[str, set[str]] = {}
    for channel in graph.channels:
        for sample in channel.samples:
            for modifier in sample.modifiers:
                several = isinstance(modifier, BinFactors | BinFunction | Effect)
                names = modifier.parameters if several else (modifier.parameter,)  # type: ignore[union-attr]
                if any(leaves.get(n, {n}) & set(pois) for n in names):
                    out.setdefault(channel.name, set()).add(sample.name)
    return out


def covariance(
    model: Model, known: Knowledge, signal: Mapping[str, Collection[str]]
) -> dict[tuple[str, str], FloatArray]:
    r"""Covariance of the background's bins, for each pair of channels (bins, bins).

    :math:`V = J C J^T` with the derivatives :math:`J` of the expected counts, exact.
    """
    channels = lowered(model.graph)[0]
    rows = max(len(channel.samples) for channel in channels)
    mask = np.zeros((len(model.layout.pieces), rows))
    for place, piece in enumerate(model.layout.pieces):
        channel = channels[piece.channel]
        for row, sample in enumerate(channel.samples):
            mask[place, row] = sample.name not in signal.get(channel.name, ())

    def counts(theta: jax.Array) -> jax.Array:
        stacked = kernels.sample_yields(theta, model.program, model.arrays)
        return jnp.einsum("cs,csw->cw", mask[:, : stacked.shape[1]], stacked)

    theta = jnp.asarray(known.theta)
    slopes = jax.lax.map(
        lambda column: jax.jvp(counts, (theta,), (column,))[1], jnp.asarray(known.factor.T)
    )
    parts = dict(
        zip(model.channel_names, model.layout.per_channel(np.asarray(slopes)), strict=True)
    )
    return {(a, b): x.T @ y for a, x in parts.items() for b, y in parts.items()}
