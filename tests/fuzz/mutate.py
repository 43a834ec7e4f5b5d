"""What is done to documents: mutations of their JSON data, and of their text.

Everything follows from the generator that is handed in, so that a number names a case for good.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Place = tuple[Any, Any]
"""A container and the key or index of one of its values."""

LONG = "a" * 20_000
ODD_NUMBERS = (
    0, 1, -1, 2, 3.5, -0.0, 1e308, -1e308, 5e-324, 1e-300, 0.1, 2**31, 2**53 + 1, 2**63, -(2**63),
    10**30, 10**15, 10**7, 65537, 1e9,
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "x", "mu", "nan", "inf", "1.0", "-1e5", "1e400", "\x00", "é☃", "a/b~c", "a b", "0x10",
    "true", "null", "../../etc/passwd", "{}", "%s", "__class__", "None", LONG,
)  # fmt: skip
EXPRESSIONS = (
    "(" * 3000 + "x" + ")" * 3000,
    "-" * 5000 + "x",
    "+".join(["x"] * 20_000),
    "^".join(["9"] * 400),
    "*".join(["1e300"] * 10),
    "x ? " * 500 + "1" + ": 0" * 500,
    "sin(" * 1000 + "x" + ")" * 1000,
    "1e400 + x",
    "1/0",
    "x[99999999999]",
    "@7",
    "unknown(x)",
    "x.__class__",
    "exp(x",
    "x y",
    "",
    "!" * 4000 + "x",
    "9" * 5000,
    "pow(x)",
    "max(" + ",".join(["x"] * 5000) + ")",
    "x = 3",
    "\N{GREEK SMALL LETTER ALPHA} + 1",
)


def places(data: Any) -> Iterator[Place]:
    """Every value inside of JSON data, by where it is."""
    todo = [data]
    while todo:
        holder = todo.pop()
        keys: Any = holder if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], dict | list):
                todo.append(holder[key])


def pick(rng: random.Random, data: Any, wanted: Callable[[Any, Any], bool] | None = None) -> Place:
    """One place, of those for whose key and value something holds where there are such."""
    found = list(places(data))
    fitting = [p for p in found if wanted is None or wanted(p[1], p[0][p[1]])]
    return rng.choice(fitting or found)


# --- of data ----------------------------------------------------------------------------------


def odd(rng: random.Random, depth: int = 0) -> Any:
    """A value that nobody expects."""
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind < 2:
        return rng.choice(ODD_NUMBERS)
    if kind == 2:
        return rng.choice(ODD_TEXTS)
    if kind == 3:
        return rng.choice((None, True, False, [], {}))
    if kind == 4:
        return rng.uniform(-1e3, 1e3)
    if kind == 5:
        return [odd(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind == 6:
        return {rng.choice(("name", "type", "x", "")): odd(rng, depth + 1)}
    nested: Any = 1
    for _ in range(rng.choice((3, 40, 90))):
        nested = [nested] if rng.random() < 0.5 else {"a": nested}
    return nested


def replace(rng: random.Random, data: Any) -> None:
    """Something odd in the place of a value."""
    holder, key = pick(rng, data)
    holder[key] = odd(rng)


def delete(rng: random.Random, data: Any) -> None:
    """A value less."""
    holder, key = pick(rng, data)
    del holder[key]


def graft(rng: random.Random, data: Any) -> None:
    """A copy of one value in the place of another."""
    source, where = pick(rng, data)
    holder, key = pick(rng, data)
    holder[key] = copy.deepcopy(source[where])


def swap(rng: random.Random, data: Any) -> None:
    """Two values of one container in each other's place."""
    holder, key = pick(rng, data)
    other = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[key], holder[other] = holder[other], holder[key]


def rename(rng: random.Random, data: Any) -> None:
    """Another key for a value."""
    holder, key = pick(rng, data, lambda key, _: isinstance(key, str))
    if isinstance(holder, dict):
        others = [k for h, k in places(data) if isinstance(k, str)]
        holder[rng.choice((*others, "", "extra", LONG, f"{key}_"))] = holder.pop(key)


def retype(rng: random.Random, data: Any) -> None:
    """Another type, of this document or any."""
    holder, key = pick(rng, data, lambda key, _: key == "type")
    holder[key] = rng.choice((*TYPES, "unknown_dist", "", 3, None))


def refer(rng: random.Random, data: Any) -> None:
    """Another name where one is asked for: cycles, wrong kinds, duplicates."""
    names = [h[k] for h, k in places(data) if k == "name" and isinstance(h[k], str)]
    holder, key = pick(rng, data, lambda _, value: isinstance(value, str))
    holder[key] = rng.choice(names or ["x"])


