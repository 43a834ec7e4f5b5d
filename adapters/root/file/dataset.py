"""Data of RooFit, in columns."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from hs3.errors import ReadError

from .objects import RootObject, guarded
from .stores import Trees, table
from .variables import Binning, binning_of, category, is_category


@dataclass(frozen=True)
class Histogram:
    """The bins of a RooDataHist.

    Attributes:
        order: names of its variables; one axis of the arrays each, the last varies fastest.
        edges: of every axis with a binning; the indices of its states for a category.
        contents: weight of each bin, an array with one axis per variable.
        errors: (low, high), of the same shape; None where RooFit takes the square root of contents.
        sumw2: sum of the squared weights, of the same shape; None where the file has none.
        volumes: bin volumes as stored.
    """

    order: tuple[str, ...]
    edges: dict[str, NDArray[Any]]
    contents: NDArray[np.float64]
    errors: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    sumw2: NDArray[np.float64] | None = None
    volumes: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Dataset:
    """A RooDataSet or RooDataHist.

    Attributes:
        name, title: as in the file.
        columns: values by variable, all of one length; a category's are its integer indices. Of a
            RooDataHist they are the bin centres, one row per bin.
        weights: one per row; None when every row counts once.
        sumw2: squared weight per row where it is not the square of the weight.
        categories: label by index, for the columns that are categories.
        variables: the variables of the columns, with binning (see `variables.variable`).
        weight_name: the variable that the weight was taken from; None for unweighted data.
        weight_errors: (low, high) error of each weight where they are stored.
        histogram: the bins, when these are binned data (RooDataHist); else None.
        global_observables: values stored along with the data.
        source: the object in the file.
    """

    name: str
    title: str
    columns: dict[str, NDArray[Any]]
    weights: NDArray[np.float64] | None
    variables: dict[str, RootObject]
    source: RootObject
    sumw2: NDArray[np.float64] | None = None
    categories: dict[str, dict[int, str]] = field(default_factory=dict)
    weight_name: str | None = None
    weight_errors: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    histogram: Histogram | None = None
    global_observables: dict[str, RootObject] = field(default_factory=dict)

    @property
    def binned(self) -> bool:
        """Whether these are bins (RooDataHist) and not events."""
        return self.histogram is not None


@guarded
def dataset_of(obj: RootObject, trees: Trees) -> Dataset:
    """A RooDataSet or RooDataHist in columns.

    Raises:
        ReadError: it is neither, or what it holds contradicts itself.
    """
    if obj.class_name == "RooDataHist":
        return _histogram(obj)
    store = obj.proxy("_dstore")
    if store is None:
        message = f"the data {obj.name!r} have no store"
        raise ReadError(message, code="root.corrupt", path=obj.path)
    rows = table(store, trees)
    weight = _weight_name(obj) or rows.weight
    variables = {v.name: v for v in obj.proxies("_vars")}
    columns = {
        name: rows.columns[name] for name in variables if name != weight and name in rows.columns
    }
    return Dataset(
        name=obj.name,
        title=obj.title,
        columns=columns,
        weights=rows.columns.get(weight) if weight else None,
        variables={name: variables[name] for name in columns},
        source=obj,
        categories=_categories(variables),
        weight_name=weight if weight in rows.columns else None,
        weight_errors=rows.errors.get(weight) if weight else None,
        global_observables=_globals(obj),
    )


def _weight_name(obj: RootObject) -> str | None:
    weight = obj.members.get("_wgtVar")
    return weight.name if isinstance(weight, RootObject) else None


def _categories(variables: dict[str, RootObject]) -> dict[str, dict[int, str]]:
    return {n: category(v).states for n, v in variables.items() if is_category(v)}


def _globals(obj: RootObject) -> dict[str, RootObject]:
    if obj.members.get("_globalObservables") is None:
        return {}
    return {node.name: node for node in obj.proxies("_globalObservables")}


def _histogram(obj: RootObject) -> Dataset:
    variables = {v.name: v for v in obj.proxies("_vars")}
    states = _categories(variables)
    shape = tuple(len(states[n]) if n in states else _binning(v).bins for n, v in variables.items())
    contents = _axes(obj, "_wgt", shape)
    if contents is None:
        message = f"the histogram {obj.name!r} has no contents"
        raise ReadError(message, code="root.corrupt", path=obj.path)
    edges: dict[str, NDArray[Any]] = {
        n: np.array(list(states[n])) if n in states else _binning(v).edges
        for n, v in variables.items()
    }
    points = [_points(edges[name], name in states) for name in variables]
    low, high = _axes(obj, "_errLo", shape), _axes(obj, "_errHi", shape)
    sumw2 = _axes(obj, "_sumw2", shape)
    histogram = Histogram(
        order=tuple(variables),
        edges=edges,
        contents=contents,
        errors=(low, high) if _given(low) and _given(high) else None,
        sumw2=sumw2 if _given(sumw2) else None,
        volumes=_axes(obj, "_binv", shape),
    )
    grid = np.meshgrid(*points, indexing="ij")
    return Dataset(
        name=obj.name,
        title=obj.title,
        columns={name: axis.ravel() for name, axis in zip(variables, grid, strict=True)},
        weights=contents.ravel(),
        variables=variables,
        source=obj,
        sumw2=histogram.sumw2.ravel() if histogram.sumw2 is not None else None,
        categories=states,
        histogram=histogram,
        global_observables=_globals(obj),
    )


def _binning(variable: RootObject) -> Binning:
    binning = variable.member("_binning")
    if binning is None:
        message = f"the variable {variable.name!r} of a histogram has no binning"
        raise ReadError(message, code="root.corrupt", path=variable.path)
    return binning_of(binning)


def _points(edges: NDArray[Any], is_state: bool) -> NDArray[Any]:
    """Centres of the bins, or the states themselves."""
    return edges if is_state else (edges[:-1] + edges[1:]) / 2


def _axes(obj: RootObject, name: str, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """An array of the bins, one axis per variable: the first variable varies slowest."""
    values = obj.members.get(name)
    if values is None:
        return None
    if len(values) != math.prod(shape):
        raise ReadError(
            f"the histogram {obj.name!r} has {len(values)} values of {name}, but {shape} bins",
            code="root.corrupt",
            path=obj.path,
            value=name,
        )
    return np.reshape(values, shape)


def _given(values: NDArray[np.float64] | None) -> TypeGuard[NDArray[np.float64]]:
    """Whether there are values: RooFit fills with -1 what is not there."""
    return values is not None and not bool(np.all(values < 0))
