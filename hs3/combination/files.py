"""The configuration of a combination as a file."""

from __future__ import annotations

import os
from typing import Any

from hs3 import files
from hs3.errors import EditError

from .config import Config, wrong

MAX_SIZE = 1 << 20


def load_config(path: str | os.PathLike[str]) -> Any:
    """The data in a file of YAML, of which JSON is a part.

    Aliases are refused: a few lines of them can stand for more data than fits in memory.

    Raises:
        EditError: it is not YAML, or has aliases.
        ReadError: the file cannot be read.
    """
    import yaml

    raw = files.read_bytes(path, size=MAX_SIZE)
    try:
        for event in yaml.parse(raw, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise EditError([wrong(f"line {event.start_mark.line + 1}: aliases are not read")])
        return yaml.safe_load(raw)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        text = " ".join(str(error).split())
        raise EditError([wrong(f"not YAML: {text}"[:300])]) from None


def located(config: Config, folder: str) -> Config:
    """The configuration with its paths, which are relative to `folder`, as seen from here."""
    inputs = {}
    for label, given in config.inputs.items():
        paths = {key: getattr(given, key) for key in ("patch", "root_dir")}
        moved = {k: os.path.join(folder, v) for k, v in paths.items() if v is not None}
        inputs[label] = given.model_copy(update=moved)
    return config.model_copy(update={"inputs": inputs})
