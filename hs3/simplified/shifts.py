"""Correlated shifts of bins, as HS3 can say them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hs3.findings import Finding
from hs3.histfactory.meaning import FloatArray
from hs3.systematics.decomposition import decompose

Json = dict[str, Any]
Bins = Sequence[tuple[str, int]]
"""Channel and index of each bin."""

RIDGE = 1e-6
"""Relative variance of its own that every bin gets where a covariance has no inverse."""

SMALLEST = 1e-12
"""Eigenvalues below this fraction of the largest are rounding."""

REACH = 10.0
"""Shifts are free up to this many standard deviations."""


@dataclass
class Shifts:
    """Shifts of the background.

    Attributes:
        modifiers: of the background sample of each channel.
        axes, values: ranges and starting values of the parameters.
        distributions: constraints that are no modifiers'.
        count: number of free shifts.
        findings: what is to be told.
    """

    modifiers: dict[str, list[Json]]
    axes: list[Json]
    values: list[Json]
    distributions: list[Json] = field(default_factory=list)
    count: int = 0
    findings: list[Finding] = field(default_factory=list)


def multivariate(bins: Bins, counts: FloatArray, matrix: FloatArray) -> Shifts:
    """A factor for each bin; those of bins that can shift share a multivariate normal."""
    variance = np.diag(matrix)
    moving = (counts > 0.0) & (variance > 0.0)
    names = [f"shift_{_short(channel)}_bin_{b}" for channel, b in bins]
    relative = matrix[np.ix_(moving, moving)] / np.outer(counts[moving], counts[moving])
    modifiers: dict[str, list[str]] = {}
    for (channel, _), name in zip(bins, names, strict=True):
        modifiers.setdefault(channel, []).append(name)
    out = Shifts(
        {
            c: [{"name": "shift", "type": "shapefactor", "parameters": p}]
            for c, p in modifiers.items()
        },
        [],
        [],
        count=int(moving.sum()),
    )
    widths = np.sqrt(np.divide(variance, counts**2, out=np.zeros_like(counts), where=moving))
    for name, moves, width in zip(names, moving.tolist(), widths.tolist(), strict=True):
        out.axes.append({"name": name, "min": 0.0, "max": 1.0 + max(REACH * width, 1.0)})
        out.values.append({"name": name, "value": 1.0, **({} if moves else {"const": True})})
    if not moving.any():
        return out
    relative = (relative + relative.T) / 2.0
    scale = np.sqrt(np.diag(relative))
    if np.linalg.eigvalsh(relative / np.outer(scale, scale))[0] < RIDGE / 2:
        relative = relative + RIDGE * np.diag(np.diag(relative))
        message = f"the covariance has no inverse: each bin gets {RIDGE:g} of its variance alone"
        out.findings.append(Finding("simplify.ridge", "", message, RIDGE))
    free = [n for n, m in zip(names, moving.tolist(), strict=True) if m]
    out.distributions.append(
        {
            "name": "background_covariance",
            "type": "multivariate_normal_dist",
            "x": free,
            "mean": [1.0] * len(free),
            "covariances": relative.tolist(),
        }
    )
    return out


def eigenvectors(bins: Bins, counts: FloatArray, matrix: FloatArray) -> Shifts:
    """Independent variations of shape: the eigenvectors of the covariance, largest first.

    Their signs are fixed, so that the document is the same on every machine.
    """
    modes = decompose(matrix)
    kept = modes.variations[:, modes.eigenvalues > SMALLEST * modes.eigenvalues.max(initial=0.0)]
    out = Shifts({channel: [] for channel, _ in bins}, [], [], count=kept.shape[1])
    channels = [channel for channel, _ in bins]
    for number, shift in enumerate(kept.T):
        name = f"shift_{number + 1}"
        for channel, modifiers in out.modifiers.items():
            own = np.array([c == channel for c in channels])
            if not np.abs(shift[own]).any():
                continue
            up, down = counts[own] + shift[own], counts[own] - shift[own]
            data = {"hi": {"contents": up.tolist()}, "lo": {"contents": down.tolist()}}
            modifiers.append(
                {
                    "name": name,
                    "type": "histosys",
                    "parameter": name,
                    "constraint": "Gauss",
                    "interpolation": "lin",
                    "data": data,
                }
            )
        out.axes.append({"name": name, "min": -REACH, "max": REACH})
        out.values.append({"name": name, "value": 0.0})
    return out


def _short(channel: str) -> str:
    return channel.removeprefix("model_")
