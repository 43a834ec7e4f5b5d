"""From a zfit loss, or a model with data, to an HS3 document."""

from __future__ import annotations

from typing import Any

import numpy as np
import zfit

from hs3.findings import Report
from hs3.workspace import Workspace

from .builder import Builder, Entry, limits_of
from .constraints import convert_constraint
from .densities import convert
from .densities.binned import axes_of, contents
from .densities.templates import bin_counts, is_automatic
from .refuse import refuse

NAME = "likelihood"
_LOSSES = ("UnbinnedNLL", "ExtendedUnbinnedNLL", "BinnedNLL", "ExtendedBinnedNLL")


def from_zfit(loss_or_model: Any, data: Any = None) -> tuple[Workspace, Report]:
    """The document that says what a loss says, with what had to be approximated.

    The negative log-likelihood differs from zfit's by a constant: the factorials of extended terms
    are left out or put in, and constraints are normalised over the limits of their parameters.

    Args:
        loss_or_model: a loss (unbinned, binned, extended or not), a list of losses, which add up,
            or a pdf.
        data: the data of a pdf; a loss has its own.

    Raises:
        ConversionError: something has no equal in HS3; the message names it.
    """
    losses = list(loss_or_model) if isinstance(loss_or_model, list | tuple) else [loss_or_model]
    if data is not None or isinstance(losses[0], zfit.pdf.BasePDF | zfit.pdf.BaseBinnedPDF):
        losses = [_loss_of(losses, data)]
    builder = Builder()
    pairs = [pair for loss in losses for pair in _factors(loss)]
    _reserve(pairs, builder)
    terms = [_term(model, sample, extended, builder) for model, sample, extended in pairs]
    unique = {id(c): c for loss in losses for c in loss.constraints}
    auxiliary = [name for c in unique.values() for name in convert_constraint(c, builder)]
    return Workspace.from_json(_document(builder, terms, auxiliary)), Report(
        tuple(builder.findings)
    )


def _loss_of(models: list[Any], data: Any) -> Any:
    """The loss of a pdf with its data.

    Raises:
        ConversionError: there are no data.
    """
    if data is None:
        refuse("a pdf becomes a likelihood only with data: give `data`")
    (model,) = models
    binned = isinstance(model, zfit.pdf.BaseBinnedPDF)
    kind = f"{'Extended' if model.is_extended else ''}{'Binned' if binned else 'Unbinned'}NLL"
    return getattr(zfit.loss, kind)(model, data)


def _factors(loss: Any) -> list[tuple[Any, Any, bool]]:
    """Model, data, and whether the number of events counts, of each factor of a loss."""
    kind = type(loss).__name__
    if kind not in _LOSSES or not isinstance(loss, getattr(zfit.loss, kind)):
        refuse(f"{kind} is no likelihood of models and data; there are {', '.join(_LOSSES)}")
    if any(r is not None for r in loss.fit_range or ()):
        refuse("the loss has a `fit_range`; give the range to the space of the data and the model")
    return [(m, d, loss.is_extended) for m, d in zip(loss.model, loss.data, strict=True)]


def _reserve(pairs: list[tuple[Any, Any, bool]], builder: Builder) -> None:
    """Keep the names of observables and independent parameters from being given to others."""
    for model, _, _ in pairs:
        builder.reserved.update(model.obs)
        builder.observables |= limits_of(model.norm, f"the normalisation of {model.name!r}")
        parameters = model.get_params(floating=None, is_yield=None, extract_independent=True)
        builder.reserved.update(p.name for p in parameters)


def _term(model: Any, data: Any, extended: bool, builder: Builder) -> tuple[str, str]:
    """Names of the distribution and of the data of a factor."""
    ranges = limits_of(model.norm, f"the normalisation of {model.name!r}")
    if ranges != builder.ranges:  # what depends on the range is made anew
        builder.names = {k: v for k, v in builder.names.items() if k[0] != "pdf"}
    builder.ranges = ranges
    if extended and is_automatic(model):
        return bin_counts(model, builder), _data(model, data, builder)
    name = convert(model, builder)
    if extended:
        name = _extended(model, name, builder)
    elif _is_extended(builder.distributions[name]):
        name = builder.add(f"{name}_shape", **_shape(builder.distributions[name]))
    return name, _data(model, data, builder)


def _is_extended(entry: Entry) -> bool:
    full = len(entry.get("coefficients", ())) == len(entry.get("summands", ()))
    return entry["type"] == "mixture_dist" and full and entry.get("extended") is not False


def _shape(entry: Entry) -> Entry:
    return {**{k: v for k, v in entry.items() if k != "name"}, "extended": False}


