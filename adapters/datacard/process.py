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
:math:`n_b + q (n^\pm_{kb} - n_b)` (`fastVerticalInterpHistPdf2` of CombineMathFuncs.h). With
``shapeN`` it is the logarithms that are interpolated (`logarithmic`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hs3.adapters.xml.folder import Histogram

from .card import Card, Column, Systematic, refuse
from .logarithmic import LogMorphs
from .morphing import FloatArray, Morphs
from .normalisation import Norm
from .pool import Json, Pool
from .systematics import LOGARITHMIC, SHAPES
from .templates import Templates

FLOOR = 1e-9
"""The least content of a bin that Combine lets a template have."""

NEGLIGIBLE = 1e-3
"""Relative change of an integral below which Combine takes it for none, if both are."""


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
    systematics = list(_shapes(card, column, templates))
    logarithmic = any(systematic.kind in LOGARITHMIC for systematic, _ in systematics)
    # The exponential of Combine's logarithms is not cut, and empty bins stay empty.
    contents = np.maximum(nominal, 0.0 if logarithmic and not own else FLOOR * level)
    if not own:
        contents *= level / contents.sum()
    absolute = own and card.mc_stats[column.channel].mode == 2
    small = []
    morphs: Morphs | LogMorphs = Morphs(nominal, contents, FLOOR * level, not own)
    if logarithmic:
        name = f"shape_bin{column.channel}_proc_{column.process}"
        morphs = LogMorphs(name, nominal, contents, not own)
    q = min([1.0, *(s for _, s in systematics)])
    for systematic, s in systematics:
        up, down = (
            templates.varied(column.channel, column.process, systematic.name, side)
            for side in ("Up", "Down")
        )
        shifts = []
        for template in (up, down):
            wanted = scale if absolute else scale * integral / _integral(template, systematic)
            shifts.append(q * morphs.shift(template.contents * wanted))
        morphs.add(systematic.name, s / q, shifts[0], shifts[1], pool)
        if not absolute and _scale(norm, systematic, s, integral, up, down):
            small.append(systematic.name)
    modifiers = morphs.modifiers(pool, approximate)
    return Process(
        column, contents, histogram.errors * scale, norm, modifiers, morphs.is_cut, small
    )


def _integral(template: Histogram, systematic: Systematic) -> float:
    integral = float(template.contents.sum())
    if integral <= 0:
        message = f"the integral of {template.place} is not above zero"
        refuse(message, systematic.path, integral, code="datacard.normalisation")
    return integral


def _shapes(card: Card, column: Column, templates: Templates) -> Iterator[tuple[Systematic, float]]:
    """The systematics that change the shape of a process, with the number in its column.

    Raises:
        ConversionError: some interpolate contents and others logarithms, which Combine refuses.
    """
    logarithmic: bool | None = None
    for systematic in card.systematics:
        effect = systematic.effects.get((column.channel, column.process))
        if effect is None or systematic.kind not in SHAPES:
            continue
        if not is_shape(systematic, column, templates):
            continue
        if isinstance(effect, tuple):
            message = f"{systematic.name!r} has templates, and the two factors of a log-normal"
            refuse(message, systematic.path, systematic.name)
        own = systematic.kind in LOGARITHMIC
        if logarithmic not in (None, own):
            message = (
                f"{systematic.name!r} is `{systematic.kind}`, and other shape systematics of "
                f"{column.process!r} in {column.channel!r} interpolate otherwise; Combine takes "
                "one kind per process"
            )
            refuse(message, systematic.path, systematic.kind)
        logarithmic = own
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
