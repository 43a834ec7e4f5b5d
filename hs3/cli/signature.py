"""Commands whose arguments stand for several on the command line.

A command says in its signature that it wants a `Document`, say, or `Toys`; `command` puts the
arguments and options of it in its place. Every command so understands the same ones.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

import typer


class Spread(ABC):
    """What stands for several arguments and options."""

    @classmethod
    @abstractmethod
    def parts(cls) -> Iterator[inspect.Parameter]:
        """These arguments and options, in their order in the help."""

    @classmethod
    def last(cls) -> Iterator[inspect.Parameter]:
        """Options that come after all others of the command, before ``--json``."""
        return iter(())

    @classmethod
    @abstractmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """What was given on the command line; its values are taken out of `given`."""


def part(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    """One argument or option; without a default it must be given."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=default, annotation=annotation)


def optional(taken: Mapping[str, Any]) -> Iterator[inspect.Parameter]:
    """Options that may be left out."""
    return (part(name, annotation, None) for name, annotation in taken.items())


def command(app: typer.Typer, run: Callable[..., int | None]) -> None:
    """Add a command; a trailing underscore of its name keeps it apart from Python's."""
    name = run.__name__.rstrip("_")
    parameters = inspect.signature(run, eval_str=True).parameters
    kinds: dict[str, type[Spread]] = {
        key: p.annotation
        for key, p in parameters.items()
        if isinstance(p.annotation, type) and issubclass(p.annotation, Spread)
    }

    def expanded(**given: Any) -> int | None:
        made = {key: kind.of(given) for key, kind in kinds.items()}
        return run(**made, **given)

    spread = [*_spread(parameters.values(), kinds)]
    expanded.__signature__ = inspect.Signature(spread)  # type: ignore[attr-defined]
    expanded.__annotations__ = {p.name: p.annotation for p in spread}
    expanded.__name__, expanded.__doc__ = run.__name__, run.__doc__
    app.command(name)(expanded)


def _spread(
    parameters: Iterable[inspect.Parameter], kinds: Mapping[str, type[Spread]]
) -> Iterator[inspect.Parameter]:
    last = [one for kind in kinds.values() for one in kind.last()]
    for parameter in parameters:
        if parameter.name in kinds:
            yield from kinds[parameter.name].parts()
            continue
        if parameter.name == "json":
            yield from last
            last = []
        yield parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    yield from last
