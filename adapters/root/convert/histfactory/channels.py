"""The channels of a workspace, and which of its nodes they replace."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from hs3.errors import ReadError

from ...file import RootObject
from ...file.objects import content, objects_in
from ..builder import Builder, Entry
from ..data import BINNED
from ..histograms import axis
from ..measurements import measured
from .bins import Grid
from .constraints import assigned, settle
from .factors import Factors, multiplied_out
from .modifiers import Draft, draft
from .reasons import NotAChannel

_FACTORY = frozenset({"PiecewiseInterpolation", "ParamHistFunc", "RooBinWidthFunction"})


@dataclass
class Channels:
    """What is recognised in a workspace.

    Attributes:
        entries: distributions by name of the node that they take the place of: channels, and
            products with the constraints that are not of the channel's modifiers.
        grids: bins by the names of the same nodes.
        absorbed: names of nodes that the channels replace and nothing else needs.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    absorbed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, builder: Builder) -> Channels:
        """Look at every RooRealSumPdf; one that is no channel is reported with the reason."""
        out = cls()
        clients = _clients(builder)
        inner: set[str] = set()
        for node in builder.graph.nodes.values():
            if node.class_name != "RooRealSumPdf":
                continue
            try:
                inner |= out._add(node, clients[node.name], builder)
            except (NotAChannel, ReadError) as error:
                _tell(node, error, builder)
        out.absorbed = frozenset(inner - _needed(builder, inner, out.entries))
        return out

    def _add(self, node: RootObject, clients: list[RootObject], builder: Builder) -> set[str]:
        """Add what a sum is; the names of the nodes that it is made of."""
        product = _product(node, clients)
        grid, drafts = _drafts(node, builder)
        others = [] if product is None else _others(product, node, grid)
        _check_factors(others, grid, builder)
        found = assigned(others, drafts, builder)
        entry: Entry = {
            "name": node.name,
            "type": "histfactory_dist",
            "axes": [axis(n, e) for n, e in zip(grid.axes, grid.edges, strict=True)],
            "samples": settle(drafts, found, builder),
        }
        _tell_widths(drafts, builder)
        inner = {name for one in drafts for name in one.inner}
        self.grids[node.name] = grid
        if product is None:
            self.entries[node.name] = entry
            return inner
        self.grids[product.name] = grid
        if not found.left:
            self.entries[product.name] = entry | {"name": product.name}
            return inner | {node.name}
        self.entries[node.name] = entry
        self.entries[product.name] = {
            "name": product.name,
            "type": "product_dist",
            "factors": [
                *(measured(builder.graph.nodes[n], builder) for n in found.left),
                node.name,
            ],
        }
        return inner


def _clients(builder: Builder) -> dict[str, list[RootObject]]:
    """What uses each node, by the lists of servers: those of clients need not be complete."""
    out: dict[str, list[RootObject]] = defaultdict(list)
    for node in builder.graph.nodes.values():
        for server in builder.graph.servers(node):
            out[server.name].append(node)
    return out


def _product(node: RootObject, clients: list[RootObject]) -> RootObject | None:
    """The one RooProdPdf that adds constraints to a sum; None where there is none, or several.

    With several, each keeps its constraints as factors, and the channel has none.
    """
    other = [c for c in clients if c.class_name not in ("RooSimultaneous", "RooProdPdf")]
    if other:
        raise NotAChannel(node, f"it is used by the {other[0].class_name} {other[0].name!r}")
    return clients[0] if len(clients) == 1 and clients[0].class_name == "RooProdPdf" else None


def _others(product: RootObject, node: RootObject, grid: Grid) -> list[RootObject]:
    """The factors of a product beside the sum.

    Raises:
        NotAChannel: the sum is not normalised over all of its observables.
    """
    factors = product.proxies("_pdfList")
    sets = content(product.members.get("_pdfNSetList")) or []
    for factor, given in zip(factors, sets, strict=False):
        listed = {v.name for v in objects_in(given)}
        over = set() if given.name == "cset" else set(grid.axes)
        if factor is node and listed and listed != over:
            raise NotAChannel(product, f"{node.name!r} is a conditional factor of it")
    return [f for f in factors if f is not node]


def _check_factors(others: list[RootObject], grid: Grid, builder: Builder) -> None:
    for factor in others:
        shared = builder.leaves(factor) & builder.observables
        if shared:
            raise NotAChannel(factor, f"besides the channel it is a density of {min(shared)}")


