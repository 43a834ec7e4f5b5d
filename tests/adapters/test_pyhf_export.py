"""Writing pyhf workspaces: round trips, edited documents, and what pyhf cannot say."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from conftest import same_json, shared
from pyhf_models import MADE, made, published, published_parts, synthetic
from reference_histfactory import twice_nll

from hs3.adapters.pyhf import apply_patch, from_pyhf, to_pyhf
from hs3.errors import ConversionError, ResolveError
from hs3.findings import Report
from hs3.resolve import resolve
from hs3.workspace import Workspace, loads


def pyhf_codes(report: Report) -> dict[str, str]:
    """Codes of this adapter's findings, with the values."""
    return {f.code: f.value for f in report if f.code.startswith("pyhf.")}


def edited(name: str, edit: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """The export of a project-made workspace whose HS3 document `edit` has changed."""
    document = copy.deepcopy(from_pyhf(made(name))[0].to_json())
    edit(document)
    workspace, report = to_pyhf(Workspace.from_json(document))
    return workspace, pyhf_codes(report)


def named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(e for e in entries if e["name"] == name)


# --- round trips --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("interpolation", ["code4", "code1", "code4,code0", "code1,code2"])
def test_project_made_workspaces_come_back(name: str, interpolation: str) -> None:
    workspace = made(name)
    imported, _ = from_pyhf(workspace, interpolation=interpolation)
    back, report = to_pyhf(imported)
    assert same_json(back, workspace)
    told = {"pyhf.modifier_settings", "pyhf.code2", "pyhf.parameter_name"}
    assert set(pyhf_codes(report)) <= told


@pytest.mark.parametrize("size", ["tiny", "small", "medium"])
def test_synthetic_workspaces_come_back(size: str) -> None:
    workspace = synthetic(size, shapesys=1)
    back, report = to_pyhf(from_pyhf(workspace)[0])
    assert same_json(back, workspace)
    assert not pyhf_codes(report)


@pytest.mark.parametrize("name", published())
def test_published_workspaces_come_back(name: str) -> None:
    workspace, patch = published_parts(name)
    if patch is not None:
        workspace, _ = apply_patch(workspace, patch)
    back, report = to_pyhf(from_pyhf(workspace)[0])
    assert same_json(back, workspace)
    assert not pyhf_codes(report)


def test_the_text_of_the_document_holds_everything() -> None:
    """The round trip works through a file, too."""
    from hs3.workspace import dumps

    for name in MADE:
        text = dumps(from_pyhf(made(name))[0])
        assert same_json(to_pyhf(loads(text))[0], made(name))


def test_one_analysis_can_be_chosen() -> None:
    workspace = made("configured")
    back, _ = to_pyhf(from_pyhf(workspace)[0], analysis="second")
    assert same_json(back["measurements"], workspace["measurements"][1:2])
    with pytest.raises(ResolveError):
        to_pyhf(from_pyhf(workspace)[0], analysis="third")


# --- edited documents: the meaning wins over what is stored ---------------------------------------


def test_without_the_stored_section_the_meaning_is_the_same() -> None:
    for name in MADE:
        if name == "clashing_names":  # there the stored section holds the channels' names
            continue
        imported, _ = from_pyhf(made(name))
        document = imported.to_json()
        del document["misc"]
        back, _ = to_pyhf(Workspace.from_json(document))
        again, _ = from_pyhf(back)
        for analysis in imported.analyses or ():
            first = resolve(imported, analysis=analysis.name)
            second = resolve(again, analysis=analysis.name)
            assert [p.value for p in first.parameters] == [p.value for p in second.parameters]
            shifted = {p.name: p.value + 0.01 * (i % 7) for i, p in enumerate(first.parameters)}
            assert twice_nll(first, shifted) == pytest.approx(twice_nll(second, shifted), rel=1e-12)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "text",
        {"measurements": []},
        {"channels": {"model_SR": 1}},
        {"uncertainties": [{"channel": "SR"}]},
        {"observations": {"obsData_SR": []}},
    ],
    ids=str,
)
def test_a_stored_section_of_another_form_is_left_aside(stored: Any) -> None:
    def edit(document: dict[str, Any]) -> None:
        document["misc"]["pyhf"] = stored

    workspace, codes = edited("seven_modifiers", edit)
    assert "pyhf.stored_invalid" in codes
    assert same_json(workspace["channels"], made("seven_modifiers")["channels"])


