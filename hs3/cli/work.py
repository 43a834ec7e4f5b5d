"""Options of long work, toys above all: how many, where they are kept, who does it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Annotated, Any, Self

import typer

from hs3.cli.signature import Spread, part
from hs3.cli.terminal import console, progress
from hs3.cli.values import starting_points

TOYS = "Toys"
Number = Annotated[
    int,
    typer.Option(
        metavar="N", min=0, help="Toys per hypothesis; 0: asymptotic.", rich_help_panel=TOYS
    ),
]
Seed = Annotated[int, typer.Option(help="Of the random numbers.", rich_help_panel=TOYS)]
Conditional = Annotated[
    bool,
    typer.Option("--conditional", help="Keep the auxiliary measurements.", rich_help_panel=TOYS),
]
Folder = Annotated[
    str | None,
    typer.Option(
        metavar="DIR", help="Keep finished chunks here, and resume from them.", rich_help_panel=TOYS
    ),
]
Workers = Annotated[
    int, typer.Option(metavar="N", min=1, help="Processes to share the work.", rich_help_panel=TOYS)
]


@dataclass(frozen=True)
class Work(Spread):
    """Where long work is kept, and how many processes share it."""

    folder: str | None
    workers: int

    @classmethod
    def parts(cls) -> Iterator[inspect.Parameter]:
        """Nothing: all of it comes last."""
        return iter(())

    @classmethod
    def last(cls) -> Iterator[inspect.Parameter]:
        """The options."""
        yield part("folder", Folder, None)
        yield part("workers", Workers, 1)

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """What was asked for."""
        return cls(**{field.name: given.pop(field.name) for field in fields(cls)})

    @contextmanager
    def split(self, what: str, total: int) -> Iterator[dict[str, Any]]:
        """The options about it, with a progress bar, and processes while they are in use."""
        from rich.progress import Progress

        spawned = None
        if self.workers > 1:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            spawned = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
        out = console(stderr=True)
        with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
            task = bar.add_task(what, total=total)

            def advance(done: int, whole: int) -> None:
                bar.update(task, completed=done, total=whole)

            try:
                yield {"folder": self.folder, "executor": spawned, "progress": advance}
            finally:
                if spawned is not None:
                    spawned.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Toys(Work):
    """How many toys of each hypothesis, if any, and who does them.

    Attributes:
        toys: how many; 0 for asymptotic formulas.
        seed: of the random numbers.
        conditional: whether the auxiliary measurements stay as they were.
    """

    toys: int
    seed: int
    conditional: bool

    @classmethod
    def last(cls) -> Iterator[inspect.Parameter]:
        """The options."""
        yield part("toys", Number, 0)
        yield part("seed", Seed, 0)
        yield part("conditional", Conditional, False)
        yield from super().last()

    def with_starts(self, given: Sequence[str] | None) -> dict[str, Any]:
        """The option `starts`, where it was given: it is for fits to the data, not to toys."""
        if not given:
            return {}
        if self.toys:
            raise typer.BadParameter("--starts is for asymptotic formulas, not for --toys")
        return {"starts": starting_points(given)}

    @contextmanager
    def drawn(self) -> Iterator[dict[str, Any]]:
        """The options about toys; none of them for asymptotic formulas."""
        if self.toys:
            own = {"toys": self.toys, "seed": self.seed, "conditional": self.conditional}
            with self.split("toys", self.toys) as split:
                yield {**own, **split}
            return
        if self.seed or self.conditional or self.folder or self.workers > 1:
            raise typer.BadParameter("--seed, --conditional, --folder, --workers need --toys")
        with progress("fitting (a model of a new shape is compiled first)"):
            yield {}