def _drafts(node: RootObject, builder: Builder) -> tuple[Grid, list[Draft]]:
    """The samples of a sum, on one binning."""
    functions, coefficients = node.proxies("_funcList"), node.proxies("_coefList")
    if BINNED not in node.attributes and not node.members.get("_extended"):
        raise NotAChannel(node, "it is a shape without a rate")
    if node.members.get("_doFloor"):
        raise NotAChannel(node, "it is cut at zero as a whole")
    if len(functions) != len(coefficients) or not functions:
        raise NotAChannel(node, f"{len(coefficients)} coefficients for {len(functions)} functions")
    grid: Grid | None = None
    all_factors: list[Factors] = []
    for pair in zip(functions, coefficients, strict=True):
        all_factors.append(multiplied_out(list(pair), builder, grid))
        grid = all_factors[-1].grid
    assert grid is not None
    _check_range(node, grid, builder)
    names = sample_names([f.name for f in functions], node.name)
    drafts = [
        draft(name, factors, grid, builder)
        for name, factors in zip(names, all_factors, strict=True)
    ]
    return grid, drafts


def _check_range(node: RootObject, grid: Grid, builder: Builder) -> None:
    """ROOT takes the bins within the range of the observable; here it must be all of them."""
    for name, edges in zip(grid.axes, grid.edges, strict=True):
        known = builder.variables.get(name)
        if known is None:
            raise NotAChannel(node, f"the axis {name!r} is no variable of the workspace")
        width = edges[-1] - edges[0]
        ends = abs(known.binning.low - edges[0]), abs(known.binning.high - edges[-1])
        if not max(ends) <= 1e-9 * width:
            raise NotAChannel(node, f"the range of {name!r} is not that of the histograms")


_AFFIXES = re.compile(
    r"^L_x_|(_shapes|_overallSyst_x_.*|_Hist_alpha.*|_x_.*|_scaleFactors|_nominal|_Exp)$"
)


def sample_names(functions: list[str], channel: str) -> list[str]:
    """Names of samples from those of their functions, without what ROOT adds; all different."""
    label = channel.removesuffix("_model").removeprefix("model_")
    out: list[str] = []
    for function in functions:
        name = _AFFIXES.sub("", _AFFIXES.sub("", function))
        name = name.removesuffix(f"_{label}").removeprefix("model_").removeprefix(f"{label}_")
        name = name or function
        out.append(name if name not in out else function)
    return out if len(set(out)) == len(out) else [f"{n}_{i}" for i, n in enumerate(out)]


def _needed(builder: Builder, inner: set[str], channels: dict[str, Entry]) -> set[str]:
    """The nodes among `inner` that something else than the channels depends on."""
    graph = builder.graph
    outside = (n for name, n in graph.nodes.items() if name not in inner and name not in channels)
    todo = [s for node in outside for s in graph.servers(node) if s.name in inner]
    found: set[str] = set()
    while todo:
        node = todo.pop()
        if node.name not in found:
            found.add(node.name)
            todo += graph.servers(node)
    return found & inner


def _tell_widths(drafts: list[Draft], builder: Builder) -> None:
    for node in {n.name: n for d in drafts for n in d.by_name}.values():
        message = (
            f"the constant {node.name!r} is taken for the inverse width of a bin because of its "
            "name, and multiplied into the contents"
        )
        builder.add("root.bin_width_by_name", node, message, node.name)


def _tell(node: RootObject, error: NotAChannel | ReadError, builder: Builder) -> None:
    """Report what looks like a channel and is none."""
    if BINNED not in node.attributes and not _has_parts(node, builder):
        return
    reason = str(error) if isinstance(error, NotAChannel) else error.message
    message = f"{node.name!r} is written as a sum of functions, not as a channel: {reason}"
    builder.add("root.not_a_channel", node, message, node.name)


def _has_parts(node: RootObject, builder: Builder) -> bool:
    """Whether a class that only HistFactory uses is in the tree."""
    seen, todo = {node.name}, [node]
    while todo:
        current = todo.pop()
        if current.class_name in _FACTORY:
            return True
        servers = [s for s in builder.graph.servers(current) if s.name not in seen]
        seen.update(s.name for s in servers)
        todo += servers
    return False
