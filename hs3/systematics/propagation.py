r"""From the covariance of correction factors to that of the bins that they correct.

Events are weighted by factors :math:`c_j`, measured in bins j of, say, charge, angle and momentum
of a track. With the weights :math:`w_e` of the events (the factors of all their tracks included),
bin i of a template and its dependence on the factors are

.. math::
    t_i = \sum_{e \in i} w_e, \qquad
    J_{ij} = \frac{\partial t_i}{\partial c_j} = \sum_{e \in i} n_{ej} \frac{w_e}{c_j}, \qquad
    V = J\, \mathrm{cov}(c)\, J^T

where :math:`n_{ej}` is the number of tracks of event e in bin j.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def weight_jacobian(
    template_bins: npt.ArrayLike,
    correction_bins: npt.ArrayLike,
    weights: npt.ArrayLike,
    factors: npt.ArrayLike,
    bins: int,
) -> FloatArray:
    """The derivatives of template bins by correction factors, shape (bins, factors).

    Args:
        template_bins: the bin of each event, shape (events,); -1 for none.
        correction_bins: of each event the bin of the factor, shape (events,), or of several tracks,
            shape (events, tracks); -1 where a track has none.
        weights: of the events, with all factors multiplied in, shape (events,).
        factors: the correction factors, none of them zero, shape (factors,).
        bins: number of template bins.

    Raises:
        ValueError: shapes do not fit, a number of a bin is out of range, or a factor is zero.
    """
    where = _indices(template_bins, bins, "template_bins")
    c = np.asarray(factors, dtype=np.float64)
    tracks = _indices(correction_bins, len(c), "correction_bins")
    w = np.asarray(weights, dtype=np.float64)
    tracks = tracks[:, None] if tracks.ndim == 1 else tracks
    if where.ndim != 1 or w.shape != where.shape or tracks.shape[:1] != where.shape:
        shapes = f"{where.shape}, {tracks.shape} and {w.shape}"
        raise ValueError(f"template bins, correction bins and weights have the shapes {shapes}")
    if not np.isfinite(w).all():
        raise ValueError("a weight is not finite")
    if not np.isfinite(c).all() or (c == 0.0).any():
        raise ValueError("a correction factor is zero, or not finite")
    out = np.zeros((bins, len(c)))
    for column in tracks.T:
        used = (where >= 0) & (column >= 0)
        np.add.at(out, (where[used], column[used]), w[used] / c[column[used]])
    return out


def _indices(given: npt.ArrayLike, size: int, name: str) -> npt.NDArray[np.int64]:
    found = np.asarray(given)
    if found.dtype.kind not in "iu":
        raise ValueError(f"`{name}` are numbers of bins, not {found.dtype}")
    if found.size and (found.min() < -1 or found.max() >= size):
        raise ValueError(f"`{name}` go from {found.min()} to {found.max()}, and there are {size}")
    return found.astype(np.int64)


def propagated(jacobian: npt.ArrayLike, covariance: npt.ArrayLike) -> FloatArray:
    r""":math:`J V J^T`, symmetric, shape (n, n).

    Args:
        jacobian: shape (n, m).
        covariance: shape (m, m).

    Raises:
        ValueError: the shapes do not fit.
    """
    j = np.asarray(jacobian, dtype=np.float64)
    v = np.asarray(covariance, dtype=np.float64)
    if j.ndim != 2 or v.shape != (j.shape[1], j.shape[1]):
        raise ValueError(f"a jacobian of shape {j.shape} and a covariance of {v.shape} do not fit")
    out = j @ v @ j.T
    return np.asarray((out + out.T) / 2.0)
