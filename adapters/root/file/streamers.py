"""Streamer infos: which members a version of a class has, in the order of the bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .objects import RootObject


@dataclass(frozen=True)
class Element:
    """A member or base of a class.

    Attributes:
        name: of the member, or of the base class.
        kind: ROOT's code of how it is written (``TVirtualStreamerInfo::EReadWrite``).
        type_name: its C++ type.
        is_base: whether it is a base.
        is_stl: whether it is a container of the standard library, or a std::string.
        title: the comment; for numbers of reduced precision it says how they are packed.
        length: number of values of a fixed array; 0 for a single value.
        counter: name of the member that counts the values of an array of variable length.
    """

    name: str
    kind: int
    type_name: str = ""
    is_base: bool = False
    is_stl: bool = False
    title: str = ""
    length: int = 0
    counter: str = ""


@dataclass(frozen=True)
class Layout:
    """What a version of a class consists of; `checksum` identifies classes without a version."""

    class_name: str
    version: int
    checksum: int
    elements: tuple[Element, ...]


Layouts = dict[str, dict[int, Layout]]


def layouts_of(infos: Iterable[RootObject]) -> Layouts:
    """The layouts that TStreamerInfo objects describe; what is no such object is passed over."""
    layouts: Layouts = {}
    for info in infos:
        if info.class_name == "TStreamerInfo":
            version, checksum = info.member("fClassVersion"), info.member("fCheckSum")
            elements = tuple(map(_element, info.proxies("fElements")))
            layout = Layout(info.name, version, checksum, elements)
            layouts.setdefault(info.name, {})[version] = layout
    return layouts


def _element(element: RootObject) -> Element:
    return Element(
        name=element.name,
        kind=element.member("fType"),
        type_name=element.member("fTypeName"),
        is_base=element.class_name == "TStreamerBase",
        is_stl=element.class_name in ("TStreamerSTL", "TStreamerSTLstring"),
        title=element.title,
        length=element.member("fArrayLength"),
        counter=element.members.get("fCountName", ""),
    )


# --- the classes of the streamer infos themselves -------------------------------------------------


def _base(name: str) -> Element:
    return Element(name, 0, is_base=True)


def _ints(*names: str) -> tuple[Element, ...]:
    return tuple(Element(name, 3) for name in names)


_PLAIN = ("BasicType", "Object", "ObjectAny", "ObjectPointer", "ObjectAnyPointer", "String")
_COUNT = (*_ints("fCountVersion"), Element("fCountName", 65), Element("fCountClass", 65))
_RANGE = tuple(Element(name, 8) for name in ("fXmin", "fXmax", "fFactor"))
_COMMON = (
    _base("TNamed"),
    *_ints("fType", "fSize", "fArrayLength", "fArrayDim"),
    Element("fMaxIndex", 23, length=5),
    Element("fTypeName", 65),
)
_INFO = (
    _base("TNamed"),
    Element("fCheckSum", 13),
    *_ints("fClassVersion"),
    Element("fElements", 64),
)
_DERIVED: dict[str, tuple[Element, ...]] = {
    **dict.fromkeys((f"TStreamer{kind}" for kind in (*_PLAIN, "Artificial")), ()),
    "TStreamerBase": _ints("fBaseVersion"),
    "TStreamerBasicPointer": _COUNT,
    "TStreamerLoop": _COUNT,
    "TStreamerSTL": _ints("fSTLtype", "fCtype"),
}


def _described() -> Layouts:
    layouts: dict[str, dict[int, tuple[Element, ...]]] = {
        "TStreamerInfo": dict.fromkeys(range(2, 20), _INFO),
        "TStreamerElement": {2: _COMMON, 3: _COMMON + _RANGE, 4: _COMMON},
        "TStreamerSTLstring": {2: (_base("TStreamerSTL"),)},
    }
    for name, members in _DERIVED.items():
        elements = (_base("TStreamerElement"), *members)
        layouts[name] = dict.fromkeys((1, 2, 3), elements)
    layouts["TStreamerBase"][2] = (_base("TStreamerElement"),)  # the base's version came later
    return {
        name: {version: Layout(name, version, 0, elements) for version, elements in of.items()}
        for name, of in layouts.items()
    }


OF_STREAMER_INFOS: Layouts = _described()
"""How streamer infos are laid out, since ROOT 3."""
