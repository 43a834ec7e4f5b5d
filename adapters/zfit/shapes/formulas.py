"""Densities that are given by a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
import zfit

from hs3.distributions import Distribution
from hs3.distributions.argus import ArgusDist
from hs3.distributions.bincounts import BinCountsDensityDist
from hs3.distributions.gaussian import BifurkatedGaussianDist
from hs3.distributions.generic import DensityFunctionDist, GenericDist, LogDensityFunctionDist
from hs3.distributions.polynomial import LegacyExpPolyDist, PolynomialDist
from hs3.distributions.product import EfficiencyProductDist
from hs3.distributions.rate import RateDensityDist
from hs3.expressions import Expression
from hs3.functions import Function
from hs3.functions.arithmetic import GenericFunction, SumFunction, WeightedSumFunction
from hs3.functions.calculus import IntegralFunction

from ..evaluate import Evaluator, bends_of, leaves
from ..formula import EfficiencyPDF, Formula, FormulaPDF
from ..refuse import refuse
from .scope import Scope, shape
from .templates import same_bins, steps_of, template


def formula(
    dist: Distribution,
    scope: Scope,
    evaluate: Callable[[Evaluator], Any],
    bends: Sequence[Callable[[Evaluator], Any]] = (),
) -> FormulaPDF:
    """The pdf that is proportional to what `evaluate` gives.

    Args:
        dist: the distribution.
        scope: what it is made in.
        evaluate: from the values of names to the density, up to a factor.
        bends: at whose changes of sign the density steps or bends, besides its expressions.

    Raises:
        ConversionError: it has several observables.
    """
    functions = scope.values.functions
    observables = scope.observables(dist)
    if len(observables) != 1:
        refuse(
            f"{dist.name!r} is a formula of several observables, which zfit integrates roughly",
            path=scope.path,
        )
    own = sorted(leaves(dist, functions) - set(observables))
    params = {name: scope.values(name) for name in own if scope.values.is_parameter(name)}

    def within(function: Callable[[Evaluator], Any]) -> Formula:
        return lambda values: function(Evaluator(functions, values))

    def difference(argument: Expression) -> Callable[[Evaluator], Any]:
        return lambda at: at.tree(argument)

    arguments, steps = bends_of(dist, functions, observables)
    return FormulaPDF(
        within(evaluate),
        scope.space(observables),
        params,
        dist.name,
        bends=[within(bend) for bend in (*bends, *map(difference, arguments))],
        steps=steps,
    )


@shape.register
def _generic(dist: GenericDist, scope: Scope) -> Any:
    return formula(dist, scope, lambda at: at.expression(dist.expression))


@shape.register
def _density(dist: DensityFunctionDist, scope: Scope) -> Any:
    """A template where the function is one, a conditional density, else a formula.

    Raises:
        ConversionError: it is not to be normalised, and no conditional density.
    """
    if dist.selfNormalized or dist.selfnormalized:
        return conditional(dist, scope)
    if steps_of(dist, scope):
        events = False if scope.events is None else scope.events
        return template(dist, dist.function, scope, events)
    return formula(dist, scope, lambda at: at(dist.function))


def conditional(dist: DensityFunctionDist, scope: Scope) -> Any:
    """A density of some observables given others: a pdf over its integral, as zfit's conditional.

    Raises:
        ConversionError: the function is none.
    """
    known = scope.values.workspace.tables["distributions"]
    found = ratio_of(dist.function, scope.values.functions)
    if found is None or found[0] not in known:
        refuse(f"{dist.name!r} is said to be normalised by itself", dist.function, scope.path)
    name, own = found
    inner = scope.distribution(name)
    given = [o for o in scope.observables(inner) if o not in own]
    if not given or scope.bins:
        refuse(f"{dist.name!r} is no density of some observables given others", path=scope.path)
    bound = {o: zfit.Parameter(o, float(np.mean(scope.ranges[o]))) for o in given}
    ranges = {o: limits for o, limits in scope.ranges.items() if o in own}
    pdf = shape(inner, replace(scope, ranges=ranges, values=scope.values.binding(bound)))
    cond = {bound[o]: scope.space([o]) for o in given}
    return zfit.pdf.ConditionalPDFV1(pdf, cond, name=dist.name)


def ratio_of(name: str, functions: Mapping[str, Function]) -> tuple[str, set[str]] | None:
    """Of a function that is f / ∫ f: the name f, and the variables of the integral; else None."""
    ratio = functions.get(name)
    if not isinstance(ratio, GenericFunction):
        return None
    both = [_equal(word.strip(), functions) for word in ratio.expression.split("/")]
    norm = functions.get(both[-1])
    if len(both) != 2 or not isinstance(norm, IntegralFunction) or norm.integrand != both[0]:
        return None
    return None if norm.domain or norm.normalization else (both[0], set(map(str, norm.variables)))


def _equal(name: str, functions: Mapping[str, Function]) -> str:
    """What a function that stands for one other thing stands for."""
    function = functions.get(name)
    match function:
        case WeightedSumFunction(samples=(other,), coefficients=(1 | 1.0,)):
            return other
        case SumFunction(summands=(str() as other,)):
            return other
    return name


@shape.register
def _argus(dist: ArgusDist, scope: Scope) -> Any:
    """By its formula: zfit-physics integrates its own for a power of 1/2 if it starts there."""

    def density(at: Evaluator) -> Any:
        x, end = at(dist.mass), at(dist.resonance)
        rest = tf.maximum(1.0 - (x / end) ** 2, 0.0)
        inside = (rest > 0.0) & (x > 0.0)
        safe = tf.where(inside, rest, tf.ones_like(rest))
        value = x * safe ** at(dist.power) * tf.exp(at(dist.slope) * safe)
        return tf.where(inside, value, tf.zeros_like(value))

    ends = [lambda at: at(dist.mass) - at(dist.resonance), lambda at: at(dist.mass)]
    return formula(dist, scope, density, ends)


@shape.register
def _bifurcated(dist: BifurkatedGaussianDist, scope: Scope) -> Any:
    """Zfit's own where the mean stays in the range: outside of it, zfit's integral is wrong."""
    v, obs = scope.values, scope.variable(dist)
    low, high = scope.ranges[str(obs.obs[0])]
    mean = v(dist.mean)
    limits = (mean, mean) if isinstance(mean, float) else _limits(mean)
    if low <= limits[0] and limits[1] <= high:
        widths = {"sigmal": v(dist.sigmaL), "sigmar": v(dist.sigmaR)}
        return zfit.pdf.BifurGauss(mu=mean, obs=obs, name=dist.name, **widths)

    def density(at: Evaluator) -> Any:
        distance = at(dist.x) - at(dist.mean)
        width = tf.where(distance < 0.0, at(dist.sigmaL), at(dist.sigmaR))
        return tf.exp(-0.5 * (distance / width) ** 2)

    return formula(dist, scope, density, [lambda at: at(dist.x) - at(dist.mean)])


def _limits(parameter: Any) -> tuple[float, float]:
    """The limits of a parameter; of one without, and of a function, infinite ones."""
    given = (getattr(parameter, key, None) for key in ("lower", "upper"))
    low, high = (None if v is None else float(v) for v in given)
    return -np.inf if low is None else low, np.inf if high is None else high


@shape.register
def _rate_density(dist: RateDensityDist, scope: Scope) -> Any:
    """The shape of a density of events; `rate_of` gives their number."""
    return formula(dist, scope, lambda at: at(dist.density))


@shape.register
def _bin_counts(dist: BinCountsDensityDist, scope: Scope) -> Any:
    """A template that counts, where the density is flat in the bins; else as `_rate_density`.

    Raises:
        ConversionError: the data are not binned, or have other bins.
    """
    same_bins(dist, scope)
    if steps_of(dist, scope):
        return template(dist, dist.density, scope, True)
    return formula(dist, scope, lambda at: at(dist.density))


def rate_of(dist: RateDensityDist | BinCountsDensityDist, scope: Scope) -> Any:
    """The number of events of a density of events: its integral."""
    pdf = formula(dist, scope, lambda at: at(dist.density))
    space = pdf.space

    def integral(params: Mapping[str, Any]) -> Any:
        del params  # the pdf knows them
        return tf.reshape(pdf.integrate(space, norm=False), [])

    params = {key: p for key, p in pdf.params.items() if hasattr(p, "independent")}
    return zfit.ComposedParameter(
        f"{dist.name}_events", integral, params=params, unpack_params=False
    )


@shape.register
def _log_density(dist: LogDensityFunctionDist, scope: Scope) -> Any:
    return formula(dist, scope, lambda at: tf.exp(at(dist.function)))


@shape.register
def _polynomial(dist: PolynomialDist, scope: Scope) -> Any:
    return formula(dist, scope, lambda at: at.polynomial(at(dist.x), dist.coefficients))


@shape.register
def _exp_polynomial(dist: LegacyExpPolyDist, scope: Scope) -> Any:
    return formula(dist, scope, lambda at: tf.exp(at.polynomial(at(dist.x), dist.coefficients)))


@shape.register
def _efficiency(dist: EfficiencyProductDist, scope: Scope) -> Any:
    """The product with a pdf that is proportional to the efficiency.

    Raises:
        ConversionError: there are several observables, over which zfit's integral is rough.
    """
    window = DensityFunctionDist(
        type="density_function_dist", name=f"{dist.name}_efficiency", function=dist.eff
    )
    inner = shape(scope.distribution(dist.pdf), scope)
    if len(scope.observables(dist)) != 1:
        refuse(f"{dist.name!r} has an efficiency of several observables", path=scope.path)
    return EfficiencyPDF(inner, shape(window, scope), dist.name)
