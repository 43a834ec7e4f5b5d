"""The parameters and functions of a document as zfit's parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import reduce
from typing import Any

import numpy as np
import tensorflow as tf
import zfit

from hs3.base import as_float, is_number
from hs3.functions.arithmetic import ProductFunction
from hs3.graph import Graph

from .evaluate import Evaluator, leaves
from .refuse import refuse


class Values:
    """zfit's parameters by name, made when they are asked for."""

    def __init__(self, graph: Graph) -> None:
        self.workspace = graph.workspace
        self.functions = {f.name: f for f in self.workspace.functions or ()}
        steps = ((self.workspace.misc or {}).get("zfit") or {}).get("stepsizes") or {}
        self.parameters = {p.name: _parameter(p, steps) for p in graph.parameters}
        self.composed: dict[str, Any] = {}
        domains = [d for d in self.workspace.domains or () if d.name == "default_domain"]
        axes = [a for d in domains for a in getattr(d, "axes", None) or ()]
        given = ((a.name, a.range()) for a in axes)
        self.domains = {name: limits for name, limits in given if limits is not None}

    def binding(self, given: Mapping[str, Any]) -> Values:
        """The same, with more parameters: those that observables stand for in zfit."""
        bound = copy(self)
        bound.parameters = {**self.parameters, **given}
        bound.composed = {}
        return bound

    def is_parameter(self, name: str) -> bool:
        """Whether a name is an independent parameter."""
        return name in self.parameters

    def __call__(self, value: Any) -> Any:
        """A number, a parameter, or a composed parameter.

        Raises:
            ConversionError: the name is neither, or depends on an observable.
        """
        if is_number(value):
            return as_float(value)
        name = str(value)
        if name in self.parameters:
            return self.parameters[name]
        if name not in self.composed:
            self.composed[name] = self._composed(name)
        return self.composed[name]

    def _composed(self, name: str) -> Any:
        known = self.functions.get(name)
        own = [name] if known is None else sorted(leaves(known, self.functions))
        for leaf in own:
            if leaf not in self.parameters:
                refuse(f"{name!r} depends on {leaf!r}, which is no parameter", leaf)
        if not own:
            return float(Evaluator(self.functions, {})(name))

        def value(params: Mapping[str, Any]) -> Any:
            values = {leaf: tf.convert_to_tensor(params[leaf]) for leaf in own}
            return Evaluator(self.functions, values)(name)

        params = {leaf: self.parameters[leaf] for leaf in own}
        value({leaf: p.value() for leaf, p in params.items()})  # what is refused, is so at once
        return zfit.ComposedParameter(name, value, params=params, unpack_params=False)

    def made(self, function: Callable[..., Any], *values: Any, name: str = "") -> Any:
        """A function of values, as a number or a composed parameter."""
        given = [self(v) for v in values]
        if all(isinstance(v, float) for v in given):
            return float(function(*(tf.constant(v, tf.float64) for v in given)))
        params = {str(i): v for i, v in enumerate(given) if not isinstance(v, float)}

        def value(params: Mapping[str, Any]) -> Any:
            now = [params.get(str(i), v) for i, v in enumerate(given)]
            return function(*(tf.convert_to_tensor(v, tf.float64) for v in now))

        label = f"{name or function.__name__}_of_{'_'.join(map(str, values))}"
        if label not in self.composed:
            self.composed[label] = zfit.ComposedParameter(
                label, value, params=params, unpack_params=False
            )
        return self.composed[label]

    def factor_of(self, value: Any, factor: float) -> Any:
        """What is multiplied with `factor` in a product of the two, or None."""
        function = self.functions.get(str(value))
        if isinstance(function, ProductFunction) and len(function.factors) == 2:
            first, second = function.factors
            return second if first == factor else None
        return None

    def negated(self, value: Any) -> Any:
        """The negative: of a product with -1, the other factor itself."""
        inner = self.factor_of(value, -1)
        return self.made(tf.negative, value) if inner is None else self(inner)

    def half(self, value: Any) -> Any:
        """Half the value: of a product with 2, the other factor itself."""
        inner = self.factor_of(value, 2)
        if inner is not None:
            return self(inner)
        return self.made(lambda v: 0.5 * v, value, name="half")

    def size(self, value: Any) -> Any:
        """The absolute value: what is never below zero, by its limits, is its own."""
        own = value if hasattr(value, "get_params") else self(value)
        if isinstance(own, float):
            return abs(own)
        inside = own.get_params(floating=None, is_yield=None)
        positive = all(
            p.has_limits and p.lower is not None and float(p.lower) >= 0.0 for p in inside
        )
        if positive and (isinstance(own, zfit.Parameter) or own.name.startswith("half_of_")):
            return own
        return zfit.ComposedParameter(
            f"size_of_{own.name}",
            lambda params: tf.abs(tf.convert_to_tensor(params["inner"], tf.float64)),
            params={"inner": own},
            unpack_params=False,
        )

    def total(self, values: Sequence[Any]) -> Any:
        """The sum of values."""
        return self.made(lambda *v: tf.add_n(list(v)), *values, name="sum")

    def times(self, *factors: Any) -> Any:
        """The product of zfit's parameters and numbers."""
        key = "_times_".join(str(getattr(f, "name", f)) for f in factors)
        if key not in self.composed:
            params = {str(i): f for i, f in enumerate(factors) if not isinstance(f, float)}

            def value(params: Mapping[str, Any]) -> Any:
                now = [params.get(str(i), f) for i, f in enumerate(factors)]
                return reduce(tf.multiply, (tf.convert_to_tensor(v, tf.float64) for v in now))

            self.composed[key] = zfit.ComposedParameter(
                key, value, params=params, unpack_params=False
            )
        return self.composed[key]

    def fractions(self, values: Sequence[Any], summands: int) -> list[Any]:
        """The fractions of a sum, one per summand.

        Of as many values as summands, each over the sum of all; with one fewer, the values and
        what they leave of one.
        """
        if len(values) < summands:
            rest = self.made(lambda *v: 1.0 - tf.add_n(list(v)), *values, name="rest")
            return [*map(self, values), rest]

        def share(index: int) -> Callable[..., Any]:
            return lambda *v: v[index] / tf.add_n(list(v))

        return [self.made(share(i), *values, name=f"share_{i}") for i in range(len(values))]


def _parameter(parameter: Any, steps: Mapping[str, Any]) -> Any:
    low = parameter.min if np.isfinite(parameter.min) else None
    high = parameter.max if np.isfinite(parameter.max) else None
    if parameter.name.startswith("_"):
        refuse(f"zfit takes no names that begin with an underscore: {parameter.name!r}")
    return zfit.Parameter(
        parameter.name,
        parameter.value,
        low,
        high,
        stepsize=steps.get(parameter.name),
        floating=not parameter.const,
    )
