"""Documents of other writers and versions, in the words of the current standard."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from builders import (
    HISTOSYS,
    NORMSYS,
    PYHS3,
    ROOT_640,
    SHAPESYS,
    STATERROR,
    document,
    modifier,
    point,
    sample,
)
from conftest import DATA, label, shared_documents

import hs3
from hs3.cli.app import run
from hs3.upgrading.likelihoods import meaning

MU = {"name": "mu", "type": "normfactor", "parameter": "mu"}
VALUES = point(mu=1.3, a=0.2, b=-0.4, g0=1.1, g1=0.9, e0=0.95, e1=1.02)
ROOT_626 = [{"name": "ROOT", "version": "6.26.00"}]
TWO = {
    "name": "ch",
    "type": "histfactory_dist",
    "axes": [{"name": "x", "min": 0, "max": 2, "nbins": 2}],
}

DIALECTS = {
    "clipped, as ROOT does": document(
        sample(MU, HISTOSYS, contents=(1, 20)), packages=ROOT_640, parameter_points=VALUES
    ),
    "pyhs3's absolute shapesys": document(
        sample(MU, modifier(SHAPESYS, data={"vals": [2.0, 1.5]})),
        packages=PYHS3,
        parameter_points=VALUES,
    ),
    "tau of an old ROOT": document(
        sample(MU, modifier(SHAPESYS, data={"vals": [30.0, 55.0]})),
        packages=ROOT_626,
        parameter_points=VALUES,
    ),
    "codes of interpolation": document(
        sample(MU, modifier(NORMSYS, interpolation=1), modifier(HISTOSYS, interpolation=5)),
        packages=ROOT_640,
        parameter_points=VALUES,
    ),
    "interpolation of the channel": document(
        sample(MU, NORMSYS), channel={"default_interpolation": "lin"}, parameter_points=VALUES
    ),
    "interpolation in the data": document(
        sample(MU, modifier(NORMSYS, data={"hi": 1.2, "lo": 0.9, "interpolation": "code1"})),
        packages=PYHS3,
        parameter_points=VALUES,
    ),
    "names that are derived": document(
        sample({"type": "normfactor", "name": "mu"}, modifier(NORMSYS, "parameter")),
        parameter_points=point(mu=1.2, alpha_n=0.3),
    ),
    "a constraint by name": document(
        sample(MU, modifier(NORMSYS, constraint_name="ac")),
        more=[{"name": "ac", "type": "gaussian_dist", "x": 0.5, "mean": "a", "sigma": 0.7}],
        packages=ROOT_640,
        parameter_points=VALUES,
    ),
    "constraints per bin": document(
        sample(MU, modifier(SHAPESYS, "constraint", "data", constraints=["gc", None])),
        more=[{"name": "gc", "type": "gaussian_dist", "x": "g0", "mean": 1.05, "sigma": 0.1}],
        packages=ROOT_640,
        parameter_points=VALUES,
    ),
    "an observed value that ROOT finds by name": document(
        sample(MU, modifier(NORMSYS, constraint="Gauss")),
        packages=ROOT_640,
        parameter_points=point(mu=1.0, a=0.2, nom_a=0.6),
    ),
    "errors from the counts": document(
        sample(MU, STATERROR), packages=ROOT_640, parameter_points=VALUES
    ),
    "pyhs3's uncertainties": document(
        sample(MU, modifier(STATERROR, data={"uncertainties": [1.0, 3.0]})),
        packages=PYHS3,
        parameter_points=VALUES,
    ),
    "a threshold of statistical errors": document(
        sample(MU, modifier(STATERROR, "constraint"), errors=(0.1, 3.0)),
        channel={"staterror": {"constraint_type": "Gauss", "relThreshold": 0.05}},
        packages=ROOT_640,
        parameter_points=VALUES,
    ),
    "a bin without uncertainty": document(
        sample(MU, modifier(SHAPESYS, data={"vals": [0.0, 0.2]})), parameter_points=VALUES
    ),
    "a shapefactor as ROOT writes it": document(
        sample(MU, modifier(SHAPESYS, data={"vals": [0.0, 0.0]})),
        packages=ROOT_640,
        parameter_points=VALUES,
    ),
    "no values at all": document(sample(MU, NORMSYS, SHAPESYS)),
    "ranges in a point": document(
        sample(MU, NORMSYS),
        parameter_points=[
            {
                "name": "default_values",
                "parameters": [
                    {"name": "mu", "value": 1, "min": 0, "max": 5},
                    {"name": "a", "value": 0, "min": -5, "max": 5, "const": True},
                ],
            }
        ],
    ),
    "a constant by a tag": document(
        sample(MU, NORMSYS),
        parameter_points=VALUES,
        misc={"ROOT_internal": {"attributes": {"a": {"tags": ["Constant"]}}}},
    ),
    "no axes in the channel": document(
        sample(MU), channel={"axes": []}, parameter_points=point(mu=1.1)
    ),
    "null, and an older version": document(
        sample(MU, NORMSYS), parameter_points=VALUES, functions=None
    )
    | {"metadata": {"hs3_version": "0.2"}},
}


def compiled(ws):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hs3.compile(ws)


def same_likelihood(old, new, count=3):
    a, b = compiled(old), compiled(new)
    assert sorted(a.names) == sorted(b.names)
    rng = np.random.default_rng(1)
    points = [dict(zip(a.names, a.start.tolist(), strict=True))]
    for _ in range(count):
        moved = a.start + rng.normal(0.0, 0.1, len(a.names))
        points.append(dict(zip(a.names, moved.tolist(), strict=True)))
    for values in points:
        assert b.nll(values) == pytest.approx(a.nll(values), rel=1e-13, abs=1e-12)


CONVENTIONS = {"dialect.histosys_absolute", "dialect.interpolation_root_code"}
CONVENTIONS |= {"dialect.shapesys_vals_relative"}
"""What has no other spelling: the standard lacks a name, or its text is not what is written."""


FAST = {"clipped, as ROOT does", "tau of an old ROOT", "an observed value that ROOT finds by name"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in FAST else pytest.mark.slow) for n in DIALECTS]
)
def test_dialects_have_the_same_likelihood(name):
    old = hs3.Workspace.from_json(DIALECTS[name])
    same_likelihood(old, hs3.upgrade(old)[0])


@pytest.mark.parametrize("name", DIALECTS)
def test_dialects_become_the_standard(name):
    old = hs3.Workspace.from_json(DIALECTS[name])
    new, report = hs3.upgrade(old)
    assert new.metadata.hs3_version == "0.2.9"
    assert report.ok
    left = {f.code for f in meaning(new).report if f.code.startswith("dialect.")}
    assert left - {"dialect.zero_uncertainty_fixed"} <= CONVENTIONS
    again, _ = hs3.upgrade(new)
    assert again is new


def test_who_wrote_it_does_not_count_any_more_and_is_kept():
    old = hs3.Workspace.from_json(DIALECTS["clipped, as ROOT does"])
    new, _ = hs3.upgrade(old)
    assert [p.name for p in new.metadata.packages] == ["hs3-reference"]
    told = new.metadata.to_json()["upgraded_from"]
    assert told["packages"] == ROOT_640
    assert told["sha256"] == hs3.workspace.sha256(old)
    histosys = new.to_json()["distributions"][0]["samples"][0]["modifiers"][1]
    assert histosys["positiveDefinite"] is True


def test_what_is_not_understood_stays():
    data = DIALECTS["codes of interpolation"] | {"extra": {"kept": [1]}}
    data["distributions"][0]["samples"][0]["modifiers"][0]["note"] = "kept"
    new = hs3.upgrade(hs3.Workspace.from_json(data))[0].to_json()
    assert new["extra"] == {"kept": [1]}
    assert new["distributions"][0]["samples"][0]["modifiers"][0]["note"] == "kept"


def test_what_cannot_be_resolved_is_left_with_its_writer():
    data = DIALECTS["clipped, as ROOT does"] | {"parameter_points": point(b=0.1)}
    new, report = hs3.upgrade(hs3.Workspace.from_json(data))
    (finding,) = [f for f in report if f.code == "upgrade.left"]
    assert "'mu'" in finding.message
    assert [p.name for p in new.metadata.packages or ()] == ["ROOT"]


def test_a_current_document_is_not_touched():
    ws = hs3.load(DATA.parent.parent / "examples" / "demo" / "workspace.json")
    assert hs3.upgrade(ws)[0] is ws


@pytest.mark.parametrize("path", sorted(DATA.glob("*.hs3.json")), ids=label)
def test_upgraded_documents_stay_as_they_are(path):
    new, _ = hs3.upgrade(hs3.Workspace.from_json(json.loads(path.read_text(encoding="utf-8"))))
    assert hs3.upgrade(new)[0].to_json() == new.to_json()


@pytest.mark.slow
@pytest.mark.parametrize("path", shared_documents(), ids=label)
def test_documents_of_root_mean_the_same(path):
    old = hs3.Workspace.from_json(json.loads(path.read_text(encoding="utf-8")))
    new, _ = hs3.upgrade(old)
    assert hs3.upgrade(new)[0].to_json() == new.to_json()
    try:
        compiled(old)
    except hs3.HS3Error as error:
        with pytest.raises(type(error)):
            compiled(new)
    else:
        same_likelihood(old, new, 1)


def test_on_the_command_line(tmp_path, capsys):
    source, target = tmp_path / "old.json", tmp_path / "new.json"
    source.write_text(json.dumps(DIALECTS["codes of interpolation"]), encoding="utf-8")
    assert run(["upgrade", str(source), "-o", str(target), "--json", "--changes"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert any(c["path"].endswith("/interpolation") for c in told["changes"])
    assert run(["upgrade", str(source), "-o", str(target), "--changes"]) == 0
    assert "dialect.interpolation_root_code" in capsys.readouterr().out
    assert run(["diff", str(source), str(target)]) == 1
    assert "/samples/s/modifiers" in capsys.readouterr().out
    assert run(["diff", str(source), str(target), "--meaning"]) == 0
    assert "No differences" in capsys.readouterr().out