def test_an_edited_start_value_replaces_the_stored_measurement() -> None:
    def edit(document: dict[str, Any]) -> None:
        named(document["parameter_points"][0]["parameters"], "k")["value"] = 1.5

    workspace, codes = edited("configured", edit)
    assert codes["pyhf.stored_outdated"] == "first"
    config = workspace["measurements"][0]["config"]["parameters"]
    assert named(config, "k") == {"name": "k", "inits": [1.5], "fixed": True}
    assert same_json(workspace["measurements"][1:], made("configured")["measurements"][1:])


def test_an_edited_parameter_of_interest_replaces_the_stored_one() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["analyses"][0]["parameters_of_interest"] = ["JES"]

    workspace, codes = edited("seven_modifiers", edit)
    assert workspace["measurements"][0]["config"]["poi"] == "JES"
    assert codes["pyhf.stored_outdated"] == "nominal"


def test_edited_vals_replace_stored_uncertainties() -> None:
    def edit(document: dict[str, Any]) -> None:
        sample = named(document["distributions"][0]["samples"], "background")
        named(sample["modifiers"], "plain")["data"]["vals"] = [0.5, 0.25]

    workspace, _ = edited("configured", edit)
    sample = named(workspace["channels"][0]["samples"], "background")
    assert named(sample["modifiers"], "plain")["data"] == [25.0, 15.0]


def test_edited_counts_change_what_uncertainties_must_be() -> None:
    """tau stays, so that the stored uncertainties no longer fit."""

    def edit(document: dict[str, Any]) -> None:
        document["distributions"][0]["samples"][1]["data"]["contents"] = [0.0, 10.0, 16.0, 5.0]

    workspace, codes = edited("zero_bins", edit)
    assert codes["pyhf.stored_outdated"] == "shape"
    shape = named(workspace["channels"][0]["samples"][1]["modifiers"], "shape")
    assert shape["data"] == pytest.approx([0.0, 0.0, 1.0, 1.25])


def test_a_renamed_sample_keeps_its_modifiers() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["distributions"][0]["samples"][0]["name"] = "new name"

    workspace, _ = edited("seven_modifiers", edit)
    assert workspace["channels"][0]["samples"][0]["name"] == "new name"


def test_a_document_without_an_analysis_gives_a_measurement_of_its_likelihood() -> None:
    def edit(document: dict[str, Any]) -> None:
        del document["analyses"], document["misc"]
        for section in ("parameter_points", "domains"):
            document[section][0]["name"] = f"default_{section}"

    document = from_pyhf(made("shared_names"))[0].to_json()
    del document["analyses"], document["misc"]
    document["parameter_points"][0]["name"] = "default_values"
    workspace, _ = to_pyhf(Workspace.from_json(document))
    assert workspace["measurements"][0]["name"] == "shared_likelihood"
    assert workspace["measurements"][0]["config"]["poi"] == ""


# --- documents of other writers -------------------------------------------------------------------


def channel(*modifiers: dict[str, Any], errors: Any = None, **second: Any) -> dict[str, Any]:
    """A document with one channel of two bins, whose samples carry the modifiers."""
    data = {"contents": [50.0, 40.0], **({"errors": errors} if errors else {})}
    samples = [{"name": "background", "data": data, "modifiers": list(modifiers)}]
    if second:
        samples.append(
            {
                "name": "second",
                "data": {"contents": [10.0, 8.0], "errors": errors or [1.0, 1.0]},
                **second,
            }
        )
    signal = [{"type": "normfactor", "name": "mu", "parameter": "mu"}]
    samples.append({"name": "signal", "data": {"contents": [3.0, 5.0]}, "modifiers": signal})
    axes = [{"name": "x", "min": 0, "max": 2, "nbins": 2}]
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "model_SR", "type": "histfactory_dist", "axes": axes, "samples": samples}
        ],
        "data": [{"name": "obs", "type": "binned", "axes": axes, "contents": [55, 47]}],
        "likelihoods": [{"name": "L", "distributions": ["model_SR"], "data": ["obs"]}],
        "domains": [{"name": "D", "type": "product_domain", "axes": []}],
        "parameter_points": [{"name": "P", "parameters": []}],
        "analyses": [
            {
                "name": "A",
                "likelihood": "L",
                "parameters_of_interest": ["mu"],
                "domain": "D",
                "init": "P",
            }
        ],
    }


