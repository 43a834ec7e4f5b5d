"""Crystal ball: a Gaussian core with power-law tails."""

from __future__ import annotations

from pydantic import model_validator

from hs3.base import Value, Values, Variable
from hs3.distributions.base import Distribution


class CrystalBallDist(Distribution, types=("crystalball_dist", "crystalball_doublesided_dist")):
    r"""Gaussian core with a power-law tail on either side, or on one.

    With :math:`t_i = (m - m_0)/\sigma_i`, :math:`A_i = (n_i/|\alpha_i|)^{n_i} e^{-\alpha_i^2/2}`
    and :math:`B_i = n_i/|\alpha_i| - |\alpha_i|`

    .. math::
        f(m) \propto \begin{cases}
        A_L (B_L - t_L)^{-n_L} & t_L < -\alpha_L \\
        e^{-t_L^2/2} & -\alpha_L \le t_L \le 0 \\
        e^{-t_R^2/2} & 0 < t_R \le \alpha_R \\
        A_R (B_R + t_R)^{-n_R} & t_R > \alpha_R
        \end{cases}

    Attributes:
        m: the variable.
        m0: :math:`m_0`, real, the mode.
        sigma: :math:`\sigma_L = \sigma_R > 0`, or both as an array.
        sigma_L: :math:`\sigma_L > 0`.
        sigma_R: :math:`\sigma_R > 0`.
        alpha: :math:`\alpha_L = \alpha_R`, or both as an array.
        alpha_L: :math:`\alpha_L > 0`.
        alpha_R: :math:`\alpha_R > 0`.
        n: :math:`n_L = n_R > 0`, or both as an array.
        n_L: :math:`n_L > 0`.
        n_R: :math:`n_R > 0`.

    Source:
        Chapter 2.1.1, Crystal Ball distribution.

    Deviations:
        The text means two tails by ``crystalball_dist``. ROOT writes its one-tailed RooCBShape
        under that type with `alpha`, `n` and `sigma` (a negative alpha puts the tail on the
        right), and its two-tailed RooCrystalBall as ``crystalball_doublesided_dist``.
    """

    m: Variable
    m0: Value
    sigma: Value | Values | None = None
    sigma_L: Value | None = None
    sigma_R: Value | None = None
    alpha: Value | Values | None = None
    alpha_L: Value | None = None
    alpha_R: Value | None = None
    n: Value | Values | None = None
    n_L: Value | None = None
    n_R: Value | None = None

    @model_validator(mode="after")
    def _one_form(self) -> CrystalBallDist:
        for key in ("sigma", "alpha", "n"):
            common = getattr(self, key)
            sides = [getattr(self, f"{key}_{side}") for side in "LR"]
            if common is not None and any(side is not None for side in sides):
                raise ValueError(f"`{key}` excludes `{key}_L` and `{key}_R`")
            if common is None and all(side is None for side in sides):
                raise ValueError(f"needs `{key}`, or `{key}_L` and `{key}_R`")
            if isinstance(common, tuple) and len(common) != 2:
                raise ValueError(f"`{key}` as an array needs two entries, left and right")
        return self

    @property
    def is_cb_shape(self) -> bool:
        """Whether type and keys are those that ROOT writes for RooCBShape, which has one tail."""
        given = (self.sigma, self.alpha, self.n)
        single = all(v is not None and not isinstance(v, tuple) for v in given)
        return single and self.type == "crystalball_dist"
