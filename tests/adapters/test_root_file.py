"""The reader of ROOT files, against what the real ROOT says of them."""

from __future__ import annotations

import functools
import json
import math
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import label, shared, shared_files
from root_files_checks import check_workspace

from hs3.adapters.root import process
from hs3.adapters.root.file import RootFile, WorkspaceGraph, build, open_root, variable
from hs3.adapters.root.file.streamers import Layouts
from hs3.errors import ReadError

HERE = Path(__file__).resolve().parent
FILES = HERE / "root_files"
ZOO = sorted((HERE / "root_zoo").glob("*.root"))
SMALL = "likelihoods/rooworkspaces_small"
WRITTEN = "likelihoods/hs3_written_by_root640"
SHARED = [
    *shared_files("workspaces/*.root"),
    *shared_files(f"{SMALL}/*.root"),
    *shared_files(f"{WRITTEN}/*.root"),
]


@functools.cache
def said() -> dict[str, dict[str, Any]]:
    """What ROOT says of the files of this project, by file, by name and cycle of the workspace."""
    found: dict[str, dict[str, Any]] = json.loads((FILES / "said.json").read_text("utf-8"))
    return found


@functools.cache
def opened(name: str) -> RootFile:
    return open_root(FILES / name)


def graph(name: str, workspace: str | None = None) -> WorkspaceGraph:
    return opened(name).workspace(workspace)


# --- the files of this project ----------------------------------------------------------------


@pytest.mark.parametrize("name, key", [(name, key) for name, of in said().items() for key in of])
def test_all_that_root_says(name: str, key: str) -> None:
    file = opened(name)
    workspace, cycle = key.split(";")
    check_workspace(build.graph_of(file, file.find(workspace, int(cycle))), said()[name][key])


def test_binnings() -> None:
    nodes = graph("ranges.root").nodes
    named = variable(nodes["named"])
    assert {n: (b.low, b.high, b.bins) for n, b in named.ranges.items()} == {
        "signal": (2.0, 4.0, 1),
        "left": (0.0, 2.0, 1),
        "cache": (0.0, 10.0, 5),
        "unequal": (0.0, 10.0, 2),
    }
    moving = variable(nodes["moving"]).binning
    assert (moving.low_name, moving.high_name) == ("low", "high")
    assert moving.low == 1.0
    assert math.isnan(moving.high), "a function of the model, which is not evaluated here"
    assert not moving.bins
    edges = variable(nodes["edges"]).binning
    assert edges.edges.tolist() == [0.0, 1.0, 4.0, 10.0]
    assert not edges.uniform
    assert variable(nodes["errors"]).asymmetric == (-0.125, 0.375)


def test_histograms_have_an_axis_per_variable() -> None:
    histogram = graph("data.root").datasets["plane"].histogram
    assert histogram is not None
    assert histogram.order == ("x", "y", "cat")
    assert histogram.contents.shape == (4, 3, 2)
    assert histogram.contents.ravel().tolist() == list(range(1, 25))
    assert histogram.edges["y"].tolist() == [0.0, 0.5, 1.0, 3.0]
    assert histogram.edges["cat"].tolist() == [1, 5]
    errors = graph("data.root").datasets["line"].histogram
    assert errors is not None
    assert errors.errors is not None
    assert [e.tolist() for e in errors.errors] == [[1.0] * 4, [2.0] * 4]


def test_errors_of_weights() -> None:
    datasets = graph("data.root").datasets
    low, high = datasets["asymmetric"].weight_errors or ((), ())
    assert list(low) == [0.0, -0.25, -0.5, -0.75]
    assert list(high) == [0.0, 0.5, 1.0, 1.5]
    low, high = datasets["symmetric"].weight_errors or ((), ())
    assert list(high)[1:] == [0.5, 1.0, 1.5]
    assert math.isnan(high[0]), "RooFit takes the error 0 for none"


