"""Morphing between densities."""

from __future__ import annotations

import numpy as np

from ..file import RootObject
from .builder import Builder
from .registry import converts

LINEAR, NON_LINEAR, POSITIVE, LINEAR_FRACTIONS = range(4)
"""RooMomentMorph::Setting."""


@converts("RooMomentMorph")
def _moment_morph(node: RootObject, builder: Builder) -> None:
    """A mixture with fractions that follow the parameter; moving shapes are not converted."""
    setting = int(node.member("_setting"))
    if node.members.get("_useHorizMorph", True):
        return builder.keep(node, "it moves and stretches its shapes (horizontal morphing)")
    points = np.asarray(node.member("_mref").member("fElements"), dtype=np.float64)
    if setting == NON_LINEAR:
        texts = _non_linear(points)
    elif setting in (LINEAR, LINEAR_FRACTIONS) and np.all(np.diff(points) > 0):
        texts = _linear(points)
    else:
        return builder.keep(node, f"its setting {setting} has no counterpart")
    parameter = builder.symbol(builder.value(node.proxy("m")))
    names = []
    for i, text in enumerate(texts):
        name = builder.fresh(f"{node.name}_fraction_{i}")
        names.append(builder.function(name, "generic_function", expression=text.format(parameter)))
    builder.distribution(
        node.name,
        "mixture_dist",
        summands=builder.names(node.proxies("_pdfList")),
        coefficients=names,
        extended=False,
    )


def _non_linear(points: np.ndarray) -> list[str]:
    """Lagrange's polynomials: each is one at its own point, and zero at the others."""
    texts = []
    for i, own in enumerate(points.tolist()):
        factors = [
            f"({{0}} - ({other!r}))/({own - other!r})"
            for j, other in enumerate(points.tolist())
            if j != i
        ]
        texts.append("*".join(factors) or "1.0")
    return texts


def _linear(points: np.ndarray) -> list[str]:
    """Hat functions: one at the own point, zero at the neighbours, constant beyond the ends."""
    at = points.tolist()
    texts = []
    for i, own in enumerate(at):
        rise = f"({{0}} - ({at[i - 1]!r}))/{own - at[i - 1]!r}" if i else "1.0"
        last = i + 1 == len(at)
        fall = "1.0" if last else f"(({at[i + 1]!r}) - {{0}})/{at[i + 1] - own!r}"
        texts.append(f"max(min({rise}, {fall}, 1.0), 0.0)".replace("min(", "min(", 1))
        texts[-1] = f"max(min(min({rise}, {fall}), 1.0), 0.0)"
    return texts
