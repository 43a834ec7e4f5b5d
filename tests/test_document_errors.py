"""A bad document costs an error message: one finding per place, in the words of the document."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest
from conftest import DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from hs3.errors import DocumentError, HS3Error, ReadError, SyntaxReadError
from hs3.workspace import Workspace, loads


def findings(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        Workspace.from_json(document)
    assert {f.code for f in caught.value.findings} == {"document.invalid"}
    assert caught.value.code == "document.invalid"
    assert caught.value.path == caught.value.findings[0].path
    return [(f.path, f.message) for f in caught.value.findings]


def dist(**keys: Any) -> dict[str, Any]:
    return {"distributions": [{"name": "n", "x": "x", **keys}]}


def sample(**keys: Any) -> dict[str, Any]:
    return dist(type="histfactory_dist", samples=[{"data": {"contents": [1.0]}, **keys}])


CASES: list[tuple[Any, list[tuple[str, str]]]] = [
    ([], [("", "must be an object, not an array")]),
    ("text", [("", 'must be an object, not "text"')]),
    (None, [("", "must be an object, not null")]),
    ({"data": {}}, [("/data", "must be an array, not an object")]),
    ({"misc": [1]}, [("/misc", "must be an object, not an array")]),
    (
        {"distributions": [5]},
        [("/distributions/0", "a distribution must be an object with a string `type`")],
    ),
    (
        {"functions": [{"name": "f", "type": 5}]},
        [("/functions/0", "a function must be an object with a string `type`")],
    ),
    (dist(type="gaussian_dist"), [("/distributions/0", "the keys `mean` and `sigma` are missing")]),
    (
        {"distributions": [{"type": "gaussian_dist", "x": "x", "mean": 0, "sigma": 1}]},
        [("/distributions/0", "the key `name` is missing")],
    ),
    (
        dist(type="gaussian_dist", mean=[], sigma=True),
        [
            ("/distributions/0/mean", "must be a string or a number, not an array"),
            ("/distributions/0/sigma", "must be a string or a number, not true"),
        ],
    ),
    (
        dist(type="uniform_dist", x={}),
        [("/distributions/0/x", "must be a string, a number or an array, not an object")],
    ),
    (
        dist(type="uniform_dist", x=["a", None]),
        [("/distributions/0/x/1", "must be a string or a number, not null")],
    ),
    (
        dist(type="poisson_dist", mean=1, integer=1),
        [("/distributions/0/integer", "must be true or false, not 1")],
    ),
    (
        dist(type="decay_dist", t="t", tau=1, resolutionModel="r", decayType=7),
        [("/distributions/0/decayType", "must be 0, 1 or 2, not 7")],
    ),
    (
        dist(type="lognormal_dist", mu=0),
        [("/distributions/0", "needs one of `sigma` and `k`")],
    ),
    (
        sample(data={"contents": [1, "2", None]}),
        [
            ("/distributions/0/samples/0/data/contents/1", 'must be a number, not "2"'),
            ("/distributions/0/samples/0/data/contents/2", "must be a number, not null"),
        ],
    ),
    (
        sample(modifiers=[{"type": "normfactor"}, {"type": "normsys", "data": {"hi": "1"}}, {}]),
        [
            ("/distributions/0/samples/0/modifiers/1/data/hi", 'must be a number, not "1"'),
            ("/distributions/0/samples/0/modifiers/1/data", "the key `lo` is missing"),
            (
                "/distributions/0/samples/0/modifiers/2",
                "a modifier must be an object with a string `type`",
            ),
        ],
    ),
    (
        {"data": [{"name": "d", "type": "unbinned", "axes": [], "entries": [[1], [1, "a"], 2]}]},
        [
            ("/data/0/entries/1/1", 'must be a number, not "a"'),
            ("/data/0/entries/2", "must be an array, not 2"),
        ],
    ),
    (
        {"data": [{"name": "d", "type": "binned", "axes": [{"name": "x", "nbins": 1.5}]}]},
        [
            ("/data/0", "the key `contents` is missing"),
            ("/data/0/axes/0/nbins", "must be an integer, not 1.5"),
        ],
    ),
    (
        {"likelihoods": [{"name": 3, "data": [{}], "distributions": ["a", 1]}]},
        [
            ("/likelihoods/0/name", "must be a string, not 3"),
            ("/likelihoods/0/distributions/1", "must be a string, not 1"),
            ("/likelihoods/0/data/0", "must be a string or a number, not an object"),
        ],
    ),
    (
        {"domains": [{"name": "a/b~c", "type": "product_domain", "axes": [{"min": "low"}]}]},
        [
            ("/domains/0/axes/0", "the key `name` is missing"),
            ("/domains/0/axes/0/min", 'must be a number, not "low"'),
        ],
    ),
    (
        {"analyses": [{"name": "a", "likelihood": "l", "parameters_of_interest": ["a", 0]}]},
        [("/analyses/0/parameters_of_interest/1", "must be a string, not 0")],
    ),
    (
        {"metadata": {"hs3_version": []}},
        [("/metadata/hs3_version", "must be a string or a number, not an array")],
    ),
]


@pytest.mark.parametrize("document, expected", CASES, ids=lambda value: json.dumps(value)[:50])
def test_one_finding_per_place(document: Any, expected: list[tuple[str, str]]):
    assert findings(document) == expected


def test_values_are_shortened():
    ((_, message),) = findings(dist(type="gaussian_dist", mean=0, sigma={"k" * 500: 1}))
    assert message.endswith("not an object")
    ((_, message),) = findings({"metadata": "v" * 500})
    assert len(message) < 130


def test_a_flood_of_errors_is_bounded():
    start = time.perf_counter()
    assert len(findings(sample(data={"contents": [0.5, *["x"] * 1_000_000]}))) == 100
    assert len(findings({"likelihoods": [{}] * 20_000})) == 1000
    assert time.perf_counter() - start < 5


def test_the_message_tells_how_many_more():
    with pytest.raises(DocumentError, match=r"\(and 1 more\)"):
        Workspace.from_json({"data": 1, "misc": 1})


@pytest.mark.parametrize(
    "text, error",
    [
        ("", SyntaxReadError),
        ("{", SyntaxReadError),
        ('{"data": [], "data": []}', SyntaxReadError),
        ('{"data": [NaN]}', SyntaxReadError),
        ('{"data": [1e999]}', SyntaxReadError),
        ("[" * 10_000, ReadError),
        ('{"misc": ' + '{"a": ' * 10_000 + "1" + "}" * 10_001, ReadError),
        (b"\x1f\x8b\x08\x00", SyntaxReadError),
        ("[]", DocumentError),
        ("null", DocumentError),
        ('{"distributions": [{"type": "gaussian_dist"}]}', DocumentError),
    ],
)
def test_loading_bad_text(text: str | bytes, error: type[HS3Error]):
    with pytest.raises(error):
        loads(text)


def test_an_array_as_deep_as_allowed_can_be_read_and_written():
    text = '{"misc": {"a": ' + "[" * 98 + "]" * 98 + "}}"
    assert json.loads(text) == loads(text).to_json()


# --- no document at all may crash the reader -------------------------------------------------

ALL_TYPES = json.loads((DATA / "all_types.hs3.json").read_text())
junk = st.sampled_from(
    [None, True, 0, -1, 1.5, 10**30, "", "x", [], [None], {}, {"type": "x"}, {"name": 1}]
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a document."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [place for key in keys for place in [(value, key), *places(value[key])]]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_documents_are_read_or_refused(data: st.DataObject):
    document = copy.deepcopy(ALL_TYPES)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(document)))
        if data.draw(st.booleans()):
            container[key] = copy.deepcopy(data.draw(junk))
        else:
            del container[key]
    try:
        assert Workspace.from_json(document).to_json() == document
    except DocumentError as error:
        for finding in error.findings:
            resolve_pointer(document, finding.path)


def resolve_pointer(document: Any, path: str) -> Any:
    for part in path.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        document = document[int(key) if isinstance(document, list) else key]
    return document


@pytest.mark.parametrize(
    "family, kind", [("distributions", "histogram_dist"), ("functions", "histogram")]
)
def test_interpolation_needs_as_many_bins_as_its_order(family: str, kind: str) -> None:
    data = {"axes": [{"name": "x", "min": 0, "max": 2, "nbins": 2}], "contents": [1, 2]}
    entry = {"name": "h", "type": kind, "data": data, "interpolationOrder": 3}
    with pytest.raises(DocumentError, match="only 2 bins"):
        Workspace.from_json({family: [entry]})
