"""XML text → elements, without anything that reaches beyond the text.

A document type declaration may stand there, as in every HistFactory file, but is not opened;
entities cannot be declared. The standard library's parser is driven by hand, because its trees
know neither lines nor limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from hs3 import files
from hs3.errors import ReadError

SIZE_LIMIT = 16 << 20
"""Bytes that an XML file may have."""

DEPTH_LIMIT = 16
"""HistFactory nests four deep."""


@dataclass(eq=False)
class Element:
    """An element with its place, ``file:line``."""

    tag: str
    attributes: dict[str, str]
    place: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Element]:
        """The children with one of these tags, in order."""
        return (child for child in self.children if child.tag in tags)


def parse(raw: bytes, file: str) -> Element:
    """The root element of a text; `file` is what its places are called by.

    Raises:
        ReadError: it is not well-formed, declares entities, or is too large or too deep.
    """
    files.check_size(len(raw), SIZE_LIMIT)
    return _Builder(file).build(raw)


class _Builder:
    def __init__(self, file: str) -> None:
        self._file = file
        self._stack: list[Element] = []
        self._root: Element | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._entity
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def build(self, raw: bytes) -> Element:
        try:
            self._parser.Parse(raw, True)
        except expat.ExpatError as error:
            message = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise ReadError(message, code="xml.syntax", path=self._at(error.lineno)) from None
        except ValueError as error:  # an encoding that expat does not know
            self._refuse(f"not readable as XML: {error}", "xml.syntax")
        assert self._root is not None
        return self._root

    def _at(self, line: int) -> str:
        return f"{self._file}:{line}"

    def _refuse(self, message: str, code: str) -> NoReturn:
        raise ReadError(message, code=code, path=self._at(self._parser.CurrentLineNumber))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._stack) >= DEPTH_LIMIT:
            self._refuse(f"elements are nested more than {DEPTH_LIMIT} deep", "xml.syntax")
        made = Element(tag, attributes, self._at(self._parser.CurrentLineNumber))
        if self._stack:
            self._stack[-1].children.append(made)
        else:
            self._root = made
        self._stack.append(made)

    def _end(self, _: str) -> None:
        self._stack.pop()

    def _characters(self, text: str) -> None:
        self._stack[-1].text += text

    def _entity(self, name: str, *_: object) -> None:
        self._refuse(f"the entity {name!r} is declared; entities are not expanded", "xml.entity")
