"""What becomes of each type of function and distribution: kept, or an equal one that ROOT reads.

An entry of the tables is True for what ROOT reads as it stands, or the function that rewrites it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hs3.base import is_number

from .draft import Draft, Json
from .refuse import refuse


@dataclass(frozen=True)
class Context:
    """Where a rewriting puts helper functions, and what it is about."""

    draft: Draft
    path: str

    def function(self, wish: str, kind: str, **keys: Any) -> str:
        """Add a helper function; its name."""
        name = self.draft.names.helper(wish)
        return self.draft.put("functions", {"name": name, "type": kind, **keys}, self.path)

    def expression(self, wish: str, text: str) -> str:
        """Add a helper function given by an expression."""
        return self.function(wish, "generic_function", expression=text)

    def name(self, value: Any, wish: str) -> str:
        """The name of a value; a number is given one."""
        if not is_number(value):
            return str(value)
        return self.function(wish, "sum", summands=[float(value)])

    def transformed(self, value: Any, suffix: str, formula: str) -> bool:
        """True for a function that ROOT made itself of a parameter, and knows by its name."""
        if not isinstance(value, str) or not value.endswith(suffix):
            return False
        entry = self.draft.functions.get(value, {})
        text = str(entry.get("expression", "")).replace(" ", "")
        base = value.removesuffix(suffix)
        return text in (formula.format(base), formula.format(f"({base})"))

    def aside(self, value: Any, suffix: str, wish: str) -> Any:
        """`value` under another name, where ROOT would take what stands before `suffix`."""
        if isinstance(value, str) and value.endswith(suffix):
            return self.function(wish, "sum", summands=[value])
        return value

    def variable(self, value: Any, wish: str) -> str:
        """The name of a parameter; a number becomes a constant one, a function is refused."""
        if is_number(value):
            name = self.draft.names.helper(wish)
            return self.draft.fixed(name, float(value))
        if value not in self.draft.variables:
            self.refuse(f"the function {value!r} where ROOT takes parameters only", value)
        return str(value)

    def refuse(self, what: str, value: Any = None) -> None:
        """No by name."""
        refuse(what, self.path, value)


Rewrite = Callable[[Json, Context], Json]


def _typed(kind: str, *, pdf: bool = False) -> Rewrite:
    """Only the name of the type differs."""

    def rewrite(entry: Json, _: Context) -> Json:
        return {**entry, "type": kind, **({"_pdf": True} if pdf else {})}

    return rewrite


def _gauss_model(entry: Json, context: Context) -> Json:
    keys = {k: context.variable(entry[k], f"{entry['name']}_{k}") for k in ("mean", "sigma")}
    return {**entry, **keys, "type": "gauss_model_function", "_pdf": True}


def _multivariate(entry: Json, context: Context) -> Json:
    for key in ("covariances", "correlations"):
        if any(isinstance(v, str) for row in entry.get(key) or () for v in row):
            context.refuse(f"names in `{key}`, where ROOT takes numbers only", entry["name"])
    if any(isinstance(v, str) for v in entry.get("standard_deviations") or ()):
        context.refuse("names in `standard_deviations`, where ROOT takes numbers only")
    return entry


def _ggzz(entry: Json, context: Context) -> Json:
    return _cms(entry, context, "{a1}*pow({m4l}, {a2})*exp(-{a3}*{m4l})")


def _qqzz(entry: Json, context: Context) -> Json:
    return _cms(entry, context, "{a1}*pow({m4l} + {a2}, {a3})*exp(-{a4}*{m4l})")


def _cms(entry: Json, context: Context, formula: str) -> Json:
    keys = [k for k in entry if k not in ("name", "type")]
    names = {k: context.name(entry[k], f"{entry['name']}_{k}") for k in keys}
    return {"name": entry["name"], "type": "generic_dist", "expression": formula.format(**names)}


def _poisson(entry: Json, _: Context) -> Json:
    return {**entry, "integer": bool(entry.get("integer", False))}


def _polynomial(entry: Json, _: Context) -> Json:
    """ROOT takes the text ``1.0`` for its implicit leading term; an integer is a coefficient."""
    return {**entry, "coefficients": [_whole(c) for c in entry["coefficients"]]}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _crystal_ball(entry: Json, context: Context) -> Json:
    """Two tails under ROOT's type for them; one tail as it stands."""
    sides = {f"{k}_{s}": _side(entry, k, i) for k in ("sigma", "alpha", "n") for i, s in _SIDES}
    common = all(entry.get(k) is not None and not isinstance(entry[k], list) for k in _PARTS)
    if common and entry["type"] == "crystalball_dist":
        return entry
    if None in sides.values():
        context.refuse("a crystal ball with some parameters on one side only", entry["name"])
    keys = {k: entry[k] for k in ("name", "m", "m0")}
    return {**keys, "type": "crystalball_doublesided_dist", **sides}


