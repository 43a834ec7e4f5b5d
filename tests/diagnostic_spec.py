"""A pyhf workspace with a signal region, a control region and every common systematic."""

from __future__ import annotations

_LUMI = {"name": "lumi", "type": "normsys", "data": {"hi": 1.03, "lo": 0.97}}
_NORM = {"name": "norm", "type": "normsys", "data": {"hi": 1.1, "lo": 0.92}}


def _shape(hi, lo):
    return {"name": "shape", "type": "histosys", "data": {"hi_data": hi, "lo_data": lo}}


_SIGNAL = {
    "name": "sig",
    "data": [5.0, 10.0, 8.0],
    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}, _LUMI],
}
_BACKGROUND = {
    "name": "bkg",
    "data": [50.0, 60.0, 55.0],
    "modifiers": [
        _NORM,
        _shape([52.0, 60.0, 50.0], [47.0, 60.0, 59.0]),
        {"name": "stat", "type": "staterror", "data": [3.0, 4.0, 3.5]},
        _LUMI,
    ],
}
_CONTROL = {
    "name": "bkg",
    "data": [200.0, 150.0],
    "modifiers": [_NORM, _shape([205.0, 148.0], [196.0, 151.0])],
}
SPEC = {
    "channels": [
        {"name": "SR", "samples": [_SIGNAL, _BACKGROUND]},
        {"name": "CR", "samples": [_CONTROL]},
    ],
    "observations": [
        {"name": "SR", "data": [58.0, 72.0, 60.0]},
        {"name": "CR", "data": [210.0, 148.0]},
    ],
    "measurements": [
        {
            "name": "m",
            "config": {
                "poi": "mu",
                "parameters": [{"name": "mu", "bounds": [[-5.0, 10.0]], "inits": [1.0]}],
            },
        }
    ],
    "version": "1.0.0",
}

CODES = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
"""The interpolation codes with which the workspace is read, as pyhf's settings."""
