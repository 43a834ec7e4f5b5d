"""Where numerical integrals are cut: at steps, kinks and narrow peaks of all that is integrated."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

import numpy as np
from jax.typing import ArrayLike

from hs3.functions import Function
from hs3.functions.arithmetic import GenericFunction
from hs3.functions.interpolation import SplineFunction

from .density import breakpoints
from .kinks import kinks
from .scope import DensityScope, axes_of


@singledispatch
def steps(function: Function, observable: str) -> tuple[float, ...]:
    """Values of `observable` at which a function of it steps or bends: the edges of its bins."""
    edges = (a.bin_edges() for a in axes_of(function) if a.name == observable)
    return tuple(float(e) for found in edges if found is not None for e in found)


@steps.register
def _spline(function: SplineFunction, observable: str) -> tuple[float, ...]:
    if function.x != observable:
        return ()
    # With `logx` the spline is taken at exp(x), with the logarithms of the knots.
    knots = np.log(np.log(function.x0)) if function.logx else np.asarray(function.x0)
    return tuple(float(k) for k in knots if np.isfinite(k))


def all_breakpoints(names: Iterable[str], scope: DensityScope, observable: str) -> list[ArrayLike]:
    """Breakpoints of functions and distributions, and of all that they are made of, each once."""
    fixed: dict[float, None] = {}
    moving: list[ArrayLike] = []
    seen: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name in seen or observable not in scope.definitions.leaves(name):
            continue
        seen.add(name)
        todo.extend(scope.definitions.direct(name))
        if name in scope.definitions.functions:
            function = scope.definitions.functions[name]
            fixed |= dict.fromkeys(steps(function, observable))
            if isinstance(function, GenericFunction):
                moving.extend(kinks(function.expression, scope, observable))
        elif name in scope.definitions.distributions:
            for value in breakpoints(scope.definitions.distributions[name], scope, observable):
                if isinstance(value, int | float):
                    fixed[float(value)] = None
                else:
                    moving.append(value)
    return [*fixed, *moving]
