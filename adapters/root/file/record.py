"""The decompressed content of a key: a buffer of bytes and the objects that have been met in it.

What a pointer points at is written where the pointer first stands, with its length. Such an object
is noted and skipped, and read when the object around it is done: pointers that nest thousands deep
cost no recursion, and cyclic references find the object that they mean.
"""

from __future__ import annotations

import heapq
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hs3.errors import ReadError

from .objects import RootObject

if TYPE_CHECKING:
    from .classes import Classes

Fill = Callable[["Record", int, dict[str, Any], RootObject], int]
"""Read one class of an object: buffer, position, members to fill, the object; the new position."""

BYTE_COUNT = 0x40000000
CLASS_TAG = 0x80000000
NEW_CLASS = 0xFFFFFFFF
_MAX_CLASS_NAME = 4000
_KEY_OBJECT = 1

_U32 = struct.Struct(">I").unpack_from
_I32 = struct.Struct(">i").unpack_from
_HEADER = struct.Struct(">Ih").unpack_from
_REFERENCED = struct.Struct(">hII").unpack_from

FAILURES = (struct.error, IndexError, ValueError, OverflowError, KeyError, TypeError)
"""What reading bytes that are not what they claim to be can raise."""


class Record:
    """Reads the objects in the decompressed bytes of a key.

    Args:
        buffer: the bytes.
        classes: how the classes are laid out.
        label: name and cycle of the key, for messages.
        key_length: bytes of the key's header, which references count in.
    """

    def __init__(self, buffer: bytes, classes: Classes, label: str, key_length: int) -> None:
        self.buffer = buffer
        self.classes = classes
        self.label = label
        self.origin = key_length + 2
        self.end = len(buffer)
        self.unread: list[RootObject] = []
        self.objects: dict[int, RootObject | None] = {0: None}
        self._names: dict[int, str] = {}
        self._pending: list[tuple[RootObject, int, int]] = []
        self._awaited: set[int] = set()
        self._in_order: list[int] = []  # a heap of all that were ever awaited
        self._taken = 0
        self._root: RootObject | None = None
        self._current: RootObject | None = None

    # --- objects ------------------------------------------------------------------------------

    def read(self, class_name: str) -> RootObject:
        """The object of the key, whole, with everything it points at.

        Raises:
            ReadError: the bytes are not what they claim to be.
        """
        root = RootObject(class_name, {}, label=self.label)
        self._root = root
        self.objects[_KEY_OBJECT] = root
        self._pending.append((root, 0, self.end))
        while self._pending:
            self._read_body(*self._pending.pop())
            if not self._pending:
                self._take_awaited()
        return root

    def _read_body(self, obj: RootObject, start: int, end: int) -> None:
        self.end = end
        self._current = obj
        fill = self.classes.fill(obj.class_name)
        if fill is None:
            self.skip(obj)
            return
        try:
            stop = fill(self, start, obj.members, obj)
        except RecursionError:
            raise self.corrupt(start, "members nest without end", obj) from None
        except FAILURES as error:
            raise self.corrupt(start, f"not a {obj.class_name}: {error}", obj) from error
        if stop != end:
            message = f"{obj.class_name} has {end - start} bytes, {stop - start} were expected"
            raise self.corrupt(start, message, obj)

    def _take_awaited(self) -> None:
        """Read what is referred to but stands inside an object that was skipped."""
        while self._in_order and self._in_order[0] not in self._awaited:
            heapq.heappop(self._in_order)
        if not self._in_order:
            return
        position = self._in_order[0]
        if not self.unread or position < self._taken:
            raise self.corrupt(position, "a reference leads to no object")
        self.end = len(self.buffer)
        (count,) = _U32(self.buffer, position)
        _, self._taken = self.inline(position, count)

    def skip(self, obj: RootObject) -> None:
        """Note that an object cannot be read."""
        obj.readable = False
        self.unread.append(obj)

    def pointer(self, position: int) -> tuple[RootObject | None, int]:
        """What the pointer at a position points at, and the position behind it."""
        (tag,) = _U32(self.buffer, position)
        if tag & BYTE_COUNT:
            return self.inline(position, tag)
        if tag in self.objects:
            return self.objects[tag], position + 4
        return self._reference(tag, position), position + 4

    def pointers(self, position: int, count: int) -> tuple[list[RootObject | None], int]:
        """A number of pointers in a row."""
        self.require(position, count, 4)
        buffer, objects = self.buffer, self.objects
        found: list[RootObject | None] = []
        for _ in range(count):
            (tag,) = _U32(buffer, position)
            if tag in objects:
                found.append(objects[tag])
                position += 4
            else:
                obj, position = self.pointer(position)
                found.append(obj)
        return found, position

    def inline(self, position: int, count: int) -> tuple[RootObject, int]:
        """Note the object that stands at a position; it is read later."""
        end = position + 4 + (count & ~BYTE_COUNT)
        if count & CLASS_TAG or end > self.end:
            raise self.corrupt(position, "an object reaches beyond the object that holds it")
        name, body = self._class_name(position + 4, end)
        tag = position + self.origin
        obj = self.objects.get(tag)
        if obj is None:
            obj = self.objects[tag] = RootObject(name, {}, parent=self._root, offset=body)
        elif position in self._awaited:
            self._awaited.remove(position)
        else:
            raise self.corrupt(position, "the same object is read twice")
        self._pending.append((obj, body, end))
        return obj, end

    def _reference(self, tag: int, position: int) -> RootObject:
        """The object that a tag refers to: it stands earlier, in what has not been read yet."""
        start = tag - self.origin
        if not 0 <= start < position:
            raise self.corrupt(position, f"a reference leads to offset {start}")
        (count,) = _U32(self.buffer, start)
        end = start + 4 + (count & ~BYTE_COUNT)
        if not count & BYTE_COUNT or count & CLASS_TAG or end > len(self.buffer):
            raise self.corrupt(position, f"a reference leads to offset {start}, not to an object")
        name, body = self._class_name(start + 4, end)
        obj = self.objects[tag] = RootObject(name, {}, parent=self._root, offset=body)
        self._awaited.add(start)
        heapq.heappush(self._in_order, start)
        return obj

    def _class_name(self, position: int, end: int) -> tuple[str, int]:
        """Name of the class that the tag at a position stands for, and the position behind it."""
        (tag,) = _U32(self.buffer, position)
        if tag == NEW_CLASS:
            name, stop = self._new_class(position, end)
            return name, stop
        if not tag & CLASS_TAG:
            raise self.corrupt(position, "an object without a class")
        name = self._names.get(tag, "")
        if not name:
            start = (tag & ~CLASS_TAG) - self.origin
            if not 0 <= start < position or _U32(self.buffer, start)[0] != NEW_CLASS:
                raise self.corrupt(position, f"a class is referred to at offset {start}")
            name, _ = self._new_class(start, position)
            self._names[tag] = name
        return name, position + 4

    def _new_class(self, position: int, end: int) -> tuple[str, int]:
        start = position + 4
        stop = self.buffer.find(b"\0", start, min(end, start + _MAX_CLASS_NAME))
        if stop <= start:
            raise self.corrupt(position, "the name of a class does not end")
        return self.buffer[start:stop].decode("ascii", "backslashreplace"), stop + 1

    # --- parts --------------------------------------------------------------------------------

    def header(self, position: int) -> tuple[int, int, int]:
        """Byte count and version: the end of what they cover, the version, the position behind."""
        count, version = _HEADER(self.buffer, position)
        if not count & BYTE_COUNT:
            raise self.corrupt(position, "a length is missing")
        end = position + 4 + (count & ~BYTE_COUNT)
        if end > self.end or end < position + 6:
            raise self.corrupt(position, "a length reaches beyond the object that holds it")
        return end, version, position + 6

    def expect(self, position: int, end: int, what: str) -> int:
        """The position, which must be the end.

        Raises:
            ReadError: it is not.
        """
        if position != end:
            raise self.corrupt(position, f"{what} ends {end - position:+d} bytes from here")
        return position

    def require(self, position: int, count: int, size: int = 1) -> None:
        """Check that so many values of so many bytes are there, before they get memory.

        Raises:
            ReadError: they are not.
        """
        if count < 0 or count * size > self.end - position:
            raise self.corrupt(position, f"{count} values do not fit into what is left")

    def count(self, position: int, size: int = 1) -> tuple[int, int]:
        """A number of values that follow, each of at least `size` bytes."""
        (count,) = _I32(self.buffer, position)
        self.require(position + 4, count, size)
        return count, position + 4

    def string(self, position: int) -> tuple[str, int]:
        """A TString or std::string."""
        buffer = self.buffer
        size = buffer[position]
        position += 1
        if size == 255:
            size, position = self.count(position)
        stop = position + size
        raw = buffer[position:stop]
        if len(raw) != size:
            raise self.corrupt(position, "a text does not end")
        try:
            return raw.decode(), stop
        except UnicodeDecodeError:
            return raw.decode("latin-1"), stop

    def tobject(self, position: int) -> int:
        """The position behind a TObject, which tells nothing that is needed."""
        _, _, bits = _REFERENCED(self.buffer, position)
        return position + (12 if bits & 0x10 else 10)

    def corrupt(self, position: int, message: str, obj: RootObject | None = None) -> ReadError:
        """The error for bytes that are not what they claim to be."""
        about = obj or self._current
        path = about.path if about else self.label
        return ReadError(
            f"{message} (offset {position} of {len(self.buffer)} in {self.label})",
            code="root.corrupt",
            path=path,
            value=position,
        )
