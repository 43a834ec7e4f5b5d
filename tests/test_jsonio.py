"""Strict JSON: what is refused, with which message; what is written, to the bit."""

from __future__ import annotations

import json
import math
import os
import struct
from pathlib import Path

import pytest
from conftest import same_json
from hypothesis import given
from hypothesis import strategies as st

from hs3 import jsonio
from hs3.errors import ReadError, SyntaxReadError, WriteError

REFUSED = [
    ("", "the text is empty", 1, 1),
    (" \n ", "the text is empty", 2, 2),
    ("not JSON", "Expecting value", 1, 1),
    ('{"a": 1', "Expecting ',' delimiter", 1, 8),
    ('{"a": [1, 2', "Expecting ',' delimiter", 1, 12),
    ('{"a": "b', "Unterminated string", 1, 7),
    ("[1,]", "Expecting value", 1, 4),
    ('{"a": 1,}', "Expecting property name", 1, 9),
    ("{'a': 1}", "Expecting property name", 1, 2),
    ("[1] [2]", "Extra data", 1, 5),
    ("[01]", "delimiter", 1, 3),
    ("[1.]", "delimiter", 1, 3),
    ("[.5]", "Expecting value", 1, 2),
    ("[+1]", "Expecting value", 1, 2),
    ("[0x10]", "delimiter", 1, 3),
    ("[1_000]", "delimiter", 1, 3),
    ("[True]", "Expecting value", 1, 2),
    ("// comment\n1", "Expecting value", 1, 1),
    ('"a\tb"', "control character", 1, 3),
    (r'"\x41"', "escape", 1, 2),
    ("[\n  1,\n  NaN]", "NaN is not a JSON number, at /1", 3, 3),
    ('{"a": {"b": Infinity}}', "Infinity is not a JSON number, at /a/b", 1, 13),
    ("-Infinity", "-Infinity is not a JSON number", 1, 1),
    ('{"x": [0, 1e400]}', "1e400 does not fit a float64, at /x/1", 1, 11),
    ('["NaN", -1e999]', "-1e999 does not fit a float64, at /1", 1, 9),
    ("[" + "9" * 400 + "]", "does not fit a float64, at /0", 1, 2),
    ("[" + "9" * 5000 + "]", "does not fit a float64, at /0", 1, 2),
    ("[" + "9" * 400 + ".5]", "does not fit a float64, at /0", 1, 2),
    ('{"a": 1,\n "b": 2,\n "a": 3}', 'duplicate key "a" in the top-level object', 3, 2),
    ('{"l": [{}, {"k": {"z": 0, "z": 0}}]}', 'duplicate key "z" in /l/1/k', 1, 27),
    (r'{"ab": 1, "a\u0062": 2}', "duplicate key", 1, 11),
    ('{"a": [{"a": 1}, {"a": 1}], "a": 2}', "duplicate key", 1, 29),
    (r'["\ud83d", 1]', "half of a surrogate pair", 1, 2),
    (r'{"\udc00": 1}', "half of a surrogate pair", 1, 2),
    ("\ud800", "not UTF-8", 1, 1),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8", 1, 1),
    (b'{"a":\n "\xff"}', "not UTF-8", 2, 3),
    ('{"a": 1}'.encode("utf-16"), "not UTF-8", 1, 1),
    (b"\x00\x01\x02", "Expecting value", 1, 1),
]


@pytest.mark.parametrize("text, message, line, column", REFUSED)
def test_refused_with_its_position(text, message, line, column):
    with pytest.raises(SyntaxReadError) as caught:
        jsonio.parse(text)
    assert message in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.code == "read.syntax"


