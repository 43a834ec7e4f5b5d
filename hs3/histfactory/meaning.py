r"""What a HistFactory channel means, with every convention of the writer already settled.

A document can say the same thing in several dialects; `hs3.histfactory.interpret` reads them all
into the classes here, and everything behind (engine, pyhf export, ROOT export) sees only these.

The expected count of bin :math:`b` of a channel is

.. math::
    \nu_b(\theta) = \sum_s \max\nolimits_{?}\Big(0,\;
                    n_{sb} + \sum_{\delta \in \text{HistoSys}} \delta_b(\alpha_\delta)\Big)
                    \prod_{\kappa} \kappa_b(\theta_\kappa)

with the clipping only where `Sample.clip` is set (documents written by ROOT).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .modifiers import EffectModifier

FloatArray = npt.NDArray[np.float64]


class Interpolation(Enum):
    """How a systematic variation moves between its values at alpha = -1, 0, +1 (lo, nom, hi).

    With ``S = (hi - lo)/2`` and ``A = (hi + lo - 2 nom)/16`` the codes 0, 2 and 4 are
    ``nom + S·alpha + A·g(alpha)``:

    ==================== ==================================== =============== ==================
    member               value                                ROOT's integer  pyhf
    ==================== ==================================== =============== ==================
    LINEAR               g = 8|a|                             0               code0
    EXPONENTIAL          nom (hi/nom)^a, nom (lo/nom)^-a      1               code1
    PARABOLIC            g = 8a² inside |a|<1, 16|a|-8 else   2               code2
    POLY6_LINEAR         g = a²(15+a²(3a²-10)) inside, 8|a|   4               code4p
    POLY6_EXPONENTIAL    6th-order polynomial inside |a|<1,   5               code4
                         EXPONENTIAL outside, matching value,
                         slope and curvature at |a| = 1
    ==================== ==================================== =============== ==================

    ROOT's integers are those of PiecewiseInterpolation; FlexibleInterpVar (normsys) takes both 4
    and 5 for POLY6_EXPONENTIAL.
    """

    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    PARABOLIC = "parabolic"
    POLY6_LINEAR = "poly6_linear"
    POLY6_EXPONENTIAL = "poly6_exponential"


@dataclass(frozen=True)
class NormFactor:
    """Multiplies the sample by the value of `parameter` (a parameter or a function)."""

    name: str
    parameter: str
    path: str


@dataclass(frozen=True)
class NormSys:
    """Multiplies the sample by f(alpha), with f(-1) = `lo`, f(0) = 1, f(1) = `hi`."""

    name: str
    parameter: str
    hi: float
    lo: float
    interpolation: Interpolation
    path: str


@dataclass(frozen=True, eq=False)
class HistoSys:
    """Adds ``f_b(alpha) - n_b`` to bin b: f_b(-1) = `lo`, f_b(0) = n_b, f_b(1) = `hi`, absolute."""

    name: str
    parameter: str
    hi: FloatArray
    lo: FloatArray
    interpolation: Interpolation
    path: str


@dataclass(frozen=True)
class BinFactors:
    """Multiplies bin b by ``parameters[b]``: shapefactor, shapesys and staterror alike.

    `kind` keeps what the document called it, for writing it back; the constraints stand apart.
    """

    name: str
    parameters: tuple[str, ...]
    kind: Literal["shapefactor", "shapesys", "staterror"]
    path: str


@dataclass(frozen=True)
class BinFunction:
    """Multiplies bin b by the value that a function of the observables has in its middle.

    Attributes:
        function: name of the function.
        parameters: what it depends on besides the observables.
    """

    name: str
    function: str
    parameters: tuple[str, ...]
    path: str


@dataclass(frozen=True, eq=False)
class Effect:
    """A modifier of a type that another package adds.

    Attributes:
        parameters: what it depends on, parameters and functions.
        spelled: the modifier as the document has it; the engine knows what it does.
    """

    name: str
    parameters: tuple[str, ...]
    spelled: EffectModifier
    path: str


Modifier = NormFactor | NormSys | HistoSys | BinFactors | BinFunction | Effect


@dataclass(frozen=True, eq=False)
class Sample:
    """One contribution to a channel: nominal counts per bin and what changes them.

    Attributes:
        nominal: counts per bin, shape (bins,), row-major over the axes.
        errors: statistical uncertainty of the nominal counts, or None.
        clip: True when the additive part is cut at zero from below, per bin (ROOT does that for
            samples with a HistoSys, pyhf does not).
    """

    name: str
    nominal: FloatArray
    errors: FloatArray | None
    modifiers: tuple[Modifier, ...]
    clip: bool
    path: str


@dataclass(frozen=True, eq=False)
class Channel:
    """One HistFactory distribution with the counts observed in it.

    Attributes:
        name: the distribution's name.
        edges: bin edges per axis.
        axes: names of the observables.
        observed: observed counts per bin, shape (bins,); None when no data were asked for.
        data: name of the data object, or None.
    """

    name: str
    axes: tuple[str, ...]
    edges: tuple[FloatArray, ...]
    samples: tuple[Sample, ...]
    observed: FloatArray | None
    data: str | None
    path: str

    @property
    def bins(self) -> int:
        """Number of bins, the product over the axes."""
        return int(np.prod([len(e) - 1 for e in self.edges]))

    @property
    def centres(self) -> dict[str, FloatArray]:
        """The middle of each bin, by observable, shape (bins,)."""
        middle = [(e[1:] + e[:-1]) / 2 for e in self.edges]
        grid = np.meshgrid(*middle, indexing="ij")
        return {name: part.ravel() for name, part in zip(self.axes, grid, strict=True)}


@dataclass(frozen=True)
class Constraint:
    r"""An auxiliary measurement of one parameter, counted once per likelihood.

    ========= ==========================================================================
    kind      term, with p the value of `parameter`, a of `observed`, s of `scale`
    ========= ==========================================================================
    gauss     :math:`N(a \mid p, s)`, normalised over `support` of a
    poisson   :math:`\mathrm{Pois}(a \mid s\,p)` continued with the Gamma function;
              normally a = s = tau
    lognormal :math:`\frac{1}{a s\sqrt{2\pi}}\exp(-\ln^2(a/p)/2s^2)`
    gamma     density of p: :math:`\mathrm{Gamma}(s p;\, a + 1, 1)\,s`, what a Poisson
              measurement of a counts becomes as a posterior with flat prior
    ========= ==========================================================================

    Attributes:
        name: the distribution's name in the document, or ``<parameter>_constraint``.
        parameter: name of the parameter or function that is measured.
        observed: the measured value, or the name of the (constant) parameter that holds it, the
            global observable.
        scale: sigma, tau or log-width, a number or the name of a parameter or function.
        support: range of the auxiliary observable; infinite unless the document gives one.
        path: where the document says so.
    """

    name: str
    kind: Literal["gauss", "poisson", "lognormal", "gamma"]
    parameter: str
    observed: float | str
    scale: float | str
    path: str
    support: tuple[float, float] = (-np.inf, np.inf)
