"""Distributions that refer to parameters and functions only (chapter 2.1.1 and ROOT's own)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath as mp

from .oracle import CUTS, DENSITIES, Entry, Oracle, quad, shape

SIGMAS = (-40, -15, -8, -5, -2.5, 0, 2.5, 5, 8, 15, 40)


def around(name: str, centre: Any, *widths: Any) -> Mapping[str, list[Any]]:
    """Cuts at some widths on either side of a peak."""
    return {name: [centre + s * w for w in widths for s in SIGMAS]}


# --- bell shapes -------------------------------------------------------------------------------


@shape("gaussian_dist", "normal_dist")
def gaussian(d: Entry, o: Oracle) -> Any:
    return mp.exp(-((o(d["x"]) - o(d["mean"])) ** 2) / (2 * o(d["sigma"]) ** 2))


def _gaussian_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    """Either of x and mean may be the observable."""
    out: dict[str, list[Any]] = {}
    for name, other in ((d["x"], d["mean"]), (d["mean"], d["x"])):
        if isinstance(name, str) and name in o.ranges:
            out |= around(name, o(other), o(d["sigma"]))
    return out


CUTS |= dict.fromkeys(("gaussian_dist", "normal_dist"), _gaussian_cuts)


@shape("voigtian_dist")
def voigtian(d: Entry, o: Oracle) -> Any:
    """The real part of the Faddeeva function."""
    z = mp.mpc(o(d["x"]) - o(d["mean"]), o(d["width"]) / 2) / (o(d["sigma"]) * mp.sqrt(2))
    return mp.re(mp.exp(-z * z) * mp.erfc(-1j * z))


CUTS["voigtian_dist"] = lambda d, o: around(d["x"], o(d["mean"]), o(d["sigma"]), o(d["width"]))


@shape("bifurkated_gaussian_dist")
def bifurcated(d: Entry, o: Oracle) -> Any:
    x, mean = o(d["x"]), o(d["mean"])
    sigma = o(d["sigmaL"]) if x < mean else o(d["sigmaR"])
    return mp.exp(-((x - mean) ** 2) / (2 * sigma**2))


CUTS["bifurkated_gaussian_dist"] = lambda d, o: around(
    d["x"], o(d["mean"]), o(d["sigmaL"]), o(d["sigmaR"])
)


@shape("generalized_normal_dist")
def generalized_normal(d: Entry, o: Oracle) -> Any:
    return mp.exp(-((abs(o(d["x"]) - o(d["mean"])) / o(d["alpha"])) ** o(d["beta"])))


CUTS["generalized_normal_dist"] = lambda d, o: around(
    d["x"], o(d["mean"]), o(d["alpha"]), o(d["alpha"]) * mp.mpf("0.4")
)


@shape("lognormal_dist")
def lognormal(d: Entry, o: Oracle) -> Any:
    """`mu` is the mean of ln x; given with `k`, ROOT's form, `mu` is the median, k = exp(sigma)."""
    x = o(d["x"])
    if x <= 0:
        return mp.mpf(0)
    median = "k" in d
    mu, sigma = (mp.ln(o(d["mu"])), mp.ln(o(d["k"]))) if median else (o(d["mu"]), o(d["sigma"]))
    return mp.exp(-((mp.ln(x) - mu) ** 2) / (2 * sigma**2)) / x


def _lognormal_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    median = "k" in d
    mu, sigma = (mp.ln(o(d["mu"])), mp.ln(o(d["k"]))) if median else (o(d["mu"]), o(d["sigma"]))
    return {d["x"]: [mp.mpf(0), *(mp.exp(mu + s * abs(sigma)) for s in SIGMAS)]}


CUTS["lognormal_dist"] = _lognormal_cuts


@shape("multivariate_normal_dist")
def multivariate_normal(d: Entry, o: Oracle) -> Any:
    delta = mp.matrix([o(x) - o(m) for x, m in zip(d["x"], d["mean"], strict=True)])
    return mp.exp(-(delta.T * mp.lu_solve(_covariance(d, o), delta))[0] / 2)


