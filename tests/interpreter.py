"""Programs of JAX run one operation after the other in numpy: nothing is compiled.

A program that is evaluated at a few points only is faster traced and interpreted than compiled by
XLA, by a factor of ten and more. The formulas are those of the program; the arithmetic is numpy's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal
from scipy import special

Rule = Callable[..., Any]


def interpreted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays, traced anew for every set of further arguments and run in numpy.

    It is run once for each of the last few values of its first argument.
    """
    seen: dict[Any, tuple[Program, Any, dict[bytes, Any]]] = {}

    def run(theta: Any, *rest: Any) -> Any:
        key = tuple(map(id, rest))
        at = np.asarray(theta, float)
        if key not in seen:
            seen.clear()
            traced = jax.make_jaxpr(lambda t: function(t, *rest))(at)
            seen[key] = Program(traced), rest, {}  # with the arguments, so that ids stay theirs
        program, _, known = seen[key]
        if at.tobytes() not in known:
            known[at.tobytes()] = program(at)
        out = known[at.tobytes()]
        return tuple(out) if len(out) > 1 else out[0]

    return run


class Program:
    """A traced program, laid out flat; what does not depend on its arguments is done once."""

    def __init__(self, closed: ClosedJaxpr) -> None:
        self._values: list[Any] = []
        self._known: list[bool] = []
        self._steps: list[tuple[Rule, tuple[int, ...], tuple[int, ...], bool]] = []
        self._arguments = [self._slot() for _ in closed.jaxpr.invars]
        with np.errstate(all="ignore"):
            self._results = self._lay(closed.jaxpr, closed.consts, self._arguments)

    def __call__(self, *arguments: Any) -> list[Any]:
        """The results."""
        values = list(self._values)
        for slot, argument in zip(self._arguments, arguments, strict=True):
            values[slot] = argument
        with np.errstate(all="ignore"):
            for do, inputs, outputs, several in self._steps:
                found = do(*[values[i] for i in inputs])
                if several:
                    for slot, one in zip(outputs, found, strict=True):
                        values[slot] = one
                else:
                    values[outputs[0]] = found
        return [np.asarray(values[slot]) for slot in self._results]

    def _slot(self, value: Any = None, known: bool = False) -> int:
        self._values.append(value)
        self._known.append(known)
        return len(self._values) - 1

    def _lay(self, jaxpr: Jaxpr, consts: Sequence[Any], arguments: Sequence[int]) -> list[int]:
        slots: dict[Any, int] = dict(zip(jaxpr.invars, arguments, strict=True))
        for variable, value in zip(jaxpr.constvars, consts, strict=True):
            slots[variable] = self._slot(np.asarray(value), True)

        def slot(atom: Any) -> int:
            if isinstance(atom, Literal):
                return self._slot(np.asarray(atom.val), True)
            return slots[atom]

        for equation in jaxpr.eqns:
            inputs = [slot(atom) for atom in equation.invars]
            if equation.primitive.name in CALLS:
                inner, given = _inner(equation.params)
                outputs = self._lay(inner, given, inputs)
            else:
                outputs = self._step(equation, inputs)
            slots.update(zip(equation.outvars, outputs, strict=True))
        return [slot(atom) for atom in jaxpr.outvars]

    def _step(self, equation: Any, inputs: list[int]) -> list[int]:
        do, several = _rule(equation), equation.primitive.multiple_results
        if all(self._known[i] for i in inputs):
            found = do(*[self._values[i] for i in inputs])
            return [self._slot(one, True) for one in (found if several else [found])]
        outputs = [self._slot() for _ in equation.outvars]
        self._steps.append((do, tuple(inputs), tuple(outputs), several))
        return outputs


def _rule(equation: Any) -> Rule:
    name, params = equation.primitive.name, equation.params
    if name in PLAIN:
        plain: Rule = PLAIN[name]
        return plain
    if name in RULES:
        return partial(RULES[name], **params)
    return partial(equation.primitive.bind, **params)


def _inner(params: dict[str, Any]) -> tuple[Jaxpr, Sequence[Any]]:
    inner = params.get("jaxpr") or params.get("call_jaxpr") or params["fun_jaxpr"]
    return (inner.jaxpr, inner.consts) if isinstance(inner, ClosedJaxpr) else (inner, ())


