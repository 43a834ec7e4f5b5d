"""What the steps of building a graph share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hs3.dialects.base import Log, Writer
from hs3.findings import Finding
from hs3.histfactory.claims import Claims
from hs3.histfactory.interpret import Context
from hs3.workspace import Workspace

from .selection import Selection
from .uses import Node, Uses
from .values import Values


@dataclass
class Scope:
    """The document, the selection, and what was found on the way.

    Attributes:
        ws: the document.
        selection: what is built.
        writer: who wrote the document.
        log: findings of the likelihood.
        values: looks up parameters.
        uses: follows references.
        claims: what modifiers say about parameters.
        context: how channels are read.
        used: names of parameters that something depends on → the first place.
        findings: findings of the channels.
    """

    ws: Workspace
    selection: Selection
    writer: Writer
    log: Log
    values: Values
    uses: Uses
    claims: Claims
    context: Context
    used: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        ws: Workspace,
        selection: Selection,
        log: Log,
        histosys: Literal["absolute", "additive"],
    ) -> Scope:
        """The scope at the start of building."""
        writer = Writer.of(ws.metadata.packages if ws.metadata else ())
        claims = Claims()
        return cls(
            ws=ws,
            selection=selection,
            writer=writer,
            log=log,
            values=Values(ws, selection, writer, log),
            uses=Uses(ws, log),
            claims=claims,
            context=Context(writer, claims, ws.tables["distributions"].__contains__, histosys),
        )

    def use(self, name: str, path: str) -> None:
        """Note that `name`, a parameter or a function, is needed by what stands at `path`."""
        if name not in self.uses.functions:
            self.used.setdefault(name, path)
            return
        node = Node("functions", name)
        self.uses.visit(node)
        for leaf, where in self.uses.leaves(node).items():
            self.used.setdefault(leaf, where)

    def reach(self, name: str) -> set[str]:
        """`name` itself, and where it is a function, every name that it depends on."""
        if name not in self.uses.functions:
            return {name}
        return {name, *self.uses.leaves(Node("functions", name))}
