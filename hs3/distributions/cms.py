"""Distributions of the CMS Combine tool, as pyhs3 spells them."""

from __future__ import annotations

from hs3.base import Value, Values, Variable
from hs3.distributions.base import Distribution


class FastVerticalInterpHistPdf2(Distribution, types=("CMS::fastverticalinterphistpdf2",)):
    r"""A histogram whose shape moves with nuisance parameters.

    .. math::
        f(x) \propto h_0(x) + \sum_i \delta_i(\theta_i, x)

    Attributes:
        x: the variable.
        coefList: the parameters :math:`\theta_i`.

    Source:
        Not in v0.2.9; type and keys of pyhs3.

    Deviations:
        The known files give the parameters and not the histograms, so it can be kept, and not
        be evaluated. pyhs3 evaluates a placeholder.
    """

    x: Variable
    coefList: Values


class FastVerticalInterpHistPdf2D2(Distribution, types=("CMS::FastVerticalInterpHistPdf2D2",)):
    r"""A two-dimensional histogram whose shape moves with nuisance parameters.

    .. math::
        f(x, y) \propto h_0(x, y) + \sum_i \delta_i(\theta_i, x, y)

    Attributes:
        x: the first variable.
        y: the second variable.
        coefList: the parameters :math:`\theta_i`.

    Source:
        Not in v0.2.9; type and keys of pyhs3.

    Deviations:
        As for ``CMS::fastverticalinterphistpdf2``.
    """

    x: Variable
    y: Variable
    coefList: Values


class GGZZBackgroundDist(Distribution, types=("CMS::ggZZ_background_dist",)):
    r"""Mass of four leptons from gg → ZZ.

    .. math::
        f(m) \propto a_1\, m^{a_2} e^{-a_3 m}

    Attributes:
        m4l: the variable :math:`m > 0`.
        a1: :math:`a_1 > 0`.
        a2: :math:`a_2`, real.
        a3: :math:`a_3`, real.

    Source:
        Not in v0.2.9; type, keys and formula of pyhs3.

    Deviations:
        The class of the same name in CMS Combine has another formula and more parameters.
    """

    m4l: Variable
    a1: Value
    a2: Value
    a3: Value


class QQZZBackgroundDist(Distribution, types=("CMS::qqZZ_background_dist",)):
    r"""Mass of four leptons from qq → ZZ.

    .. math::
        f(m) \propto a_1 (m + a_2)^{a_3} e^{-a_4 m}

    Attributes:
        m4l: the variable :math:`m`, with :math:`m + a_2 > 0`.
        a1: :math:`a_1 > 0`.
        a2: :math:`a_2`, real.
        a3: :math:`a_3`, real.
        a4: :math:`a_4`, real.

    Source:
        Not in v0.2.9; type, keys and formula of pyhs3.

    Deviations:
        The class of the same name in CMS Combine has another formula and more parameters.
    """

    m4l: Variable
    a1: Value
    a2: Value
    a3: Value
    a4: Value
