"""Faults for the engine: a sign, a factor of two, something left out, for every type there is.

Each is put in from outside and taken out again. Programs that are compiled already would not know
of it, so they are interpreted (`interpreter`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np

import hs3.engine as engine
from hs3.distributions import DISTRIBUTIONS
from hs3.engine import constraints, likelihood, terms
from hs3.engine.density import counts, density
from hs3.engine.functions import base as functions
from hs3.functions import FUNCTIONS
from hs3.graph import Graph
from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Effect,
    HistoSys,
    NormFactor,
    NormSys,
    Sample,
)

Change = Callable[[Any], Any]
DOUBLED = math.log(2.0)


@dataclass(frozen=True)
class Mutant:
    """A fault.

    Attributes:
        name: what is wrong.
        types: fixtures with one of these types are to find it; any without.
        fault: a context in which it is there.
        on_the_way: it is in a function of one class, which evaluation may not ask.
        passed: filled where evaluation came by such a fault.
    """

    name: str
    types: frozenset[str]
    fault: Callable[[], Any]
    on_the_way: bool = False
    passed: list[str] = field(default_factory=list)


@contextmanager
def dispatched(table: Any, cls: type, change: Change, passed: list[str]) -> Iterator[None]:
    """Change what a function with one case per class returns for a class."""
    old, own = table.dispatch(cls), cls in table.registry

    def changed(*arguments: Any) -> Any:
        value = old(*arguments)
        if value is None:
            return None
        passed.append(cls.__name__)
        return change(value)

    table.register(cls, changed)
    try:
        yield
    finally:
        # A case cannot be taken back; one that only calls the other is as good.
        table.register(cls, old if own else lambda *arguments: old(*arguments))


@contextmanager
def patched(holder: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Put something else in the place of an attribute or an item."""
    items = isinstance(holder, dict)
    old = holder[name] if items else getattr(holder, name)
    put = holder.__setitem__ if items else lambda key, value: setattr(holder, key, value)
    put(name, make(old))
    try:
        yield
    finally:
        put(name, old)


def tags(family: Any, cls: type) -> frozenset[str]:
    """What documents call a type."""
    return frozenset(tag for tag, known in family.types.items() if known is cls)


# --- densities and functions --------------------------------------------------------------------


def _on_the_way(name: str, family: Any, table: Any, cls: type, change: Change) -> Mutant:
    passed: list[str] = []
    return Mutant(
        name, tags(family, cls), lambda: dispatched(table, cls, change, passed), True, passed
    )


def of_densities() -> Iterator[Mutant]:
    """Of the logarithm of each density, of each shape, of what is expected."""
    for cls in sorted(DISTRIBUTIONS.classes(), key=lambda c: c.__name__):
        changes: list[tuple[str, Any, Change]] = [
            ("density, sign", density.log_partial, lambda v: -v),
            ("density, twice", density.log_partial, lambda v: v + DOUBLED),
            ("shape, sign", density.log_shape, lambda v: -v),
            ("shape, twice", density.log_shape, lambda v: 2.0 * v),
            ("integral, twice", density.log_integral, lambda v: v + DOUBLED),
            ("expected events, twice", density.expected_events, lambda v: 2.0 * v),
            ("expected events, left out", density.expected_events, lambda v: None),
            ("counts, sign", counts.bin_counts, lambda v: -v),
            ("counts, twice", counts.bin_counts, lambda v: 2.0 * v),
        ]
        for what, table, change in changes:
            if what.startswith("density") or cls in table.registry:
                yield _on_the_way(f"{cls.__name__}: {what}", DISTRIBUTIONS, table, cls, change)


def of_functions() -> Iterator[Mutant]:
    """Of the value of each function."""
    for cls in sorted(FUNCTIONS.classes(), key=lambda c: c.__name__):
        for what, change in (("sign", lambda v: -v), ("twice", lambda v: 2.0 * v)):
            yield _on_the_way(f"{cls.__name__}: {what}", FUNCTIONS, functions.formula, cls, change)


# --- channels -------------------------------------------------------------------------------------

MODIFIERS: dict[str, Callable[[Any, Graph], bool]] = {
    "normfactor": lambda m, g: isinstance(m, NormFactor) and not _function(m, g),
    "custom": lambda m, g: (
        isinstance(m, BinFunction) or (isinstance(m, NormFactor) and _function(m, g))
    ),
    "normsys": lambda m, g: isinstance(m, NormSys),
    "histosys": lambda m, g: isinstance(m, HistoSys),
    "shapefactor": lambda m, g: isinstance(m, BinFactors) and m.kind == "shapefactor",
    "shapesys": lambda m, g: isinstance(m, BinFactors) and m.kind == "shapesys",
    "staterror": lambda m, g: isinstance(m, BinFactors) and m.kind == "staterror",
    "CMS::vertical_morph": lambda m, g: isinstance(m, Effect),
}
"""Type of a modifier → which modifiers of a channel are meant."""


def _function(modifier: NormFactor, graph: Graph) -> bool:
    return modifier.parameter in {f.name for f in graph.functions}


def _dropped(sample: Sample, chosen: list[Any]) -> Sample:
    return replace(sample, modifiers=tuple(m for m in sample.modifiers if m not in chosen))


def _twice(sample: Sample, chosen: list[Any]) -> Sample:
    moved = tuple(
        replace(m, hi=2 * m.hi, lo=2 * m.lo) if isinstance(m, HistoSys) else m
        for m in sample.modifiers
    )
    return replace(sample, nominal=2 * sample.nominal, modifiers=moved)


