"""HistFactory channels as stacked arrays: packing, expected counts, exact curvature."""

from . import combine

__all__ = ["combine"]