def _covariance(d: Entry, o: Oracle) -> Any:
    n = len(d["x"])
    if d.get("covariances"):
        return mp.matrix([[o(v) for v in row] for row in d["covariances"]])
    sigma = [o(s) for s in d["standard_deviations"]]
    rho = d["correlations"]
    return mp.matrix([[o(rho[i][j]) * sigma[i] * sigma[j] for j in range(n)] for i in range(n)])


def _multivariate_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    covariance = _covariance(d, o)
    out = {}
    for i, x in enumerate(d["x"]):
        if isinstance(x, str):
            width = mp.sqrt(covariance[i, i])
            out[x] = [o(d["mean"][i]) + s * width for s in (-8, -4, -1.5, 1.5, 4, 8)]
    return out


CUTS["multivariate_normal_dist"] = _multivariate_cuts


@shape("crystalball_dist", "crystalball_doublesided_dist")
def crystal_ball(d: Entry, o: Oracle) -> Any:
    """Text of the standard; with one negative common alpha ROOT's shape, whose tail is right."""
    t0 = o(d["m"]) - o(d["m0"])
    side = "L" if t0 <= 0 else "R"
    sigma, alpha, n = (_side(d, o, key, side) for key in ("sigma", "alpha", "n"))
    if alpha is None:
        return mp.exp(-((t0 / sigma) ** 2) / 2)
    t, alpha = abs(t0 / sigma), abs(alpha)
    if t <= alpha:
        return mp.exp(-t * t / 2)
    return (n / alpha) ** n * mp.exp(-alpha * alpha / 2) * (n / alpha - alpha + t) ** -n


def _side(d: Entry, o: Oracle, key: str, side: str) -> Any:
    """A number of one side; the alpha of a side without a tail is None."""
    common = d.get(key)
    if isinstance(common, list):
        return o(common["LR".index(side)])
    if key != "alpha":
        given = common if common is not None else d.get(f"{key}_{side}")
        return o(given if given is not None else d[f"{key}_L"])
    if "alpha_R" in d:
        return o(d[f"alpha_{side}"])
    # One tail, on the side that alpha points to: ROOT writes its RooCBShape with one number for
    # each key, and its one-tailed RooCrystalBall without the keys of the right.
    single = all(isinstance(d.get(k), str | float | int) for k in ("sigma", "alpha", "n"))
    if "alpha_L" in d or (d["type"] == "crystalball_dist" and single):
        alpha = o(d.get("alpha", d.get("alpha_L")))
        return alpha if (alpha > 0) == (side == "L") else None
    return o(common)


def _crystal_ball_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    m0 = o(d["m0"])
    cuts = [m0]
    for side, sign in (("L", -1), ("R", 1)):
        sigma, alpha = _side(d, o, "sigma", side), _side(d, o, "alpha", side)
        steps = [] if alpha is None else [abs(alpha) * f for f in (1, 2, 4, 16, 64)]
        cuts += [m0 + sign * sigma * s for s in (2.5, 5, 8, 15, 40, *steps)]
    return {d["m"]: cuts}


CUTS |= dict.fromkeys(("crystalball_dist", "crystalball_doublesided_dist"), _crystal_ball_cuts)


@shape("relativistic_breit_wigner_dist")
def breit_wigner(d: Entry, o: Oracle) -> Any:
    m, mass = o(d.get("x", "m")), o(d["mass"])
    widths = [_partial_width(channel, m, o) for channel in d["channels"]]
    return m * widths[0] / abs(mass**2 - m**2 - 1j * mass * mp.fsum(widths)) ** 2


