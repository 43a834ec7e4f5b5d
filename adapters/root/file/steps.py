"""From the elements of a streamer info to the functions that read them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from hs3.errors import ReadError

from . import containers
from .containers import Row
from .cxx import CxxType, parse_type
from .numbers import CODES
from .objects import RootObject
from .record import BYTE_COUNT, Record
from .streamers import Element, Layout

if TYPE_CHECKING:
    from .classes import Classes

Step = Callable[[Record, int, dict[str, Any], RootObject], int]
"""Read some members: record, position, members to fill, the object; the new position."""

_U32 = struct.Struct(">I").unpack_from
_EMPTY = BYTE_COUNT | 2

_ARRAY, _COUNTED = 20, 40
_OBJECTS = {61, 62, 63, 66, 67, 68}
_POINTERS = {64, 69}
_TSTRING, _CHARS = 65, 7
_STREAMED, _LOOP, _ARTIFICIAL = 500, 501, 1000


def steps_of(layout: Layout, classes: Classes) -> list[Step]:
    """The functions that read the members of a class, in turn."""
    steps: list[Step] = []
    for scalar, group in groupby(layout.elements, _is_scalar):
        if scalar:
            steps.append(_scalars(list(group)))
        else:
            steps += [_step(element, layout, classes) for element in group]
    return steps


def _is_scalar(element: Element) -> bool:
    plain = not (element.is_base or element.is_stl or element.length)
    return plain and element.kind in CODES and not _packed(element)


def _packed(element: Element) -> bool:
    """Whether a Double32_t has a range or a number of bits of its own."""
    return element.kind % _ARRAY == 9 and element.title.lstrip().startswith("[")


def _scalars(elements: list[Element]) -> Step:
    """Numbers that follow one another: one `struct` reads them all."""
    unpacker = struct.Struct(">" + "".join(CODES[element.kind] for element in elements))
    unpack, size = unpacker.unpack_from, unpacker.size
    names = [element.name for element in elements]
    if len(names) == 1:
        name = names[0]

        def one(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
            (out[name],) = unpack(record.buffer, position)
            return position + size

        return one

    def many(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        out.update(zip(names, unpack(record.buffer, position), strict=True))
        return position + size

    return many


def _step(element: Element, layout: Layout, classes: Classes) -> Step:
    """The function that reads one member or base."""
    if element.is_base:
        return _base(element, classes)
    if _is_counted(element):
        return _counted(element, layout)
    if element.kind == _LOOP:
        return _loop(element, classes)
    if element.kind == _ARTIFICIAL:
        return _nothing
    if (element.is_stl or element.kind == _STREAMED) and not element.length:
        return _stl(element, classes)
    if not element.length:
        if element.kind in _POINTERS:
            return _pointer(element.name)
        if element.kind == _TSTRING:
            return _string(element.name)
        if element.kind in _OBJECTS:
            return _object(element, classes)
    row, count, name = row_of(element, layout, classes), max(element.length, 1), element.name
    single = not element.length

    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        values, position = row(record, position, count, obj, name)
        out[name] = values[0] if single else values
        return position

    return step


def _nothing(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    return position


def _base(element: Element, classes: Classes) -> Step:
    name = element.name
    fill = classes.fill(name)
    if fill is not None:
        known = classes.layouts.get(name, {}).values()
        empty = known and not any(layout.elements for layout in known)
        return _if_not_empty(fill) if empty else fill

    def skip(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        end, _, behind = record.header(position)
        if end > behind:
            record.skip(obj)
        return end

    return skip


def _if_not_empty(fill: Step) -> Step:
    """A base; many have no members at all, and nothing but a length and a version is written."""

    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        if _U32(record.buffer, position)[0] == _EMPTY:
            return position + 6
        return fill(record, position, out, obj)

    return step


def _pointer(name: str) -> Step:
    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        out[name], position = record.pointer(position)
        return position

    return step


def _string(name: str) -> Step:
    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        out[name], position = record.string(position)
        return position

    return step


def _object(element: Element, classes: Classes) -> Step:
    label, name = element.name, class_of(element)

    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        out[label], position = classes.embedded(record, position, name, obj, label)
        return position

    return step


def class_of(element: Element) -> str:
    """Name of the class of a member, without pointer and const."""
    return element.type_name.removeprefix("const ").rstrip("* ")


def _is_counted(element: Element) -> bool:
    return bool(element.counter) and _COUNTED < element.kind < _COUNTED + _ARRAY


def _counted(element: Element, layout: Layout) -> Step:
    """An array whose length another member gives, behind a byte that says whether it is there."""
    code = CODES.get(element.kind - _COUNTED)
    if code is None or _packed(element):
        raise unsupported(element, layout)
    name, counter, row = element.name, element.counter, containers.numbers(code)

    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        if not record.buffer[position]:
            out[name] = None
            return position + 1
        count = _count(out, counter, name, record, position)
        out[name], position = row(record, position + 1, count, obj, name)
        return position

    return step


def _loop(element: Element, classes: Classes) -> Step:
    """An array of objects whose length another member gives, with a header of its own."""
    name, counter = element.name, element.counter
    row = containers.objects(class_of(element), classes)
    if element.type_name.rstrip().endswith("**"):
        row = containers.pointers

    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        end, _, position = record.header(position)
        count = _count(out, counter, name, record, position)
        out[name], position = row(record, position, count, obj, name)
        return record.expect(position, end, name)

    return step


def _count(members: dict[str, Any], counter: str, name: str, record: Record, position: int) -> int:
    count = members.get(counter)
    if not isinstance(count, int):
        raise record.corrupt(position, f"{counter}, the length of {name}, is missing")
    return count


def row_of(element: Element, layout: Layout, classes: Classes) -> Row:
    """How a number of values of a member are read that stand in a row."""
    kind = element.kind
    if element.is_stl or kind == _STREAMED:
        return _container(element, classes)
    if kind in _POINTERS or kind - _ARRAY in _POINTERS:
        return containers.pointers
    if kind == _TSTRING or kind - _ARRAY == _TSTRING:
        return containers.strings
    if kind in _OBJECTS or kind - _ARRAY in _OBJECTS:
        return containers.objects(class_of(element), classes)
    code = CODES.get(kind if kind < _ARRAY else kind - _ARRAY)
    if code is None or _packed(element):
        raise unsupported(element, layout)
    return containers.numbers(code)


def _stl(element: Element, classes: Classes) -> Step:
    """A container or std::string that is a member."""
    name, read = element.name, _reader(element, classes)

    def step(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        out[name], position = read(record, position, obj, name)
        return position

    return step


def _reader(element: Element, classes: Classes) -> containers.Member:
    try:
        kind = parse_type(element.type_name)
    except ValueError:
        return _opaque(element)
    if kind.name in containers.STRINGS:
        return containers.text
    if kind.name in containers.CONTAINERS and kind.arguments:
        return containers.member(CxxType(kind.name, kind.arguments), classes)
    return _opaque(element)


def _container(element: Element, classes: Classes) -> Row:
    """Containers in a row, each with a header."""
    read = _reader(element, classes)

    def row(
        record: Record, position: int, count: int, owner: RootObject, label: str
    ) -> containers.Values:
        found = []
        for _ in range(count):
            value, position = read(record, position, owner, label)
            found.append(value)
        return found, position

    return row


def _opaque(element: Element) -> containers.Member:
    """A member that its class writes in a way of its own: noted, and skipped by its length."""
    name = class_of(element)

    def read(record: Record, position: int, owner: RootObject, label: str) -> containers.Values:
        child = RootObject(name, {}, parent=owner, label=label, offset=position)
        record.skip(child)
        return child, record.header(position)[0]

    return read


def unsupported(element: Element, layout: Layout) -> ReadError:
    """The error for a member that cannot even be skipped."""
    return ReadError(
        f"{layout.class_name} has a member {element.name!r} of the type {element.type_name!r} "
        f"(kind {element.kind}), which is not supported",
        code="root.unsupported",
        value=element.name,
    )


def flat(layout: Layout, classes: Classes) -> list[tuple[Element, Layout]]:
    """The elements of a class and of its bases, as objects that are written member by member.

    Raises:
        ReadError: there are more than any class has.
    """
    found: list[tuple[Element, Layout]] = []
    waiting = [(element, layout) for element in reversed(layout.elements)]
    for _ in range(_MAX_ELEMENTS):
        if not waiting:
            return found
        element, of = waiting.pop()
        if not element.is_base or element.name in ("TObject", "TNamed"):
            found.append((element, of))
            continue
        known = classes.layouts.get(element.name, {})
        if known:
            base = known[max(known)]
            waiting += [(inner, base) for inner in reversed(base.elements)]
    message = f"the bases of {layout.class_name} nest without end"
    raise ReadError(message, code="root.corrupt", value=layout.class_name)


_MAX_ELEMENTS = 1000
