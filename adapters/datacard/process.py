r"""One process in one channel: its normalisation and its shape.

Combine's expectation for bin b of process p is

.. math::
    \nu_{pb} = c_p(\theta)\, n_{pb}(\theta),\qquad
    c_p = r_p \prod_i \kappa_i^{\theta_i} \prod_k \rho_k,\qquad
    n_{pb} = n_b + \tfrac12 \sum_k x_k \big(n^+_{kb} - n^-_{kb}
             + (n^+_{kb} + n^-_{kb} - 2 n_b)\, h(x_k/q)\big)

with templates :math:`n^\pm` scaled to the integral of the nominal one, the factors :math:`\kappa`
of lnN and of the integrals of :math:`n^\pm`, :math:`x_k = s_k\theta_k` with the column's number s,
:math:`q = \min(1, s_k)`, and h the step of `Pool.asymmetric` with u = x/q. In
:math:`t = x/q` that is interpolation code 4p of HistFactory between
:math:`n_b + q (n^\pm_{kb} - n_b)` (`fastVerticalInterpHistPdf2` of CombineMathFuncs.h).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hs3.adapters.xml.folder import Histogram

from .card import Card, Column, Systematic, refuse
from .pool import Json, Pool
from .systematics import SHAPES
from .templates import Templates

FloatArray = npt.NDArray[np.float64]

FLOOR = 1e-9
"""The least content of a bin that Combine lets a template have."""

REACH = 7.0
"""How far parameters without range are thought to go."""

NEGLIGIBLE = 1e-3
"""Relative change of an integral below which Combine takes it for none, if both are."""


@dataclass
class Norm:
    """The factors of one process.

    Attributes:
        symmetric: name and kappa: kappa^theta.
        asymmetric: name, kappa down and up.
        factors: parameters and functions that multiply.
    """

    symmetric: list[tuple[str, float]] = field(default_factory=list)
    asymmetric: list[tuple[str, float, float]] = field(default_factory=list)
    factors: list[str] = field(default_factory=list)

    def modifiers(self, pool: Pool) -> list[Json]:
        """As modifiers of a sample."""
        out = [_factor(name, name) for name in self.factors]
        for name, kappa in self.symmetric:
            data = {"hi": kappa, "lo": 1.0 / kappa}
            out.append(_systematic(name, "normsys", pool.constraint(name), "log", data))
        for name, down, up in self.asymmetric:
            out.append(_factor(name, pool.asymmetric(name, down, up)))
        return out

    def coefficient(self, wanted: str, pool: Pool) -> str:
        """As one function."""
        terms = [f"({math.log(k)!r})*{pool.variable(name)}" for name, k in self.symmetric]
        names = [*self.factors, *(pool.asymmetric(*entry) for entry in self.asymmetric)]
        parts = [pool.variable(name) for name in names]
        if terms:
            parts.append(f"exp({' + '.join(terms)})")
        return pool.expression(wanted, "*".join(parts) or "1.0")


@dataclass
class Process:
    """What one process contributes to one channel.

    Attributes:
        contents: expected counts where all its factors are 1, shape (bins,).
        errors: their statistical uncertainties.
        modifiers: the shape systematics.
        is_cut: True when shape systematics can take a bin below zero.
        small: systematics whose effect on the integral is neglected.
    """

    column: Column
    contents: FloatArray
    errors: FloatArray
    norm: Norm
    modifiers: list[Json]
    is_cut: bool
    small: list[str]


def build(
    card: Card, column: Column, templates: Templates, pool: Pool, *, approximate: bool = False
) -> Process:
    """The process of one column.

    Raises:
        ConversionError: the rate and the histogram contradict each other, or an effect has no
            meaning.
    """
    histogram = templates.get(column.channel, column.process)
    own = histogram is not None and column.channel in card.mc_stats
    norm = Norm(factors=["r"] if column.signal else [])
    norm.factors += [
        rate.name
        for rate in card.rates
        if (rate.channel, rate.process) == (column.channel, column.process)
    ]
    level = rate = _rate(column, histogram)
    if own:
        level = 1.0
    for systematic in card.systematics:
        level = _normalise(systematic, column, templates, norm, rate, level, own)
    if histogram is None:
        contents = np.array([level])
        return Process(column, contents, np.zeros(1), norm, [], False, [])
    return _shaped(card, column, histogram, templates, pool, norm, level, own, approximate)


def _rate(column: Column, histogram: Histogram | None) -> float:
    """The expected events; Combine's rule of agreement is one per cent, or 0.01 events."""
    where = f"{column.process!r} in {column.channel!r}"
    if histogram is None:
        if column.rate < 0:
            refuse(f"the rate of {where} is below zero", "", column.rate)
        return column.rate
    integral = float(histogram.contents.sum())
    if integral == 0:
        refuse(f"{histogram.place} is empty", "", histogram.place, code="datacard.normalisation")
    if column.rate == -1:
        return integral
    if column.rate < 0:
        refuse(f"the rate of {where} is below zero, and not -1", "", column.rate)
    if abs(integral - column.rate) > 0.01 * max(1.0, column.rate):
        message = f"the rate of {where} is {column.rate:g}, and the histogram has {integral:g}"
        refuse(message, "", column.rate, code="datacard.normalisation")
    return column.rate


