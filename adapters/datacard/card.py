"""What a datacard says, line by line, before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from hs3.errors import ConversionError
from hs3.findings import nearest, pointer

Effect = float | tuple[float, float]
"""What a systematic does to one process of one channel: a number, or ``(down, up)``."""


@dataclass(frozen=True)
class Column:
    """One process in one channel.

    Attributes:
        rate: expected events; -1 stands for the integral of the histogram.
        signal: True for a process whose number is not above zero.
    """

    channel: str
    process: str
    signal: bool
    rate: float


@dataclass(frozen=True)
class Shape:
    """A ``shapes`` line: the file, and the names of the nominal and the varied histogram.

    Attributes:
        varied: None where the line names no histogram for systematics.
    """

    file: str
    nominal: str
    varied: str | None
    path: str


@dataclass(frozen=True)
class Systematic:
    """A line of the last part of the card.

    Attributes:
        kind: ``lnN``, ``shape``, ``gmN``, ``param`` …
        arguments: what stands between kind and columns, or everything for ``param``.
        effects: by channel and process; columns without effect are left out.
    """

    name: str
    kind: str
    arguments: tuple[str, ...]
    effects: Mapping[tuple[str, str], Effect]
    path: str


@dataclass(frozen=True)
class RateParam:
    """A factor on one process in one channel: a parameter, or a formula of parameters.

    Attributes:
        value: the start value, or the formula.
        arguments: names in the formula, None for a parameter.
        bounds: the range, None without.
    """

    name: str
    channel: str
    process: str
    value: str
    arguments: tuple[str, ...] | None
    bounds: tuple[float, float] | None
    path: str


@dataclass(frozen=True)
class McStats:
    """``autoMCStats`` of one channel.

    Attributes:
        threshold: effective events up to which each process has parameters of its own; negative
            for no parameters at all.
        signal: count signal processes too when the threshold is applied.
        mode: 1 takes the normalisation out of shape systematics, 2 leaves it in.
    """

    threshold: float
    signal: bool
    mode: int


@dataclass
class Card:
    """Everything that one datacard says.

    Attributes:
        observed: counts by channel; -1 stands for the integral of the histogram.
        shapes: by channel and process, ``*`` for all.
        extra: further parameters: value and bounds.
    """

    channels: list[str] = field(default_factory=list)
    observed: dict[str, float] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    shapes: dict[str, dict[str, Shape | None]] = field(default_factory=dict)
    systematics: list[Systematic] = field(default_factory=list)
    rates: list[RateParam] = field(default_factory=list)
    mc_stats: dict[str, McStats] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    extra: dict[str, tuple[float, tuple[float, float] | None, bool]] = field(default_factory=dict)
    flat: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)

    @property
    def processes(self) -> list[str]:
        """All processes, in the order of the card."""
        return list(dict.fromkeys(column.process for column in self.columns))


def line(number: int) -> str:
    """The path of a line, which counts from one."""
    return pointer("line", number)


def refuse(
    message: str,
    path: str,
    value: object = None,
    *,
    code: str = "datacard.syntax",
    near: Iterable[str] = (),
) -> NoReturn:
    """Raise ConversionError for a place of the card.

    Args:
        near: the valid names, of which the nearest are suggested.
    """
    found = nearest(str(value), near)
    raise ConversionError(message, code=code, path=path, value=value, suggestions=found)
