"""The models of all benchmarks: made-up pyhf workspaces and unbinned data that grow as analyses do.

``HS3_BENCHMARK_MODELS`` may name a Python file with another generator of workspaces, with ``SIZES``
and ``workspace(**size)``.
"""

from __future__ import annotations

import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
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
    "xl": Size(channels=50, bins=40, backgrounds=11, norm=200, shape=200),
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


def case(name: str) -> str:
    """How reports call a model: a size as it is, a file by its folder and name."""
    path = Path(name.partition("+")[0])
    return name if name in SIZES else f"{path.parent.name}/{path.stem}"


def workspace(size: str, seed: int = 2026) -> Json:
    """A pyhf workspace of one of the `SIZES`, the same for the same seed; or one from a file.

    A file may be followed by ``+`` and that of a JSON Patch, as published likelihoods come.
    """
    other = os.environ.get("HS3_BENCHMARK_MODELS")
    if size not in SIZES:
        return _published(*map(Path, size.split("+")))
    if other is None:
        return _Generator(SIZES[size], seed).workspace()
    module_spec = importlib.util.spec_from_file_location("other_models", other)
    assert module_spec is not None
    assert module_spec.loader is not None
    module = importlib.util.module_from_spec(module_spec)
    module_spec.loader.exec_module(module)
    made: Json = module.workspace(**module.SIZES[size])
    return made


def _published(background: Path, *patches: Path) -> Json:
    import jsonpatch

    spec: Json = json.loads(background.read_text(encoding="utf-8"))
    for patch in patches:
        spec = jsonpatch.apply_patch(spec, patch.read_text(encoding="utf-8"))
    return spec


def write(size: str, folder: Path) -> Path:
    """The workspace as a file."""
    path = folder / f"{size}.json"
    path.write_text(json.dumps(workspace(size)), encoding="utf-8")
    return path


# --- unbinned: a peak on a falling background -----------------------------------------------------

LOW, HIGH = 5.0, 7.0
START = {"slope": 1.0, "mean": 5.28, "width": 0.06, "fraction": 0.3}
BOUNDS = {"slope": (0.001, 20.0), "mean": (5.0, 7.0), "width": (1e-4, 1.0), "fraction": (0.0, 1.0)}
Events = np.ndarray[tuple[int], np.dtype[np.float64]]


def events(count: int, seed: int = 1) -> Events:
    """`count` events of the model at its start, by inverting the distribution functions."""
    rng = np.random.default_rng(seed)
    span = 1.0 - np.exp(-START["slope"] * (HIGH - LOW))
    drawn: list[Events] = []
    while sum(map(len, drawn)) < count:
        falling = LOW - np.log1p(-rng.random(count) * span) / START["slope"]
        peak = rng.normal(START["mean"], START["width"], count)
        chosen = np.where(rng.random(count) < START["fraction"], peak, falling)
        drawn.append(chosen[(chosen > LOW) & (chosen < HIGH)])
    return np.concatenate(drawn)[:count]


def unbinned(x: Events) -> Json:
    """The model and its data as an HS3 document."""
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "peak", "type": "gaussian_dist", "x": "m", "mean": "mean", "sigma": "width"},
            {"name": "falling", "type": "exponential_dist", "x": "m", "c": "slope"},
            {
                "name": "model",
                "type": "mixture_dist",
                "summands": ["peak", "falling"],
                "coefficients": ["fraction"],
                "extended": False,
            },
        ],
        "data": [
            {
                "name": "events",
                "type": "unbinned",
                "entries": x[:, None].tolist(),
                "axes": [{"name": "m", "min": LOW, "max": HIGH}],
            }
        ],
        "likelihoods": [{"name": "likelihood", "distributions": ["model"], "data": ["events"]}],
        "domains": [
            {
                "name": "default_domain",
                "type": "product_domain",
                "axes": [{"name": k, "min": a, "max": b} for k, (a, b) in BOUNDS.items()],
            }
        ],
        "parameter_points": [
            {
                "name": "default_values",
                "parameters": [{"name": k, "value": v} for k, v in START.items()],
            }
        ],
    }
