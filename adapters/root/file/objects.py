"""What a ROOT file holds, as plain objects: no meaning beyond class names and streamed members."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

from hs3.errors import ReadError
from hs3.findings import nearest

P = ParamSpec("P")
T = TypeVar("T")

UNEXPECTED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What working with members of the wrong kind can raise."""


class RootObject:
    """An object of a ROOT file.

    Members are what the object's streamer wrote, of the class and all its bases, by streamed name
    (``_plotMin``, ``fName``); a derived class wins over its base. Values are numbers, booleans,
    strings, numpy arrays (of numbers), lists, dicts (maps), sets of strings, other objects
    (embedded or pointed at: several pointers to one object give the same `RootObject`), and None
    for a null pointer. An object whose class the file does not describe has no members, and
    `readable` is False.

    Attributes:
        class_name: for instance ``RooGaussian`` or ``RooStats::HistFactory::FlexibleInterpVar``.
        version: version of the class that wrote it; 0 before reading.
        members: the streamed members.
        offset: where the object starts in the decompressed record of its key.
        parent: the object that it is a member of; of an object that is pointed at, that of the key.
        label: name of the member that holds it, or name and cycle of the key.
        readable: whether the members could be read.
    """

    __slots__ = ("class_name", "label", "members", "offset", "parent", "readable", "version")

    def __init__(
        self,
        class_name: str,
        members: dict[str, Any],
        *,
        parent: RootObject | None = None,
        label: str = "",
        offset: int = 0,
    ) -> None:
        self.class_name = class_name
        self.members = members
        self.parent = parent
        self.label = label
        self.offset = offset
        self.version = 0
        self.readable = True

    @property
    def name(self) -> str:
        """Name of a TNamed (so of every RooAbsArg), or of a collection; else empty."""
        name = self.members.get("fName")
        if name is None:
            name = self.members.get("_name")
        return name if isinstance(name, str) else ""

    @property
    def title(self) -> str:
        """Title of a TNamed; else empty."""
        title = self.members.get("fTitle")
        return title if isinstance(title, str) else ""

    @property
    def path(self) -> str:
        """Where it is, for messages: the key, the object that is pointed at, members below it."""
        steps = []
        node: RootObject | None = self
        while node is not None:
            steps.append(node.label or node.name or node.class_name)
            node = node.parent
        return "/".join(reversed(steps))

    def member(self, name: str) -> Any:
        """The streamed member of this name.

        Raises:
            ReadError: there is none; the nearest names are suggested.
        """
        try:
            return self.members[name]
        except KeyError:
            known = ", ".join(self.members) if self.members else "none"
            raise ReadError(
                f"{self.class_name} {self.name!r} has no member {name!r} (it has {known})",
                code="root.member",
                path=self.path,
                value=name,
                suggestions=nearest(name, self.members),
            ) from None

    def proxy(self, name: str) -> RootObject | None:
        """The object that a RooRealProxy, RooCategoryProxy or RooTemplateProxy member stands for.

        A plain pointer is followed as well.

        Raises:
            ReadError: there is no such member, or it is not one object.
        """
        value = self.member(name)
        target = _target(value)
        if target is None or isinstance(target, RootObject):
            return target
        raise self._wrong(name, "a single object")

    def proxies(self, name: str) -> list[RootObject]:
        """The objects in a RooListProxy, RooSetProxy, RooArgList, TList, vector of pointers, …

        Proxies among them are followed; null pointers are left out.

        Raises:
            ReadError: there is no such member, or it is not a collection.
        """
        value = self.member(name)
        if value is None:
            return []
        if content(value) is None:
            raise self._wrong(name, "a collection")
        return list(objects_in(value))

    def _wrong(self, name: str, what: str) -> ReadError:
        return ReadError(
            f"the member {name!r} of {self.class_name} {self.name!r} is not {what}",
            code="root.member",
            path=self.path,
            value=name,
        )

    @property
    def attributes(self) -> frozenset[str]:
        """The boolean attributes that are set (``Constant``, ``BinnedLikelihood``, …)."""
        return frozenset(self.members.get("_boolAttrib", ()))

    @property
    def string_attributes(self) -> dict[str, str]:
        """The string attributes of a RooAbsArg."""
        return dict(self.members.get("_stringAttrib", {}))

    def __repr__(self) -> str:
        return f"<{self.class_name} {self.path}>"


def content(value: Any) -> list[Any] | None:
    """The elements of a collection object or a list; None for anything else."""
    for _ in range(3):  # a set, the list that it is made of, the elements
        if not isinstance(value, RootObject):
            break
        value = next((value.members[m] for m in _ELEMENTS if m in value.members), None)
    return value if isinstance(value, list) else None


_ELEMENTS = ("_list", "_storage", "elements")


def objects_in(value: Any) -> Iterator[RootObject]:
    """The objects that a collection stands for, proxies followed, null pointers left out."""
    for element in content(value) or ():
        target = _target(element)
        if isinstance(target, RootObject):
            yield target


def _target(value: Any) -> Any:
    """What a proxy points at; any other value itself."""
    if isinstance(value, RootObject) and "_arg" in value.members:
        return value.members["_arg"]
    return value


def guarded(
    function: Callable[Concatenate[RootObject, P], T],
) -> Callable[Concatenate[RootObject, P], T]:
    """Interpret an object: where a member is not what it should be, raise `ReadError`."""

    @functools.wraps(function)
    def wrapped(obj: RootObject, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(obj, *args, **kwargs)
        except UNEXPECTED as error:
            message = f"{obj.class_name} {obj.name!r} holds what it should not: {error}"
            raise ReadError(message, code="root.corrupt", path=obj.path) from error

    return wrapped