CALLS = ("pjit", "jit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat")
"""Operations that only call an inner program."""


def _while(
    *inputs: Any, cond_jaxpr: ClosedJaxpr, body_jaxpr: ClosedJaxpr, **params: Any
) -> list[Any]:
    a, b = params["cond_nconsts"], params["body_nconsts"]
    for_condition, for_body, state = inputs[:a], inputs[a : a + b], list(inputs[a + b :])
    goes_on, step = Program(cond_jaxpr), Program(body_jaxpr)
    while goes_on(*for_condition, *state)[0]:
        state = step(*for_body, *state)
    return state


def _scan(*inputs: Any, jaxpr: ClosedJaxpr, length: int, reverse: bool, **params: Any) -> list[Any]:
    n, k = params["num_consts"], params["num_carry"]
    fixed, carry, columns = inputs[:n], list(inputs[n : n + k]), inputs[n + k :]
    rows: list[list[Any]] = []
    step = Program(jaxpr)
    order = range(length - 1, -1, -1) if reverse else range(length)
    for i in order:
        out = step(*fixed, *carry, *(column[i] for column in columns))
        carry, row = out[:k], out[k:]
        rows.append(row)
    if reverse:
        rows.reverse()
    return [*carry, *(np.stack(column) for column in zip(*rows, strict=True))]


def _cond(index: Any, *inputs: Any, branches: Sequence[ClosedJaxpr], **params: Any) -> list[Any]:
    return Program(branches[min(max(int(index), 0), len(branches) - 1)])(*inputs)


def _broadcast(
    x: Any, *, shape: Sequence[int], broadcast_dimensions: Sequence[int], **params: Any
) -> Any:
    own = [1] * len(shape)
    for place, size in zip(broadcast_dimensions, np.shape(x), strict=True):
        own[place] = size
    return np.broadcast_to(np.reshape(x, own), shape)


def _dot(a: Any, b: Any, *, dimension_numbers: Any, **params: Any) -> Any:
    (over_a, over_b), (batch_a, batch_b) = dimension_numbers
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    left = [next(letters) for _ in range(np.ndim(a))]
    right = [next(letters) for _ in range(np.ndim(b))]
    for i, j in (*zip(over_a, over_b, strict=True), *zip(batch_a, batch_b, strict=True)):
        right[j] = left[i]
    batch = [left[i] for i in batch_a]
    kept = [s for i, s in enumerate(left) if i not in (*over_a, *batch_a)]
    kept += [s for j, s in enumerate(right) if j not in (*over_b, *batch_b)]
    return np.einsum(f"{''.join(left)},{''.join(right)}->{''.join(batch + kept)}", a, b)


def _select(which: Any, *cases: Any) -> Any:
    if len(cases) == 2:
        return np.where(which, cases[1], cases[0])
    return np.choose(which, cases)


def _slice(
    x: Any, *, start_indices: Any, limit_indices: Any, strides: Any = None, **params: Any
) -> Any:
    steps = strides or [1] * np.ndim(x)
    return x[tuple(map(slice, start_indices, limit_indices, steps))]


def _pad(x: Any, value: Any, *, padding_config: Any) -> Any:
    if any(low < 0 or high < 0 or inner for low, high, inner in padding_config):
        return jax.lax.pad(x, value, padding_config)
    widths = [(low, high) for low, high, _ in padding_config]
    return np.pad(x, widths, constant_values=value)


def _integer_pow(x: Any, *, y: int, **params: Any) -> Any:
    return np.asarray(x) ** y if y >= 0 else 1 / np.asarray(x) ** -y


def _reduce(function: Any) -> Rule:
    return lambda x, *, axes, **params: function(x, axis=tuple(axes))


def _cumulative(function: Any) -> Rule:
    def rule(x: Any, *, axis: int, reverse: bool) -> Any:
        turned = np.flip(x, axis) if reverse else x
        out = function(turned, axis=axis)
        return np.flip(out, axis) if reverse else out

    return rule


