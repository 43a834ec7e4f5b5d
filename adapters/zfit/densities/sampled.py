"""Densities that zfit makes of data: kernel estimates and splines, as splines through points."""

from __future__ import annotations

from typing import Any

import numpy as np
import zfit

from ..builder import Builder
from ..refuse import refuse
from .registry import converts, observable

POINTS = 2001
"""Points of the spline."""


@converts("KDE1DimExact", "KDE1DimGrid", "KDE1DimFFT", "KDE1DimISJ", "GaussianKDE1DimV1")
@converts("SplinePDF")
def _sampled(pdf: Any, builder: Builder) -> str:
    """A cubic spline through the density on a fine grid; how well it fits is reported.

    Raises:
        ConversionError: the density moves with a parameter, or vanishes between the points.
    """
    if pdf.get_params(floating=True, is_yield=False):
        refuse(f"{pdf.name!r} is sampled, which needs a density without floating parameters")
    from scipy.interpolate import CubicSpline

    name = observable(pdf)
    start, end = builder.ranges[name]
    knots = np.linspace(start, end, POINTS)
    density = _density(pdf, knots)
    between = 0.5 * (knots[1:] + knots[:-1])
    spline = CubicSpline(knots, density, bc_type="not-a-knot")(between)
    if spline.min() < 0.0 or density.min() < 0.0:
        refuse(f"the spline of {pdf.name!r} becomes negative", float(spline.min()))
    deviation = float(np.abs(spline - _density(pdf, between)).max() / density.max())
    builder.note(
        "zfit.sampled",
        f"{pdf.name!r} is written as a spline through {POINTS} points; it deviates by up to "
        f"{deviation:.1e} of the maximum",
        deviation,
        f"/distributions/{pdf.name}",
    )
    integral = float(CubicSpline(knots, density).integrate(start, end))
    if abs(integral - 1.0) > 1e-5:
        builder.note(
            "zfit.normalised",
            f"{pdf.name!r} integrates to {integral:.6g} in zfit, and to one here",
            integral,
            f"/distributions/{pdf.name}",
        )
    function = builder.function(
        f"{pdf.name}_spline",
        type="spline",
        x=name,
        x0=knots.tolist(),
        y0=density.tolist(),
        interpolation="poly3",
    )
    return builder.add(pdf, type="density_function_dist", function=function)


def _density(pdf: Any, x: Any) -> Any:
    data = zfit.Data.from_numpy(obs=pdf.obs[0], array=x[:, None])
    return np.asarray(pdf.pdf(data), float)
