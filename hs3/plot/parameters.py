"""Figures of parameters: pulls, impacts, correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .base import BLUE, GREEN, RED, YELLOW, Figure, plain, row_names, rows

if TYPE_CHECKING:
    from hs3.engine import FitResult
    from hs3.engine.diagnostics import BiasStudy, Impacts, Pulls


def pulls(result: Pulls) -> Figure:
    """Pulls with their post-fit errors, in units of the width before the fit."""
    found = result.parameters[::-1]
    figure, axes = rows(len(found))
    place = np.arange(len(found))
    axes.axvspan(-2.0, 2.0, color=YELLOW, alpha=0.6, lw=0)
    axes.axvspan(-1.0, 1.0, color=GREEN, alpha=0.6, lw=0)
    axes.errorbar(
        [p.pull for p in found], place, xerr=[p.constraint for p in found], fmt="ko", ms=4
    )
    axes.axvline(0.0, color="black", lw=0.8, ls=":")
    row_names(axes, [p.name for p in found])
    reach = max((abs(p.pull) + p.constraint for p in found), default=0.0)
    axes.set_xlim(-max(3.0, 1.1 * reach), max(3.0, 1.1 * reach))
    axes.set_xlabel(r"$(\hat\theta - \theta_0)/\Delta\theta_0$")
    return figure


def impacts(result: Impacts, top: int = 20) -> Figure:
    """The largest impacts as bars (upper axis), and pulls of the same parameters (lower axis)."""
    found = result.parameters[:top][::-1]
    figure, axes = rows(len(found))
    place = np.arange(len(found))
    bars: list[Any] = []
    for shifts, early, colour, label in (
        ([p.up for p in found], [p.prefit_up for p in found], BLUE, r"$+$"),
        ([p.down for p in found], [p.prefit_down for p in found], RED, r"$-$"),
    ):
        width = [np.nan if v is None else v for v in early]
        axes.barh(place, width, height=0.8, color="none", edgecolor=colour, lw=1.0)
        theta = rf"$\hat\theta {label[1]}\Delta\hat\theta$"
        bars.append(axes.barh(place, shifts, height=0.8, color=colour, alpha=0.7, label=theta))
    drawn = [v for p in found for v in (p.up, p.down, p.prefit_up, p.prefit_down) if v is not None]
    reach = 1.15 * float(np.nanmax(np.abs(drawn))) if drawn else 1.0
    axes.set_xlim(-reach, reach)
    axes.set_xlabel(rf"$\Delta${plain(result.poi)}   (outline: pre-fit)")
    row_names(axes, [p.name for p in found])
    lower = axes.twiny()  # which moves the ticks of both
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    known = [(i, p.pull, p.constraint) for i, p in enumerate(found) if p.pull is not None]
    if known:
        at, pull, width = (list(v) for v in zip(*known, strict=True))
        lower.errorbar(pull, at, xerr=width, fmt="ko", ms=4, label="pull")
    far = max([2.0, *(1.1 * (abs(p) + (w or 0.0)) for _, p, w in known)])
    lower.set_xlim(-far, far)
    lower.xaxis.tick_bottom()
    lower.xaxis.set_label_position("bottom")
    lower.set_xlabel(r"pull $(\hat\theta - \theta_0)/\Delta\theta_0$")
    axes.axvline(0.0, color="black", lw=0.8, ls=":")
    axes.legend(handles=bars, loc="lower right", fontsize="small")
    return figure


def bias(result: BiasStudy) -> Figure:
    """Pulls of the toys of each injected value, beside the normal distribution they should have."""
    found = result.injections
    figure = Figure(figsize=(4.5 * len(found), 4.0), layout="constrained")
    reach = max(4.0, *(float(np.nanmax(np.abs(one.pulls))) for one in found))
    edges = np.linspace(-reach, reach, 41)
    x = np.linspace(-reach, reach, 400)
    for number, one in enumerate(found):
        axes = figure.add_subplot(1, len(found), number + 1)
        counts = np.histogram(one.pulls, edges)[0]
        mean, width = (rf"${v:.2f} \pm {e:.2f}$" for v, e in (one.mean, one.width))
        axes.stairs(counts, edges, color=BLUE, label=f"{len(one.values)} toys")
        normal = np.exp(-0.5 * x**2) / np.sqrt(2.0 * np.pi) * len(one.values) * np.diff(edges)[0]
        axes.plot(x, normal, color=RED, lw=1.0, label="normal distribution")
        name = plain(result.poi)
        axes.set_title(
            f"{name} = {one.injected:g} injected\nmean {mean}, width {width}", fontsize="medium"
        )
        axes.set_xlabel(f"pull of {name}")
        axes.set_ylabel("toys")
        axes.set_ylim(0.0, 1.4 * max(float(counts.max()), float(normal.max())))
        axes.legend(fontsize="small")
    return figure


def correlation(result: FitResult, threshold: float = 0.0) -> Figure:
    """Correlations of the floating parameters.

    Args:
        threshold: parameters whose largest correlation is below it are left out.
    """
    matrix = result.correlation
    off = np.abs(matrix - np.eye(len(matrix)))
    kept = np.flatnonzero(off.max(axis=0, initial=0.0) >= threshold)
    names = [result.free[i] for i in kept]
    matrix = matrix[np.ix_(kept, kept)]
    size = 2.5 + 0.3 * len(kept)
    figure = Figure(figsize=(size + 1.0, size), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(matrix, vmin=-1.0, vmax=1.0, cmap="RdBu_r")
    figure.colorbar(image, ax=axes, label="correlation", shrink=0.8)
    axes.set_xticks(range(len(kept)), [plain(n) for n in names], rotation=90)
    axes.set_yticks(range(len(kept)), [plain(n) for n in names])
    if len(kept) <= 15:
        for i, row in enumerate(matrix):
            for j, value in enumerate(row):
                colour = "white" if abs(value) > 0.6 else "black"
                axes.text(j, i, f"{value:.2f}", ha="center", va="center", color=colour,
                          fontsize="x-small")  # fmt: skip
    return figure
