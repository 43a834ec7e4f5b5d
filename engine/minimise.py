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

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.linalg import cho_solve

from .expansion import expand
from .inputs import Program
from .likelihood import Arrays, Observed
from .second_order import Expansion

EDM_GOAL = 1e-10
"""Converged when the estimated distance to the minimum, in units of nll, is below this."""

EDM_ROUNDING = 1e-6
"""Also converged when no step can lower the nll beyond rounding and the EDM is below this."""

ROUNDING = 8.0 * float(jnp.finfo(jnp.float64).eps)
"""Differences of likelihoods below this fraction are noise."""

BESIDE = 1e-300
"""How far beside a kink its two sides are looked at."""

HOPELESS = 1e10
"""With more damping than this, steps are too short to change anything."""

CONVERGED, STALLED, EXHAUSTED, INFINITE = 0, 1, 2, 3
"""Status of a minimisation: found the minimum; no step helps; too many steps; bad start."""


class Box(NamedTuple):
    """Where the free parameters may go.

    Attributes:
        lower, upper: bounds, infinite where there are none.
        held: True for those kept fixed.
        kinked: True for those in which the likelihood has a kink at zero, as the piecewise linear
            and piecewise exponential interpolations do.
    """

    lower: Array
    upper: Array
    held: Array
    kinked: Array


class State(NamedTuple):
    """What the loop carries: the point, the expansion there, the damping and the verdict.

    A `fresh` state has no expansion yet. The first turn of the loop makes it, so that the program
    holds the likelihood only once.

    A kink is a bound that can be crossed: a parameter at a kink is expanded on one `side` of it,
    and its steps end there. Before the verdict the other side is looked at, too (`both_sides`).
    """

    x: Array
    at: Expansion
    damping: Array
    tau: Array
    side: Array
    both_sides: Array
    fresh: Array
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
    size = index.shape[0]
    nowhere = Expansion(jnp.asarray(jnp.inf), jnp.zeros(size), jnp.zeros((size, size)))
    state = State(
        x=x,
        at=nowhere,
        damping=jnp.asarray(0.0),
        tau=jnp.asarray(0.0),
        side=jnp.where(x < 0.0, -1.0, 1.0),
        both_sides=jnp.asarray(False),
        fresh=jnp.asarray(True),
        edm=jnp.asarray(jnp.inf),
        steps=jnp.asarray(0),
        status=jnp.asarray(EXHAUSTED),
        done=jnp.asarray(False),
    )
    return jax.lax.while_loop(lambda s: ~s.done & (s.steps < max_steps), advance, state)