_PARTS = ("sigma", "alpha", "n")
_SIDES = ((0, "L"), (1, "R"))


def _side(entry: Json, key: str, index: int) -> Any:
    common = entry.get(key)
    if isinstance(common, list):
        return common[index]
    return entry.get(f"{key}_{'LR'[index]}") if common is None else common


def _lognormal(entry: Json, context: Context) -> Json:
    """ROOT has mean and width of the logarithm; median and k become their logarithms."""
    name = entry["name"]
    if "k" not in entry:
        keys = ("mu", "sigma")
        if not all(context.transformed(entry[k], "_lognormal_log", "log({})") for k in keys):
            for key in keys:
                entry[key] = context.aside(entry[key], "_lognormal_log", f"{name}_{key}")
        return entry
    median = context.name(entry["mu"], f"{name}_median")
    mu = context.expression(f"{name}_mu", f"log({median})")
    k = context.name(entry["k"], f"{name}_k")
    sigma = context.expression(f"{name}_sigma", f"abs(log({k}))")
    return {"name": name, "type": "lognormal_dist", "x": entry["x"], "mu": mu, "sigma": sigma}


def _exponential(entry: Json, context: Context) -> Json:
    if not context.transformed(entry["c"], "_exponential_inverted", "-{}"):
        entry["c"] = context.aside(entry["c"], "_exponential_inverted", f"{entry['name']}_slope")
    return entry


def _generalized_normal(entry: Json, _: Context) -> Json:
    # Numbers, not names for them: an auxiliary density is one of the only name in it.
    x, mean, alpha, beta = (
        f"({float(entry[k])!r})" if is_number(entry[k]) else entry[k]
        for k in ("x", "mean", "alpha", "beta")
    )
    text = f"exp(-pow(abs({x} - {mean})/{alpha}, {beta}))"
    return {"name": entry["name"], "type": "generic_dist", "expression": text}


def _density_function(entry: Json, _: Context) -> Json:
    keys = {"samples": [entry["function"]], "coefficients": [1], "extended": False}
    return {"name": entry["name"], "type": "weighted_sum_dist", **keys}


def _log_density(entry: Json, context: Context) -> Json:
    inner = context.expression(f"{entry['name']}_density", f"exp({entry['function']})")
    return _density_function({**entry, "function": inner}, context)


def _rate_density(entry: Json, _: Context) -> Json:
    keys = {"samples": [entry["density"]], "coefficients": [1], "extended": True}
    return {"name": entry["name"], "type": "weighted_sum_dist", **keys}


def _rate_extended(entry: Json, context: Context) -> Json:
    if entry.get("range") is not None:
        context.refuse("a rate in a named range, which ROOT's importer does not define")
    rate = entry.get("rate", entry.get("norm"))
    pdf = entry.get("dist", entry.get("pdf"))
    return {"name": entry["name"], "type": "extend_pdf", "pdf": pdf, "norm": rate}


def _mixture(entry: Json, context: Context) -> Json:
    """ROOT takes as many coefficients as summands for yields; fractions are one fewer."""
    if entry.get("ref_coef_norm"):
        context.refuse("a mixture with `ref_coef_norm`", entry["name"])
    coefficients, name = entry.get("coefficients") or [], entry["name"]
    complete = len(coefficients) == len(entry["summands"])
    kept = {"name": name, "type": "mixture_dist", "summands": entry["summands"]}
    if complete and entry.get("extended") is False:
        total = context.function(f"{name}_total", "sum", summands=coefficients)
        names = [context.name(c, f"{name}_{i}") for i, c in enumerate(coefficients)]
        coefficients = [
            context.expression(f"{name}_fraction_{i}", f"{c}/{total}")
            for i, c in enumerate(names[:-1])
        ]
    elif entry.get("extended") and not complete and coefficients:
        context.refuse("an extended mixture with fractions", name)
    return {
        **kept,
        "coefficients": coefficients,
        "extended": len(coefficients) == len(entry["summands"]),
    }


def _mixture_model(entry: Json, context: Context) -> Json:
    tables = context.draft.workspace.tables["distributions"]
    kinds = {context.draft.names.of(n): part.type for n, (_, part) in tables.items()}
    if any("mixture" in kinds.get(s, "") for s in entry["summands"]):
        context.refuse("a mixture of resolution models inside another", entry["name"])
    return {**entry, "type": "mixture_model"}


def _weighted_sum(entry: Json, _: Context) -> Json:
    return {**entry, "extended": bool(entry.get("extended"))}


def _uniform(entry: Json, _: Context) -> Json:
    x = entry["x"]
    return {**entry, "x": x if isinstance(x, list) else [x]}


