"""Shapes of the package zfit-physics, where it is installed."""

from __future__ import annotations

import importlib.util
from importlib import import_module
from typing import Any

from ..builder import Builder
from .formulas import formula
from .registry import converts, observable

_ARGUMENT = "(1 - ({x} - {mu}) * {lambd} / {sigma})"
_WIDTH = "(asinh({lambd} * sqrt(log(4))) / sqrt(log(4)))"

FORMULAS = {
    "CMSShape": "exp(-{gamma} * ({x} - {m})) * erfc(-{beta} * ({x} - {m}))",
    "Cruijff": "exp(-0.5 * ({x} < {mu}"
    " ? (({x} - {mu}) / {sigmal}) ^ 2 / (1 + {alphal} * (({x} - {mu}) / {sigmal}) ^ 2)"
    " : (({x} - {mu}) / {sigmar}) ^ 2 / (1 + {alphar} * (({x} - {mu}) / {sigmar}) ^ 2)))",
    "ErfExp": "erfc(({x} - {mu}) * {beta}) * exp(-{gamma} * ({x} ^ {n} - {mu} ^ {n}))",
    "Novosibirsk": "(abs({lambd}) < 1e-7 ? exp(-0.5 * (({x} - {mu}) / {sigma}) ^ 2) : "
    f"({_ARGUMENT} < 1e-7 ? 0 : exp(-0.5 * (log({_ARGUMENT}) / {_WIDTH}) ^ 2)))",
    "RelativisticBreitWigner": "1 / (({x} ^ 2 - {m} ^ 2) ^ 2 + {m} ^ 2 * {gamma} ^ 2)",
    "Tsallis": "{x} * (1 + (hypot({m}, {x}) - {m}) / ({n} * {t})) ^ (-{n})",
}
"""Formulas of x and of the parameters, up to a factor."""

if importlib.util.find_spec("zfit_physics") is not None:
    _physics = import_module("zfit_physics.pdf")

    for _name, _template in FORMULAS.items():
        converts(_name, module=_physics)(formula(_template))

    @converts("Argus", module=_physics)
    def _argus(pdf: Any, builder: Builder) -> str:
        m0, c, p = (builder.value(pdf.params[key]) for key in ("m0", "c", "p"))
        variable = observable(pdf)
        return builder.add(pdf, type="argus_dist", mass=variable, resonance=m0, slope=c, power=p)
