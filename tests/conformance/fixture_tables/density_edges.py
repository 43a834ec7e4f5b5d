"""Densities at the edge of what is allowed: plain data, at least one entry per type.

Each case is made by `edge`: like a case of `density_cases`, with the places where the density is
evaluated, and what it pins; `absolute` names parameters whose signs do not count.
"""

from __future__ import annotations

from typing import Any

from density_cases import FALL, GAUSS, GAUSS_MODEL, case, generic

Case = dict[str, Any]
Places = list[dict[str, float]]


def along(name: str, *values: float) -> Places:
    """Places on one axis."""
    return [{name: value} for value in values]


def edge(
    id: str,
    pdf: dict[str, Any],
    observables: dict[str, tuple[float, float]],
    points: list[dict[str, float]],
    places: Places,
    pins: str,
    **more: Any,
) -> Case:
    """A case at an edge: every point of parameters is tried at every place."""
    return {**case(id, pdf, observables, *points, **more), "places": places, "pins": pins}


BREIT = {"type": "relativistic_breit_wigner_dist", "x": "m", "mass": "M"}
DECAY = {"type": "decay_dist", "t": "t", "tau": "tau", "resolutionModel": "r"}
TRUTH = {"name": "r", "type": "truth_model_function", "x": "t"}

NEAR_ONE = (1e-3, 1e-2, 0.1, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.2)

