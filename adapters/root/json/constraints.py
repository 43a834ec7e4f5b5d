"""Auxiliary measurements as ROOT reads them: a pdf and a constant global observable each."""

from __future__ import annotations

import math
from collections.abc import Iterable

from hs3.graph import Graph
from hs3.histfactory.meaning import BinFactors, Constraint

from .draft import Draft
from .names import valid
from .refuse import refuse

_POSITIVE = (0.0, math.inf)
WIDTHS = 5.0
"""Standard deviations above 1 at which ROOT's importer ends the range of a bin's factor."""


class Constraints:
    """The constraints of one likelihood, and which of them are part of a pdf already.

    Attributes:
        attached: names, in ROOT, of constraint pdfs that a modifier of a channel brings in.
        globals: names, in ROOT, of the global observables.
    """

    def __init__(self, draft: Draft, graph: Graph) -> None:
        self.draft, self.graph = draft, graph
        self.attached: set[str] = set()
        self.globals: dict[str, None] = {}
        self._names: dict[str, str] = {}
        self._bins = _bin_parameters(graph)
        self._parameters = {p.name: p for p in graph.parameters}
        self._of: dict[str, list[Constraint]] = {}
        for constraint in graph.constraints:
            self._of.setdefault(constraint.parameter, []).append(constraint)
        self._written_by_bins: set[str] = set()
        self._name_observed()

    def _name_observed(self) -> None:
        """ROOT calls the observed value of a bin's measurement ``nom_<parameter>``."""
        for constraint in self.graph.constraints:
            if self._is_plain_bin(constraint) and isinstance(constraint.observed, str):
                wish = f"nom_{self.draft.names.of(constraint.parameter)}"
                known = self.draft.names.made.get(constraint.observed)
                if known in (None, constraint.observed) and known != wish:
                    self.draft.names.made[constraint.observed] = self.draft.names.new(wish)

    def _is_plain_bin(self, constraint: Constraint) -> bool:
        return (
            constraint.parameter in self._bins
            and constraint.kind in ("gauss", "poisson")
            and isinstance(constraint.scale, float)
            and len(self._of[constraint.parameter]) == 1
        )

    def of_bin(self, parameter: str) -> tuple[str, float] | None:
        """Kind and relative uncertainty where ROOT can make the constraint of a bin itself."""
        found = self._of.get(parameter, [])
        if len(found) != 1 or not self._is_plain_bin(found[0]):
            return None
        (constraint,) = found
        assert isinstance(constraint.scale, float)
        scale = constraint.scale
        if scale == 0.0:
            return None  # below the smallest float64: no width that ROOT could be told
        relative = scale if constraint.kind == "gauss" else 1.0 / math.sqrt(scale)
        return None if self.is_beyond(parameter, relative) else (constraint.kind, relative)

    def is_beyond(self, parameter: str, relative: float) -> bool:
        """Whether some value of a bin's factor is above those that ROOT lets it have.

        ROOT's importer gives a factor with a constraint of its own the range from 0 to five
        standard deviations above 1, and refuses values outside.
        """
        values = [self._parameters[parameter].value]
        for point in self.graph.workspace.parameter_points or ():
            entries = point.parameters or ()
            values += [
                float(e.value) for e in entries if e.name == parameter and e.value is not None
            ]
        return max(values) > 1.0 + WIDTHS * relative

    def use_bin(self, parameter: str) -> None:
        """Leave the constraint of a bin to ROOT, with our global observable."""
        (constraint,) = self._of[parameter]
        name = f"nom_{self.draft.names.of(parameter)}"
        given = constraint.observed if isinstance(constraint.observed, str) else name
        if self.draft.names.of(given) != name or (
            name in self._parameters and constraint.observed != name
        ):
            message = f"ROOT needs the name {name!r}, which means something else here"
            refuse(message, constraint.path, name)
        support = _POSITIVE if constraint.kind == "poisson" else constraint.support
        self.draft.fixed(name, self._number(constraint.observed), support)
        self.globals[name] = None
        self._written_by_bins.add(parameter)

    def names_for(self, parameter: str) -> list[str]:
        """The constraint pdfs of a parameter, by name, written if they are not yet."""
        return [self._write(c) for c in self._of.get(parameter, ())]

    def left(self) -> Iterable[tuple[str, str]]:
        """Constraint pdfs that no modifier brings in, written, and what each constrains."""
        for constraint in self.graph.constraints:
            if constraint.parameter not in self._written_by_bins:
                name = self._write(constraint)
                if name not in self.attached:
                    yield name, constraint.parameter

    # --- one constraint -------------------------------------------------------------------------

    def _write(self, constraint: Constraint) -> str:
        key = constraint.name
        if key not in self._names:
            self._names[key] = self._written(constraint)
        return self._names[key]

    def _written(self, constraint: Constraint) -> str:
        draft = self.draft
        parameter = draft.names.of(constraint.parameter)
        known = constraint.name in draft.workspace.tables["distributions"]
        name = draft.names.of(constraint.name, None if known else f"{parameter}Constraint")
        scale = constraint.scale
        width = scale if isinstance(scale, float) else draft.names.of(scale)
        positive = constraint.kind in ("poisson", "lognormal")
        support = _POSITIVE if positive else constraint.support
        if constraint.kind == "gamma":
            entry = self._gamma(constraint, parameter)
        else:
            observed = self._observed(constraint, parameter, support)
            if constraint.kind == "gauss":
                plain = constraint.parameter in self._parameters
                x, mean = (parameter, observed) if plain else (observed, parameter)
                entry = {"type": "gaussian_dist", "x": x, "mean": mean, "sigma": width}
            elif constraint.kind == "poisson":
                mean = self._product(parameter, width)
                entry = {"type": "poisson_dist", "x": observed, "mean": mean, "integer": False}
            else:
                mu = self._logarithm(parameter)
                entry = {"type": "lognormal_dist", "x": observed, "mu": mu, "sigma": width}
        return draft.put("distributions", {"name": name, **entry}, constraint.path)

    def _gamma(self, constraint: Constraint, parameter: str) -> dict[str, object]:
        if isinstance(constraint.scale, str) or constraint.scale <= 0.0:
            refuse("a gamma constraint with a named scale", constraint.path, constraint.name)
        gamma = self._number(constraint.observed) + 1.0
        beta = 1.0 / constraint.scale
        return {"type": "gamma_dist", "x": parameter, "gamma": gamma, "beta": beta, "mu": 0.0}

    def _observed(
        self, constraint: Constraint, parameter: str, support: tuple[float, float]
    ) -> str:
        """The global observable, by its name in ROOT."""
        value, names = constraint.observed, self.draft.names
        if isinstance(value, str):
            name = names.of(value)
        else:
            name = names.of(f"nom_{parameter}\0{constraint.name}", f"nom_{parameter}")
        self.globals[name] = None
        return self.draft.fixed(name, self._number(value), support)

    def _number(self, value: float | str) -> float:
        return self._parameters[value].value if isinstance(value, str) else value

    def _product(self, parameter: str, tau: float | str) -> str:
        if tau == 1.0:
            return parameter
        name = self.draft.names.helper(f"{parameter}_poisMean")
        entry = {"name": name, "type": "product", "factors": [parameter, tau]}
        return self.draft.put("functions", entry)

    def _logarithm(self, parameter: str) -> str:
        name = self.draft.names.helper(f"{parameter}_logarithm")
        entry = {"name": name, "type": "generic_function", "expression": f"log({parameter})"}
        return self.draft.put("functions", entry)


def _bin_parameters(graph: Graph) -> frozenset[str]:
    return frozenset(
        p
        for c in graph.channels
        for s in c.samples
        for m in s.modifiers
        if isinstance(m, BinFactors)
        for p in m.parameters
    )


def unconstrained(draft: Draft, parameter: str) -> str:
    """A flat pdf, for systematics that ROOT would otherwise constrain by a Gaussian."""
    assert valid(parameter)
    name = draft.names.helper(f"{parameter}_unconstrained")
    entry = {"name": name, "type": "uniform_dist", "x": [parameter]}
    return draft.put("distributions", entry)
