"""Numbers as ROOT writes them: big-endian, `long` always eight bytes."""

from __future__ import annotations

import numpy as np

CODES: dict[int, str] = {
    1: "b",
    2: "h",
    3: "i",
    4: "q",
    5: "f",
    6: "i",
    8: "d",
    9: "f",
    10: "b",
    11: "B",
    12: "H",
    13: "I",
    14: "Q",
    15: "I",
    16: "q",
    17: "Q",
    18: "?",
}
"""Format of `struct` by ROOT's code of a basic type (9 is Double32_t, without a given range)."""

_NAMES = {
    "char": "b",
    "signed char": "b",
    "unsigned char": "B",
    "short": "h",
    "unsigned short": "H",
    "int": "i",
    "unsigned int": "I",
    "unsigned": "I",
    "long": "q",
    "unsigned long": "Q",
    "long long": "q",
    "unsigned long long": "Q",
    "float": "f",
    "double": "d",
    "bool": "?",
    "Char_t": "b",
    "UChar_t": "B",
    "Short_t": "h",
    "UShort_t": "H",
    "Int_t": "i",
    "UInt_t": "I",
    "Long_t": "q",
    "ULong_t": "Q",
    "Long64_t": "q",
    "ULong64_t": "Q",
    "Float_t": "f",
    "Double_t": "d",
    "Double32_t": "f",
    "Bool_t": "?",
}

_BYTES = {"q": "i8", "Q": "u8", "i": "i4", "I": "u4", "h": "i2", "H": "u2"}
_BYTES |= {"b": "i1", "B": "u1", "f": "f4", "d": "f8", "?": "?"}


def code_of(type_name: str) -> str | None:
    """Format of `struct` for a C++ type; None when it is not a number."""
    return _NAMES.get(type_name)


def dtype_of(code: str) -> np.dtype[np.generic]:
    """The type of an array of such numbers in a file."""
    return np.dtype(">" + _BYTES[code])
