"""What a backend has to answer to each kind of check, and whether its answer is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hs3 import jsonio

from .compare import Number, Verdict
from .statistical import sampling

Check = Mapping[str, Any]
Judge = Callable[[Check, Any, Path], Verdict]


def judge(check: Check, answer: Any, document: Path) -> Verdict:
    """The verdict on an answer; a kind without numbers passes when the backend did not raise."""
    known = JUDGES.get(check["kind"])
    if known is None:
        return Verdict("unsupported", f"nobody here knows checks of kind {check['kind']!r}")
    try:
        return known(check, answer, document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return Verdict("failed", f"the answer has not the form of {check['kind']}: {error!r}")


# --- numbers --------------------------------------------------------------------------------------


def scan(check: Check, answer: Any, document: Path) -> Verdict:
    """Numbers at points: ``|got - expected| <= atol + rtol * |expected|`` at each.

    Where a fixture froze no finite number, any finite one passes, and NaN (two of the official
    fixtures have it).
    """
    return _numbers(check, zip(_places(check), check["expected"], strict=True), answer)


def counts(check: Check, answer: Any, document: Path) -> Verdict:
    """Expected counts per bin at points, each a list of the channel's bins."""
    wanted: list[tuple[str, float]] = []
    got: list[Any] = []
    for place, bins, found in zip(_places(check), check["expected"], answer, strict=True):
        if not isinstance(found, list) or len(found) != len(bins):
            return Verdict("failed", f"{len(bins)} bins are expected at {place}, got {found!r}")
        wanted += [(f"bin {i} at {place}", value) for i, value in enumerate(bins)]
        got += found
    return _numbers(check, wanted, got)


def fit(check: Check, answer: Any, document: Path) -> Verdict:
    """Best-fit values in units of their errors, errors relative, the fall of twice the NLL."""
    tolerance, expected = check["tolerance"], check["expected"]
    rows: list[tuple[Number, float]] = []
    for name, wanted in expected["parameters"].items():
        found = answer["parameters"][name]
        for key, unit in (("value", wanted.get("error", 1.0)), ("error", wanted.get("error", 1.0))):
            if key in wanted:
                allowed = tolerance[key] * abs(unit)
                number = (f"{key} of {name}", wanted[key], found[key])
                rows.append((number, deviation(found[key], wanted[key], allowed)))
    if "twice_delta_nll" in expected:
        wanted, found = expected["twice_delta_nll"], answer["twice_delta_nll"]
        number = ("twice delta NLL", wanted, found)
        rows.append((number, deviation(found, wanted, tolerance["twice_nll"])))
    return verdict(rows)


def upper_limit(check: Check, answer: Any, document: Path) -> Verdict:
    """The observed limit and the expected ones at -2, -1, 0, 1, 2 sigma."""
    expected = check["expected"]
    wanted, got = [], []
    if "observed" in expected:
        wanted.append(("observed", expected["observed"]))
        got.append(answer["observed"])
    for sigma, value in zip(range(-2, 3), expected.get("expected", ()), strict=False):
        wanted.append((f"expected at {sigma} sigma", value))
        got.append(answer["expected"][sigma + 2])
    return _numbers(check, wanted, got)


def _places(check: Check) -> list[str]:
    names = check["scan_parameters"]
    return [
        ", ".join(f"{name} = {value!r}" for name, value in zip(names, point, strict=True))
        for point in check["scan_points"]
    ]


def _numbers(check: Check, wanted: Iterable[tuple[str, float]], answer: Any) -> Verdict:
    pairs = list(wanted)
    if not isinstance(answer, list) or len(answer) != len(pairs):
        got = f"{len(answer)} numbers" if isinstance(answer, list) else repr(answer)
        return Verdict("failed", f"{len(pairs)} numbers are expected, got {got}")
    rtol, atol = float(check["tolerance"]["rtol"]), float(check["tolerance"]["atol"])
    return verdict(
        [
            ((place, value, got), deviation(got, value, atol + rtol * abs(value)))
            for (place, value), got in zip(pairs, answer, strict=True)
        ]
    )


def deviation(got: Any, wanted: float, allowed: float) -> float:
    """How far a number is off in units of what is allowed; infinite where it is no number.

    Where NaN was frozen, NaN is as right as any number.
    """
    if math.isnan(wanted) and got == "nan":
        return 0.0
    if isinstance(got, bool) or not isinstance(got, int | float) or not math.isfinite(got):
        return math.inf
    if not math.isfinite(wanted):
        return 0.0
    off = abs(got - wanted)
    return 0.0 if off == 0.0 else off / allowed if allowed > 0.0 else math.inf


