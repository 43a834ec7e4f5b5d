"""Saying no by name."""

from __future__ import annotations

from typing import Any, NoReturn

from hs3.errors import ConversionError


def refuse(message: str, path: str, value: Any = None) -> NoReturn:
    """Raise the error for what ROOT cannot be told."""
    raise ConversionError(message, code="root.not_expressible", path=path, value=value)
