"""Positions for a drawing of references: layers from left to right, with few crossings.

Needs networkx (`hs3-reference[graph]`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from hs3.errors import MissingDependency

from .drawing import Drawing, Node

SWEEPS = 12
"""Passes in which the nodes of a layer are put near those that they are connected to."""

FEWEST = 4
"""So many nodes that stand in the same relations are drawn as one."""

DEPTH = 4
"""How far the relations are followed that have to be the same."""

SLIM = 0.3
"""Rows that an edge takes up in a layer that it crosses."""

MOST = 400
"""More nodes than that nobody can read."""


@dataclass(frozen=True)
class Box:
    """A node of the drawing.

    Attributes:
        key: what identifies it.
        section: of the document.
        label: what is written in it.
        members: the names that it stands for.
        layer, row: its place.
    """

    key: Node
    section: str
    label: str
    members: tuple[str, ...]
    layer: int
    row: float


@dataclass(frozen=True)
class Route:
    """An edge: where it leaves, the rows at which it crosses layers in between, where it ends.

    Attributes:
        start, end: keys of its boxes.
        passes: layer and row of each point between.
    """

    start: Node
    end: Node
    passes: tuple[tuple[int, float], ...]


def layered(drawing: Drawing) -> tuple[list[Box], list[Route]]:
    """Boxes with their places, and the edges between them.

    Parameters that are referred to by the same things are one box. Edges over several layers have a
    place of their own in each, so that they do not run behind boxes.

    Raises:
        MissingDependency: networkx is not installed.
    """
    try:
        import networkx
    except ImportError:
        message = 'drawing needs networkx: pip install "hs3-reference[graph]"'
        raise MissingDependency(message, value="networkx") from None
    groups, edges = _grouped(drawing)
    graph = networkx.DiGraph()
    graph.add_nodes_from(groups)
    graph.add_edges_from(edges)
    while not networkx.is_directed_acyclic_graph(graph):  # a document may be wrong
        graph.remove_edge(*networkx.find_cycle(graph)[0][:2])
    layers = _layers([list(layer) for layer in networkx.topological_generations(graph)], graph)
    place = {node: i for i, layer in enumerate(layers) for node in layer}
    chains: dict[tuple[Node, Node], list[Node]] = {}
    for number, (a, b) in enumerate(graph.edges):
        between = range(place[a] + 1, place[b])
        passing = [(f"\0{number}", str(layer)) for layer in between]
        for layer, node in zip(between, passing, strict=True):
            layers[layer].append(node)
        chains[a, b] = [a, *passing, b]
    rows = _rows(layers, [pair for chain in chains.values() for pair in pairwise(chain)])
    boxes = [
        Box(key, key[0], _label(groups[key]), groups[key], number, rows[key])
        for number, layer in enumerate(layers)
        for key in layer
        if key in groups
    ]
    routes = [
        Route(a, b, tuple((place[a] + i, rows[n]) for i, n in enumerate(chain[1:-1], 1)))
        for (a, b), chain in chains.items()
    ]
    return boxes, routes


def _grouped(drawing: Drawing) -> tuple[dict[Node, tuple[str, ...]], list[tuple[Node, Node]]]:
    """Nodes that stand in the same relations as one, and the edges between what is left."""
    alike: dict[object, list[Node]] = {}
    for node, role in _roles(drawing).items():
        alike.setdefault(role, []).append(node)
    groups: dict[Node, tuple[str, ...]] = {}
    owner: dict[Node, Node] = {}
    for members in alike.values():
        parts = [members] if len(members) >= FEWEST else [[m] for m in members]
        for part in parts:
            groups[part[0]] = tuple(name for _, name in part)
            owner.update(dict.fromkeys(part, part[0]))
    edges = dict.fromkeys((owner[a], owner[b]) for a, b in drawing.edges if owner[a] != owner[b])
    return groups, list(edges)


def _roles(drawing: Drawing) -> dict[Node, object]:
    """A number for each node, the same for those with the same neighbours, up to such numbers.

    Colour refinement (Weisfeiler, Leman 1968). Analyses, likelihoods, data, what they name, and the
    node that is drawn around are themselves.
    """
    near: dict[Node, list[tuple[str, Node]]] = {node: [] for node in drawing.nodes}
    for a, b in drawing.edges:
        near[a].append(("to", b))
        near[b].append(("from", a))
    top = ("analyses", "likelihoods")
    single = {node for node in drawing.nodes if node[0] in (*top, "data")}
    single |= {b for a, b in drawing.edges if a[0] in top}
    single |= {node for node in drawing.nodes if node[1] == drawing.centre}
    roles: dict[Node, object] = {n: n if n in single else n[0] for n in drawing.nodes}
    for _ in range(DEPTH):
        numbers: dict[object, int] = {}
        new: dict[Node, object] = {}
        for node in drawing.nodes:
            around = frozenset((side, roles[other]) for side, other in near[node])
            role = node if node in single else (roles[node], around)
            new[node] = role if node in single else numbers.setdefault(role, len(numbers))
        roles = new
    return roles


def _label(members: Sequence[str]) -> str:
    first = members[0]
    if len(members) == 1:
        return first
    letters = takewhile(lambda same: len(set(same)) == 1, zip(*members, strict=False))
    stem = "".join(same[0] for same in letters).rstrip("_[")
    if len(stem) > 3:
        return f"{stem} … ({len(members)})"
    return f"{first} + {len(members) - 1} more"


def _layers(found: list[list[Node]], graph: object) -> list[list[Node]]:
    """What nothing refers to stands beside what it belongs to, not at the very left."""
    place = {node: i for i, layer in enumerate(found) for node in layer}
    for layer in reversed(found):
        for node in layer:
            after = [place[n] for n in graph.successors(node)]  # type: ignore[attr-defined]
            before = list(graph.predecessors(node))  # type: ignore[attr-defined]
            if after and not before:
                place[node] = min(after) - 1
    out: list[list[Node]] = [[] for _ in found]
    for layer in found:
        for node in layer:
            out[place[node]].append(node)
    return [layer for layer in out if layer]


def _rows(layers: list[list[Node]], edges: Sequence[tuple[Node, Node]]) -> dict[Node, float]:
    """Rows by the barycentres of neighbours (Sugiyama, Tagawa, Toda 1981)."""
    near: dict[Node, list[Node]] = {}
    for a, b in edges:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    rows = {node: float(i) for layer in layers for i, node in enumerate(layer)}
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            wish = {node: _mean(rows, near.get(node, ()), rows[node]) for node in layer}
            layer.sort(key=wish.__getitem__)
            sizes = [SLIM if node[0].startswith("\0") else 1.0 for node in layer]
            row = (sum(wish.values()) / len(wish) if sweep else 0.0) - sum(sizes) / 2.0
            for node, size in zip(layer, sizes, strict=True):
                rows[node] = row + size / 2.0
                row += size
    lowest = min(rows.values(), default=0.0)
    return {node: row - lowest for node, row in rows.items()}


def _mean(rows: Mapping[Node, float], neighbours: Sequence[Node], own: float) -> float:
    return sum(rows[n] for n in neighbours) / len(neighbours) if neighbours else own
