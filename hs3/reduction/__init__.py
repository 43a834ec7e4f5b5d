"""Smaller workspaces: parameters frozen or pruned, bins and samples merged."""

from __future__ import annotations

from .bins import merge_bins
from .effect import Effect, effect
from .freeze import freeze
from .prune import prune
from .samples import drop_channels, merge_samples, scale_samples

__all__ = [
    "Effect",
    "drop_channels",
    "effect",
    "freeze",
    "merge_bins",
    "merge_samples",
    "prune",
    "scale_samples",
]
