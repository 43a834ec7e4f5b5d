"""A run of one or more backends as one HTML page: types by implementations, each cell with numbers.

The page needs nothing but itself. Making it needs jinja2 (``pip install "hs3-reference[report]"``).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hs3.errors import MissingDependency

from .backends import BACKENDS, title
from .compare import Number, Outcome
from .explained import Explanation, why
from .results import STATUSES, Result
from .runner import Run

_TEMPLATES = Path(__file__).with_name("templates")
_POINTS = 8
"""Numbers of one check that are shown, the worst ones among them."""

SAME = "same"
"""Stands for numbers that are the expected ones to all digits shown."""

_WIDTH = 90
"""Characters that tell where a number belongs."""

WORDS = {"passed": "agrees", "failed": "differs", "error": "fails", "unsupported": "cannot"}
"""The word that stands for a status."""


def html(result: Result, known: Sequence[Explanation] = ()) -> str:
    """The page.

    Args:
        result: what is shown.
        known: explanations of failures, shown with them.

    Raises:
        MissingDependency: jinja2 is not installed.
    """
    try:
        import jinja2
    except ImportError as error:
        message = 'a report needs jinja2: pip install "hs3-reference[report]"'
        raise MissingDependency(message) from error
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.get_template("report.html.j2")
    page: str = template.render(
        date=result.date,
        backends=[_backend(run, result) for run in result.runs],
        fixtures=len(result.subjects),
        sections=sections(result),
        words=WORDS,
        data=_embedded(data(result, known)),
    )
    return page


def _backend(run: Run, result: Result) -> dict[str, Any]:
    known, counts = BACKENDS.get(run.backend), result.counts()[run.backend]
    return {
        "name": run.backend,
        "title": title(run.backend),
        "about": known.about if known else "",
        "version": run.version,
        "counts": {status: counts[status] for status in STATUSES},
    }


def sections(result: Result) -> list[dict[str, Any]]:
    """The rows of the matrix by families: ``title`` and ``rows`` of ``subject`` and ``cells``."""
    found: dict[str, list[str]] = {}
    for subject in sorted({s for about in result.subjects.values() for s in about}):
        found.setdefault(_family(subject), []).append(subject)
    return [
        {"title": name, "rows": [_row(result, subject) for subject in found[name]]}
        for name in (*_families(), *_OTHERS.values(), "Other")
        if name in found
    ]


_OTHERS = {
    "dialect:": "Dialects",
    "finding:": "Findings",
    "semantics:": "Decisions of semantics.md",
}


def _families() -> dict[str, Any]:
    from hs3.data import DATA
    from hs3.distributions import DISTRIBUTIONS
    from hs3.functions import FUNCTIONS
    from hs3.histfactory.modifiers import MODIFIERS

    return {
        "Distributions": DISTRIBUTIONS.types,
        "HistFactory modifiers": MODIFIERS.types,
        "Functions": FUNCTIONS.types,
        "Data": DATA.types,
    }


def _family(subject: str) -> str:
    for prefix, name in _OTHERS.items():
        if subject.startswith(prefix):
            return name
    return next((n for n, types in _families().items() if subject in types), "Other")


def _row(result: Result, subject: str) -> dict[str, Any]:
    cells = [_cell(backend, counts) for backend, counts in result.counts(subject).items()]
    return {"subject": subject, "cells": cells}


def _cell(backend: str, counts: Counter[Any]) -> dict[str, Any]:
    """What most needs to be seen of the fixtures of a row, in a few words."""
    wrong = counts["failed"] + counts["error"]
    tried = counts["passed"] + wrong
    if not counts:
        status, text = "none", ""
    elif not tried:
        status, text = "unsupported", "cannot"
    elif not wrong:
        status, text = "passed", f"{tried} agree"
    else:
        status = "failed" if counts["failed"] else "error"
        text = f"{wrong} of {tried} {'differ' if counts['failed'] else 'fail'}"
    return {"backend": backend, "status": status, "text": text}


# --- the numbers ----------------------------------------------------------------------------------


def data(result: Result, known: Sequence[Explanation]) -> dict[str, Any]:
    """What the cells open: per fixture its checks, per backend the outcome of each."""
    fixtures: dict[str, dict[str, Any]] = {}
    texts: dict[str, int] = {}
    shown = _chosen(result)
    for run in result.runs:
        for outcome in run.outcomes:
            entry = fixtures.setdefault(
                outcome.fixture, {"about": result.about.get(outcome.fixture, ""), "checks": {}}
            )
            check = entry["checks"].setdefault(
                outcome.check, {"kind": outcome.kind, "rows": [], "by": {}}
            )
            numbers = [
                outcome.numbers[i]
                for i in shown[outcome.fixture, outcome.check]
                if i < len(outcome.numbers)
            ]
            check["by"][run.backend] = _outcome(run.backend, outcome, numbers, known, texts)
            if numbers and not check["rows"]:
                check["rows"] = [[place[:_WIDTH], _number(wanted)] for place, wanted, _ in numbers]
    subjects: dict[str, list[str]] = {}
    for name, about in result.subjects.items():
        for subject in about:
            subjects.setdefault(subject, []).append(name)
    return {"fixtures": fixtures, "subjects": subjects, "texts": list(texts)}


def _chosen(result: Result) -> dict[tuple[str, str], list[int]]:
    """Of each check, which numbers are shown: the worst of each backend, then the first ones."""
    out: dict[tuple[str, str], list[int]] = {}
    for run in result.runs:
        for outcome in run.outcomes:
            chosen = out.setdefault((outcome.fixture, outcome.check), [])
            if outcome.numbers and outcome.status == "failed":
                chosen.append(max(range(len(outcome.numbers)), key=_off(outcome)))
    for run in result.runs:
        for outcome in run.outcomes:
            chosen = out[outcome.fixture, outcome.check]
            for i in range(len(outcome.numbers)):
                if len(set(chosen)) < _POINTS and i not in chosen:
                    chosen.append(i)
    return {key: sorted(set(chosen)) for key, chosen in out.items()}


def _off(outcome: Outcome) -> Callable[[int], float]:
    def relative(i: int) -> float:
        _, wanted, got = outcome.numbers[i]
        if not isinstance(got, float | int) or not isinstance(wanted, float | int):
            return math.inf
        return abs(got - wanted) / (abs(wanted) + 1e-12)

    return relative


def _outcome(
    backend: str,
    outcome: Outcome,
    numbers: Sequence[Number],
    known: Sequence[Explanation],
    texts: dict[str, int],
) -> Any:
    """The status alone where there is no more to say; texts by their place in the list."""
    got = [_number(found) for _, _, found in numbers]
    wanted = [_number(value) for _, value, _ in numbers]
    told = {"message": outcome.message[:300], "why": why(backend, outcome, known)}
    more: dict[str, Any] = {
        key: texts.setdefault(text, len(texts)) for key, text in told.items() if text
    }
    if outcome.deviation is not None:
        more["deviation"] = _rounded(outcome.deviation)
    if got:
        more["got"] = SAME if got == wanted else got
    return {"status": outcome.status, **more} if more else outcome.status


def _number(value: Any) -> Any:
    """Ten digits; text for what JSON does not have."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else str(value)


def _rounded(deviation: float) -> Any:
    """Two digits, which is enough for units of the tolerance."""
    return float(f"{deviation:.2g}") if math.isfinite(deviation) else str(deviation)


def _embedded(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False, default=str)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
