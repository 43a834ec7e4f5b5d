"""Figures of the profile likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hs3.errors import WriteError

from .base import BLUE, RED, Figure, plain

if TYPE_CHECKING:
    from hs3.engine.contours import Contour
    from hs3.engine.scans import Scan


def scan(result: Scan, contours: Sequence[Contour] = ()) -> Figure:
    """The profile likelihood of one parameter, or of two as colours with contours.

    Raises:
        WriteError: more than two parameters.
    """
    if len(result.names) > 2:
        raise WriteError("a figure shows a scan of one or two parameters", value=result.names)
    figure = Figure(figsize=(6.0, 4.5), layout="constrained")
    axes = figure.add_subplot()
    rise = result.twice_delta_nll
    axes.set_xlabel(plain(result.names[0]))
    if len(result.names) == 1:
        order = np.argsort(result.axes[0])
        axes.plot(result.axes[0][order], rise[order], color=BLUE, marker=".")
        for level, label in ((1.0, "68.3 %"), (3.841, "95 %")):
            axes.axhline(level, color="grey", ls="--", lw=0.8)
            axes.annotate(label, (1.0, level), xycoords=("axes fraction", "data"), ha="right",
                          va="bottom", fontsize="small", color="grey")  # fmt: skip
        axes.set_ylabel(r"$-2\,\Delta\ln L$")
        axes.set_ylim(bottom=0.0)
        return figure
    shown = axes.pcolormesh(*result.axes, rise.T, cmap="viridis_r", shading="nearest")
    figure.colorbar(shown, ax=axes, label=r"$-2\,\Delta\ln L$")
    axes.set_ylabel(plain(result.names[1]))
    for contour, style in zip(contours, ("-", "--", ":", "-.") * len(contours), strict=False):
        label = f"{100.0 * contour.level:g} %"
        axes.plot(*contour.points.T, color="black", ls=style, label=label)
    best = [result.best.values[name] for name in result.names]
    axes.plot(*best, marker="P", color=RED, ls="", label="best fit")
    axes.legend(fontsize="small")
    return figure
