"""Figures of results (`pip install 'hs3-reference[plot]'`): matplotlib, with bins by mplhep.

Each function takes a result and gives a `matplotlib.figure.Figure`, drawn without a display.
"""

from __future__ import annotations

from .base import save
from .channels import yields
from .exclusion import cls, limits
from .parameters import bias, correlation, impacts, pulls
from .profiles import scan

__all__ = ["bias", "cls", "correlation", "impacts", "limits", "pulls", "save", "scan", "yields"]
