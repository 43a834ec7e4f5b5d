"""Configurations in YAML, of which JSON is a part."""

from __future__ import annotations

from typing import Any


def parse(raw: bytes) -> Any:
    """The data in YAML.

    Aliases are refused: a few lines of them can stand for more data than fits in memory.

    Raises:
        ValueError: it is not YAML, or has aliases.
    """
    import yaml

    try:
        for event in yaml.parse(raw, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise ValueError(f"line {event.start_mark.line + 1}: aliases are not read")
        return yaml.safe_load(raw)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"not YAML: {' '.join(str(error).split())}"[:300]) from None
