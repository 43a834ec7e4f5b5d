"""The one spelling of JSON data, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from hs3.errors import WriteError

_NUMBERS = frozenset({int, float})
_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def canonical(data: Any) -> bytes:
    """The one spelling of `data` in the JSON Canonicalization Scheme (RFC 8785), UTF-8.

    Keys are sorted, numbers are written as ECMAScript does: 1.0 and 1 are both ``1``. One
    deviation: an integer that no float64 holds exactly is written with all its digits, so that
    two different integers never share a spelling.

    Raises:
        WriteError: `data` holds what JSON does not have.
    """
    try:
        return "".join(_canonical(data)).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise WriteError(f"not JSON data: {error}") from error


def sha256(data: Any) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(data)).hexdigest()


def _canonical(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        opening = "{"
        for key in sorted(data, key=_utf16):
            yield f"{opening}{_scalar(key)}:"
            yield from _canonical(data[key])
            opening = ","
        yield "}" if data else "{}"
    elif isinstance(data, list | tuple):
        yield "["
        if all(type(value) in _NUMBERS for value in data):
            yield ",".join(map(_number, data))
        else:
            for i, value in enumerate(data):
                yield "," if i else ""
                yield from _canonical(value)
        yield "]"
    else:
        yield _scalar(data)


def _scalar(value: Any) -> str:
    return _number(value) if type(value) in _NUMBERS else _compact(value)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _number(value: int | float) -> str:
    """A number as ECMAScript writes it (``Number.prototype.toString``)."""
    if isinstance(value, int):
        if abs(value) < 1 << 53 or float(value) != value:
            return str(value)
        value = float(value)
    text = repr(value)
    if text.endswith(".0"):
        return "0" if text == "-0.0" else text[:-2]
    return _exponent(text) if "e" in text or "n" in text else text


def _exponent(text: str) -> str:
    """Python's ``1e-05`` and ``1.5e+16`` in ECMAScript's spelling."""
    if "n" in text:
        raise ValueError(f"{text} is not a JSON number")
    mantissa, _, power = text.partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    exponent = int(power)
    digits = whole + fraction
    if 0 < exponent < 21:
        return sign + digits.ljust(exponent + 1, "0")
    if -7 < exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    return f"{mantissa}e{exponent:+d}"
