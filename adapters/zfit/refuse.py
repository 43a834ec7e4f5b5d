"""Saying no by name."""

from __future__ import annotations

from typing import Any, NoReturn

from hs3.errors import ConversionError


def refuse(message: str, value: Any = None, path: str = "") -> NoReturn:
    """Raise the error for what the other side cannot be told."""
    raise ConversionError(message, code="zfit.not_expressible", path=path, value=value)