def _argument(function: Any) -> Rule:
    return lambda x, *, axes, index_dtype, **params: function(x, axis=axes[0]).astype(index_dtype)


PLAIN: dict[str, Any] = {
    "add": np.add, "add_any": np.add, "sub": np.subtract, "mul": np.multiply, "neg": np.negative,
    "max": np.maximum, "min": np.minimum, "exp": np.exp, "log": np.log, "log1p": np.log1p,
    "expm1": np.expm1, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2, "sinh": np.sinh, "cosh": np.cosh,
    "tanh": np.tanh, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign, "floor": np.floor,
    "ceil": np.ceil, "pow": np.power, "eq": np.equal, "ne": np.not_equal, "lt": np.less,
    "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "and": np.bitwise_and,
    "or": np.bitwise_or, "not": np.invert, "is_finite": np.isfinite, "erf": special.erf,
    "erfc": special.erfc, "erf_inv": special.erfinv, "lgamma": special.gammaln,
    "digamma": special.digamma, "square": np.square, "stop_gradient": operator.pos,
    "copy": np.array, "copy_p": np.array, "real": np.real, "imag": np.imag,
    "complex": lambda a, b: a + 1j * b, "conj": np.conj, "cbrt": np.cbrt,
    "xor": np.bitwise_xor, "select_n": _select,
    "clamp": lambda low, x, high: np.minimum(np.maximum(x, low), high),
    "rsqrt": lambda x: 1 / np.sqrt(x), "logistic": special.expit,
    "nextafter": np.nextafter,
}  # fmt: skip

RULES: dict[str, Rule] = {
    "while": _while,
    "scan": _scan,
    "cond": _cond,
    "div": lambda a, b: a // b if np.asarray(a).dtype.kind in "iu" else np.divide(a, b),
    "integer_pow": _integer_pow,
    "exp2": lambda x, **params: np.exp2(x),
    "broadcast_in_dim": _broadcast,
    "reshape": lambda x, *, new_sizes, **params: np.reshape(x, new_sizes),
    "squeeze": lambda x, *, dimensions: np.squeeze(x, tuple(dimensions)),
    "expand_dims": lambda x, *, dimensions: np.expand_dims(x, tuple(dimensions)),
    "transpose": lambda x, *, permutation: np.transpose(x, permutation),
    "concatenate": lambda *xs, dimension: np.concatenate(xs, dimension),
    "convert_element_type": lambda x, *, new_dtype, **params: np.asarray(x).astype(new_dtype),
    "iota": lambda *, dtype, shape, dimension, **params: _iota(dtype, shape, dimension),
    "rev": lambda x, *, dimensions: np.flip(x, tuple(dimensions)),
    "slice": _slice,
    "pad": _pad,
    "dot_general": _dot,
    "reduce_sum": _reduce(np.sum),
    "reduce_max": _reduce(np.max),
    "reduce_min": _reduce(np.min),
    "reduce_prod": _reduce(np.prod),
    "reduce_or": _reduce(np.any),
    "reduce_and": _reduce(np.all),
    "argmax": _argument(np.argmax),
    "argmin": _argument(np.argmin),
    "cumsum": _cumulative(np.cumsum),
    "cumprod": _cumulative(np.cumprod),
    "cummax": _cumulative(np.maximum.accumulate),
    "sort": lambda *xs, dimension, is_stable, num_keys: _sort(xs, dimension, num_keys),
    "device_put": lambda *xs, **params: list(xs),
}
"""How operations are done; the others are done by JAX, one by one."""


def _iota(dtype: Any, shape: Sequence[int], dimension: int) -> Any:
    own = [1] * len(shape)
    own[dimension] = shape[dimension]
    return np.broadcast_to(np.arange(shape[dimension], dtype=dtype).reshape(own), shape)


def _sort(columns: Sequence[Any], dimension: int, keys: int) -> list[Any]:
    assert keys == 1
    order = np.argsort(columns[0], axis=dimension, kind="stable")
    return [np.take_along_axis(x, order, dimension) for x in columns]


def _split(x: Any, *, sizes: Sequence[int], axis: int) -> list[Any]:
    return np.split(x, np.cumsum(sizes)[:-1], axis)


RULES["split"] = _split