def _partial_width(channel: Entry, m: Any, o: Oracle) -> Any:
    m1, m2, spin, radius = (
        o(channel.get(k, default)) for k, default in (("m1", 0), ("m2", 0), ("l", 0), ("R", 3))
    )
    if m <= m1 + m2:
        return mp.mpf(0)
    q = mp.sqrt((m**2 - (m1 + m2) ** 2) * (m**2 - (m1 - m2) ** 2)) / (2 * m)
    z = q * radius
    # Blatt-Weisskopf form factors of the Review of Particle Physics 2023, eq. 50.30-50.35
    squared = {
        0: lambda: mp.mpf(1),
        1: lambda: 1 / (1 + z**2),
        2: lambda: 1 / (9 + 3 * z**2 + z**4),
        3: lambda: 1 / (225 + 45 * z**2 + 6 * z**4 + z**6),
        4: lambda: 1 / (11025 + 1575 * z**2 + 135 * z**4 + 10 * z**6 + z**8),
    }[int(spin)]()
    return o(channel["Gamma"]) * z ** (2 * int(spin)) * squared * 2 * q / m


def _breit_wigner_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    mass = o(d["mass"])
    width = mp.fsum(o(c["Gamma"]) for c in d["channels"])
    thresholds = [o(c.get("m1", 0)) + o(c.get("m2", 0)) for c in d["channels"]]
    peak = [mass + s * width * 4**i for i in range(-2, 5) for s in (-1, 1)]
    return {d.get("x", "m"): [*thresholds, mass, *peak]}


CUTS["relativistic_breit_wigner_dist"] = _breit_wigner_cuts


@shape("landau_dist")
def landau(d: Entry, o: Oracle) -> Any:
    return landau_density((o(d["x"]) - o(d["mean"])) / o(d["sigma"]))


def landau_density(v: Any) -> Any:
    r""":math:`\frac1\pi\int_0^\infty e^{-t\ln t - vt}\sin(\pi t)\,dt`.

    Below -1 as :math:`\frac1\pi\int_0^\infty \mathrm{Re}\,e^{s\ln s + vs}\,dy` on the line
    :math:`s = c + iy` through the saddle point :math:`c = e^{-v-1}`, where nothing cancels.
    """
    if v < -8:
        return mp.mpf(0)
    if v < -1:
        c = mp.exp(-v - 1)
        width = mp.sqrt(c)

        def line(y: Any) -> Any:
            s = mp.mpc(c, y)
            return mp.re(mp.exp(s * mp.ln(s) + v * s + c))

        cuts = [width * step for step in (0, 1, 2, 4, 6, 9, 14)] + [width * 14 + 60]
        return mp.exp(-c) * quad(line, cuts) / mp.pi
    return (
        quad(
            lambda t: mp.exp(-t * mp.ln(t) - v * t) * mp.sin(mp.pi * t),
            [mp.mpf(0), mp.mpf("0.01"), *map(mp.mpf, (0.1, 0.5, 1, 2, 4, 8, 16, 40, 120, 400))],
        )
        / mp.pi
    )


CUTS["landau_dist"] = lambda d, o: {
    d["x"]: [o(d["mean"]) + s * o(d["sigma"]) for s in (-6, -3.5, -2, -1, 0, 1, 3, 8, 20, 60, 200)]
}


# --- falling and rising -----------------------------------------------------------------------


@shape("exponential_dist")
def exponential(d: Entry, o: Oracle) -> Any:
    return mp.exp(-o(d["c"]) * o(d["x"]))


def _exponential_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    c = o(d["c"])
    if d["x"] not in o.ranges or c == 0:
        return {}
    low, high = o.ranges[d["x"]]
    start = low if c > 0 else high
    return {d["x"]: [start + s / c for s in (3, 10, 30, 100)]} if mp.isfinite(start) else {}


CUTS["exponential_dist"] = _exponential_cuts


@shape("argus_dist", "ARGUS_dist")
def argus(d: Entry, o: Oracle) -> Any:
    m, m0 = o(d["mass"]), o(d["resonance"])
    if not 0 <= m < m0:
        return mp.mpf(0)
    u = (m0 - m) * (m0 + m) / m0**2
    return m * u ** o(d["power"]) * mp.exp(o(d["slope"]) * u)


