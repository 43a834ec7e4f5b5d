"""What a backend has to answer to a check, and whether its answer is right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["passed", "failed", "error", "unsupported"]


@dataclass(frozen=True)
class Outcome:
    """How one check went.

    Attributes:
        fixture: name of the fixture.
        check: its ``id``.
        kind: its ``kind``.
        status: ``error`` when the backend raised, crashed or hung; ``unsupported`` when it says
            that it cannot do such a check.
        message: what was wrong, in words.
        seconds: time it took.
        deviation: largest deviation in units of what is allowed, of checks that compare numbers.
    """

    fixture: str
    check: str
    kind: str
    status: Status
    message: str = ""
    seconds: float = 0.0
    deviation: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return dict(vars(self))


def compare(check: Mapping[str, Any], answer: Any) -> tuple[Status, str, float | None]:
    """Status, message and largest deviation of the numbers of a scan.

    A point passes when ``|got - expected| <= atol + rtol * |expected|``. Where a fixture froze no
    finite number, any finite one passes (two of the official fixtures have NaN).
    """
    expected: Sequence[float] = check["expected"]
    if not isinstance(answer, list) or len(answer) != len(expected):
        got = f"{len(answer)} numbers" if isinstance(answer, list) else repr(answer)
        return "failed", f"{len(expected)} numbers are expected, got {got}", None
    tolerance = check["tolerance"]
    worst, message = 0.0, ""
    for point, got, wanted in zip(check["scan_points"], answer, expected, strict=True):
        deviation = _deviation(got, wanted, tolerance)
        if deviation > worst:
            worst = deviation
            at = ", ".join(
                f"{name} = {value!r}"
                for name, value in zip(check["scan_parameters"], point, strict=True)
            )
            message = f"{got!r}, not {wanted!r}, at {at}"
    return ("passed", "", worst) if worst <= 1.0 else ("failed", message, worst)


def _deviation(got: Any, wanted: float, tolerance: Mapping[str, float]) -> float:
    if not isinstance(got, int | float) or not math.isfinite(got):
        return math.inf
    if not math.isfinite(wanted):
        return 0.0
    allowed = float(tolerance["atol"]) + float(tolerance["rtol"]) * abs(wanted)
    off = abs(got - wanted)
    return 0.0 if off == 0.0 else off / allowed if allowed > 0.0 else math.inf
