"""Parameter points (chapter 2.6): named sets of parameter values."""

from __future__ import annotations

from pydantic import StrictBool, StrictInt

from hs3.base import Named, Number


class ParameterValue(Named):
    """The value of one parameter.

    Attributes:
        value: the number; missing or null says nothing about the parameter's value.
        const: True when a fit keeps it; the standard's default is False.
        min: lower bound (ROOT up to 6.40).
        max: upper bound (ROOT up to 6.40).
        nbins: binning of the variable (ROOT, pyhs3).
        error: standard deviation found by a fit (ROOT).
    """

    value: Number | None = None
    const: StrictBool | None = None
    min: Number | None = None
    max: Number | None = None
    nbins: StrictInt | None = None
    error: Number | None = None


class ParameterPoint(Named):
    """A point in parameter space: starting values, best-fit values, truth values …"""

    parameters: tuple[ParameterValue, ...] | None = None