def _extended(model: Any, name: str, builder: Builder) -> str:
    """The distribution with the number of events: a sum of yields has it already.

    Raises:
        ConversionError: the model has no yield.
    """
    if not model.is_extended:
        refuse(f"{model.name!r} is not extended, and its loss is")
    if _is_extended(builder.distributions[name]) and _is_sum(model):
        return name
    rate = builder.value(model.get_yield())
    return builder.add(f"{name}_extended", type="rate_extended_dist", rate=rate, dist=name)


def _is_sum(model: Any) -> bool:
    """Whether the yield of a sum is the sum of the yields of its parts."""
    while type(model).__name__ == "BinnedFromUnbinnedPDF":
        (model,) = model.pdfs
    total = model.get_yield()
    parts = {id(part.get_yield()) for part in model.pdfs}
    return hasattr(total, "params") and {id(p) for p in total.params.values()} == parts


# --- data -----------------------------------------------------------------------------------------


def _data(model: Any, data: Any, builder: Builder) -> str:
    key = ("data", id(data), tuple(builder.ranges.items()))
    if key not in builder.names:
        binned = isinstance(model, zfit.pdf.BaseBinnedPDF)
        entry = _binned(model, data) if binned else _unbinned(data, builder)
        name = builder.free(getattr(data, "name", None) or "data")
        builder.data[name] = {"name": name, **entry}
        builder.names[key] = (name, data)
    return builder.names[key][0]


def _unbinned(data: Any, builder: Builder) -> Entry:
    """Events, in the range in which the model is normalised.

    Raises:
        ConversionError: one lies outside of that range.
    """
    axes = [{"name": o, "min": a, "max": b} for o, (a, b) in builder.ranges.items()]
    columns = {o: i for i, o in enumerate(data.obs)}
    events = np.asarray(data.value(), float)[:, [columns[o] for o in builder.ranges]]
    low, high = np.array(list(builder.ranges.values())).T
    outside = np.any((events < low) | (events > high), axis=1)
    if outside.any():
        refuse(
            f"{outside.sum()} events lie outside of the range in which the model is normalised",
            int(outside.sum()),
        )
    entry: Entry = {"type": "unbinned", "entries": events.tolist(), "axes": axes}
    if data.weights is not None:
        entry["weights"] = np.asarray(data.weights, float).tolist()
    return entry


def _binned(model: Any, data: Any) -> Entry:
    axes = axes_of(data.space)
    if axes != axes_of(model.space):
        refuse(f"the data do not have the bins of {model.name!r}")
    return {"type": "binned", "contents": contents(data.values()), "axes": axes}


# --- the document ---------------------------------------------------------------------------------


def _document(builder: Builder, terms: list[tuple[str, str]], auxiliary: list[str]) -> Entry:
    likelihood: Entry = {
        "name": NAME,
        "distributions": [name for name, _ in terms],
        "data": [name for _, name in terms],
    }
    if auxiliary:
        likelihood["aux_distributions"] = auxiliary
    steps = {n: p.stepsize for n, p in builder.parameters.items() if _has_step(p)}
    domain = [_axis(n, p) for n, p in builder.parameters.items()]
    domain += [{"name": n, "min": a, "max": b} for n, (a, b) in builder.observables.items()]
    analysis = {
        "name": "analysis",
        "likelihood": NAME,
        "domains": ["default_domain"],
        "init": "default_values",
    }
    sections: Entry = {
        "metadata": {
            "hs3_version": "0.2.9",
            "packages": [{"name": "zfit", "version": zfit.__version__}],
        },
        "distributions": list(builder.distributions.values()),
        "functions": list(builder.functions.values()),
        "data": list(builder.data.values()),
        "likelihoods": [likelihood],
        "domains": [{"name": "default_domain", "type": "product_domain", "axes": domain}],
        "parameter_points": [
            {
                "name": "default_values",
                "parameters": [_value(n, p) for n, p in builder.parameters.items()],
            }
        ],
        "analyses": [analysis],
        "misc": {"zfit": {"stepsizes": steps}} if steps else {},
    }
    return {key: section for key, section in sections.items() if section}


def _has_step(parameter: Any) -> bool:
    return bool(getattr(parameter, "has_stepsize", False))


def _axis(name: str, parameter: Any) -> Entry:
    """The limits of a parameter; one without limits is unbounded."""
    low, high = (float(getattr(parameter, side, np.inf)) for side in ("lower", "upper"))
    bounds = {k: v for k, v in (("min", low), ("max", high)) if np.isfinite(v)}
    return {"name": name, **bounds}


def _value(name: str, parameter: Any) -> Entry:
    entry: Entry = {"name": name, "value": float(parameter.value())}
    return entry if parameter.floating else {**entry, "const": True}
