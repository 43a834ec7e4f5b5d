"""A pyhf background and a patchset with signals of several masses, and two that have no limit."""

from __future__ import annotations

import copy

from diagnostic_spec import SPEC

from hs3.adapters.pyhf.patch import digest

BACKGROUND = copy.deepcopy(SPEC)
SIGNAL = BACKGROUND["channels"][0]["samples"].pop(0)


def patch(name: str, mass: float, counts: list[float], *modifiers: dict) -> dict:
    """A patch that adds a signal."""
    sample = {**SIGNAL, "data": counts, "modifiers": [*SIGNAL["modifiers"], *modifiers]}
    operation = {"op": "add", "path": "/channels/0/samples/0", "value": sample}
    return {"metadata": {"name": name, "values": [mass]}, "patch": [operation]}


def bent(*counts: float) -> dict:
    """A systematic whose two sides differ: these models need larger arrays."""
    hi, lo = [1.1 * c for c in counts], [0.93 * c for c in counts]
    return {"name": "norm_shape", "type": "histosys", "data": {"hi_data": hi, "lo_data": lo}}


PATCHSET = {
    "version": "1.0.0",
    "metadata": {
        "labels": ["mass"],
        "description": "signals",
        "references": {"hepdata": "ins1234567"},
        "digests": {"md5": digest(BACKGROUND, "md5")},
    },
    "patches": [
        patch("light", 100.0, [5.0, 10.0, 8.0]),
        patch("middle", 200.0, [2.0, 9.0, 4.0]),
        patch("heavy", 300.0, [1.0, 2.0, 9.0]),
        patch("other", 350.0, [1.0, 2.0, 9.0], bent(1.0, 2.0, 9.0)),
        patch("faint", 400.0, [0.1, 0.1, 0.1]),
        {"metadata": {"name": "broken", "values": [500.0]}, "patch": [
            {"op": "remove", "path": "/channels/7"}
        ]},
    ],
}  # fmt: skip
BOUNDS = {"mu": (0.0, 10.0)}
