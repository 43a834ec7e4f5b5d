"""Figures of tests and limits: CLs over the tested value, limits over masses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hs3.errors import WriteError

from .base import GREEN, RED, YELLOW, Axes, Figure, plain

if TYPE_CHECKING:
    from hs3.engine.inference import HypoTest, Limit, Limits


def cls(tests: Sequence[HypoTest], limit: Limit | None = None, cl: float = 0.95) -> Figure:
    """CLs, observed and expected with its bands, over the tested value.

    Args:
        tests: of several values of one parameter, as `hs3.hypotests` gives them.
        limit: its limit, to be marked.
        cl: the confidence level to be marked, without `limit`.

    Raises:
        WriteError: no tests, or of several parameters.
    """
    names = {tuple(test.tested) for test in tests}
    if len(names) != 1 or len(next(iter(names))) != 1:
        raise WriteError("a curve of CLs needs tests of one parameter", value=sorted(names))
    ((name,),) = names
    found = sorted(tests, key=lambda test: test.tested[name])
    values = np.array([test.tested[name] for test in found])
    observed = np.array([np.nan if test.cls is None else test.cls for test in found])
    bands = np.array([test.expected_cls for test in found], dtype=float)
    figure = Figure(figsize=(6.0, 4.5), layout="constrained")
    axes = figure.add_subplot()
    if bands.size:
        _bands(axes, values, bands)
    axes.plot(values, observed, color="black", marker=".", label="observed")
    level = 1.0 - (limit.cl if limit else cl)
    axes.axhline(level, color=RED, lw=1.0, label=f"{100.0 * (1.0 - level):g} % CL")
    if limit is not None:
        axes.axvline(limit.observed, color="black", ls=":", lw=0.8)
    axes.set_xlabel(plain(name))
    axes.set_ylabel(r"$\mathrm{CL_s}$")
    axes.set_ylim(0.0, 1.05)
    axes.legend(fontsize="small")
    return figure


def limits(result: Limits) -> Figure:
    """Limits over the value that the models stand for, with bands; over two values as a map.

    Without values, and where only one model has a limit, there is a row for each model.

    Raises:
        WriteError: no model has a limit.
    """
    columns = result.columns()
    if not len(columns["name"]):
        raise WriteError("no model has a limit: there is nothing to draw")
    varying = [
        label
        for label in result.labels
        if columns[label].dtype.kind in "if" and len(set(columns[label].tolist())) > 1
    ]
    figure = Figure(figsize=(6.5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    poi = plain(next(iter(result.limits.values())).poi)
    said = f"{100.0 * next(iter(result.limits.values())).cl:g} % CL limit on {poi}"
    if len(varying) > 1:
        _map(figure, axes, columns, varying[0], varying[1], said)
    elif varying:
        _over(axes, columns, varying[0], said)
    else:
        _named(figure, axes, columns, said)
    return figure


def _bands(axes: Axes, values: Any, bands: Any) -> None:
    """Bands of ±1 and ±2 sigma, and the median."""
    axes.fill_between(values, bands[:, 0], bands[:, 4], color=YELLOW, lw=0, label=r"$\pm 2\sigma$")
    axes.fill_between(values, bands[:, 1], bands[:, 3], color=GREEN, lw=0, label=r"$\pm 1\sigma$")
    axes.plot(values, bands[:, 2], color="black", ls="--", label="expected")


def _expected(columns: dict[str, Any]) -> Any:
    """Expected limits as an array (n, 5)."""
    from hs3.engine.forms import EXPECTED

    return np.stack([columns[band] for band in EXPECTED], axis=1)


def _over(axes: Axes, columns: dict[str, Any], label: str, said: str) -> None:
    order = np.argsort(columns[label], kind="stable")
    values = columns[label][order]
    _bands(axes, values, _expected(columns)[order])
    axes.plot(values, columns["observed"][order], color="black", marker=".", label="observed")
    axes.axhline(1.0, color=RED, lw=1.0)
    axes.set_yscale("log")
    axes.set_xlabel(plain(label))
    axes.set_ylabel(said)
    axes.legend(fontsize="small")


def _map(
    figure: Figure, axes: Axes, columns: dict[str, Any], first: str, second: str, said: str
) -> None:
    """Observed limits as colours; with a ring where the nominal signal, 1, is excluded."""
    from matplotlib.colors import LogNorm

    x, y, observed = columns[first], columns[second], columns["observed"]
    positive = observed[observed > 0.0]
    norm = LogNorm(positive.min(), positive.max()) if len(set(positive.tolist())) > 1 else None
    shown = axes.scatter(x, y, c=observed, norm=norm, cmap="viridis_r", s=60)
    out = observed < 1.0
    axes.scatter(
        x[out], y[out], facecolors="none", edgecolors=RED, s=110, label="excluded: below 1"
    )
    figure.colorbar(shown, ax=axes, label="observed " + said)
    axes.set_xlabel(plain(first))
    axes.set_ylabel(plain(second))
    if out.any():
        axes.legend(fontsize="small")


def _named(figure: Figure, axes: Axes, columns: dict[str, Any], said: str) -> None:
    rows = np.arange(len(columns["name"]))[::-1]
    bands = _expected(columns)
    figure.set_size_inches(6.5, 1.6 + 0.35 * len(rows))
    axes.barh(rows, bands[:, 4] - bands[:, 0], left=bands[:, 0], color=YELLOW, height=0.7,
              label=r"$\pm 2\sigma$")  # fmt: skip
    axes.barh(rows, bands[:, 3] - bands[:, 1], left=bands[:, 1], color=GREEN, height=0.7,
              label=r"$\pm 1\sigma$")  # fmt: skip
    axes.plot(bands[:, 2], rows, color="black", ls="", marker="|", ms=12, label="expected")
    axes.plot(columns["observed"], rows, color="black", ls="", marker="o", ms=4, label="observed")
    axes.axvline(1.0, color=RED, lw=1.0)
    axes.set_yticks(rows, [plain(str(name)) for name in columns["name"]])
    axes.set_xlabel(said)
    axes.legend(fontsize="small")
