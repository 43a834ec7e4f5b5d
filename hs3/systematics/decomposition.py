r"""A covariance matrix as a sum of orthogonal variations.

.. math:: V = \sum_k \lambda_k v_k v_k^T = \sum_k e_k e_k^T, \qquad e_k = \sqrt{\lambda_k}\, v_k

so that :math:`t + \sum_k \alpha_k e_k` with independent :math:`\alpha_k \sim N(0, 1)` has the
mean t and the covariance V.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

TOLERANCE = 1e-10
"""A negative eigenvalue of the correlation matrix is rounding down to this, times its size."""

_EQUAL = 1e-9
"""Eigenvalues that differ by less, relatively, are one eigenvalue of a space of vectors."""

_TIE = 1e-6
"""Rows that differ in size by less, relatively, are of the same size."""


@dataclass(frozen=True, eq=False)
class Modes:
    """The orthogonal variations that make up a covariance matrix.

    Attributes:
        variations: the leading ones, one column each, in the units of the rows, shape (n, kept).
            In each, the row of the largest size (the first of them) is positive.
        eigenvalues: of all, the largest first, shape (rank,); the first belong to `variations`.
        remainder: standard deviation of each row that the leading ones leave, shape (n,).
        negative: the most negative eigenvalue of the correlation matrix, where it was beyond
            the rounding of its decomposition and set to zero, else 0.
    """

    variations: FloatArray
    eigenvalues: FloatArray
    remainder: FloatArray
    negative: float

    @property
    def fraction(self) -> float:
        """What part of the trace the leading variations hold."""
        total = float(self.eigenvalues.sum())
        return float(self.eigenvalues[: self.variations.shape[1]].sum()) / total if total else 1.0

    def covariance(self) -> FloatArray:
        """The matrix of the leading variations with the remainder on its diagonal, (n, n)."""
        return self.variations @ self.variations.T + np.diag(self.remainder**2)


def decompose(
    matrix: npt.ArrayLike, *, fraction: float = 1.0, tolerance: float = TOLERANCE
) -> Modes:
    r"""The leading eigenvectors of a covariance matrix, and what they leave of each variance.

    Rows may differ in size by many orders of magnitude: the correlation matrix is decomposed first,
    :math:`C = B B^T`, then the singular vectors W of :math:`\mathrm{diag}(\sigma) B` turn its
    columns into the variations, which by that keep the digits of the smallest row.

    Args:
        matrix: covariance, symmetric, shape (n, n).
        fraction: as many eigenvectors are kept as make this part of the trace, above 0 and up to 1.
        tolerance: how negative an eigenvalue of the correlation matrix may be, times its size, to
            be taken for rounding and set to zero.

    Raises:
        ValueError: the matrix is not that of a covariance; the message says where.
    """
    if not 0.0 < fraction <= 1.0:
        raise ValueError(f"the fraction {fraction:g} is not above 0 and up to 1")
    v = _checked(matrix)
    used = np.diag(v) > 0.0
    sigma = np.sqrt(np.diag(v)[used])
    correlation = v[np.ix_(used, used)] / np.outer(sigma, sigma)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    size = len(values)
    if size and values[0] < -tolerance * size:
        raise ValueError(
            f"the matrix is not positive: its correlation matrix has the eigenvalue {values[0]:.4g}"
        )
    rounding = 8.0 * size * float(np.finfo(np.float64).eps)
    kept = values > rounding
    variations = np.zeros((len(v), int(kept.sum())))
    variations[used] = _turned(sigma[:, None] * vectors[:, kept] * np.sqrt(values[kept]))
    eigenvalues = np.square(variations).sum(axis=0)
    number = _number(eigenvalues, fraction)
    rest = np.sqrt(np.square(variations[:, number:]).sum(axis=1))
    lowest = float(values[0]) if size and values[0] < -rounding else 0.0
    return Modes(variations[:, :number], eigenvalues, rest, lowest)


def _checked(matrix: npt.ArrayLike) -> FloatArray:
    v = np.asarray(matrix, dtype=np.float64)
    if v.ndim != 2 or v.shape[0] != v.shape[1]:
        raise ValueError(f"the matrix is not square: its shape is {v.shape}")
    if not np.isfinite(v).all():
        raise ValueError("the matrix has an element that is not finite")
    variances = np.diag(v)
    if (variances < 0.0).any():
        row = int(np.argmin(variances))
        raise ValueError(f"the variance of row {row} is {variances[row]:g}")
    size = np.sqrt(np.outer(variances, variances))
    for wrong, what in (
        (np.abs(v - v.T) > 1e-9 * size, "is not symmetric"),
        (np.abs(v) > size * (1.0 + 1e-9), "has a correlation beyond 1"),
    ):
        if wrong.any():
            i, j = (int(k) for k in np.argwhere(wrong)[0])
            raise ValueError(
                f"the matrix {what} at rows {i} and {j}: {v[i, j]:g} and {v[j, i]:g} "
                f"with variances {v[i, i]:g} and {v[j, j]:g}"
            )
    return np.asarray((v + v.T) / 2.0)


def _turned(columns: FloatArray) -> FloatArray:
    """The same matrix :math:`F F^T` by orthogonal columns in their one order and sign."""
    if not columns.size:
        return columns
    _, singular, turn = np.linalg.svd(columns, full_matrices=False)
    out = np.asarray(columns @ turn.T)
    first = 0
    while first < len(singular):
        last = first + 1
        while last < len(singular) and singular[last] ** 2 > singular[first] ** 2 * (1 - _EQUAL):
            last += 1
        out[:, first:last] = _one_basis(out[:, first:last])
        first = last
    return out


def _one_basis(columns: FloatArray) -> FloatArray:
    """The one basis of a space: the largest row along the first vector, the next in the plane …

    A single vector so gets its sign. Without this, equal eigenvalues would have other vectors with
    every linear algebra library.
    """
    out = columns.copy()
    for j in range(out.shape[1]):
        sizes = np.linalg.norm(out[:, j:], axis=1)
        pivot = out[int(np.argmax(sizes >= sizes.max() * (1.0 - _TIE))), j:]
        out[:, j:] = out[:, j:] @ _reflection(pivot)
    return out


def _reflection(row: FloatArray) -> FloatArray:
    """The orthogonal matrix that takes a row to the first axis, upwards (Householder)."""
    size = float(np.linalg.norm(row))
    if size == 0.0:
        return np.eye(len(row))
    sign = -1.0 if row[0] > 0.0 else 1.0  # away from the target: no cancellation
    normal = row.copy()
    normal[0] -= sign * size
    made = np.eye(len(row)) - 2.0 * np.outer(normal, normal) / float(normal @ normal)
    made[:, 0] *= sign
    return np.asarray(made)


def _number(eigenvalues: FloatArray, fraction: float) -> int:
    """How many are needed for this part of their sum."""
    if fraction == 1.0 or not len(eigenvalues):
        return len(eigenvalues)
    parts = np.cumsum(eigenvalues) / eigenvalues.sum()
    return int(np.argmax(parts >= fraction * (1.0 - 1e-12))) + 1
