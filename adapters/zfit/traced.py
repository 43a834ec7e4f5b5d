"""Expressions of composed parameters, read off the graph of operations that TensorFlow records.

A composed parameter is a Python function; TensorFlow records what it does to the parameters. Where
every operation has an equal in the expression language, the function is known exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import zfit

from .refuse import refuse

_INFIX = {
    **{"AddV2": "+", "Add": "+", "Sub": "-", "Mul": "*", "RealDiv": "/", "Div": "/", "Pow": "^"},
    **{"Less": "<", "LessEqual": "<=", "Greater": ">", "GreaterEqual": ">="},
    **{"LogicalAnd": "&&", "LogicalOr": "||"},
}
_CALLS = {
    **{name.capitalize(): name for name in ("exp", "log", "sqrt", "abs", "sin", "cos", "tan")},
    **{name.capitalize(): name for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{name.capitalize(): name for name in ("erf", "erfc", "log1p", "expm1")},
    **{"Minimum": "min", "Maximum": "max"},
}
_SHAPES = {
    *("Identity", "IdentityN", "Reshape", "Squeeze", "ExpandDims", "Cast", "EnsureShape"),
    *("ReadVariableOp", "GuaranteeConst", "PreventGradient", "CheckNumerics"),
}
"""Operations that do not change a number."""

_MAX_LENGTH = 20_000


def expression_of(parameter: Any, name_of: Callable[[Any], str]) -> str:
    """The value of a composed parameter as an expression of its independent parameters.

    Raises:
        ConversionError: its function does something that has no equal in the language.
    """
    with zfit.run.set_graph_mode(False):
        try:
            recorded = tf.function(parameter.value, autograph=False).get_concrete_function()
        except Exception as error:
            refuse(
                f"the function of the composed parameter {parameter.name!r} cannot be recorded: "
                f"{type(error).__name__}",
                parameter.name,
            )
    independent = parameter.get_params(floating=None, is_yield=None, extract_independent=True)
    handles = {id(p.handle): p for p in independent}
    known: dict[str, str] = {}
    for outer, inner in recorded.graph.captures:
        if id(outer) in handles:
            known[inner.name] = name_of(handles[id(outer)])
        elif outer.dtype.is_floating and np.size(outer.numpy()) == 1:
            known[inner.name] = number(float(np.ravel(outer.numpy())[0]))
    text = _Reader(parameter.name, known).text(recorded.outputs[0])
    if len(text) > _MAX_LENGTH:
        refuse(f"the expression of {parameter.name!r} is too long", parameter.name)
    return text


def number(value: float) -> str:
    """A number in an expression, with all its digits; in brackets when it is negative."""
    return repr(value) if value >= 0.0 else f"({value!r})"


class _Reader:
    """Walks a graph from its result to its inputs."""

    def __init__(self, name: str, known: Mapping[str, str]) -> None:
        self.name = name
        self.known = dict(known)

    def text(self, tensor: Any) -> str:
        if tensor.name not in self.known:
            if len(self.known) > 2000:
                refuse(f"the function of {self.name!r} is too large", self.name)
            self.known[tensor.name] = self._operation(tensor.op)
        return self.known[tensor.name]

    def _operation(self, op: Any) -> str:
        kind, inputs = op.type, list(op.inputs)
        if kind == "Const":
            return self._constant(op)
        if kind in _SHAPES:
            return self.text(inputs[0])
        if kind in ("AddN", "Pack", "ConcatV2", "Sum"):
            return self._sum(op, inputs)
        if kind == "StopGradient" and self._is_clip(inputs[0].op):
            return "0"
        return self._formula(kind, [self.text(i) for i in inputs])

    def _formula(self, kind: str, inputs: Sequence[str]) -> str:
        if kind in _INFIX:
            left, right = inputs
            if kind == "AddV2" and "0" in inputs:  # the clipping of a parameter to its limits
                return left if right == "0" else right
            return f"({left} {_INFIX[kind]} {right})"
        if kind in _CALLS:
            return f"{_CALLS[kind]}({', '.join(inputs)})"
        if kind == "Neg":
            return f"(-{inputs[0]})"
        if kind == "Square":
            return f"({inputs[0]} ^ 2)"
        if kind == "Reciprocal":
            return f"(1 / {inputs[0]})"
        if kind == "Rsqrt":
            return f"(1 / sqrt({inputs[0]}))"
        if kind == "SelectV2":
            return "({} ? {} : {})".format(*inputs)
        refuse(
            f"the function of the composed parameter {self.name!r} uses {kind}, which has no equal "
            "in HS3's expressions",
            self.name,
        )

    def _constant(self, op: Any) -> str:
        value = tf.make_ndarray(op.get_attr("value"))
        if value.size != 1:
            refuse(f"the function of {self.name!r} contains an array", self.name)
        return number(float(value.ravel()[0]))

    def _sum(self, op: Any, inputs: Sequence[Any]) -> str:
        """A sum, of numbers that were packed into one array first."""
        if op.type == "AddN":
            return f"({' + '.join(self.text(i) for i in inputs)})"
        if op.type == "Sum":
            packed = inputs[0].op
            while packed.type in _SHAPES:
                packed = packed.inputs[0].op
            if packed.type == "Pack":
                return f"({' + '.join(self.text(i) for i in packed.inputs)})"
            if not inputs[0].shape.rank:
                return self.text(inputs[0])
        refuse(f"the function of the composed parameter {self.name!r} uses an array", self.name)

    def _is_clip(self, op: Any) -> bool:
        """Whether this is ``clip(p) - p``, as zfit keeps a parameter within its limits: zero."""
        if op.type != "Sub":
            return False
        clipped, plain = op.inputs
        for kind in ("Maximum", "Minimum"):
            if clipped.op.type == kind:
                clipped = clipped.op.inputs[0]
        return bool(clipped.name == plain.name and plain.op.type == "ReadVariableOp")