def nudge(rng: random.Random, data: Any) -> None:
    """Another number, or the same one as text."""

    def number(_: Any, value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    holder, key = pick(rng, data, number)
    value = holder[key]
    if number(key, value):
        choices: tuple[Any, ...] = (
            -value, value * 1e6, value * 1e-9, value + 1, value - 1, str(value), [value], 0, -1,
            rng.choice(ODD_NUMBERS),
        )  # fmt: skip
        holder[key] = rng.choice(choices)


def count(rng: random.Random, data: Any) -> None:
    """Another number of bins, of polynomial orders, of anything that is a count."""
    words = ("nbins", "order", "interpolationOrder", "l", "power", "decayType")
    holder, key = pick(rng, data, lambda key, _: key in words)
    holder[key] = rng.choice((-1, 0, 1, 2, 7, 10**5, 10**9, 10**18, 2**70, 1.5, "3", None))


def stretch(rng: random.Random, data: Any) -> None:
    """A list that is longer or shorter than it should be."""
    holder, key = pick(rng, data, lambda _, value: isinstance(value, list) and bool(value))
    value = holder[key]
    if isinstance(value, list) and value:
        how = rng.randrange(5)
        if how == 0:
            value.append(copy.deepcopy(rng.choice(value)))
        elif how == 1:
            value.pop(rng.randrange(len(value)))
        elif how == 2:
            value.reverse()
        elif how == 3 and len(value) < 100:
            value.extend(copy.deepcopy(value) * rng.choice((1, 10, 100)))
        else:
            value[:] = [copy.deepcopy(rng.choice(value)) for _ in value]


def express(rng: random.Random, data: Any) -> None:
    """Another expression, or a damaged one."""
    holder, key = pick(rng, data, lambda key, _: key == "expression")
    value = holder[key]
    if isinstance(value, str) and value and rng.random() < 0.6:
        letters = list(value)
        for _ in range(rng.randrange(1, 4)):
            letters[rng.randrange(len(letters))] = rng.choice(
                "()+-*/^x1e.,?:<>=!&|[]@ \n\t\"'`~#\\"
            )
        holder[key] = "".join(letters)
    else:
        holder[key] = rng.choice(EXPRESSIONS)


def extend(rng: random.Random, data: Any) -> None:
    """A key more."""
    holder, _ = pick(rng, data, lambda key, _: isinstance(key, str))
    if isinstance(holder, dict):
        keys = [k for _, k in places(data) if isinstance(k, str)]
        holder[rng.choice((*keys, "extra", "constraint", "misc", "parameters"))] = odd(rng)


OF_DATA = (
    replace, replace, delete, graft, swap, rename, retype, refer, refer, nudge, nudge, nudge,
    nudge, count, stretch, stretch, express, express, extend, extend,
)  # fmt: skip
TYPES: list[str] = []
"""Every type that there is; `cases` fills it in."""


# --- of text ----------------------------------------------------------------------------------


def truncate(rng: random.Random, raw: bytes) -> bytes:
    """Without its end."""
    return raw[: rng.randrange(len(raw))]


def flip(rng: random.Random, raw: bytes) -> bytes:
    """With some other bits."""
    out = bytearray(raw)
    for _ in range(rng.choice((1, 2, 8, 50))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


SNIPPETS = (
    b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e999", b"0x1F", b"01", b"1.", b".5", b"+1",
    b"9" * 5000, b"1e" + b"9" * 30, b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\x00", b"\\ud800",
    b'"\\ud800"', b"'x'", b"// comment\n", b"/* */", b",", b",,", b"]", b"}", b"[", b"{", b":",
    b'"', b"\\", b'"name": "x", "name": "y",', b'"a":1,' * 1000, b"\xef\xbb\xbf", b"true", b"nul",
    b"\xe2\x80\xa8", b'{"$ref": "#"}', b"[" * 200, b'"' + b"z" * 100_000 + b'"', b"-0", b"1E+2",
)  # fmt: skip


def insert(rng: random.Random, raw: bytes) -> bytes:
    """With something in between, or over what is there."""
    at, snippet = rng.randrange(len(raw)), rng.choice(SNIPPETS)
    return raw[:at] + snippet + raw[at + rng.choice((0, 0, 1, len(snippet))) :]


def value(rng: random.Random, raw: bytes) -> bytes:
    """With a snippet in the place of a number."""
    starts = [
        i for i in range(1, len(raw)) if raw[i : i + 1].isdigit() and raw[i - 1 : i] in b" :["
    ]
    if not starts:
        return insert(rng, raw)
    at = rng.choice(starts)
    end = at
    while raw[end : end + 1] in {b"%c" % c for c in b"0123456789.eE+-"} and end < len(raw):
        end += 1
    return raw[:at] + rng.choice(SNIPPETS) + raw[end:]


def cut(rng: random.Random, raw: bytes) -> bytes:
    """Without some part."""
    at = rng.randrange(len(raw))
    return raw[:at] + raw[at + rng.choice((1, 2, 10, 200)) :]


def splice(rng: random.Random, raw: bytes) -> bytes:
    """With some part of itself in another place."""
    at, to, size = rng.randrange(len(raw)), rng.randrange(len(raw)), rng.choice((5, 50, 500))
    return raw[:to] + raw[at : at + size] + raw[to:]


def deepen(rng: random.Random, raw: bytes) -> bytes:
    """Inside of many brackets."""
    depth = rng.choice((50, 99, 101, 1000, 100_000, 1_000_000))
    opening, closing = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return opening * depth + (raw if rng.random() < 0.5 else b"1") + closing * depth


def recode(rng: random.Random, raw: bytes) -> bytes:
    """In another encoding, or as another format."""
    text = raw.decode()
    choices = (
        lambda: text.encode("utf-16"), lambda: text.encode("utf-32"),
        lambda: b"\xef\xbb\xbf" + raw, lambda: b"\xef\xbb\xbf" * 2 + raw,
        lambda: text.replace('"', "'").encode(), lambda: b"root" + raw, lambda: b"<" + raw,
        lambda: raw + raw, lambda: b"", lambda: b" \n\t", lambda: b"imax 1\n" + raw,
        lambda: b"\x1f\x8b" + raw, lambda: b"PK\x03\x04" + raw, lambda: json.dumps(text).encode(),
        lambda: text.replace(":", ": ").replace(",", ",\n").encode("latin-1", "replace"),
    )  # fmt: skip
    return rng.choice(choices)()


OF_TEXT = (truncate, flip, flip, insert, insert, value, value, cut, splice, deepen, recode)
