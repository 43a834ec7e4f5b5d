"""The histograms that the ``shapes`` lines of a card point to."""

from __future__ import annotations

import numpy as np

from hs3.adapters.xml.folder import Folder, Histogram
from hs3.errors import ReadError

from .card import Card, Shape, refuse

DATA = "data_obs"
"""The process name of the observed data."""


class Templates:
    """Finds the histogram of a process in a channel, nominal or varied.

    Args:
        card: the card.
        folder: where its files are read from; None reads nothing.
        mass: replaces ``$MASS``.
    """

    def __init__(self, card: Card, folder: Folder | None, mass: float | None) -> None:
        self._card, self._folder, self._mass = card, folder, mass
        self._edges: dict[str, tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], str]] = {}

    def get(self, channel: str, process: str) -> Histogram | None:
        """The nominal histogram; None for a counting experiment.

        Raises:
            ConversionError: the card says of other channels where their histograms are, but not
                of this one.
            ReadError: there is no such file or histogram.
        """
        shape = self._shape(channel, process)
        return None if shape is None else self._read(shape, shape.nominal, channel, process, "")

    def varied(self, channel: str, process: str, systematic: str, side: str) -> Histogram:
        """The histogram at plus (`side` ``Up``) or minus (``Down``) one standard deviation."""
        shape = self._shape(channel, process)
        if shape is None or shape.varied is None:
            message = (
                f"{systematic!r} changes the shape of {process!r} in {channel!r}, and no line "
                "`shapes` names its histograms"
            )
            refuse(message, shape.path if shape else "", systematic, code="datacard.histogram")
        return self._read(shape, shape.varied, channel, process, systematic + side)

    def has_variation(self, channel: str, process: str, systematic: str) -> bool:
        """True when there is a histogram for the shift up: what ``shape?`` asks."""
        shape = self._shape(channel, process)
        if shape is None or shape.varied is None or self._folder is None:
            return False
        file, name = self._names(shape, shape.varied, channel, process, f"{systematic}Up")
        return self._folder.has(file, name, shape.path)

    def _shape(self, channel: str, process: str) -> Shape | None:
        """The line that holds for a process, by Combine's order of precedence."""
        shapes = self._card.shapes
        if not shapes:
            return None
        everywhere = shapes.get("*", {})
        here = shapes.get(channel, everywhere)
        for known in (here, everywhere):
            for key in (process, "*"):
                if key in known:
                    return known[key]
        message = f"no line `shapes` holds for {process!r} in channel {channel!r}"
        refuse(message, "", process, code="datacard.histogram")

    def _read(
        self, shape: Shape, pattern: str, channel: str, process: str, systematic: str
    ) -> Histogram:
        file, name = self._names(shape, pattern, channel, process, systematic)
        if self._folder is None:
            message = "the card names files; give its path, not its text"
            raise ReadError(message, code="datacard.file", path=shape.path, value=file)
        try:
            found = self._folder.histogram(file, "", name, shape.path)
        except ReadError as error:  # the folder is that of XML sets: its codes are theirs
            code = error.code.replace("xml.", "datacard.")
            raise ReadError(
                error.message,
                code=code,
                path=error.path,
                value=error.value,
                suggestions=error.suggestions,
            ) from error
        self._check(found, channel, shape.path)
        return found

    def _names(
        self, shape: Shape, pattern: str, channel: str, process: str, systematic: str
    ) -> tuple[str, str]:
        """The names of the file and of the histogram in it."""
        file, name = (
            self._substituted(text, shape, channel, process, systematic)
            for text in (shape.file, pattern)
        )
        if ":" in name:
            message = f"{name!r} stands in a RooWorkspace; only histograms can be carried over"
            refuse(message, shape.path, name, code="datacard.unsupported")
        return file, name

    def _substituted(
        self, text: str, shape: Shape, channel: str, process: str, systematic: str
    ) -> str:
        out = text.replace("$PROCESS", process).replace("$CHANNEL", channel)
        out = out.replace("$SYSTEMATIC", systematic)
        if "$MASS" in out:
            if self._mass is None:
                message = "the card has `$MASS` in the names of histograms: give a `mass`"
                refuse(message, shape.path, text, code="datacard.mass")
            out = out.replace(
                "$MASS", f"{self._mass:.0f}" if self._mass % 1 == 0 else str(self._mass)
            )
        if "$" in out:
            message = f"{out!r} has a keyword that Combine takes from its command line"
            refuse(message, shape.path, out, code="datacard.unsupported")
        return out

    def _check(self, found: Histogram, channel: str, path: str) -> None:
        """All histograms of a channel must have the same bins, and one axis."""
        if len(found.edges) != 1:
            message = f"{found.place} has {len(found.edges)} axes; templates have one"
            refuse(message, path, found.place, code="datacard.unsupported")
        edges, place = self._edges.setdefault(channel, (found.edges[0], found.place))
        if not np.array_equal(edges, found.edges[0]):
            message = f"{found.place} and {place} have different bins"
            refuse(message, path, found.place, code="datacard.binning")
