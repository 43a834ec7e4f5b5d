"""Shapes of one variable that HS3 has no type for: their formulas, as zfit evaluates them."""

from __future__ import annotations

from typing import Any

from ..builder import Builder, expression
from .registry import Converter, converts, observable

_TAIL = "({pull} < -{alpha} ? exp(0.5 * {alpha} ^ 2 + {alpha} * {pull}) : exp(-0.5 * {pull} ^ 2))"

FORMULAS = {
    "Cauchy": "1 / (1 + (({x} - {m}) / {gamma}) ^ 2)",
    "StudentT": "(1 + (({x} - {mu}) / {sigma}) ^ 2 / {ndof}) ^ (-0.5 * ({ndof} + 1))",
    # zfit's documentation gives the same formula without the 2; the code has Student's t
    "QGauss": "(1 + ({q} - 1) * (({x} - {mu}) / {sigma}) ^ 2 / 2) ^ (-1 / ({q} - 1))",
    "JohnsonSU": "exp(-0.5 * ({gamma} + {delta} * asinh(({x} - {mu}) / {lambd})) ^ 2)"
    " / sqrt(1 + (({x} - {mu}) / {lambd}) ^ 2)",
    "ExpModGauss": "exp(0.5 * {lambd} * (2 * {mu} + {lambd} * {sigma} ^ 2 - 2 * {x}))"
    " * erfc(({mu} + {lambd} * {sigma} ^ 2 - {x}) / (sqrt(2) * {sigma}))",
    "Beta": "{x} ^ ({alpha} - 1) * (1 - {x}) ^ ({beta} - 1)",
}
"""Formulas of x and of zfit's parameters, up to a factor."""


def formula(template: str) -> Converter:
    """A converter to an expression: a template of x and of the pdf's parameters."""

    def convert(pdf: Any, builder: Builder) -> str:
        x = builder.word(observable(pdf))
        return builder.generic(pdf, expression(template, builder, pdf.params, x=x))

    return convert


for _name, _template in FORMULAS.items():
    converts(_name)(formula(_template))


def tail(pull: str, alpha: str) -> str:
    """A Gaussian core that goes over into an exponential to the left of -alpha."""
    return _TAIL.format(pull=pull, alpha=alpha)


@converts("GaussExpTail")
def _one_tail(pdf: Any, builder: Builder) -> str:
    """The sign of alpha selects the side."""
    p = {k: builder.text(v) for k, v in pdf.params.items()}
    pull = f"(({builder.word(observable(pdf))} - {p['mu']}) / {p['sigma']})"
    alpha = p["alpha"]
    left, right = tail(pull, f"abs({alpha})"), tail(f"(-{pull})", f"abs({alpha})")
    return builder.generic(pdf, f"({alpha} < 0 ? {right} : {left})")


@converts("GeneralizedGaussExpTail")
def _two_tails(pdf: Any, builder: Builder) -> str:
    """A tail and a width on each side; the alphas are above zero."""
    p = {k: builder.text(v) for k, v in pdf.params.items()}
    x = builder.word(observable(pdf))
    left = tail(f"(({x} - {p['mu']}) / {p['sigmal']})", f"abs({p['alphal']})")
    right = tail(f"(({p['mu']} - {x}) / {p['sigmar']})", f"abs({p['alphar']})")
    return builder.generic(pdf, f"({x} < {p['mu']} ? {left} : {right})")


# --- windows -------------------------------------------------------------------------------------


def window(x: str, pieces: list[tuple[str, str]]) -> str:
    """One inside of the pieces, zero elsewhere."""
    inside = " || ".join(f"({x} >= {low} && {x} <= {high})" for low, high in pieces)
    return f"({inside} ? 1 : 0)"


@converts("Uniform")
def _uniform(pdf: Any, builder: Builder) -> str:
    """Flat over the whole range where both limits are fixed outside of it."""
    name = observable(pdf)
    low, high = (builder.value(pdf.params[key]) for key in ("low", "high"))
    start, end = builder.ranges[name]
    fixed = isinstance(low, float) and isinstance(high, float)
    if fixed and float(low) <= start and float(high) >= end:
        return builder.add(pdf, type="uniform_dist", x=[name])
    limits = builder.text(pdf.params["low"]), builder.text(pdf.params["high"])
    return builder.generic(pdf, window(builder.word(name), [limits]))


@converts("TruncatedGauss")
def _truncated(pdf: Any, builder: Builder) -> str:
    """A Gaussian times a window."""
    p = {k: builder.text(v) for k, v in pdf.params.items()}
    x = builder.word(observable(pdf))
    bell = f"exp(-0.5 * (({x} - {p['mu']}) / {p['sigma']}) ^ 2)"
    inside = f"{x} >= {p['low']} && {x} <= {p['high']}"
    return builder.generic(pdf, f"({inside} ? {bell} : 0)")
