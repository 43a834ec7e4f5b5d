"""Products of distributions.

ROOT multiplies factors that are normalised one by one, and is not consistent where they share an
observable, or stand in products inside products (its backends disagree). Such factors become one
density given by the product of their formulas; the others stay factors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hs3.dialects.base import Log
from hs3.distributions.mixture import MixtureDist
from hs3.distributions.product import ProductDist
from hs3.graph import Graph
from hs3.resolve.uses import Node, Uses


class Products:
    """Knows which observables the factors of products depend on."""

    def __init__(self, graph: Graph) -> None:
        self.tables = graph.workspace.tables["distributions"]
        self.observables = {o for t in graph.terms for o in t.observables}
        self.uses = Uses(graph.workspace, Log())

    def factors(self, product: ProductDist) -> list[str]:
        """The factors, those of products inside it in the place of these."""
        out: list[str] = []
        stack = list(reversed(product.factors))
        while stack:
            found = self.tables[stack.pop()][1]
            if isinstance(found, ProductDist):
                stack.extend(reversed(found.factors))
            else:
                out.append(found.name)
        return out

    def groups(self, factors: Iterable[str]) -> list[list[str]]:
        """The factors, those together that are connected by observables."""
        groups: list[tuple[set[str], list[str]]] = []
        for factor in factors:
            seen, members = set(self._observables(factor)), [factor]
            apart = [g for g in groups if not g[0] & seen]
            for names, others in (g for g in groups if g[0] & seen):
                seen, members = seen | names, others + members
            groups = [*apart, (seen, members)]
        return [members for _, members in groups]

    def _observables(self, factor: str) -> Collection[str]:
        return self.uses.leaves(Node("distributions", factor)).keys() & self.observables

    def mixture_in(self, factor: str) -> str | None:
        """The name of a mixture in a factor, whose summands are normalised one by one."""
        nodes = self.uses.reached([Node("distributions", factor)])
        return next((n.name for n in nodes if isinstance(self.uses.part(n), MixtureDist)), None)
