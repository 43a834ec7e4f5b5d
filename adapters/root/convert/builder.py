"""What is known while a workspace is converted: the entries made so far, and what was found."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from hs3.findings import Finding, pointer

from ..file import RootObject, WorkspaceGraph
from ..file.variables import Variable, variable

if TYPE_CHECKING:
    from .histfactory import Channels

Entry = dict[str, Any]
Value = str | int | float

VARIABLES = frozenset({"RooRealVar", "RooConstVar", "RooErrorVar"})
CATEGORIES = frozenset(
    {
        *("RooCategory", "RooMappedCategory", "RooThresholdCategory", "RooBinningCategory"),
        *("RooSuperCategory", "RooMultiCategory", "RooGenCategory"),
    }
)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONSTANTS = frozenset({"TRUE", "FALSE", "PI", "EULER"})


def is_density(node: RootObject) -> bool:
    """Whether a node is a RooAbsPdf: these stream which of their components are selected."""
    return "_selectComp" in node.members


def is_constant_number(node: RootObject) -> bool:
    """Whether a node is a RooConstVar, which becomes a number where it is used."""
    return node.class_name == "RooConstVar"


@dataclass
class Builder:
    """Collects the entries of an HS3 document.

    Attributes:
        graph: the workspace.
        functions: entries by name.
        distributions: entries by name.
        findings: what was found.
        unknown: names of nodes of classes that HS3 has nothing for.
        pending: nodes that are referred to, and not in the workspace's own list.
    """

    graph: WorkspaceGraph
    functions: dict[str, Entry] = field(default_factory=dict)
    distributions: dict[str, Entry] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unknown: dict[str, RootObject] = field(default_factory=dict)
    pending: deque[RootObject] = field(default_factory=deque)
    _seen: set[str] = field(default_factory=set)
    _variables: dict[str, Variable] = field(default_factory=dict)

    # --- what is there --------------------------------------------------------------------------

    def variable(self, node: RootObject) -> Variable:
        """A RooRealVar in plain numbers."""
        if node.name not in self._variables:
            self._variables[node.name] = variable(node)
        return self._variables[node.name]

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Every RooRealVar of the workspace, by name."""
        nodes = self.graph.nodes.items()
        return {n: self.variable(node) for n, node in nodes if node.class_name == "RooRealVar"}

    @cached_property
    def observables(self) -> frozenset[str]:
        """Names of the real columns of all data."""
        columns = (d.columns.keys() - d.categories.keys() for d in self.graph.datasets.values())
        return frozenset().union(*columns)

    @cached_property
    def channels(self) -> Channels:
        """The channels of HistFactory."""
        from .histfactory import Channels

        return Channels.of(self)

    def path(self, node: RootObject | str) -> str:
        """JSON pointer of a node: the workspace, and its name in it."""
        return pointer(self.graph.name, node if isinstance(node, str) else node.name)

    def leaves(self, node: RootObject) -> frozenset[str]:
        """Names of the variables and categories that a node depends on, through everything."""
        known = self._leaves
        if node.name not in known:
            known[node.name] = self._search(node)
        return known[node.name]

    @cached_property
    def _leaves(self) -> dict[str, frozenset[str]]:
        return {}

    def _search(self, node: RootObject) -> frozenset[str]:
        out, seen, todo = set(), {id(node)}, [node]
        while todo:
            current = todo.pop()
            servers = self.graph.servers(current)
            if current.class_name in VARIABLES or (current.class_name == "RooCategory"):
                out.add(current.name)
            for server in servers:
                if id(server) not in seen:
                    seen.add(id(server))
                    todo.append(server)
        return frozenset(out)

    # --- references -----------------------------------------------------------------------------

    def value(self, node: RootObject | None, default: Value = 0.0) -> Value:
        """A number for a constant, the name of anything else; the default for a null pointer."""
        if node is None:
            return default
        if is_constant_number(node):
            return float(self.variable(node).value)
        return self.name(node)

    def values(self, nodes: list[RootObject]) -> list[Value]:
        """`value` of each."""
        return [self.value(node) for node in nodes]

    def name(self, node: RootObject) -> str:
        """The name to refer to a node by; one that the workspace does not list is converted too."""
        if node.name not in self.graph.nodes and node.name not in self._seen:
            self._seen.add(node.name)
            self.pending.append(node)
        return node.name

    def names(self, nodes: list[RootObject]) -> list[str]:
        """`name` of each."""
        return [self.name(node) for node in nodes]

    def pdf(self, node: RootObject | None) -> str:
        """The name of a density that is part of another one."""
        return "" if node is None else self.name(node)

    def symbol(self, value: Value) -> str:
        """A value as it can stand in an expression.

        Names that an expression cannot hold (``gamma_stat[0]``, ``mu-1``) get another one: a sum
        of one summand.
        """
        if not isinstance(value, str):
            return repr(float(value)) if value >= 0 else f"({float(value)!r})"
        if _IDENTIFIER.fullmatch(value) and value not in _CONSTANTS:
            return value
        alias = self.fresh(re.sub(r"[^A-Za-z0-9_]", "_", f"_{value}".lstrip("_") or "_"))
        if self._aliases.setdefault(value, alias) == alias:
            self.functions[alias] = {"name": alias, "type": "sum", "summands": [value]}
        return self._aliases[value]

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {}

    def fresh(self, name: str) -> str:
        """`name`, made to begin with a letter, with underscores added until nothing has it."""
        name = name if _IDENTIFIER.match(name) else f"n_{name}"
        taken = (self.graph.nodes, self.functions, self.distributions)
        while any(name in names for names in taken):
            name += "_"
        return name

    # --- entries --------------------------------------------------------------------------------

    def function(self, name: str, type_: str, **keys: Any) -> str:
        """Add a function; keys that are None are left out."""
        self.functions[name] = _entry(name, type_, keys)
        return name

    def distribution(self, name: str, type_: str, **keys: Any) -> str:
        """Add a distribution; keys that are None are left out."""
        self.distributions[name] = _entry(name, type_, keys)
        return name

    def expression(self, node: RootObject, template: str, /, **values: Value) -> None:
        """Add a density or function given by an expression; ``{x}`` stands for the value `x`."""
        text = template.format(**{key: self.symbol(v) for key, v in values.items()})
        self.entry(node, "generic", expression=" ".join(text.split()))

    def entry(self, node: RootObject, kind: Literal["generic"], **keys: Any) -> None:
        """Add a ``generic_dist`` or ``generic_function``, as the node is a density or not."""
        if is_density(node):
            self.distribution(node.name, f"{kind}_dist", **keys)
        else:
            self.function(node.name, f"{kind}_function", **keys)

    def keep(self, node: RootObject, why: str, code: str = "root.unknown_class") -> None:
        """Keep a node that HS3 has nothing for, under its class' name, with what it depends on."""
        self.unknown[node.name] = node
        servers = [s.name for s in self.graph.servers(node)]
        clients = [c.name for c in self.graph.clients(node)]
        table = self.distributions if is_density(node) else self.functions
        table[node.name] = {
            "name": node.name,
            "type": f"ROOT::{node.class_name}",
            "members": _plain_members(node),
            "servers": servers,
        }
        used = f"; used by {', '.join(clients[:10])}" if clients else "; nothing uses it"
        message = f"{node.class_name} {node.name!r} is kept without a meaning: {why}{used}"
        self.add(code, node, message, node.class_name)

    def add(self, code: str, node: RootObject | str, message: str, value: Any = None) -> None:
        """Report something about a node."""
        self.findings.append(Finding(code, self.path(node), message, value))


def _entry(name: str, type_: str, keys: dict[str, Any]) -> Entry:
    given = {key: value for key, value in keys.items() if value is not None}
    return {"name": name, "type": type_, **given}


_OF_ROOT = frozenset({"_proxyList", "_serverList", "_clientList", "_boolAttrib", "_stringAttrib"})


def _plain_members(node: RootObject) -> dict[str, Any]:
    """The members that are numbers, texts, or names of other nodes."""
    out: dict[str, Any] = {}
    for key, value in node.members.items():
        if key in _OF_ROOT:
            continue
        target = value.members.get("_arg") if isinstance(value, RootObject) else value
        if isinstance(target, RootObject):
            out[key] = target.name
        elif isinstance(target, str | bool | int) or (
            isinstance(target, float) and target == target
        ):
            out[key] = target
    return out
