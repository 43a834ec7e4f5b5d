"""Expected counts of channels as results: for JSON, for `hist`, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hs3.histfactory.meaning import FloatArray
from hs3.uhi import Binning, made

from ..fit_result import FitResult
from ..forms import Columns, Result

if TYPE_CHECKING:
    from hist import Hist


@dataclass(frozen=True, eq=False)
class Yield:
    """Expected counts: per bin (bins,), and in total.

    Attributes:
        counts, errors: per bin.
        total, total_error: their sum, whose error knows of their correlation.
    """

    counts: FloatArray
    errors: FloatArray
    total: float
    total_error: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"counts": self.counts.tolist(), "errors": self.errors.tolist(),
                "total": self.total, "total_error": self.total_error}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ChannelYields:
    """One channel: what was observed, what each sample expects, and all of them together."""

    name: str
    axes: tuple[str, ...]
    edges: tuple[FloatArray, ...]
    observed: FloatArray
    samples: dict[str, Yield]
    expected: Yield

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "observed": self.observed.tolist(),
            "expected": self.expected.to_dict(),
            "samples": {name: y.to_dict() for name, y in self.samples.items()},
        }

    def to_hist(self) -> dict[str, Any]:
        """`to_dict` with a `hist.Hist` in place of the numbers.

        ``observed`` holds counts; ``expected`` and each of ``samples`` have the squares of the
        errors as variances. Bins whose edges are not known have the edges 0, 1, 2, ….

        Raises:
            MissingDependency: `hist` is not installed.
        """
        axes = self._bins()

        def of(found: Yield) -> Hist[Any]:
            return made(axes, found.counts, found.errors**2)

        return {
            "observed": made(axes, self.observed),
            "expected": of(self.expected),
            "samples": {name: of(found) for name, found in self.samples.items()},
        }

    def _bins(self) -> list[Binning]:
        """The axes; a single one with bins 0, 1, … where an edge is not finite."""
        if all(np.isfinite(edges).all() for edges in self.edges):
            return [Binning(*pair) for pair in zip(self.axes, self.edges, strict=True)]
        name = self.axes[0] if len(self.axes) == 1 else "bin"
        return [Binning(name, np.arange(len(self.observed) + 1.0))]


@dataclass(frozen=True, eq=False)
class Yields(Result):
    """Expected counts of all channels.

    Attributes:
        when: ``prefit`` or ``postfit``.
        method: ``linear`` or ``sampling``.
        channels: by name.
        left_out: names of the factors of the likelihood that are no channels.
        fit: the fit, after which they are.
    """

    when: Literal["prefit", "postfit"]
    method: Literal["linear", "sampling"]
    channels: dict[str, ChannelYields]
    left_out: tuple[str, ...]
    fit: FitResult | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "when": self.when,
            "method": self.method,
            "converged": self.fit.converged if self.fit else True,
            "channels": {name: c.to_dict() for name, c in self.channels.items()},
            "left_out": list(self.left_out),
        }

    def to_hist(self) -> dict[str, dict[str, Any]]:
        """Histograms (`hist.Hist`) by channel, see `ChannelYields.to_hist`.

        Raises:
            MissingDependency: `hist` is not installed.
        """
        return {name: channel.to_hist() for name, channel in self.channels.items()}

    def columns(self) -> Columns:
        """A row per bin of every sample and of their sum (``""``), for ``pandas.DataFrame``."""
        parts = [
            (channel, name, found)
            for channel in self.channels.values()
            for name, found in (*channel.samples.items(), ("", channel.expected))
        ]
        sizes = [len(found.counts) for _, _, found in parts]
        return {
            "channel": np.repeat([channel.name for channel, _, _ in parts], sizes),
            "sample": np.repeat([name for _, name, _ in parts], sizes),
            "bin": np.concatenate([np.arange(size) for size in sizes]),
            "expected": np.concatenate([found.counts for _, _, found in parts]),
            "error": np.concatenate([found.errors for _, _, found in parts]),
            "observed": np.concatenate([channel.observed for channel, _, _ in parts]),
        }
