"""Options of long work, toys above all: how many, where they are kept, who does it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Annotated, Any

import typer

from hs3.cli.terminal import console, progress

TOYS = "Toys"
Toys = Annotated[
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


@contextmanager
def spread(what: str, total: int, folder: str | None, workers: int) -> Iterator[dict[str, Any]]:
    """Where work is kept, a progress bar for it, and processes while they are in use."""
    from rich.progress import Progress

    spawned = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
    out = console(stderr=True)
    with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def advance(done: int, whole: int) -> None:
            bar.update(task, completed=done, total=whole)

        try:
            yield {"folder": folder, "executor": spawned, "progress": advance}
        finally:
            if spawned is not None:
                spawned.shutdown(cancel_futures=True)


@contextmanager
def with_toys(
    toys: int, seed: int, conditional: bool, folder: str | None, workers: int
) -> Iterator[dict[str, Any]]:
    """The options about toys; none of them for asymptotic formulas."""
    if toys:
        with spread("toys", toys, folder, workers) as split:
            yield {"toys": toys, "seed": seed, "conditional": conditional, **split}
        return
    if seed or conditional or folder or workers > 1:
        raise typer.BadParameter("--seed, --conditional, --folder, --workers need --toys")
    with progress("fitting (a model of a new shape is compiled first)"):
        yield {}
