"""Several analyses in one likelihood."""

from __future__ import annotations

from .combining import combine
from .config import Config

__all__ = ["Config", "combine"]