def _step(state: State, box: Box, at: Callable[[Array, Array], Expansion]) -> State:
    x, here = state.x, state.at
    at_kink = box.kinked & (x == 0.0)
    lower = jnp.where(box.kinked & (state.side > 0.0), jnp.maximum(box.lower, 0.0), box.lower)
    upper = jnp.where(box.kinked & (state.side < 0.0), jnp.minimum(box.upper, 0.0), box.upper)
    pushed = ((x <= lower) & (here.gradient > 0.0)) | ((x >= upper) & (here.gradient < 0.0))
    free = ~box.held & ~pushed & ~_without_effect(here, box)
    gradient = jnp.where(free, here.gradient, 0.0)
    matrix, diagonal = _restricted(here.curvature, free)
    factor = jnp.linalg.cholesky(matrix + jnp.diag(state.damping * diagonal))
    solvable = jnp.all(jnp.isfinite(factor))
    # A matrix that is not positive definite says nothing about the distance to the minimum.
    move = jnp.where(solvable, -cho_solve((factor, True), gradient), 0.0)
    edm = jnp.where(solvable, -0.5 * jnp.dot(gradient, move), jnp.inf)
    target = jnp.where(free, jnp.clip(x + move, lower, upper), x)
    shift = target - x
    predicted = -(jnp.dot(gradient, shift) + 0.5 * shift @ matrix @ shift)

    # Where the exact Hessian failed, look again with the Fisher information; then damp.
    retry = ~solvable & (state.tau > 0.0)
    exact = solvable & (state.damping == 0.0) & ~state.fresh
    rest = jnp.abs(here.value) * ROUNDING
    settled = exact & ((edm < EDM_GOAL) | ((predicted <= rest) & (edm < EDM_ROUNDING)))
    turn = settled & jnp.any(at_kink & pushed & ~box.held) & ~state.both_sides
    stay = retry | state.fresh | turn
    tau = jnp.where(retry, 0.0, jnp.where(state.fresh | ~solvable, state.tau, 1.0))
    point = jnp.where(stay, x, target)
    side = jnp.where(turn & at_kink & pushed, -state.side, state.side)
    side = jnp.where(point == 0.0, side, jnp.sign(point))
    beside = jnp.where(box.kinked & (point == 0.0), side * BESIDE, point)
    there = at(beside, tau)
    gain = here.value - there.value
    rounding = ROUNDING * jnp.abs(there.value)
    ratio = jnp.where(predicted > 0.0, (gain + rounding) / (predicted + rounding), -1.0)
    sane = jnp.isfinite(there.value) & jnp.all(jnp.isfinite(there.gradient))
    accept = solvable & sane & (ratio > 1e-4) & (gain >= -rounding)

    done = settled & ~turn
    hopeless = state.damping > HOPELESS
    lost = state.fresh & ~sane
    keep = stay | accept
    return State(
        x=jnp.where(accept & ~stay, target, x),
        at=jax.tree.map(lambda new, old: jnp.where(keep, new, old), there, here),
        damping=jnp.where(
            stay,
            state.damping,
            jnp.where(
                solvable,
                _damping(state.damping, accept, ratio),
                jnp.maximum(10.0 * state.damping, _dominating(matrix, diagonal)),
            ),
        ),
        tau=jnp.where(keep, tau, state.tau),
        side=jnp.where(keep, side, state.side),
        both_sides=turn | (state.both_sides & ~accept),
        fresh=jnp.asarray(False),
        edm=jnp.where(state.fresh, jnp.inf, edm),
        steps=state.steps + ~state.fresh,
        status=jnp.where(
            done,
            CONVERGED,
            jnp.where(hopeless, STALLED, jnp.where(lost, INFINITE, EXHAUSTED)),
        ),
        done=done | hopeless | lost,
    )


def _damping(damping: Array, accept: Array, ratio: Array) -> Array:
    """More damping after a bad step, less after a good one, none after several."""
    more = jnp.maximum(10.0 * damping, 1e-3)
    less = jnp.where(damping < 1e-3, 0.0, damping / 10.0)
    kept = jnp.where(ratio > 0.5, less, damping)
    return jnp.where(accept, kept, more)


def _dominating(matrix: Array, diagonal: Array) -> Array:
    r"""Damping that makes a matrix which is not positive definite diagonally dominant, by 1.

    With :math:`S = D^{-1/2} B D^{-1/2}`: :math:`\max_i(\sum_{j \ne i} |S_{ij}| - S_{ii}) + 1`, so
    that steps against negative curvature are about as long as Newton's with its sign turned.
    """
    scale = jnp.sqrt(diagonal)
    scaled = jnp.abs(matrix) / scale[:, None] / scale[None, :]
    own = jnp.diag(matrix) / diagonal
    return 1.0 + jnp.max(jnp.sum(scaled, axis=1) - jnp.abs(own) - own)


def _without_effect(here: Expansion, box: Box) -> Array:
    """True for parameters that change nothing on the way to their bounds, as far as one can see.

    As the place of a peak far from any event: the curvature there may be negative, but tiny.
    """
    width = box.upper - box.lower
    known = jnp.isfinite(width)
    width = jnp.where(known, width, 0.0)
    effect = jnp.abs(here.gradient) + 0.5 * jnp.abs(here.curvature) @ width
    return known & (effect * width < EDM_GOAL)


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
