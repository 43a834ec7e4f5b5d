"""Smaller workspaces: parameters frozen or pruned, bins and samples merged."""

from __future__ import annotations

from .bins import merge_bins
from .freezing import freeze
from .pruning import prune
from .refits import Effect, effect
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
