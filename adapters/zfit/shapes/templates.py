"""Densities in bins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import zfit

from hs3.axes import Axis
from hs3.base import references
from hs3.distributions import Distribution
from hs3.distributions.bincounts import BinCountsDensityDist, BinCountsExtendedDist
from hs3.distributions.generic import DensityFunctionDist
from hs3.distributions.histogram import HistogramDist
from hs3.functions.histogram import HistogramFunction, StepFunction

from ..evaluate import Evaluator, axes_in, leaves, parts_of
from ..refuse import refuse
from ..values import Values
from .scope import Scope, shape

Bins = Callable[[Mapping[str, Any]], Any]


class BinsPDF(zfit.pdf.BaseBinnedPDF):  # type: ignore[misc]
    """A template whose bins are a function of parameters.

    Args:
        bins: from the parameters (by name) to the contents, in the form of the space.
        space: with bins.
        params: zfit's parameters by name.
        name: of the pdf.
        events: the yield; True where the contents are counts that add up to it, False for none.
    """

    def __init__(
        self, bins: Bins, space: Any, params: Mapping[str, Any], name: str, events: Any
    ) -> None:
        self._bins, self._counted = bins, events is True
        if events is True:
            events = zfit.ComposedParameter(
                f"{name}_events",
                lambda params: tf.reduce_sum(bins(params)),
                params=dict(params),
                unpack_params=False,
            )
        super().__init__(obs=space, params=dict(params), name=name, extended=events)

    def _contents(self) -> Any:
        return self._bins({key: p.value() for key, p in self.params.items()})

    @zfit.supports(norm=True)  # type: ignore[untyped-decorator]
    def _counts(self, x: Any, norm: Any = None) -> Any:
        del x, norm
        if not self._counted:
            raise zfit.exception.SpecificFunctionNotImplemented
        return self._contents()

    @zfit.supports(norm="space")  # type: ignore[untyped-decorator]
    def _rel_counts(self, x: Any, norm: Any = None) -> Any:
        del x, norm
        contents = self._contents()
        return contents / tf.reduce_sum(contents)


def binned_space(edges: Mapping[str, Any]) -> Any:
    """A space with the bins of each observable."""
    binnings = [zfit.binned.VariableBinning(list(map(float, e)), name=n) for n, e in edges.items()]
    return zfit.Space(list(edges), binning=binnings)


def binned(pdf: Any, scope: Scope) -> Any:
    """A pdf seen in the bins of the data; templates are so already."""
    if isinstance(pdf, zfit.pdf.BaseBinnedPDF):
        return pdf
    return zfit.pdf.BinnedFromUnbinnedPDF(pdf, binned_space(scope.bins), extended=scope.events)


@shape.register
def _histogram(dist: HistogramDist, scope: Scope) -> Any:
    """A template for binned data with the same bins, its density for unbinned data.

    Raises:
        ConversionError: the bins are others, or the histogram is interpolated.
    """
    edges = {a.name: a.bin_edges() for a in dist.data.axes}
    if dist.interpolationOrder or any(e is None for e in edges.values()):
        refuse(f"{dist.name!r} is interpolated, or has no bins", path=scope.path)
    for name, own in edges.items():
        data = scope.bins.get(name, scope.ranges[name])
        compared = own if name in scope.bins else own[[0, -1]]  # type: ignore[index]
        if len(data) != len(compared) or not np.array_equal(data, compared):  # type: ignore[arg-type]
            refuse(f"{dist.name!r} has other bins in {name!r} than its data", name, scope.path)
    shape_of = [len(e) - 1 for e in edges.values()]  # type: ignore[arg-type]
    contents = np.array(dist.data.contents, float).reshape(shape_of)
    template = zfit.pdf.HistogramPDF(
        zfit.data.BinnedData.from_tensor(space=binned_space(edges), values=contents),
        extended=False if scope.events is None or not scope.bins else scope.events,
        name=dist.name,
    )
    return template if scope.bins else zfit.pdf.UnbinnedFromBinnedPDF(template)


def same_bins(dist: BinCountsDensityDist | BinCountsExtendedDist, scope: Scope) -> None:
    """Check that the data are binned, and as the distribution says.

    Raises:
        ConversionError: they are not.
    """
    own = {a.name: a.bin_edges() for a in dist.axes or ()}
    if not scope.bins or any(e is None or list(scope.bins[n]) != list(e) for n, e in own.items()):
        refuse(f"{dist.name!r} has other bins than its data", path=scope.path)


def steps_of(dist: Distribution, scope: Scope) -> bool:
    """Whether a density depends on the observables by step functions with the data's bins alone."""
    if not scope.bins:
        return False
    parts, _ = parts_of(dist, scope.values.functions)
    for part in parts:
        if isinstance(part, HistogramFunction | StepFunction):
            if getattr(part, "interpolationOrder", None) or not _fits(axes_in(part), scope):
                return False
        elif part is dist and isinstance(dist, BinCountsDensityDist):
            continue  # it lists its observables
        elif scope.bins.keys() & (leaves(part, {}) | {r.name for r in references(part)}):
            return False
    return True


def _fits(axes: Sequence[Axis], scope: Scope) -> bool:
    """Whether all steps lie on edges of the data's bins."""
    edges = {a.name: a.bin_edges() for a in axes if a.name in scope.bins}
    return all(e is not None and bool(np.isin(e, scope.bins[n]).all()) for n, e in edges.items())


def template(
    dist: BinCountsDensityDist | DensityFunctionDist, density: str, scope: Scope, events: Any
) -> BinsPDF:
    """The template of a density that is flat in each bin: its value there times the volume.

    Args:
        dist: the distribution.
        density: name of its function.
        scope: with bins.
        events: as for `BinsPDF`.

    Raises:
        ConversionError: it is not flat.
    """
    if not steps_of(dist, scope):
        refuse(f"{dist.name!r} is a density that varies within the bins of its data", dist.type)
    edges = {name: np.asarray(e, float) for name, e in scope.bins.items()}
    form = [len(e) - 1 for e in edges.values()]
    middle = np.meshgrid(*(0.5 * (e[1:] + e[:-1]) for e in edges.values()), indexing="ij")
    columns = dict(zip(edges, (tf.constant(m.ravel()) for m in middle), strict=True))
    volume = np.prod(np.meshgrid(*map(np.diff, edges.values()), indexing="ij"), axis=0).ravel()
    functions, values = scope.values.functions, scope.values
    own = sorted(leaves(dist, functions) - edges.keys())

    def bins(params: Mapping[str, Any]) -> Any:
        given = {k: tf.convert_to_tensor(v, tf.float64) for k, v in params.items()}
        return tf.reshape(Evaluator(functions, {**given, **columns})(density) * volume, form)

    params = _parameters(own, values)
    bins({key: p.value() for key, p in params.items()})  # what is refused, is so at once
    return BinsPDF(bins, binned_space(scope.bins), params, dist.name, events)


def _parameters(names: Sequence[str], values: Values) -> dict[str, Any]:
    return {name: values(name) for name in names if values.is_parameter(name)}
