"""Reading pyhf workspaces: what the HS3 document says, and what is refused."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from pyhf_models import MADE, changed, made

from hs3.adapters.pyhf import from_pyhf, is_patchset, is_pyhf
from hs3.errors import ConversionError, DocumentError, HS3Error
from hs3.histfactory.meaning import HistoSys, NormSys
from hs3.histfactory.meaning import Interpolation as I
from hs3.resolve import attempt, resolve


def document(workspace: dict[str, Any], **options: Any) -> dict[str, Any]:
    return from_pyhf(workspace, **options)[0].to_json()


def codes(workspace: dict[str, Any], **options: Any) -> dict[str, str]:
    """Finding codes of an import, with their paths."""
    return {f.code: f.path for f in from_pyhf(workspace, **options)[1]}


def named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(e for e in entries if e["name"] == name)


def modifier(document: dict[str, Any], channel: str, sample: str, name: str) -> dict[str, Any]:
    samples = named(document["distributions"], f"model_{channel}")["samples"]
    return named(named(samples, sample)["modifiers"], name)


SEVEN = made("seven_modifiers")


# --- the document -------------------------------------------------------------------------------


def test_a_channel_becomes_a_distribution_with_binned_data() -> None:
    doc = document(SEVEN)
    axis = {"name": "obs_x_SR", "min": 0, "max": 3, "nbins": 3}
    assert named(doc["distributions"], "model_SR")["axes"] == [axis]
    assert named(doc["data"], "obsData_SR") == {
        "name": "obsData_SR",
        "type": "binned",
        "axes": [axis],
        "contents": [61, 55, 40],
    }


@pytest.mark.parametrize(
    "channel, sample, name, expected",
    [
        ("SR", "signal", "mu", {"type": "normfactor", "parameter": "mu"}),
        ("SR", "signal", "lumi", {"type": "normfactor", "parameter": "lumi"}),
        (
            "SR",
            "signal",
            "JES",
            {
                "type": "normsys",
                "parameter": "JES",
                "constraint": "Gauss",
                "interpolation": 5,
                "data": {"hi": 1.04, "lo": 0.97},
            },
        ),
        (
            "SR",
            "signal",
            "shape",
            {
                "type": "histosys",
                "parameter": "shape",
                "constraint": "Gauss",
                "interpolation": "poly6",
                "data": {
                    "hi": {"contents": [3.0, 8.1, 4.4]},
                    "lo": {"contents": [3.5, 7.0, 3.9]},
                },
            },
        ),
        (
            "CR",
            "background",
            "template",
            {"type": "shapefactor", "parameters": ["template[0]", "template[1]"]},
        ),
        (
            "SR",
            "fakes",
            "fake_rate",
            {
                "type": "shapesys",
                "parameters": ["fake_rate[0]", "fake_rate[1]", "fake_rate[2]"],
                "constraint": "Poisson",
                "data": {"vals": [0.25, 0.2, 0.3125]},
            },
        ),
        (
            "CR",
            "background",
            "staterror_CR",
            {
                "type": "staterror",
                "parameters": ["staterror_CR[0]", "staterror_CR[1]"],
                "constraint": "Gauss",
            },
        ),
    ],
)
def test_each_modifier_is_written_as_the_standard_has_it(
    channel: str, sample: str, name: str, expected: dict[str, Any]
) -> None:
    assert modifier(document(SEVEN), channel, sample, name) == {"name": name, **expected}


def test_staterror_uncertainties_are_errors_of_the_sample() -> None:
    samples = named(document(SEVEN)["distributions"], "model_SR")["samples"]
    assert named(samples, "background")["data"]["errors"] == [1.3, 1.1, 0.8]
    assert "errors" not in named(samples, "signal")["data"]


def test_the_luminosity_has_a_constraint_of_its_own() -> None:
    doc = document(SEVEN)
    lumi = {"type": "gaussian_dist", "x": "lumi", "mean": 1.0, "sigma": 0.02}
    assert named(doc["distributions"], "lumi_constraint") == {"name": "lumi_constraint", **lumi}
    assert doc["likelihoods"][0]["aux_distributions"] == ["lumi_constraint"]


def test_a_measurement_becomes_analysis_likelihood_domain_and_point() -> None:
    doc = document(made("configured"))
    assert [a["name"] for a in doc["analyses"]] == ["first", "second", "no poi"]
    assert [a["parameters_of_interest"] for a in doc["analyses"]] == [["mu"], ["k"], []]
    domain = named(doc["domains"], doc["analyses"][0]["domain"])
    assert named(domain["axes"], "norm") == {"name": "norm", "min": -3, "max": 3}
    point = named(doc["parameter_points"], doc["analyses"][0]["init"])
    assert named(point["parameters"], "k") == {"name": "k", "value": 1.25, "const": True}
    assert named(point["parameters"], "mu") == {"name": "mu", "value": 1.0}


def test_one_measurement_can_be_chosen() -> None:
    doc = document(made("configured"), measurement="second")
    assert [a["name"] for a in doc["analyses"]] == ["second"]
    assert list(doc["misc"]["pyhf"]["measurements"]) == ["second"]
    with pytest.raises(ConversionError, match="no measurement") as caught:
        from_pyhf(made("configured"), measurement="secnd")
    assert caught.value.suggestions == ("second",)


def test_the_likelihood_lists_channels_in_the_order_of_pyhf() -> None:
    likelihood = document(made("shared_names"))["likelihoods"][0]
    assert likelihood["distributions"] == ["model_A", "model_B", "model_C"]
    assert likelihood["data"] == ["obsData_A", "obsData_B", "obsData_C"]


def test_an_observation_without_a_channel_is_kept() -> None:
    doc = document(made("shared_names"))
    assert named(doc["data"], "obsData_unused")["contents"] == [3, 4, 5.5]
    assert doc["misc"]["pyhf"]["observations"] == {"obsData_unused": "unused"}


def test_settings_of_a_constraint_become_an_explicit_distribution() -> None:
    doc = document(made("configured"), measurement="first")
    body = {"type": "gaussian_dist", "x": "norm", "mean": 0.3, "sigma": 1.0}
    assert named(doc["distributions"], "norm_constraint") == {"name": "norm_constraint", **body}
    assert "constraint" not in modifier(doc, "SR", "background", "norm")
    assert named(doc["distributions"], "shape[0]_constraint") == {
        "name": "shape[0]_constraint",
        "type": "poisson_dist",
        "x": 81.0,
        "mean": "shape[0]_rate",
    }
    rate = {"name": "shape[0]_rate", "type": "product", "factors": [80.0, "shape[0]"]}
    assert named(doc["functions"], "shape[0]_rate") == rate


def test_a_bin_without_uncertainty_keeps_the_constant_term_of_pyhf() -> None:
    graph = resolve(from_pyhf(made("zero_bins"))[0])
    constraint = next(c for c in graph.constraints if c.parameter == "stat[0]")
    assert (constraint.kind, constraint.observed, constraint.scale) == ("gauss", 1.0, 1.0)
    assert graph.parameter("stat[0]").const
    constraint = next(c for c in graph.constraints if c.parameter == "shape[1]")
    assert (constraint.kind, constraint.observed, constraint.scale) == ("poisson", 1.0, 1.0)
    assert graph.parameter("shape[1]").const


def test_a_staterror_without_uncertainty_can_be_set_free() -> None:
    free = {"name": "stat", "fixed": False}
    workspace = changed(made("zero_bins"), "/measurements/0/config/parameters/0", free)
    assert not resolve(from_pyhf(workspace)[0]).parameter("stat[0]").const


def test_several_staterrors_in_a_channel_are_written_out() -> None:
    workspace, report = from_pyhf(made("shared_names"))
    doc = workspace.to_json()
    assert modifier(doc, "C", "background", "first")["type"] == "shapefactor"
    assert modifier(doc, "B", "background", "across")["type"] == "staterror"
    assert [f.value for f in report if f.code == "pyhf.staterror_explicit"] == ["first", "second"]


def test_parameters_of_a_staterror_run_through_its_channels() -> None:
    doc = document(made("shared_names"))
    across = modifier(doc, "B", "background", "across")
    assert across["parameters"] == ["across[2]", "across[3]", "across[4]"]


def test_names_that_clash_get_a_number_and_are_reported() -> None:
    workspace, report = from_pyhf(made("clashing_names"))
    graph = resolve(workspace)
    assert len({p.name for p in graph.parameters}) == 7
    renamed = {f.path: f.value for f in report if f.code == "pyhf.renamed"}
    assert renamed == {
        "/channels/0/samples/1/modifiers/1": "gamma[0]",
        "/channels/0": "model_a b/c~d",
        "/measurements/1": "mu",
        "/measurements/2": "meas",
    }


def test_of_a_repeated_modifier_the_last_one_counts() -> None:
    modifiers = "/channels/0/samples/0/modifiers"
    again = {"name": "JES", "type": "normsys", "data": {"hi": 1.5, "lo": 0.5}}
    workspace = changed(SEVEN, f"{modifiers}/4", again)
    assert codes(workspace)["pyhf.repeated_modifier"] == f"{modifiers}/2"
    assert modifier(document(workspace), "SR", "signal", "JES")["data"] == again["data"]


@pytest.mark.parametrize("name", MADE)
def test_the_document_validates_without_warning(name: str) -> None:
    workspace = from_pyhf(made(name))[0]
    for analysis in workspace.analyses or ():
        graph, report = attempt(workspace, analysis=analysis.name)
        assert graph is not None
        assert {f.code for f in report.warnings} <= {"histfactory.negative_yield"}


def test_what_is_handed_in_stays_as_it_is() -> None:
    workspace = made("configured")
    imported = from_pyhf(workspace)[0]
    workspace["measurements"][0]["config"]["parameters"].clear()
    stored = imported.to_json()["misc"]["pyhf"]["measurements"]["first"]
    assert len(stored["config"]["parameters"]) == 6


# --- interpolation ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "option, normsys, histosys",
    [
        ("code4", I.POLY6_EXPONENTIAL, I.POLY6_LINEAR),
        ("code4p", I.POLY6_EXPONENTIAL, I.POLY6_LINEAR),
        ("code4,code4p", I.POLY6_EXPONENTIAL, I.POLY6_LINEAR),
        ("code1", I.EXPONENTIAL, I.LINEAR),
        ("code0", I.EXPONENTIAL, I.LINEAR),
        ("code1/code0", I.EXPONENTIAL, I.LINEAR),
        ("code0, code1", I.EXPONENTIAL, I.LINEAR),
        ("code1,code2", I.EXPONENTIAL, I.PARABOLIC),
        ("code4,code0", I.POLY6_EXPONENTIAL, I.LINEAR),
    ],
)
def test_interpolation_is_written_out(option: str, normsys: I, histosys: I) -> None:
    workspace, report = from_pyhf(SEVEN, interpolation=option)
    graph = resolve(workspace)
    modifiers = [m for c in graph.channels for s in c.samples for m in s.modifiers]
    assert {m.interpolation for m in modifiers if isinstance(m, NormSys)} == {normsys}
    assert {m.interpolation for m in modifiers if isinstance(m, HistoSys)} == {histosys}
    assert "pyhf.interpolation" in {f.code for f in report}
    assert ("pyhf.code2" in {f.code for f in report}) == (histosys is I.PARABOLIC)


@pytest.mark.parametrize(
    "option", ["code3", "", "code4,code1", "code4p,code0", "code4,code4p,code0"]
)
def test_an_interpolation_that_pyhf_has_not_is_refused(option: str) -> None:
    with pytest.raises(ConversionError, match="unknown interpolation"):
        from_pyhf(SEVEN, interpolation=option)


# --- what is refused ----------------------------------------------------------------------------

SR = "/channels/0/samples"

MALFORMED = [
    ("/version", "2.0.0", "/version"),
    ("/version", ..., "/version"),
    ("/extra", 1, "/extra"),
    ("/channels", [], "/channels"),
    ("/channels", {}, "/channels"),
    ("/channels/0", "SR", "/channels/0"),
    ("/measurements", ..., "/measurements"),
    ("/observations/0/data/0", "61", "/observations/0/data/0"),
    ("/observations/0/data/0", True, "/observations/0/data/0"),
    ("/observations/0/data/0", None, "/observations/0/data/0"),
    ("/observations/0/data/0", float("nan"), "/observations/0/data"),
    ("/observations/0/data/0", 10**400, "/observations/0/data"),
    ("/observations/0/data", [], "/observations/0/data"),
    ("/observations/0/data", [1, 2], "/observations/0/data"),
    ("/observations/0", ..., "/channels/0/name"),
    ("/observations/0/name", "S R", "/channels/0/name"),
    (f"{SR}/0/data", [1.0, 2.0], f"{SR}/1/data"),
    (f"{SR}/1/data", [1.0, 2.0], f"{SR}/1/data"),
    (f"{SR}/0/modifiers", ..., f"{SR}/0/modifiers"),
    (f"{SR}/0/modifiers/0", 3, f"{SR}/0/modifiers/0"),
    (f"{SR}/0/modifiers/0/type", "normfac", f"{SR}/0/modifiers/0"),
    (f"{SR}/0/modifiers/0/type", ["normfactor"], f"{SR}/0/modifiers/0"),
    (f"{SR}/0/modifiers/0/type", ..., f"{SR}/0/modifiers/0"),
    (f"{SR}/0/modifiers/0/data", 1, f"{SR}/0/modifiers/0/data"),
    (f"{SR}/0/modifiers/1/name", "Lumi", f"{SR}/0/modifiers/1/name"),
    (f"{SR}/0/modifiers/2/data/hi", "1.1", f"{SR}/0/modifiers/2/data/hi"),
    (f"{SR}/0/modifiers/2/data/lo", ..., f"{SR}/0/modifiers/2/data/lo"),
    (f"{SR}/0/modifiers/3/data/hi_data", [1.0], f"{SR}/0/modifiers/3/data/hi_data"),
    (f"{SR}/1/modifiers/4/data", [1.0], f"{SR}/1/modifiers/4/data"),
    (f"{SR}/1/name", "signal", f"{SR}/1/name"),
    ("/channels/1/name", "SR", "/channels/1/name"),
    ("/observations/1/name", "SR", "/observations/1/name"),
    ("/measurements/0/config/poi", None, "/measurements/0/config/poi"),
    ("/measurements/0/config/parameters", {}, "/measurements/0/config/parameters"),
    (
        "/measurements/0/config/parameters/0/bounds",
        [[0.5]],
        "/measurements/0/config/parameters/0/bounds/0/1",
    ),
    (
        "/measurements/0/config/parameters/0/fixed",
        [True],
        "/measurements/0/config/parameters/0/fixed",
    ),
]


@pytest.mark.parametrize("place, value, path", MALFORMED, ids=str)
def test_a_malformed_document_is_an_error_with_its_path(place: str, value: Any, path: str) -> None:
    with pytest.raises(DocumentError) as caught:
        from_pyhf(changed(SEVEN, place, value))
    assert path in {f.path for f in caught.value.findings}


@pytest.mark.parametrize("data", [None, 1, "text", [], {}, {"channels": []}, [{"op": "add"}]])
def test_what_is_no_workspace_at_all_is_a_document_error(data: Any) -> None:
    with pytest.raises(DocumentError):
        from_pyhf(data)


def _settings(**settings: Any) -> tuple[str, Any]:
    return "/measurements/0/config/parameters/1", settings


CONTRADICTIONS = [
    (*_settings(name="JES", sigmas=[2.0]), "pyhf.setting"),
    (*_settings(name="mu", auxdata=[1.0]), "pyhf.setting"),
    (*_settings(name="template", factors=[1.0, 1.0]), "pyhf.setting"),
    (*_settings(name="fake_rate", sigmas=[1.0, 1.0, 1.0]), "pyhf.setting"),
    (*_settings(name="JES", inits=[0.0, 1.0]), "pyhf.length"),
    (*_settings(name="staterror_SR", inits=[1.0]), "pyhf.length"),
    (*_settings(name="mu", bounds=[[0, 1], [0, 1]]), "pyhf.length"),
    (*_settings(name="lumi", inits=[1.0]), "pyhf.duplicate"),
    ("/measurements/0/config/parameters", [], "pyhf.lumi_unset"),
    ("/measurements/0/config/parameters/0/sigmas", ..., "pyhf.lumi_unset"),
    (f"{SR}/2/modifiers/0/name", "staterror_SR", "pyhf.name_reuse"),
    (f"{SR}/2/modifiers/0/name", "fake_rate_CR", "pyhf.name_reuse"),
    (f"{SR}/0/modifiers/0/name", "JES", "pyhf.name_reuse"),
    (f"{SR}/0/modifiers/0/name", "template", "pyhf.name_reuse"),
    (f"{SR}/2/modifiers/1/name", "staterror_CR", "pyhf.staterror_samples"),
    (f"{SR}/2/modifiers/1/name", "stat/error", "pyhf.staterror_name"),
    (f"{SR}/1/modifiers/0", {"name": "template", "type": "shapefactor", "data": None}, None),
    (f"{SR}/2/modifiers/0/data/0", 1e-300, "pyhf.number_range"),
]


@pytest.mark.parametrize("place, value, code", CONTRADICTIONS, ids=str)
def test_what_pyhf_refuses_is_refused(place: str, value: Any, code: str | None) -> None:
    workspace = changed(SEVEN, place, value)
    if code is None:  # more bins than the parameters, which come from the channel CR
        code = "pyhf.shapefactor_bins"
    with pytest.raises(ConversionError) as caught:
        from_pyhf(workspace)
    assert caught.value.code == code
    assert caught.value.path


@pytest.mark.parametrize(
    "place, value, code",
    [
        ("/measurements/0/config/poi", "mo", "pyhf.poi_missing"),
        ("/measurements/0/config/poi", "template", "pyhf.poi_missing"),
        (*_settings(name="nobody"), "pyhf.unused_parameter"),
        (f"{SR}/0/modifiers/2/data/hi", -0.5, "pyhf.normsys_nonpositive"),
    ],
)
def test_what_has_no_effect_or_is_doubtful_is_reported(place: str, value: Any, code: str) -> None:
    assert codes(changed(SEVEN, place, value))[code].startswith(place.rsplit("/", 2)[0])


def test_every_error_is_of_this_project() -> None:
    """Whatever single value is put in another one's place, no other exception gets out."""
    values: list[Any] = [None, True, -1, 1e308, "", "x", [], [[]], {}, {"name": 1}]
    for place in _places(SEVEN):
        for value in values:
            with contextlib.suppress(HS3Error):
                from_pyhf(changed(SEVEN, place, value))


def _places(value: Any, path: str = "") -> list[str]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    out = []
    for key, inner in items:
        out.append(f"{path}/{key}")
        if isinstance(inner, dict | list):
            out += _places(inner, f"{path}/{key}")
    return out


@pytest.mark.parametrize(
    "data, workspace, patchset",
    [
        (SEVEN, True, False),
        ({"channels": 1, "observations": 2}, True, False),
        ({"channels": [], "distributions": []}, False, False),
        ({"patches": [], "metadata": {}, "version": "1.0.0"}, False, True),
        ({"patches": {}, "metadata": {}}, False, False),
        ([], False, False),
        (None, False, False),
    ],
)
def test_the_content_tells_the_format(data: Any, workspace: bool, patchset: bool) -> None:
    assert (is_pyhf(data), is_patchset(data)) == (workspace, patchset)
