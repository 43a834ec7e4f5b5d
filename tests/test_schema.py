"""The JSON Schema accepts what is accepted, refuses what is refused, and is the one checked in."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import DATA, ROOT, label, shared_documents
from jsonschema import Draft202012Validator

from hs3.errors import DocumentError
from hs3.schema import FAMILIES, docs, json_schema
from hs3.workspace import Workspace

FILE = ROOT / "spec" / "schema" / "hs3-0.2.9.schema.json"
VALIDATOR = Draft202012Validator(json.loads(FILE.read_text()))


def test_the_file_is_what_the_model_says():
    assert json.loads(FILE.read_text()) == json_schema(), "run: python -m hs3.schema > " + str(FILE)


def test_it_is_a_schema():
    Draft202012Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("path", [*sorted(DATA.glob("*.hs3.json")), *shared_documents()], ids=label)
def test_documents_are_valid(path: Path):
    VALIDATOR.validate(json.loads(path.read_text()))


GAUSS = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": 0, "sigma": 1}
SAMPLE = {"name": "s", "data": {"contents": [1, 2]}, "modifiers": []}
NEGATIVE: list[Any] = [
    [],
    "text",
    {"distributions": {}},
    {"distributions": [GAUSS, 5]},
    {"distributions": [{"name": "g", "type": None}]},
    {"distributions": [{**GAUSS, "type": 3}]},
    {"distributions": [{**GAUSS, "name": None}]},
    {"distributions": [{**GAUSS, "mean": None}]},
    {"distributions": [{**GAUSS, "sigma": True}]},
    {"distributions": [{**GAUSS, "x": ["x"]}]},
    {"distributions": [{"type": "unheard of"}]},
    {"distributions": [{k: v for k, v in GAUSS.items() if k != "sigma"}]},
    {"distributions": [{"name": "h", "type": "histfactory_dist"}]},
    {"distributions": [{"name": "h", "type": "histfactory_dist", "samples": [{"data": [1]}]}]},
    {
        "distributions": [
            {
                "name": "h",
                "type": "histfactory_dist",
                "samples": [{**SAMPLE, "modifiers": [{"type": "normsys"}]}],
            }
        ]
    },
    {
        "distributions": [
            {"name": "h", "type": "histfactory_dist", "samples": [{**SAMPLE, "modifiers": [{}]}]}
        ]
    },
    {
        "distributions": [
            {
                "name": "d",
                "type": "decay_dist",
                "t": "t",
                "tau": 1,
                "resolutionModel": "r",
                "decayType": 3,
            }
        ]
    },
    {"functions": [{"name": "s", "type": "sum"}]},
    {"functions": [{"name": "s", "type": "sum", "summands": "a"}]},
    {
        "functions": [
            {
                "name": "s",
                "type": "spline",
                "x": "x",
                "x0": [1],
                "y0": [1],
                "interpolation": "poly4",
            }
        ]
    },
    {"data": [{"name": "d", "type": "point"}]},
    {
        "data": [
            {"name": "d", "type": "binned", "axes": [{"name": "x", "nbins": 2.5}], "contents": []}
        ]
    },
    {"data": [{"name": "d", "type": "binned", "axes": [{}], "contents": [1]}]},
    {"data": [{"name": "d", "type": "unbinned", "axes": [], "entries": [1, 2]}]},
    {"data": [{"name": "d", "type": "unbinned", "axes": [], "entries": [["1"]]}]},
    {"likelihoods": [{"distributions": ["a"], "data": ["b"]}]},
    {"likelihoods": [{"name": "l", "distributions": [1]}]},
    {"likelihoods": [{"name": "l", "distributions": ["a"], "data": [None]}]},
    {"domains": [{"name": "d", "type": "product_domain", "axes": [{"min": 0}]}]},
    {"domains": [{"name": "d", "type": "product_domain", "axes": [{"name": "x", "min": "0"}]}]},
    {"parameter_points": [{"name": "p", "parameters": [{"value": 1}]}]},
    {"parameter_points": [{"name": "p", "parameters": [{"name": "x", "const": 1}]}]},
    {"analyses": [{"name": "a"}]},
    {"analyses": [{"name": "a", "likelihood": "l", "domains": "d"}]},
    {"metadata": {"packages": [{}]}},
    {"metadata": "0.2.9"},
    {"misc": []},
]


@pytest.mark.parametrize("document", NEGATIVE, ids=lambda document: json.dumps(document)[:60])
def test_schema_and_reader_refuse_alike(document: Any):
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(DocumentError):
        Workspace.from_json(document)


def test_an_unknown_type_is_no_error():
    for kind in ({"type": "unheard of"}, {}):
        document = {"distributions": [{"name": "n", **kind, "anything": [1]}]}
        VALIDATOR.validate(document)
        assert Workspace.from_json(document).to_json() == document


def test_every_type_and_key_of_a_family_is_in_the_schema():
    schema = json_schema()
    for family in FAMILIES:
        for cls in family.classes():
            entry = schema["$defs"][cls.__name__]
            assert entry["properties"]["type"] == {"enum": list(cls.type_names)}
            assert set(entry["properties"]) == {
                info.alias or key for key, info in cls.model_fields.items()
            }
            for key, text in docs(cls)[1].items():
                assert entry["properties"][key]["description"] == text


def test_the_schema_does_not_depend_on_earlier_calls():
    first = copy.deepcopy(json_schema())
    assert json_schema() == first
