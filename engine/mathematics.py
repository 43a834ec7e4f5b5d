"""The functions of generic expressions as JAX formulas, by the meaning that the vocabulary names.

Arguments and results are float64 arrays that broadcast. A derivative that is finite in the limit is
finite here too; where it is not, the value that JAX gives (inf or nan) stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy import special

from . import precision as precision  # 64 bit before the first array

_TINY = float(np.finfo(np.float64).tiny)
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)

ArrayOrNumber = Array | float


@jax.custom_jvp
def sqrt(x: Array) -> Array:
    r""":math:`\sqrt{x}`; its slope at 0 is the one at the smallest normal number, not infinity.

    So ``x*sqrt(x)`` and ``sqrt(x*x)`` have the slope 0 at 0, where infinity times zero gives nan.
    """
    return jnp.sqrt(x)


@sqrt.defjvp
def _sqrt_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (x,), (dx,) = primals, tangents
    slope = jnp.where(x < 0.0, jnp.nan, 0.5 / jnp.sqrt(jnp.maximum(x, _TINY)))
    return sqrt(x), slope * dx


@jax.custom_jvp
def power(x: Array, y: Array) -> Array:
    r""":math:`x^y`, nan for negative x and y not whole.

    The slope in x is finite at 0 to every order that y allows (JAX gives nan for 0^0 and for the
    curvature of x^1). The slope in y is taken as 0 for x <= 0, where only whole y count: a constant
    exponent among the parameters must not spoil the derivatives in the others.
    """
    return jnp.power(x, y)


@power.defjvp
def _power_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    (x, y), (dx, dy) = primals, tangents
    result = power(x, y)
    in_x = y * power(x, jnp.where(y == 0.0, 1.0, y - 1.0))
    in_y = jnp.where(x > 0.0, result, 0.0) * jnp.log(jnp.where(x > 0.0, x, 1.0))
    return result, in_x * dx + in_y * dy


def round_half_away(x: Array) -> Array:
    """C's ``round``: the nearest integer, halves away from zero."""
    whole = jnp.trunc(x)
    return whole + jnp.where(jnp.abs(x - whole) >= 0.5, jnp.sign(x), 0.0)


def gaus(
    x: Array, mean: ArrayOrNumber = 0.0, sigma: ArrayOrNumber = 1.0, norm: ArrayOrNumber = 0.0
) -> Array:
    r"""``TMath::Gaus``: :math:`e^{-z^2/2}`, over :math:`\sigma\sqrt{2\pi}` if `norm` is not 0."""
    bare = jnp.exp(-0.5 * ((x - mean) / sigma) ** 2)
    return bare / jnp.where(jnp.asarray(norm) != 0.0, sigma * _ROOT_TWO_PI, 1.0)


def gaussian_pdf(x: Array, sigma: ArrayOrNumber = 1.0, mean: ArrayOrNumber = 0.0) -> Array:
    r"""``ROOT::Math::gaussian_pdf``: :math:`e^{-z^2/2} / (|\sigma|\sqrt{2\pi})`."""
    return gaus(x, mean, jnp.abs(sigma), 1.0)


def normal_cdf(x: Array, sigma: ArrayOrNumber = 1.0, mean: ArrayOrNumber = 0.0) -> Array:
    r"""``ROOT::Math::normal_cdf``: :math:`\Phi((x-\mu)/\sigma)`."""
    return 0.5 * jnp.asarray(special.erfc((mean - x) / (sigma * math.sqrt(2.0))))


def normal_cdf_c(x: Array, sigma: ArrayOrNumber = 1.0, mean: ArrayOrNumber = 0.0) -> Array:
    r"""``ROOT::Math::normal_cdf_c``: :math:`1 - \Phi((x-\mu)/\sigma)`."""
    return normal_cdf(-x, sigma, -mean)


def cauchy_pdf(x: Array, scale: ArrayOrNumber = 1.0, center: ArrayOrNumber = 0.0) -> Array:
    r"""``ROOT::Math::cauchy_pdf``: :math:`b / (\pi((x - x_0)^2 + b^2))`."""
    return scale / (math.pi * ((x - center) ** 2 + scale * scale))


def breitwigner_pdf(x: Array, gamma: ArrayOrNumber = 1.0, mean: ArrayOrNumber = 0.0) -> Array:
    r"""``ROOT::Math::breitwigner_pdf``: a Cauchy density of half width :math:`\Gamma/2`."""
    return cauchy_pdf(x, 0.5 * gamma, mean)


def breit_wigner(x: Array, mean: ArrayOrNumber = 0.0, gamma: ArrayOrNumber = 1.0) -> Array:
    """``TMath::BreitWigner``: `breitwigner_pdf` with its parameters in the other order."""
    return breitwigner_pdf(x, gamma, mean)


