"""Random densities of one observable: every type whose parts are values only.

A maker adds a distribution that is positive in the whole range of its observable, for all values
of its parameters, and returns its name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .draft import Draft, Span
from .expressions import expression

Maker = Callable[[Draft, str], str]

ANY: tuple[Span, ...] = ((-2.0, 6.0), (-1.0, 1.0), (0.0, 10.0), (1.0, 5.0), (100.0, 150.0))
POSITIVE: tuple[Span, ...] = ((1.0, 5.0), (100.0, 150.0), (0.5, 8.0))
COUNTS: tuple[Span, ...] = ((0.0, 30.0), (2.0, 25.0))


def _span(d: Draft, x: str) -> tuple[float, float, float]:
    low, high = d.observables[x]
    return low, high, high - low


def _scale(d: Draft, x: str) -> float:
    return max(map(abs, d.observables[x]))


# --- bells ------------------------------------------------------------------------------------


def gaussian(d: Draft, x: str) -> str:
    """A normal distribution, its mean inside of the range or a little outside."""
    low, high, w = _span(d, x)
    return d.distribution(
        d.pick(("gaussian_dist", "normal_dist")),
        x=x,
        mean=d.value(low - 0.2 * w, high + 0.2 * w),
        sigma=d.value(0.05 * w, w),
    )


def voigtian(d: Draft, x: str) -> str:
    """A Voigt profile."""
    low, high, w = _span(d, x)
    return d.distribution(
        "voigtian_dist",
        x=x,
        mean=d.value(low, high),
        width=d.value(0.02 * w, 0.5 * w),
        sigma=d.value(0.05 * w, 0.5 * w),
    )


def bifurcated(d: Draft, x: str) -> str:
    """A Gaussian with two widths."""
    low, high, w = _span(d, x)
    return d.distribution(
        "bifurkated_gaussian_dist",
        x=x,
        mean=d.value(low - 0.1 * w, high + 0.1 * w),
        sigmaL=d.value(0.05 * w, w),
        sigmaR=d.value(0.05 * w, w),
    )


def generalized_normal(d: Draft, x: str) -> str:
    """A bell of any power."""
    low, high, w = _span(d, x)
    return d.distribution(
        "generalized_normal_dist",
        x=x,
        mean=d.value(low, high),
        alpha=d.value(0.2 * w, w),
        beta=d.value(1.0, 5.0),
    )


def lognormal(d: Draft, x: str) -> str:
    """A log-normal distribution in both of its spellings."""
    low, high, w = _span(d, x)
    if d.chance(50):
        mu = d.value(math.log(low + 0.1 * w), math.log(high))
        return d.distribution("lognormal_dist", x=x, mu=mu, sigma=d.value(0.1, 1.0))
    k = d.value(1.1, 3.0) if d.chance(70) else d.value(0.4, 0.9)
    return d.distribution("lognormal_dist", x=x, mu=d.value(low + 0.1 * w, high), k=k)


def crystal_ball(d: Draft, x: str) -> str:
    """A Gaussian core with one or two tails, in each of the spellings."""
    low, high, w = _span(d, x)

    def sigma() -> float | str:
        return d.value(0.05 * w, 0.4 * w)

    def alpha() -> float | str:
        return d.value(0.3, 3.0)

    def n() -> float | str:
        return d.value(0.5, 10.0)

    core: dict[str, Any] = {"m": x, "m0": d.value(low, high)}
    match d.integer(0, 3):
        case 0:
            one = alpha() if d.chance(50) else d.value(-3.0, -0.3)
            return d.distribution("crystalball_dist", **core, sigma=sigma(), alpha=one, n=n())
        case 1:
            both: dict[str, Any] = {"sigma": sigma(), "alpha": [alpha(), alpha()], "n": [n(), n()]}
            return d.distribution("crystalball_dist", **core, **both)
        case 2:
            left: dict[str, Any] = {
                "sigma_L": sigma(),
                "sigma_R": sigma(),
                "alpha_L": alpha(),
                "n_L": n(),
            }
            return d.distribution("crystalball_doublesided_dist", **core, **left)
    sides: dict[str, Any] = {
        f"{key}_{side}": make() for key, make in _TAILS(sigma, alpha, n) for side in "LR"
    }
    return d.distribution("crystalball_doublesided_dist", **core, **sides)


def _TAILS(*makers: Callable[[], float | str]) -> list[tuple[str, Callable[[], float | str]]]:
    return list(zip(("sigma", "alpha", "n"), makers, strict=True))


def breit_wigner(d: Draft, x: str) -> str:
    """A resonance with thresholds below the range for its first channel."""
    low, high, w = _span(d, x)

    def channel(most: float) -> dict[str, Any]:
        out: dict[str, Any] = {"Gamma": d.value(0.05 * w, 0.4 * w)}
        if d.chance(60):
            out |= {"m1": d.number(0.0, most / 2), "m2": d.value(0.0, most / 2 * 0.99, 0)}
        if d.chance(60):
            out["l"] = d.integer(0, 4)
        if d.chance(40):
            out["R"] = d.value(0.5 / low, 5.0 / low, 0)
        return out

    channels = [channel(0.98 * low), *(channel(high) for _ in range(d.integer(0, 2)))]
    return d.distribution(
        "relativistic_breit_wigner_dist", x=x, mass=d.value(low, high), channels=channels
    )


# --- falling and rising -------------------------------------------------------------------------


def exponential(d: Draft, x: str) -> str:
    """A falling or rising exponential."""
    _, _, w = _span(d, x)
    return d.distribution("exponential_dist", x=x, c=d.value(-4.0 / w, 8.0 / w))


def argus(d: Draft, x: str) -> str:
    """An ARGUS shape that ends above the range."""
    _, high, _ = _span(d, x)
    return d.distribution(
        d.pick(("argus_dist", "ARGUS_dist")),
        mass=x,
        resonance=d.value(1.001 * high, 2.0 * high),
        slope=d.value(-20.0, 3.0),
        power=d.value(0.1, 2.0),
    )


def gamma(d: Draft, x: str) -> str:
    """A gamma distribution that begins below the range."""
    low, _, w = _span(d, x)
    return d.distribution(
        "gamma_dist",
        x=x,
        gamma=d.value(0.6, 12.0),
        beta=d.value(0.05 * w, 0.5 * w),
        mu=d.value(low - w, low - 0.02 * w),
    )


def uniform(d: Draft, x: str) -> str:
    """A constant."""
    return d.distribution("uniform_dist", x=x if d.chance(70) else [x])


def ggzz(d: Draft, x: str) -> str:
    """A power times an exponential."""
    _, _, w = _span(d, x)
    return d.distribution(
        "CMS::ggZZ_background_dist",
        m4l=x,
        a1=d.value(0.5, 3.0),
        a2=d.value(-3.0, 3.0),
        a3=d.value(-2.0 / w, 5.0 / w),
    )


def qqzz(d: Draft, x: str) -> str:
    """The same with a shift."""
    low, _, w = _span(d, x)
    return d.distribution(
        "CMS::qqZZ_background_dist",
        m4l=x,
        a1=d.value(0.5, 3.0),
        a2=d.value(-0.9 * low, low),
        a3=d.value(-3.0, 3.0),
        a4=d.value(-2.0 / w, 5.0 / w),
    )


# --- polynomials ------------------------------------------------------------------------------


def polynomial(d: Draft, x: str) -> str:
    """A polynomial whose constant outweighs the rest."""
    scale, n = _scale(d, x), d.integer(0, 4)
    rest = [d.value(-0.9 / n / scale**i, 0.9 / n / scale**i) for i in range(1, n + 1)]
    return d.distribution("polynomial_dist", x=x, coefficients=[d.value(1.2, 3.0), *rest])


def chebychev(d: Draft, x: str) -> str:
    """Chebychev polynomials."""
    n = d.integer(0, 5)
    coefficients = [d.value(-0.9 / n, 0.9 / n) for _ in range(n)]
    return d.distribution("chebychev_dist", x=x, coefficients=coefficients)


def bernstein(d: Draft, x: str) -> str:
    """Bernstein polynomials."""
    coefficients = [d.value(0.1, 3.0) for _ in range(d.integer(1, 5))]
    return d.distribution("bernstein_poly_dist", x=x, coefficients=coefficients)


def exp_polynomial(d: Draft, x: str) -> str:
    """The exponential of a polynomial."""
    scale, n = _scale(d, x), d.integer(1, 4)
    coefficients = [d.value(-2.0 / scale**i, 2.0 / scale**i) for i in range(n)]
    return d.distribution("legacy_exp_poly_dist", x=x, coefficients=coefficients)


def power_sum(d: Draft, x: str) -> str:
    """A sum of powers."""
    n = d.integer(1, 3)
    return d.distribution(
        "power_sum_dist",
        x=x,
        coefficients=[d.value(0.1, 2.0) for _ in range(n)],
        exponents=[d.value(-2.5, 3.0) for _ in range(n)],
    )


# --- steps, expressions, functions ------------------------------------------------------------


def histogram(d: Draft, x: str) -> str:
    """A histogram, of any order of interpolation that stays positive."""
    low, high, w = _span(d, x)
    n = d.integer(1, 5)
    inner = [low + w * (i + d.number(0.2, 0.8)) / n for i in range(n - 1)]
    regular = {"name": x, "min": low, "max": high, "nbins": n}
    axis = regular if d.chance(50) else {"name": x, "edges": [low, *inner, high]}
    contents = [d.number(1.0, 9.0) for _ in range(n)]
    more: dict[str, Any] = {"interpolationOrder": d.integer(0, 1)} if d.chance(40) else {}
    return d.distribution("histogram_dist", data={"axes": [axis], "contents": contents}, **more)


def _wave(d: Draft, x: str) -> str:
    """An expression of the observable, within about ±1."""
    low, _, w = _span(d, x)
    at = f"(({x} - {low + w / 2!r})/{w / 2!r})"
    inner = expression(d, [at, d.parameter(-1.0, 1.0)], 1)
    return f"sin({inner} + 0.3*{at})"


def generic(d: Draft, x: str) -> str:
    """An expression."""
    form = d.pick(("1.5 + {}", "exp({})", "2 + {}"))
    more = {"x": x} if d.chance(30) else {}
    return d.distribution("generic_dist", expression=form.format(_wave(d, x)), **more)


def density_function(d: Draft, x: str) -> str:
    """A function, or the exponential of one."""
    if d.chance(50):
        inner = d.function("generic_function", expression=f"1.5 + {_wave(d, x)}")
        return d.distribution("density_function_dist", function=inner)
    inner = d.function("generic_function", expression=_wave(d, x))
    return d.distribution("log_density_function_dist", function=inner)


def steps_function(d: Draft, x: str) -> str:
    """A density made of a step function with parameters."""
    low, high, w = _span(d, x)
    axis = {"name": x, "edges": [low, low + 0.31 * w, low + 0.57 * w, high]}
    heights = [d.value(0.3, 3.0) for _ in range(3)]
    inner = d.function("step", variables=[x], parameters=heights, axes=[axis])
    return d.distribution("density_function_dist", function=inner)


def weighted_sum(d: Draft, x: str) -> str:
    """A weighted sum of functions of the observable."""
    count = d.integer(1, 3)
    samples = [
        d.function("generic_function", expression=f"1.5 + {_wave(d, x)}") for _ in range(count)
    ]
    fewer = d.integer(0, 1) if count > 1 else 0
    coefficients = [d.value(0.1, 0.4) for _ in samples[fewer:]]
    return d.distribution("weighted_sum_dist", samples=samples, coefficients=coefficients)


# --- decays and counts ------------------------------------------------------------------------


def decay(d: Draft, x: str) -> str:
    """A decay seen with a resolution, or with none where the range allows it."""
    low, _, w = _span(d, x)
    kind = d.integer(0, 2)

    def model() -> str:
        if low >= 0 and kind != 2 and d.chance(30):
            return d.function("truth_model_function", x=x)
        keys: dict[str, Any] = {
            "x": x,
            "mean": d.value(-0.1 * w, 0.1 * w),
            "sigma": d.value(0.1 * w, 0.4 * w),
        }
        if d.chance(50):
            return d.function("gauss_model_function", **keys)
        return d.distribution("gauss_resolution_model", **keys)

    resolution = model()
    if d.chance(30):
        mixed: dict[str, Any] = {
            "summands": [resolution, model()],
            "coefficients": [d.value(0.1, 0.9)],
        }
        kinds = ("mixture_model", "mixture_resolution_model")
        resolution = d.distribution(d.pick(kinds), **mixed)
    tau = d.value(0.1 * w, w)
    return d.distribution("decay_dist", t=x, tau=tau, resolutionModel=resolution, decayType=kind)


def gauss_model(d: Draft, x: str) -> str:
    """A resolution model as a density."""
    low, high, w = _span(d, x)
    return d.distribution(
        d.pick(("gauss_model_function", "gauss_resolution_model")),
        x=x,
        mean=d.value(low, high),
        sigma=d.value(0.1 * w, w),
    )


def poisson(d: Draft, x: str) -> str:
    """A Poisson distribution of a count."""
    more: dict[str, Any] = {"integer": True} if d.chance(30) else {}
    return d.distribution("poisson_dist", x=x, mean=d.value(1.0, 25.0), **more)


def barlow_beeston(d: Draft, x: str) -> str:
    """The distribution of a scale factor."""
    return d.distribution(
        "barlow_beeston_lite_poisson_constraint_dist", x=[x], expected=[d.value(2.0, 20.0)]
    )


ANYWHERE: tuple[Maker, ...] = (
    gaussian, gaussian, exponential, voigtian, bifurcated, generalized_normal, crystal_ball,
    gamma, uniform, polynomial, chebychev, bernstein, exp_polynomial, histogram, generic,
    density_function, steps_function, weighted_sum, gauss_model,
)  # fmt: skip
ABOVE_ZERO: tuple[Maker, ...] = (lognormal, breit_wigner, argus, ggzz, qqzz, power_sum)
NEAR_ZERO: tuple[Maker, ...] = (decay,)
"""Whose scale is that of zero: for ranges that hold it, or begin there."""


WITH_VARIATE: tuple[Maker, ...] = (
    gaussian, exponential, voigtian, bifurcated, generalized_normal, crystal_ball, gamma,
    polynomial, chebychev, bernstein, gauss_model,
)  # fmt: skip
"""That say which name is their variable, so that their data may be a number."""


def fundamental(d: Draft, x: str) -> str:
    """A density of any type that fits the range of the observable."""
    low, high = d.observables[x]
    makers = ANYWHERE
    if low > 0:
        makers += ABOVE_ZERO
    if low <= 0 < high:
        makers += NEAR_ZERO
    if low == 0 and high == 10:
        makers += (barlow_beeston,)
    return d.pick(makers)(d, x)
