"""Findings: for each code that a document can have, one that has it; for each dialect rule one.

Documents come from the tables of the tests.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from builders import document, sample
from fixture import VERSION, Fixture, Json, Source, finding, rejection, reported, scan

from fixture_tables.dialect_numbers import MEANINGS
from hs3.codes import CODES
from hs3.dialects import RULES

BY_HAND = Source("formulas written by hand, numpy", "", "float64")
ANALYSIS = {"name": "a", "likelihood": "l"}
SELECTION: list[tuple[str, str, Json, Json]] = [
    ("selection.none", "", {"metadata": {"hs3_version": VERSION}}, {"step": "compile"}),
    (
        "selection.ambiguous",
        "/analyses",
        document(sample(), analyses=[ANALYSIS, ANALYSIS | {"name": "b"}]),
        {"step": "compile"},
    ),
    (
        "selection.conflict",
        "",
        document(sample()),
        {"step": "compile", "target": {"likelihood": "l", "pdf": "ch", "data": "d"}},
    ),
]
"""What is to be evaluated: code, path, document, keys of the check."""


def findings() -> Iterator[Fixture]:
    """A fixture for each code that the check of a document can give."""
    from test_checks import CASES

    first: dict[str, tuple[str, Json, Json]] = {}
    for code, path, whole in CASES:
        first.setdefault(code, (path, whole, {}))
    first |= {code: (path, whole, more) for code, path, whole, more in SELECTION}
    for code, (path, whole, more) in first.items():
        yield _finding(code, path, _plain(whole), more)


def _finding(code: str, path: str, whole: Json, more: Json) -> Fixture:
    known = CODES[code]
    if known.severity == "error":
        why = known.meaning[0].lower() + known.meaning[1:].rstrip(".")
        check = rejection(why, finding(code, path), **more)
    else:
        check = reported(finding(code, path) | {"severity": known.severity}, **more)
    return Fixture(
        "finding_" + code.replace(".", "_"),
        whole,
        [check],
        None,
        known.meaning,
        (f"finding:{code}",),
        "negative" if known.severity == "error" else "edge",
    )


def dialects() -> Iterator[Fixture]:
    """A fixture for each rule: that it is reported, and what the document means by it."""
    from test_dialects import CASES, CHOICE

    for code, made in RULES.items():
        name = code.removeprefix("dialect.")
        whole = _plain(CASES[code][0])
        whole.setdefault("metadata", {"hs3_version": VERSION})
        target: Json = CHOICE.get(code) or {"likelihood": "l"}
        said = finding(code) | {"severity": CODES[code].severity}
        check = reported(said, step="compile", target=target)
        checks = [check]
        meaning = MEANINGS.get(name)
        if meaning is not None:
            expected = meaning.twice_delta_nll()
            checks += [scan("twice_delta_nll_scan", target, meaning.points, expected)]
        yield Fixture(
            f"dialect_{name}",
            whole,
            checks,
            BY_HAND if meaning is not None else None,
            f"{made.reading} Written by: {made.writers}.",
            (f"dialect:{name}", f"finding:{code}"),
        )


def _plain(whole: Any) -> Json:
    """A document of a test without keys that are None there."""
    copied: Json = copy.deepcopy(whole)
    return {key: value for key, value in copied.items() if value is not None}
