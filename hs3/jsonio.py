"""Strict JSON in and out: RFC 8259 without its loopholes, to the last bit, within bounds.

Beyond the grammar, a text is refused when an object has the same key twice, when a number does not
fit a float64 (``1e400``), when a string holds half a surrogate pair, or when it is larger or deeper
than the `Limits`. Integers stay integers, floats are the nearest float64.
"""

from __future__ import annotations

import gc
import json
import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import pydantic_core

from hs3.canonical import canonical, sha256
from hs3.errors import ReadError, SyntaxReadError, WriteError
from hs3.files import SIZE_LIMIT, check_size, read_bytes, write_atomic
from hs3.findings import pointer

__all__ = [
    "LIMITS",
    "Limits",
    "canonical",
    "dumps",
    "parse",
    "read",
    "read_bytes",
    "sha256",
    "without_gc",
    "write_atomic",
]


@dataclass(frozen=True)
class Limits:
    """How much an untrusted text may ask for.

    Attributes:
        size: bytes of the text.
        values: numbers, strings, arrays and objects together (bounds the memory).
        depth: levels of nesting.
    """

    size: int = SIZE_LIMIT
    values: int = 50_000_000
    depth: int = 100


LIMITS = Limits()
_BOM = b"\xef\xbb\xbf"


def read(path: str | os.PathLike[str], *, limits: Limits = LIMITS) -> Any:
    """The JSON data in a file.

    Raises:
        ReadError: the file cannot be opened, or breaks a limit.
        SyntaxReadError: it is not strict JSON.
    """
    return parse(read_bytes(path, size=limits.size), limits=limits)


def parse(text: str | bytes, *, limits: Limits = LIMITS) -> Any:
    """The data that a JSON text stands for, as dicts, lists, strings, numbers, booleans and None.

    Raises:
        ReadError: the text is larger or deeper than the limits.
        SyntaxReadError: it is not strict JSON; the message gives line and column.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    raw = raw.removeprefix(_BOM)
    check_size(len(raw), limits.size)
    if sum(map(raw.count, (b",", b"[", b"{"))) > limits.values:
        raise ReadError(f"the text holds more than {limits.values:,} values", code="read.too_large")
    with without_gc():
        try:
            return _parse_fast(raw, limits)
        except _Doubt:
            return _parse_strict(_decode(raw), limits)


@contextmanager
def without_gc() -> Iterator[None]:
    """Pause the collection of reference cycles while a large tree is built.

    JSON data have no cycles; looking for some again and again takes five times as long as all the
    rest.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


# --- reading, first attempt: three times faster, but it only accepts ------------------------


class _Doubt(Exception):
    """The fast parser cannot vouch for the text; the strict one decides."""


_KEY_END = re.compile(rb'"[ \t\r\n]*:')


def _parse_fast(raw: bytes, limits: Limits) -> Any:
    """Parse with the parser of pydantic, which lets duplicate keys and overflowing numbers pass.

    A key in the text is a quote followed by a colon. Their number can exceed the number of keys
    in the data for two reasons, duplicates and a string like ``"\":"``; if it does not, there
    are neither.
    """
    try:
        data = pydantic_core.from_json(raw, allow_inf_nan=False)
        depth, keys = _survey(data)
    except (ValueError, OverflowError) as error:
        raise _Doubt from error
    if depth > limits.depth or keys != len(_KEY_END.findall(raw)):
        raise _Doubt
    return data


def _survey(data: Any) -> tuple[int, int]:
    """Depth of nesting and number of keys.

    Raises:
        ValueError, OverflowError: a number that no float64 holds.
    """
    depth = keys = 0
    level: list[Any] = [[data]]
    while level:
        inner: list[Any] = []
        for node in level:
            if type(node) is dict:
                keys += len(node)
                node = node.values()
            elif set(map(type, node)) <= _NUMBERS and math.isfinite(sum(node)):
                continue  # the common long array, at the speed of C
            for value in node:
                kind = type(value)
                if kind in _NESTS:
                    inner.append(value)
                elif kind in _NUMBERS and not math.isfinite(value):
                    raise ValueError
        depth += 1
        level = inner
    return depth - 1, keys


_NUMBERS = frozenset({int, float})
_NESTS = frozenset({dict, list})


# --- reading, for certain ---------------------------------------------------------------------


class _Refused(Exception):
    """A hook met something that the grammar allows and this project does not."""


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise SyntaxReadError("the text is not UTF-8", line=line, column=column) from error


