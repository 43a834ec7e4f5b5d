"""Findings that only come up when a likelihood is built, evaluated, fitted, or given a limit."""

from __future__ import annotations

from collections.abc import Iterator

from builders import document, domain, point, sample
from channel_cases import MU
from fixture import Fixture, Json

from fixture_tables.other_formats import made_by
from fixture_tables.refused import density

AXIS = {"name": "x", "min": 0, "max": 2, "nbins": 2}
TARGET = {"likelihood": "l"}


def signal(contents: tuple[float, float] = (3, 7), high: float = 10.0) -> Json:
    """A counting experiment with a signal strength."""
    return document(
        sample(MU, name="signal", contents=contents),
        sample(name="background"),
        parameter_points=point(mu=1.0),
        domains=domain(mu=(0, high)),
        analyses=[
            {"name": "a", "likelihood": "l", "parameters_of_interest": ["mu"]}
            | {"domains": ["default_domain"], "init": "default_values"}
        ],
    )


def without_data() -> Json:
    whole = signal()
    return {k: v for k, v in whole.items() if k not in ("data", "likelihoods", "analyses")}


def other_bins() -> Json:
    """Counts of a density in two bins, with data in three."""
    three = {"name": "x", "min": 0, "max": 2, "nbins": 3}
    rate = {"name": "rate", "type": "generic_function", "expression": "1 + x"}
    dist = {"name": "p", "type": "bincounts_density_dist", "x": "x", "density": "rate"}
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [dist | {"axes": [AXIS]}],
        "functions": [rate],
        "data": [{"name": "d", "type": "binned", "axes": [three], "contents": [1, 2, 3]}],
        "likelihoods": [{"name": "l", "distributions": ["p"], "data": ["d"]}],
    }


def no_pois() -> Json:
    whole = signal()
    whole["analyses"][0]["parameters_of_interest"] = []
    return whole


def undefined() -> Json:
    """An expected count below zero in a bin with events."""
    whole = other_bins()
    whole["data"][0] |= {"axes": [AXIS], "contents": [1, 2]}
    whole["functions"][0]["expression"] = "x - 0.9"
    return whole


def singular() -> Json:
    """A density whose integral does not converge."""
    whole = density("generic")
    whole["distributions"] = [
        {"name": "p", "type": "generic_dist", "expression": "1/abs(x - 0.1)", "x": "x"}
    ]
    return whole


def codes() -> Iterator[Fixture]:
    """One fixture per code."""
    at = {"target": TARGET}
    for code, whole, more in (
        ("compile.no_data", without_data(), {"step": "compile", "target": {"pdf": "ch"}}),
        ("compile.data_shape", other_bins(), {"step": "evaluate", **at}),
        ("evaluate.undefined", undefined(), {"step": "evaluate", **at}),
        ("evaluate.inaccurate", singular(), {"step": "evaluate", **at}),
        (
            "fit.unknown_parameter",
            signal(),
            {"step": "evaluate", **at, "reference_point": {"nu": 1.0}},
        ),
        ("fit.start_outside", signal(), {"step": "fit", **at, "reference_point": {"mu": 20.0}}),
        ("inference.poi", no_pois(), {"step": "upper_limit", **at}),
        ("inference.insensitive", signal((0, 0)), {"step": "upper_limit", **at, "poi": "mu"}),
        (
            "inference.limit_outside",
            signal(high=1.5),
            {"step": "upper_limit", **at, "poi": "mu"},
        ),
        ("conversion.format", signal(), {"step": "convert", "to": "docx"}),
    ):
        yield made_by(code, whole, "", more)
