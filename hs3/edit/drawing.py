"""`graph`: which part of a document refers to which, for Graphviz and other programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from hs3.errors import EditError
from hs3.findings import Finding, nearest
from hs3.workspace import Workspace

from .explicit import explicit
from .occurrences import VALUES, of_entry

Node = tuple[str, str]
"""Section, or ``parameters`` for what no section defines, and name."""

SECTIONS = ("analyses", "likelihoods", "data", "distributions", "functions")
_SHAPES = {
    "analyses": "doubleoctagon",
    "likelihoods": "octagon",
    "data": "cylinder",
    "distributions": "box",
    "functions": "hexagon",
    "parameters": "ellipse",
}


@dataclass(frozen=True)
class Drawing:
    """The references of a document.

    Attributes:
        nodes: what there is.
        edges: what refers to what.
        centre: the name of which this is the neighbourhood, or None.
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[Node, Node], ...]
    centre: str | None = None

    def dot(self) -> str:
        """The graph in the language of Graphviz."""
        lines = [
            f"  {_quoted(node)} [label={_string(node[1])}, shape={_SHAPES[node[0]]}];"
            for node in self.nodes
        ]
        lines += [f"  {_quoted(a)} -> {_quoted(b)};" for a, b in self.edges]
        return "\n".join(["digraph hs3 {", "  rankdir=LR;", *lines, "}", ""])

    def graphml(self) -> str:
        """The graph as GraphML, with ``label`` and ``section`` of each node."""
        keys = [
            f'<key id="{key}" for="node" attr.name="{key}" attr.type="string"/>'
            for key in ("label", "section")
        ]
        nodes = [
            f'<node id={quoteattr("/".join(n))}><data key="label">{escape(n[1])}</data>'
            f'<data key="section">{n[0]}</data></node>'
            for n in self.nodes
        ]
        edges = [
            f"<edge source={quoteattr('/'.join(a))} target={quoteattr('/'.join(b))}/>"
            for a, b in self.edges
        ]
        head = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        ]
        body = [*keys, '<graph edgedefault="directed">', *nodes, *edges, "</graph>", "</graphml>"]
        return "\n".join([*head, *body, ""])

    def svg(self) -> str:
        """The graph as an image in SVG; needs networkx.

        Raises:
            EditError: it is too large to be read.
            MissingDependency: networkx is not installed.
        """
        from .svg import svg

        return svg(self)


def draw(ws: Workspace, *, around: str | None = None, depth: int = 1) -> Drawing:
    """The references between analyses, likelihoods, data, distributions, functions, parameters.

    Args:
        ws: the document.
        around: only what is at most `depth` references away from this name, in either direction.
        depth: how far.

    Raises:
        EditError: nothing is called `around`.
    """
    ws = explicit(ws)
    edges = dict.fromkeys(_edges(ws))
    nodes = {(s, e.name): None for s in SECTIONS for e in getattr(ws, s) or ()}
    nodes.update(dict.fromkeys(node for edge in edges for node in edge))
    if around is None:
        return Drawing(tuple(nodes), tuple(edges))
    kept = {node for node in nodes if node[1] == around}
    if not kept:
        names = [name for _, name in nodes]
        message = f"there is nothing called {around!r}"
        raise EditError([Finding("rename.unknown", "", message, around, nearest(around, names))])
    for _ in range(depth):
        kept |= {n for a, b in edges if a in kept or b in kept for n in (a, b)}
    return Drawing(
        tuple(n for n in nodes if n in kept),
        tuple((a, b) for a, b in edges if a in kept and b in kept),
        around,
    )


def _edges(ws: Workspace) -> Iterable[tuple[Node, Node]]:
    for section in SECTIONS:
        for index, entry in enumerate(getattr(ws, section) or ()):
            for found in of_entry(ws, entry, (section, index)):
                if found.space == VALUES:
                    yield (section, entry.name), (_section(ws, found.name), found.name)
                elif found.space in SECTIONS:
                    yield (section, entry.name), (found.space, found.name)


def _section(ws: Workspace, name: str) -> str:
    known = (s for s in ("functions", "distributions") if name in ws.tables[s])
    return next(known, "parameters")


def _quoted(node: Node) -> str:
    return _string("/".join(node))


def _string(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inner}"'
