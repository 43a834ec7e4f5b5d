"""New names and parts of workspaces: the likelihood stays what it was."""

from __future__ import annotations

import copy
import json

import builders as b
import pytest
from conftest import DATA, ROOT, shared

import hs3
from hs3.cli.app import run
from hs3.edit.explicit import explicit
from hs3.edit.occurrences import names
from hs3.resolve.resolve import attempt

DEMO = ROOT / "examples" / "demo" / "workspace.json"


def demo():
    return hs3.read(DEMO)[0]


def channel(*modifiers, **sections):
    return hs3.Workspace.from_json(b.document(b.sample(*modifiers, errors=[1, 2]), **sections))


def functions():
    """A density with an expression, an integral over a named range, and two axes of one name."""
    return hs3.Workspace.from_json(
        {
            "metadata": {"hs3_version": "0.2.9"},
            "distributions": [
                {"name": "g", "type": "generic_dist", "expression": "exp(-x*slope) + pi*e1*x"},
                {"name": "h", "type": "gaussian_dist", "x": "slope", "mean": 1, "sigma": "width"},
            ],
            "functions": [
                {"name": "width", "type": "generic_function", "expression": "s2 > 1 ? s2 : s2^2"}
            ],
            "data": [
                {
                    "name": "d",
                    "type": "unbinned",
                    "axes": [{"name": "x", "min": 0, "max": 3}],
                    "entries": [[1], [2]],
                }
            ],
            "likelihoods": [
                {"name": "l", "distributions": ["g"], "data": ["d"], "aux_distributions": ["h"]}
            ],
            "domains": [
                {
                    "name": "l",
                    "type": "product_domain",
                    "axes": [{"name": n, "min": 0, "max": 3} for n in ("slope", "e1", "s2")],
                }
            ],
            "parameter_points": [
                {
                    "name": "p",
                    "parameters": [{"name": n, "value": 1} for n in ("slope", "e1", "s2")],
                }
            ],
            "analyses": [
                {
                    "name": "l",
                    "likelihood": "l",
                    "domains": ["l"],
                    "init": "p",
                    "parameters_of_interest": ["slope"],
                }
            ],
        }
    )


# --- rename ---------------------------------------------------------------------------------------


def test_every_name_of_a_document_changes_and_changes_back():
    for ws in (functions(), demo(), channel(b.NORMSYS, b.HISTOSYS, b.SHAPESYS, b.STATERROR)):
        there, report = hs3.rename(ws, {"*": "new_*"})
        assert report.ok
        for space, found in names(there).items():
            assert found.keys() == {f"new_{n}" for n in names(ws)[space]}
        back = hs3.rename(there, {"new_*": "*"})[0].to_json()
        given = ws.to_json()
        back.pop("misc", None), given.pop("misc", None)
        assert back == given


def test_the_likelihood_does_not_change():
    ws = functions()
    there = hs3.rename(ws, {"x": "mass", "slope": "c", "s2": "s", "e1": "fraction", "g": "pdf"})[0]
    assert there.distribution("pdf").expression == "exp(-mass*c) + pi*fraction*mass"
    assert hs3.compile(there).twice_nll() == hs3.compile(ws).twice_nll()


def test_names_that_were_derived_are_written_out():
    ws = channel(
        b.modifier(b.NORMSYS, "parameter"),
        b.modifier(b.SHAPESYS, "parameters"),
        b.modifier(b.STATERROR, "parameters"),
        {"type": "normfactor", "name": "mu"},
    )
    before = attempt(ws)[0]
    after = attempt(explicit(ws))[0]
    assert before is not None
    assert after is not None
    assert [p.name for p in before.parameters] == [p.name for p in after.parameters]
    there = hs3.rename(ws, {"gamma_*": "g_*", "mu": "strength"})[0]
    graph = attempt(there)[0]
    assert {p.name for p in graph.parameters} == {
        p.name.replace("gamma_", "g_").replace("mu", "strength") for p in before.parameters
    }
    assert len(graph.constraints) == len(before.constraints)


def test_pyhf_documents_stay_pyhf_documents(tmp_path):
    from hs3.adapters import pyhf

    renamed = hs3.rename(demo(), {"mu": "strength", "jet_*": "JES_*"})[0]
    data, _ = pyhf.to_pyhf(renamed)
    assert data["measurements"][0]["config"]["poi"] == "strength"
    original = json.loads(DEMO.read_text(encoding="utf-8"))
    assert [c["name"] for c in data["channels"]] == [c["name"] for c in original["channels"]]


