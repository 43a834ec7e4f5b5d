"""HistFactory documents with every modifier, interpolation and kind of constraint: plain data.

`CASES` holds, by name, a document with one likelihood `l`, and points at which to evaluate it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from builders import (
    HISTOSYS,
    NORMSYS,
    SHAPESYS,
    STATERROR,
    document,
    domain,
    modifier,
    point,
    sample,
)

Entry = dict[str, Any]
MU = {"name": "mu", "type": "normfactor", "parameter": "mu"}
START = {"mu": 1.0, "a": 0.0, "b": 0.0, "f0": 1.0, "f1": 1.0}
START |= {f"{kind}{i}": 1.0 for kind in "ge" for i in range(2)}
RANGES = {"mu": (-5.0, 5.0), "a": (-5.0, 5.0), "b": (-5.0, 5.0)}
RANGES |= {name: (0.1, 3.0) for name in START if name not in RANGES}
POINTS = 6


def case(*modifiers: Entry, use: str, errors: Any = None, **more: Any) -> tuple[Entry, list[Entry]]:
    """A signal scaled by `mu` and a background with `modifiers`; `use` names their parameters."""
    names = ["mu", *use.split()]
    signal = sample(MU, name="signal", contents=(3, 7))
    background = sample(*modifiers, name="background", contents=(10, 20), errors=errors)
    data = document(
        signal,
        background,
        parameter_points=point(**{name: START[name] for name in names}),
        domains=domain(**{name: RANGES[name] for name in names}),
        **more,
    )
    rng = np.random.default_rng(len(names))
    points = [{name: START[name] for name in names}]
    for i in range(1, POINTS):
        size = {name: 1.0 if START[name] == 0.0 else 0.2 for name in names}
        steps = {name: float(i * size[name] * rng.uniform(-0.5, 0.5)) for name in names}
        points.append({name: round(START[name] + steps[name], 6) for name in names})
    return data, points


def law(name: str, kind: str, **keys: Any) -> Entry:
    """A distribution."""
    return {"name": name, "type": kind, **keys}


MORPH: Entry = {
    "name": "morph",
    "type": "CMS::vertical_morph",
    "central": {"contents": [-0.5, 12.0]},
    "morphs": [
        {"parameter": "a", "hi": {"contents": [1.5, 11.0]}, "lo": {"contents": [-2.0, 14.0]}},
        {"parameter": "b", "hi": {"contents": [0.5, 12.5]}, "lo": {"contents": [0.1, 10.0]}},
    ],
    "floor": 1e-9,
    "normalised": True,
}
"""The template of a bin below zero, which the floor hides or not."""

BOTH = {"interpolation": "poly6"}
CODES = ("lin", "log", "parabolic", "poly6", 0, 1, 2, 4, 5, "code1", "code4", "code4p")

CASES: dict[str, tuple[Entry, list[Entry]]] = {
    **{f"normsys_{code}": case(modifier(NORMSYS, interpolation=code), use="a") for code in CODES},
    "normsys_no_code": case(NORMSYS, use="a"),
    **{f"histosys_{code}": case(modifier(HISTOSYS, interpolation=code), use="b") for code in CODES},
    "histosys_no_code": case(HISTOSYS, use="b"),
    "normsys_and_histosys": case(
        modifier(NORMSYS, **BOTH), modifier(HISTOSYS, parameter="a", **BOTH), use="a"
    ),
    **{
        f"shapesys_{kind}": case(modifier(SHAPESYS, constraint=kind), use="g0 g1")
        for kind in ("Poisson", "Gauss", "LogNormal", "Gamma")
    },
    **{
        f"staterror_{kind}": case(
            modifier(STATERROR, constraint=kind), use="e0 e1", errors=[1.5, 2.0]
        )
        for kind in ("Poisson", "Gauss")
    },
    "staterror_no_kind": case(modifier(STATERROR, "constraint"), use="e0 e1", errors=[1.5, 2.0]),
    "shapefactor": case(
        {"name": "f", "type": "shapefactor", "parameters": ["f0", "f1"]}, use="f0 f1"
    ),
    **{
        f"normfactor_{kind}": case(
            {"name": "g0", "type": "normfactor", "parameter": "g0", "constraint": kind}, use="g0"
        )
        for kind in ("Gauss", "Poisson", "LogNormal")
    },
    "custom": case(
        {"name": "scale", "type": "custom"},
        use="g0",
        functions=[law("scale", "sum", summands=["g0", 0.5])],
    ),
    "vertical_morph": case(MORPH, use="a b"),
    "normsys_unconstrained": case(modifier(NORMSYS, constraint="Const"), use="a"),
    "constraint_by_name": case(
        modifier(NORMSYS, constraint="law"),
        use="a",
        more=[law("law", "gaussian_dist", x=0.3, mean="a", sigma=0.8)],
    ),
    "constraint_by_name_and_auxiliary": case(
        modifier(NORMSYS, constraint_name="law"),
        use="a",
        more=[law("law", "gaussian_dist", x=0.3, mean="a", sigma=0.8)],
        likelihoods=[
            {"name": "l", "distributions": ["ch"], "data": ["d"], "aux_distributions": ["law"]}
        ],
    ),
    "auxiliary_poisson": case(
        {"name": "g0", "type": "normfactor", "parameter": "g0"},
        use="g0",
        more=[law("law", "poisson_dist", x=40.0, mean="forty")],
        functions=[law("forty", "product", factors=["g0", 40.0])],
        likelihoods=[
            {"name": "l", "distributions": ["ch"], "data": ["d"], "aux_distributions": ["law"]}
        ],
    ),
}
