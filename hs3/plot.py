"""Figures of results (`pip install 'hs3-reference[plot]'`): matplotlib, with bins by mplhep.

Each function takes a result and gives a `matplotlib.figure.Figure`, drawn without a display.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hs3 import files
from hs3.errors import MissingDependency, WriteError

try:
    import mplhep
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as error:  # pragma: no cover
    raise MissingDependency(
        f"figures need {error.name}: pip install 'hs3-reference[plot]'", value=error.name
    ) from error

if TYPE_CHECKING:
    from hs3.engine import FitResult
    from hs3.engine.contours import Contour
    from hs3.engine.diagnostics import ChannelYields, Impacts, Pulls, Yields
    from hs3.engine.profile import Scan

BLUE, RED, GREEN, YELLOW = "#3f90da", "#bd1f01", "#8bc34a", "#ffeb3b"
SAMPLES = ("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70",
           "#717581", "#92dadd")  # fmt: skip
"""Colours that colour-blind readers can tell apart (M. Petroff, arXiv:2107.02270)."""


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure wholly or not at all; the name's end tells the format.

    Raises:
        WriteError: the format is not known, or the file cannot be written.
    """
    form = os.path.splitext(os.fspath(path))[1].lstrip(".").lower() or "png"
    known = figure.canvas.get_supported_filetypes()
    if form not in known:
        message = f"there is no format {form!r} for figures; there are {', '.join(sorted(known))}"
        raise WriteError(message, value=form, suggestions=("png", "pdf", "svg"))
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=150, bbox_inches="tight")
    files.write_atomic(path, buffer.getvalue())


def pulls(result: Pulls) -> Figure:
    """Pulls with their post-fit errors, in units of the width before the fit."""
    found = result.parameters[::-1]
    figure, axes = _rows(len(found))
    place = np.arange(len(found))
    axes.axvspan(-2.0, 2.0, color=YELLOW, alpha=0.6, lw=0)
    axes.axvspan(-1.0, 1.0, color=GREEN, alpha=0.6, lw=0)
    axes.errorbar(
        [p.pull for p in found], place, xerr=[p.constraint for p in found], fmt="ko", ms=4
    )
    axes.axvline(0.0, color="black", lw=0.8, ls=":")
    _names(axes, [p.name for p in found])
    reach = max((abs(p.pull) + p.constraint for p in found), default=0.0)
    axes.set_xlim(-max(3.0, 1.1 * reach), max(3.0, 1.1 * reach))
    axes.set_xlabel(r"$(\hat\theta - \theta_0)/\Delta\theta_0$")
    return figure


def impacts(result: Impacts, top: int = 20) -> Figure:
    """The largest impacts as bars (upper axis), and pulls of the same parameters (lower axis)."""
    found = result.parameters[:top][::-1]
    figure, axes = _rows(len(found))
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
    axes.set_xlabel(rf"$\Delta${_plain(result.poi)}   (outline: pre-fit)")
    _names(axes, [p.name for p in found])
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
    axes.set_xticks(range(len(kept)), [_plain(n) for n in names], rotation=90)
    axes.set_yticks(range(len(kept)), [_plain(n) for n in names])
    if len(kept) <= 15:
        for i, row in enumerate(matrix):
            for j, value in enumerate(row):
                colour = "white" if abs(value) > 0.6 else "black"
                axes.text(j, i, f"{value:.2f}", ha="center", va="center", color=colour,
                          fontsize="x-small")  # fmt: skip
    return figure


