"""What tests, limits and significances give: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from scipy.special import ndtri

from ..forms import Result, strict


class Plain(Result):
    """Results whose fields are what there is to tell."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; numbers that JSON does not have become null."""
        out: dict[str, Any] = strict(asdict(self))  # type: ignore[call-overload]
        return out


@dataclass(frozen=True)
class HypoTest(Plain):
    """Test of values of parameters of interest.

    Expected values are those for best fits -2, -1, 0, 1, 2 sigma from the alternative.

    Attributes:
        tested: values by name.
        statistic: name of the test statistic.
        observed: its value.
        p_value: of the tested hypothesis, CLs+b.
        p_alternative: probability of a value at least as large without signal, CLb; None where
            there is no alternative.
        cls: their ratio.
        expected_p_value, expected_cls: the same expected without signal.
        best: best-fit values by name.
        sigma: width of the best fit from Asimov data.
        errors: statistical error of `p_value`, `p_alternative`, `cls` where they come from toys.
        toys: toys for each hypothesis, 0 for asymptotic formulas.
        asymptotic: beside a result from toys, that of the formulas, where they are defined.
        notes: what a reader has to know about the fits.
    """

    tested: Mapping[str, float]
    statistic: str
    observed: float
    p_value: float
    p_alternative: float | None = None
    cls: float | None = None
    expected_p_value: tuple[float, ...] = ()
    expected_cls: tuple[float, ...] = ()
    best: Mapping[str, float] = field(default_factory=dict)
    sigma: float | None = None
    errors: tuple[float, float, float] | None = None
    toys: int = 0
    asymptotic: HypoTest | None = None
    notes: tuple[str, ...] = ()

    @property
    def significance(self) -> float:
        r"""The p-value as a one-sided significance, :math:`\Phi^{-1}(1 - p)`, equation (1)."""
        return float(-ndtri(self.p_value))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, the significance among it."""
        return {**super().to_dict(), "significance": strict(self.significance)}


@dataclass(frozen=True)
class Limit(Plain):
    """An upper limit.

    Attributes:
        poi: the parameter of interest.
        cl: confidence level.
        statistic: name of the test statistic.
        method: ``CLs`` or ``p-value``.
        observed: the limit.
        expected: limits expected without signal, at -2, -1, 0, 1, 2 sigma.
        best: best-fit value.
        fits: number of fits.
        error: statistical error of `observed` where it comes from toys.
        toys: toys for each hypothesis, 0 for asymptotic formulas.
        asymptotic: beside a limit from toys, that of the formulas, where they are defined.
        notes: what a reader has to know about the fits.
    """

    poi: str
    cl: float
    statistic: str
    method: str
    observed: float
    expected: tuple[float, ...]
    best: float
    fits: int
    error: float | None = None
    toys: int = 0
    asymptotic: Limit | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Significance(Plain):
    """Significance of a signal.

    Attributes:
        poi: the parameter of interest.
        observed: in units of sigma.
        p_value: of the hypothesis without signal.
        expected: for a signal of `expected_signal`, at -2, -1, 0, 1, 2 sigma; empty for toys.
        best: best-fit value.
        p_error: statistical error of `p_value` where it comes from toys.
        toys: number of toys, 0 for asymptotic formulas.
        asymptotic: beside a significance from toys, that of the formulas, where they are defined.
        notes: what a reader has to know about the fits.
    """

    poi: str
    observed: float
    p_value: float
    expected: tuple[float, ...]
    expected_signal: float
    best: float
    p_error: float | None = None
    toys: int = 0
    asymptotic: Significance | None = None
    notes: tuple[str, ...] = ()
