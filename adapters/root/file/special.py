"""Classes whose streamers are written by hand in ROOT: no streamer info describes their bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .containers import numbers
from .objects import RootObject
from .record import Fill, Record

if TYPE_CHECKING:
    from .classes import Classes

_I16 = struct.Struct(">h").unpack_from
_U32 = struct.Struct(">I").unpack_from
_SIZES = struct.Struct(">ii").unpack_from
_THREE = struct.Struct(">3d").unpack_from
_RANGE = struct.Struct(">ddi").unpack_from


def fill_of(name: str, classes: Classes) -> Fill | None:
    """The reader of a class that is written by hand; None for all others."""
    if name in _PLAIN:
        return _PLAIN[name]
    if name in _WITH_CLASSES:
        return _WITH_CLASSES[name](classes)
    if name.startswith("TMatrixTSym<"):
        return _symmetric(name, classes)
    return None


# --- ROOT -----------------------------------------------------------------------------------------


def TOBJECT(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """TObject: version, unique id, bits, and a process id where others refer to it."""
    return record.tobject(position)


def TNAMED(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """TNamed: name and title."""
    end, _, position = record.header(position)
    position = record.tobject(position)
    out["fName"], position = record.string(position)
    out["fTitle"], position = record.string(position)
    return position if position == end else record.expect(position, end, "TNamed")


def _tstring(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    out["value"], position = record.string(position)
    return position


def _objstring(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    end, _, position = record.header(position)
    out["value"], position = record.string(record.tobject(position))
    return record.expect(position, end, "TObjString")


def _list(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """TList: a pointer and a text for each element."""
    end, _, position = record.header(position)
    out["_name"], position = record.string(record.tobject(position))
    count, position = record.count(position, 5)
    elements = out["elements"] = []
    for _ in range(count):
        element, position = record.pointer(position)
        elements.append(element)
        _, position = record.string(position)
    return record.expect(position, end, "TList")


def _objarray(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """TObjArray: count, lower bound, a pointer for each element."""
    end, version, position = record.header(position)
    if version > 2:
        position = record.tobject(position)
    if version > 1:
        out["_name"], position = record.string(position)
    count, _ = _SIZES(record.buffer, position)
    out["elements"], position = record.pointers(position + 8, count)
    return record.expect(position, end, "TObjArray")


def _ref(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """TRef: a TObject whose unique id says what is referred to, and a process."""
    (out["uid"],) = _U32(record.buffer, position + 2)
    return record.tobject(position) + 2


def _refarray(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """TRefArray: the unique ids of what is referred to."""
    end, _, position = record.header(position)
    out["_name"], position = record.string(record.tobject(position))
    count, _ = _SIZES(record.buffer, position)
    out["uids"], position = _UIDS(record, position + 10, count, obj, "uids")
    return record.expect(position, end, "TRefArray")


_UIDS = numbers("I")


def _array(code: str) -> Fill:
    """TArrayD and its like: count and numbers."""
    row = numbers(code)

    def fill(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        count, position = record.count(position)
        out["fArray"], position = row(record, position, count, obj, "fArray")
        return position

    return fill


def _basket(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """TBasket inside a branch: a TKey without length, sizes, offsets of entries, the values.

    The buffer starts with room for the key.
    """
    version, key_length = _BASKET_KEY(record.buffer, position)
    position += 34 if version > 1000 else 26
    for _ in range(3):
        _, position = record.string(position)
    basket_version, _, events, _, last = _BASKET(record.buffer, position)
    position += 19 if events < 0 else 18
    flag = record.buffer[position] % 80
    position += 1
    out["values"] = b""
    if flag and flag % 10 != 2:
        for _ in range(2 if flag > 40 else 1):
            count, position = record.count(position, 4)
            position += 4 * count
    if flag == 1 or flag > 10:
        if basket_version < 2:
            last, position = record.count(position)
        record.require(position, last)
        out["values"] = record.buffer[position + key_length : position + last]
        position += last
    return position


_BASKET_KEY = struct.Struct(">4xh8xh").unpack_from
_BASKET = struct.Struct(">hiiii").unpack_from


def _datime(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    (out["fDatime"],) = _U32(record.buffer, position)
    return position + 4


def _symmetric(name: str, classes: Classes) -> Fill:
    """TMatrixTSym: written as its base, behind which the upper triangle follows."""
    element = name.removeprefix("TMatrixTSym<").rstrip(" >")
    row = numbers("f" if element == "float" else "d")

    def fill(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        base = classes.fill(f"TMatrixTBase<{element}>")
        if base is None:
            raise record.corrupt(position, f"TMatrixTBase<{element}> is not described")
        position = base(record, position, out, obj)
        size = out.get("fNrows", 0)
        record.require(position, size)
        record.require(position, size * (size + 1) // 2)
        values, position = row(record, position, size * (size + 1) // 2, obj, "elements")
        matrix = np.zeros((size, size))
        matrix[np.triu_indices(size)] = values
        out["fElements"] = matrix + np.triu(matrix, 1).T
        return position

    return fill


# --- RooFit ---------------------------------------------------------------------------------------


def _linked_list(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """RooLinkedList: without a length of its own; a name since version 2."""
    (version,) = _I16(record.buffer, position)
    if not 1 <= version <= 3:
        raise record.corrupt(position, f"version {version} of RooLinkedList is not known")
    count, position = record.count(record.tobject(position + 2), 4)
    out["elements"], position = record.pointers(position, count)
    if version > 1:
        out["_name"], position = record.string(position)
    return position


def _roo_refarray(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """RooRefArray: a TRefArray."""
    end, _, position = record.header(position)
    return record.expect(_refarray(record, position, out, obj), end, "RooRefArray")


def _code_repo(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """RooWorkspace::CodeRepo: source code that is kept with a workspace, by class."""
    end, version, position = record.header(position)
    tables = [("classes", 4), ("files", 3), ("extra_headers", 3)]
    for name, columns in tables if version > 1 else tables[:2]:
        count, position = record.count(position, columns)
        rows = out[name] = []
        for _ in range(count):
            row = []
            for _ in range(columns):
                text, position = record.string(position)
                row.append(text)
            rows.append(tuple(row))
    return record.expect(position, end, "RooWorkspace::CodeRepo")


def _real_var(classes: Classes) -> Fill:
    """RooRealVar: errors, binning, and properties that the streamer info does not mention."""

    def fill(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        base = classes.fill("RooAbsRealLValue")
        end, version, position = record.header(position)
        if base is None:
            raise record.corrupt(position, "RooAbsRealLValue is not described")
        obj.version = version
        position = base(record, position, out, obj)
        if version == 1:
            out["_fitMin"], out["_fitMax"], out["_fitBins"] = _RANGE(record.buffer, position)
            position += 20
        error, low, high = _THREE(record.buffer, position)
        out["_error"], out["_asymErrLo"], out["_asymErrHi"] = error, low, high
        position += 24
        if version >= 2:
            out["_binning"], position = record.pointer(position)
        if version == 3:
            out["_sharedProp"], position = record.pointer(position)
        elif version > 3:
            out["_sharedProp"], position = classes.embedded(
                record, position, "RooRealVarSharedProperties", obj, "_sharedProp"
            )
        return record.expect(position, end, "RooRealVar")

    return fill


def _category(classes: Classes) -> Fill:
    """RooCategory: properties that the streamer info does not mention, before version 3."""
    generic = classes.generic("RooCategory")

    def fill(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
        end, version, inner = record.header(position)
        base = classes.fill("RooAbsCategoryLValue")
        if version > 2 or base is None:
            return generic(record, position, out, obj)
        obj.version = version
        position = base(record, inner, out, obj)
        if version == 1:
            out["_sharedProp"], position = record.pointer(position)
        else:
            out["_sharedProp"], position = classes.embedded(
                record, position, "RooCategorySharedProperties", obj, "_sharedProp"
            )
        return record.expect(position, end, "RooCategory")

    return fill


def _abs_binning(record: Record, position: int, out: dict[str, Any], obj: RootObject) -> int:
    """RooAbsBinning: a TNamed (version 1: TObject) and an empty base."""
    end, version, position = record.header(position)
    position = (TNAMED if version > 1 else TOBJECT)(record, position, out, obj)
    if position < end:
        position = record.header(position)[0]
    return record.expect(position, end, "RooAbsBinning")


_PLAIN: dict[str, Fill] = {
    "RooAbsBinning": _abs_binning,
    "RooLinkedList": _linked_list,
    "RooRefArray": _roo_refarray,
    "RooWorkspace::CodeRepo": _code_repo,
    "TArrayC": _array("b"),
    "TArrayD": _array("d"),
    "TArrayF": _array("f"),
    "TArrayI": _array("i"),
    "TArrayS": _array("h"),
    "TBasket": _basket,
    "TDatime": _datime,
    "THashList": _list,
    "TList": _list,
    "TNamed": TNAMED,
    "TObjArray": _objarray,
    "TObjString": _objstring,
    "TObject": TOBJECT,
    "TRef": _ref,
    "TRefArray": _refarray,
    "TString": _tstring,
}

_WITH_CLASSES: dict[str, Callable[[Classes], Fill]] = {
    "RooCategory": _category,
    "RooRealVar": _real_var,
}
