"""The matrix that a configuration gives, out of numbers or files."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hs3 import files
from hs3.errors import EditError

from .config import Array, Config, Corrections, File, Matrix, wrong
from .propagation import propagated

FloatArray = npt.NDArray[np.float64]
MAX_SIZE = 1 << 28
"""Bytes that a file of a matrix may have, unpacked."""


@dataclass(frozen=True, eq=False)
class Table:
    """A matrix, and what a file calls its rows, if it does."""

    values: FloatArray
    labels: tuple[str, ...] | None = None


def matrix_of(config: Config, folder: str = "") -> Table:
    """The covariance in the units that the configuration says.

    Raises:
        EditError: there is none, a file holds something else, or shapes do not fit.
        ReadError: a file cannot be read.
    """
    if config.corrections is None:
        return _covariance(config, folder, ())
    given = config.corrections
    inner = _covariance(given, folder, ("corrections",))
    jacobian = _matrix(given.jacobian, folder, ("corrections", "jacobian"))
    try:
        return Table(propagated(jacobian.values, inner.values))
    except ValueError as error:
        raise EditError([wrong(str(error), "corrections")]) from None


def _covariance(given: Config | Corrections, folder: str, where: tuple[str, ...]) -> Table:
    if given.covariance is not None:
        return _matrix(given.covariance, folder, (*where, "covariance"))
    if given.correlation is None or given.sigma is None:
        message = "needs `covariance`, or `correlation` and `sigma`, or `corrections`"
        raise EditError([wrong(message, *where)])
    table = _matrix(given.correlation, folder, (*where, "correlation"))
    sigma = _array(given.sigma, folder, (*where, "sigma"))
    if table.values.shape != (len(sigma), len(sigma)):
        message = f"{len(sigma)} `sigma` do not fit a matrix of shape {table.values.shape}"
        raise EditError([wrong(message, *where, "sigma")])
    if (np.abs(np.diag(table.values) - 1.0) > 1e-9).any():
        raise EditError([wrong("the diagonal of the matrix is not 1", *where, "correlation")])
    return Table(table.values * np.outer(sigma, sigma), table.labels)


def _array(given: Array, folder: str, where: tuple[str, ...]) -> FloatArray:
    if isinstance(given, str | File):
        return load(given, folder, where).values.ravel()
    return np.array(given, dtype=np.float64)


def _matrix(given: Matrix, folder: str, where: tuple[str, ...]) -> Table:
    if isinstance(given, str | File):
        return load(given, folder, where)
    if len({len(row) for row in given}) > 1:
        raise EditError([wrong("the rows of the matrix differ in length", *where)])
    return Table(np.array(given, dtype=np.float64))


# --- files ----------------------------------------------------------------------------------------


def load(given: File | str, folder: str, where: tuple[str, ...] = ()) -> Table:
    """The matrix in a file of CSV, npy or npz, told apart by the content.

    Raises:
        EditError: it holds no such matrix.
        ReadError: it cannot be read.
    """
    file = given if isinstance(given, File) else File(file=given)
    path = os.path.join(folder, file.file)
    raw = files.read_bytes(path, size=MAX_SIZE)
    try:
        if raw.startswith(b"PK"):
            return _npz(raw, file.key)
        if raw.startswith(b"\x93NUMPY"):
            return Table(_floats(np.load(io.BytesIO(raw), allow_pickle=False)))
        return _csv(raw.decode())
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, csv.Error) as error:
        text = " ".join(str(error).split())
        raise EditError([wrong(f"{file.file}: {text}"[:300], *where, value=file.file)]) from None


def _npz(raw: bytes, key: str | None) -> Table:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(item.file_size for item in archive.infolist()) > MAX_SIZE:
            raise ValueError("the arrays are larger than what is read")
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        names = list(arrays)
        key = key or ("covariance" if "covariance" in names or len(names) > 1 else names[0])
        if key not in names:
            raise ValueError(f"there is no array {key!r}, but {', '.join(names[:8])}")
        labels = tuple(map(str, arrays["bins"].ravel())) if "bins" in names else None
        return Table(_floats(arrays[key]), labels)


def _floats(array: Any) -> FloatArray:
    if array.dtype.kind not in "fiu":
        raise ValueError(f"holds {array.dtype}, and not numbers")
    return np.asarray(array, dtype=np.float64)


def _csv(text: str) -> Table:
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    if not rows:
        raise ValueError("there is nothing in it")
    labels = None
    if not _is_number(rows[0][-1]):
        labels = tuple(cell.strip() for cell in rows[0][1:])
        first = tuple(row[0].strip() for row in rows[1:])
        if first != labels:
            raise ValueError("the names of its columns are not those of its rows")
        rows = [row[1:] for row in rows[1:]]
    if not rows:
        raise ValueError("there is nothing in it but a line of names")
    if len({len(row) for row in rows}) > 1:
        raise ValueError("its rows differ in length")
    return Table(np.array([[float(cell) for cell in row] for row in rows]), labels)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def of_array(given: Any) -> Table:
    """The matrix in an array, or in a histogram of two axes (UHI)."""
    values = given.values() if callable(getattr(given, "values", None)) else given
    return Table(np.asarray(values, dtype=np.float64))
