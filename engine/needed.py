"""Which functions of a graph have to be evaluated for what."""

from __future__ import annotations

from collections.abc import Iterable

from hs3.edit.occurrences import of_entry
from hs3.functions import Function
from hs3.functions.calculus import DerivativeFunction, IntegralFunction
from hs3.graph import Graph


def needed(graph: Graph, names: Iterable[str]) -> tuple[Function, ...]:
    """The functions among `names` and those that they depend on, dependencies first."""
    wanted, found = set(names), list[Function]()
    for function in reversed(graph.functions):
        if function.name in wanted:
            found.append(function)
            if isinstance(function, IntegralFunction | DerivativeFunction):
                continue  # it says itself that it has no place here; its variable has no value
            wanted |= {o.name for o in of_entry(graph.workspace, function, ("functions", 0))}
    return tuple(reversed(found))


def needed_functions(graph: Graph) -> tuple[Function, ...]:
    """The functions that channels and constraints depend on; terms evaluate theirs themselves.

    Functions of observables are none of them: bins have values of their own.
    """
    if not graph.functions:
        return ()
    modifiers = [m for c in graph.channels for s in c.samples for m in s.modifiers]
    names = [n for m in modifiers for n in getattr(m, "parameters", (getattr(m, "parameter", ""),))]
    for constraint in graph.constraints:
        given = (constraint.parameter, constraint.observed, constraint.scale)
        names.extend(name for name in given if isinstance(name, str))
    return needed(graph, names)