def verdict(rows: Sequence[tuple[Number, float]]) -> Verdict:
    """The verdict on numbers with their deviations; the message names the worst one."""
    numbers = tuple(number for number, _ in rows)
    if not rows:
        return Verdict("failed", "the check compares nothing")
    (place, wanted, got), worst = max(rows, key=lambda row: row[1])
    if worst <= 1.0:
        return Verdict("passed", "", worst, numbers)
    return Verdict("failed", f"{got!r}, not {wanted!r}, at {place}", worst, numbers)


# --- documents ------------------------------------------------------------------------------------


def structure(check: Check, answer: Any, document: Path) -> Verdict:
    """Every name is there: the backend says so by not raising, or lists what it has."""
    if answer is None:
        return Verdict("passed")
    for kind, names in check["target"].items():
        missing = [name for name in names if name not in answer.get(kind, ())]
        if missing:
            return Verdict("failed", f"{kind} lack {', '.join(missing)}")
    return Verdict("passed")


def rejection(check: Check, answer: Any, document: Path) -> Verdict:
    """The document is refused, and by a backend that has our codes for the right reason.

    The answer is False (accepted), True (refused without a code), or the findings.
    """
    if answer is False or answer == []:
        return Verdict("failed", f"the document is accepted, although {check['why']}")
    return Verdict("passed") if answer is True else _reported(check, answer)


def findings(check: Check, answer: Any, document: Path) -> Verdict:
    """Every finding of the check is reported, and those of `absent` are not."""
    return _reported(check, answer)


def _reported(check: Check, answer: Sequence[Mapping[str, Any]]) -> Verdict:
    for wanted in check["findings"]:
        if not any(_fits(wanted, one) for one in answer):
            found = "; ".join(f"{one['code']} at {one['path']}" for one in answer) or "nothing"
            return Verdict("failed", f"{_told(wanted)} is not reported; found: {found}")
    for unwanted in check.get("absent", ()):
        if any(_fits(unwanted, one) for one in answer):
            return Verdict("failed", f"{_told(unwanted)} is reported")
    return Verdict("passed")


def _fits(wanted: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    return all(one.get(key) == value for key, value in wanted.items())


def _told(finding: Mapping[str, Any]) -> str:
    where = f" at {finding['path']!r}" if "path" in finding else ""
    return f"{finding.get('code', 'a finding')}{where}"


def round_trip(check: Check, answer: Any, document: Path) -> Verdict:
    """The document comes back equal as JSON; with scan points, with the same likelihood."""
    if "scan_points" in check:
        return scan(check, answer, document)
    wanted = jsonio.read(document)
    if answer == wanted and _exact(answer) == _exact(wanted):
        return Verdict("passed")
    return Verdict("failed", f"the document came back changed: {_change(wanted, answer, '')}")


def _exact(value: Any) -> str:
    """JSON text in which True and 1 differ, and 1 and 1.0 do not."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{k!r}:{_exact(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_exact, value)) + "]"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return repr(value)
    return repr(int(value)) if value == int(value) else repr(value)


def _change(wanted: Any, got: Any, path: str) -> str:
    """The first place where two documents differ."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in [*wanted, *got]:
            if key not in got or key not in wanted:
                return f"{path}/{key} is {'lost' if key not in got else 'new'}"
            if _exact(wanted[key]) != _exact(got[key]):
                return _change(wanted[key], got[key], f"{path}/{key}")
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for i, (one, other) in enumerate(zip(wanted, got, strict=True)):
            if _exact(one) != _exact(other):
                return _change(one, other, f"{path}/{i}")
    return f"{path or '/'} is {str(got)[:80]}, not {str(wanted)[:80]}"


JUDGES: Mapping[str, Judge] = {
    "structure_import": structure,
    "twice_delta_nll_scan": scan,
    "pdf_scan": scan,
    "function_scan": scan,
    "expected_counts": counts,
    "fit": fit,
    "upper_limit": upper_limit,
    "sampling": sampling,
    "rejection": rejection,
    "findings": findings,
    "round_trip": round_trip,
}
"""Kinds of checks that a backend answers; ``static_integrity`` needs none."""
