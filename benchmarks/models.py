"""Made-up pyhf workspaces that grow as analyses do: many systematics on many small histograms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Json = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How large a workspace is; `norm` and `shape` count systematics over the whole of it."""

    channels: int
    bins: int
    backgrounds: int
    norm: int
    shape: int


SIZES = {
    "tiny": Size(channels=1, bins=2, backgrounds=1, norm=1, shape=1),
    "small": Size(channels=2, bins=8, backgrounds=3, norm=10, shape=10),
    "medium": Size(channels=8, bins=16, backgrounds=6, norm=40, shape=40),
    "large": Size(channels=20, bins=30, backgrounds=9, norm=100, shape=100),
}


class _Generator:
    """One workspace; each systematic acts on about half of the samples."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.random = np.random.default_rng(seed)

    def workspace(self) -> Json:
        channels = [self.channel(f"region{c}") for c in range(self.size.channels)]
        lumi = {"name": "lumi", "auxdata": [1.0], "sigmas": [0.02], "inits": [1.0]}
        lumi["bounds"] = [[0.5, 1.5]]
        config = {"poi": "mu", "parameters": [lumi]}
        return {
            "channels": channels,
            "observations": [self.observation(channel) for channel in channels],
            "measurements": [{"name": "search", "config": config}],
            "version": "1.0.0",
        }

    def channel(self, name: str) -> Json:
        signal = self.sample("signal", self.peak(), [_modifier("mu", "normfactor")])
        backgrounds = [self.background(name, i) for i in range(self.size.backgrounds)]
        return {"name": name, "samples": [signal, *backgrounds]}

    def background(self, channel: str, index: int) -> Json:
        counts = self.falling()
        relative = self.random.uniform(0.01, 0.06, len(counts))
        statistical = _modifier(f"mc_{channel}", "staterror", (counts * relative).tolist())
        return self.sample(f"background{index}", counts, [statistical])

    def sample(self, name: str, counts: np.ndarray, modifiers: list[Json]) -> Json:
        modifiers = [*modifiers, _modifier("lumi", "lumi")]
        modifiers += [self.norm(f"norm{i}") for i in range(self.size.norm) if self.acts()]
        modifiers += [
            self.shape(f"shape{i}", counts) for i in range(self.size.shape) if self.acts()
        ]
        return {"name": name, "data": counts.tolist(), "modifiers": modifiers}

    def acts(self) -> bool:
        return bool(self.random.random() < 0.5)

    def peak(self) -> np.ndarray:
        position = np.linspace(-2.0, 2.0, self.size.bins)
        weights = np.exp(-((position - self.random.uniform(-1, 1)) ** 2))
        return weights / weights.sum() * self.random.uniform(10, 40)

    def falling(self) -> np.ndarray:
        slope = self.random.uniform(0.5, 2.5)
        weights = np.exp(-slope * np.linspace(0.0, 1.0, self.size.bins))
        return weights / weights.sum() * self.random.uniform(100, 1500)

    def norm(self, name: str) -> Json:
        up, down = self.random.uniform(0.01, 0.12, 2)
        return _modifier(name, "normsys", {"hi": 1.0 + up, "lo": 1.0 - down})

    def shape(self, name: str, counts: np.ndarray) -> Json:
        tilt = self.random.normal(0.0, 0.04) * np.linspace(-1.0, 1.0, len(counts))
        tilt += self.random.normal(0.0, 0.01, len(counts))
        templates = {"hi_data": counts * (1 + tilt), "lo_data": counts * (1 - 0.8 * tilt)}
        return _modifier(name, "histosys", {key: t.tolist() for key, t in templates.items()})

    def observation(self, channel: Json) -> Json:
        expected = np.sum([sample["data"] for sample in channel["samples"]], axis=0)
        return {
            "name": channel["name"],
            "data": self.random.poisson(expected).astype(float).tolist(),
        }


def _modifier(name: str, kind: str, data: Any = None) -> Json:
    return {"name": name, "type": kind, "data": data}


def workspace(size: str, seed: int = 2026) -> Json:
    """A pyhf workspace of one of the `SIZES`, the same for the same seed."""
    return _Generator(SIZES[size], seed).workspace()
