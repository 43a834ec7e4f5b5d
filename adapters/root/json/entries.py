"""Functions and distributions other than HistFactory channels, as ROOT reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hs3 import expressions
from hs3.base import Part, is_number, references
from hs3.checks.axes import axes_of
from hs3.data.binned import BinnedData
from hs3.distributions import Distribution
from hs3.distributions.mixture import MixtureDist, WeightedSumDist
from hs3.distributions.product import ProductDist
from hs3.distributions.rate import RateDensityDist, RateExtendedDist
from hs3.errors import HS3Error
from hs3.findings import pointer
from hs3.functions import Function
from hs3.graph import Graph, Term

from .draft import Draft, Json
from .expression import root_text
from .products import Products
from .refuse import refuse
from .rewrites import DISTRIBUTIONS, FUNCTIONS, Context


def extended(distribution: Distribution, tables: Mapping[str, tuple[int, Any]]) -> bool:
    """True when a distribution predicts the number of events."""
    match distribution:
        case MixtureDist():
            complete = len(distribution.coefficients or ()) == len(distribution.summands)
            if distribution.extended is not None and distribution.coefficients:
                return distribution.extended and complete
            inner = (extended(tables[s][1], tables) for s in distribution.summands)
            return complete or (not distribution.coefficients and all(inner))
        case WeightedSumDist():
            return bool(distribution.extended)
        case ProductDist():
            return any(extended(tables[f][1], tables) for f in distribution.factors if f in tables)
    return isinstance(distribution, RateExtendedDist | RateDensityDist)


class EntryWriter:
    """Writes the entries that a likelihood needs, with the names that ROOT gets."""

    def __init__(self, draft: Draft, graph: Graph) -> None:
        self.draft, self.graph = draft, graph
        self.products = Products(graph)

    def function(self, function: Function) -> str:
        """Add a function."""
        return self._put("functions", function, FUNCTIONS)

    def distribution(self, distribution: Distribution) -> str:
        """Add a distribution."""
        if isinstance(distribution, ProductDist):
            return self._product(distribution)
        return self._put("distributions", distribution, DISTRIBUTIONS)

    def term(self, term: Term) -> str:
        """Add a distribution that stands in the likelihood; binned data are integrated per bin."""
        name = self.distribution(term.distribution)
        if not isinstance(term.data, BinnedData):
            return name
        message = f"binned data of {term.distribution.name!r}, which ROOT takes at bin centres"
        refuse(message, term.path, term.data.name)

    def _product(self, product: ProductDist) -> str:
        path = pointer(
            "distributions", self.draft.workspace.tables["distributions"][product.name][0]
        )
        name, names = self.draft.names.of(product.name), self.draft.names
        groups = self.products.groups(self.products.factors(product))
        if all(len(group) == 1 for group in groups):
            factors = [names.of(group[0]) for group in groups]
            entry = {"name": name, "type": "product_dist", "factors": factors}
            return self.draft.put("distributions", entry, path)
        densities = [self._density(name, group, len(groups), path) for group in groups]
        if len(groups) > 1:
            entry = {"name": name, "type": "product_dist", "factors": densities}
            self.draft.put("distributions", entry, path)
        message = f"factors of {product.name!r} that share observables are written as one density"
        self.draft.note("root.rewritten", path, message, product.name)
        return name

    def _density(self, product: str, group: list[str], count: int, path: str) -> str:
        """Several factors as one density, which is the product itself where it is the only one."""
        names = self.draft.names
        if len(group) == 1:
            return names.of(group[0])
        tables = self.draft.workspace.tables["distributions"]
        if any(extended(tables[f][1], tables) for f in group):
            refuse("a factor that predicts the number of events and shares observables", path)
        for factor in group:
            if mixture := self.products.mixture_in(factor):
                refuse(
                    f"the mixture {mixture!r} shares observables with other factors; ROOT does not "
                    "normalise its summands there",
                    path,
                    mixture,
                )
        made = product if count == 1 else names.helper(f"{product}_{names.of(group[0])}")
        factors = [names.of(f) for f in group]
        inner = {"name": names.helper(f"{made}_product"), "type": "product", "factors": factors}
        entry = {
            "name": made,
            "type": "weighted_sum_dist",
            "samples": [self.draft.put("functions", inner, path)],
            "coefficients": [1],
            "extended": False,
        }
        return self.draft.put("distributions", entry, path)

    def _put(self, section: str, part: Function | Distribution, table: Mapping[str, Any]) -> str:
        index = self.draft.workspace.tables[section][part.name][0]
        path = pointer(section, index)
        rewrite = table.get(part.type)
        if rewrite is None:
            refuse(
                f"{part.name!r} is of the type {part.type!r}, for which ROOT has nothing",
                path,
                part.type,
            )
        entry = self._renamed(part, path)
        made = rewrite(entry, Context(self.draft, path)) if callable(rewrite) else entry
        if made["type"] != part.type:
            message = f"{part.name!r} ({part.type}) is written as {made['type']}"
            self.draft.note("root.rewritten", path, message, part.name)
        # The same entry may stand in two sections of HS3; ROOT has resolution models as pdfs.
        target = "distributions" if made.pop("_pdf", False) else section
        return self.draft.put(target, made, path)

    def _renamed(self, part: Part, path: str) -> Json:
        """The entry with every name replaced by the one that ROOT gets."""
        entry = part.to_json()
        entry["name"] = self.draft.names.of(entry["name"])
        for reference in references(part):
            place: Any = entry
            for key in reference.path[:-1]:
                place = place[key]
            place[reference.path[-1]] = self.draft.names.of(reference.name)
        inner: tuple[Any, Any] = (getattr(part, "data", None), entry.get("data"))
        for holder, written in ((part, entry), inner):
            for i, axis in enumerate(axes_of(holder)):
                written["axes"][i]["name"] = self.draft.names.of(axis.name)
        if isinstance(entry.get("expression"), str):
            entry["expression"] = self._expression(entry["expression"], f"{path}/expression")
        return _numbers(entry)

    def _expression(self, text: str, path: str) -> str:
        try:
            return root_text(expressions.parse(text), self.draft.names.of)
        except HS3Error as error:
            refuse(f"the expression {text!r} cannot be written for ROOT: {error.message}", path)


def _numbers(entry: Json) -> Json:
    """The entry with numbers that were written as strings made numbers, except for labels."""
    for key, value in entry.items():
        if isinstance(value, list) and any(isinstance(v, str) and is_number(v) for v in value):
            entry[key] = [float(v) if isinstance(v, str) and is_number(v) else v for v in value]
    return entry
