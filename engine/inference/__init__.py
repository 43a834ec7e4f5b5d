"""Inference on a compiled likelihood: batches of fits, test statistics, limits, toys."""

from __future__ import annotations

from .asymptotic import hypotest, hypotests, significance, upper_limit
from .batch import fit_batch
from .chunks import Split
from .conditional import ConditionalFits
from .frequentist import toy_hypotest, toy_significance, toy_upper_limit
from .many import Limits, upper_limits
from .results import FitBatch, HypoTest, Limit, Significance
from .toys import fit_toys

__all__ = [
    "ConditionalFits",
    "FitBatch",
    "HypoTest",
    "Limit",
    "Limits",
    "Significance",
    "Split",
    "fit_batch",
    "fit_toys",
    "hypotest",
    "hypotests",
    "significance",
    "toy_hypotest",
    "toy_significance",
    "toy_upper_limit",
    "upper_limit",
    "upper_limits",
]
