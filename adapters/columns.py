"""Columns of Python (pandas, numpy, awkward, plain lists) ↔ unbinned data of HS3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hs3.data.unbinned import UnbinnedData
from hs3.errors import ConversionError, MissingDependency

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = npt.NDArray[np.float64]
WEIGHT = "weight"
"""The column of the weights, in what `to_numpy` and `to_pandas` give."""


def unbinned_data(
    table: Any,
    name: str,
    observables: Mapping[str, tuple[float, float]],
    weights: str | Sequence[float] | FloatArray | None = None,
) -> UnbinnedData:
    """The data object with the events of a table.

    Args:
        table: what gives a column by its name (a DataFrame, a record array of numpy or awkward, a
            dict of arrays), or an array of shape (events,) or (events, observables).
        name: of the data object.
        observables: name → range of each observable.
        weights: one number per event, or the name of a column.

    Raises:
        ConversionError: a column is missing or not one number per event, a number is missing or
            not finite, or an event lies outside of a range (select before).
    """
    columns = [_column(table, key, i, observables) for i, key in enumerate(observables)]
    lengths = {len(column) for column in columns}
    if len(lengths) != 1:
        raise ConversionError(
            f"the columns have lengths {sorted(lengths)}", code="columns.form", value=name
        )
    for (key, (low, high)), column in zip(observables.items(), columns, strict=True):
        outside = int(np.sum((column < low) | (column > high)))
        if outside:
            message = f"{outside} of {len(column)} events have {key!r} outside of [{low}, {high}]"
            raise ConversionError(message, code="columns.outside", value=key)
    data: dict[str, Any] = {
        "name": name,
        "type": "unbinned",
        "axes": [{"name": k, "min": a, "max": b} for k, (a, b) in observables.items()],
        "entries": np.stack(columns, axis=1).tolist(),
    }
    if weights is not None:
        found = table[weights] if isinstance(weights, str) else weights
        numbers = _numbers(found, WEIGHT)
        if len(numbers) != len(columns[0]):
            message = f"{len(numbers)} weights for {len(columns[0])} events"
            raise ConversionError(message, code="columns.form", value=name)
        data["weights"] = numbers.tolist()
    return UnbinnedData.model_validate(data)


def to_numpy(data: UnbinnedData) -> dict[str, FloatArray]:
    """One array per observable, and ``weight`` where the data have weights.

    Raises:
        ConversionError: an observable is called ``weight`` beside weights.
    """
    table = data.array()
    out: dict[str, FloatArray] = {axis.name: table[:, i].copy() for i, axis in enumerate(data.axes)}
    if data.weights is not None:
        if WEIGHT in out:
            raise ConversionError(f"an observable is called {WEIGHT!r}", code="columns.form")
        out[WEIGHT] = np.array(data.weights, dtype=np.float64)
    return out


def to_pandas(data: UnbinnedData) -> DataFrame:
    """`to_numpy` as a DataFrame.

    Raises:
        MissingDependency: pandas is not installed.
    """
    try:
        from pandas import DataFrame
    except ImportError as error:
        raise MissingDependency("this needs pandas: pip install pandas", value="pandas") from error
    return DataFrame(to_numpy(data))


def _column(
    table: Any, key: str, index: int, observables: Mapping[str, tuple[float, float]]
) -> FloatArray:
    if isinstance(table, np.ndarray) and table.dtype.names is None:
        shape = table.shape if table.ndim != 1 else (len(table), 1)
        if len(shape) != 2 or shape[1] != len(observables):
            message = f"an array of shape {table.shape} for {len(observables)} observables"
            raise ConversionError(message, code="columns.form", value=key)
        return _numbers(table.reshape(shape)[:, index], key)
    try:
        column = table[key]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        message = f"there is no column {key!r}"
        raise ConversionError(message, code="columns.form", value=key) from error
    return _numbers(column, key)


def _numbers(column: Any, key: str) -> FloatArray:
    try:
        array = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError) as error:
        message = f"the column {key!r} is not one number per event"
        raise ConversionError(message, code="columns.form", value=key) from error
    if array.ndim != 1 or np.ma.is_masked(column) or not np.isfinite(array).all():
        message = f"the column {key!r} is not one finite number per event"
        raise ConversionError(message, code="columns.form", value=key)
    return array