def _turned(sample: Sample, chosen: list[Any]) -> Sample:
    """Up is down; a factor gets the other sign."""
    if any(isinstance(m, NormSys | HistoSys) for m in chosen):
        turned = tuple(
            replace(m, hi=m.lo, lo=m.hi) if any(m is c for c in chosen) else m
            for m in sample.modifiers
        )
        return replace(sample, modifiers=turned)
    flipped = tuple(
        replace(m, hi=-m.hi, lo=-m.lo) if isinstance(m, HistoSys) else m for m in sample.modifiers
    )
    return replace(sample, nominal=-sample.nominal, modifiers=flipped)


def of_modifiers() -> Iterator[Mutant]:
    """Of the effect of each modifier."""
    changes = (("left out", _dropped), ("twice", _twice), ("sign", _turned))
    for kind, meant in MODIFIERS.items():
        for what, change in changes:

            def compiling(
                real: Any, change: Any = change, meant: Callable[[Any, Graph], bool] = meant
            ) -> Any:
                def compile(graph: Graph, *rest: Any) -> Any:
                    return real(_changed(graph, meant, change), *rest)

                return compile

            yield Mutant(
                f"{kind}: {what}",
                frozenset({kind}),
                lambda compiling=compiling: patched(engine, "compile", compiling),
            )


def _changed(graph: Graph, meant: Callable[[Any, Graph], bool], change: Any) -> Graph:
    def sample(one: Sample) -> Sample:
        chosen = [m for m in one.modifiers if meant(m, graph)]
        return change(one, chosen) if chosen else one

    channels = tuple(replace(c, samples=tuple(map(sample, c.samples))) for c in graph.channels)
    return replace(graph, channels=channels)


# --- constraints and data -------------------------------------------------------------------------


WAYS: tuple[tuple[str, Change], ...] = (
    ("sign", lambda v: -v),
    ("twice", lambda v: 2.0 * v),
    ("left out", lambda v: 0.0 * v),
)


def of_constraints() -> Iterator[Mutant]:
    """Of each kind of auxiliary measurement of one parameter."""
    for kind in constraints.KINDS:
        for what, change in WAYS:

            def formula(real: Any, change: Change = change) -> Any:
                return lambda *arguments: change(real(*arguments))

            yield Mutant(
                f"constraint {kind}: {what}",
                frozenset(),
                lambda kind=kind, formula=formula: patched(constraints.FORMULAS, kind, formula),
            )


def _has_weights(data: Any) -> bool:
    if isinstance(data.weights, jax.core.Tracer):
        return False
    return bool((np.asarray(data.weights) != 1.0).any())


DATA: dict[str, Callable[[Any, Any], bool]] = {
    "unbinned": lambda spec, data: spec.kind == "unbinned",
    "weighted": lambda spec, data: spec.kind == "unbinned" and _has_weights(data),
    "point": lambda spec, data: spec.kind == "unbinned" and data.weights.shape == (1,),
    "binned": lambda spec, data: spec.kind == "binned",
    "gaussian_uncertainty": lambda spec, data: spec.kind == "gaussian",
    "auxiliary": lambda spec, data: spec.kind == "auxiliary",
}
"""Kinds of data of densities."""


def of_data() -> Iterator[Mutant]:
    """Of what each kind of data contributes, and of the counts of channels."""
    for kind, meant in DATA.items():
        for what, change in WAYS:

            def term(real: Any, change: Change = change, meant: Any = meant) -> Any:
                def nll(spec: Any, scope: Any, data: Any) -> Any:
                    value = real(spec, scope, data)
                    return change(value) if meant(spec, data) else value

                return nll

            known = {kind} & {"unbinned", "binned", "point", "gaussian_uncertainty"}
            yield Mutant(
                f"data {kind}: {what}",
                frozenset(known),
                lambda term=term: patched(terms, "_nll", term),
            )
    for what, change in WAYS:

        def poisson(real: Any, change: Change = change) -> Any:
            return lambda *arguments: change(real(*arguments))

        yield Mutant(
            f"counts of channels: {what}",
            frozenset({"histfactory_dist"}),
            lambda poisson=poisson: patched(likelihood, "poisson_terms", poisson),
        )


NOT_PASSED = {
    "HistFactoryDist": "channels are arrays: faults of their counts, modifiers and constraints",
    "FastVerticalInterpHistPdf2": "what it means no document says: it is refused",
    "FastVerticalInterpHistPdf2D2": "what it means no document says: it is refused",
    "TruthModelDist": "a decay asks which resolution it has: faults of decays",
    "TruthModelFunction": "a decay asks which resolution it has: faults of decays",
}
"""Types that evaluation never asks for a value, why, and where else their faults are."""

EQUAL = {
    "UniformDist: shape, sign": "its logarithm is zero",
    "UniformDist: shape, twice": "its logarithm is zero",
}
"""Mutants that change nothing that could be seen, and why."""


def mutants() -> dict[str, Mutant]:
    """All of them, by name."""
    found = (*of_densities(), *of_functions(), *of_modifiers(), *of_constraints(), *of_data())
    return {mutant.name: mutant for mutant in found if mutant.name not in EQUAL}


__all__ = ["EQUAL", "NOT_PASSED", "Mutant", "mutants"]
