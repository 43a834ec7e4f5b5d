"""Random auxiliary measurements: of every form that is recognised, and of others."""

from __future__ import annotations

from .channels import Shared
from .draft import Draft


def auxiliary(d: Draft, shared: Shared) -> tuple[list[str], list[str]]:
    """Auxiliary distributions to be listed, and those that stand in a product with a density."""
    names = [d.pick(MAKERS)(d, shared) for _ in range(d.integer(0, 3))] if d.chance(60) else []
    if names and d.chance(30):
        return names[1:], names[:1]
    if len(names) > 1 and d.chance(20):
        return [d.distribution("product_dist", factors=names)], []
    return names, []


def _measured(d: Draft, shared: Shared, low: float, high: float) -> str:
    """A parameter that is measured here: none that a modifier says how to constrain."""
    taken = {*shared.systematics, *shared.norms, *(n for n in d.parameters if "gamma" in n)}
    fitting = [n for n, (a, b) in d.parameters.items() if low <= a and b <= high and n not in taken]
    if fitting and d.chance(50):
        return d.pick(fitting)
    return d.new_parameter(low, high)


def _centre(d: Draft, low: float, high: float) -> float | str:
    """An observed value: a number, or a constant, with a range or without."""
    value = d.number(low, high)
    if d.chance(50):
        return value
    name = d.constant(value, "obs")
    if d.chance(40):
        w = high - low
        d.domains[name] = (low - w, high + w)
    return name


def _gaussian(d: Draft, shared: Shared) -> str:
    p = _measured(d, shared, -1.0, 1.0)
    observed, sigma = _centre(d, -1.0, 1.0), d.number(0.2, 1.5)
    x, mean = (observed, p) if d.chance(60) else (p, observed)
    return d.distribution("gaussian_dist", stem="aux", x=x, mean=mean, sigma=sigma)


def _gaussian_of_function(d: Draft, shared: Shared) -> str:
    p = _measured(d, shared, -1.0, 1.0)
    mean = d.function("sum", summands=[p, d.number(0.1, 0.9)])
    return d.distribution(
        "gaussian_dist", stem="aux", x=d.number(-1.0, 1.0), mean=mean, sigma=d.number(0.2, 1.5)
    )


def _poisson(d: Draft, shared: Shared) -> str:
    p = _measured(d, shared, 0.3, 2.0)
    tau = d.number(2.0, 300.0)
    mean = d.function("product", factors=[p, tau])
    observed = float(round(tau * d.number(0.7, 1.3)))
    x = observed if d.chance(60) else d.constant(observed, "obs")
    return d.distribution("poisson_dist", stem="aux", x=x, mean=mean)


def _lognormal(d: Draft, shared: Shared) -> str:
    p = _measured(d, shared, 0.3, 2.0)
    x = d.number(0.5, 1.5)
    return d.distribution("lognormal_dist", stem="aux", x=x, mu=p, k=d.number(1.05, 1.8))


def _gamma(d: Draft, shared: Shared) -> str:
    p = _measured(d, shared, 0.3, 2.0)
    shape = d.number(2.0, 80.0)
    return d.distribution(
        "gamma_dist", stem="aux", x=p, gamma=shape, beta=1.0 / (shape - 1.0), mu=0.0
    )


def _multivariate(d: Draft, shared: Shared) -> str:
    x = [d.new_parameter(-1.0, 1.0) for _ in range(d.integer(2, 3))]
    mean = [d.number(-0.5, 0.5) for _ in x]
    sigma, rho = [d.number(0.3, 1.2) for _ in x], d.number(-0.3, 0.8)
    matrix = [
        [rho ** abs(i - j) * a * b if i != j else a * a for j, b in enumerate(sigma)]
        for i, a in enumerate(sigma)
    ]
    return d.distribution(
        "multivariate_normal_dist", stem="aux", x=x, mean=mean, covariances=matrix
    )


def _other(d: Draft, shared: Shared) -> str:
    """Of no form that is recognised: a term of its own, normalised in the domain."""
    p = d.new_parameter(0.2, 2.0)
    if d.chance(50):
        return d.distribution(
            "generalized_normal_dist",
            stem="aux",
            x=p,
            mean=d.number(0.5, 1.5),
            alpha=d.number(0.3, 1.0),
            beta=d.number(1.5, 6.0),
        )
    return d.distribution("exponential_dist", stem="aux", x=p, c=d.number(-1.0, 3.0))


MAKERS = (
    _gaussian, _gaussian, _gaussian_of_function, _poisson, _lognormal, _gamma, _multivariate,
    _other,
)  # fmt: skip
