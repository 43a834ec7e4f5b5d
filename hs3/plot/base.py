"""What all figures share: colours, names, files."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence

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

__all__ = ["Axes", "Figure", "mplhep"]

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


def rows(size: int) -> tuple[Figure, Axes]:
    """A figure with a row for each of `size` parameters."""
    figure = Figure(figsize=(6.5, 1.6 + 0.28 * max(size, 1)), layout="constrained")
    return figure, figure.add_subplot()


def row_names(axes: Axes, names: Sequence[str]) -> None:
    """Write the names of parameters beside the rows."""
    axes.set_yticks(range(len(names)), [plain(name) for name in names])
    axes.set_ylim(-0.6, len(names) - 0.4)


def plain(name: str) -> str:
    """A document's text, which is no formula."""
    return name.replace("\\", "\\\\").replace("$", r"\$")
