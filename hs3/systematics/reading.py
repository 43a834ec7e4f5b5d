"""The configuration of a covariance as a file: YAML and JSON, or the matrix alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hs3 import files, jsonio, yamlio
from hs3.errors import EditError

from .config import Config, read, wrong
from .matrices import MAX_SIZE

_YAML_SIZE = 1 << 24
_BINARY = (b"PK", b"\x93NUMPY")


def load_config(
    given: Config | Mapping[str, Any] | str | os.PathLike[str] | None,
) -> tuple[Config, str]:
    """The configuration, and the folder from which its paths start.

    A file that is neither YAML with keys nor JSON holds the matrix (CSV, npy, npz).

    Raises:
        EditError: it does not fit.
        ReadError: the file cannot be read.
    """
    if not isinstance(given, str | os.PathLike):
        return read(given), ""
    path = os.fspath(given)
    raw = files.read_bytes(path, size=MAX_SIZE)
    if raw.startswith(_BINARY) or path.lower().endswith(".csv"):
        return Config(covariance=os.path.basename(path)), os.path.dirname(path)
    data = jsonio.parse(raw) if raw.lstrip()[:1] == b"{" else _yaml(raw)
    if not isinstance(data, dict):
        raise EditError([wrong(f"{path} holds neither keys nor a matrix in CSV, npy or npz")])
    return read(data), os.path.dirname(path)


def _yaml(raw: bytes) -> Any:
    files.check_size(len(raw), _YAML_SIZE)
    try:
        return yamlio.parse(raw)
    except ValueError as error:
        raise EditError([wrong(str(error))]) from None
