"""Other signals in a published measurement."""

from __future__ import annotations

from .hypotheses import Reinterpreted, reinterpret
from .table import Signals, read_signals

__all__ = ["Reinterpreted", "Signals", "read_signals", "reinterpret"]
