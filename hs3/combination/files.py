"""The configuration of a combination as a file."""

from __future__ import annotations

import os
from typing import Any

from hs3 import files
from hs3.errors import EditError

from .config import wrong

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