def exponential_pdf(x: Array, rate: ArrayOrNumber, start: ArrayOrNumber = 0.0) -> Array:
    r"""``ROOT::Math::exponential_pdf``: :math:`\lambda e^{-\lambda(x - x_0)}`, 0 below x0."""
    beyond = jnp.maximum(x - start, 0.0)
    return jnp.where(x < start, 0.0, rate * jnp.exp(-rate * beyond))


def lognormal_pdf(
    x: Array, m: ArrayOrNumber, s: ArrayOrNumber, start: ArrayOrNumber = 0.0
) -> Array:
    r"""``ROOT::Math::lognormal_pdf``: the density of :math:`e^{m + s z} + x_0`, 0 up to x0."""
    inside = x > start
    beyond = jnp.where(inside, x - start, 1.0)
    return jnp.where(inside, gaussian_pdf(jnp.log(beyond), s, m) / beyond, 0.0)


def poisson(x: Array, mean: ArrayOrNumber) -> Array:
    r"""``TMath::Poisson``: :math:`e^{-\mu}\mu^x/\Gamma(x+1)`, 0 for negative x."""
    count = jnp.where(x < 0.0, 0.0, x)
    log_mean = jnp.log(jnp.where((count == 0.0) & (jnp.asarray(mean) == 0.0), 1.0, mean))
    log = count * log_mean - mean - special.gammaln(count + 1.0)
    return jnp.where(x < 0.0, 0.0, jnp.exp(log))


def poisson_pdf(n: Array, mean: ArrayOrNumber) -> Array:
    """``ROOT::Math::poisson_pdf``: `poisson` of the integer part of n."""
    return poisson(jnp.trunc(n), mean)


def gamma(a: Array, x: Array | None = None) -> Array:
    r"""``TMath::Gamma``: :math:`\Gamma(a)`, or with x the regularised lower integral P(a, x)."""
    return special.gamma(a) if x is None else special.gammainc(a, x)


def beta(p: Array, q: Array) -> Array:
    r"""The Beta function, :math:`\Gamma(p)\Gamma(q)/\Gamma(p+q)`."""
    return jnp.asarray(special.beta(p, q))


def _constant(value: float) -> Callable[..., Array]:
    return lambda: jnp.asarray(value)


FORMULAS: Mapping[str, Callable[..., Array]] = MappingProxyType(
    {
        "exp": jnp.exp,
        "log": jnp.log,
        "sqrt": sqrt,
        "abs": jnp.abs,
        "pow": power,
        "min": jnp.minimum,
        "max": jnp.maximum,
        "sin": jnp.sin,
        "cos": jnp.cos,
        "tan": jnp.tan,
        "asin": jnp.arcsin,
        "acos": jnp.arccos,
        "atan": jnp.arctan,
        "atan2": jnp.arctan2,
        "sinh": jnp.sinh,
        "cosh": jnp.cosh,
        "tanh": jnp.tanh,
        "asinh": jnp.arcsinh,
        "acosh": jnp.arccosh,
        "atanh": jnp.arctanh,
        "log10": jnp.log10,
        "log2": jnp.log2,
        "log1p": jnp.log1p,
        "expm1": jnp.expm1,
        "exp2": jnp.exp2,
        "cbrt": jnp.cbrt,
        "hypot": lambda x, y: sqrt(x * x + y * y),
        "fmod": jnp.fmod,
        "floor": jnp.floor,
        "ceil": jnp.ceil,
        "trunc": jnp.trunc,
        "round": round_half_away,
        "nint": jnp.round,
        "copysign": jnp.copysign,
        "sq": lambda x: x * x,
        "erf": special.erf,
        "erfc": special.erfc,
        "erfinv": special.erfinv,
        "tgamma": gamma,
        "lgamma": special.gammaln,
        "gamma": gamma,
        "beta": beta,
        "gaus": gaus,
        "gaussian_pdf": gaussian_pdf,
        "normal_cdf": normal_cdf,
        "normal_cdf_c": normal_cdf_c,
        "cauchy_pdf": cauchy_pdf,
        "breitwigner_pdf": breitwigner_pdf,
        "breit_wigner": breit_wigner,
        "exponential_pdf": exponential_pdf,
        "lognormal_pdf": lognormal_pdf,
        "poisson": poisson,
        "poisson_pdf": poisson_pdf,
        "pi": _constant(math.pi),
        "two_pi": _constant(2.0 * math.pi),
        "pi_over_2": _constant(0.5 * math.pi),
        "e": _constant(math.e),
        "sqrt2": _constant(math.sqrt(2.0)),
        "ln10": _constant(math.log(10.0)),
        "loge": _constant(math.log10(math.e)),
        "deg_to_rad": _constant(math.pi / 180.0),
        "rad_to_deg": _constant(180.0 / math.pi),
    }
)
"""Formula of every meaning in `hs3.expressions.FUNCTIONS`."""
