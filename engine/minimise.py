r"""Minimisation inside bounds, by Newton steps with exact curvature, as one compiled program.

Each step solves :math:`(B + \lambda D)\,p = -g` in the parameters that are free to move (those at a
bound whose gradient pushes outwards are held, Bertsekas 1982), cuts the step at the bounds and
compares the decrease with the predicted one (Levenberg-Marquardt). B is the exact Hessian where it
is positive definite, else the Fisher information, which always is, up to flat directions.

The estimated distance to the minimum, :math:`\mathrm{EDM} = \tfrac12 g^T B^{-1} g` over the free
parameters, decides about convergence, as in MINUIT (James and Roos 1975).

The whole loop is JAX: toys, scan points and signal hypotheses are a `vmap` of `minimise`.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.linalg import cho_solve

from .expansion import Expansion, expand
from .inputs import Program
from .likelihood import Arrays, Observed

EDM_GOAL = 1e-10
"""Converged when the estimated distance to the minimum, in units of nll, is below this."""

EDM_ROUNDING = 1e-6
"""Also converged when no step can lower the nll beyond rounding and the EDM is below this."""

CONVERGED, STALLED, EXHAUSTED, INFINITE = 0, 1, 2, 3
"""Status of a minimisation: found the minimum; no step helps; too many steps; bad start."""


class Box(NamedTuple):
    """Where the free parameters may go: `lower`, `upper`, and `held` for those kept fixed."""

    lower: Array
    upper: Array
    held: Array


class State(NamedTuple):
    """What the loop carries: the point, the expansion there, the damping and the verdict."""

    x: Array
    at: Expansion
    damping: Array
    tau: Array
    edm: Array
    steps: Array
    status: Array
    done: Array


def minimise(
    theta: Array,
    index: Array,
    box: Box,
    program: Program,
    arrays: Arrays,
    observed: Observed,
    max_steps: int = 200,
) -> State:
    """Minimise over ``theta[index]`` inside `box`, starting at `theta`.

    Returns:
        the final state; `status` is one of CONVERGED, STALLED, EXHAUSTED, INFINITE.
    """

    def at(x: Array, tau: Array) -> Expansion:
        return expand(theta.at[index].set(x), index, tau, program, arrays, observed)

    def advance(state: State) -> State:
        return _step(state, box, at)

    x = jnp.clip(theta[index], box.lower, box.upper)
    x = jnp.where(box.held, theta[index], x)
    tau = jnp.asarray(0.0)
    first = at(x, tau)
    good = jnp.isfinite(first.value) & jnp.all(jnp.isfinite(first.gradient))
    state = State(
        x=x,
        at=first,
        damping=jnp.asarray(0.0),
        tau=tau,
        edm=jnp.asarray(jnp.inf),
        steps=jnp.asarray(0),
        status=jnp.where(good, EXHAUSTED, INFINITE),
        done=~good,
    )
    return jax.lax.while_loop(lambda s: ~s.done & (s.steps < max_steps), advance, state)


def _step(state: State, box: Box, at) -> State:  # type: ignore[no-untyped-def]
    x, here = state.x, state.at
    free = ~box.held & ~_pushed(x, here.gradient, box)
    gradient = jnp.where(free, here.gradient, 0.0)
    matrix, diagonal = _restricted(here.curvature, free)
    factor = jnp.linalg.cholesky(matrix + jnp.diag(state.damping * diagonal))
    solvable = jnp.all(jnp.isfinite(factor))
    # A matrix that is not positive definite says nothing about the distance to the minimum.
    move = jnp.where(solvable, -cho_solve((factor, True), gradient), 0.0)
    edm = jnp.where(solvable, -0.5 * jnp.dot(gradient, move), jnp.inf)
    target = jnp.where(free, jnp.clip(x + move, box.lower, box.upper), x)
    shift = target - x
    predicted = -(jnp.dot(gradient, shift) + 0.5 * shift @ matrix @ shift)

    # Where the exact Hessian failed, look again with the Fisher information; then damp.
    retry = ~solvable & (state.tau > 0.0)
    exact = solvable & (state.damping == 0.0)
    tau = jnp.where(retry, 0.0, jnp.where(solvable, 1.0, state.tau))
    there = at(target, tau)
    gain = here.value - there.value
    rounding = 8.0 * jnp.finfo(x.dtype).eps * jnp.abs(here.value)
    ratio = jnp.where(predicted > 0.0, (gain + rounding) / (predicted + rounding), -1.0)
    sane = jnp.isfinite(there.value) & jnp.all(jnp.isfinite(there.gradient))
    accept = solvable & sane & (ratio > 1e-4)
    settled = (edm < EDM_GOAL) & exact
    stuck = exact & (predicted <= rounding) & (edm < EDM_ROUNDING)
    hopeless = state.damping > 1e10
    done = settled | stuck | hopeless
    keep = retry | (accept & (gain > -rounding))
    new = State(
        x=jnp.where(keep, target, x),
        at=jax.tree.map(lambda a, b: jnp.where(keep, a, b), there, here),
        damping=_damping(state.damping, accept, retry, ratio),
        tau=jnp.where(keep, tau, state.tau),
        edm=edm,
        steps=state.steps + 1,
        status=jnp.where(settled | stuck, CONVERGED, jnp.where(hopeless, STALLED, EXHAUSTED)),
        done=done,
    )
    return new


def _damping(damping: Array, accept: Array, retry: Array, ratio: Array) -> Array:
    """More damping after a bad step, less after a good one, none after several."""
    more = jnp.maximum(10.0 * damping, 1e-3)
    less = jnp.where(damping < 1e-3, 0.0, damping / 10.0)
    kept = jnp.where(ratio > 0.5, less, damping)
    return jnp.where(retry, damping, jnp.where(accept, kept, more))


def _pushed(x: Array, gradient: Array, box: Box) -> Array:
    """True where a parameter sits at a bound and the descent direction leads outside."""
    return ((x <= box.lower) & (gradient > 0.0)) | ((x >= box.upper) & (gradient < 0.0))


def _restricted(matrix: Array, free: Array) -> tuple[Array, Array]:
    """The matrix with rows and columns of held parameters replaced by the identity.

    A free parameter without any curvature (flat) gets one, so that it stays where it is.
    """
    diagonal = jnp.diag(matrix)
    flat = free & (diagonal == 0.0)
    pairs = free[:, None] & free[None, :]
    unit = jnp.where(free & ~flat, 0.0, 1.0)
    kept = jnp.where(pairs, matrix, 0.0) + jnp.diag(unit)
    return kept, jnp.where(free, jnp.maximum(jnp.abs(diagonal), unit), 1.0)
