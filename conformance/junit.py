"""Outcomes as JUnit XML, which servers for continuous integration read."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from .compare import Outcome
from .runner import Run

_TAGS = {"failed": "failure", "error": "error", "unsupported": "skipped"}


def junit(runs: Sequence[Run]) -> bytes:
    """One test suite per backend, a class per fixture, a test case per check."""
    root = ElementTree.Element("testsuites")
    root.extend(_suite(run) for run in runs)
    top = root if len(runs) != 1 else root[0]
    ElementTree.indent(top)
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(run: Run) -> ElementTree.Element:
    outcomes = run.outcomes
    suite = ElementTree.Element(
        "testsuite",
        name=f"HS3 conformance of {run.backend}",
        tests=str(len(outcomes)),
        failures=_count(outcomes, "failed"),
        errors=_count(outcomes, "error"),
        skipped=_count(outcomes, "unsupported"),
        time=f"{sum(o.seconds for o in outcomes):.3f}",
    )
    for outcome in outcomes:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=outcome.fixture,
            name=outcome.check,
            time=f"{outcome.seconds:.3f}",
        )
        if outcome.status in _TAGS:
            ElementTree.SubElement(case, _TAGS[outcome.status], message=_legal(outcome.message))
    return suite


def _count(outcomes: Sequence[Outcome], status: str) -> str:
    return str(sum(o.status == status for o in outcomes))


def _legal(text: str) -> str:
    """Without characters that XML does not have."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
