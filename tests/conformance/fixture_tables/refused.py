"""Documents that have to be refused, and why: at least one for every type.

`forms` takes away a key that a type needs, from a typical document of it. `MEANINGS` are written by
hand: well-formed, and without a meaning. What is expected is a code and the place, from the
specification: spec/errors.md.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from builders import HISTOSYS, NORMSYS, SHAPESYS, STATERROR, document, domain, modifier, sample
from channel_cases import MORPH, law
from fixture import Fixture, Json, complete, finding, rejection

from fixture_tables.refused_functions import MEANINGS as OF_FUNCTIONS
from hs3.data import DATA
from hs3.distributions import DISTRIBUTIONS
from hs3.functions import FUNCTIONS

DIST = "/distributions/0"
MODIFIER = DIST + "/samples/0/modifiers/0"


def forms() -> Iterator[Fixture]:
    """A key that the type needs is not there."""
    from density_cases import CASES as DENSITIES
    from function_cases import CASES as VALUES
    from term_cases import AT, cases

    typical: dict[type[Any], tuple[str, Json]] = {}
    for case in DENSITIES:
        parts = case["document"]["distributions"]
        whole = complete(case["document"], case["observables"], case["points"][0])
        typical.setdefault(DISTRIBUTIONS.class_of(parts[0]), ("distributions", whole))
    for case in VALUES:
        whole = complete(case["document"], case["ranges"], case["points"][0])
        typical.setdefault(FUNCTIONS.class_of(whole["functions"][0]), ("functions", whole))
    for name in ("bin_counts_extended", "bin_counts_density", "unbinned", "binned", "point"):
        whole = {k: v for k, v in cases(AT)[name][0].items() if v}
        data = whole["data"][0]
        typical.setdefault(DATA.class_of(data), ("data", whole))
        if name.startswith("bin_counts"):
            whole = {**whole, "distributions": whole["distributions"][::-1]}
            kind = DISTRIBUTIONS.class_of(whole["distributions"][0])
            typical.setdefault(kind, ("distributions", whole))
    channel = document(sample())
    typical[DISTRIBUTIONS.class_of(channel["distributions"][0])] = ("distributions", channel)
    for cls, (section, whole) in typical.items():
        fields = ((k, f) for k, f in cls.model_fields.items() if k not in ("type", "name"))
        needed = next((key for key, info in fields if info.is_required()), None)
        if needed is not None:
            yield _without(needed, section, whole)


def _without(key: str, section: str, whole: Json) -> Fixture:
    damaged = copy.deepcopy(whole)
    del damaged[section][0][key]
    kind = damaged[section][0]["type"]
    why, path = f"a {kind} needs `{key}`", f"/{section}/0"
    name = f"{section.removesuffix('s')}_{kind}_without_{key}"
    return refused(name, damaged, (kind,), why, "document.invalid", path)


def refused(
    name: str, whole: Json, about: Sequence[str], why: str, code: str, path: str, **more: Any
) -> Fixture:
    """A fixture of a document that is refused."""
    return Fixture(
        "refused_" + name.replace("::", "_").lower(),
        whole,
        [rejection(why, finding(code, path), **more)],
        None,
        f"Has to be refused, because {why}.",
        (*about, f"finding:{code}"),
        "negative",
    )


# --- without a meaning ----------------------------------------------------------------------------


def density(id: str, *drop: str, at: Json | None = None, **keys: Any) -> Json:
    """A likelihood of two events of a case of the table of densities, with changes."""
    from density_cases import CASES

    case = next(c for c in CASES if c["id"] == id)
    whole = complete(case["document"], case["observables"], {**case["points"][0], **(at or {})})
    first = {k: v for k, v in whole["distributions"][0].items() if k not in drop} | keys
    ranges = case["observables"].items()
    data = {
        "name": "d",
        "type": "unbinned",
        "axes": [{"name": name, "min": low, "max": high} for name, (low, high) in ranges],
        "entries": [[low + f * (high - low) for _, (low, high) in ranges] for f in (0.25, 0.625)],
    }
    return copy.deepcopy(whole) | {
        "distributions": [first, *whole["distributions"][1:]],
        "data": [data],
        "likelihoods": [{"name": "l", "distributions": ["p"], "data": ["d"]}],
    }


OUTSIDE = "evaluate.negative_density"
BEYOND: list[tuple[str, str, Json, str]] = [
    ("argus", "power_below_one", {"pw": -2.0}, "the power of an ARGUS density is above -1"),
    ("bifurkated_gaussian", "width_negative", {"l": -1.0}, "both widths are above zero"),
    ("breit_wigner", "width_negative", {"G": -1.0}, "a width is not below zero"),
    ("crystalball_left", "power_negative", {"n": -1.0}, "the power of the tail is above zero"),
    ("crystalball_sides", "alpha_negative", {"al": -1.0}, "with two tails alpha is above zero"),
    ("decay_single", "lifetime_negative", {"tau": -1.0}, "the lifetime is above zero"),
    ("decay_double", "resolution_negative", {"s": -1.0}, "a resolution is above zero"),
    ("gamma", "shape_negative", {"g": -1.0}, "gamma is above zero"),
    ("gamma", "scale_negative", {"b": -1.0}, "beta is above zero"),
    ("gauss_model", "width_zero", {"s": 0.0}, "sigma is above zero"),
    ("gaussian", "width_zero", {"s": 0.0}, "sigma is above zero"),
    ("gaussian", "width_negative", {"s": -1.0}, "sigma is above zero"),
    ("generalized_normal", "power_negative", {"b": -1.0}, "beta is above zero"),
    ("lognormal", "width_negative", {"s": -0.4}, "sigma is above zero"),
    ("lognormal_median", "k_negative", {"k": -1.4}, "k is above zero"),
    ("multivariate_normal_correlations", "not_positive", {"r": 1.5}, "it is not positive definite"),
    ("poisson", "mean_negative", {"mu": -1.0}, "the mean is not below zero"),
    ("polynomial", "negative", {"a": -40.0}, "the density is negative at an event"),
    ("power_sum", "negative", {"a": -40.0}, "the density is negative at an event"),
    ("bernstein", "negative", {"a": -50.0, "b": -50.0}, "the density is negative at an event"),
    ("generic", "negative", {"a": -5.0}, "the density is negative at an event"),
    ("weighted_sum", "negative", {"a": -4.0}, "the density is negative at an event"),
    ("rate_density", "negative", {"a": -400.0}, "the rate is negative at an event"),
    ("mixture_fractions", "fraction_above_one", {"f": 3.0}, "the density is negative at an event"),
    ("bin_sampling", "width_negative", {"s": -1.1}, "sigma is above zero"),
]  # fmt: skip
"""Case of the table of densities, what is wrong, values of parameters, why."""


def parameters() -> Iterator[Fixture]:
    """A parameter outside of the domain of the formula."""
    for id, what, values, why in BEYOND:
        whole = density(id, at=values)
        parts = whole["distributions"]
        about = [part["type"] for part in parts[: 2 if parts[0]["type"] == "decay_dist" else 1]]
        target = {"likelihood": "l"}
        yield refused(
            f"{id}_{what}", whole, about, why, OUTSIDE, DIST, step="evaluate", target=target
        )


def channel(*modifiers: Json, **more: Any) -> Json:
    """A channel with modifiers, and the ranges of their parameters."""
    errors = more.pop("errors", (1.0, 2.0))
    ranges = domain(a=(-5, 5), b=(-5, 5), g0=(0, 5), g1=(0, 5), e0=(0, 5), e1=(0, 5))
    return document(sample(*modifiers, errors=errors), domains=ranges, **more)


def two_extended() -> Json:
    """A product of two densities, each with an expected number of events."""
    whole = density("product_separate", factors=["first", "second"])
    parts = [
        {"name": name, "type": "rate_extended_dist", "rate": rate, "dist": dist}
        for name, rate, dist in (("first", 3.0, "g"), ("second", 5.0, "ey"))
    ]
    return whole | {"distributions": [*whole["distributions"], *parts]}


ONE = {"contents": [1.0]}
MEANINGS: list[tuple[str, Json, tuple[str, ...], str, str, str]] = [
    (
        "normsys_without_data",
        channel(modifier(NORMSYS, "data")),
        ("normsys",),
        "a normsys needs `data`",
        "document.invalid",
        MODIFIER,
    ),
    (
        "normsys_constraint_poisson",
        channel(modifier(NORMSYS, constraint="Poisson")),
        ("normsys",),
        "the parameter of a normsys is 0 nominally, where a Poisson constraint has none",
        "constraint.not_applicable",
        MODIFIER,
    ),
    (
        "normsys_interpolation_unknown",
        channel(modifier(NORMSYS, interpolation="cubic")),
        ("normsys",),
        "there is no interpolation of that name",
        "histfactory.unknown_interpolation",
        MODIFIER + "/interpolation",
    ),
    (
        "histosys_length",
        channel(modifier(HISTOSYS, data={"hi": ONE, "lo": {"contents": [1, 2]}})),
        ("histosys",),
        "a template has one entry per bin",
        "histfactory.length",
        MODIFIER + "/data/hi/contents",
    ),
    (
        "histosys_log_of_zero",
        channel(
            modifier(
                HISTOSYS,
                interpolation="log",
                data={"hi": {"contents": [0, 1]}, "lo": {"contents": [1, 1]}},
            )
        ),
        ("histosys",),
        "an exponential interpolation has no value for a template of 0",
        "histfactory.nonpositive_template",
        MODIFIER,
    ),
    (
        "normfactor_parameter_list",
        channel({"name": "mu", "type": "normfactor", "parameter": ["a"]}),
        ("normfactor",),
        "`parameter` is one name",
        "document.invalid",
        MODIFIER + "/parameter",
    ),
    (
        "normfactor_constraint_unknown",
        channel({"name": "mu", "type": "normfactor", "parameter": "a", "constraint": "Gaus"}),
        ("normfactor",),
        "there is neither a kind nor a distribution of that name",
        "constraint.unknown",
        MODIFIER + "/constraint",
    ),
    (
        "shapefactor_length",
        channel({"name": "f", "type": "shapefactor", "parameters": ["g0"]}),
        ("shapefactor",),
        "a shapefactor has one parameter per bin",
        "histfactory.length",
        MODIFIER + "/parameters",
    ),
    (
        "shapesys_negative",
        channel(modifier(SHAPESYS, data={"vals": [0.1, -0.1]})),
        ("shapesys",),
        "an uncertainty is not negative",
        "histfactory.negative_uncertainty",
        MODIFIER + "/data/vals",
    ),
    (
        "shapesys_length",
        channel(modifier(SHAPESYS, data={"vals": [0.1]})),
        ("shapesys",),
        "there is one uncertainty per bin",
        "histfactory.length",
        MODIFIER + "/data/vals",
    ),
    (
        "staterror_length",
        channel(modifier(STATERROR, parameters=["e0", "e1", "e0"])),
        ("staterror",),
        "a staterror has one parameter per bin",
        "histfactory.length",
        MODIFIER + "/parameters",
    ),
    (
        "normsys_in_observable",
        channel(
            modifier(NORMSYS, parameter="f", constraint="None"),
            functions=[law("f", "generic_function", expression="x")],
        ),
        ("normsys",),
        "a systematic of a whole sample cannot depend on the observable",
        "histfactory.depends_on_observable",
        MODIFIER,
    ),
    (
        "custom_unresolved",
        channel({"name": "nowhere", "type": "custom"}),
        ("custom",),
        "nothing defines the function that is named",
        "parameter.no_value",
        MODIFIER,
    ),
    (
        "vertical_morph_without_floor",
        channel({k: v for k, v in MORPH.items() if k != "floor"}),
        ("CMS::vertical_morph",),
        "a vertical morph needs `floor`",
        "document.invalid",
        MODIFIER,
    ),
    (
        "modifier_unknown",
        channel({"name": "q", "type": "quadsys", "parameter": "a"}),
        ("histfactory_dist",),
        "what a modifier of an unknown type does to the rate is not known",
        "histfactory.unknown_modifier",
        MODIFIER,
    ),
    (
        "voigtian_resolution_zero",
        density("voigtian", at={"s": 0.0}),
        ("voigtian_dist",),
        "a resolution of exactly zero has no value",
        "evaluate.inaccurate",
        "",
    ),
    (
        "landau_width_negative",
        density("landau", at={"s": -1.5}),
        ("landau_dist",),
        "sigma is above zero",
        "evaluate.inaccurate",
        "",
    ),
    (
        "histogram_function_contents",
        density("density_function_of_steps")
        | {
            "functions": [
                {"name": "steps", "type": "histogram"}
                | {"data": {"axes": [{"name": "x", "edges": [0, 1, 6]}], "contents": [1, 2, 3]}}
            ]
        },
        ("histogram",),
        "a histogram has one content per bin",
        "document.invalid",
        "/functions/0/data",
    ),
    (
        "mixture_coefficients",
        density("mixture_fractions", coefficients=[0.1, 0.2, 0.3, 0.4]),
        ("mixture_dist",),
        "a mixture has as many coefficients as summands, or one fewer",
        "document.invalid",
        DIST,
    ),
    (
        "product_of_nothing_known",
        density("product_separate", factors=["g", "nowhere"]),
        ("product_dist",),
        "no distribution has that name",
        "reference.unresolved",
        DIST + "/factors/1",
    ),
    (
        "product_of_itself",
        density("product_separate", factors=["g", "p"]),
        ("product_dist",),
        "a distribution cannot be part of itself",
        "reference.cycle",
        DIST,
    ),
    (
        "product_of_two_extended",
        two_extended(),
        ("product_dist",),
        "two of its factors expect a number of events of their own",
        "compile.failed",
        DIST,
    ),
    (
        "convolution_of_function",
        density("convolution", pdf2="mu"),
        ("fft_conv_pdf",),
        "what is convolved are distributions, and that is the name of a parameter",
        "reference.unresolved",
        DIST + "/pdf2",
    ),
    (
        "decay_type",
        density("decay_single", decayType=3),
        ("decay_dist", "gauss_resolution_model"),
        "the cases of a decay are 0, 1 and 2",
        "document.invalid",
        DIST + "/decayType",
    ),
    (
        "truth_model_without_variable",
        density("decay_truth_0") | {"functions": [{"name": "r", "type": "truth_model_function"}]},
        ("truth_model_function",),
        "a truth_model_function needs `x`",
        "document.invalid",
        "/functions/0",
    ),
    (
        "crystalball_without_alpha",
        density("crystalball_left", "alpha"),
        ("crystalball_dist",),
        "a Crystal ball needs `alpha`, or `alpha_L` and `alpha_R`",
        "document.invalid",
        DIST,
    ),
    (
        "multivariate_normal_size",
        density("multivariate_normal", mean=[0.0]),
        ("multivariate_normal_dist",),
        "there is one mean per variable",
        "document.invalid",
        DIST,
    ),
    (
        "histogram_contents",
        density(
            "histogram",
            data={"axes": [{"name": "x", "edges": [0, 1, 3, 6]}], "contents": [3, 7]},
        ),
        ("histogram_dist",),
        "a histogram has one content per bin",
        "document.invalid",
        DIST + "/data",
    ),
    (
        "rate_extended_without_rate",
        density("gaussian")
        | {"distributions": [{"name": "p", "type": "rate_extended_dist", "dist": "g"}]},
        ("rate_extended_dist",),
        "an extended distribution needs `rate`",
        "document.invalid",
        DIST,
    ),
    (
        "poisson_integer",
        density("poisson", integer=1),
        ("poisson_dist",),
        "`integer` is true or false",
        "document.invalid",
        DIST + "/integer",
    ),
    (
        "cms_histograms",
        density("gaussian")
        | {
            "distributions": [
                {"name": "p", "type": "CMS::fastverticalinterphistpdf2"}
                | {"x": "x", "coefList": ["mu"]}
            ]
        },
        ("CMS::fastverticalinterphistpdf2",),
        "the document does not hold the histograms of such a distribution",
        "compile.unknown_distribution_type",
        DIST,
    ),
    (
        "cms_histograms_2d",
        density("uniform_two", at={"mu": 0.0})
        | {
            "distributions": [
                {"name": "p", "type": "CMS::FastVerticalInterpHistPdf2D2"}
                | {"x": "x", "y": "y", "coefList": ["mu"]}
            ]
        },
        ("CMS::FastVerticalInterpHistPdf2D2",),
        "the document does not hold the histograms of such a distribution",
        "compile.unknown_distribution_type",
        DIST,
    ),
]
COMPILED = ("compile.failed", "compile.unknown_distribution_type")
"""Codes of what is only found when the likelihood is built."""


def meanings() -> Iterator[Fixture]:
    """Well-formed documents without a meaning."""
    for name, whole, about, why, code, path in [*MEANINGS, *OF_FUNCTIONS]:
        step = {"step": "compile", "target": {"likelihood": "l"}} if code in COMPILED else {}
        if code in (OUTSIDE, "evaluate.inaccurate"):
            step = {"step": "evaluate", "target": {"likelihood": "l"}}
        yield refused(name, whole, about, why, code, path, **step)
