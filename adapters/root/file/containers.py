"""Values in a row: of the containers of the standard library, of arrays, and of columns of objects.

ROOT writes a container of objects one by one ("object-wise") or, when it can, the first member of
all objects, then the second of all, … ("member-wise").
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .cxx import CxxType
from .numbers import code_of, dtype_of
from .objects import RootObject
from .record import Record

if TYPE_CHECKING:
    from .classes import Classes

Values = tuple[Any, int]
Row = Callable[[Record, int, int, RootObject, str], Values]
"""Read values in a row: record, position, how many, their owner, the owner's member."""

_I16 = struct.Struct(">h").unpack_from
_START = struct.Struct(">IhI").unpack_from
_EMPTY = 0x40000000 | 6

MEMBER_WISE = 0x4000
MAPS = {"map", "unordered_map"}
MULTIMAPS = {"multimap", "unordered_multimap"}
SETS = {"set", "unordered_set"}
LISTS = {"vector", "list", "deque", "forward_list", "multiset", "unordered_multiset", "RVec"}
CONTAINERS = MAPS | MULTIMAPS | SETS | LISTS
STRINGS = {"string", "TString", "basic_string"}


def numbers(code: str) -> Row:
    """Numbers of a format of `struct`, as an array in the byte order of this machine."""
    dtype = dtype_of(code)
    native = dtype.newbyteorder("=")
    size = dtype.itemsize

    empty = np.empty(0, native)
    empty.flags.writeable = False

    def row(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
        if not count:
            return empty, position
        record.require(position, count, size)
        if code == "?":
            raw = np.frombuffer(record.buffer, np.uint8, count, position)
            return raw != 0, position + count
        array = np.frombuffer(record.buffer, dtype, count, position).astype(native)
        return array, position + count * size

    return row


def strings(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
    """Texts, each with its length."""
    record.require(position, count)
    texts = []
    for _ in range(count):
        text, position = record.string(position)
        texts.append(text)
    return texts, position


def pointers(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
    """Pointers to objects."""
    return record.pointers(position, count)


def objects(class_name: str, classes: Classes) -> Row:
    """Objects of one class, each whole."""

    def row(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
        record.require(position, count, 4)
        found = []
        for index in range(count):
            child, position = classes.embedded(
                record, position, class_name, owner, f"{label}[{index}]"
            )
            found.append(child)
        return found, position

    return row


def row_of(kind: CxxType, classes: Classes) -> Row:
    """How values of a C++ type are read that stand in a row, one after the other."""
    if kind.pointer:
        return pointers
    if kind.name in STRINGS:
        return strings
    if kind.name in CONTAINERS:
        return _nested(kind, classes)
    if kind.name == "pair" and len(kind.arguments) == 2:
        return _pairs(kind, classes)
    code = code_of(kind.name) or classes.enumeration(str(kind))
    return numbers(code) if code else objects(str(kind), classes)


def _nested(kind: CxxType, classes: Classes) -> Row:
    """Containers in a container: without a header of their own."""
    values = content_of(kind, classes)

    def row(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
        record.require(position, count, 4)
        found = []
        for _ in range(count):
            inner, position = record.count(position)
            value, position = values(record, position, inner, owner, label)
            found.append(value)
        return found, position

    return row


def _pairs(kind: CxxType, classes: Classes) -> Row:
    first, second = (row_of(argument, classes) for argument in kind.arguments)

    def row(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
        record.require(position, count)
        found = []
        for _ in range(count):
            a, position = first(record, position, 1, owner, label)
            b, position = second(record, position, 1, owner, label)
            found.append((_plain(a)[0], _plain(b)[0]))
        return found, position

    return row


def content_of(kind: CxxType, classes: Classes) -> Row:
    """How the elements of a container are read object-wise: a list, array, set or dict."""
    if kind.name in MAPS | MULTIMAPS:
        row, finish = row_of(CxxType("pair", kind.arguments[:2]), classes), _finish(kind)
    else:
        row, finish = row_of(kind.arguments[0], classes), _finish(kind)

    def content(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
        values, position = row(record, position, count, owner, label)
        return finish(values), position

    return content


def columns_of(kind: CxxType, classes: Classes, version: int) -> Row:
    """How the elements of a container are read member-wise, behind the header and the count."""
    if kind.name in MAPS | MULTIMAPS:
        first, second = (_column(argument, classes) for argument in kind.arguments[:2])
        finish = _finish(kind)

        def content(
            record: Record, position: int, count: int, owner: RootObject, label: str
        ) -> Values:
            if not count:
                return finish([]), position
            keys, position = first(record, position, count, owner, label)
            values, position = second(record, position, count, owner, label)
            return finish(list(zip(_plain(keys), _plain(values), strict=True))), position

        return content
    return classes.columns(str(kind.arguments[0]), version)


def _column(kind: CxxType, classes: Classes) -> Row:
    """A column: one header for all texts or all containers, none for anything else."""
    row = row_of(kind, classes)
    if kind.pointer or kind.name not in CONTAINERS | {"string"}:
        return row
    return with_header(row)


def with_header(row: Row) -> Row:
    """Values that have one header together."""

    def column(record: Record, position: int, count: int, owner: RootObject, label: str) -> Values:
        end, _, position = record.header(position)
        values, position = row(record, position, count, owner, label)
        return values, record.expect(position, end, label)

    return column


def _plain(values: Any) -> Any:
    """An array as a list of Python numbers."""
    return values.tolist() if isinstance(values, np.ndarray) else values


def _finish(kind: CxxType) -> Callable[[Any], Any]:
    if kind.name in MAPS:
        return dict
    if kind.name in SETS:
        return lambda values: set(_plain(values))
    return lambda values: values


Member = Callable[[Record, int, RootObject, str], Values]
"""Read a member with a header: record, position, its owner, its name."""


def text(record: Record, position: int, owner: RootObject, label: str) -> Values:
    """A std::string."""
    end, _, position = record.header(position)
    value, position = record.string(position)
    return value, record.expect(position, end, label)


def member(kind: CxxType, classes: Classes) -> Member:
    """How a container that is a member of a class is read."""
    whole, finish = content_of(kind, classes), _finish(kind)
    nothing = row_of(kind.arguments[0], classes) if kind.name in LISTS else None
    by_member: dict[int, Row] = {}

    def read(record: Record, position: int, owner: RootObject, label: str) -> Values:
        size, version, count = _START(record.buffer, position)
        if size == _EMPTY and not count and not version & MEMBER_WISE:
            # most containers of a workspace are empty
            values = nothing(record, position, 0, owner, label)[0] if nothing else finish([])
            return values, position + 10
        end, version, position = record.header(position)
        if version & MEMBER_WISE:
            (inner,) = _I16(record.buffer, position)
            position += 2 if inner > 0 else 6
            count, position = record.count(position)
            if inner not in by_member:
                by_member[inner] = columns_of(kind, classes, inner)
            values, position = by_member[inner](record, position, count, owner, label)
        else:
            count, position = record.count(position)
            values, position = whole(record, position, count, owner, label)
        return values, position if position == end else record.expect(position, end, label)

    return read
