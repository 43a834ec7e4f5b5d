"""Simplified likelihoods for reinterpretation: the background as correlated bins."""

from __future__ import annotations

from .comparison import Comparison, compare
from .likelihood import simplify

__all__ = ["Comparison", "compare", "simplify"]
