"""Morphing between densities."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..file import RootObject
from .builder import Builder
from .registry import converts
from .substitution import substituted

LINEAR, NON_LINEAR = range(2)
"""RooMomentMorph::Setting, as far as it has a counterpart."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@converts("RooMomentMorph")
def _moment_morph(node: RootObject, builder: Builder) -> None:
    """A mixture with fractions that follow the parameter, of shapes that may move with it."""
    setting = int(node.member("_setting"))
    points = np.asarray(node.member("_mref").member("fElements"), dtype=np.float64)
    if setting == NON_LINEAR:
        texts = _non_linear(points)
    elif setting == LINEAR and np.all(np.diff(points) > 0):
        texts = _linear(points)
    else:
        return builder.keep(node, f"its setting {setting} has no counterpart")
    variables, shapes = node.proxies("_varList"), node.proxies("_pdfList")
    moving = bool(node.members.get("_useHorizMorph", True))
    if moving and len(variables) != 1:
        return builder.keep(node, f"it moves its shapes in {len(variables)} variables")
    parameter = builder.symbol(builder.value(node.proxy("m")))
    fractions = []
    for i, text in enumerate(texts):
        name = builder.fresh(f"{node.name}_fraction_{i}")
        expression = text.format(parameter)
        fractions.append(builder.function(name, "generic_function", expression=expression))
    names = builder.names(shapes)
    if moving:
        names = _moved(node, shapes, fractions, variables[0], builder)
    builder.distribution(
        node.name, "mixture_dist", summands=names, coefficients=fractions, extended=False
    )


def _non_linear(points: Floats) -> list[str]:
    """Lagrange's polynomials: each is one at its own point, and zero at the others."""
    at = points.tolist()
    return [
        "*".join(f"({{0}} - ({o!r}))/({own - o!r})" for j, o in enumerate(at) if j != i) or "1.0"
        for i, own in enumerate(at)
    ]


def _linear(points: Floats) -> list[str]:
    """Hat functions: one at the own point, zero at the neighbours, constant beyond the ends."""
    at = points.tolist()
    texts = []
    for i, own in enumerate(at):
        rise = f"({{0}} - ({at[i - 1]!r}))/{own - at[i - 1]!r}" if i else "1.0"
        last = i + 1 == len(at)
        fall = "1.0" if last else f"(({at[i + 1]!r}) - {{0}})/{at[i + 1] - own!r}"
        texts.append(f"max(min(min({rise}, {fall}), 1.0), 0.0)")
    return texts


def _moved(
    node: RootObject,
    shapes: list[RootObject],
    fractions: list[str],
    variable: RootObject,
    builder: Builder,
) -> list[str]:
    r"""Each shape at :math:`m_i + (x - \bar m)\,s_i/\bar s`.

    :math:`m_i` and :math:`s_i` are mean and standard deviation of the shapes in the range of x,
    :math:`\bar m` and :math:`\bar s` their sums weighted by the fractions.
    """
    x = builder.symbol(builder.name(variable))
    means, widths = zip(
        *(_moments(node, i, shape, x, variable, builder) for i, shape in enumerate(shapes)),
        strict=True,
    )
    mean, width = (
        builder.function(
            builder.fresh(f"{node.name}_{kind}"),
            "generic_function",
            expression=" + ".join(f"{f}*{m}" for f, m in zip(fractions, moments, strict=True)),
        )
        for kind, moments in (("mean", means), ("width", widths))
    )
    names = []
    for i, shape in enumerate(shapes):
        at = builder.function(
            builder.fresh(f"{node.name}_x_{i}"),
            "generic_function",
            expression=f"{means[i]} + ({x} - {mean})*{widths[i]}/{width}",
        )
        names.append(substituted(shape, variable.name, at, builder))
    return names


def _moments(
    node: RootObject, i: int, shape: RootObject, x: str, variable: RootObject, builder: Builder
) -> tuple[str, str]:
    """Functions that are mean and standard deviation of a shape over the variable's range."""
    density = builder.symbol(builder.name(shape))

    def integral(kind: str, weight: str) -> str:
        integrand = builder.function(
            builder.fresh(f"{node.name}_{kind}_of_{i}"),
            "generic_function",
            expression=f"{weight}{density}",
        )
        return builder.function(
            builder.fresh(f"{integrand}_sum"),
            "integral",
            integrand=integrand,
            variables=[variable.name],
        )

    norm = integral("norm", "")
    first = integral("first", f"{x}*")
    mean = builder.function(
        builder.fresh(f"{node.name}_mean_{i}"), "generic_function", expression=f"{first}/{norm}"
    )
    second = integral("second", f"({x} - {mean})^2*")
    width = builder.function(
        builder.fresh(f"{node.name}_width_{i}"),
        "generic_function",
        expression=f"sqrt({second}/{norm})",
    )
    return mean, width
