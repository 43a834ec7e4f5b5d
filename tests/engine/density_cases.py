"""Distributions to try generic tests on: plain data, one entry per form of a type.

Each case is a dict with

- `id`: short name, unique;
- `document`: the `distributions` and `functions` of an HS3 document;
- `pdf`: name of the distribution under test;
- `observables`: range of each observable that the density is normalised over;
- `points`: values of everything else, several sets, edges of the allowed values among them;
- `closed`: whether the type has an integral of its own (default True), a closed form or its own
  quadrature;
- `cuts`: values of the (only) observable where an oracle should cut its numerical integral;
- `counting`: True where the observable is a count (integrals are sums over integers).
"""

from __future__ import annotations

from typing import Any

Case = dict[str, Any]


def case(
    id: str,
    pdf: dict[str, Any],
    observables: dict[str, tuple[float, float]],
    *points: dict[str, float],
    helpers: tuple[dict[str, Any], ...] = (),
    functions: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> Case:
    """A case for the distribution `pdf`, which is called `p`."""
    document = {
        "distributions": [{"name": "p", **pdf}, *helpers],
        "functions": list(functions),
    }
    return {
        "id": id,
        "document": document,
        "pdf": "p",
        "observables": observables,
        "points": list(points) or [{}],
        **more,
    }


def generic(name: str, expression: str) -> dict[str, Any]:
    """A function given by an expression."""
    return {"name": name, "type": "generic_function", "expression": expression}


GAUSS = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"}
FALL = {"name": "e", "type": "exponential_dist", "x": "x", "c": "c"}
GAUSS_MODEL = {
    "name": "r",
    "type": "gauss_resolution_model",
    "x": "t",
    "mean": "m",
    "sigma": "s",
}
FLAT = {"name": "u", "type": "uniform_dist", "x": "x"}

CASES: list[Case] = [
    case(
        "gaussian",
        {"type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": (-5.0, 5.0)},
        {"mu": 0.3, "s": 1.2},
        {"mu": 12.0, "s": 0.5},
        {"mu": 1.0, "s": 1e-4},
    ),
    case(
        "exponential",
        {"type": "exponential_dist", "x": "x", "c": "c"},
        {"x": (-1.0, 10.0)},
        {"c": 0.7},
        {"c": -0.4},
        {"c": 0.0},
        {"c": 1e-9},
        {"c": 300.0},
    ),
    case(
        "exponential_inverted",
        {"type": "exponential_dist", "x": "x", "c": "c_inverted"},
        {"x": (0.0, 10.0)},
        {"c": -0.7},
        functions=(generic("c_inverted", "-c"),),
    ),
    case(
        "gaussian_mean_of_x",
        {"type": "gaussian_dist", "x": "x", "mean": "m", "sigma": "s"},
        {"x": (-2.0, 3.0)},
        {"s": 0.7},
        functions=(generic("m", "0.3*x*x"),),
        closed=False,
    ),
    case(
        "voigtian",
        {"type": "voigtian_dist", "x": "x", "mean": "mu", "width": "w", "sigma": "s"},
        {"x": (-5.0, 5.0)},
        {"mu": 0.3, "w": 1.2, "s": 0.7},
        {"mu": -1.0, "w": 0.01, "s": 0.5},
        {"mu": 0.4, "w": 2.0, "s": 0.02},
        closed=False,
    ),
    case(
        "bifurkated_gaussian",
        {
            "type": "bifurkated_gaussian_dist",
            "x": "x",
            "mean": "mu",
            "sigmaL": "l",
            "sigmaR": "r",
        },
        {"x": (-5.0, 5.0)},
        {"mu": 0.33, "l": 1.2, "r": 0.4},
        {"mu": 7.0, "l": 0.3, "r": 2.0},
        {"mu": -9.0, "l": 0.3, "r": 0.5},
    ),
    case(
        "generalized_normal",
        {"type": "generalized_normal_dist", "x": "x", "mean": "mu", "alpha": "a", "beta": "b"},
        {"x": (-5.0, 5.0)},
        {"mu": 0.33, "a": 1.2, "b": 2.0},
        {"mu": 0.33, "a": 1.0, "b": 8.0},
        {"mu": -0.1, "a": 0.7, "b": 1.0},
        {"mu": 0.1, "a": 3.0, "b": 20.0},
        {"mu": 7.0, "a": 1.0, "b": 8.0},
    ),
    case(
        "polynomial",
        {"type": "polynomial_dist", "x": "x", "coefficients": ["a", "b", 0.3, "1.0"]},
        {"x": (-1.0, 4.0)},
        {"a": 4.0, "b": 0.2},
        {"a": 1.5, "b": -0.1},
    ),
    case(
        "polynomial_constant",
        {"type": "polynomial_dist", "x": "x", "coefficients": [2.0]},
        {"x": (1.0, 4.0)},
    ),
    case(
        "power_sum",
        {
            "type": "power_sum_dist",
            "x": "x",
            "coefficients": ["a", 1.0, 0.2],
            "exponents": ["b", 0.5, 2],
        },
        {"x": (0.5, 4.0)},
        {"a": 3.0, "b": -1.0},
        {"a": 3.0, "b": -1.0001},
        {"a": 0.5, "b": 1.7},
        {"a": 2.0, "b": -4.0},
    ),
    case(
        "exp_polynomial",
        {"type": "legacy_exp_poly_dist", "x": "x", "coefficients": ["a", "b", "c"]},
        {"x": (-1.0, 4.0)},
        {"a": 0.3, "b": -0.8, "c": 0.1},
        {"a": 1.0, "b": 2.0, "c": -1.5},
        {"a": 0.0, "b": 0.1, "c": 0.0},
        closed=False,
    ),
    case(
        "exp_polynomial_line",
        {"type": "legacy_exp_poly_dist", "x": "x", "coefficients": [0.7, "b"]},
        {"x": (-1.0, 4.0)},
        {"b": -0.8},
        {"b": 1e-9},
        {"b": 40.0},
    ),
    case(
        "cms_ggzz",
        {"type": "CMS::ggZZ_background_dist", "m4l": "m", "a1": "a", "a2": "b", "a3": "c"},
        {"m": (1.0, 8.0)},
        {"a": 2.0, "b": 1.5, "c": 0.7},
        {"a": 1.0, "b": -2.0, "c": -0.1},
        closed=False,
    ),
    case(
        "cms_qqzz",
        {
            "type": "CMS::qqZZ_background_dist",
            "m4l": "m",
            "a1": "a",
            "a2": 0.5,
            "a3": "b",
            "a4": "c",
        },
        {"m": (0.0, 8.0)},
        {"a": 2.0, "b": 1.5, "c": 0.7},
        {"a": 1.0, "b": -2.0, "c": -0.1},
        closed=False,
    ),
    case(
        "chebychev",
        {"type": "chebychev_dist", "x": "x", "coefficients": ["a", "b", -0.1, 0.05]},
        {"x": (-2.0, 7.0)},
        {"a": 0.3, "b": -0.2},
        {"a": -0.5, "b": 0.1},
    ),
    case(
        "chebychev_none",
        {"type": "chebychev_dist", "x": "x", "coefficients": []},
        {"x": (-2.0, 7.0)},
    ),
    case(
        "bernstein",
        {"type": "bernstein_poly_dist", "x": "x", "coefficients": ["a", "b", 0.5, 2.0]},
        {"x": (-2.0, 7.0)},
        {"a": 0.3, "b": 1.2},
        {"a": 0.0, "b": 0.0},
    ),
    case(
        "bernstein_constant",
        {"type": "bernstein_poly_dist", "x": "x", "coefficients": ["a"]},
        {"x": (-2.0, 7.0)},
        {"a": 0.3},
    ),
    case(
        "uniform",
        {"type": "uniform_dist", "x": "x"},
        {"x": (-2.0, 7.0)},
    ),
    case(
        "uniform_two",
        {"type": "uniform_dist", "x": ["x", "y"]},
        {"x": (-2.0, 7.0), "y": (1.0, 2.0)},
    ),
    case(
        "poisson",
        {"type": "poisson_dist", "x": "n", "mean": "mu"},
        {"n": (0.0, 40.0)},
        {"mu": 7.5},
        {"mu": 60.0},
        {"mu": 2000.0},
        {"mu": 1e-8},
        counting=True,
    ),
    case(
        "poisson_integer",
        {"type": "poisson_dist", "x": "n", "mean": "mu", "integer": True},
        {"n": (5.0, 40.0)},
        {"mu": 7.5},
        {"mu": 0.01},
        counting=True,
    ),
    case(
        "poisson_of_mean",
        {"type": "poisson_dist", "x": "n", "mean": "mu"},
        {"mu": (1.0, 20.0)},
        {"n": 4.0},
        {"n": 2.5},
    ),
    case(
        "lognormal",
        {"type": "lognormal_dist", "x": "x", "mu": "mu", "sigma": "s"},
        {"x": (0.0, 10.0)},
        {"mu": 0.5, "s": 0.4},
        {"mu": 5.0, "s": 0.3},
        {"mu": 0.0, "s": 0.001},
    ),
    case(
        "lognormal_median",
        {"type": "lognormal_dist", "x": "x", "mu": "m0", "k": "k"},
        {"x": (-1.0, 10.0)},
        {"m0": 2.0, "k": 1.4},
        {"m0": 2.0, "k": 0.7},
    ),
    case(
        "crystalball_left",
        {"type": "crystalball_dist", "m": "x", "m0": "m0", "sigma": "s", "alpha": "a", "n": "n"},
        {"x": (-10.0, 10.0)},
        {"m0": 1.0, "s": 1.1, "a": 1.3, "n": 2.5},
        {"m0": 1.0, "s": 1.1, "a": 1.3, "n": 1.0},
        {"m0": 1.0, "s": 1.1, "a": 1.3, "n": 1.0000001},
        {"m0": 1.0, "s": 1.1, "a": 0.7, "n": 0.5},
        {"m0": 1.0, "s": 1.1, "a": -0.8, "n": 140.0},
        {"m0": 1.0, "s": 1.1, "a": -1e-3, "n": 3.0},
        {"m0": 1.0, "s": 0.1, "a": 20.0, "n": 3.0},
    ),
    case(
        "crystalball_sides",
        {
            "type": "crystalball_doublesided_dist",
            "m": "x",
            "m0": "m0",
            "sigma_L": "sl",
            "sigma_R": "sr",
            "alpha_L": "al",
            "alpha_R": "ar",
            "n_L": "nl",
            "n_R": 3,
        },
        {"x": (-10.0, 10.0)},
        {"m0": 1.0, "sl": 1.1, "sr": 0.7, "al": 1.3, "ar": 2.0, "nl": 1.0},
        {"m0": 13.0, "sl": 1.1, "sr": 0.7, "al": 1.3, "ar": 2.0, "nl": 2.0},
    ),
    case(
        "crystalball_arrays",
        {
            "type": "crystalball_dist",
            "m": "x",
            "m0": 0.5,
            "sigma": "s",
            "alpha": ["al", "ar"],
            "n": 2,
        },
        {"x": (-10.0, 10.0)},
        {"s": 1.1, "al": 1.3, "ar": 0.5},
    ),
    case(
        "crystalball_one_side",
        {
            "type": "crystalball_doublesided_dist",
            "m": "x",
            "m0": 0.5,
            "sigma_L": "sl",
            "sigma_R": "sr",
            "alpha_L": "a",
            "n_L": 2,
        },
        {"x": (-10.0, 10.0)},
        {"sl": 1.1, "sr": 0.4, "a": 1.3},
        {"sl": 1.1, "sr": 0.4, "a": -1.3},
    ),
    case(
        "decay_single",
        {"type": "decay_dist", "t": "t", "tau": "tau", "resolutionModel": "r", "decayType": 0},
        {"t": (-5.0, 20.0)},
        {"tau": 1.5, "m": 0.2, "s": 0.7},
        {"tau": 1e-3, "m": 0.2, "s": 0.7},
        {"tau": 40.0, "m": -0.1, "s": 0.01},
        {"tau": 0.5, "m": -0.5, "s": 0.1},
        helpers=(GAUSS_MODEL,),
    ),
    case(
        "decay_double",
        {"type": "decay_dist", "t": "t", "tau": "tau", "resolutionModel": "r", "decayType": 1},
        {"t": (-5.0, 20.0)},
        {"tau": 1.5, "m": 0.2, "s": 0.7},
        {"tau": 0.1, "m": 0.2, "s": 3.0},
        helpers=(GAUSS_MODEL,),
    ),
    case(
        "decay_flipped",
        {"type": "decay_dist", "t": "t", "tau": "tau", "resolutionModel": "r", "decayType": 2},
        {"t": (-80.0, 5.0)},
        {"tau": 1.5, "m": 0.2, "s": 0.7},
        {"tau": 0.1, "m": 0.2, "s": 3.0},
        helpers=(GAUSS_MODEL,),
    ),
    *(
        case(
            f"decay_truth_{kind}",
            {
                "type": "decay_dist",
                "t": "t",
                "tau": "tau",
                "resolutionModel": "r",
                "decayType": kind,
            },
            {"t": (-5.0, 20.0)},
            {"tau": 1.5},
            {"tau": 0.01},
            functions=({"name": "r", "type": "truth_model_function", "x": "t"},),
        )
        for kind in (0, 1, 2)
    ),
    case(
        "decay_mixture",
        {"type": "decay_dist", "t": "t", "tau": "tau", "resolutionModel": "both", "decayType": 0},
        {"t": (-5.0, 20.0)},
        {"tau": 1.5, "m": 0.2, "s": 0.7, "f": 0.6, "g": 0.7},
        {"tau": 1.5, "m": 0.2, "s": 0.01, "f": 0.0, "g": 1.0},
        helpers=(
            {
                "name": "both",
                "type": "mixture_model",
                "summands": ["inner", "wide"],
                "coefficients": ["f"],
            },
            {
                "name": "inner",
                "type": "mixture_resolution_model",
                "summands": ["r", "exact"],
                "coefficients": ["g"],
            },
            GAUSS_MODEL,
            {"name": "wide", "type": "gauss_resolution_model", "x": "t", "mean": 0, "sigma": 2.5},
            {"name": "exact", "type": "delta_resolution_model", "x": "t"},
        ),
    ),
    case(
        "gauss_model",
        {"type": "gauss_model_function", "x": "t", "mean": "m", "sigma": "s"},
        {"t": (-5.0, 20.0)},
        {"m": 0.2, "s": 0.7},
        {"m": -9.0, "s": 0.7},
    ),
    case(
        "breit_wigner",
        {
            "type": "relativistic_breit_wigner_dist",
            "x": "m",
            "mass": "M",
            "channels": [{"Gamma": "G"}],
        },
        {"m": (60.0, 120.0)},
        {"M": 91.2, "G": 2.5},
        {"M": 91.2, "G": 2.5e-4},
        {"M": 150.0, "G": 1.0},
        closed=False,
    ),
    *(
        case(
            f"breit_wigner_l{spin}",
            {
                "type": "relativistic_breit_wigner_dist",
                "x": "m",
                "mass": "M",
                "channels": [{"Gamma": "G", "m1": 0.14, "m2": "m2", "l": spin, "R": "R"}],
            },
            {"m": (0.5, 3.0)},
            {"M": 0.77, "G": 0.15, "m2": 0.14, "R": 3.0},
            {"M": 1.3, "G": 0.05, "m2": 0.6, "R": 5.0},
            closed=False,
        )
        for spin in (0, 4)
    ),
    case(
        "breit_wigner_channels",
        {
            "type": "relativistic_breit_wigner_dist",
            "x": "m",
            "mass": "M",
            "channels": [
                {"name": "eta pi", "Gamma": "G", "m1": 0.135, "m2": 0.547},
                {"name": "K K", "Gamma": "K", "m1": 0.4937, "m2": 0.4937},
                {"Gamma": 0.05, "m1": 0.1, "m2": 0.1, "l": 1},
                {"Gamma": 0.04, "m1": 0.2, "l": 2},
                {"Gamma": 0.03, "l": 3, "R": 1.5},
            ],
        },
        {"m": (0.6, 2.0)},
        {"M": 0.98, "G": 0.1, "K": 0.2},
        {"M": 0.5, "G": 0.1, "K": 0.0},
        closed=False,
    ),
    case(
        "multivariate_normal",
        {
            "type": "multivariate_normal_dist",
            "x": ["x", "y"],
            "mean": ["mu", 1.0],
            "covariances": [["v", "c"], ["c", 2.0]],
        },
        {"x": (-4.0, 5.0), "y": (-3.0, 6.0)},
        {"mu": 0.3, "v": 1.2, "c": 0.7},
        {"mu": 0.3, "v": 1.2, "c": -1.2},
        closed=False,
    ),
    case(
        "multivariate_normal_correlations",
        {
            "type": "multivariate_normal_dist",
            "x": ["x", 0.4, "b"],
            "mean": ["mu", 0.0, "nu"],
            "correlations": [[1.0, 0.3, "r"], [0.3, 1.0, 0.1], ["r", 0.1, 1.0]],
            "standard_deviations": ["s", 1.0, 2.0],
        },
        {"x": (-1.0, 5.0)},
        {"mu": 0.3, "b": 1.2, "nu": 0.7, "r": 0.9, "s": 1.4},
        {"mu": 0.3, "b": 1.2, "nu": 0.7, "r": 0.0, "s": 1e-3},
    ),
    case(
        "barlow_beeston",
        {
            "type": "barlow_beeston_lite_poisson_constraint_dist",
            "x": ["g1", "g2", 1.1],
            "expected": ["t", 40.0, 12.0],
        },
        {"g1": (0.0, 5.0), "g2": (0.0, 5.0)},
        {"t": 9.0},
        {"t": 5000.0},
        closed=False,
    ),
    case(
        "argus",
        {
            "type": "argus_dist",
            "mass": "m",
            "resonance": "m0",
            "slope": "c",
            "power": "pw",
        },
        {"m": (5.2, 5.3)},
        {"m0": 5.29, "c": -20.0, "pw": 0.5},
        {"m0": 5.31, "c": -1.0, "pw": 1.2},
        {"m0": 5.29, "c": 0.0, "pw": 0.1},
        {"m0": 5.29, "c": 3.0, "pw": 0.5},
    ),
    case(
        "argus_root",
        {
            "type": "ARGUS_dist",
            "mass": "m",
            "resonance": "m0",
            "slope": "c",
            "power": 0.5,
        },
        {"m": (0.0, 10.0)},
        {"m0": 8.0, "c": -2.0},
        {"m0": 12.0, "c": -500.0},
        {"m0": 9.0, "c": 150.0},
        cuts=(0.3, 1.0, 2.0, 4.0, 9.4, 9.7, 9.8, 9.9, 9.95, 9.98),
    ),
    case(
        "gamma",
        {"type": "gamma_dist", "x": "x", "gamma": "g", "beta": "b", "mu": "mu"},
        {"x": (0.0, 20.0)},
        {"g": 3.0, "b": 1.5, "mu": -0.5},
        {"g": 1.0, "b": 1.5, "mu": 0.5},
        {"g": 40.0, "b": 0.2, "mu": -0.25},
        {"g": 2.5, "b": 0.01, "mu": -9.0},
        cuts=(0.02, 0.05, 0.1, 0.3, 1.0),
    ),
    case(
        "gamma_singular",
        {"type": "gamma_dist", "x": "x", "gamma": "g", "beta": "b", "mu": 0},
        {"x": (0.0, 20.0)},
        {"g": 0.6, "b": 1.5},
    ),
    case(
        "landau",
        {"type": "landau_dist", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": (-4.0, 60.0)},
        {"mu": 1.0, "s": 1.5},
        {"mu": -8.0, "s": 0.2},
        closed=False,
        rtol=1e-6,  # ROOT's rational approximations, which deviate by as much
        slope_atol=2e-6,
    ),
    case(
        "generic",
        {"type": "generic_dist", "expression": "1 + a*x^2 + 0.5*sin(k*x)", "x": "x"},
        {"x": (-3.0, 3.0)},
        {"a": 0.2, "k": 1.3},
        {"a": 0.0, "k": 5.0},
    ),
    case(
        "generic_of_function",
        {"type": "generic_dist", "expression": "exp(-abs(f)) * PI"},
        {"x": (0.0, 3.0)},
        {"a": 0.7},
        functions=(generic("f", "a*x*x"),),
    ),
    # --- made of others -------------------------------------------------------------------------
    case(
        "mixture_fractions",
        {"type": "mixture_dist", "summands": ["g", "e", "u"], "coefficients": ["f", 0.2]},
        {"x": (0.0, 10.0)},
        {"f": 0.3, "mu": 4.0, "s": 0.5, "c": 0.4},
        {"f": 0.0, "mu": 4.0, "s": 1e-3, "c": -0.4},
        {"f": -0.1, "mu": 9.0, "s": 2.0, "c": 0.1},
        helpers=(GAUSS, FALL, FLAT),
    ),
    case(
        "mixture_yields",
        {"type": "mixture_dist", "summands": ["g", "e"], "coefficients": ["n", "b"]},
        {"x": (0.0, 10.0)},
        {"n": 30.0, "b": 1000.0, "mu": 4.0, "s": 0.5, "c": 0.4},
        {"n": 0.0, "b": 1000.0, "mu": 40.0, "s": 0.5, "c": 0.4},
        {"n": -20.0, "b": 1000.0, "mu": 4.0, "s": 2.0, "c": 0.4},
        helpers=(GAUSS, FALL),
    ),
    case(
        "mixture_of_extended",
        {"type": "mixture_dist", "summands": ["gn", "en"]},
        {"x": (0.0, 10.0)},
        {"n": 30.0, "b": 1000.0, "mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(
            GAUSS,
            FALL,
            {"name": "gn", "type": "extend_pdf", "pdf": "g", "norm": "n"},
            {"name": "en", "type": "rate_extended_dist", "dist": "e", "rate": "b"},
        ),
    ),
    case(
        "mixture_of_mixture",
        {"type": "mixture_dist", "summands": ["m", "u"], "coefficients": ["f"]},
        {"x": (0.0, 10.0)},
        {"f": 0.7, "h": 0.2, "mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(
            {"name": "m", "type": "mixture_dist", "summands": ["g", "e"], "coefficients": ["h"]},
            GAUSS,
            FALL,
            FLAT,
        ),
    ),
    case(
        "mixture_other_norm",
        {
            "type": "mixture_dist",
            "summands": ["g", "e"],
            "coefficients": ["n", "b"],
            "ref_coef_norm": "b,n",
        },
        {"x": (0.0, 10.0)},
        {"n": 30.0, "b": 12.0, "mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(GAUSS, FALL),
    ),
    case(
        "mixture_model",
        {"type": "mixture_model", "summands": ["g", "e"], "coefficients": ["f"]},
        {"x": (0.0, 10.0)},
        {"f": 0.3, "mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(GAUSS, FALL),
    ),
    case(
        "product_separate",
        {"type": "product_dist", "factors": ["g", "ey"]},
        {"x": (0.0, 10.0), "y": (-1.0, 3.0)},
        {"mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(GAUSS, {**FALL, "name": "ey", "x": "y"}),
    ),
    case(
        "product_shared",
        {"type": "product_dist", "factors": ["g", "e", "g2"]},
        {"x": (0.0, 10.0)},
        {"mu": 4.0, "s": 0.5, "c": 0.4},
        {"mu": 2.0, "s": 1.5, "c": -3.0},
        helpers=(GAUSS, FALL, {**GAUSS, "name": "g2", "sigma": 2.5}),
        closed=False,
    ),
    case(
        "product_correlated",
        {"type": "product_dist", "factors": ["gx", "gy"]},
        {"x": (-5.0, 5.0), "y": (-4.0, 5.0)},
        {"a": -0.5, "b": 0.2, "s": 1.5},
        helpers=(
            {**GAUSS, "name": "gx", "mean": "line"},
            {**GAUSS, "name": "gy", "x": "y", "mean": 0, "sigma": 3},
        ),
        functions=(generic("line", "a + b*y"),),
        closed=False,
    ),
    case(
        "product_of_products",
        {"type": "product_dist", "factors": ["q", "e"]},
        {"x": (0.0, 10.0), "y": (-1.0, 3.0)},
        {"mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(
            {"name": "q", "type": "product_dist", "factors": ["g", "ey"]},
            GAUSS,
            FALL,
            {**FALL, "name": "ey", "x": "y"},
        ),
    ),
    case(
        "product_of_mixture",
        {"type": "product_dist", "factors": ["m", "ey"]},
        {"x": (0.0, 10.0), "y": (-1.0, 3.0)},
        {"f": 0.3, "mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(
            {"name": "m", "type": "mixture_dist", "summands": ["g", "e"], "coefficients": ["f"]},
            GAUSS,
            FALL,
            {**FALL, "name": "ey", "x": "y"},
        ),
    ),
    case(
        "efficiency_product",
        {"type": "efficiency_product_pdf_dist", "pdf": "e", "eff": "eff"},
        {"x": (0.0, 10.0)},
        {"c": 0.4, "t": 2.0},
        {"c": -0.4, "t": 5.0},
        helpers=(FALL,),
        functions=(generic("eff", "1/(1 + exp((t - x)/0.8))"),),
        closed=False,
    ),
    case(
        "density_function",
        {"type": "density_function_dist", "function": "wave"},
        {"x": (0.0, 10.0)},
        {"a": 0.4, "b": 1.1},
        functions=(generic("wave", "1 + a*sin(b*x)"),),
    ),
    case(
        "density_function_signed",
        {"type": "density_function_dist", "function": "wave"},
        {"x": (0.0, 10.0)},
        {"a": 1.4, "b": 1.1},
        functions=(generic("wave", "1 + a*sin(b*x)"),),
        cuts=[2.0, 4.0, 6.0, 8.0],
    ),
    case(
        "density_function_of_steps",
        {"type": "density_function_dist", "function": "steps"},
        {"x": (0.0, 6.0)},
        {"h0": 0.4, "h2": 2.0},
        functions=(
            {
                "name": "steps",
                "type": "step",
                "variables": ["x"],
                "parameters": ["h0", 1.5, "h2"],
                "axes": [{"name": "x", "edges": [0, 1, 2.5, 6]}],
            },
        ),
    ),
    case(
        "log_density_function",
        {"type": "log_density_function_dist", "function": "hill"},
        {"x": (0.0, 10.0)},
        {"a": 400.0, "b": 5.0},
        {"a": -1.0, "b": 2.0},
        functions=(generic("hill", "a - b*(x - 3)^2"),),
        closed=False,
    ),
    case(
        "rate_density",
        {"type": "rate_density_dist", "x": "x", "density": "wave"},
        {"x": (0.0, 10.0)},
        {"a": 40.0, "b": 1.1},
        functions=(generic("wave", "100 + a*sin(b*x)"),),
    ),
    case(
        "weighted_sum",
        {"type": "weighted_sum_dist", "samples": ["wave", "line"], "coefficients": ["a"]},
        {"x": (0.0, 10.0)},
        {"a": 0.4},
        {"a": 0.0},
        functions=(generic("wave", "1 + sin(x)"), generic("line", "0.3*x - 0.2")),
        cuts=[2.0, 4.0, 6.0, 8.0],
    ),
    case(
        "weighted_sum_of_shapes",
        {"type": "weighted_sum_dist", "samples": ["g", "e"], "coefficients": ["a", "b"]},
        {"x": (0.0, 10.0)},
        {"a": 0.4, "b": 3.0, "mu": 4.0, "s": 0.5, "c": 0.4},
        helpers=(GAUSS, FALL),
    ),
    {
        **case(
            "bin_sampling",
            {"type": "binsampling_dist", "pdf": "g", "observable": "x"},
            {"x": (-2.0, 6.0)},
            {"mu": 0.8, "s": 1.1},
            {"mu": 5.3, "s": 0.2},
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
                    "axes": [{"name": "x", "min": -2.0, "max": 6.0, "nbins": 5}],
                }
            ],
        },
    },
    case(
        "convolution",
        {"type": "fft_conv_pdf", "conv_var": "x", "pdf1": "g", "pdf2": "r"},
        {"x": (-3.0, 5.0)},
        {"mu": 0.8, "s": 0.6, "w": 0.9},
        {"mu": 2.0, "s": 2.0, "w": 0.05},
        helpers=(
            GAUSS,
            {"name": "r", "type": "gaussian_dist", "x": "x", "mean": 0.2, "sigma": "w"},
        ),
    ),
    {
        **case(
            "projected",
            {"type": "projected_dist", "input_pdf": "q", "observables": ["y"]},
            {"x": (-5.0, 5.0)},
            {"a": 0.1},
        ),
        "document": {
            "distributions": [
                {"name": "p", "type": "projected_dist", "input_pdf": "q", "observables": ["y"]},
                {"name": "q", "type": "density_function_dist", "function": "dent"},
            ],
            "functions": [generic("dent", "5 + a*x*y + x*x*y^4")],
            "domains": [
                {
                    "name": "default_domain",
                    "type": "product_domain",
                    "axes": [{"name": "y", "min": -4.0, "max": 5.0}],
                }
            ],
        },
    },
    case(
        "histogram",
        {
            "type": "histogram_dist",
            "data": {"axes": [{"name": "x", "edges": [0, 1, 3, 6]}], "contents": [3, 7, 12]},
        },
        {"x": (0.0, 6.0)},
    ),
    *(
        case(
            f"histogram_order_{order}",
            {
                "type": "histogram_dist",
                "interpolationOrder": order,
                "data": {
                    "axes": [{"name": "x", "edges": [0, 1, 2.5, 3, 5, 6]}],
                    "contents": [3, 7.5, 4, 9, 5],
                },
            },
            {"x": (0.0, 6.0)},
        )
        for order in (1, 2, 3)
    ),
    case(
        "histogram_part",
        {
            "type": "histogram_dist",
            "data": {
                "axes": [{"name": "x", "min": 0, "max": 6, "nbins": 3}],
                "contents": [3, 0, 12],
            },
        },
        {"x": (-1.0, 5.0)},
    ),
    case(
        "histogram_2d",
        {
            "type": "histogram_dist",
            "data": {
                "axes": [
                    {"name": "x", "edges": [0, 1, 3]},
                    {"name": "y", "min": -1, "max": 2, "nbins": 3},
                ],
                "contents": [1, 2, 3, 4, 5, 6],
            },
        },
        {"x": (0.0, 3.0), "y": (-1.0, 2.0)},
    ),
]
