"""The generic expression language of chapter 3.1: parse, inspect, write. No JAX here."""

from __future__ import annotations

from .analysis import (
    Extension,
    bind_ordinals,
    extensions,
    integer_divisions,
    names,
    ordinals,
)
from .nodes import Call, Constant, Expression, Node, Number, Operator, Ordinal, Variable
from .parser import MAX_DEPTH, MAX_LENGTH, parse
from .text import to_text
from .vocabulary import CONSTANTS, FUNCTIONS, ROOT_CONSTANTS, STANDARD_FUNCTIONS, Signature

__all__ = [
    "CONSTANTS",
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "ROOT_CONSTANTS",
    "STANDARD_FUNCTIONS",
    "Call",
    "Constant",
    "Expression",
    "Extension",
    "Node",
    "Number",
    "Operator",
    "Ordinal",
    "Signature",
    "Variable",
    "bind_ordinals",
    "extensions",
    "integer_divisions",
    "names",
    "ordinals",
    "parse",
    "to_text",
]
