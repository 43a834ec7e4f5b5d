"""What is written as the value of an option: numbers, bounds, groups of names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from glob import escape
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from hs3.engine import Model


def assignments(given: Iterable[str]) -> dict[str, float]:
    """``NAME=VALUE`` options; the last equals sign counts, as names may hold others."""
    out = {}
    for option in given:
        name, equals, value = option.rpartition("=")
        try:
            out[name] = float(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise typer.BadParameter(f"{option!r} is not NAME=VALUE with a number")
    return out


def held(model: Model, given: Iterable[str]) -> dict[str, float]:
    """``NAME`` or ``NAME=VALUE`` options; without a value, the document's."""
    names = [option for option in given if option in model.names or "=" not in option]
    plain = {name: float(model.start[model.position(name)]) for name in names}
    return plain | assignments(option for option in given if option not in plain)


def measurements(given: Iterable[str]) -> dict[str, tuple[float, float]]:
    """``FUNCTION=VALUE±ERROR`` options; the last equals sign counts, as expressions may hold some.

    A comma, ``+-`` or ``+/-`` may stand for ``±``.
    """
    out: dict[str, tuple[float, float]] = {}
    for option in given:
        name, _, measured = option.rpartition("=")
        parts = re.split(r"±|\+/?-|,", measured)
        try:
            value, error = map(float, parts)
        except ValueError:
            name = ""
        if not name.strip():
            raise typer.BadParameter(f"{option!r} is not FUNCTION=VALUE±ERROR with numbers")
        if name in out:
            raise typer.BadParameter(f"two measurements of {name!r}: average them first")
        out[name] = value, error
    return out


def bounds(given: Iterable[str]) -> dict[str, tuple[float, float]]:
    """``NAME=LOW:HIGH`` options; the last equals sign counts."""
    out = {}
    for option in given:
        name, _, limits = option.rpartition("=")
        low, colon, high = limits.partition(":")
        try:
            out[name] = float(low), float(high)
        except ValueError:
            colon = ""
        if not colon or not name:
            raise typer.BadParameter(f"{option!r} is not NAME=LOW:HIGH with numbers")
    return out


def starting_points(given: Sequence[str] | None) -> int | list[dict[str, float]]:
    """How many starting points to spread, or those that are given as ``NAME=VALUE,NAME=VALUE``."""
    if given and len(given) == 1 and given[0].isdecimal():
        return int(given[0])
    return [assignments(text.split(",")) for text in given or ()]


def groups_of(given: Sequence[str] | None) -> dict[str, list[str]]:
    """``NAME=PATTERN,PATTERN`` options."""
    out: dict[str, list[str]] = {}
    for option in given or ():
        name, equals, patterns = option.partition("=")
        if not equals or not name or not patterns:
            raise typer.BadParameter(f"{option!r} is not NAME=PATTERN")
        out.setdefault(name, []).extend(patterns.split(","))
    return out


def document_groups(model: Model, floating: Collection[str]) -> dict[str, list[str]]:
    """The groups that a datacard gave to its parameters, of those that float."""
    misc = model.graph.workspace.misc or {}
    given = (misc.get("combine") or {}).get("groups") or {}
    own = {
        group: [escape(name) for name in names if name in floating]
        for group, names in given.items()
    }
    return {group: names for group, names in own.items() if names}


def numbers(text: str) -> list[float]:
    """``LOW:HIGH:COUNT``, or values separated by commas."""
    try:
        if ":" not in text:
            return [float(value) for value in text.split(",")]
        low, high, count = text.split(":")
        steps = int(count)
        if not 2 <= steps <= 100_000:
            raise ValueError
        width = (float(high) - float(low)) / (steps - 1)
        return [float(low) + i * width for i in range(steps)]
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not LOW:HIGH:COUNT, or numbers and commas") from None