def _normalise(
    systematic: Systematic,
    column: Column,
    templates: Templates,
    norm: Norm,
    rate: float,
    level: float,
    own: bool,
) -> float:
    """Add the effect of a systematic on the normalisation.

    Args:
        rate: expected events.
        level: what the shape is multiplied by.
        own: True where the templates carry the normalisation, and not the rate.

    Returns:
        what the shape is then multiplied by.
    """
    effect = systematic.effects.get((column.channel, column.process))
    if effect is None:
        return level
    if systematic.kind in SHAPES and is_shape(systematic, column, templates):
        return level
    if isinstance(effect, tuple):
        norm.asymmetric.append((systematic.name, *effect))
    elif systematic.kind == "gmN":
        norm.factors.append(systematic.name)
        return _per_event(systematic, column, effect, rate, level, own)
    elif effect != 1.0:
        norm.symmetric.append((systematic.name, effect))
    return level


def _per_event(
    systematic: Systematic, column: Column, alpha: float, rate: float, level: float, own: bool
) -> float:
    """What the shape is multiplied by per event of the sideband."""
    events = int(systematic.arguments[0])
    where = f"{column.process!r} in {column.channel!r}"
    if level not in (1.0, rate):
        refuse(f"two `gmN` for {where}", systematic.path, systematic.name)
    if abs(alpha * events - rate) > max(0.05 * max(rate, 1.0), alpha):
        message = f"{events} events times {alpha:g} are not the rate {rate:g} of {where}"
        refuse(message, systematic.path, alpha, code="datacard.normalisation")
    if own:
        return level / max(events, 1)
    return alpha


def is_shape(systematic: Systematic, column: Column, templates: Templates) -> bool:
    """True when a systematic of a shape kind has templates for this process."""
    return not systematic.kind.endswith("?") or templates.has_variation(
        column.channel, column.process, systematic.name
    )


def _shaped(
    card: Card,
    column: Column,
    histogram: Histogram,
    templates: Templates,
    pool: Pool,
    norm: Norm,
    level: float,
    own: bool,
    approximate: bool,
) -> Process:
    integral = float(histogram.contents.sum())
    scale = level if own else level / integral
    nominal = scale * histogram.contents
    contents = np.maximum(nominal, FLOOR * level)
    if not own:
        contents *= level / contents.sum()
    absolute = own and card.mc_stats[column.channel].mode == 2
    morphs, small = _Morphs(nominal, contents, FLOOR * level, not own), []
    systematics = list(_shapes(card, column, templates))
    q = min([1.0, *(s for _, s in systematics)])
    for systematic, s in systematics:
        up, down = (
            templates.varied(column.channel, column.process, systematic.name, side)
            for side in ("Up", "Down")
        )
        shifts = []
        for template in (up, down):
            wanted = scale if absolute else scale * integral / _integral(template, systematic)
            shifts.append(q * (template.contents * wanted - nominal))
        morphs.add(systematic.name, s / q, shifts[0], shifts[1], pool)
        if not absolute and _scale(norm, systematic, s, integral, up, down):
            small.append(systematic.name)
    exact = morphs.is_cut and not approximate
    modifiers = [morphs.effect(pool)] if exact else morphs.histosys(pool)
    return Process(
        column, contents, histogram.errors * scale, norm, modifiers, morphs.is_cut, small
    )


