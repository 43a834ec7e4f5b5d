"""Readers of classes, made from streamer infos on first use, or written by hand."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from hs3.errors import ReadError

from . import containers, special
from .containers import Row
from .objects import RootObject
from .record import BYTE_COUNT, Fill, Record
from .steps import Step, flat, row_of, steps_of
from .streamers import Element, Layout, Layouts

_HEADER = struct.Struct(">Ih").unpack_from
_U32 = struct.Struct(">I").unpack_from
_LENGTH = BYTE_COUNT - 1


class Classes:
    """The classes of a file."""

    def __init__(self, layouts: Layouts) -> None:
        self.layouts = layouts
        self._fills: dict[str, Fill | None] = {}

    def fill(self, name: str) -> Fill | None:
        """The reader of a class; None when nothing is known about it."""
        if name not in self._fills:
            self._fills[name] = self._make(name)
        return self._fills[name]

    def _make(self, name: str) -> Fill | None:
        by_hand = special.fill_of(name, self)
        if by_hand is not None:
            return by_hand
        return self.generic(name) if self.layouts.get(name) else None

    def generic(self, name: str) -> Fill:
        """The reader that follows the streamer infos of a class."""
        plans: dict[int, list[Step]] = {}

        def fill(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
            count, version = _HEADER(record.buffer, position)
            end: int = position + 4 + (count & _LENGTH)
            if not count & BYTE_COUNT or end > record.end:
                raise record.corrupt(position, f"the length of a {name} is wrong")
            if not out:
                obj.version = version
            position += 6
            if position == end:
                return end
            plan = plans.get(version)
            if plan is None:
                layout = self._layout(name, version, record, position)
                plan = steps_of(layout, self)
                if version > 0:
                    plans[version] = plan
            if version <= 0 and self._has_checksum(name, version):
                position += 4
            for step in plan:
                position = step(record, position, out, obj)
            return position if position == end else record.expect(position, end, name)

        return fill

    def _has_checksum(self, name: str, version: int) -> bool:
        """Whether a class is told apart by a checksum: it has no version of its own."""
        return version not in self.layouts.get(name, {})

    def _layout(self, name: str, version: int, record: Record, position: int) -> Layout:
        known = self.layouts.get(name, {})
        if version in known:
            return known[version]
        if version <= 0:
            (checksum,) = _U32(record.buffer, position)
            for layout in known.values():
                if layout.checksum == checksum:
                    return layout
        have = ", ".join(map(str, sorted(known))) or "none"
        message = f"version {version} of {name} is not described (only {have})"
        raise record.corrupt(position, message)

    def embedded(
        self, record: Record, position: int, name: str, owner: RootObject, label: str
    ) -> tuple[RootObject, int]:
        """An object that stands in another one, and the position behind it."""
        child = RootObject(name, {}, parent=owner, label=label, offset=position)
        fill = self.fill(name)
        if fill is not None:
            return child, fill(record, position, child.members, child)
        record.skip(child)
        return child, record.header(position)[0]

    def columns(self, name: str, version: int) -> Row:
        """Objects that are written member by member.

        Raises:
            ReadError: the class is not described.
        """
        known = self.layouts.get(name, {})
        layout = known.get(version)
        if layout is None and version <= 0 and len(known) == 1:
            layout = next(iter(known.values()))
        if layout is None:
            message = f"version {version} of {name} is not described"
            raise ReadError(message, code="root.corrupt", value=name)
        parts = [_Column(element, row_of(element, at, self)) for element, at in flat(layout, self)]

        def row(
            record: Record, position: int, count: int, owner: RootObject, label: str
        ) -> containers.Values:
            record.require(position, count if parts else 1000 * count)
            found = [
                RootObject(name, {}, parent=owner, label=f"{label}[{i}]", offset=position)
                for i in range(count)
            ]
            for part in parts if count else ():
                position = part.read(record, position, found)
            return found, position

        return row

    def enumeration(self, name: str) -> str | None:
        """An `int` for a type that is no class of the file: an enumeration."""
        known = name in self.layouts or special.fill_of(name, self) is not None
        return None if known else "i"


@dataclass(frozen=True)
class _Column:
    """One member of objects that are written member by member."""

    element: Element
    row: Row

    def read(self, record: Record, position: int, objects: list[RootObject]) -> int:
        """Fill the member of all the objects; the position behind it."""
        element, count = self.element, len(objects)
        if element.is_base:  # TObject or TNamed, each whole
            fill = special.TOBJECT if element.name == "TObject" else special.TNAMED
            for obj in objects:
                position = fill(record, position, obj.members, obj)
            return position
        per_object = max(element.length, 1)
        values, position = self.row(record, position, count * per_object, objects[0], element.name)
        if isinstance(values, np.ndarray) and not element.length:
            values = values.tolist()
        for i, obj in enumerate(objects):
            part = values[i * per_object : (i + 1) * per_object]
            obj.members[element.name] = part if element.length else part[0]
        return position
