r"""The covariance of expected counts that a model implies, before and after the fit.

.. math:: V = (J L)(J L)^T, \qquad \mathrm{cov}(\theta) = L L^T

with the exact Jacobian J of the expected counts: forward derivatives along the columns of L.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import FitError
from hs3.findings import nearest
from hs3.histfactory.meaning import FloatArray

from ..fit_result import FitResult
from ..forms import Result
from ..inputs import Program
from ..likelihood import Arrays
from ..model import Model
from .uncertainty import around
from .yield_table import Place, counts_at, place_of

FORMAT = "hs3-covariance"


@dataclass(frozen=True)
class Bin:
    """A bin of a channel, or of one of its samples (None for the sum of all)."""

    channel: str
    sample: str | None
    bin: int

    def __str__(self) -> str:
        """``channel/sample/bin``, what tables call a row."""
        return "/".join(map(str, self.to_dict().values()))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, eq=False)
class TemplateCovariance(Result):
    """The covariance of expected counts.

    Attributes:
        when: ``prefit`` or ``postfit``.
        bins: what the rows are, in order: channels, in each the samples, in each the bins.
        counts: expected counts, shape (n,).
        covariance: shape (n, n).
        fit: the fit, after which it is.
    """

    when: Literal["prefit", "postfit"]
    bins: tuple[Bin, ...]
    counts: FloatArray
    covariance: FloatArray
    fit: FitResult | None

    @property
    def errors(self) -> FloatArray:
        """Standard deviations, shape (n,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def correlation(self) -> FloatArray:
        """Shape (n, n); rows without uncertainty are zero beside the diagonal."""
        scale = np.where(self.errors > 0.0, self.errors, np.inf)
        out: FloatArray = self.covariance / np.outer(scale, scale)
        np.fill_diagonal(out, 1.0)
        return out

    @property
    def relative(self) -> FloatArray:
        """The covariance in units of the counts, shape (n, n); zero where there are none."""
        scale = np.where(self.counts != 0.0, self.counts, np.inf)
        return np.asarray(self.covariance / np.outer(scale, scale))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, which `hs3.add_systematics` reads where the rows are samples."""
        return {
            "format": FORMAT,
            "when": self.when,
            "bins": [b.to_dict() for b in self.bins],
            "counts": self.counts.tolist(),
            "covariance": self.covariance.tolist(),
        }


def template_covariance(
    model: Model,
    when: Literal["prefit", "postfit"] = "prefit",
    *,
    by: Literal["sample", "channel"] = "sample",
    parameters: Sequence[str] = (),
    best: FitResult | None = None,
) -> TemplateCovariance:
    """The covariance of the expected counts in all bins, by linear propagation.

    Before the fit, parameters have the values and widths of their auxiliary measurements, without
    correlation; those without one have the document's value, and no uncertainty. After it, they
    have the covariance of the fit. The counts are those after all modifiers.

    Args:
        when: ``prefit`` or ``postfit``.
        by: ``sample`` for every sample of every channel, ``channel`` for their sums.
        parameters: only what these contribute, names or patterns with ``*``; all by default.
        best: the fit, where there is one already.

    Raises:
        FitError: there are no channels, an unknown choice, or the fit did not converge.
    """
    if when not in ("prefit", "postfit") or by not in ("sample", "channel"):
        message = f"a covariance is prefit or postfit, by sample or channel; not {when!r}, {by!r}"
        raise FitError(message, code="fit.invalid")
    best, theta, factor = around(model, when, best)
    if parameters:
        factor = np.where(_chosen(model, parameters)[:, None], factor, 0.0)
    place, names = place_of(model)
    settings = {"program": model.program, "channels": len(model.channel_names)}
    columns = jnp.asarray(factor).T
    centre, slopes = _slopes(theta, columns, model.arrays, place, **settings)
    rows = tuple(_rows(model, names, by))
    change = _flat(model, slopes, names, by)
    return TemplateCovariance(when, rows, _flat(model, centre, names, by), change.T @ change, best)


def _chosen(model: Model, patterns: Sequence[str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which parameters these names and patterns stand for, shape (parameters,)."""
    out = np.zeros(len(model.names), dtype=bool)
    for text in patterns:
        found = [name == text or fnmatchcase(name, text) for name in model.names]
        if not any(found):
            raise FitError(
                f"the model has no parameter {text!r}",
                code="fit.unknown_parameter",
                value=text,
                suggestions=nearest(text, model.names),
            )
        out |= found
    return out


@partial(jax.jit, static_argnames=("program", "channels"))
def _slopes(
    theta: Array, columns: Array, arrays: Arrays, place: Place, program: Program, channels: int
) -> tuple[Array, Array]:
    """Counts per sample and bin (C, S, W), and their derivatives along each column."""

    def of(values: Array) -> Array:
        return counts_at(values, program, arrays, place, channels).bins

    def along(carry: None, column: Array) -> tuple[None, Array]:
        return None, jax.jvp(of, (theta,), (column,))[1]

    return of(jnp.asarray(theta)), jax.lax.scan(along, None, columns)[1]


def _rows(model: Model, names: list[list[str]], by: str) -> Iterator[Bin]:
    for c, channel in enumerate(model.graph.channels):
        for sample in names[c] if by == "sample" else [None]:
            for index in range(channel.bins):
                yield Bin(model.channel_names[c], sample, index)


def _flat(model: Model, blocks: Array, names: list[list[str]], by: str) -> FloatArray:
    """Counts per block (…, C, S, W) in the order of the rows, shape (…, n)."""
    channels = model.layout.per_channel(np.moveaxis(np.asarray(blocks), -2, 0))
    parts = []
    for counts, samples in zip(channels, names, strict=True):  # (S, …, bins)
        if by == "channel":
            parts.append(counts.sum(axis=0))
        else:
            parts += list(counts[: len(samples)])
    return np.concatenate(parts, axis=-1)
