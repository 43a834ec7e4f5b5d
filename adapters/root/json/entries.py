"""Functions and distributions other than HistFactory channels, as ROOT reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hs3.distributions import Distribution
from hs3.functions import Function
from hs3.graph import Graph, Term

from .draft import Draft
from .refuse import refuse


def extended(distribution: Distribution, tables: Mapping[str, Any]) -> bool:
    return False


class EntryWriter:
    def __init__(self, draft: Draft, graph: Graph) -> None:
        self.draft, self.graph = draft, graph

    def function(self, function: Function) -> str:
        refuse("not yet", "", function.name)

    def distribution(self, distribution: Distribution) -> str:
        refuse("not yet", "", distribution.name)

    def term(self, term: Term) -> str:
        refuse("not yet", "", term.distribution.name)