def yields(result: Yields) -> Figure:
    """Each channel as a stack of samples with the data, and below it data over expectation."""
    found = list(result.channels.values())
    columns = min(len(found), 3)
    rows = -(-len(found) // columns)
    figure = Figure(figsize=(5.0 * columns, 4.5 * rows), layout="constrained")
    grid = figure.add_gridspec(2 * rows, columns, height_ratios=[3, 1] * rows)
    colours = _colours(found)
    for number, channel in enumerate(found):
        row, column = divmod(number, columns)
        upper = figure.add_subplot(grid[2 * row, column])
        lower = figure.add_subplot(grid[2 * row + 1, column], sharex=upper)
        _stack(upper, channel, colours)
        _ratio(lower, channel)
        upper.set_title(_plain(channel.name), loc="left", fontsize="medium")
        upper.tick_params(labelbottom=False)
        lower.set_xlabel(_plain(channel.axes[0]) if len(channel.axes) == 1 else "bin")
    figure.suptitle("pre-fit" if result.when == "prefit" else "post-fit", x=0.99, ha="right")
    return figure


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
    axes.set_xlabel(_plain(result.names[0]))
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
    axes.set_ylabel(_plain(result.names[1]))
    for contour, style in zip(contours, ("-", "--", ":", "-.") * len(contours), strict=False):
        label = f"{100.0 * contour.level:g} %"
        axes.plot(*contour.points.T, color="black", ls=style, label=label)
    best = [result.best.values[name] for name in result.names]
    axes.plot(*best, marker="P", color=RED, ls="", label="best fit")
    axes.legend(fontsize="small")
    return figure


# --- parts ----------------------------------------------------------------------------------------


def _rows(size: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.5, 1.6 + 0.28 * max(size, 1)), layout="constrained")
    return figure, figure.add_subplot()


def _names(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_plain(name) for name in names])
    axes.set_ylim(-0.6, len(names) - 0.4)


def _plain(name: str) -> str:
    """A document's text, which is no formula."""
    return name.replace("\\", "\\\\").replace("$", r"\$")


def _edges(channel: ChannelYields) -> np.ndarray[Any, Any]:
    if len(channel.axes) == 1 and np.isfinite(channel.edges[0]).all():
        return np.asarray(channel.edges[0])
    return np.arange(len(channel.observed) + 1.0)


def _colours(channels: Sequence[ChannelYields]) -> dict[str, str]:
    names = dict.fromkeys(name for channel in channels for name in channel.samples)
    return {name: SAMPLES[i % len(SAMPLES)] for i, name in enumerate(names)}


def _stack(axes: Axes, channel: ChannelYields, colours: dict[str, str]) -> None:
    edges = _edges(channel)
    ordered = sorted(channel.samples.items(), key=lambda pair: pair[1].total)
    mplhep.histplot(
        [y.counts for _, y in ordered],
        bins=edges,
        stack=True,
        histtype="fill",
        color=[colours[name] for name, _ in ordered],
        label=[_plain(name) for name, _ in ordered],
        ax=axes,
    )
    total, error = channel.expected.counts, channel.expected.errors
    axes.stairs(
        total + error,
        edges,
        baseline=total - error,
        fill=True,
        color="none",
        edgecolor="black",
        hatch="////",
        lw=0,
        label="uncertainty",
    )
    centres = 0.5 * (edges[1:] + edges[:-1])
    axes.errorbar(centres, channel.observed, np.sqrt(channel.observed), fmt="ko", ms=4,
                  label="data")  # fmt: skip
    axes.set_ylabel("events")
    top = max(float((channel.observed + np.sqrt(channel.observed)).max(initial=0.0)),
              float((total + error).max(initial=0.0)))  # fmt: skip
    axes.set_ylim(0.0, 1.5 * top or 1.0)
    axes.legend(fontsize="x-small", ncols=2)


def _ratio(axes: Axes, channel: ChannelYields) -> None:
    edges, total = _edges(channel), channel.expected.counts
    some = np.where(total > 0.0, total, np.nan)
    width = channel.expected.errors / some
    axes.stairs(
        np.nan_to_num(1.0 + width, nan=1.0),
        edges,
        baseline=np.nan_to_num(1.0 - width, nan=1.0),
        fill=True,
        color="none",
        edgecolor="black",
        hatch="////",
        lw=0,
    )
    centres = 0.5 * (edges[1:] + edges[:-1])
    axes.errorbar(centres, channel.observed / some, np.sqrt(channel.observed) / some, fmt="ko",
                  ms=4)  # fmt: skip
    axes.axhline(1.0, color="black", lw=0.8, ls=":")
    axes.set_ylim(0.5, 1.5)
    axes.set_ylabel("data / exp.")
