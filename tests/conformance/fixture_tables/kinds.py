"""Fixtures of the further kinds of checks: round trips, counts, fits, samples, upper limits.

Numbers come from closed formulas, a plain evaluator with scipy, mpmath and pyhf.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
from builders import HISTOSYS, NORMSYS, document, domain, modifier, point, sample
from channel_cases import CASES as CHANNELS
from channel_cases import MU
from conftest import DATA, ROOT
from fixture import Fixture, Json, Source, complete, scan

from fixture_tables import fits, kept
from fixture_tables.numbers import MPMATH, PLAIN

DOCUMENTS = {
    "numbers": "Numbers keep every digit and their kind: 1 is not 1.0, and 1e-5 stays what it is.",
    "names": "Names with any sign: slashes, tildes, blanks, letters of any script.",
    "nulls": "null is kept, and is not the same as a key that is not there.",
    "root_quirks": "What ROOT writes besides the standard is kept.",
    "all_types": "Every type, with every key that it has.",
}
"""Of tests/data: name and what it pins."""
FORMATS = ("pyhf", "xml", "root-json")


def round_trips() -> Iterator[Fixture]:
    """Documents that come back as they were, and likelihoods that survive other formats."""
    for name, pins in DOCUMENTS.items():
        whole = json.loads((DATA / f"{name}.hs3.json").read_text(encoding="utf-8"))
        yield Fixture(
            f"roundtrip_{name}",
            whole,
            [{"id": "round_trip", "kind": "round_trip"}],
            None,
            "A document that is read and written again.",
            ("semantics:lossless",),
            "edge",
            (pins,),
        )
    both = {"interpolation": "code4"}, {"interpolation": "code4p"}
    signal = sample(MU, modifier(NORMSYS, name="a", **both[0]), name="signal", contents=(3, 7))
    background = sample(modifier(HISTOSYS, name="b", **both[1]), name="background")
    start = {"mu": 1.0, "a": 0.0, "b": 0.0}
    points = [start, {"mu": 1.5, "a": 0.7, "b": -0.4}, {"mu": 0.2, "a": -1.3, "b": 1.6}]
    whole = document(
        signal,
        background,
        parameter_points=point(**start),
        domains=domain(mu=(0, 10), a=(-5, 5), b=(-5, 5)),
        analyses=[
            {"name": "m", "likelihood": "l", "parameters_of_interest": ["mu"]}
            | {"domains": ["default_domain"], "init": "default_values"}
        ],
    )
    for through in FORMATS:
        names = {"xml": {"a": "alpha_a", "b": "alpha_b"}}.get(through, {})
        moved = json.loads(json.dumps(whole))
        if names:
            moved = renamed(moved, names)
        rows = [{names.get(k, k): v for k, v in one.items()} for one in points]
        check = scan("twice_delta_nll_scan", {"likelihood": "l"}, rows, differences(moved, rows))
        yield Fixture(
            f"roundtrip_through_{through.replace('-', '_')}",
            moved,
            [{**check, "id": "round_trip", "kind": "round_trip", "through": through}],
            PLAIN,
            f"The likelihood after it was written as {through} and read again.",
            ("histfactory_dist", "normsys", "histosys"),
        )


def renamed(whole: Json, names: dict[str, str]) -> Json:
    """A document whose parameters have the names that a format gives them."""
    text = json.dumps(whole)
    for old, new in names.items():
        text = text.replace(f'"parameter": "{old}"', f'"parameter": "{new}"')
    out: Json = json.loads(text)
    for section in ("domains", "parameter_points"):
        for entry in out[section]:
            for inner in (*entry.get("axes", ()), *entry.get("parameters", ())):
                inner["name"] = names.get(inner["name"], inner["name"])
    return out


def graph(whole: Json) -> Any:
    """The resolved document, which the plain evaluator takes."""
    from hs3.resolve import resolve
    from hs3.workspace import Workspace

    return resolve(Workspace.from_json(whole))


def differences(whole: Json, points: list[Json]) -> list[float]:
    """Twice the differences of the negative log-likelihood, by the plain evaluator."""
    import reference_histfactory as reference

    resolved = graph(whole)
    values = [reference.twice_nll(resolved, at) for at in points]
    return [value - values[0] for value in values]


# --- expected counts ------------------------------------------------------------------------------

COUNTED = (
    "normsys_code4",
    "normsys_log",
    "histosys_code4p",
    "histosys_lin",
    "normsys_and_histosys",
    "shapesys_Poisson",
    "staterror_Gauss",
    "shapefactor",
    "custom",
    "vertical_morph",
)


def counts() -> Iterator[Fixture]:
    """Expected counts per bin of a channel, and of its samples."""
    import reference_histfactory as reference

    for name in COUNTED:
        whole, points = CHANNELS[name]
        resolved = graph(whole)
        expected = [reference.expected(resolved, at)["ch"] for at in points]
        target = {"likelihood": "l", "channel": "ch"}
        signal = [[3.0 * at["mu"], 7.0 * at["mu"]] for at in points]
        checks = [
            scan("expected_counts", target, points, expected),
            scan(
                "expected_counts", target | {"sample": "signal"}, points, signal, id="signal_counts"
            ),
        ]
        kinds = [m["type"] for s in whole["distributions"][0]["samples"] for m in s["modifiers"]]
        yield Fixture(
            f"counts_{name.lower()}",
            whole,
            checks,
            PLAIN,
            "Expected counts in the bins of a channel, and of one of its samples.",
            ("histfactory_dist", *kinds),
        )


# --- fits -----------------------------------------------------------------------------------------


def best_fits() -> Iterator[Fixture]:
    """Best-fit values and errors."""
    for name, (whole, start, found, source, pins) in fits.cases().items():
        check = {
            "id": "fit",
            "kind": "fit",
            "target": {"likelihood": "l"},
            "reference_point": start,
            "expected": found,
            "tolerance": {"value": 1e-3, "error": 1e-3, "twice_nll": 1e-5},
        }
        yield Fixture(
            f"fit_{name}",
            whole,
            [check],
            source,
            "The best fit: values, errors by the second derivatives, and the fall of -2 ln L.",
            tuple(d["type"] for d in whole["distributions"]),
            "typical",
            (pins,),
        )


# --- samples --------------------------------------------------------------------------------------

DRAWN = (
    "gaussian",
    "exponential",
    "crystalball_sides",
    "mixture_fractions",
    "histogram",
    "polynomial",
    "poisson",
    "lognormal",
    "gamma",
    "landau",
    "generic",
    "breit_wigner",
    "product_separate",
)
SIZE = 4000


def samples() -> Iterator[Fixture]:
    """Random events: how many of them fall into regions."""
    from density_cases import CASES

    for case in (c for c in CASES if c["id"] in DRAWN):
        regions = kept.numbers(["regions", case], regions_of, case)
        check = {
            "id": "sampling",
            "kind": "sampling",
            "target": {"pdf": "p", "observables": list(case["observables"])},
            "reference_point": case["points"][0],
            "size": SIZE,
            "regions": regions,
            "sources": [MPMATH.to_json()],
        }
        kind = case["document"]["distributions"][0]["type"]
        yield Fixture(
            f"sampling_{case['id']}",
            complete(case["document"], case["observables"], case["points"][0]),
            [check],
            MPMATH,
            f"Random events of a {kind}: the fractions of them in regions.",
            (kind,),
        )
    import reference_histfactory as reference

    whole, points = CHANNELS["normsys_code4"]
    check = {
        "id": "sampling",
        "kind": "sampling",
        "target": {"likelihood": "l", "channel": "ch"},
        "reference_point": points[2],
        "size": SIZE,
        "means": reference.expected(graph(whole), points[2])["ch"],
        "sources": [PLAIN.to_json()],
    }
    yield Fixture(
        "sampling_channel",
        whole,
        [check],
        PLAIN,
        "Toys of a channel: counts are independent Poisson variates.",
        ("histfactory_dist",),
    )


def regions_of(case: Json) -> list[Json]:
    """Regions with the probabilities that the oracle gives them."""
    from oracles import Oracle
    from oracles.oracle import DIGITS

    counting = bool(case.get("counting"))
    counted = case["observables"] if counting else ()
    out = []
    with mp.workdps(DIGITS):
        oracle = Oracle(case["document"], case["observables"], case["points"][0], None, counted)
        for share in (0.1, 0.3, 0.55):
            box = {}
            for name, (low, high) in case["observables"].items():
                edge = low + share * (high - low)
                box[name] = (low, float(np.floor(edge)) if counting else edge)
            # A count belongs to a region without its upper end.
            inside = {k: (a, b - 1 if counting else b) for k, (a, b) in box.items()}
            total = oracle.probability("p", {k: (a, b) for k, (a, b) in inside.items()})
            ranges = {name: list(edges) for name, edges in box.items()}
            out.append({"range": ranges, "probability": float(total)})
    return out


# --- upper limits ---------------------------------------------------------------------------------

ONE_BIN = {
    "channels": [
        {
            "name": "SR",
            "samples": [
                {
                    "name": "signal",
                    "data": [5.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                },
                {"name": "background", "data": [20.0], "modifiers": []},
            ],
        }
    ],
    "observations": [{"name": "SR", "data": [22.0]}],
    "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
    "version": "1.0.0",
}
PYHF = Source("pyhf", "0.7.6", "root finding to 1e-6, fits to 1e-12")


def limited() -> dict[str, tuple[Json, str]]:
    """pyhf's workspaces by name, and what their limits pin."""
    two = json.loads((ROOT / "examples" / "two_bin" / "workspace.json").read_text())
    uncertain, few, shape = (copy.deepcopy(ONE_BIN) for _ in range(3))
    norm = {"name": "norm", "type": "normsys", "data": {"hi": 1.2, "lo": 0.85}}
    uncertain["channels"][0]["samples"][1]["modifiers"] = [norm]
    few["observations"][0]["data"] = [14.0]
    shape["channels"][0]["samples"][0]["data"] = [1.0, 4.0, 2.0]
    shape["channels"][0]["samples"][1] = {
        "name": "background",
        "data": [30.0, 20.0, 12.0],
        "modifiers": [
            norm,
            {
                "name": "shape",
                "type": "histosys",
                "data": {"hi_data": [31.0, 22.0, 11.0], "lo_data": [29.5, 18.5, 13.0]},
            },
            {"name": "stat", "type": "staterror", "data": [2.0, 1.5, 1.0]},
        ],
    }
    shape["observations"][0]["data"] = [28.0, 25.0, 13.0]
    return {
        "counting": (ONE_BIN, "A counting experiment without uncertainties."),
        "counting_deficit": (few, "Fewer events than expected: q~ holds the strength at 0."),
        "counting_uncertain": (uncertain, "The uncertainty of the background is profiled."),
        "two_bins": (two, "Uncertainties per bin."),
        "shape": (shape, "Normalisation, shape and statistical uncertainties."),
    }


