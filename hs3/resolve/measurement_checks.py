"""Checks of auxiliary measurements: of their observed values, widths and ranges."""

from __future__ import annotations

import math

from hs3.dialects import document
from hs3.dialects.base import Log
from hs3.histfactory.meaning import Constraint

from .measurement import Value, numbers_of
from .values import Values


def check_observed(constraint: Constraint, values: Values, log: Log) -> None:
    """Note it where the observed value is a name that the document does not keep constant."""
    observed = constraint.observed
    if isinstance(observed, str) and not values.is_const(observed):
        log.fired(document.observed_fixed, constraint.path, value=observed)


def check_scale(constraint: Constraint, values: Values, log: Log) -> None:
    """Report a width or auxiliary count that is not above zero."""
    scale = numbers_of(constraint, values).scale
    if isinstance(scale, float) and not scale > 0.0:
        message = f"the scale of {constraint.name!r} is {scale:g}"
        log.add("constraint.nonpositive_scale", constraint.path, message, scale)


def check_support(constraint: Constraint, values: Values, log: Log) -> None:
    """Note it where the range of the observed value cuts into the tails of a Gaussian."""
    made = numbers_of(constraint, values)
    entry = values.entry(made.parameter)
    start = float(entry[1].value) if entry and entry[1].value is not None else made.observed
    part = outside(made, start, values.range(made.parameter))
    if part > NEGLIGIBLE:
        low, high = constraint.support
        log.add(
            "constraint.truncated",
            constraint.path,
            f"up to {part:.2g} of {constraint.name!r} lies outside of the range "
            f"[{low:g}, {high:g}] of its observed value",
            constraint.name,
        )


def outside(made: Constraint, start: Value, ends: tuple[float, float]) -> float:
    """The part of a Gaussian of numbers beyond the range of its observed value.

    The largest one for values of the parameter within its range `ends` and five widths of `start`.
    """
    low, high = made.support
    if made.kind != "gauss" or not isinstance(made.scale, float) or made.scale <= 0.0:
        return 0.0
    if (math.isinf(low) and math.isinf(high)) or not isinstance(start, float):
        return 0.0
    reach = 5 * made.scale
    points = [start, *(min(max(e, start - reach), start + reach) for e in ends)]
    return max(_tail((p - low) / made.scale) + _tail((high - p) / made.scale) for p in points)


NEGLIGIBLE = 1e-5
"""Probability outside of the range that is not worth a word: 4.4 standard deviations."""


def _tail(z: float) -> float:
    """Probability of a standard normal variate above `z`."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))
