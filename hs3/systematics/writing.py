"""Covariance matrices as files."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np

from hs3 import files, jsonio
from hs3.errors import WriteError

Json = dict[str, Any]


def write(data: Json, path: str) -> None:
    """Write what `hs3 covariance` found: JSON, CSV or npz, as the name of the file ends.

    CSV has the names of the bins, ``channel/sample/bin``, above the columns and before the rows;
    npz the arrays ``covariance``, ``counts`` and ``bins``.

    Raises:
        WriteError: the name ends otherwise, or the file cannot be written.
    """
    ending = path.lower().rpartition(".")[2]
    if ending == "json":
        files.write_atomic(path, jsonio.dumps(data) + "\n")
    elif ending == "csv":
        files.write_atomic(path, _csv(data))
    elif ending == "npz":
        files.write_atomic(path, _npz(data))
    else:
        raise WriteError(f"{path!r} ends neither in .json nor in .csv or .npz", value=path)


def labels(data: Json) -> list[str]:
    """What the rows are called."""
    keys = ("channel", "sample", "bin")
    return ["/".join(str(b[key]) for key in keys if key in b) for b in data["bins"]]


def _csv(data: Json) -> str:
    out = io.StringIO(newline="")
    names = labels(data)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["", *names])
    for name, row in zip(names, data["covariance"], strict=True):
        writer.writerow([name, *map(repr, row)])
    return out.getvalue()


def _npz(data: Json) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(
        out,
        bins=np.array(labels(data), dtype=np.str_),
        counts=np.array(data["counts"], dtype=np.float64),
        covariance=np.array(data["covariance"], dtype=np.float64),
    )
    return out.getvalue()
