"""Every registered type: present in the test documents, documented, and its keys checked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from conftest import DATA, shared, shared_documents
from pydantic import ValidationError

from hs3.base import Part, Ref, _kinds, as_float, is_number, references
from hs3.distributions import DISTRIBUTIONS, Distribution
from hs3.functions import FUNCTIONS
from hs3.registry import Family
from hs3.schema import FAMILIES, docs, json_schema
from hs3.workspace import NAMED_SECTIONS, Workspace, loads

ALL_TYPES = loads((DATA / "all_types.hs3.json").read_text())


def parts(part: Part) -> list[Part]:
    """A part and all the parts inside it."""
    inner: list[Any] = []
    for key in type(part).model_fields:
        value = getattr(part, key)
        inner += value if isinstance(value, tuple) else [value]
    return [part, *(p for value in inner if isinstance(value, Part) for p in parts(value))]


EVERY_PART = parts(ALL_TYPES)
EVERY_TYPE = [(family, name, cls) for family in FAMILIES for name, cls in family.types.items()]


def type_id(value: Any) -> str:
    return value.name if isinstance(value, Family) else value if isinstance(value, str) else ""


@pytest.mark.parametrize("family, name, cls", EVERY_TYPE, ids=type_id)
def test_every_type_stands_in_the_test_document(family: Family, name: str, cls: type[Part]):
    entries = [part for part in EVERY_PART if type(part) is cls and part.type == name]
    assert entries, (
        f"add an entry of the {family.name} type {name!r} to tests/data/all_types.hs3.json"
    )
    assert not any(entry.model_extra for entry in entries)


@pytest.mark.parametrize(
    "cls", [*DISTRIBUTIONS.classes(), *FUNCTIONS.classes()], ids=lambda c: c.__name__
)
def test_every_distribution_and_function_is_documented(cls: type[Part]):
    """Keys with their domains, and the source; HistFactory stands in its own chapter."""
    if cls.type_names == ("histfactory_dist",):
        return
    own = {info.alias or key for key, info in cls.model_fields.items()} - {"name", "type"}
    summary, attributes = docs(cls)
    assert summary.endswith(".")
    assert set(attributes) == own
    assert "\nSource:\n" in re.sub(r"^ +", "", cls.__doc__ or "", flags=re.MULTILINE)


def test_all_names_that_the_test_document_refers_to_exist():
    named = {entry.name for section in NAMED_SECTIONS for entry in getattr(ALL_TYPES, section)}
    named |= {
        part.name for part in EVERY_PART if type(part).__name__ in ("DomainAxis", "ParameterValue")
    }
    found = list(references(ALL_TYPES))
    assert len(found) > 200
    assert [reference for reference in found if reference.name not in named] == []


def test_nothing_in_the_reference_documents_is_unknown():
    shared()
    for path in shared_documents():
        for part in parts(loads(path.read_bytes())):
            assert not type(part).__name__.startswith("Unknown"), (path, part.type)
            assert not part.model_extra, (path, type(part).__name__, part.model_extra)


def test_a_type_name_belongs_to_one_class():
    with pytest.raises(TypeError, match="already registered by GaussianDist"):

        class Impostor(Distribution, types=("gaussian_dist",)):
            pass

    assert DISTRIBUTIONS.types["gaussian_dist"].__name__ == "GaussianDist"


# --- what makes an entry meaningless, and what does not ------------------------------------------

X = {"x": "x"}
XY = {"x": ["x", "y"]}


def entry_id(value: Any) -> str:
    return value["type"] if isinstance(value, dict) else ""


MEANINGLESS = [
    (
        {"type": "crystalball_dist", "m": "x", "m0": 0, "sigma": 1, "alpha": 1, "n": 1, "n_L": 2},
        "excludes",
    ),
    ({"type": "crystalball_dist", "m": "x", "m0": 0, "sigma": 1, "n": 1}, "needs `alpha`"),
    (
        {"type": "crystalball_dist", "m": "x", "m0": 0, "sigma": [1], "alpha": 1, "n": 1},
        "two entries",
    ),
    ({"type": "lognormal_dist", **X, "mu": 0}, "one of `sigma` and `k`"),
    ({"type": "lognormal_dist", **X, "mu": 0, "sigma": 1, "k": 2}, "one of `sigma` and `k`"),
    ({"type": "mixture_dist", "summands": ["a", "b"], "coefficients": [1, 2, 3]}, "do not go with"),
    (
        {"type": "weighted_sum_dist", "samples": ["a", "b", "c"], "coefficients": [1]},
        "do not go with",
    ),
    ({"type": "mixture_model", "summands": ["a"], "coefficients": [1, 2]}, "do not go with"),
    ({"type": "power_sum_dist", **X, "coefficients": [1], "exponents": [1, 2]}, "do not go with"),
    ({"type": "multivariate_normal_dist", "x": ["x"], "mean": [0]}, "needs `covariances`"),
    ({"type": "multivariate_normal_dist", "x": ["x"], "mean": [0], "correlations": [[1]]}, "needs"),
    (
        {"type": "multivariate_normal_dist", **XY, "mean": [0], "covariances": [[1, 0], [0, 1]]},
        "`mean` has 1",
    ),
    (
        {"type": "multivariate_normal_dist", **XY, "mean": [0, 0], "covariances": [[1, 0], [0]]},
        "not a square",
    ),
    (
        {"type": "multivariate_normal_dist", **XY, "mean": [0, 0], "covariances": [[1, 0]]},
        "`covariances` has 1",
    ),
    (
        {"type": "barlow_beeston_lite_poisson_constraint_dist", "x": ["a"], "expected": [1, 2]},
        "do not go with",
    ),
    ({"type": "rate_extended_dist", "rate": 1}, "needs one of `dist` and `pdf`"),
    ({"type": "extend_pdf", "norm": 1, "rate": 1, "pdf": "a"}, "needs one of `rate` and `norm`"),
    (
        {"type": "interpolation0d", "vars": ["a"], "nom": 1, "low": [1], "high": [1, 2]},
        "one length",
    ),
    (
        {
            "type": "interpolation",
            "vars": ["a"],
            "nom": "n",
            "low": ["l"],
            "high": ["h"],
            "interpolationCodes": [],
        },
        "one length",
    ),
    ({"type": "spline", "x": "x", "x0": [1, 2], "y0": [1]}, "one length"),
    ({"type": "step"}, "one of `data` and `parameters`"),
    ({"type": "CMS::process_normalization", "asymmThetaList": ["a"]}, "one length"),
    (
        {"type": "CMS::process_normalization", "asymmThetaList": ["a"], "logAsymmKappa": [[1]]},
        "two numbers",
    ),
]


@pytest.mark.parametrize("entry, message", MEANINGLESS, ids=entry_id)
def test_meaningless_entries_are_refused(entry: dict[str, Any], message: str):
    family = DISTRIBUTIONS if entry["type"] in DISTRIBUTIONS.types else FUNCTIONS
    with pytest.raises(ValidationError, match=re.escape(message)):
        family.class_of(entry).model_validate({"name": "n", **entry})


TOLERATED = [
    {"type": "mixture_dist", "summands": ["a", "b"], "coefficients": []},
    {"type": "mixture_dist", "summands": ["a", "b"]},
    {"type": "mixture_dist", "summands": ["a", "b"], "coefficients": ["0.5"], "extended": None},
    {"type": "product_dist", "factors": []},
    {"type": "polynomial_dist", "x": "x", "coefficients": []},
    {"type": "crystalball_dist", "m": "x", "m0": 0, "sigma": 1, "alpha": -1, "n": 2},
    {"type": "crystalball_dist", "m": "x", "m0": 0, "sigma": 1, "alpha_L": 1, "n_L": 2},
    {"type": "gaussian_dist", "x": 1.5, "mean": "m", "sigma": 0},
    {"type": "histfactory_dist", "samples": []},
    {"type": "density_function_dist", "function": "f", "selfNormalized": False},
]


@pytest.mark.parametrize("entry", TOLERATED, ids=lambda entry: entry["type"])
def test_odd_but_meaningful_entries_are_read(entry: dict[str, Any]):
    entry = {"name": "n", **entry}
    document = Workspace.from_json({"distributions": [entry]})
    assert document.to_json() == {"distributions": [entry]}


def test_both_spellings_of_an_extended_distribution():
    extended = Workspace.from_json(
        {
            "distributions": [
                {"name": "text", "type": "rate_extended_dist", "rate": 5, "dist": "d"},
                {"name": "root", "type": "extend_pdf", "norm": "n", "pdf": "d"},
            ]
        }
    ).distributions
    assert [(d.expected, d.underlying) for d in extended] == [(5, "d"), ("n", "d")]


def test_spellings_of_an_analysis_and_its_parameters():
    for given, pois in [
        ({"parameters_of_interest": ["a", "b"]}, ("a", "b")),
        ({"parameter_of_interest": ["a"]}, ("a",)),
        ({"parameter_of_interest": "a"}, ("a",)),
        ({"parameters_of_interest": None}, ()),
    ]:
        (analysis,) = Workspace.from_json(
            {
                "analyses": [
                    {"name": "n", "likelihood": "l", "domain": "d", "domains": ["e"], **given}
                ]
            }
        ).analyses
        assert analysis.pois == pois
        assert analysis.domain_names == ("d", "e")


def test_inverse_bin_volumes():
    inverse = {f.name: f.inverse for f in ALL_TYPES.functions if "histogram" in f.model_fields_set}
    assert inverse == {"volume": False, "inverse_volume": True, "width": True}


def test_versions_of_packages():
    assert ALL_TYPES.metadata.version_of("Nobody") == "1.0"
    assert ALL_TYPES.metadata.version_of("ROOT") is None
    metadata = Workspace.from_json({"metadata": {"packages": [{"name": "ROOT"}]}}).metadata
    assert metadata.version_of("root") == ""


def test_unbinned_data_as_an_array():
    assert ALL_TYPES.datum("events").array().tolist() == [[1, 2.5], [-0.5, 0.0], [3.25, -1]]
    (ragged,) = Workspace.from_json(
        {
            "data": [
                {"name": "d", "type": "unbinned", "axes": [{"name": "x"}], "entries": [[1], [1, 2]]}
            ]
        }
    ).data
    with pytest.raises(ValueError):
        ragged.array()


# --- references ---------------------------------------------------------------------------------


def test_references_in_document_order():
    mixture = ALL_TYPES.distribution("mixture_extended")
    found = [(r.path, r.name, r.kinds) for r in references(mixture)]
    assert found == [
        (("summands", 0), "gauss", ("distribution",)),
        (("summands", 1), "exponential", ("distribution",)),
        (("coefficients", 0), "n_signal", ("value",)),
        (("x",), "x", ("variable",)),
    ]


def test_numbers_in_strings_are_no_references():
    assert [r.name for r in references(ALL_TYPES.distribution("polynomial"))] == ["x", "a1"]
    for value in (3, 2.5, "1.0", "-2e3"):
        assert is_number(value)
    for value in (True, None, [], "a", "1_0", " 1", "nan", "inf", ""):
        assert not is_number(value)
    assert as_float("1.5") == 1.5
    with pytest.raises(ValueError):
        as_float("inf")


FREE_TEXT = {
    *("name", "type", "expression", "interpolation", "constraint", "constraint_type"),
    *("ref_coef_norm", "domain", "range"),
    *("hs3_version", "version", "description", "authors", "publications"),
}


def test_every_string_is_a_name_or_known_to_be_free_text():
    schemas = json_schema()["$defs"]
    for cls in {type(part) for part in EVERY_PART} - {Workspace}:
        properties = schemas[cls.__name__]["properties"]
        for key, info in cls.model_fields.items():
            marked = any(isinstance(m, Ref) for m in info.metadata) or _kinds(info.annotation)
            if key not in FREE_TEXT and '"string"' in json.dumps(properties[info.alias or key]):
                assert marked, (cls.__name__, key)
