"""The configuration of a combination as a file."""

from __future__ import annotations

import os
from typing import Any

from hs3 import files, yamlio
from hs3.errors import EditError

from .config import Config, wrong

MAX_SIZE = 1 << 20


def load_config(path: str | os.PathLike[str]) -> Any:
    """The data in a file of YAML, of which JSON is a part.

    Raises:
        EditError: it is not YAML, or has aliases.
        ReadError: the file cannot be read.
    """
    try:
        return yamlio.parse(files.read_bytes(path, size=MAX_SIZE))
    except ValueError as error:
        raise EditError([wrong(str(error))]) from None


def located(config: Config, folder: str) -> Config:
    """The configuration with its paths, which are relative to `folder`, as seen from here."""
    inputs = {}
    for label, given in config.inputs.items():
        paths = {key: getattr(given, key) for key in ("patch", "root_dir")}
        moved = {k: os.path.join(folder, v) for k, v in paths.items() if v is not None}
        inputs[label] = given.model_copy(update=moved)
    return config.model_copy(update={"inputs": inputs})
