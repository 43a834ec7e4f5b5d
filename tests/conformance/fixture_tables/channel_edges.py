"""HistFactory at the edge of what is allowed: plain data, at least one entry per modifier.

`CASES` holds, by name, a document with one likelihood `l` and points, and the decision it pins.
"""

from __future__ import annotations

from typing import Any

from builders import (
    AXIS,
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
from channel_cases import MORPH, MU, law

Entry = dict[str, Any]
Case = tuple[Entry, list[Entry]]


def case(*modifiers: Entry, points: list[Entry], contents: Any = (10, 20), **more: Any) -> Case:
    """A signal scaled by `mu` and a background with `modifiers`, at given points."""
    signal = sample(MU, name="signal", contents=more.pop("signal", (3, 7)))
    errors = more.pop("errors", None)
    background = sample(*modifiers, name="background", contents=contents, errors=errors)
    full = [{"mu": 1.0, **one} for one in points]
    ranges = dict.fromkeys(full[0], (-50.0, 50.0))
    data = document(
        signal,
        background,
        parameter_points=point(**full[0]),
        domains=domain(**ranges),
        **more,
    )
    return data, full


def at(name: str, *values: float, **others: float) -> list[Entry]:
    """Points at which one name moves."""
    return [{name: value, **others} for value in values]


def counts(*contents: float, **axis: Any) -> list[Entry]:
    """Data of the channel."""
    return [{"name": "d", "type": "binned", "axes": [AXIS | axis], "contents": list(contents)}]


JOINS = (0.0, -1.0, 1.0, -0.999999, 1.000001, 5.0, -5.0)
FAR = {"hi": {"contents": [30, 20]}, "lo": {"contents": [9, 0.5]}}

CASES: dict[str, tuple[Case, str]] = {
    "normsys_joins": (
        case(modifier(NORMSYS, interpolation="code4"), points=at("a", *JOINS)),
        "Where the pieces of the interpolation meet, and five widths out.",
    ),
    "normsys_no_effect": (
        case(modifier(NORMSYS, data={"hi": 1.0, "lo": 1.0}), points=at("a", 0.0, 3.0)),
        "A systematic without effect still has its constraint.",
    ),
    "normsys_one_sided": (
        case(
            modifier(NORMSYS, data={"hi": 1.3, "lo": 1.2}, interpolation="code1"),
            points=at("a", 0.0, 1.0, -1.0, -0.5),
        ),
        "Both variations may go the same way.",
    ),
    "normsys_shared_by_samples": (
        (
            document(
                sample(MU, NORMSYS, name="signal", contents=(3, 7)),
                sample(modifier(NORMSYS, data={"hi": 0.8, "lo": 1.1}), name="background"),
                parameter_points=point(mu=1.0, a=0.0),
                domains=domain(mu=(-5, 5), a=(-5, 5)),
            ),
            [{"mu": 1.0, "a": 0.0}, {"mu": 2.0, "a": 1.5}, {"mu": 0.5, "a": -0.3}],
        ),
        "Modifiers of one parameter share its constraint, which counts once.",
    ),
    "normsys_two_of_one_sample": (
        case(
            NORMSYS,
            modifier(NORMSYS, name="k", parameter="b", data={"hi": 1.3, "lo": 0.8}),
            points=[{"a": 0.0, "b": 0.0}, {"a": 1.0, "b": 1.0}, {"a": -2.0, "b": 0.5}],
        ),
        "Several normsys of one sample are multiplied.",
    ),
    "histosys_joins": (
        case(modifier(HISTOSYS, interpolation="poly6"), points=at("b", *JOINS)),
        "Where the pieces of the interpolation meet, and five widths out.",
    ),
    "histosys_empty_bin": (
        case(
            modifier(HISTOSYS, data={"hi": {"contents": [1, 25]}, "lo": {"contents": [0, 18]}}),
            contents=(0, 20),
            points=at("b", 0.0, 0.7, 2.0),
        ),
        "A bin that is empty nominally and is filled by a variation.",
    ),
    "histosys_not_cut": (
        case(
            modifier(HISTOSYS, data={"hi": {"contents": [18, 20]}, "lo": {"contents": [2, 20]}}),
            points=at("b", 0.0, -1.4),
            signal=(8, 7),
        ),
        "The rate of a sample is not cut at zero in documents that ROOT did not write.",
    ),
    "histosys_cut_at_zero": (
        case(
            modifier(
                HISTOSYS,
                data={"hi": {"contents": [18, 20]}, "lo": {"contents": [2, 20]}},
                positiveDefinite=True,
            ),
            points=at("b", 0.0, -1.4),
            signal=(8, 7),
        ),
        "`positiveDefinite` of a histosys cuts the rate of its sample at zero, bin by bin.",
    ),
    "histosys_two_of_one_sample": (
        case(
            modifier(HISTOSYS, interpolation="lin"),
            modifier(HISTOSYS, name="k", parameter="c", data=FAR, interpolation="parabolic"),
            points=[{"b": 0.0, "c": 0.0}, {"b": 1.0, "c": 1.0}, {"b": -0.5, "c": 2.0}],
        ),
        "The variations of several histosys of one sample are added.",
    ),
    "histosys_after_normsys": (
        case(
            NORMSYS,
            HISTOSYS,
            modifier(HISTOSYS, name="k", parameter="c", data=FAR),
            points=[
                {"a": 0.0, "b": 0.0, "c": 0.0},
                {"a": 1.2, "b": 1.0, "c": 0.4},
                {"a": -0.7, "b": -0.5, "c": -0.3},
            ],
        ),
        "Variations are those from the nominal contents, wherever they stand in the list: factors "
        "before them and other variations change nothing.",
    ),
    "normfactor_zero": (
        case(NORMSYS, points=[{"a": 0.0}, {"a": 0.0, "mu": 0.0}, {"a": 0.0, "mu": -0.5}]),
        "A normfactor may be 0, and below as long as the rate of each bin stays positive.",
    ),
    "normfactor_twice": (
        case(
            {"name": "r", "type": "normfactor", "parameter": "r"},
            {"name": "r2", "type": "normfactor", "parameter": "r"},
            points=at("r", 1.0, 2.0, 0.5),
        ),
        "A factor that stands twice on a sample counts twice.",
    ),
    "shapefactor_zero": (
        case(
            {"name": "f", "type": "shapefactor", "parameters": ["f0", "f1"]},
            points=[{"f0": 1.0, "f1": 1.0}, {"f0": 0.0, "f1": 40.0}],
        ),
        "A factor of 0 takes a sample out of a bin; nothing constrains it.",
    ),
    "shapefactor_constrained": (
        case(
            {"name": "f", "type": "shapefactor", "parameters": ["f0", "f1"], "constraint": "Gauss"},
            points=[{"f0": 1.0, "f1": 1.0}, {"f0": 0.5, "f1": 1.4}],
        ),
        "A constraint that a shapefactor asks for has unit strength.",
    ),
    "shapesys_zero_uncertainty": (
        case(
            modifier(SHAPESYS, data={"vals": [0.1, 0.0]}),
            points=[{"g0": 1.0, "g1": 1.0}, {"g0": 1.2, "g1": 1.0}],
        ),
        "A bin without uncertainty gets no constraint.",
    ),
    "shapesys_large_uncertainty": (
        case(
            modifier(SHAPESYS, data={"vals": [2.0, 1e-4]}),
            points=[{"g0": 1.0, "g1": 1.0}, {"g0": 0.1, "g1": 1.0002}],
        ),
        "A Poisson constraint of less than one event, and one of 100 million.",
    ),
    "staterror_of_two_samples": (
        (
            document(
                sample(MU, STATERROR, name="signal", contents=(3, 7), errors=(0.5, 0.7)),
                sample(STATERROR, name="background", errors=(1.5, 2.0)),
                parameter_points=point(mu=1.0, e0=1.0, e1=1.0),
                domains=domain(mu=(-5, 5), e0=(0, 5), e1=(0, 5)),
            ),
            [{"mu": 1.0, "e0": 1.0, "e1": 1.0}, {"mu": 2.0, "e0": 1.2, "e1": 0.9}],
        ),
        "The relative error of a bin is that of the sum of the samples that share it.",
    ),
    "staterror_zero_error": (
        case(
            STATERROR,
            errors=(1.0, 0.0),
            points=[{"e0": 1.0, "e1": 1.0}, {"e0": 1.3, "e1": 1.0}],
        ),
        "A bin without uncertainty gets no constraint.",
    ),
    "custom_zero": (
        case(
            {"name": "scale", "type": "custom"},
            functions=[law("scale", "generic_function", expression="t*t")],
            points=at("t", 1.0, 0.0, -2.0),
        ),
        "A factor given by a function, also where it is 0.",
    ),
    "custom_of_observable": (
        case(
            {"name": "tilt", "type": "custom"},
            functions=[law("tilt", "generic_function", expression="exp(t*x)")],
            points=at("t", 0.1, 0.4, -0.3),
        ),
        "A function of the observable has in each bin the value of the middle of the bin.",
    ),
    "vertical_morph_floor": (
        case(MORPH, points=[{"a": 0.0, "b": 0.0}, {"a": 3.0, "b": 0.0}, {"a": -1.0, "b": 2.0}]),
        "The bins of the template never fall below its floor.",
    ),
    "large_counts": (
        case(
            NORMSYS,
            contents=(2e6, 3e6),
            data=counts(2000500, 2999500),
            points=at("a", 0.0, 1e-2, -1e-2),
        ),
        "Counts of millions: differences of the likelihood keep their digits.",
    ),
    "empty_data": (
        case(NORMSYS, data=counts(0, 0), points=at("a", 0.0, 1.0)),
        "No event was observed in any bin.",
    ),
    "counts_not_whole": (
        case(NORMSYS, data=counts(11.5, 0.25), points=at("a", 0.0, 1.0)),
        "The Poisson probability of a count that is not whole is continued by the Gamma function.",
    ),
    "tiny_yields": (
        case(NORMSYS, contents=(1e-7, 2e-7), signal=(1e-9, 0.0), points=at("a", 0.0, 1.0)),
        "Yields far below one event.",
    ),
    "uneven_bins": (
        case(
            NORMSYS,
            channel={"axes": [{"name": "x", "edges": [0, 1e-3, 1e3]}]},
            data=[
                {
                    "name": "d",
                    "type": "binned",
                    "axes": [{"name": "x", "edges": [0, 1e-3, 1e3]}],
                    "contents": [11, 19],
                }
            ],
            points=at("a", 0.0, 1.0),
        ),
        "Contents are counts per bin: widths do not matter.",
    ),
}
