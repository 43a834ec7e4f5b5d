"""How one check went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["passed", "failed", "error", "unsupported"]

Number = tuple[str, Any, Any]
"""What is compared, the expected value, and the backend's."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right.

    Attributes:
        status: ``passed`` or ``failed`` here; see `Outcome`.
        message: what was wrong, in words.
        deviation: largest deviation in units of what is allowed, where numbers are compared.
        numbers: what was compared, in order.
    """

    status: Status
    message: str = ""
    deviation: float | None = None
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How one check went.

    Attributes:
        fixture: name of the fixture.
        check: its ``id``.
        kind: its ``kind``.
        status: ``error`` when the backend raised, crashed or hung; ``unsupported`` when it says
            that it cannot do such a check, or express such a model.
        message: what was wrong, in words; the reason where it is unsupported.
        seconds: time it took.
        deviation: largest deviation in units of what is allowed, of checks that compare numbers.
        numbers: what was compared.
    """

    fixture: str
    check: str
    kind: str
    status: Status
    message: str = ""
    seconds: float = 0.0
    deviation: float | None = None
    numbers: tuple[Number, ...] = ()

    def to_dict(self, *, numbers: bool = False) -> dict[str, Any]:
        """Plain JSON data, without the numbers unless asked for."""
        out = dict(vars(self))
        return out if numbers else {k: v for k, v in out.items() if k != "numbers"}
