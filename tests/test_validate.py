"""`validate` as a whole: never an exception, nothing wrong in what ROOT wrote, and quick."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import builders as b
import pytest
from conftest import DATA, label, shared_documents
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_interpret import large
from test_resolve import GLOBAL, TIMES, gauss, unbinned

from hs3 import jsonio
from hs3.checks import validate
from hs3.workspace import Workspace, loads


@pytest.mark.parametrize("path", shared_documents(), ids=label)
def test_nothing_is_wrong_in_what_root_wrote(path: Any) -> None:
    report = validate(loads(path.read_bytes()))
    assert [str(f) for f in report.errors] == []
    json.dumps(report.to_dict())


@pytest.mark.parametrize(
    "document",
    [
        None,
        3,
        "text",
        [],
        {"distributions": 3},
        {"distributions": [{"type": "gaussian_dist"}]},
        {"likelihoods": [{"name": 3}]},
        {"data": [{"type": "binned", "name": "d"}]},
    ],
    ids=repr,
)
def test_what_is_no_document_is_a_finding(document: Any) -> None:
    report = validate(document)
    assert not report.ok
    assert all(f.code.startswith("document.") for f in report.errors)


def test_an_empty_document_only_lacks_metadata() -> None:
    assert [f.code for f in validate({})] == ["document.missing_metadata"]


def test_errors_come_first_and_nothing_twice() -> None:
    document = unbinned(gauss("g", mean="nowhere"), metadata=None)
    document["analyses"] = [{"name": n, "likelihood": "l"} for n in ("a", "b")]
    report = validate(document)
    severities = [f.severity for f in report]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert [f.code for f in report.errors] == ["parameter.no_value"]


def test_time_grows_with_the_document() -> None:
    workspace = Workspace.from_json(large(5, 20, 50))
    start = time.perf_counter()
    report = validate(workspace)
    assert time.perf_counter() - start < 3.0, "5,000 modifiers take about 0.1 s"
    assert len(report) < 60


def seeds() -> list[Any]:
    """Documents to start from: one of everything that resolving looks at."""
    systematics = b.sample(
        b.NORMSYS,
        b.HISTOSYS,
        b.SHAPESYS,
        b.STATERROR,
        b.modifier(b.NORMSYS, name="c", parameter="m", constraint_name="c"),
        {"name": "mu", "type": "normfactor", "parameter": "tm"},
        {"name": "quad", "type": "custom"},
        errors=[1, 2],
    )
    constraint = gauss("c", "m", "glob", 2.0)
    channel = b.document(
        systematics,
        more=[constraint],
        functions=TIMES,
        domains=b.domain(m=(0, 5), glob=(0, 3), a=(-5, 5), b=(-5, 5)),
        packages=b.ROOT_640,
        **GLOBAL,
    )
    channel["analyses"] = [
        {
            "name": "a",
            "likelihood": "l",
            "domains": ["default_domain"],
            "init": "default_values",
            "parameters_of_interest": ["m"],
        }
    ]
    product = {"name": "p", "type": "product_dist", "factors": ["g", "c"]}
    return [channel, unbinned(product, gauss("g"), constraint, functions=TIMES, **GLOBAL)]


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([1e300, -1e300, 10**400, 5e-324, float("inf"), float("nan")]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
    st.sampled_from(["m", "g", "x", "c", "ch", "tm", "l", "Gauss", "Const", "a + b", "1e5", "~0/"]),
    st.just([]),
    st.just({}),
    st.just([0, 1]),
    st.just([[0]]),
    st.just([{}]),
    st.just({"name": "m"}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in inner:
        found.append((*path, key))
        if isinstance(item, dict | list):
            found += places(item, (*path, key))
    return found


@st.composite
def damaged(draw: Any) -> Any:
    document = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        *path, last = draw(st.sampled_from(places(document)))
        holder = document
        for key in path:
            holder = holder[key]
        what = draw(st.sampled_from(["replace", "remove", "double"]))
        if what == "replace":
            holder[last] = copy.deepcopy(draw(ANYTHING))
        elif what == "double" and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            del holder[last]
        if not places(document):
            break
    return document


SEEDS = seeds()


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_damaged_documents_are_findings(document: Any) -> None:
    report = validate(document)
    assert all(f.path == "" or f.path.startswith("/") for f in report)
    jsonio.dumps(report.to_dict())


def test_seeds_are_sound() -> None:
    assert all(validate(seed).ok for seed in SEEDS)


def test_two_axes_of_root_are_sound() -> None:
    assert validate(loads((DATA / "root640_two_axes.hs3.json").read_bytes())).ok