def _generic(entry: Json, context: Context) -> Json:
    if entry.get("axes"):
        context.refuse("an expression that is evaluated in bins", entry["name"])
    kind = "generic_dist" if entry["type"] == "generic_dist" else "generic_function"
    return {"name": entry["name"], "type": kind, "expression": entry["expression"]}


def _step(entry: Json, context: Context) -> Json:
    if entry.get("data") is not None:
        return {"name": entry["name"], "type": "histogram", "data": entry["data"]}
    if not entry.get("axes"):
        context.refuse("a step function without `axes`", entry["name"])
    return entry


def _bin_volume(entry: Json, _: Context) -> Json:
    inverse = entry["type"] == "inverse_binvolume" or bool(entry.get("divideByBinWidth"))
    keys = {"histogram": entry["histogram"], "divideByBinWidth": inverse}
    return {"name": entry["name"], "type": "binwidth", **keys}


def _interpolation0d(entry: Json, _: Context) -> Json:
    codes = entry.get("interpolationCodes") or [0] * len(entry["vars"])
    return {**entry, "interpolationCodes": codes}


def _interpolation(entry: Json, _: Context) -> Json:
    codes = entry.get("interpolationCodes") or [0] * len(entry["vars"])
    clip = bool(entry.get("positiveDefinite"))
    return {**entry, "interpolationCodes": codes, "positiveDefinite": clip}


def _binsampling(entry: Json, context: Context) -> Json:
    context.refuse("an average over bins, which ROOT's importer does not get", entry["name"])
    return entry


def _histogram(entry: Json, context: Context) -> Json:
    if entry.pop("interpolationOrder", None):
        context.refuse("a histogram interpolated between bins, which ROOT reads as steps")
    return entry


def _derivative(entry: Json, _: Context) -> Json:
    return {**entry, "eps": entry.get("eps") or 0.001}


def _fft(entry: Json, context: Context) -> Json:
    context.refuse(
        "a convolution: ROOT takes it periodic in a range that its documents do not give",
        entry["name"],
    )
    return entry


DISTRIBUTIONS: Mapping[str, Rewrite | bool] = MappingProxyType(
    {
        **dict.fromkeys(("gaussian_dist", "normal_dist", "bifurkated_gaussian_dist"), True),
        **dict.fromkeys(("gamma_dist", "landau_dist", "projected_dist"), True),
        **dict.fromkeys(("chebychev_dist", "bernstein_poly_dist", "power_sum_dist"), True),
        "multivariate_normal_dist": _multivariate,
        "decay_dist": True,
        "CMS::ggZZ_background_dist": _ggzz,
        "CMS::qqZZ_background_dist": _qqzz,
        "efficiency_product_pdf_dist": True,
        "histogram_dist": _histogram,
        "argus_dist": _typed("ARGUS_dist"),
        "ARGUS_dist": True,
        "polynomial_dist": _polynomial,
        "legacy_exp_poly_dist": _polynomial,
        "poisson_dist": _poisson,
        "exponential_dist": _exponential,
        "lognormal_dist": _lognormal,
        "crystalball_dist": _crystal_ball,
        "crystalball_doublesided_dist": _crystal_ball,
        "generalized_normal_dist": _generalized_normal,
        "generic_dist": _generic,
        "density_function_dist": _density_function,
        "log_density_function_dist": _log_density,
        "rate_density_dist": _rate_density,
        "rate_extended_dist": _rate_extended,
        "extend_pdf": _rate_extended,
        "mixture_dist": _mixture,
        "weighted_sum_dist": _weighted_sum,
        "uniform_dist": _uniform,
        "binsampling": _binsampling,
        "binsampling_dist": _binsampling,
        "fft_conv_pdf": _fft,
        "fft_convolution_dist": _fft,
        "mixture_model": _mixture_model,
        "mixture_resolution_model": _mixture_model,
        "gauss_model_function": _gauss_model,
        "gauss_resolution_model": _gauss_model,
        "truth_model_function": True,
        "delta_resolution_model": _typed("truth_model_function"),
    }
)
"""Distributions by type. What is not here, ROOT has nothing for."""

FUNCTIONS: Mapping[str, Rewrite | bool] = MappingProxyType(
    {
        **dict.fromkeys(("sum", "product", "weighted_sum", "spline"), True),
        "histogram": _histogram,
        "integral": True,
        "derivative": _derivative,
        "polynomial": _polynomial,
        "generic_function": _generic,
        "generic": _generic,
        "step": _step,
        "binwidth": _bin_volume,
        "binvolume": _bin_volume,
        "inverse_binvolume": _bin_volume,
        "interpolation0d": _interpolation0d,
        "interpolation": _interpolation,
        "gauss_model_function": _gauss_model,
        "gauss_resolution_model": _gauss_model,
        "truth_model_function": _typed("truth_model_function", pdf=True),
        "delta_resolution_model": _typed("truth_model_function", pdf=True),
    }
)
"""Functions by type."""