CUTS["argus_dist"] = CUTS["ARGUS_dist"] = lambda d, o: {d["mass"]: [mp.mpf(0), o(d["resonance"])]}


@shape("gamma_dist")
def gamma(d: Entry, o: Oracle) -> Any:
    z = (o(d["x"]) - o(d["mu"])) / o(d["beta"])
    k = o(d["gamma"])
    if z < 0 or (z == 0 and k != 1):
        return mp.mpf(0) if z < 0 or k > 1 else mp.inf
    return z ** (k - 1) * mp.exp(-z)


CUTS["gamma_dist"] = lambda d, o: {
    d["x"]: [
        o(d["mu"]) + o(d["beta"]) * s
        for s in (0, *(max(o(d["gamma"]) + w * mp.sqrt(o(d["gamma"])), 0) for w in SIGMAS))
    ]
}


@shape("uniform_dist")
def uniform(d: Entry, o: Oracle) -> Any:
    return mp.mpf(1)


@shape("CMS::ggZZ_background_dist")
def ggzz(d: Entry, o: Oracle) -> Any:
    m = o(d["m4l"])
    return o(d["a1"]) * m ** o(d["a2"]) * mp.exp(-o(d["a3"]) * m)


@shape("CMS::qqZZ_background_dist")
def qqzz(d: Entry, o: Oracle) -> Any:
    m = o(d["m4l"])
    return o(d["a1"]) * (m + o(d["a2"])) ** o(d["a3"]) * mp.exp(-o(d["a4"]) * m)


# --- polynomials ----------------------------------------------------------------------------------


@shape("polynomial_dist")
def polynomial(d: Entry, o: Oracle) -> Any:
    x = o(d["x"])
    return mp.fsum(o(a) * x**i for i, a in enumerate(d["coefficients"]))


@shape("chebychev_dist")
def chebychev(d: Entry, o: Oracle) -> Any:
    low, high = o.domains[d["x"]]
    z = 2 * (o(d["x"]) - low) / (high - low) - 1
    return 1 + mp.fsum(o(a) * mp.chebyt(i + 1, z) for i, a in enumerate(d["coefficients"]))


@shape("bernstein_poly_dist")
def bernstein(d: Entry, o: Oracle) -> Any:
    low, high = o.domains[d["x"]]
    t = (o(d["x"]) - low) / (high - low)
    n = len(d["coefficients"]) - 1
    terms = enumerate(d["coefficients"])
    return mp.fsum(o(a) * mp.binomial(n, i) * t**i * (1 - t) ** (n - i) for i, a in terms)


@shape("legacy_exp_poly_dist")
def exp_polynomial(d: Entry, o: Oracle) -> Any:
    return mp.exp(polynomial(d, o))


@shape("power_sum_dist")
def power_sum(d: Entry, o: Oracle) -> Any:
    x = o(d["x"])
    pairs = zip(d["coefficients"], d["exponents"], strict=True)
    return mp.fsum(o(a) * x ** o(b) for a, b in pairs)


# --- counts ---------------------------------------------------------------------------------------


@shape("poisson_dist")
def poisson(d: Entry, o: Oracle) -> Any:
    x, mean = o(d["x"]), o(d["mean"])
    if d.get("integer"):
        x = mp.floor(x)
    return poisson_density(x, mean)


def poisson_density(x: Any, mean: Any) -> Any:
    """Continued to counts that are no integers."""
    if x < 0 or mean < 0:
        return mp.mpf(0)
    if mean == 0:
        return mp.mpf(x == 0)
    return mp.exp(x * mp.ln(mean) - mean - mp.loggamma(x + 1))


