"""Which names a part refers to, followed through functions and distributions without recursion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal, NamedTuple

from hs3 import expressions
from hs3.axes import Axis
from hs3.base import Part, Reference, expression_of, references
from hs3.checks.axes import axes_of
from hs3.dialects.base import Log
from hs3.distributions import UnknownDistribution
from hs3.distributions.histfactory import HistFactoryDist
from hs3.distributions.projected import ProjectedDist
from hs3.errors import HS3Error
from hs3.findings import nearest, pointer
from hs3.functions import UnknownFunction
from hs3.functions.calculus import IntegralFunction
from hs3.workspace import Workspace


class Node(NamedTuple):
    """A function or distribution of the document, by section and name."""

    section: Literal["functions", "distributions"]
    name: str


class Leaf(NamedTuple):
    """A name that is neither a function nor a distribution: a parameter or an observable."""

    name: str
    path: str


class Uses:
    """Follows references; what cannot be followed is reported once.

    `order` lists every node that was visited, dependencies first.
    """

    def __init__(self, ws: Workspace, log: Log) -> None:
        self.ws, self.log = ws, log
        self.functions, self.distributions = ws.tables["functions"], ws.tables["distributions"]
        self.order: list[Node] = []
        self._direct: dict[Node, tuple[Node | Leaf, ...]] = {}
        self._done: set[Node] = set()

    def part(self, node: Node) -> Part:
        """The entry that a node stands for."""
        part: Part = self.ws.tables[node.section][node.name][1]
        return part

    def path(self, node: Node) -> str:
        """JSON pointer to a node."""
        return pointer(node.section, self.ws.tables[node.section][node.name][0])

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names that parameter points, domains or data axes give a meaning to."""
        points = (e.name for p in self.ws.parameter_points or () for e in p.parameters or ())
        domains = (a.name for d in self.ws.domains or () for a in axes_of(d))
        data = (a.name for d in self.ws.data or () for a in axes_of(d))
        return frozenset((*points, *domains, *data))

    def node(self, name: str) -> Node | None:
        """The function (first) or distribution called `name`."""
        if name in self.functions:
            return Node("functions", name)
        return Node("distributions", name) if name in self.distributions else None

    def direct(self, node: Node) -> tuple[Node | Leaf, ...]:
        """What a node refers to itself."""
        if node not in self._direct:
            path = self.path(node)
            found = (self._follow(r, path) for r in self._references(node, path))
            self._direct[node] = tuple(f for f in found if f is not None)
        return self._direct[node]

    def leaves(self, start: Node) -> dict[str, str]:
        """Names that `start` depends on in the end, in order of first use, with their places.

        A variable that is integrated over, and nowhere else used, is none of them.
        """
        leaves: dict[str, str] = {}
        first = (start, _integrated(self.part(start)))
        seen, stack = {first}, [first]
        while stack:
            node, bound = stack.pop()
            found = self.direct(node)
            for item in found:
                if isinstance(item, Leaf) and item.name not in bound:
                    leaves.setdefault(item.name, item.path)
            inner = [(n, bound | _integrated(self.part(n))) for n in found if isinstance(n, Node)]
            nodes = [step for step in inner if step not in seen]
            seen.update(nodes)
            stack.extend(reversed(nodes))
        return leaves

    def reached(self, starts: Iterable[Node]) -> Iterator[Node]:
        """The functions and distributions that `starts` depend on, and they themselves."""
        stack = list(dict.fromkeys(starts))
        seen = set(stack)
        while stack:
            node = stack.pop()
            yield node
            nodes = {n for n in self.direct(node) if isinstance(n, Node)} - seen
            seen |= nodes
            stack.extend(nodes)

    def variates(self, start: Node) -> list[str]:
        """Names that stand as the variable of a distribution reached from `start`."""
        names: dict[str, None] = {}
        seen, stack = {start}, [start]
        while stack:
            node = stack.pop()
            if node.section == "distributions":
                for reference in references(self.part(node)):
                    if "variable" in reference.kinds and reference.name not in self.functions:
                        names[reference.name] = None
            nodes = [n for n in self.direct(node) if isinstance(n, Node) and n not in seen]
            seen.update(nodes)
            stack.extend(reversed(nodes))
        return list(names)

    def visit(self, start: Node) -> None:
        """Append to `order` what `start` needs and `start` itself; a cycle is reported."""
        active: dict[Node, Iterator[Node | Leaf]] = {}
        if start not in self._done:
            active[start] = iter(self.direct(start))
        while active:
            node = next(reversed(active))
            child = next(
                (c for c in active[node] if isinstance(c, Node) and c not in self._done), None
            )
            if child is None:
                del active[node]
                self._done.add(node)
                self.order.append(node)
            elif child in active:
                self._cycle(list(active), child)
            else:
                active[child] = iter(self.direct(child))

    def _cycle(self, active: list[Node], start: Node) -> None:
        names = [n.name for n in active[active.index(start) :]]
        shown = names[:8] + (["…"] if len(names) > 8 else []) + [start.name]
        self.log.add(
            "reference.cycle", self.path(start), " → ".join(shown) + " is a circle", start.name
        )

    def _references(self, node: Node, path: str) -> Iterator[Reference]:
        part = self.part(node)
        if isinstance(part, UnknownDistribution | UnknownFunction):
            what = "distribution" if node.section == "distributions" else "function"
            self.log.add(
                "reference.unknown_type",
                path,
                f"{what} {node.name!r} is needed, and "
                + (f"its type {part.type!r} is not known" if part.type else "it has no type"),
                part.type,
            )
            return
        if isinstance(part, HistFactoryDist):
            self.log.add(
                "likelihood.histfactory_inside",
                path,
                f"{node.name!r} is a HistFactory distribution inside another one that is not a "
                "plain product",
            )
            return
        yield from references(part)
        yield from _axes(part)
        yield from self._in_expression(part, path)

    def _in_expression(self, part: Part, path: str) -> Iterator[Reference]:
        text = expression_of(part)
        if text is None:
            return
        try:
            parsed = expressions.parse(text)
        except HS3Error as error:
            self.log.add("expression.invalid", f"{path}/expression", error.message, text[:200])
            return
        for name in expressions.names(parsed):
            if name in expressions.ROOT_CONSTANTS and self._is_free(name):
                where = f"{path}/expression"
                self.log.add(
                    "expression.root_constant", where, f"{name!r} is read as a constant", name
                )
                continue
            yield Reference(("expression",), name, ("value", "distribution"))

    def _is_free(self, name: str) -> bool:
        """True when nothing in the document has this name."""
        return name not in self.defined and self.node(name) is None

    def _follow(self, reference: Reference, path: str) -> Node | Leaf | None:
        name, kinds = reference.name, reference.kinds
        where = path + pointer(*reference.path)
        if "data" in kinds:
            if name not in self.ws.tables["data"]:
                self._missing(name, ("data",), where)
            return None
        if "distribution" in kinds and name in self.distributions:
            return Node("distributions", name)
        number = "value" in kinds or "variable" in kinds
        if (number or "function" in kinds) and name in self.functions:
            return Node("functions", name)
        if number:
            pdf = name in self.distributions and name not in self.defined
            return Node("distributions", name) if pdf else Leaf(name, where)
        self._report(name, kinds, where)
        return None

    def _report(self, name: str, kinds: tuple[str, ...], where: str) -> None:
        """`name` is not what is needed: of another kind, or nowhere at all."""
        other = self.node(name)
        if other is None:
            self._missing(name, kinds, where)
            return
        self.log.add(
            "reference.wrong_kind",
            where,
            f"{name!r} is in `{other.section}`; a {' or '.join(kinds)} is needed here",
            name,
        )

    def _missing(self, name: str, kinds: tuple[str, ...], where: str) -> None:
        sections = [f"{k}s" if k != "data" else k for k in kinds if k not in ("value", "variable")]
        valid = [n for s in sections for n in self.ws.tables.get(s, {})]
        self.log.add(
            "reference.unresolved",
            where,
            f"there is no {' or '.join(kinds)} called {name!r}",
            name,
            nearest(name, valid),
        )


def _axes(part: Part) -> Iterator[Reference]:
    """The observables of a part that carries axes, its own or those of a histogram inside."""
    for key in ("axes", "data"):
        found = getattr(part, key, None)
        axes, path = (
            (found, (key,)) if key == "axes" else (getattr(found, "axes", None), (key, "axes"))
        )
        for i, axis in enumerate(axes if isinstance(axes, tuple) else ()):
            if isinstance(axis, Axis):
                yield Reference((*path, i, "name"), axis.name, ("variable", "value"))


def _integrated(part: Part) -> frozenset[str]:
    """The variables that a part integrates over: what it refers to does not depend on them."""
    if isinstance(part, ProjectedDist):
        return frozenset(map(str, part.observables))
    if isinstance(part, IntegralFunction):
        return frozenset(map(str, part.variables))
    return frozenset()