class _Morphs:
    """The shape systematics of one process.

    Args:
        nominal: the template as it is, shape (bins,).
        contents: the template with Combine's floor.
        floor: the least content of a bin.
        normalised: True where Combine scales the sum of the bins to what it was.
    """

    def __init__(
        self, nominal: FloatArray, contents: FloatArray, floor: float, normalised: bool
    ) -> None:
        self._nominal, self._contents = nominal, contents
        self._floor, self._normalised = floor, normalised
        self._all: list[tuple[str, float, FloatArray, FloatArray]] = []
        self._descent = np.zeros_like(nominal)

    def add(self, name: str, ratio: float, up: FloatArray, down: FloatArray, pool: Pool) -> None:
        """Add shifts of the bins; they are interpolated in `ratio` times the parameter."""
        self._all.append((name, ratio, up, down))
        bounds = pool.parameters[name].bounds
        self._descent += _descent(up, down, (bounds[1] if bounds else REACH) * ratio)

    @property
    def is_cut(self) -> bool:
        """True when a bin can fall below the floor within the ranges of the parameters."""
        return bool(self._all) and bool((self._nominal - self._descent < 0).any())

    def histosys(self, pool: Pool) -> list[Json]:
        """Without floor and normalisation: one modifier for each systematic."""
        out = []
        for name, ratio, up, down in self._all:
            constraint = pool.constraint(name) if ratio == 1.0 else "Const"
            data = {
                "hi": {"contents": (self._contents + up).tolist()},
                "lo": {"contents": (self._contents + down).tolist()},
            }
            parameter = _scaled(name, ratio, pool)
            out.append(_systematic(name, "histosys", constraint, "poly6", data, parameter))
        return out

    def effect(self, pool: Pool) -> Json:
        """With floor and normalisation, which no modifier of the standard has."""
        return {
            "name": "morph",
            "type": "CMS::vertical_morph",
            "central": {"contents": self._nominal.tolist()},
            "morphs": [
                {
                    "parameter": _scaled(name, ratio, pool),
                    "hi": {"contents": (self._nominal + up).tolist()},
                    "lo": {"contents": (self._nominal + down).tolist()},
                }
                for name, ratio, up, down in self._all
            ],
            "floor": self._floor,
            "normalised": self._normalised,
        }


def _scaled(name: str, ratio: float, pool: Pool) -> str:
    return name if ratio == 1.0 else pool.product(f"{name}_scaled", [ratio, name])


def _descent(up: FloatArray, down: FloatArray, far: float) -> FloatArray:
    """How deep an interpolation takes each bin below nominal for |t| up to `far`."""
    t = np.concatenate([np.linspace(-1.0, 1.0, 41), [-far, far]])[:, None]
    u = np.clip(t, -1.0, 1.0)
    step = u * (15.0 + u * u * (3.0 * u * u - 10.0)) / 8.0
    shift = 0.5 * t * ((up - down) + (up + down) * step)
    return np.asarray(np.maximum(0.0, -shift.min(axis=0)))


def _integral(template: Histogram, systematic: Systematic) -> float:
    integral = float(template.contents.sum())
    if integral <= 0:
        message = f"the integral of {template.place} is not above zero"
        refuse(message, systematic.path, integral, code="datacard.normalisation")
    return integral


def _shapes(card: Card, column: Column, templates: Templates) -> Iterator[tuple[Systematic, float]]:
    """The systematics that change the shape of a process, with the number in its column."""
    for systematic in card.systematics:
        effect = systematic.effects.get((column.channel, column.process))
        if effect is None or systematic.kind not in SHAPES:
            continue
        if not is_shape(systematic, column, templates):
            continue
        if isinstance(effect, tuple):
            message = f"{systematic.name!r} has templates, and the two factors of a log-normal"
            refuse(message, systematic.path, systematic.name)
        yield systematic, effect


def _scale(
    norm: Norm, systematic: Systematic, s: float, integral: float, up: Histogram, down: Histogram
) -> bool:
    """Add the effect of a shape systematic on the integral; True when it is neglected.

    text2workspace.py writes the factors with six decimals (`getExtraNorm` of ShapeTools.py).
    """
    kappas = [float(template.contents.sum()) / integral for template in (down, up)]
    if all(abs(kappa - 1.0) < NEGLIGIBLE for kappa in kappas):
        return any(kappa != 1.0 for kappa in kappas)
    low, high = (float(f"{kappa**s:f}") for kappa in kappas)
    norm.asymmetric.append((systematic.name, low, high))
    return False


def _factor(name: str, parameter: str) -> Json:
    return {"name": name, "type": "normfactor", "parameter": parameter}


def _systematic(
    name: str, kind: str, constraint: str, code: str, data: Json, parameter: str | None = None
) -> Json:
    return {
        "name": name,
        "type": kind,
        "parameter": parameter or name,
        "constraint": constraint,
        "interpolation": code,
        "data": data,
    }
