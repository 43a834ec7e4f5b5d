"""What batches of fits, tests, limits and significances give: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtri

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..accuracy import INACCURATE
from ..forms import Result, strict
from ..minimise import CONVERGED, INFINITE, STALLED

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

MESSAGES = {
    CONVERGED: "converged",
    STALLED: "no step lowers the likelihood any more, yet its gradient does not vanish",
    INFINITE: "the likelihood is infinite or undefined at the starting values",
    INACCURATE: "a numerical integral in the likelihood is not accurate enough at the minimum",
}


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


@dataclass(frozen=True, eq=False)
class FitBatch(Result):
    """Results of n fits, as arrays.

    Attributes:
        names: of all T parameters.
        free: names of the floating ones, the order of `covariance`.
        values: best-fit values (n, T).
        nll: full negative log-likelihood at the minima (n,).
        converged: True where the estimated distance to the minimum is below the goal of
            `hs3.engine.minimise`, the likelihood is finite, and, where it was asked for, the
            covariance is positive definite (n,).
        status: verdict of the minimiser, a key of `MESSAGES` or, for too many steps, another (n,).
        edm: estimated distance to the minimum in units of nll (n,).
        steps: number of steps (n,).
        covariance: inverse of the exact Hessian (n, free, free), where it was asked for.
    """

    names: tuple[str, ...]
    free: tuple[str, ...]
    values: FloatArray
    nll: FloatArray
    converged: BoolArray
    status: IntArray
    edm: FloatArray
    steps: IntArray
    covariance: FloatArray | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.nll)

    def value(self, name: str) -> FloatArray:
        """Best-fit values of one parameter, shape (n,)."""
        return self.values[:, self.names.index(name)]

    def error(self, name: str) -> FloatArray:
        """Errors of one parameter from the covariance, shape (n,); zero where it was fixed.

        Raises:
            FitError: the covariance was not asked for.
        """
        if self.covariance is None:
            raise FitError("errors need `covariance=True`", code="fit.invalid")
        if name not in self.free:
            return np.zeros(len(self))
        place = self.free.index(name)
        return np.sqrt(self.covariance[:, place, place])

    def message(self, number: int) -> str:
        """What became of one fit, in a sentence."""
        status = int(self.status[number])
        if status == CONVERGED and not self.converged[number]:
            return "the covariance is not positive definite"
        return MESSAGES.get(status, f"not converged after {self.steps[number]} steps")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data: a column for each parameter, and what became of each fit."""
        return {
            "parameters": {name: self.value(name).tolist() for name in self.names},
            "nll": [v if np.isfinite(v) else None for v in self.nll.tolist()],
            "converged": self.converged.tolist(),
            "steps": self.steps.tolist(),
        }

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays by name, as they are kept in files."""
        names = ("values", "nll", "converged", "status", "edm", "steps", "covariance")
        arrays = {name: getattr(self, name) for name in names}
        return {name: array for name, array in arrays.items() if array is not None}
