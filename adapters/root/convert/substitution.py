"""Copies of densities and functions in which one variable is another function."""

from __future__ import annotations

from typing import Any

from hs3.expressions import Expression, Variable, parse, to_text

from ..file import RootObject
from .builder import Builder, Entry


def substituted(node: RootObject, old: str, new: str, builder: Builder) -> str:
    """The name of a copy of a node, and of what it is made of, with `new` in place of `old`.

    A node that does not depend on `old` is its own copy.
    """
    copies: dict[str, str] = {old: new}
    order = _dependent(node, old, builder)
    for part in order:
        copies[part.name] = builder.fresh(f"{part.name}_at_{new}")
        for table in (builder.distributions, builder.functions):
            if part.name in table:
                name = copies[part.name]
                table[name] = {**_replaced(table[part.name], copies), "name": name}
    return copies.get(node.name, node.name)


def _dependent(node: RootObject, old: str, builder: Builder) -> list[RootObject]:
    """The nodes below (and with) a node that depend on a variable, servers before clients."""
    from .workspace import convert

    out: dict[str, RootObject] = {}
    stack = [(node, False)]
    while stack:
        part, done = stack.pop()
        if part.name in out or part.name == old or old not in builder.leaves(part):
            continue
        if done:
            if part.name not in builder.distributions and part.name not in builder.functions:
                convert(part, builder)
            out[part.name] = part
        else:
            stack.append((part, True))
            stack.extend((server, False) for server in builder.graph.servers(part))
    return list(out.values())


def _replaced(entry: Entry, copies: dict[str, str]) -> Entry:
    """The entry with other names; a name in an expression, too."""
    return {
        key: _renamed(value, copies) if key == "expression" else _walk(value, copies)
        for key, value in entry.items()
        if key != "type"
    } | {"type": entry["type"]}


def _walk(value: Any, copies: dict[str, str]) -> Any:
    if isinstance(value, str):
        return copies.get(value, value)
    if isinstance(value, list):
        return [_walk(v, copies) for v in value]
    if isinstance(value, dict):
        return {key: _walk(v, copies) for key, v in value.items()}
    return value


def _renamed(text: str, copies: dict[str, str]) -> str:
    nodes = (
        Variable(copies.get(n.name, n.name)) if isinstance(n, Variable) else n
        for n in parse(text).nodes
    )
    return to_text(Expression(tuple(nodes)))
