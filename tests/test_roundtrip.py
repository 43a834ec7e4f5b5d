"""What is read is what is written: every key, every number to the bit."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import DATA, label, same_json, shared, shared_documents
from hypothesis import given, settings
from hypothesis import strategies as st

from hs3 import workspace
from hs3.workspace import NAMED_SECTIONS, SECTIONS, Workspace, dumps, loads

OWN = sorted(DATA.glob("*.hs3.json"))
SHARED = shared_documents()


def check(text: str) -> None:
    data = json.loads(text)
    document = loads(text)
    assert same_json(document.to_json(), data)
    assert same_json(json.loads(dumps(document)), data)
    assert same_json(json.loads(dumps(document, indent=2)), data)
    assert loads(dumps(document)) == document


@pytest.mark.parametrize("path", OWN, ids=label)
def test_own_documents_are_kept(path: Path):
    check(path.read_text())


def test_the_reference_documents_are_there():
    shared()
    assert len(SHARED) > 50


@pytest.mark.parametrize("path", SHARED, ids=label)
def test_reference_documents_are_kept(path: Path):
    check(path.read_text())


def test_the_comparison_sees_the_last_bit():
    assert not same_json(1, 1.0)
    assert not same_json([0.0], [-0.0])
    assert not same_json({"a": 0.1}, {"a": 0.1 + 2**-56 * 2})
    assert not same_json({"a": None}, {})
    assert same_json({"a": 1, "b": [True]}, {"b": [True], "a": 1})


# --- unknown keys anywhere --------------------------------------------------------------------

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=8,
)
ALL_TYPES = json.loads((DATA / "all_types.hs3.json").read_text())


def objects(value: Any) -> list[dict[str, Any]]:
    """Every object in a document, itself included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [found for item in inner for found in objects(item)]
    return [value, *found] if isinstance(value, dict) else found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_unknown_keys_are_kept_anywhere(data: st.DataObject):
    document = copy.deepcopy(ALL_TYPES)
    places = objects(document)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.sampled_from(places))
        place["unknown " + data.draw(text)] = data.draw(json_values)
    assert same_json(Workspace.from_json(document).to_json(), document)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(text.filter(lambda key: key not in SECTIONS), json_values), json_values)
def test_any_document_with_unknown_sections_is_kept(extra: dict[str, Any], misc: Any):
    document = {**extra, "misc": {"anything": misc}, "metadata": {"hs3_version": "0.2.9"}}
    assert same_json(Workspace.from_json(document).to_json(), document)


# --- building, comparing, finding -------------------------------------------------------------


def test_the_data_read_are_not_shared_with_the_document():
    data = {"misc": {"list": [1, 2]}, "future": {"list": [1]}}
    document = Workspace.from_json(data)
    written = document.to_json()
    written["misc"]["list"].append(3)
    written["future"]["list"].append(3)
    assert document.to_json() == {"misc": {"list": [1, 2]}, "future": {"list": [1]}}


def test_a_document_is_frozen():
    document = Workspace.from_json(ALL_TYPES)
    with pytest.raises(ValueError, match="frozen"):
        document.distributions = None
    with pytest.raises(ValueError, match="frozen"):
        document.distributions[0].name = "other"


def test_canonical_form_and_hash_ignore_order_and_spelling():
    one = loads('{"misc": {"b": 1.0, "a": 100000}, "metadata": {"hs3_version": "0.2.9"}}')
    two = loads('{"metadata": {"hs3_version": "0.2.9"}, "misc": {"a": 1e5, "b": 1}}')
    other = loads('{"metadata": {"hs3_version": "0.2.9"}, "misc": {"a": 1e5, "b": 2}}')
    assert workspace.canonical(one) == workspace.canonical(two)
    assert workspace.sha256(one) == workspace.sha256(two) != workspace.sha256(other)


LOOKUPS = [
    ("distribution", "gauss", "gaus", "gauss"),
    ("function", "total", "totall", "total"),
    ("datum", "events", "event", "events"),
    ("likelihood", "inline", "in_line", "inline"),
    ("domain", "window", "windows", "window"),
    ("parameter_point", "start", "strat", "start"),
    ("analysis", "analysis", "analysys", "analysis"),
]


@pytest.mark.parametrize("method, name, wrong, nearest", LOOKUPS)
def test_lookup_by_name(method: str, name: str, wrong: str, nearest: str):
    document = Workspace.from_json(ALL_TYPES)
    find = getattr(document, method)
    assert find(name).name == name
    with pytest.raises(workspace.ResolveError) as caught:
        find(wrong)
    assert caught.value.code == "reference.unresolved"
    assert nearest in caught.value.suggestions
    with pytest.raises(workspace.ResolveError):
        getattr(Workspace(), method)(name)


def test_of_two_entries_with_one_name_the_first_is_found():
    document = Workspace.from_json(
        {"domains": [{"name": "d", "type": "product_domain"}, {"name": "d", "type": "other"}]}
    )
    assert document.domain("d").type == "product_domain"
    assert document.tables["domains"]["d"] == (0, document.domains[0])
    assert set(document.tables) == set(NAMED_SECTIONS)
