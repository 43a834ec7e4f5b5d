"""A zfit pdf that is given by a formula, normalised by Gauss-Legendre quadrature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
import zfit

PANELS = 64
"""Panels between two cuts."""

GRID = 257
"""Points at which signs are compared, to find where a formula steps or bends."""

_X, _W = np.polynomial.legendre.leggauss(16)
_T = ((np.arange(PANELS)[:, None] + 0.5 * (1.0 + _X[None, :])) / PANELS).ravel()
# Denser towards the cuts, where the formula may go like a root: x = 3 t^2 - 2 t^3.
_NODES = _T * _T * (3.0 - 2.0 * _T)
_WEIGHTS = np.tile(0.5 * _W / PANELS, PANELS) * 6.0 * _T * (1.0 - _T)

Formula = Callable[[Mapping[str, Any]], Any]


class FormulaPDF(zfit.pdf.BasePDF):  # type: ignore[misc]
    """The density that is proportional to a function of one observable and of parameters.

    Args:
        formula: from the observable and the parameters (by name) to its value.
        obs: the space.
        params: zfit's parameters by name.
        name: of the pdf.
        bends: functions of the same names, at whose changes of sign the formula steps or bends.
        steps: places of fixed steps.
    """

    def __init__(
        self,
        formula: Formula,
        obs: Any,
        params: Mapping[str, Any],
        name: str,
        bends: Sequence[Formula] = (),
        steps: Sequence[float] = (),
    ) -> None:
        self._formula, self._bends, self._steps = formula, bends, tuple(steps)
        super().__init__(obs=obs, params=dict(params), name=name)
        middle = 0.5 * sum(tf.reshape(v, []) for v in self.space.v1.limits)
        columns = {self.obs[0]: tf.reshape(middle, [1])}
        now = {key: p.value() for key, p in self.params.items()}
        self._at(formula, columns, now)  # what is refused, is so at once

    @zfit.supports()  # type: ignore[untyped-decorator]
    def _unnormalized_pdf(self, x: Any, params: Any) -> Any:
        columns = {name: x[i] for i, name in enumerate(self.obs)}
        return self._at(self._formula, columns, params)

    def _at(self, formula: Formula, columns: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
        values = {k: tf.convert_to_tensor(v, tf.float64) for k, v in params.items()}
        first = next(iter(columns.values()))
        return formula({**values, **columns}) * tf.ones_like(first)

    @zfit.supports()  # type: ignore[untyped-decorator]
    def _integrate(self, limits: Any, norm: Any, options: Any = None) -> Any:
        """Between the cuts, in panels."""
        del norm, options
        x, weights = self.nodes(limits)
        columns = {self.obs[0]: x}
        params = {key: p.value() for key, p in self.params.items()}
        return tf.reshape(tf.reduce_sum(self._at(self._formula, columns, params) * weights), [1])

    def nodes(self, limits: Any) -> tuple[Any, Any]:
        """Nodes and weights of the integral over the only observable."""
        (name,) = self.obs
        params = {key: p.value() for key, p in self.params.items()}
        low, high = (tf.reshape(v, []) for v in limits.v1.limits)
        edges = self._edges(low, high, lambda f, x: self._at(f, {name: x}, params))
        widths = edges[1:] - edges[:-1]
        x = edges[:-1, None] + widths[:, None] * _NODES[None, :]
        return tf.reshape(x, [-1]), tf.reshape(widths[:, None] * _WEIGHTS[None, :], [-1])

    def _edges(self, low: Any, high: Any, at: Callable[[Formula, Any], Any]) -> Any:
        fixed = tf.constant(self._steps, tf.float64)
        found = [_zeros(partial(at, bend), low, high) for bend in self._bends]
        inner = tf.clip_by_value(tf.concat([fixed, *found], 0), low, high)
        return tf.sort(tf.concat([[low], inner, [high]], 0))


class EfficiencyPDF(zfit.pdf.BaseFunctor):  # type: ignore[misc]
    """A pdf of one observable times a formula, which may step: zfit integrates no steps.

    Args:
        pdf: the pdf.
        efficiency: the formula.
        name: of the product.
    """

    def __init__(self, pdf: Any, efficiency: FormulaPDF, name: str) -> None:
        super().__init__(pdfs=[pdf, efficiency], obs=pdf.space, name=name)

    @zfit.supports()  # type: ignore[untyped-decorator]
    def _unnormalized_pdf(self, x: Any) -> Any:
        first, second = (pdf.pdf(x, norm=False) for pdf in self.pdfs)
        return first * second

    @zfit.supports()  # type: ignore[untyped-decorator]
    def _integrate(self, limits: Any, norm: Any, options: Any = None) -> Any:
        """Between the steps of the formula."""
        del norm, options
        x, weights = self.pdfs[1].nodes(limits)
        at = zfit.Data.from_tensor(obs=self.obs[0], tensor=x[:, None])
        return tf.reshape(tf.reduce_sum(self._unnormalized_pdf(at) * weights), [1])


def _zeros(function: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Where a function changes sign, by bisection from a grid."""
    grid = tf.linspace(low, high, GRID)
    sign = function(grid) > 0.0
    where = tf.where(sign[1:] != sign[:-1])[:, 0]
    a, b = tf.gather(grid, where), tf.gather(grid, where + 1)
    left = tf.gather(sign, where)
    for _ in range(46):
        middle = 0.5 * (a + b)
        same = tf.equal(function(middle) > 0.0, left)
        a, b = tf.where(same, middle, a), tf.where(same, b, middle)
    return tf.stop_gradient(0.5 * (a + b))
