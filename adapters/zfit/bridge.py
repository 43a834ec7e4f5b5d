"""Functions outside of TensorFlow, with their derivatives, as densities and functions of zfit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf
import zfit

Call = Callable[[Mapping[str, Any], Any], Any]
"""From zfit's parameters by name and events (D, N) to values, in TensorFlow."""


class EnginePDF(zfit.pdf.BasePDF):  # type: ignore[misc]
    """The density of unbinned events, which the engine normalises.

    Args:
        density: from the parameters (by name) and the events (D, N) to the densities (N,).
        space: in which it is normalised.
        params: zfit's parameters by name.
        name: of the pdf.
    """

    def __init__(
        self,
        density: Callable[[Mapping[str, Any], Any], Any],
        space: Any,
        params: Mapping[str, Any],
        name: str,
    ) -> None:
        self._density, self._whole = density, space
        super().__init__(obs=space, params=dict(params), name=name)

    @zfit.supports()  # type: ignore[untyped-decorator]
    def _unnormalized_pdf(self, x: Any, params: Any) -> Any:
        return self._density(params, tf.stack([x[i] for i in range(self.n_obs)]))

    @zfit.supports()  # type: ignore[untyped-decorator]
    def _integrate(self, limits: Any, norm: Any, options: Any = None) -> Any:
        """One over the whole range; zfit integrates others numerically."""
        del norm, options
        if limits != self._whole:
            raise zfit.exception.SpecificFunctionNotImplemented
        return tf.constant([1.0], tf.float64)


def called(
    value_of: Callable[..., Any], slope_of: Callable[..., Any], names: Sequence[str]
) -> Call:
    """What TensorFlow calls for a value of parameters (P,) and events, and for its derivative."""

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def bridge(own: Any, events: Any) -> Any:
        def gradient(up: Any) -> Any:
            slope = tf.numpy_function(slope_of, [own, events, up], tf.float64)
            return tf.ensure_shape(slope, own.shape), tf.zeros_like(events)

        return tf.numpy_function(value_of, [own, events], tf.float64), gradient

    def call(params: Mapping[str, Any], events: Any) -> Any:
        own = tf.stack([tf.convert_to_tensor(params[n], tf.float64) for n in names])
        return bridge(own, tf.convert_to_tensor(events, tf.float64))

    return call
