"""The syntax tree of a generic expression, kept flat.

An expression is a tuple of nodes in postfix order (children before their operator, left to right),
which is the tree without nesting: ``a + b*2`` is ``a b 2 * +``. Whatever walks it is a loop over
the nodes with a stack, so that no input, however deep, can exhaust the interpreter's recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number as it was written; `offset` counts characters from the start."""

    text: str
    offset: int = field(default=0, compare=False)
    arity: ClassVar[int] = 0

    @property
    def value(self) -> float:
        """The number as float64."""
        return float(self.text)

    @property
    def is_integer(self) -> bool:
        """True for a literal without fraction and exponent, an ``int`` to C++."""
        return self.text.isdigit()


@dataclass(frozen=True, slots=True)
class Constant:
    """``TRUE``, ``FALSE``, ``PI`` or ``EULER``."""

    name: str
    offset: int = field(default=0, compare=False)
    arity: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """The name of a parameter, observable or function of the document."""

    name: str
    offset: int = field(default=0, compare=False)
    arity: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Ordinal:
    """``@i`` or ``x[i]`` of ROOT: the variable at position `index` of an argument list."""

    index: int
    text: str
    offset: int = field(default=0, compare=False)
    arity: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator on the `arity` (1, 2 or, for ``?:``, 3) values before it."""

    symbol: str
    arity: int
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the `arity` values before it, as spelled in the text."""

    function: str
    arity: int
    offset: int = field(default=0, compare=False)


Node = Number | Constant | Variable | Ordinal | Operator | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its nodes in postfix order.

    Raises:
        ValueError: the nodes do not form exactly one expression.
    """

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        height = 0
        for node in self.nodes:
            height += 1 - node.arity
            if height < 1 or node.arity < 0:
                break
        if height != 1:
            raise ValueError("the nodes do not form one expression in postfix order")

    def fold(self, combine: Callable[[Node, Sequence[T]], T]) -> T:
        """The value at the root when each node's is `combine` of the node and its children's."""
        stack: list[T] = []
        for node in self.nodes:
            first = len(stack) - node.arity
            stack[first:] = [combine(node, stack[first:])]
        return stack[0]
