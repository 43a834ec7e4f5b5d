"""Random and expected data of the terms of a likelihood that are no channels.

==================  ================================  =========================================
data                random                            expected
==================  ================================  =========================================
unbinned            events of the density, as many    a fine grid of weighted events
                    as observed (the sum of weights,
                    rounded); Poisson when extended
binned              multinomial; Poisson when         contents of the bins
                    extended
with uncertainties  normal around the expected        contents of the bins
                    contents
bin counts          Poisson                           contents of the bins
none, multivariate  normal around the expected        the expected values
normal              values
none, others        refused                           refused
==================  ================================  =========================================
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import CompileError, EvaluationError, FitError
from hs3.graph import Term
from hs3.histfactory.meaning import Channel, FloatArray

from ..data import Dataset, Events
from ..density import DensityScope, expected_events
from ..measured import bound, drawn, predicted
from ..poisson import saturated_data
from ..terms import TermData, TermProgram, TermSpec, expected_contents, scope_of
from .asimov import grid
from .draw import Source

Values = Mapping[str, Array]
Part = Events | FloatArray


def names_of(parts: Sequence[Term | Channel]) -> tuple[str, ...]:
    """Names of terms or channels in a `Dataset`, with their place where two share one."""
    names = [part.distribution.name if isinstance(part, Term) else part.name for part in parts]
    shared = {name for name, times in Counter(names).items() if times > 1}
    return tuple(f"{n}#{i}" if n in shared else n for i, n in enumerate(names))


def part_of(spec: TermSpec, data: TermData, values: Values) -> Part | None:
    """The data of a term, None for an auxiliary one of which nothing says what was measured."""
    if spec.kind == "auxiliary":
        held = bound(spec.measured, values, data.weights)
        return np.array([held[name] for name in spec.measured]) if spec.measured else None
    weights = np.asarray(data.weights)
    if spec.kind != "unbinned":
        return weights
    columns = np.asarray(data.low)
    return Events({name: columns[i] for i, (name, *_) in enumerate(spec.ranges)}, weights)


def replaced(
    name: str, spec: TermSpec, old: TermData, data: Dataset, toys: tuple[int, ...] = ()
) -> TermData:
    """The arrays of a term with other data.

    Args:
        toys: the number of toys, a leading axis of the data and of all arrays; or nothing.

    Raises:
        FitError: the data lack the term, or have another shape or events out of range.
    """
    kept: dict[str, Any] = {f.name: _repeated(getattr(old, f.name), toys) for f in fields(old)}
    if spec.kind == "auxiliary" and not spec.measured:
        return TermData(**kept)
    if spec.kind == "unbinned":
        return TermData(**kept | _events(name, spec, data, toys))
    contents = np.asarray(data.contents.get(name, np.empty(0)), dtype=np.float64)
    if contents.shape != (*toys, *old.weights.shape):
        needed = old.weights.shape[0]
        what = "measured values" if spec.measured else "bin contents"
        raise _wrong(name, f"needs {needed} {what}, the data have {contents.shape}")
    changed = {"weights": contents}
    if spec.kind == "binned":
        changed["constant"] = saturated_data(contents).sum(axis=-1)
    return TermData(**kept | changed)


def _repeated(array: Array, toys: tuple[int, ...]) -> Array | FloatArray:
    return np.broadcast_to(np.asarray(array), (*toys, *array.shape)) if toys else array


def _events(
    name: str, spec: TermSpec, data: Dataset, toys: tuple[int, ...]
) -> dict[str, FloatArray]:
    given = data.events.get(name)
    missing = [o for o, *_ in spec.ranges if given is None or o not in given.columns]
    if given is None or missing:
        raise _wrong(name, f"needs events with {', '.join(missing)}")
    weights = np.asarray(given.weights, dtype=np.float64)
    columns = [np.asarray(given.columns[o], dtype=np.float64) for o, *_ in spec.ranges]
    if weights.shape[:-1] != toys or any(c.shape != weights.shape for c in columns):
        shapes = ", ".join(str(c.shape) for c in (*columns, weights))
        raise _wrong(name, f"needs columns and weights of one length, the data have {shapes}")
    for (observable, low, high), column in zip(spec.ranges, columns, strict=True):
        out = (weights != 0.0) & ~((column >= low) & (column <= high))
        if out.any():
            where = f"{observable} = {column[out][0]:g}"
            raise _wrong(name, f"has an event at {where}, outside of [{low:g}, {high:g}]")
    coordinates = np.stack(columns, axis=-2) if columns else np.zeros((*toys, 0, weights.shape[-1]))
    return {"low": coordinates, "high": coordinates, "weights": weights}


def _wrong(name: str, what: str) -> FitError:
    return FitError(f"the term {name!r} {what}", code="fit.wrong_data", value=name)


# --- random data ----------------------------------------------------------------------------------


def sample(
    program: TermProgram, spec: TermSpec, data: TermData, values: Values, keys: Array
) -> Part:
    """Random data of a term, one set for each key.

    Raises:
        CompileError: it is an auxiliary distribution, or cannot be drawn from.
        EvaluationError: a density is negative, or an integral inaccurate.
    """
    scope = _scope(program, spec, data, values)
    if spec.kind == "unbinned":
        return _draw_events(program, spec, scope, data, keys)
    if spec.measured:
        return drawn(scope.distribution(spec.distribution), spec.measured, scope, keys)
    mean, is_poisson = _expected(program, spec, scope, data)
    if spec.kind == "gaussian":
        return _around(mean, data, keys)
    if is_poisson:
        return np.asarray(_poisson(keys, jnp.asarray(mean))).astype(np.float64)
    total, steps = round(float(np.sum(data.weights))), jnp.cumsum(jnp.asarray(mean / mean.sum()))
    return np.asarray(_multinomial(keys, steps, total)).astype(np.float64)


@jax.jit
def _poisson(keys: Array, mean: Array) -> Array:
    drawn: Array = jax.lax.map(lambda key: jax.random.poisson(key, mean, dtype=jnp.int64), keys)
    return drawn


@partial(jax.jit, static_argnames="total")
def _multinomial(keys: Array, steps: Array, total: int) -> Array:
    def one(key: Array) -> Array:
        u = jax.random.uniform(key, (total,), jnp.float64)
        bins = jnp.minimum(jnp.searchsorted(steps, u, side="right"), len(steps) - 1)
        return jnp.bincount(bins, length=len(steps))

    drawn: Array = jax.lax.map(one, keys)
    return drawn


def _draw_events(
    program: TermProgram, spec: TermSpec, scope: DensityScope, data: TermData, keys: Array
) -> Events:
    dist = scope.distribution(spec.distribution)
    nu = expected_events(dist, scope)
    if nu is None:
        numbers = np.full(len(keys), round(float(np.sum(data.weights))))
        capacity = int(numbers[0])
    else:
        numbers = np.asarray(_poisson(_parts(keys, 0), nu))
        # Room for all but one in 10^15 toys, so that the length does not depend on the others.
        mean = float(nu)
        capacity = _rounded(max(mean + 8.0 * np.sqrt(mean) + 16.0, float(numbers.max())))
    over = {name for name, *_ in spec.ranges}
    values = tuple((k, float(jnp.asarray(v))) for k, v in scope.values.items() if k not in over)
    columns = _source(program, spec, values)(_parts(keys, 1), capacity)
    weights = (np.arange(capacity) < numbers[:, None]).astype(np.float64)
    return Events(columns, weights)


def _rounded(number: float) -> int:
    """Up to three binary digits, so that toys of nearby hypotheses share their compiled fits."""
    whole = math.ceil(number)
    unit = 1 << max(whole.bit_length() - 3, 0)
    return -(-whole // unit) * unit


@lru_cache(maxsize=64)
def _source(program: TermProgram, spec: TermSpec, values: tuple[tuple[str, float], ...]) -> Source:
    """What draws events of a term at these values of the parameters; compiled once for them."""
    ranges = {name: (low, high) for name, low, high in spec.ranges}
    scope = DensityScope(
        {name: jnp.asarray(value) for name, value in values}, program.definitions, ranges
    )
    return Source(scope.distribution(spec.distribution), scope, tuple(ranges))


@jax.jit
def _parts(keys: Array, number: int) -> Array:
    return jax.vmap(lambda key: jax.random.fold_in(key, number))(keys)


def _around(mean: FloatArray, data: TermData, keys: Array) -> FloatArray:
    shape = (len(mean),)
    z = np.asarray(jax.vmap(lambda key: jax.random.normal(key, shape, jnp.float64))(keys))
    return mean + np.linalg.solve(np.asarray(data.whitener), z.T).T


# --- expected data --------------------------------------------------------------------------------


def expected(program: TermProgram, spec: TermSpec, data: TermData, values: Values) -> Part:
    """Expected data of a term; as many events as observed where it is not extended.

    Raises:
        CompileError: it is an auxiliary distribution, or has more than three dimensions.
        EvaluationError: a density is negative, or an integral inaccurate.
    """
    scope = _scope(program, spec, data, values)
    if spec.measured:
        return predicted(scope.distribution(spec.distribution), spec.measured, scope)
    if spec.kind != "unbinned":
        return _expected(program, spec, scope, data)[0]
    dist = scope.distribution(spec.distribution)
    nu = expected_events(dist, scope)
    over = tuple(name for name, *_ in spec.ranges)
    points, shares = grid(dist, scope, over)
    total = float(np.sum(data.weights)) if nu is None else float(nu)
    return Events(dict(zip(over, points, strict=True)), total * shares)


def _expected(
    program: TermProgram, spec: TermSpec, scope: DensityScope, data: TermData
) -> tuple[FloatArray, bool]:
    """Expected contents of the bins, and whether the total is free to vary as a Poisson count."""
    contents, is_poisson = expected_contents(spec, scope, data)
    error = max((float(e) for e in scope.errors), default=0.0)
    wanted = program.definitions.options.accuracy
    found = np.asarray(contents)
    if error > wanted or not (found >= 0.0).all():
        raise EvaluationError(
            f"the expected contents of {spec.distribution!r} are negative or inaccurate "
            f"(relative error {error:.1e})",
            code="evaluate.inaccurate",
            value=spec.distribution,
        )
    return found, is_poisson


def _scope(program: TermProgram, spec: TermSpec, data: TermData, values: Values) -> DensityScope:
    if spec.kind == "auxiliary" and not spec.measured:
        raise CompileError(
            f"the auxiliary distribution {spec.distribution!r} does not tell what would be measured"
            " in its place: toys and expected data of this likelihood are not defined",
            code="compile.unsupported",
            value=spec.distribution,
        )
    return scope_of(values, program, spec, data)