def test_channels_keep_the_names_that_pyhf_gave_them():
    from hs3.adapters import pyhf

    ws = demo()
    there = hs3.rename(ws, {"model_*": "A_*", "obsData_*": "data_*"})[0]
    assert pyhf.to_pyhf(there)[0]["channels"] == pyhf.to_pyhf(ws)[0]["channels"]


def test_what_root_keeps_in_misc_follows():
    data = functions().to_json()
    data["misc"] = {
        "ROOT_internal": {
            "ModelConfigs": {"l": {"mcName": "mc", "pdfName": "sim"}},
            "attributes": {"slope": {"tags": ["Constant"]}},
            "combined_distributions": {"sim": {"distributions": ["g"], "labels": ["d"]}},
            "combined_datasets": {"all": {"labels": ["d"]}},
        },
        "mine": {"slope": "g"},
    }
    data["data"][0]["name"] = "all_d"
    data["likelihoods"][0]["data"] = ["all_d"]
    ws = hs3.Workspace.from_json(data)
    there, report = hs3.rename(ws, {"g": "pdf", "slope": "c", "all_d": "some_d"})
    assert there.misc["ROOT_internal"] == {
        "ModelConfigs": {"l": {"mcName": "mc", "pdfName": "sim"}},
        "attributes": {"c": {"tags": ["Constant"]}},
        "combined_distributions": {"sim": {"distributions": ["pdf"], "labels": ["d"]}},
        "combined_datasets": {"some": {"labels": ["d"]}},
    }
    assert [f.path for f in report.of("warning")] == ["/misc/mine/slope", "/misc/mine/slope"]
    lost, report = hs3.rename(ws, {"all_d": "x_y"})
    assert "rename.misc_dropped" in {f.code for f in report}
    assert lost.misc["ROOT_internal"]["combined_datasets"] == {}


def test_observed_values_that_root_finds_by_name_follow():
    ws = channel(
        b.NORMSYS,
        packages=b.ROOT_640,
        parameter_points=[
            {"name": "default_values", "parameters": [{"name": "a", "value": 0}]},
            {"name": "n", "parameters": [{"name": "nom_a", "value": 0.5}]},
        ],
    )
    there = hs3.rename(ws, {"a": "b"})[0]
    assert [c.observed for c in attempt(there)[0].constraints] == ["nom_b"]


def test_only_in_some_sections():
    there = hs3.rename(functions(), {"l": "m"}, sections=["analyses"])[0]
    assert (there.analyses[0].name, there.likelihoods[0].name) == ("m", "l")
    assert there.analyses[0].domains == ("l",)


def test_unknown_keys_are_not_followed_and_told():
    data = functions().to_json()
    data["functions"][0]["remark"] = "s2"
    report = hs3.rename(hs3.Workspace.from_json(data), {"s2": "s"})[1]
    assert [(f.code, f.path) for f in report.warnings] == [
        ("rename.not_followed", "/functions/0/remark")
    ]


@pytest.mark.parametrize(
    "new, code",
    [
        ({"nothing": "x"}, "rename.unknown"),
        ({"none_*": "x_*"}, "rename.unknown"),
        ({"slope": "s2"}, "rename.clash"),
        ({"slope": "c", "s2": "c"}, "rename.clash"),
        ({"slope": "width"}, "rename.clash"),
        ({"slope": "1.5"}, "rename.invalid"),
        ({"slope": "jet scale"}, "rename.invalid"),
        ({"slope": "PI"}, "rename.invalid"),
        ({"slope": "e"}, "rename.invalid"),
    ],
)
def test_names_that_are_refused(new, code):
    with pytest.raises(hs3.EditError) as raised:
        hs3.rename(functions(), new)
    assert raised.value.code == code


def test_a_distribution_cannot_get_the_name_of_a_kind_of_constraint():
    data = b.document(b.sample(b.STATERROR, errors=[1, 2]))
    with pytest.raises(hs3.EditError, match="kind of constraint"):
        hs3.rename(hs3.Workspace.from_json(data), {data["distributions"][0]["name"]: "Gauss"})


def test_a_namespace_that_is_none():
    with pytest.raises(hs3.EditError, match="namespace"):
        hs3.rename(functions(), {"slope": "c"}, sections=["functions"])


def test_names_can_be_exchanged():
    there = hs3.rename(functions(), {"slope": "e1", "e1": "slope"})[0]
    assert there.distribution("g").expression == "exp(-x*e1) + pi*slope*x"


# --- select ---------------------------------------------------------------------------------------


