"""Whether a combination has all factors, constraints and parameters of its inputs, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hs3.errors import EditError, ResolveError
from hs3.findings import Finding
from hs3.graph import Graph
from hs3.resolve import resolve
from hs3.workspace import Workspace

from .agree import Shared
from .draft import Plan
from .inputs import Source


def check(
    ws: Workspace,
    given: Sequence[Source],
    decided: Plan,
    shared: Mapping[str, Shared],
    gone: Sequence[set[str]],
) -> None:
    """Resolve the combination and compare it with what it was made of.

    Raises:
        EditError: something is missing, or counts twice.
    """
    try:
        graph = resolve(ws)
    except ResolveError as error:
        message = f"the combination does not resolve: {error.message}"
        raise EditError([Finding("combine.check", error.path, message, error.value)]) from error
    problems = [
        *_compare("channels", *_channels(graph, given, gone)),
        *_compare("constraints", *_constraints(graph, decided, shared)),
        *_parameters(graph, shared),
    ]
    if problems:
        raise EditError([Finding("combine.check", "", text) for text in problems[:5]])


def _compare(what: str, found: Counter[Any], expected: Counter[Any]) -> Iterator[str]:
    for missing in list(expected - found)[:3]:
        yield f"of the {what}, {missing} is missing"
    for more in list(found - expected)[:3]:
        yield f"of the {what}, {more} should not be there"


def _channels(
    graph: Graph, given: Sequence[Source], gone: Sequence[set[str]]
) -> tuple[Counter[Any], Counter[Any]]:
    def marks(g: Graph, without: set[str]) -> Counter[Any]:
        channels = (c for c in g.channels if c.name not in without)
        return Counter(
            (c.bins, len(c.samples), tuple(c.observed if c.observed is not None else ()))
            for c in channels
        )

    expected: Counter[Any] = Counter()
    for source, without in zip(given, gone, strict=True):
        expected += marks(source.graph, without)
    return marks(graph, set()), expected


def _constraints(
    graph: Graph, decided: Plan, shared: Mapping[str, Shared]
) -> tuple[Counter[Any], Counter[Any]]:
    """Kind, parameter and numbers of the constraints of parameters, found and expected."""
    from hs3.dialects.base import Log, Writer
    from hs3.resolve.measurement import numbers_of
    from hs3.resolve.selection import select
    from hs3.resolve.values import Values

    selection = select(graph.workspace, Log())
    assert selection is not None
    packages = graph.workspace.metadata.packages if graph.workspace.metadata else ()
    values = Values(graph.workspace, selection, Writer.of(packages), Log())
    numbers = (numbers_of(c, values) for c in graph.constraints)
    names = {*shared, *decided.added}
    found = Counter(_mark(c.parameter, c) for c in numbers if c.parameter in names)
    expected = Counter(_mark(n, c) for n, one in shared.items() for c in one.constraints)
    expected.update((c["x"], "gauss", "0", "1") for c in decided.constraints)
    return found, expected


def _mark(parameter: str, constraint: Any) -> tuple[str, ...]:
    numbers = (constraint.observed, constraint.scale)
    shown = (f"{v:.9g}" if isinstance(v, int | float) else str(v) for v in numbers)
    return (parameter, constraint.kind, *shown)


def _parameters(graph: Graph, shared: Mapping[str, Shared]) -> Iterator[str]:
    for p in graph.parameters:
        wanted = shared[p.name].parameter if p.name in shared else None
        if wanted is not None and (p.value, p.min, p.max, p.const) != (
            wanted.value,
            wanted.min,
            wanted.max,
            wanted.const,
        ):
            yield f"the parameter {p.name!r} is not what the inputs have"