CASES: list[Case] = [
    edge(
        "argus_endpoint",
        {"type": "argus_dist", "mass": "m", "resonance": "m0", "slope": "c", "power": "pw"},
        {"m": (-1.0, 6.0)},
        [{"m0": 5.29, "c": -20.0, "pw": 0.5}, {"m0": 5.29, "c": -1.0, "pw": 2.0}],
        along("m", -0.5, 0.0, 0.4, 5.28999, 5.29, 5.3, 6.0),
        "The density is 0 for m <= 0 and from the end point on, inside of the range too.",
    ),
    edge(
        "breit_wigner_below_threshold",
        BREIT | {"channels": [{"Gamma": "G", "m1": 0.5, "m2": 0.625}, {"Gamma": 0.02}]},
        {"m": (0.9, 1.6)},
        [{"M": 1.3, "G": 0.2}],
        along("m", 0.9, 1.1249, 1.125, 1.1251, 1.3, 1.6),
        "A channel at or below its threshold has width 0.",
    ),
    edge(
        "cms_ggzz_far",
        {"type": "CMS::ggZZ_background_dist", "m4l": "m", "a1": "a", "a2": "b", "a3": "c"},
        {"m": (0.5, 60.0)},
        [{"a": 40.0, "b": 0.5, "c": 5.0}, {"a": 1.0, "b": 3.0, "c": 0.1}],
        along("m", 0.5, 20.0, 40.0, 59.0, 60.0),
        "Parameters far outside of where the shape was made for.",
    ),
    edge(
        "cms_qqzz_far",
        {"type": "CMS::qqZZ_background_dist", "m4l": "m"}
        | {"a1": "a", "a2": 0.5, "a3": "b", "a4": "c"},
        {"m": (0.5, 60.0)},
        [{"a": 40.0, "b": 0.5, "c": 5.0}, {"a": 1.0, "b": 3.0, "c": 0.1}],
        along("m", 0.5, 20.0, 40.0, 59.0, 60.0),
        "Parameters far outside of where the shape was made for.",
    ),
    edge(
        "convolution_narrow",
        {"type": "fft_conv_pdf", "conv_var": "x", "pdf1": "g", "pdf2": "r"},
        {"x": (-1.0, 1.0)},
        [{"mu": 0.1, "s": 1e-3, "w": 0.2}, {"mu": 3.0, "s": 0.5, "w": 0.5}],
        along("x", -1.0, 0.0, 0.3, 1.0),
        "The convolution is taken on the real line, not periodically, also when its peak is "
        "outside of the range.",
        helpers=(GAUSS, {**GAUSS, "name": "r", "mean": 0.2, "sigma": "w"}),
    ),
    edge(
        "crystalball_joins",
        {"type": "crystalball_doublesided_dist", "m": "x", "m0": 0.0, "n_L": "n", "n_R": 1.0}
        | {"sigma_L": 1.0, "sigma_R": 2.0, "alpha_L": "a", "alpha_R": "a"},
        {"x": (-20.0, 20.0)},
        [{"a": 1.5, "n": 1.0}, {"a": 1e-3, "n": 300.0}, {"a": 30.0, "n": 2.0}],
        along("x", -20.0, -1.5, -1.4999, 0.0, 3.0, 3.0001, 20.0),
        "Tails meet the core where they begin; n = 1 has a logarithm in its integral; with a "
        "large alpha only the core is left.",
    ),
    edge(
        "decay_narrow_resolution",
        DECAY | {"decayType": 0},
        {"t": (-1.0, 10.0)},
        [{"tau": 1.5, "m": 0.0, "s": 1e-4}, {"tau": 1e-3, "m": 0.0, "s": 0.5}],
        along("t", -1.0, -1e-4, 0.0, 1e-4, 0.01, 2.0, 10.0),
        "Widths and lifetimes of very different size neither overflow nor lose digits.",
        helpers=(GAUSS_MODEL,),
    ),
    *(
        edge(
            f"decay_truth_origin_{kind}",
            DECAY | {"decayType": kind},
            {"t": (-3.0, 3.0)},
            [{"tau": 1.5}],
            along("t", -3.0, -1e-9, 1e-9, 3.0),
            "SingleSided decays for t > 0 only, Flipped for t < 0 only.",
            functions=(TRUTH,),
        )
        for kind in (0, 1, 2)
    ),
    edge(
        "exponential_flat",
        {"type": "exponential_dist", "x": "x", "c": "c"},
        {"x": (0.0, 1000.0)},
        [{"c": 0.0}, {"c": -1e-14}, {"c": 5.0}, {"c": -5.0}],
        along("x", 0.0, 1e-3, 500.0, 999.9, 1000.0),
        "A slope of 0 is the uniform density; steep slopes of either sign do not overflow.",
    ),
    edge(
        "gamma_origin",
        {"type": "gamma_dist", "x": "x", "gamma": "g", "beta": "b", "mu": "mu"},
        {"x": (0.0, 30.0)},
        [{"g": 1.0, "b": 2.0, "mu": 3.0}, {"g": 2.0, "b": 2.0, "mu": 3.0}],
        along("x", 0.0, 2.999, 3.001, 10.0, 30.0),
        "The density is 0 below mu.",
    ),
    edge(
        "gaussian_cut_tails",
        {"type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": (2.0, 3.0)},
        [{"mu": 2.0, "s": 1.0}, {"mu": -10.0, "s": 1.0}, {"mu": 40.0, "s": 1.0}],
        along("x", 2.0, 2.5, 3.0),
        "Normalised in the range, also when all of it is far in a tail.",
    ),
    edge(
        "gaussian_narrow_far_out",
        {"type": "normal_dist", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": (1e6, 1000001.0)},
        [{"mu": 1000000.5, "s": 0.001953125}, {"mu": 1000000.5, "s": 1e9}],
        along("x", 1e6, 1000000.5, 1000000.501953125, 1000001.0),
        "Numbers of very different size: a narrow peak far from the origin, and a very wide one.",
    ),
    edge(
        "gaussian_of_one_of_two",
        {"type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": (-1.0, 1.0), "y": (0.0, 8.0)},
        [{"mu": 0.5, "s": 1.0}],
        [{"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 7.5}],
        "A distribution is uniform in an observable that it does not depend on.",
    ),
    edge(
        "bifurkated_gaussian_peak",
        {"type": "bifurkated_gaussian_dist", "x": "x", "mean": "mu"}
        | {"sigmaL": "l", "sigmaR": "r"},
        {"x": (-1.0, 1.0)},
        [{"mu": 0.0, "l": 1e-3, "r": 1e3}, {"mu": 1.0, "l": 0.5, "r": 0.1}],
        along("x", -1.0, -1e-3, 0.0, 1e-3, 1.0),
        "At the peak both sides agree, whatever their widths; a peak on the edge of the range.",
    ),
    edge(
        "generalized_normal_cusp",
        {"type": "generalized_normal_dist", "x": "x", "mean": "mu", "alpha": "a", "beta": "b"},
        {"x": (-2.0, 2.0)},
        [{"mu": 0.0, "a": 1.0, "b": 0.5}, {"mu": 0.0, "a": 1.0, "b": 100.0}],
        along("x", -2.0, -1.0, 0.0, 0.9, 1.05),
        "beta below 1 has a cusp at the mean; a large one is nearly a box.",
        cuts=tuple(s * c for s in (-1, 1) for c in NEAR_ONE),
    ),
    edge(
        "multivariate_normal_correlated",
        {"type": "multivariate_normal_dist", "x": ["x", "y"], "mean": [0.0, 0.0]}
        | {"covariances": [[1.0, "c"], ["c", 1.0]]},
        {"x": (-2.0, 2.0), "y": (-2.0, 2.0)},
        [{"c": 0.0}, {"c": 0.95}],
        [{"x": 0.0, "y": 0.0}, {"x": 2.0, "y": 2.0}, {"x": -2.0, "y": 2.0}],
        "Corners of the range, with and without a strong correlation.",
    ),
    edge(
        "generic_conditional",
        {"type": "generic_dist", "expression": "x < 0 ? 0 : min(1, a*x)"},
        {"x": (-1.0, 3.0)},
        [{"a": 1.0}, {"a": 1e3}],
        along("x", -1.0, -1e-9, 0.5, 2.0, 3.0),
        "An expression that is 0 in a part of the range.",
        cuts=(0.0, 1e-3, 1.0),
    ),
    edge(
        "density_function_zero",
        {"type": "density_function_dist", "function": "f"},
        {"x": (0.0, 2.0)},
        [{"a": 1.0}],
        along("x", 0.0, 1.0, 2.0),
        "A density that touches 0 inside of the range.",
        functions=(generic("f", "a*(x - 1)^2"),),
    ),
    edge(
        "log_density_function_large",
        {"type": "log_density_function_dist", "function": "f"},
        {"x": (0.0, 1.0)},
        [{"a": 1e4, "b": 1.0}, {"a": -1e4, "b": 800.0}],
        along("x", 0.0, 0.5, 1.0),
        "Logarithms far beyond what exp takes.",
        functions=(generic("f", "a + b*x"),),
    ),
    edge(
        "histogram_edges",
        {
            "type": "histogram_dist",
            "data": {"axes": [{"name": "x", "edges": [0, 1, 3, 6]}], "contents": [3, 0, 12]},
        },
        {"x": (0.0, 6.0)},
        [{}],
        along("x", 0.0, 0.999, 1.0, 2.999, 3.0, 6.0),
        "A bin holds its lower edge and not its upper one, but the last bin holds both; the "
        "density of an empty bin is 0.",
    ),
    edge(
        "landau_far",
        {"type": "landau_dist", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": (-10.0, 1000.0)},
        [{"mu": 0.0, "s": 0.5}],
        along("x", 0.0, 5.0, 140.0, 1000.0),
        "The tail of the Landau distribution, 2000 scales out.",
        rtol=1e-6,
    ),
    edge(
        "lognormal_origin",
        {"type": "lognormal_dist", "x": "x", "mu": "mu", "sigma": "s"},
        {"x": (-1.0, 4.0)},
        [{"mu": 0.0, "s": 3.0}, {"mu": 0.0, "s": 0.01}],
        along("x", -1.0, 0.0, 1e-6, 1.0, 4.0),
        "The density is 0 for x <= 0.",
    ),
    edge(
        "mixture_last_is_zero",
        {"type": "mixture_dist", "summands": ["g", "e"], "coefficients": ["f"]},
        {"x": (0.0, 10.0)},
        [{"f": 1.0, "mu": 4.0, "s": 0.5, "c": 0.4}, {"f": 0.0, "mu": 4.0, "s": 1e-3, "c": 0.4}],
        along("x", 0.0, 4.0, 10.0),
        "Fractions of 0 and of 1.",
        helpers=(GAUSS, FALL),
    ),
    edge(
        "weighted_sum_negative_part",
        {"type": "weighted_sum_dist", "samples": ["g", "e"], "coefficients": [1.0, "w"]},
        {"x": (0.0, 4.0)},
        [{"w": -1e-3, "mu": 2.0, "s": 1.0, "c": 0.1}, {"w": 0.0, "mu": 2.0, "s": 1.0, "c": 0.1}],
        along("x", 0.0, 2.0, 4.0),
        "A coefficient below or equal to 0, while the sum stays positive.",
        helpers=(GAUSS, FALL),
    ),
    edge(
        "poisson_mean_zero",
        {"type": "poisson_dist", "x": "n", "mean": "mu"},
        {"n": (0.0, 30.0)},
        [{"mu": 1e-300}, {"mu": 1e-3}],
        along("n", 0.0, 1.0, 2.0),
        "A mean of practically 0: all of the probability is at n = 0.",
        counting=True,
    ),
    edge(
        "poisson_range_between_integers",
        {"type": "poisson_dist", "x": "n", "mean": "mu"},
        {"n": (1.5, 6.25)},
        [{"mu": 3.0}, {"mu": 1000.0}],
        along("n", 2.0, 4.0, 6.0),
        "The normalisation is the sum over the integers of the range; a lower end that is no "
        "integer is rounded up.",
        counting=True,
    ),
    edge(
        "barlow_beeston_few_and_many",
        {"type": "barlow_beeston_lite_poisson_constraint_dist", "x": ["g"], "expected": ["t"]},
        {"g": (0.5, 2.0)},
        [{"t": 0.01}, {"t": 1e5}],
        along("g", 0.5, 1.0, 1.003, 2.0),
        "Auxiliary counts of nearly nothing and of very many events.",
        cuts=tuple(1 + k * 3.2e-3 for k in (-10, -5, -2, -1, 0, 1, 2, 5, 10)),
    ),
    edge(
        "polynomial_touches_zero",
        {"type": "polynomial_dist", "x": "x", "coefficients": ["a", -2.0, 1.0]},
        {"x": (0.0, 2.0)},
        [{"a": 1.0}, {"a": 1e6}],
        along("x", 0.0, 0.5, 1.0, 2.0),
        "A shape that touches 0 is a density, of value 0 there.",
    ),
    edge(
        "chebychev_zero_at_the_end",
        {"type": "chebychev_dist", "x": "x", "coefficients": ["a"]},
        {"x": (100.0, 101.0)},
        [{"a": 1.0}, {"a": -1.0}],
        along("x", 100.0, 100.5, 101.0),
        "The shape begins with 1, and the range is mapped onto [-1, 1]: with a first coefficient "
        "of 1 the density is 0 at the lower end.",
    ),
    edge(
        "bernstein_one_of_many",
        {"type": "bernstein_poly_dist", "x": "x", "coefficients": ["a", 0, 0, 0, 0, 1.0]},
        {"x": (-1.0, 1.0)},
        [{"a": 0.0}, {"a": 1e-9}],
        along("x", -1.0, 0.0, 0.99, 1.0),
        "Coefficients that are 0: the density is 0 at an end.",
    ),
    edge(
        "exp_polynomial_steep",
        {"type": "legacy_exp_poly_dist", "x": "x", "coefficients": [700.0, "b", "c"]},
        {"x": (-3.0, 3.0)},
        [{"b": 300.0, "c": 0.0}, {"b": 0.0, "c": -200.0}, {"b": 0.0, "c": 30.0}],
        along("x", -3.0, 0.0, 2.99, 3.0),
        "The exponent may be far beyond what exp takes.",
        cuts=(-2.9, -2.5, -0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 2.5, 2.9),
    ),
    edge(
        "power_sum_from_zero",
        {"type": "power_sum_dist", "x": "x", "coefficients": [1.0, "a"], "exponents": [-0.5, "b"]},
        {"x": (0.0, 4.0)},
        [{"a": 1.0, "b": 2.0}, {"a": 0.0, "b": 1.0}],
        along("x", 1e-4, 1.0, 4.0),
        "A density that is infinite at the lower end of the range, with a finite integral.",
        cuts=(1e-30, 1e-24, 1e-18, 1e-12, 1e-8, 1e-4, 1e-2),
    ),
    edge(
        "product_of_one",
        {"type": "product_dist", "factors": ["g"]},
        {"x": (0.0, 1.0)},
        [{"mu": 0.5, "s": 10.0}, {"mu": 5.0, "s": 0.5}],
        along("x", 0.0, 0.5, 1.0),
        "A product of one factor is that factor.",
        helpers=(GAUSS,),
    ),
    edge(
        "efficiency_product_step",
        {"type": "efficiency_product_pdf_dist", "pdf": "e", "eff": "f"},
        {"x": (0.0, 10.0)},
        [{"c": 0.4, "t": 2.0}],
        along("x", 0.0, 1.999, 2.001, 10.0),
        "An efficiency that is 0 in a part of the range.",
        helpers=(FALL,),
        functions=(
            {"name": "f", "type": "step", "variables": ["x"], "parameters": [0.0, 0.9]}
            | {"axes": [{"name": "x", "edges": [0.0, 2.0, 10.0]}]},
        ),
        cuts=(2.0,),
    ),
    {
        **edge(
            "projected_narrow",
            {"type": "projected_dist", "input_pdf": "q", "observables": ["y"]},
            {"x": (-1.0, 1.0)},
            [{"b": 0.0}, {"b": 0.9}],
            along("x", -1.0, 0.0, 1.0),
            "Nothing depends on the variable that is integrated over, and nearly all does.",
        ),
        "document": {
            "distributions": [
                {"name": "p", "type": "projected_dist", "input_pdf": "q", "observables": ["y"]},
                {"name": "q", "type": "density_function_dist", "function": "h"},
            ],
            "functions": [generic("h", "2 + b*x*(1 + y)")],
            "domains": [
                {
                    "name": "default_domain",
                    "type": "product_domain",
                    "axes": [{"name": "y", "min": 0.0, "max": 0.001}],
                }
            ],
        },
    },
    {
        **edge(
            "bin_sampling_edges",
            {"type": "binsampling_dist", "pdf": "g", "observable": "x"},
            {"x": (0.0, 4.0)},
            [{"mu": 1.0, "s": 0.01}, {"mu": 9.0, "s": 1.0}],
            along("x", 0.0, 1.0, 1.999, 2.0, 4.0),
            "All of a bin has the mean density of the bin; a bin holds its lower edge, the last "
            "one both.",
            helpers=(GAUSS,),
        ),
        "document": {
            "distributions": [
                {"name": "p", "type": "binsampling_dist", "pdf": "g", "observable": "x"},
                GAUSS,
            ],
            "functions": [],
            "domains": [
                {
                    "name": "default_domain",
                    "type": "product_domain",
                    "axes": [{"name": "x", "min": 0.0, "max": 4.0, "nbins": 4}],
                }
            ],
        },
    },
    edge(
        "rate_extended_shape",
        {"type": "rate_extended_dist", "dist": "g", "rate": "n"},
        {"x": (0.0, 4.0)},
        [{"n": 0.0, "mu": 1.0, "s": 1.0}, {"n": 1e9, "mu": 1.0, "s": 1.0}],
        along("x", 0.0, 1.0, 4.0),
        "The density does not depend on the rate, not even on one of 0.",
        helpers=(GAUSS,),
    ),
    edge(
        "rate_density_zero",
        {"type": "rate_density_dist", "x": "x", "density": "f"},
        {"x": (0.0, 2.0)},
        [{"a": 0.0}, {"a": 1e-6}],
        along("x", 0.0, 1.0, 2.0),
        "A rate of 0 at one end; only the shape of the rate counts for the density.",
        functions=(generic("f", "a + x"),),
    ),
    edge(
        "gauss_model_cut",
        {"type": "gauss_resolution_model", "x": "t", "mean": "m", "sigma": "s"},
        {"t": (0.0, 1.0)},
        [{"m": 0.0, "s": 10.0}, {"m": -2.0, "s": 0.2}],
        along("t", 0.0, 0.5, 1.0),
        "A resolution model is normalised in the range, as any density.",
    ),
    edge(
        "mixture_model_of_one",
        {"type": "mixture_model", "summands": ["r"], "coefficients": [1.0]},
        {"t": (-1.0, 1.0)},
        [{"m": 0.0, "s": 0.3}],
        along("t", -1.0, 0.0, 1.0),
        "A mixture of one.",
        helpers=(GAUSS_MODEL,),
    ),
    edge(
        "uniform_narrow",
        {"type": "uniform_dist", "x": ["x", "y", "z"]},
        {"x": (0.0, 1e-9), "y": (-1e6, 1e6), "z": (0.0, 1.0)},
        [{}],
        [{"x": 0.0, "y": 1e6, "z": 0.5}, {"x": 1e-9, "y": -1e6, "z": 1.0}],
        "Both ends of the range belong to it, however narrow or wide it is.",
    ),
    edge(
        "voigtian_limits",
        {"type": "voigtian_dist", "x": "x", "mean": "mu", "width": "w", "sigma": "s"},
        {"x": (-5.0, 5.0)},
        [{"mu": 0.0, "w": 1e-9, "s": 0.5}, {"mu": 0.0, "w": 0.5, "s": 0.01}],
        along("x", -5.0, -0.5, 0.0, 5.0),
        "Nearly a normal distribution, nearly a Breit-Wigner distribution.",
    ),
    edge(
        "voigtian_signs",
        {"type": "voigtian_dist", "x": "x", "mean": "mu", "width": "w", "sigma": "s"},
        {"x": (-5.0, 5.0)},
        [{"mu": 0.3, "w": -1.2, "s": 0.7}, {"mu": 0.3, "w": 1.2, "s": -0.7}],
        along("x", -5.0, 0.3, 5.0),
        "The signs of width and resolution do not count, as in ROOT.",
        absolute=("w", "s"),
    ),
]