def _poisson_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    """The count, or the mean of a given count, may be the observable."""
    out: dict[str, list[Any]] = {}
    for name, other in ((d["x"], d["mean"]), (d["mean"], d["x"])):
        if isinstance(name, str) and name in o.ranges:
            middle = o(other)
            out[name] = [mp.mpf(0), *(max(middle + s * mp.sqrt(middle), 0) for s in SIGMAS)]
    if d.get("integer") and d["x"] in out:
        low, high = o.ranges[d["x"]]
        out[d["x"]] = [mp.mpf(n) for n in range(int(mp.floor(low)), int(mp.ceil(high)) + 1)]
    return out


CUTS["poisson_dist"] = _poisson_cuts


def barlow_beeston(d: Entry, o: Oracle, over: tuple[str, ...]) -> Any:
    """The variables are independent: those that are not normalised over drop out as factors."""
    total = mp.mpf(1)
    for x, tau in zip(d["x"], d["expected"], strict=True):
        t = o(tau)

        def factor(at: Oracle, x: Any = x, t: Any = t) -> Any:
            return poisson_density(at(x) * t, t)

        if x in over:
            total *= factor(o) / o.integral(factor, {x: o.ranges[x]}, d["name"])
    return total


DENSITIES["barlow_beeston_lite_poisson_constraint_dist"] = barlow_beeston
CUTS["barlow_beeston_lite_poisson_constraint_dist"] = lambda d, o: {
    x: [1 + s / mp.sqrt(o(tau)) for s in (-8, -3, 0, 3, 8)]
    for x, tau in zip(d["x"], d["expected"], strict=True)
    if isinstance(x, str)
}


# --- resolution and decay -------------------------------------------------------------------------

GAUSS_MODELS = ("gauss_model_function", "gauss_resolution_model")
TRUTH_MODELS = ("truth_model_function", "delta_resolution_model")


@shape(*GAUSS_MODELS)
def gauss_model(d: Entry, o: Oracle) -> Any:
    return gaussian(d, o) / (o(d["sigma"]) * mp.sqrt(2 * mp.pi))


CUTS |= dict.fromkeys(GAUSS_MODELS, _gaussian_cuts)


@shape("decay_dist")
def decay(d: Entry, o: Oracle) -> Any:
    """Convolution with the resolution model; mixtures of models are sums of convolutions."""
    return mp.fsum(w * _decay_with(d, model, o) for w, model in _models(d["resolutionModel"], o))


def _models(name: str, o: Oracle) -> list[tuple[Any, Entry]]:
    model = o.parts[name]
    if "summands" not in model:
        return [(mp.mpf(1), model)]
    weights = [o(c) for c in model["coefficients"]]
    weights += [1 - mp.fsum(weights)] * (len(model["summands"]) - len(weights))
    return [
        (w * v, m)
        for w, s in zip(weights, model["summands"], strict=True)
        for v, m in _models(s, o)
    ]


def _decay_with(d: Entry, model: Entry, o: Oracle) -> Any:
    t, tau, kind = o(d["t"]), o(d["tau"]), d["decayType"]
    right, left = kind in (0, 1), kind in (1, 2)
    if model["type"] in TRUTH_MODELS:
        inside = (right and t >= 0) or (left and t < 0)
        return mp.exp(-abs(t) / tau) if inside else mp.mpf(0)
    mean, sigma = o(model["mean"]), o(model["sigma"])

    def half(u: Any) -> Any:
        r""":math:`\int_0^\infty e^{-s/\tau} N(u - s; 0, \sigma)\,ds`."""
        z = sigma / tau - u / sigma
        return mp.exp((sigma / tau) ** 2 / 2 - u / tau) * mp.erfc(z / mp.sqrt(2)) / 2

    return (half(t - mean) if right else 0) + (half(mean - t) if left else 0)


def _decay_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    tau = o(d["tau"])
    cuts = [mp.mpf(0), *(s * tau for s in (-30, -10, -3, 3, 10, 30))]
    for _, model in _models(d["resolutionModel"], o):
        if "sigma" in model:
            cuts += [o(model["mean"]) + s * o(model["sigma"]) for s in (-8, -3, 0, 3, 8)]
    return {d["t"]: cuts}


CUTS["decay_dist"] = _decay_cuts