def limits() -> Iterator[Fixture]:
    """Upper limits by CLs and asymptotic formulas, as pyhf gives them."""
    from hs3.adapters.pyhf import from_pyhf

    for name, (spec, pins) in limited().items():
        whole = from_pyhf(spec)[0].to_json()
        analysis = whole["analyses"][0]
        check = {
            "id": "upper_limit",
            "kind": "upper_limit",
            "target": {"likelihood": analysis["likelihood"]},
            "poi": "mu",
            "cl": 0.95,
            "statistic": "q~",
            "expected": kept.numbers(["limit", spec], pyhf_limit, spec),
            "tolerance": {"atol": 1e-4, "rtol": 1e-4},
        }
        yield Fixture(
            f"limit_{name}",
            whole,
            [check],
            PYHF,
            "Upper limits, observed and expected, at 95% by CLs and asymptotic formulas.",
            ("histfactory_dist",),
            "typical",
            (pins,),
        )


def pyhf_limit(spec: Json) -> Json:
    """The limits of the real pyhf."""
    import pyhf

    assert pyhf.__version__ == PYHF.version
    pyhf.set_backend("numpy", pyhf.optimize.scipy_optimizer(tolerance=1e-12))
    workspace = pyhf.Workspace(spec)
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    search = pyhf.infer.intervals.upper_limits.toms748_scan  # from 0.1: at 0 it divides by zero
    observed, expected = search(workspace.data(model), model, 0.1, 9.5, rtol=1e-7)
    return {"observed": float(observed), "expected": [float(e) for e in expected]}
