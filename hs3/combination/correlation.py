"""Correlated parameters as functions of independent ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hs3.histfactory.meaning import FloatArray
from hs3.systematics.decomposition import decompose as eigenmodes

_ZERO = 1e-12
"""Below this an eigenvalue of a correlation matrix is rounding."""


def decompose(matrix: Sequence[Sequence[float]], method: str) -> FloatArray:
    r"""The factor :math:`L` of a correlation matrix :math:`C = L L^T`, shape (n, rank).

    With independent unit Gaussians :math:`z`, the :math:`Lz` have the correlations :math:`C`. A
    Cholesky factor exists for matrices of full rank; others are decomposed by eigenvectors, the
    largest eigenvalue first.

    Raises:
        ValueError: the matrix is not that of correlations.
    """
    c = np.array(matrix, dtype=np.float64) if len({len(r) for r in matrix}) == 1 else np.empty(0)
    if c.ndim != 2 or c.shape[0] != c.shape[1]:
        raise ValueError("the matrix is not square")
    if not np.allclose(c, c.T, rtol=0.0, atol=_ZERO):
        raise ValueError("the matrix is not symmetric")
    if not np.allclose(np.diag(c), 1.0, rtol=0.0, atol=_ZERO):
        raise ValueError("the diagonal of the matrix is not 1")
    if method == "cholesky":
        lowest = np.linalg.eigvalsh(c)[0]
        if lowest > _ZERO * len(c):
            return np.asarray(np.linalg.cholesky(c), dtype=np.float64)
    return eigenmodes(c, tolerance=_ZERO).variations
