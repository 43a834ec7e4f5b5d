"""Names of C++ types, as streamer infos spell them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\s*([<>,*&]|[^<>,*&\s]+(?:\s+[^<>,*&\s]+)*)")
_MAX_LENGTH = 4000
_MAX_DEPTH = 20


@dataclass(frozen=True)
class CxxType:
    """A type: ``map<string,vector<int> >*`` is ``map``, two arguments, a pointer."""

    name: str
    arguments: tuple[CxxType, ...] = ()
    pointer: bool = False

    def __str__(self) -> str:
        inner = f"<{','.join(map(str, self.arguments))}>" if self.arguments else ""
        return f"{self.name}{inner}{'*' if self.pointer else ''}"


@lru_cache(maxsize=1000)
def parse_type(text: str) -> CxxType:
    """The type that a text names.

    Raises:
        ValueError: it does not name a type, or is unreasonably long or deep.
    """
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"a type name of {len(text)} characters")
    tokens = _TOKEN.findall(text)
    kind, rest = _parse(tokens, 0, 0)
    if rest != len(tokens):
        raise ValueError(f"{text[:100]!r} is not a type")
    return kind


def _parse(tokens: list[str], at: int, depth: int) -> tuple[CxxType, int]:
    if at >= len(tokens) or tokens[at] in "<>,*&" or depth > _MAX_DEPTH:
        raise ValueError("not the name of a type")
    name = tokens[at].removeprefix("const ").removeprefix("std::")
    at += 1
    arguments = []
    if tokens[at : at + 1] == ["<"]:
        while tokens[at] != ">":
            argument, at = _parse(tokens, at + 1, depth + 1)
            arguments.append(argument)
            if tokens[at : at + 1] not in ([","], [">"]):
                raise ValueError("unbalanced brackets")
        at += 1
    pointer = False
    while at < len(tokens) and tokens[at] in ("*", "&", "const"):
        pointer = pointer or tokens[at] == "*"
        at += 1
    return CxxType(name, tuple(arguments), pointer), at
