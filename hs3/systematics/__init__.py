"""Systematic uncertainties out of a covariance matrix of template bins."""

from __future__ import annotations

from .adding import add_systematics
from .config import Config
from .decomposition import Modes, decompose
from .propagation import propagated, weight_jacobian

__all__ = [
    "Config",
    "Modes",
    "add_systematics",
    "decompose",
    "propagated",
    "weight_jacobian",
]
