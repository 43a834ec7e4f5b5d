"""What a document says besides its functions and distributions: ranges, regions, binnings."""

from __future__ import annotations

import math
from collections.abc import Iterable

from hs3.axes import Axis
from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.distributions import Distribution
from hs3.domains import ProductDomain
from hs3.findings import pointer
from hs3.functions import Function
from hs3.workspace import Workspace

from .scope import DEFAULT_DOMAIN, Definitions, Options, Range

Regions = dict[str, dict[str, tuple[float, float]]]


def definitions_of(
    ws: Workspace,
    functions: Iterable[Function] | None = None,
    distributions: Iterable[Distribution] | None = None,
    options: Options | None = None,
) -> Definitions:
    """The definitions of a document, or those given, with the document's ranges and binnings."""
    found = regions(ws)
    full: dict[str, Range] = {}
    for axes in (*reversed(found.values()), found.get(DEFAULT_DOMAIN, {})):  # the last one counts
        full |= axes
    return Definitions(
        {f.name: f for f in (ws.functions or () if functions is None else functions)},
        {d.name: d for d in (ws.distributions or () if distributions is None else distributions)},
        options or Options(),
        full,
        found,
        binnings(ws),
        paths(ws),
    )


def paths(ws: Workspace) -> dict[str, str]:
    """JSON pointer to each function and distribution."""
    functions = {f.name: pointer("functions", i) for i, f in enumerate(ws.functions or ())}
    return functions | {
        d.name: pointer("distributions", i) for i, d in enumerate(ws.distributions or ())
    }


def regions(ws: Workspace) -> Regions:
    """Range of each axis of every domain, by the domain's name; a missing bound is infinite."""
    out: Regions = {}
    for domain in ws.domains or ():
        if isinstance(domain, ProductDomain):
            out.setdefault(domain.name, {a.name: _range(a) for a in domain.axes or ()})
    return out


def _range(axis: Axis) -> tuple[float, float]:
    low = -math.inf if axis.min is None else float(axis.min)
    high = math.inf if axis.max is None else float(axis.max)
    return axis.range() or (low, high)


def binnings(ws: Workspace) -> dict[str, tuple[float, ...]]:
    """Edges of the bins of each variable: of binned data, else of other data, else of the domains.

    Where data of one kind disagree, a variable has no binning: nothing tells which one is meant.
    """
    data, domains = ws.data or (), [d for d in ws.domains or () if isinstance(d, ProductDomain)]
    groups: list[list[Axis]] = [
        [a for d in data if isinstance(d, BinnedData) for a in d.axes],
        [a for d in data if isinstance(d, UnbinnedData) for a in d.axes],
        [a for d in domains if d.name == DEFAULT_DOMAIN for a in d.axes or ()],
    ]
    out: dict[str, set[tuple[float, ...]]] = {}
    for group in groups:
        found: dict[str, set[tuple[float, ...]]] = {}
        for axis in group:
            edges = axis.bin_edges()
            if edges is not None:
                found.setdefault(axis.name, set()).add(tuple(edges.tolist()))
        out = {**found, **out}
    return {name: next(iter(edges)) for name, edges in out.items() if len(edges) == 1}