def _parse_strict(text: str, limits: Limits) -> Any:
    """Parse with the standard library; every refusal gets a position."""
    try:
        data = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_float,
            parse_int=_int,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        what = error.msg if text.strip() else "the text is empty"
        raise SyntaxReadError(what, line=error.lineno, column=error.colno) from error
    except _Refused:
        _explain(text)
    except RecursionError:
        raise _too_deep(limits) from None
    if _survey(data)[0] > limits.depth:
        raise _too_deep(limits)
    if ("\\ud" in text or "\\uD" in text) and not _is_unicode(data):
        _explain(text)
    return data


def _too_deep(limits: Limits) -> ReadError:
    return ReadError(f"the text nests deeper than {limits.depth} levels", code="read.too_deep")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused
    return members


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _Refused
    return value


def _int(digits: str) -> int:
    if len(digits) > 300 and (len(digits) > 310 or not math.isfinite(float(digits))):
        raise _Refused
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise _Refused


def _is_unicode(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _explain(text: str) -> NoReturn:
    """Find the first refused token, slowly, and say what and where it is.

    Raises:
        SyntaxReadError: always.
    """
    for offset, path, token, is_key in _tokens(text):
        message = _refusal(token, is_key and path[-1] is None, path)
        if message:
            line = text.count("\n", 0, offset) + 1
            raise SyntaxReadError(message, line=line, column=offset - text.rfind("\n", 0, offset))
    raise AssertionError("a hook refused a text without a reason")  # pragma: no cover


_NUMBER = re.compile(r"-?(?:NaN|Infinity|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
"""What the parser takes for a number at the start of a token, whatever letters follow."""


def _refusal(token: str, duplicate: bool, path: list[Any]) -> str | None:
    """Why a token is refused, or None."""
    if token[0] == '"':
        if duplicate:
            return f"duplicate key {token[:80]} in {pointer(*path[:-1]) or 'the top-level object'}"
        if "\\ud" in token.lower() and not _is_unicode(json.loads(token)):
            return "half of a surrogate pair is not a character"
        return None
    found = _NUMBER.match(token)
    number = found.group() if found else "0"
    if number.lstrip("-") in ("NaN", "Infinity"):
        return f"{number} is not a JSON number, at {pointer(*path) or 'the top'}"
    if not math.isfinite(float(number)):
        return f"the number {number[:40]} does not fit a float64, at {pointer(*path) or 'the top'}"
    return None


_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')


def _tokens(text: str) -> Iterator[tuple[int, list[Any], str, bool]]:
    """Offset, path, text and "is a key" of every scalar; a repeated key ends its path with None.

    The path is one list that goes on changing.
    """
    path: list[Any] = []
    seen: list[set[str] | None] = []  # the keys so far of each open object, None for an array
    expects_key = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in "{[":
            seen.append(set() if token == "{" else None)
            path.append(0)
            expects_key = token == "{"
        elif token in "}]":
            seen.pop()
            path.pop()
            expects_key = False
        elif token == ",":
            expects_key = seen[-1] is not None
            if not expects_key:
                path[-1] += 1
        elif token != ":":
            keys = seen[-1] if seen else None
            if expects_key and keys is not None:
                key = json.loads(token) if "\\" in token else token[1:-1]
                path[-1] = None if key in keys else key
                keys.add(key)
            yield match.start(), path, token, expects_key
            expects_key = False


# --- writing ----------------------------------------------------------------------------------


def dumps(data: Any, indent: int | None = None) -> str:
    """JSON text of `data`, keys in their order, numbers to the last bit, non-ASCII as it is.

    With `indent`, objects and arrays spread over lines, but arrays of plain numbers and strings
    stay on one.

    Raises:
        WriteError: `data` holds what JSON does not have (NaN, infinity, a set …).
    """
    try:
        return _compact(data) if indent is None else _pretty(data, " " * indent, "\n")
    except (ValueError, TypeError, RecursionError) as error:
        raise WriteError(f"not JSON data: {error}") from error


_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _pretty(data: Any, step: str, newline: str) -> str:
    values = data.values() if isinstance(data, dict) else data
    if not isinstance(data, dict | list) or not any(isinstance(v, dict | list) for v in values):
        return _compact(data)
    deeper = newline + step
    if isinstance(data, list):
        inner = [_pretty(value, step, deeper) for value in data]
        return "[" + deeper + ("," + deeper).join(inner) + newline + "]"
    inner = [f"{_compact(key)}: {_pretty(value, step, deeper)}" for key, value in data.items()]
    return "{" + deeper + ("," + deeper).join(inner) + newline + "}"
