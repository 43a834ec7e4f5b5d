"""Numerical convolutions."""

from __future__ import annotations

from pydantic import StrictInt

from hs3.base import DistributionName, PdfOrFunctionName, Variable
from hs3.distributions.base import Distribution


class FFTConvolutionDist(Distribution, types=("fft_conv_pdf", "fft_convolution_dist")):
    r"""The convolution of two distributions in one variable.

    .. math::
        f(x) \propto \int f_1(y)\, f_2(x - y)\,dy

    Attributes:
        conv_var: the variable :math:`x`; ROOT convolves periodically over its range, enlarged by
            a buffer that it does not write.
        pdf1: :math:`f_1`.
        pdf2: :math:`f_2`, the resolution.
        conv_func: function of x that is convolved over instead of x itself (ROOT).
        ipOrder: order of interpolation between the sampling points (ROOT).

    Source:
        RooFFTConvPdf of ROOT; not in v0.2.9.

    Deviations:
        ROOT up to 6.40 calls the type ``fft_conv_pdf``, from 2026 on ``fft_convolution_dist``.
    """

    conv_var: Variable
    pdf1: DistributionName
    pdf2: DistributionName
    conv_func: PdfOrFunctionName | None = None
    ipOrder: StrictInt | None = None