ACCEPTED = [
    "0",
    "-0",
    "null",
    " [ true , false , null ] \n",
    '"\\ud83d\\ude00 \\u00e9"',
    '{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 1}]}',
    '{"\\":": 1, "say \\"x\\": y": "\\":"}',
    '{"a" : 1, "b"\n:\t2}',
    "[1e5, 1E5, 1e-5, 0.1, -0.0, 5e-324, 1.7976931348623157e308]",
    "[1e-400, 0.1000000000000000055511151231257827]",
    "[123456789012345678901234567890, -9007199254740993]",
    "[" + "9" * 308 + "]",
    '["NaN", "1e400", "Infinity"]',
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted_as_the_standard_library_reads_it(text):
    assert same_json(jsonio.parse(text), json.loads(text))
    assert same_json(jsonio.parse(b"\xef\xbb\xbf" + text.encode()), json.loads(text))


def test_a_deep_text_is_an_error_not_a_crash():
    for text in ("[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 100_000):
        with pytest.raises(ReadError):
            jsonio.parse(text)
    with pytest.raises(ReadError, match="deeper than 100 levels") as caught:
        jsonio.parse("[" * 101 + "]" * 101)
    assert caught.value.code == "read.too_deep"
    assert jsonio.parse("[" * 100 + "]" * 100)


def test_limits_of_size_and_number_of_values():
    with pytest.raises(ReadError, match="the limit is 10") as caught:
        jsonio.parse("[1, 2, 3, 4, 5]", limits=jsonio.Limits(size=10))
    assert caught.value.code == "read.too_large"
    with pytest.raises(ReadError, match="more than 3 values"):
        jsonio.parse("[1, 2, 3, 4, 5]", limits=jsonio.Limits(values=3))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=30,
)


@given(json_values, st.sampled_from([None, 1, 2]))
def test_written_and_read_back_to_the_bit(value, indent):
    if isinstance(value, int) and abs(value) > 1 << 1023:
        return
    text = jsonio.dumps(value, indent)
    assert same_json(jsonio.parse(text), value)
    assert same_json(json.loads(text), value)


@given(st.text(alphabet='{}[]":,\\ \n019-+.eEuNaIntrlsf', max_size=40))
def test_both_parsers_agree_on_any_text(text):
    def attempt(parse):
        try:
            return parse()
        except (ReadError, jsonio._Doubt):
            return SyntaxError

    fast = attempt(lambda: jsonio._parse_fast(text.encode(), jsonio.LIMITS))
    strict = attempt(lambda: jsonio._parse_strict(text, jsonio.LIMITS))
    assert fast is SyntaxError or same_json(fast, strict)


@given(st.integers(0, 2**64 - 1))
def test_floats_are_the_nearest_float64(bits):
    (value,) = struct.unpack("<d", struct.pack("<Q", bits))
    if math.isfinite(value):
        for text in (repr(value), f"{value:.25e}"):
            assert struct.pack("<d", jsonio.parse(f"[{text}]")[0] * 1.0) == struct.pack("<d", value)


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}, b"x", {"a": -math.inf}])
def test_not_json_data_is_not_written(value):
    for write in (jsonio.dumps, jsonio.canonical):
        with pytest.raises(WriteError):
            write(value)
    with pytest.raises(WriteError):
        jsonio.dumps([[value]], indent=2)


def test_indented_text_keeps_arrays_of_numbers_on_one_line():
    text = jsonio.dumps({"a": [1, 2.0, "x"], "b": {"c": [{"d": 1}], "e": {}}, "f": []}, indent=2)
    assert text.splitlines() == [
        "{",
        '  "a": [1, 2.0, "x"],',
        '  "b": {',
        '    "c": [',
        '      {"d": 1}',
        "    ],",
        '    "e": {}',
        "  },",
        '  "f": []',
        "}",
    ]


# RFC 8785, appendix B: IEEE 754 bits and their spelling
RFC8785 = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize("bits, spelling", RFC8785)
def test_canonical_numbers(bits, spelling):
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert jsonio.canonical(value) == spelling.encode()
    assert jsonio.canonical([value, "x"]) == f'[{spelling},"x"]'.encode()


