"""Small documents to combine, and what is expected of them."""

from __future__ import annotations

import math

import pytest

import hs3
from hs3.codes import CODES


def counting(n=10.0, name="sr", mu="mu", alpha="alpha", hi=1.1, signal=5.0, background=10.0):
    """One channel with one bin: n ~ Pois((mu signal + background) f(alpha)), f(±1) = hi, 2 - hi."""
    normsys = {
        "name": alpha,
        "type": "normsys",
        "parameter": alpha,
        "constraint": "Gauss",
        "interpolation": "lin",
        "data": {"hi": hi, "lo": 2 - hi},
    }
    axis = {"name": f"obs_{name}", "min": 0, "max": 1, "nbins": 1}
    factor = {"name": mu, "type": "normfactor", "parameter": mu}
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {
                "name": f"model_{name}",
                "type": "histfactory_dist",
                "axes": [axis],
                "samples": [
                    {"name": "s", "data": {"contents": [signal]}, "modifiers": [factor, normsys]},
                    {"name": "b", "data": {"contents": [background]}, "modifiers": [normsys]},
                ],
            }
        ],
        "data": [{"name": f"data_{name}", "type": "binned", "axes": [axis], "contents": [n]}],
        "likelihoods": [
            {"name": "l", "distributions": [f"model_{name}"], "data": [f"data_{name}"]}
        ],
        "domains": [
            {
                "name": "d",
                "type": "product_domain",
                "axes": [
                    {"name": mu, "min": -10, "max": 50},
                    {"name": alpha, "min": -5, "max": 5},
                ],
            }
        ],
        "parameter_points": [
            {
                "name": "p",
                "parameters": [{"name": mu, "value": 1}, {"name": alpha, "value": 0.25}],
            }
        ],
        "analyses": [
            {
                "name": "a",
                "likelihood": "l",
                "parameters_of_interest": [mu],
                "domain": "d",
                "init": "p",
            }
        ],
    }


def unbinned():
    axis = {"name": "m", "min": 100, "max": 150}
    return {
        "metadata": {"hs3_version": "0.2.9", "packages": [{"name": "ROOT", "version": "6.40.00"}]},
        "distributions": [
            {"name": "g", "type": "gaussian_dist", "x": "m", "mean": "mh", "sigma": "w"},
            {"name": "ac", "type": "gaussian_dist", "x": "nom_alpha", "mean": "alpha", "sigma": 1},
        ],
        "functions": [{"name": "w", "type": "generic_function", "expression": "2*(1 + 0.1*alpha)"}],
        "data": [{"name": "ev", "type": "unbinned", "axes": [axis], "entries": [[124.0], [126.5]]}],
        "likelihoods": [
            {"name": "u", "distributions": ["g"], "data": ["ev"], "aux_distributions": ["ac"]}
        ],
        "domains": [
            {
                "name": "default_domain",
                "type": "product_domain",
                "axes": [
                    {"name": "mh", "min": 110, "max": 140},
                    {"name": "alpha", "min": -5, "max": 5},
                    {"name": "m", "min": 100, "max": 150},
                ],
            }
        ],
        "parameter_points": [
            {
                "name": "default_values",
                "parameters": [
                    {"name": "mh", "value": 125},
                    {"name": "alpha", "value": 0.25},
                    {"name": "nom_alpha", "value": 0, "const": True},
                ],
            }
        ],
    }


def measurement():
    """mh measured elsewhere, and the source alpha with it."""
    data = unbinned()
    data["distributions"] = [
        {"name": "mh_con", "type": "gaussian_dist", "x": "mh", "mean": 125.2, "sigma": 0.5},
        {"name": "source", "type": "gaussian_dist", "x": "alpha", "mean": 0.0, "sigma": 1.0},
    ]
    data["likelihoods"] = [{"name": "c", "aux_distributions": ["mh_con", "source"]}]
    return data | {"functions": [], "data": []}


def combined(inputs, labels=None, /, **config):
    given = [hs3.Workspace.from_json(d) if isinstance(d, dict) else d for d in inputs]
    labels = labels or [chr(ord("a") + i) for i in range(len(given))]
    return hs3.combine(given, names=labels, config=config)


def two(**change):
    return [counting(), counting(n=14.0, name="cr", **change)]


def refusal(inputs, code, /, **config):
    with pytest.raises(hs3.EditError) as raised:
        combined(inputs, **config)
    assert raised.value.code == code
    assert CODES[code].severity == "error"
    return raised.value


def poisson(n, nu):
    return nu - n * math.log(nu) + math.lgamma(n + 1)


def unit(x):
    return 0.5 * x * x + 0.5 * math.log(2 * math.pi)


def measured(value, width, sigma=1.0, unit=None):
    """One number: value ~ N(mu + sigma·alpha, width), with the constraint alpha ~ N(0, 1)."""
    alpha = {"name": "alpha", "value": 0.0} | ({"unit": unit} if unit else {})
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "x_dist", "type": "gaussian_dist", "x": "x", "mean": "mean", "sigma": width},
            {"name": "ac", "type": "gaussian_dist", "x": "alpha", "mean": 0, "sigma": 1},
        ],
        "functions": [
            {"name": "shift", "type": "product", "factors": [sigma, "alpha"]},
            {"name": "mean", "type": "sum", "summands": ["mu", "shift"]},
        ],
        "data": [
            {"name": "x_data", "type": "unbinned", "axes": [{"name": "x", "min": -1e3, "max": 1e3}],
             "entries": [[value]]},
        ],
        "likelihoods": [
            {"name": "l", "distributions": ["x_dist"], "data": ["x_data"],
             "aux_distributions": ["ac"]},
        ],
        "domains": [
            {"name": "default_domain", "type": "product_domain",
             "axes": [{"name": "mu", "min": -100, "max": 100},
                      {"name": "alpha", "min": -8, "max": 8}]},
        ],
        "parameter_points": [
            {"name": "default_values", "parameters": [{"name": "mu", "value": 0.0}, alpha]},
        ],
        "analyses": [
            {"name": "a", "likelihood": "l", "parameters_of_interest": ["mu"],
             "domains": ["default_domain"], "init": "default_values"},
        ],
    }  # fmt: skip