def test_global_observables_of_data() -> None:
    of_x = graph("data.root").datasets["of_x"]
    assert [variable(v).value for v in of_x.global_observables.values()] == [0.75]


def test_what_stands_beside_workspaces() -> None:
    file = opened("many.root")
    assert file.workspaces == ["first", "second", "folder/below/inner"]
    assert file.root_version == "6.40/00"
    assert file.read("text").members["value"] == "a text"
    assert file.read("matrix").members["fElements"].tolist() == [
        [0.0, 1.0, 2.0],
        [1.0, 11.0, 12.0],
        [2.0, 12.0, 22.0],
    ]
    hist = file.read("hist").members
    assert hist["fArray"].tolist() == [0.0, 1.5, 3.0, 4.5, 6.0]
    assert hist["fSumw2"].members["fArray"].tolist() == [0.0, 0.25, 1.0, 2.25, 4.0]
    assert hist["fXaxis"].members["fXbins"].members["fArray"].tolist() == [0.0, 1.0, 2.0, 4.0]


def test_the_highest_cycle_is_read() -> None:
    first = variable(graph("many.root", "first").nodes["mean"])
    assert first.value == 0.5
    assert opened("many.root").read("first", 1).version > 0


def test_configurations_inside_and_beside() -> None:
    assert [c.name for c in graph("many.root", "first").model_configs] == ["beside"]
    # the one beside could be of both: each has the pdf that it names
    assert [c.name for c in graph("many.root", "second").model_configs] == ["inside", "beside"]
    assert [(o.class_name, o.title) for o in graph("many.root", "second").objects] == [
        ("TNamed", "a generic object")
    ]


def test_pointers_that_nest_deep() -> None:
    nodes = graph("deep.root").nodes
    node, steps = nodes["f1499"], 0
    while node.class_name == "RooLinearVar":
        target = node.proxy("_var")
        assert target is not None
        node, steps = target, steps + 1
    assert (node.name, steps) == ("f0", 1499)


def test_proxies() -> None:
    g = graph("many.root", "first").nodes["g"]
    mean = g.proxy("mean")
    assert mean is graph_nodes(g, "mean")
    assert [s.name for s in g.proxies("_serverList")] == ["x", "mean", "sigma"]
    with pytest.raises(ReadError, match="did you mean mean") as caught:
        g.proxy("maen")
    assert caught.value.code == "root.member"
    assert caught.value.path.endswith("/g")
    with pytest.raises(ReadError, match="is not a collection"):
        g.proxies("mean")
    with pytest.raises(ReadError, match="is not a single object"):
        g.proxy("_value")


def graph_nodes(node: Any, name: str) -> Any:
    """The server of this name: a pointer elsewhere gives the same object."""
    return next(s for s in node.proxies("_serverList") if s.name == name)


# --- refusals -----------------------------------------------------------------------------------


def test_which_workspace() -> None:
    with pytest.raises(ReadError, match="several workspaces") as caught:
        opened("many.root").workspace()
    assert caught.value.code == "root.workspace"
    with pytest.raises(ReadError, match="no workspace 'secnd'") as caught:
        opened("many.root").workspace("secnd")
    assert caught.value.suggestions == ("second",)
    with pytest.raises(ReadError) as caught:
        opened("many.root").read("nothing")
    assert caught.value.code == "root.key"


def test_what_is_no_root_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        open_root(b"{}")
    assert caught.value.code == "read.format"
    with pytest.raises(ReadError) as caught:
        open_root(b"root" + bytes(200))
    assert caught.value.code == "root.corrupt"
    with pytest.raises(ReadError) as caught:
        open_root((FILES / "ranges.root").read_bytes()[:-1])
    assert "cut off" in str(caught.value)
    with pytest.raises(ReadError) as caught:
        open_root(tmp_path / "missing.root")
    assert caught.value.code == "read.failed"