def test_canonical_form():
    # the sorting example of RFC 8785, section 3.2.3
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    in_order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(jsonio.canonical(dict.fromkeys(keys, 0)))) == in_order
    assert jsonio.canonical({"b": [1.0, 1, None, True], "a": {"é": '\n/"'}}) == (
        '{"a":{"é":"\\n/\\""},"b":[1,1,null,true]}'.encode()
    )
    assert jsonio.canonical([]) == b"[]"
    assert jsonio.canonical({}) == b"{}"


@given(json_values)
def test_canonical_form_is_stable(value):
    once = jsonio.canonical(value)
    assert jsonio.canonical(json.loads(once)) == once
    assert jsonio.sha256(value) == jsonio.sha256(json.loads(jsonio.dumps(value, 2)))


def test_integers_that_no_float64_holds_stay_apart():
    assert jsonio.canonical(2**53 + 1) == b"9007199254740993"
    assert jsonio.sha256(2**53 + 1) != jsonio.sha256(2**53)
    assert jsonio.sha256(10**22) == jsonio.sha256(1e22)


# --- files ------------------------------------------------------------------------------------


def test_read_a_file(tmp_path: Path):
    file = tmp_path / "a.json"
    file.write_bytes(b'\xef\xbb\xbf{"a": 1.5}')
    assert jsonio.read(file) == {"a": 1.5}
    assert jsonio.read(str(file)) == {"a": 1.5}


def test_what_is_no_file_cannot_be_read(tmp_path: Path):
    with pytest.raises(ReadError, match="No such file"):
        jsonio.read(tmp_path / "missing.json")
    with pytest.raises(ReadError, match="not a regular file"):
        jsonio.read(tmp_path)
    with pytest.raises(ReadError, match="cannot read"):
        jsonio.read("a\0b")
    with pytest.raises(ReadError, match="not a regular file"):
        jsonio.read("/dev/zero")


def test_a_file_beyond_the_limit_is_not_even_opened(tmp_path: Path):
    file = tmp_path / "huge.json"
    with file.open("wb") as stream:
        stream.truncate(5 << 30)  # sparse
    with pytest.raises(ReadError, match="5,368,709,120 bytes"):
        jsonio.read(file)


@pytest.mark.slow
def test_a_file_of_200_megabytes_is_read_or_refused_in_bounded_time(tmp_path: Path):
    row = "[" + ", ".join(["0.12345678901234567"] * 1000) + "]"
    file = tmp_path / "large.json"
    file.write_text('{"rows": [' + ", ".join([row] * 9_600) + "]}")
    assert file.stat().st_size > 200_000_000
    assert len(jsonio.read(file)["rows"]) == 9_600
    file.write_text("[" + "[]," * 70_000_000 + "0]")
    with pytest.raises(ReadError, match="more than 50,000,000 values"):
        jsonio.read(file)


def test_write_atomic_replaces_and_keeps_the_mode(tmp_path: Path):
    file = tmp_path / "out.json"
    jsonio.write_atomic(file, "é\n")
    assert file.read_bytes() == "é\n".encode()
    file.chmod(0o640)
    jsonio.write_atomic(str(file), b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["out.json"]


def test_write_atomic_follows_links(tmp_path: Path):
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    jsonio.write_atomic(tmp_path / "link", "new")
    assert (tmp_path / "target").read_text() == "new"
    assert (tmp_path / "link").is_symlink()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch):
    file = tmp_path / "out.json"
    file.write_text("old")
    with pytest.raises(WriteError, match="not valid Unicode"):
        jsonio.write_atomic(file, "half \ud800")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(WriteError, match="No space left"):
        jsonio.write_atomic(file, "new")
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.json"]


def test_write_atomic_names_what_is_wrong(tmp_path: Path):
    with pytest.raises(WriteError, match="missing"):
        jsonio.write_atomic(tmp_path / "missing" / "out.json", "x")
    with pytest.raises(WriteError, match="directory"):
        jsonio.write_atomic(tmp_path, "x")
    with pytest.raises(WriteError, match="null"):
        jsonio.write_atomic("a\0b", "x")
