"""Figures of channels: expected and observed counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .base import SAMPLES, Axes, Figure, mplhep, plain

if TYPE_CHECKING:
    from hs3.engine.diagnostics import ChannelYields, Yields


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
        upper.set_title(plain(channel.name), loc="left", fontsize="medium")
        upper.tick_params(labelbottom=False)
        lower.set_xlabel(plain(channel.axes[0]) if len(channel.axes) == 1 else "bin")
    figure.suptitle("pre-fit" if result.when == "prefit" else "post-fit", x=0.99, ha="right")
    return figure


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
        label=[plain(name) for name, _ in ordered],
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