def with_rest():
    data = functions().to_json()
    rest = {"name": "unused", "type": "gaussian_dist", "x": "other", "mean": 0, "sigma": 1}
    data["distributions"].append(rest)
    data["likelihoods"].append({"name": "m", "distributions": ["unused"], "data": [0.0]})
    data["parameter_points"][0]["parameters"].append({"name": "other", "value": 3})
    data["parameter_points"].append({"name": "q", "parameters": [{"name": "other", "value": 4}]})
    return hs3.Workspace.from_json(data)


def test_an_analysis_and_what_it_needs():
    made, report = hs3.select(with_rest(), analysis="l")
    assert made.to_json() == functions().to_json()
    assert {f.path for f in report} == {"/distributions", "/likelihoods", "/parameter_points"}


def test_a_likelihood_and_what_it_needs():
    made, _ = hs3.select(with_rest(), likelihood="m")
    assert set(made.tables["distributions"]) == {"unused"}
    assert made.analyses is None
    assert [p.name for p in made.parameter_points] == ["p", "q"]


def two_channels():
    first = b.document(b.sample(b.NORMSYS))
    data = copy.deepcopy(first)
    dist, obs = data["distributions"][0]["name"], data["data"][0]["name"]
    second = copy.deepcopy(first["distributions"][0]) | {"name": "model_second"}
    second["samples"] = [b.sample(b.modifier(b.NORMSYS, parameter="c"))]
    for name in ("a", "c"):
        data["distributions"].append(
            {"name": f"{name}_con", "type": "gaussian_dist", "x": name, "mean": 0, "sigma": 1}
        )
    data["distributions"].append(second)
    data["likelihoods"][0] |= {
        "distributions": [dist, "model_second"],
        "data": [obs, obs],
        "aux_distributions": ["a_con", "c_con"],
    }
    return hs3.Workspace.from_json(data), dist


def test_channels_are_dropped_with_their_constraints():
    ws, dist = two_channels()
    made, report = hs3.select(ws, channels=["second"])
    assert set(made.tables["distributions"]) == {"model_second", "c_con"}
    assert [f.value for f in report if f.code == "select.constraint_dropped"] == ["a_con"]
    assert dist not in made.likelihoods[0].distributions


def test_a_channel_that_is_not_there():
    with pytest.raises(hs3.EditError) as raised:
        hs3.select(two_channels()[0], channels=["secund"])
    assert raised.value.code == "select.unknown"
    assert raised.value.suggestions[0] == "second"


def test_nothing_to_select():
    with pytest.raises(hs3.ResolveError):
        hs3.select(demo(), analysis="nothing")


# --- files and the command line -------------------------------------------------------------------


def test_real_documents_survive():
    """Published and ROOT-made documents: all names changed and changed back."""
    documents = {path.name: explicit(hs3.load(path)) for path in DATA.glob("*.json")}
    known = {k: names(ws).values() for k, ws in documents.items()}
    documents = {
        k: ws  # a pattern that fits nothing is an error, and so is an empty name
        for k, ws in documents.items()
        if any(known[k]) and not any("" in found for found in known[k])
    }
    assert len(documents) > 3
    for path, ws in documents.items():
        there = hs3.rename(ws, {"*": "new_*"}, sections=["values", "data"])[0]
        back = hs3.rename(there, {"new_*": "*"}, sections=["values", "data"])[0]
        one, two = ws.to_json(), back.to_json()
        one.pop("misc", None), two.pop("misc", None)
        assert one == two, path
        assert sorted(f.code for f in attempt(ws)[1]) == sorted(f.code for f in attempt(there)[1])


def test_published_likelihoods_survive():
    ws = hs3.read(shared("likelihoods/atlas_sbottom_SUSY-2018-31/RegionC/BkgOnly.json"))[0]
    there = hs3.rename(ws, {"*": "C_*"}, sections=["values", "data"])[0]
    before, after = attempt(ws)[0], attempt(there)[0]
    assert [f"C_{p.name}" for p in before.parameters] == [p.name for p in after.parameters]
    assert [c.scale for c in before.constraints] == [c.scale for c in after.constraints]


def test_commands(tmp_path, capsys):
    out = tmp_path / "out.json"
    assert run(["rename", str(DEMO), "mu=strength", "-o", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == str(out)
    assert "strength" in names(hs3.load(out))["values"]
    assert run(["rename", str(DEMO), "mu", "-o", str(out)]) == 1
    assert run(["rename", str(DEMO), "mu=q", "--section", "data", "-o", str(out)]) == 1
    first = hs3.load(DEMO).likelihoods[0].distributions[0]
    assert run(["select", str(DEMO), "--channel", first, "-o", str(out)]) == 0
    assert hs3.load(out).likelihoods[0].distributions == (first,)
