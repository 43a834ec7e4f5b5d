"""Random densities made of others: mixtures, products, convolutions, projections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import densities
from .draft import Draft

Maker = Callable[[Draft, str, int], str]


def density(d: Draft, x: str, depth: int = 1) -> str:
    """A density of one observable, of any type."""
    if depth > 0 and d.chance(45):
        return d.pick(MAKERS)(d, x, depth - 1)
    return densities.fundamental(d, x)


def yields(d: Draft) -> float | str:
    """An expected number of events."""
    return d.value(2.0, 40.0)


def fractions(d: Draft, x: str, depth: int) -> str:
    """A mixture whose last fraction is what is left."""
    count = d.integer(2, 3)
    summands = [density(d, x, depth) for _ in range(count)]
    coefficients = [d.value(0.05, 0.9 / (count - 1)) for _ in range(count - 1)]
    return d.distribution("mixture_dist", summands=summands, coefficients=coefficients)


def extended_mixture(d: Draft, x: str, depth: int) -> str:
    """A mixture whose coefficients are yields, or one of extended distributions."""
    count = d.integer(1, 3)
    summands = [density(d, x, depth) for _ in range(count)]
    if d.chance(30):
        parts = [extended(d, name) for name in summands]
        return d.distribution("mixture_dist", summands=parts)
    more: dict[str, Any] = {}
    if d.chance(50):
        more["extended"] = d.chance(70)
    coefficients = [yields(d) for _ in summands]
    return d.distribution("mixture_dist", summands=summands, coefficients=coefficients, **more)


def extended(d: Draft, name: str) -> str:
    """A distribution together with its expected number of events, in both spellings."""
    if d.chance(50):
        return d.distribution("rate_extended_dist", dist=name, rate=yields(d))
    return d.distribution("extend_pdf", pdf=name, norm=yields(d))


def shared_product(d: Draft, x: str, depth: int) -> str:
    """A product of factors that share the observable."""
    factors = [density(d, x, depth) for _ in range(2)]
    return d.distribution("product_dist", factors=factors)


def efficiency(d: Draft, x: str, depth: int) -> str:
    """A density seen with an efficiency."""
    low, high = d.observables[x]
    w = high - low
    threshold = d.parameter(low, high)
    expression = f"1/(1 + exp(({threshold} - {x})/{0.2 * w!r}))"
    eff = d.function("generic_function", expression=expression)
    return d.distribution("efficiency_product_pdf_dist", pdf=density(d, x, depth), eff=eff)


def convolution(d: Draft, x: str, depth: int) -> str:
    """A convolution of two normal distributions."""
    low, high = d.observables[x]
    w = high - low
    first = d.distribution(
        "gaussian_dist", x=x, mean=d.value(low, high), sigma=d.value(0.05 * w, 0.5 * w)
    )
    second = d.distribution(
        "gaussian_dist", x=x, mean=d.value(-0.1 * w, 0.1 * w), sigma=d.value(0.05 * w, 0.3 * w)
    )
    kind = d.pick(("fft_conv_pdf", "fft_convolution_dist"))
    return d.distribution(kind, conv_var=x, pdf1=first, pdf2=second)


def bin_sampling(d: Draft, x: str, depth: int) -> str:
    """A density averaged over the bins that the domain gives the observable."""
    if x not in d.domains:
        d.domains[x] = d.observables[x]
    d.binnings.setdefault(x, d.integer(2, 6))
    inner = densities.gaussian(d, x) if d.chance(50) else densities.fundamental(d, x)
    kind = d.pick(("binsampling_dist", "binsampling"))
    return d.distribution(kind, pdf=inner, observable=x)


def projected(d: Draft, x: str, depth: int) -> str:
    """A density of two variables integrated over one of them."""
    low, high = d.observables[x]
    y = d.name("y")
    d.domains[y] = (-1.0, 2.0)
    a = d.parameter(-1.0, 1.0)
    text = f"4 + {a}*{y}*({x} - {low!r})/{high - low!r} + {y}^2"
    inner = d.function("generic_function", expression=text)
    joint = d.distribution("density_function_dist", function=inner)
    return d.distribution("projected_dist", input_pdf=joint, observables=[y])


MAKERS: tuple[Maker, ...] = (
    fractions, fractions, extended_mixture, shared_product, efficiency, convolution,
    bin_sampling, projected,
)  # fmt: skip


def of_two(d: Draft, x: str, y: str) -> str:
    """A density of two observables."""
    match d.integer(0, 4):
        case 0:
            return _normal(d, x, y)
        case 1:
            return _correlated(d, x, y)
        case 2:
            return d.distribution("uniform_dist", x=[x, y])
        case 3:
            return _histogram(d, x, y)
    factors = [density(d, x), density(d, y)]
    if d.chance(30):
        factors = [d.distribution("product_dist", factors=[factors[0]]), factors[1]]
    return d.distribution("product_dist", factors=factors)


def _histogram(d: Draft, x: str, y: str) -> str:
    axes: list[dict[str, Any]] = [
        {"name": name, "min": low, "max": high, "nbins": d.integer(1, 3)}
        for name, (low, high) in ((n, d.observables[n]) for n in (x, y))
    ]
    contents = [d.number(1.0, 9.0) for _ in range(axes[0]["nbins"] * axes[1]["nbins"])]
    return d.distribution("histogram_dist", data={"axes": axes, "contents": contents})


def _normal(d: Draft, x: str, y: str) -> str:
    """A normal distribution that is wide in one of its variables."""
    spans = [d.observables[n] for n in (x, y)]
    means = [d.value(low, high) for low, high in spans]
    sigmas = [d.number(0.3 * (high - low), high - low) for low, high in spans]
    rho = d.number(-0.7, 0.7)
    if d.chance(50):
        off = rho * sigmas[0] * sigmas[1]
        covariances = [[sigmas[0] ** 2, off], [off, sigmas[1] ** 2]]
        return d.distribution(
            "multivariate_normal_dist", x=[x, y], mean=means, covariances=covariances
        )
    correlation = d.parameter(-0.7, 0.7)
    return d.distribution(
        "multivariate_normal_dist",
        x=[x, y],
        mean=means,
        correlations=[[1.0, correlation], [correlation, 1.0]],
        standard_deviations=[d.parameter(0.8 * s, 1.2 * s) for s in sigmas],
    )


def _correlated(d: Draft, x: str, y: str) -> str:
    """A normal distribution whose mean depends on the other observable."""
    (low, high), (a, b) = d.observables[x], d.observables[y]
    slope = d.parameter(-0.3, 0.3)
    text = f"{(low + high) / 2!r} + {slope}*{(high - low) / (b - a)!r}*({y} - {(a + b) / 2!r})"
    mean = d.function("generic_function", expression=text)
    w = high - low
    first = d.distribution("gaussian_dist", x=x, mean=mean, sigma=d.value(0.3 * w, w))
    return d.distribution("product_dist", factors=[first, densities.gaussian(d, y)])
