"""HS3's functions and expressions in TensorFlow, for parameters and densities of zfit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce, singledispatchmethod
from operator import add, mul
from typing import Any

import numpy as np
import tensorflow as tf

from hs3.axes import Axis
from hs3.base import Part, as_float, expression_of, is_number, references
from hs3.checks.axes import axes_of
from hs3.expressions import (
    CONSTANTS,
    FUNCTIONS,
    ROOT_CONSTANTS,
    Call,
    Constant,
    Expression,
    Node,
    Number,
    Operator,
    Variable,
    names,
    parse,
)
from hs3.functions import Function
from hs3.functions.arithmetic import (
    GenericFunction,
    ProductFunction,
    SumFunction,
    WeightedSumFunction,
)
from hs3.functions.histogram import HistogramFunction, StepFunction
from hs3.functions.interpolation import SplineFunction
from hs3.functions.polynomial import PolynomialFunction

from .refuse import refuse


def _truth(x: Any) -> Any:
    return tf.not_equal(x, 0.0)


def _number(test: Any) -> Any:
    return tf.cast(test, tf.float64)


OPERATORS: Mapping[tuple[str, int], Callable[..., Any]] = {
    ("+", 2): tf.add,
    ("-", 2): tf.subtract,
    ("*", 2): tf.multiply,
    ("/", 2): tf.divide,
    ("^", 2): tf.pow,
    ("**", 2): tf.pow,
    ("+", 1): tf.identity,
    ("-", 1): tf.negative,
    ("!", 1): lambda x: _number(~_truth(x)),
    ("&&", 2): lambda x, y: _number(_truth(x) & _truth(y)),
    ("||", 2): lambda x, y: _number(_truth(x) | _truth(y)),
    ("<", 2): lambda x, y: _number(x < y),
    ("<=", 2): lambda x, y: _number(x <= y),
    (">", 2): lambda x, y: _number(x > y),
    (">=", 2): lambda x, y: _number(x >= y),
    ("===", 2): lambda x, y: _number(tf.equal(x, y)),
    ("!==", 2): lambda x, y: _number(tf.not_equal(x, y)),
    ("?:", 3): lambda test, then, other: tf.where(_truth(test), then, other),
}

CALLS: Mapping[str, Callable[..., Any]] = {
    **{n: getattr(tf.math, n) for n in ("exp", "log", "sqrt", "abs", "sin", "cos", "tan")},
    **{n: getattr(tf.math, n) for n in ("asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh")},
    **{n: getattr(tf.math, n) for n in ("acosh", "atanh", "erf", "erfc", "log1p", "expm1")},
    **{n: getattr(tf.math, n) for n in ("lgamma", "floor", "ceil", "atan2", "pow", "erfinv")},
    "min": tf.minimum,
    "max": tf.maximum,
    "sq": tf.square,
    "log10": lambda x: tf.math.log(x) / np.log(10.0),
    "log2": lambda x: tf.math.log(x) / np.log(2.0),
    "hypot": lambda x, y: tf.sqrt(x * x + y * y),
    "pi": lambda: tf.constant(np.pi, tf.float64),
}
"""What a function of the expression language does; the others are refused."""


class Evaluator:
    """Values of names, given those of parameters and observables.

    Args:
        functions: of the document, by name.
        values: parameters and observables by name.
    """

    def __init__(self, functions: Mapping[str, Function], values: Mapping[str, Any]) -> None:
        self.functions = functions
        self.known = dict(values)

    def __call__(self, value: str | int | float) -> Any:
        """A number, or the value of a name."""
        if is_number(value):
            return tf.constant(as_float(value), tf.float64)
        name = str(value)
        if name not in self.known:
            if name not in self.functions:
                refuse(f"{name!r} has no value in zfit", name)
            self.known[name] = self.formula(self.functions[name])
        return self.known[name]

    @singledispatchmethod
    def formula(self, function: Function) -> Any:
        """The value of a function.

        Raises:
            ConversionError: no formula for its type is known here.
        """
        refuse(
            f"the function {function.name!r} of type {function.type!r} has no equal in zfit",
            function.type,
        )

    @formula.register
    def _sum(self, function: SumFunction) -> Any:
        return reduce(add, map(self, function.summands))

    @formula.register
    def _product(self, function: ProductFunction) -> Any:
        return reduce(mul, map(self, function.factors))

    @formula.register
    def _generic(self, function: GenericFunction) -> Any:
        return self.expression(function.expression)

    @formula.register
    def _polynomial(self, function: PolynomialFunction) -> Any:
        return self.polynomial(self(function.x), function.coefficients)

    @formula.register
    def _weighted_sum(self, function: WeightedSumFunction) -> Any:
        terms, given = list(map(self, function.samples)), list(map(self, function.coefficients))
        if len(given) == len(terms) - 1:
            given.append(1.0 - reduce(add, given))
        return reduce(add, map(mul, given, terms))

    @formula.register
    def _spline(self, function: SplineFunction) -> Any:
        """A polynomial between neighbours, with the coefficients that the engine has."""
        from hs3.engine.functions.spline import spline_of

        knots, pieces = spline_of(function)
        x = self(function.x)
        x = tf.exp(x) if function.logx else x  # as the engine does
        place = tf.searchsorted(tf.constant(knots), tf.reshape(x, [-1]), side="right") - 1
        index = tf.reshape(tf.maximum(place, 0), tf.shape(x))
        step = x - tf.gather(tf.constant(knots), index)
        value = tf.zeros_like(x)
        for coefficients in pieces[::-1]:
            value = value * step + tf.gather(tf.constant(coefficients), index)
        return tf.exp(value) if function.logy else value

    @formula.register
    def _histogram(self, function: HistogramFunction) -> Any:
        """The contents have the last axis running fastest."""
        if function.interpolationOrder:
            refuse(f"the histogram {function.name!r} is interpolated")
        contents = tf.constant(function.data.contents, tf.float64)
        return self._step(function.data.axes[::-1], contents)

    @formula.register
    def _steps(self, function: StepFunction) -> Any:
        """The parameters have the first axis running fastest."""
        if function.parameters is None:
            refuse(f"the step function {function.name!r} has no parameters")
        heights = tf.stack([self(p) for p in function.parameters])
        return self._step(function.axes or (), heights)

    def _step(self, axes: Sequence[Axis], heights: Any) -> Any:
        """The height in the bin of each point; the first axis given runs fastest."""
        place, stride = 0, 1
        for axis in axes:
            edges = tf.constant(axis.bin_edges(), tf.float64)
            x = self(axis.name)
            index = tf.searchsorted(edges, tf.reshape(x, [-1]), side="right") - 1
            bins = int(edges.shape[0]) - 1
            place = place + stride * tf.clip_by_value(index, 0, bins - 1)
            stride *= bins
        return tf.reshape(tf.gather(heights, place), tf.shape(x))

    def polynomial(self, x: Any, coefficients: Sequence[str | int | float]) -> Any:
        r""":math:`\sum_i a_i x^i`."""
        total = tf.zeros_like(x)
        for value in reversed(coefficients):
            total = total * x + self(value)
        return total

    def expression(self, text: str) -> Any:
        """The value of an expression."""
        return self.tree(parse(text))

    def tree(self, expression: Expression) -> Any:
        """The value of an expression that has been parsed."""
        return expression.fold(self._node)

    def _node(self, node: Node, inner: Sequence[Any]) -> Any:
        match node:
            case Number():
                return tf.constant(node.value, tf.float64)
            case Constant():
                return tf.constant(CONSTANTS[node.name], tf.float64)
            case Variable():
                return self._variable(node.name)
            case Call() if FUNCTIONS[node.function].meaning in CALLS:
                return CALLS[FUNCTIONS[node.function].meaning](*inner)
            case Operator() if (node.symbol, node.arity) in OPERATORS:
                return OPERATORS[node.symbol, node.arity](*inner)
        refuse(f"{node} of an expression has no equal in zfit")

    def _variable(self, name: str) -> Any:
        if name not in self.known and name not in self.functions and name in ROOT_CONSTANTS:
            return tf.constant(ROOT_CONSTANTS[name], tf.float64)
        return self(name)


def parts_of(part: Part, functions: Mapping[str, Function]) -> tuple[list[Part], set[str]]:
    """What a part is made of, itself and functions, and the names that are no functions."""
    parts, found, seen = [part], set[str](), set[str]()
    for one in parts:  # grows on the way
        for name in _direct(one):
            if name not in seen:
                seen.add(name)
                if name in functions:
                    parts.append(functions[name])
                else:
                    found.add(name)
    return parts, found


def _direct(part: Part) -> list[str]:
    text = expression_of(part)
    own = names(parse(text)) if text is not None else ()
    return [*own, *(r.name for r in references(part)), *(a.name for a in axes_in(part))]


def axes_in(part: Part) -> Sequence[Axis]:
    """The axes of a function or distribution, and of its histogram."""
    return (*axes_of(part), *axes_of(getattr(part, "data", None)))


def leaves(part: Part, functions: Mapping[str, Function]) -> set[str]:
    """The parameters and observables that something depends on, through functions."""
    return parts_of(part, functions)[1]


def bends_of(
    part: Part, functions: Mapping[str, Function], observables: Sequence[str]
) -> tuple[list[Expression], list[float]]:
    """Where a density steps or bends: expressions that change sign there, and fixed places."""
    from hs3.engine.density.kinks import bending_arguments

    parts, _ = parts_of(part, functions)
    texts = [text for p in parts if (text := expression_of(p)) is not None]
    arguments = [a for text in texts for a in bending_arguments(text)]
    edges = [a.bin_edges() for p in parts for a in axes_in(p) if a.name in observables]
    moving = [a for a in arguments if _touches(a, functions, observables)]
    return moving, sorted({float(e) for found in edges if found is not None for e in found})


def _touches(
    argument: Expression, functions: Mapping[str, Function], observables: Sequence[str]
) -> bool:
    own = {*names(argument)}
    inner = (leaves(functions[name], functions) for name in own if name in functions)
    return not own.union(*inner).isdisjoint(observables)