def with_parameters(document: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    """Add parameters: name → (value, min, max) or (value, min, max, const)."""
    for name, (value, low, high, *const) in {"mu": (1.0, 0.0, 10.0), **parameters}.items():
        document["domains"][0]["axes"].append({"name": name, "min": low, "max": high})
        point = {"name": name, "value": value, **({"const": True} if const else {})}
        document["parameter_points"][0]["parameters"].append(point)
    return document


GAMMAS = {"g0": (1.0, 0.0, 5.0), "g1": (1.0, 0.0, 5.0)}
STAT = {"type": "staterror", "name": "mcstat", "parameters": ["g0", "g1"]}


def export(document: dict[str, Any], **options: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """The export, after a check that a second import means the same."""
    workspace = Workspace.from_json(document)
    out, report = to_pyhf(workspace, **options)
    if not options:
        before, after = resolve(workspace), resolve(from_pyhf(out)[0])
        values = {p.value for p in before.parameters}
        assert values == {p.value for p in after.parameters}
        assert twice_nll(before) == pytest.approx(twice_nll(after), rel=1e-12)
    return out, pyhf_codes(report)


def modifiers_of(workspace: dict[str, Any], sample: str) -> list[dict[str, Any]]:
    return named(workspace["channels"][0]["samples"], sample)["modifiers"]


def test_gauss_constrained_staterror() -> None:
    document = with_parameters(
        channel(
            {**STAT, "constraint": "Gauss"},
            errors=[5.0, 2.0],
            modifiers=[{**STAT, "constraint": "Gauss"}],
        ),
        **GAMMAS,
    )
    workspace, codes = export(document)
    expected = {"name": "mcstat", "type": "staterror", "data": [5.0, 2.0]}
    assert modifiers_of(workspace, "background") == [expected]
    assert modifiers_of(workspace, "second") == [expected]
    assert codes == {"pyhf.parameter_name": "g0"}


def test_poisson_constrained_staterror_of_one_sample_is_a_shapesys() -> None:
    document = with_parameters(
        channel({**STAT, "constraint": "Poisson"}, errors=[5.0, 2.0]), **GAMMAS
    )
    workspace, codes = export(document)
    found = modifiers_of(workspace, "background")[0]
    assert (found["name"], found["type"]) == ("mcstat", "shapesys")
    assert found["data"] == pytest.approx([5.0, 2.0])
    assert codes["pyhf.rewritten"] == "mcstat"


def test_poisson_constrained_staterror_of_several_samples_needs_permission() -> None:
    spelled = {**STAT, "constraint": "Poisson"}
    document = with_parameters(channel(spelled, errors=[5.0, 2.0], modifiers=[spelled]), **GAMMAS)
    with pytest.raises(ConversionError, match="`approximate`") as caught:
        export(document)
    assert caught.value.code == "pyhf.poisson_shared"
    workspace, codes = export(document, approximate=True)
    assert modifiers_of(workspace, "second")[0]["data"] == [5.0, 2.0]
    assert codes["pyhf.poisson_as_gauss"] == "mcstat"


def test_gauss_constrained_shapesys_is_a_staterror() -> None:
    spelled = {
        "type": "shapesys",
        "name": "shape",
        "parameters": ["g0", "g1"],
        "constraint": "Gauss",
        "data": {"vals": [0.1, 0.2]},
    }
    workspace, codes = export(with_parameters(channel(spelled), **GAMMAS))
    found = modifiers_of(workspace, "background")[0]
    assert (found["type"], found["data"]) == ("staterror", [5.0, 8.0])
    assert codes["pyhf.rewritten"] == "shape"


def test_names_of_parameters_are_used_where_modifiers_share_a_name() -> None:
    systematics = [
        {
            "type": "normsys",
            "name": "syst",
            "parameter": parameter,
            "constraint": "Gauss",
            "data": {"hi": 1.1, "lo": 0.9},
        }
        for parameter in ("alpha_a", "alpha_b")
    ]
    alphas = {"alpha_a": (0.0, -5.0, 5.0), "alpha_b": (0.0, -5.0, 5.0)}
    workspace, _ = export(with_parameters(channel(*systematics), **alphas))
    assert [m["name"] for m in modifiers_of(workspace, "background")] == ["alpha_a", "alpha_b"]


def test_the_luminosity_of_root_becomes_that_of_pyhf() -> None:
    document = channel({"type": "normfactor", "name": "Lumi", "parameter": "Lumi"})
    document["distributions"].append(
        {"name": "c", "type": "gaussian_dist", "x": "Lumi", "mean": "nominalLumi", "sigma": 0.02}
    )
    document["likelihoods"][0]["aux_distributions"] = ["c"]
    parameters = {"Lumi": (1.0, 0.0, 10.0), "nominalLumi": (1.0, 0.0, 2.0, True)}
    document = with_parameters(document, **parameters)
    workspace, _ = to_pyhf(Workspace.from_json(document))
    assert modifiers_of(workspace, "background") == [{"name": "lumi", "type": "lumi", "data": None}]
    lumi = named(workspace["measurements"][0]["config"]["parameters"], "lumi")
    assert (lumi["auxdata"], lumi["sigmas"], lumi["bounds"]) == ([1.0], [0.02], [[0.0, 10.0]])


def test_a_free_shapefactor_over_two_channels_of_a_published_kind() -> None:
    document = with_parameters(
        channel({"type": "shapefactor", "name": "dd", "parameters": ["g0", "g1"]}), **GAMMAS
    )
    control = copy.deepcopy(document["distributions"][0])
    control["name"] = "model_CR"
    control["samples"] = control["samples"][:1]
    document["distributions"].append(control)
    document["likelihoods"][0] = {
        "name": "L",
        "distributions": ["model_SR", "model_CR"],
        "data": ["obs", "obs"],
    }
    workspace, _ = export(document)
    assert [c["name"] for c in workspace["channels"]] == ["SR", "CR"]
    assert [o["name"] for o in workspace["observations"]] == ["SR", "CR"]


def _normsys(**changes: Any) -> dict[str, Any]:
    return {
        "type": "normsys",
        "name": "norm",
        "parameter": "alpha",
        "constraint": "Gauss",
        "data": {"hi": 1.1, "lo": 0.9},
        **changes,
    }


def _histosys(**changes: Any) -> dict[str, Any]:
    data = {"hi": {"contents": [55.0, 42.0]}, "lo": {"contents": [45.0, 39.0]}}
    return _normsys(**{"type": "histosys", "name": "tilt", "data": data, **changes})


ALPHA = {"alpha": (0.0, -5.0, 5.0)}


@pytest.mark.parametrize(
    "modifiers, settings",
    [
        ([_normsys()], None),
        ([_normsys(interpolation=5), _histosys(interpolation=4)], None),
        ([_normsys(interpolation="log")], "code1,code4p"),
        ([_histosys(interpolation="lin")], "code4,code0"),
        ([_normsys(interpolation=1), _histosys(interpolation=0)], "code1,code0"),
    ],
)
def test_codes_that_pyhf_has_are_named(modifiers: list[Any], settings: str | None) -> None:
    document = with_parameters(channel(*modifiers), **ALPHA)
    found = pyhf_codes(to_pyhf(Workspace.from_json(document))[1])
    assert found.get("pyhf.modifier_settings") == settings


@pytest.mark.parametrize(
    "modifiers",
    [
        [_normsys(interpolation="lin")],
        [_normsys(interpolation="poly6")],
        [_histosys(interpolation="log")],
        [_normsys(interpolation=1), _normsys(interpolation=5, parameter="beta")],
        [_histosys(interpolation="lin"), _histosys(interpolation="poly6", parameter="beta")],
    ],
)
def test_codes_that_pyhf_has_not_need_permission(modifiers: list[Any]) -> None:
    document = with_parameters(channel(*modifiers), **ALPHA, beta=ALPHA["alpha"])
    with pytest.raises(ConversionError) as caught:
        to_pyhf(Workspace.from_json(document))
    assert caught.value.code == "pyhf.interpolation_mixed"
    _, report = to_pyhf(Workspace.from_json(document), approximate=True)
    assert "pyhf.interpolation_changed" in pyhf_codes(report)


def _constrained(kind: str, parameter: str, **keys: Any) -> dict[str, Any]:
    return {"name": f"{parameter}_constraint", "type": kind, "x": parameter, **keys}


def _auxiliary(document: dict[str, Any], *distributions: dict[str, Any]) -> dict[str, Any]:
    document["distributions"] += distributions
    document["likelihoods"][0]["aux_distributions"] = [d["name"] for d in distributions]
    return document


def _refused() -> dict[str, tuple[dict[str, Any], str]]:
    free = _normsys(constraint="None")
    factor = {"type": "normfactor", "name": "k", "parameter": "k"}
    other = {"type": "normfactor", "name": "l", "parameter": "l"}
    bins = {"type": "shapefactor", "name": "s", "parameters": ["g0", "g1"]}
    k = {"k": (1.0, 0.0, 5.0)}
    two = {**k, "l": (1.0, 0.0, 5.0)}
    wide = _constrained("gaussian_dist", "alpha", mean=0.0, sigma=2.0)
    product = {"name": "twice", "type": "product", "factors": [2.0, "k"]}
    function = with_parameters(channel({**factor, "parameter": "twice"}), **k)
    function["functions"] = [product]
    gaussian = {"name": "peak", "type": "gaussian_dist", "x": "m", "mean": 1.0, "sigma": 0.1}
    unbinned = with_parameters(channel(factor), **k)
    unbinned["distributions"].append(gaussian)
    axes = [{"name": "m", "min": 0.0, "max": 2.0}]
    unbinned["data"].append(
        {"name": "events", "type": "unbinned", "axes": axes, "entries": [[1.1]]}
    )
    unbinned["likelihoods"][0]["distributions"].append("peak")
    unbinned["likelihoods"][0]["data"].append("events")
    return {
        "a systematic without constraint": (
            with_parameters(channel(free), **ALPHA),
            "pyhf.unconstrained",
        ),
        "a systematic of width 2": (
            _auxiliary(with_parameters(channel(_normsys(constraint=None)), **ALPHA), wide),
            "pyhf.not_expressible",
        ),
        "two luminosities": (
            _auxiliary(
                with_parameters(channel(factor, other), **two),
                _constrained("gaussian_dist", "k", mean=1.0, sigma=0.1),
                _constrained("gaussian_dist", "l", mean=1.0, sigma=0.1),
            ),
            "pyhf.not_expressible",
        ),
        "a factor with a Poisson constraint": (
            _auxiliary(
                with_parameters(channel(factor), **k),
                {"name": "c", "type": "poisson_dist", "x": 7.0, "mean": "k"},
            ),
            "pyhf.not_expressible",
        ),
        "a log-normal constraint per bin": (
            with_parameters(
                channel({**STAT, "constraint": "LogNormal"}, errors=[5.0, 4.0]), **GAMMAS
            ),
            "pyhf.not_expressible",
        ),
        "a parameter as factor and as systematic": (
            with_parameters(channel(_normsys(), {**factor, "parameter": "alpha"}), **ALPHA),
            "pyhf.not_expressible",
        ),
        "a factor twice on one sample": (
            with_parameters(channel(factor, {**factor, "name": "again"}), **k),
            "pyhf.not_expressible",
        ),
        "a parameter of a bin as factor": (
            with_parameters(channel(bins, {**factor, "parameter": "g0"}), **GAMMAS),
            "pyhf.not_expressible",
        ),
        "one parameter for two bins": (
            with_parameters(channel({**bins, "parameters": ["g0", "g0"]}), **GAMMAS),
            "pyhf.not_expressible",
        ),
        "bins in another order": (
            with_parameters(
                channel(bins, modifiers=[{**bins, "parameters": ["g1", "g0"]}]), **GAMMAS
            ),
            "pyhf.not_expressible",
        ),
        "a function as factor": (function, "pyhf.not_expressible"),
        "an unbinned channel": (unbinned, "pyhf.not_expressible"),
    }


@pytest.mark.parametrize("case", _refused())
def test_what_pyhf_cannot_say_is_refused_by_name(case: str) -> None:
    document, code = _refused()[case]
    with pytest.raises(ConversionError) as caught:
        to_pyhf(Workspace.from_json(document))
    assert caught.value.code == code
    assert caught.value.path
    assert str(caught.value.value) in caught.value.message


def test_what_gets_lost_is_told() -> None:
    document = with_parameters(channel(_histosys()), **ALPHA)
    document["metadata"] |= {
        "authors": ["A. Person"],
        "packages": [{"name": "ROOT", "version": "6.40"}],
    }
    document["analyses"][0]["parameters_of_interest"] = ["mu", "alpha"]
    document["distributions"][0]["axes"][0] |= {"min": -1.0, "max": 3.0}
    document["data"][0]["axes"][0] |= {"min": -1.0, "max": 3.0}
    found = pyhf_codes(to_pyhf(Workspace.from_json(document))[1])
    assert found["pyhf.clipping"] == "background"
    assert found["pyhf.several_pois"] == "alpha"
    assert found["pyhf.binning"] == "x"
    assert "pyhf.metadata" in found


def test_a_constant_that_nothing_constrains_adds_a_constant() -> None:
    """ROOT leaves bins without uncertainty unconstrained; pyhf has a constant term for them."""
    spelled = {**STAT, "constraint": "Gauss"}
    document = with_parameters(channel(spelled, errors=[5.0, 0.0]), **GAMMAS)
    document["parameter_points"][0]["parameters"][-1]["const"] = True
    workspace, report = to_pyhf(Workspace.from_json(document))
    assert pyhf_codes(report)["pyhf.constant_term"] == "g1"
    assert modifiers_of(workspace, "background")[0]["data"] == [5.0, 0.0]


def test_a_constant_of_a_shapesys_that_scales_its_bin_is_refused() -> None:
    """pyhf takes bins without uncertainty out of a shapesys, whatever the parameter is."""
    spelled = {**STAT, "constraint": "Poisson"}
    document = with_parameters(channel(spelled, errors=[5.0, 0.0]), **GAMMAS)
    to_pyhf(Workspace.from_json(document))
    document["parameter_points"][0]["parameters"][-1]["value"] = 1.4
    with pytest.raises(ConversionError, match="leaves bins without uncertainty as they are"):
        to_pyhf(Workspace.from_json(document))


def test_single_constant_bins_are_kept_where_pyhf_can() -> None:
    """A bin without uncertainty is constant in pyhf; its width comes from the measurement."""
    document = with_parameters(
        channel({**STAT, "constraint": "Gauss"}, errors=[5.0, 4.0]), **GAMMAS
    )
    document["parameter_points"][0]["parameters"][-1]["const"] = True
    workspace, _ = export(document)
    assert modifiers_of(workspace, "background")[0]["data"] == [5.0, 0.0]
    settings = named(workspace["measurements"][0]["config"]["parameters"], "mcstat")
    assert settings["sigmas"] == [0.1, 0.1]
    assert resolve(from_pyhf(workspace)[0]).parameter("mcstat[1]").const


def test_single_constant_bins_that_pyhf_cannot_keep_are_told() -> None:
    bins = {"type": "shapefactor", "name": "s", "parameters": ["g0", "g1"]}
    document = with_parameters(channel(bins), **GAMMAS)
    document["parameter_points"][0]["parameters"][-1]["const"] = True
    found = pyhf_codes(to_pyhf(Workspace.from_json(document))[1])
    assert found["pyhf.fixed_bins"] == "s"


@pytest.mark.parametrize("file", ["agc_ttbar_workspace", "sbottom_RegionC_900_250_60"])
def test_workspaces_written_by_root_keep_their_likelihood(file: str) -> None:
    path = shared("likelihoods", "hs3_written_by_root640", f"{file}.hs3.json")
    workspace = loads(path.read_bytes())
    for analysis in ("simPdf_asimovData", "simPdf_obsData"):
        back, report = to_pyhf(workspace, analysis=analysis)
        assert not [f for f in report.errors if f.code.startswith("pyhf.")]
        before = resolve(workspace, analysis=analysis)
        after = resolve(from_pyhf(back)[0])
        assert twice_nll(after) == pytest.approx(twice_nll(before), rel=1e-12)
