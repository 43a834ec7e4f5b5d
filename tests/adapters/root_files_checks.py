"""Compare a workspace graph with what ROOT says of the same workspace (root_files/describe.py)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hs3.adapters.root.file import (
    Binning,
    Dataset,
    RootObject,
    WorkspaceGraph,
    category,
    variable,
)
from hs3.adapters.root.file.objects import objects_in


def check_workspace(graph: WorkspaceGraph, said: dict[str, Any]) -> None:
    """Assert that everything ROOT says is what was read."""
    assert graph.title == said["title"]
    assert graph.unread == []
    assert sorted(graph.nodes) == sorted(said["nodes"])
    for name, about in said["nodes"].items():
        check_node(graph, graph.nodes[name], about)
    for found, of in ((graph.datasets, "datasets"), (graph.embedded, "embedded")):
        assert sorted(found) == sorted(said[of])
        for name, about in said[of].items():
            check_dataset(found[name], about)
    assert sorted(graph.snapshots) == sorted(said["snapshots"])
    for name, values in said["snapshots"].items():
        found = {n.name: n.member("_value") for n in graph.snapshots[name] if "_unit" in n.members}
        assert same(list(found.values()), [values[n] for n in found])
        assert found.keys() == values.keys()
    assert {n: s for n, s in graph.sets.items() if not n.startswith("CACHE_")} == {
        n: s for n, s in said["sets"].items() if not n.startswith("CACHE_")
    }
    check_configs(graph, said["configs"])


def check_node(graph: WorkspaceGraph, node: RootObject, about: dict[str, Any]) -> None:
    where = node.path
    assert node.class_name == about["class"], where
    assert node.title == about["title"], where
    assert names(graph.servers(node)) == about["servers"], where
    # ROOT lists only the clients that it has met
    assert set(names(graph.clients(node))) == set(about["clients"]), where
    assert node.attributes == set(about["attributes"]), where
    assert node.string_attributes == about["strings"], where
    check_proxies(node, about["proxies"])
    if "variable" in about:
        check_variable(node, about["variable"])
    if "category" in about:
        found = category(node)
        assert {label: index for index, label in found.states.items()} == about["category"][
            "states"
        ], where
        assert found.index == about["category"]["index"], where


def check_proxies(node: RootObject, proxies: dict[str, Any]) -> None:
    """Every proxy of ROOT is a member, by the proxy's name, with the same targets."""
    found: dict[str, Any] = {}
    for value in node.members.values():
        for proxy in [value, *elements_of(value)]:
            if not isinstance(proxy, RootObject) or proxy.parent not in (node, node.parent):
                continue
            if "_arg" in proxy.members:
                target = proxy.members["_arg"]
                found[proxy.name] = target.name if target else None
            elif "_defValueServer" in proxy.members:
                found[proxy.name] = names(list(objects_in(proxy)))
    for name, target in proxies.items():
        if name.startswith("range::"):  # belongs to the binning of the variable
            found[name] = names(node.members["_binning"].proxies("_lp"))
        assert found[name] == target, (node.path, name)


def elements_of(value: Any) -> list[Any]:
    """Proxies in a list of pointers to them."""
    inner = value.members.get("elements") if isinstance(value, RootObject) else value
    return inner if isinstance(inner, list) else []


def check_variable(node: RootObject, about: dict[str, Any]) -> None:
    found, where = variable(node), node.path
    assert same([found.value], [about["value"]]), where
    assert found.unit == about["unit"], where
    assert found.constant == about["constant"], where
    if "binning" not in about:
        return
    check_binning(found.binning, about["binning"])
    assert found.error == about["error"], where
    assert (list(found.asymmetric) if found.asymmetric else None) == about["asymmetric"], where
    assert found.ranges.keys() == about["ranges"].keys(), where
    for name, binning in about["ranges"].items():
        check_binning(found.ranges[name], binning)


def check_binning(found: Binning, about: dict[str, Any]) -> None:
    if math.isnan(found.high):  # a function, which ROOT evaluates
        assert found.high_name
        return
    assert same([found.low, found.high], [about["low"], about["high"]])
    assert found.bins == about["bins"]
    if "edges" in about:
        np.testing.assert_allclose(found.edges, about["edges"], rtol=1e-15, atol=1e-15)


def check_dataset(found: Dataset, about: dict[str, Any]) -> None:
    where = found.source.path
    assert found.source.class_name == about["class"], where
    assert found.title == about["title"], where
    # of linked data, ROOT gives the weight as a column too
    assert {*found.columns, found.weight_name} == {*about["columns"], found.weight_name}, where
    for name, values in about["columns"].items():
        if name == found.weight_name:
            continue
        column = np.asarray(found.columns[name], dtype=float)
        assert len(column) == len(values), where
        known = ~np.isnan(column)  # ROOT repeats the last value of what a part does not have
        expected = np.array([float(v) for v in values])
        # the centre of a bin is computed, in ROOT and here
        tolerance = 1e-14 if found.binned else 0
        np.testing.assert_allclose(column[known], expected[known], rtol=tolerance, atol=tolerance)
    weights = found.weights if found.weights is not None else np.ones(len(about["weights"]))
    assert weights.tolist() == about["weights"], where
    if found.histogram is None:
        assert (found.weights is not None) == about["weighted"], where
        return
    volumes, squares = found.histogram.volumes, found.sumw2
    if volumes is not None:
        np.testing.assert_allclose(volumes.ravel(), about["volumes"], rtol=1e-14)
    if squares is not None:
        np.testing.assert_allclose(squares, about["squares"], rtol=1e-14)


def check_configs(graph: WorkspaceGraph, configs: dict[str, Any]) -> None:
    found = {config.name: config for config in graph.model_configs}
    for name, about in configs.items():
        config = found[name]
        assert config.member("fPdfName") == (about["pdf"] or "")
        for member in ("fPOIName", "fNuisParamsName", "fGlobalObsName", "fObservablesName"):
            assert graph.sets.get(config.member(member), []) == about[member]


def names(nodes: list[RootObject]) -> list[str]:
    return [node.name for node in nodes]


def same(found: list[Any], said: list[Any]) -> bool:
    """Equal to the bit; ROOT's infinities and NaN are texts."""
    expected = [float(value) for value in said]
    return all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(found, expected, strict=True)
    )
