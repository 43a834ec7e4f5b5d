"""Inference on a compiled likelihood: batches of fits, test statistics, limits, toys."""

from __future__ import annotations

from .batch import FitBatch, fit_batch

__all__ = ["FitBatch", "fit_batch"]