def test_sizes_are_bounded() -> None:
    path = FILES / "ranges.root"
    with pytest.raises(ReadError) as caught:
        open_root(path, limit=1000)
    assert caught.value.code == "read.too_large"
    with pytest.raises(ReadError) as caught:
        open_root(path, object_limit=1000)
    assert caught.value.code == "read.too_large"


def test_a_class_that_the_file_does_not_describe() -> None:
    """Its object is skipped and named, what stands inside it is read where it is referred to."""
    file = open_root(FILES / "many.root")
    without(file._classes.layouts, "RooGaussian")
    found = file.workspace("first")
    assert [(o.class_name, o.readable) for o in found.unread] == [("RooGaussian", False)]
    assert {"x", "mean", "sigma"} < found.nodes.keys()
    assert variable(found.nodes["sigma"]).value == 1.0
    assert all(node.readable for name, node in found.nodes.items() if name in ("x", "mean"))


def test_a_version_that_the_file_does_not_describe() -> None:
    file = open_root(FILES / "many.root")
    layouts = file._classes.layouts
    layouts["RooGaussian"] = {9: layouts["RooGaussian"][1]}
    with pytest.raises(ReadError, match="version 1 of RooGaussian is not described") as caught:
        file.workspace("first")
    assert caught.value.code == "root.corrupt"
    assert isinstance(caught.value.value, int)


def without(layouts: Layouts, name: str) -> None:
    del layouts[name]


# --- other files, compared with ROOT where it is installed --------------------------------------


@functools.cache
def said_live(paths: tuple[Path, ...], folder: Path) -> dict[str, Any]:
    answer = folder / "said.json"
    subprocess.run(
        [
            process.interpreter(),
            "-W",
            "ignore",
            str(FILES / "describe.py"),
            str(answer),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    return found


@pytest.mark.parametrize("path", [*SHARED, *ZOO], ids=label)
def test_other_files_against_root(path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    if not process.available():
        pytest.skip(f"needs ROOT ({process.VARIABLE} may name a Python that has it)")
    folder = tmp_path_factory.getbasetemp()
    of = said_live((*SHARED, *ZOO), folder)[str(path)]
    file = open_root(path)
    assert set(file.workspaces) == {key.split(";")[0] for key in of}
    for key, about in of.items():
        check_workspace(file.workspace(key.split(";")[0]), about)


BINS = {"obsData": 6, "asimovData": 6}
FACTS = {
    "workspaces/generic_composite.root": (5, {"cd": 17, "wd": 5}, []),
    "workspaces/histfactory_all_modifiers.root": (128, BINS, ["ModelConfig"]),
    f"{SMALL}/Workspace_m4l.root": (10, {"unbinned_m4l": 100}, []),
    f"{SMALL}/simple-shapes-parametric_input.root": (10, {"data_obs": 539}, []),
    f"{WRITTEN}/sbottom_RegionC_900_250_60.root": (2526, BINS, ["ModelConfig"]),
}
"""Number of nodes, rows of the data, configurations."""


@pytest.mark.parametrize("path", FACTS)
def test_other_files(path: str) -> None:
    nodes, rows, configs = FACTS[path]
    found = open_root(shared(*path.split("/"))).workspace()
    assert len(found.nodes) == nodes
    assert {name: len(next(iter(d.columns.values()))) for name, d in found.datasets.items()} == rows
    assert [config.name for config in found.model_configs] == configs
    assert found.unread == []


@pytest.mark.parametrize("path", ZOO, ids=label)
def test_the_zoo(path: Path) -> None:
    """The variables that ROOT wrote down when it made the zoo."""
    of = json.loads(path.with_suffix(".json").read_text("utf-8"))
    nodes = open_root(path).workspace(of["workspace"]).nodes
    for about in of["variables"]:
        found = variable(nodes[about["name"]])
        assert found.value == about["value"]
        assert found.constant == about["constant"]
        low, high = (
            b if math.isfinite(b) else None for b in (found.binning.low, found.binning.high)
        )
        assert (low, high) == (about["min"], about["max"])
