"""What an analyst looks at beside the fit: pulls, impacts, goodness of fit, yields."""

from __future__ import annotations

from ..prefit import Prefit, prefits
from .bias import BiasStudy, Injection, bias_study
from .error_breakdown import Breakdown, breakdown
from .expected_counts import ChannelYields, Yield, Yields
from .goodness import Goodness, goodness_of_fit
from .impact_ranking import Impact, Impacts, impacts
from .implied import TemplateCovariance, template_covariance
from .prune import Pruning, pruning
from .pull_table import Pull, Pulls, pulls
from .yield_table import yields

__all__ = [
    "BiasStudy",
    "Breakdown",
    "ChannelYields",
    "Goodness",
    "Impact",
    "Impacts",
    "Injection",
    "Prefit",
    "Pruning",
    "Pull",
    "Pulls",
    "TemplateCovariance",
    "Yield",
    "Yields",
    "bias_study",
    "breakdown",
    "goodness_of_fit",
    "impacts",
    "prefits",
    "pruning",
    "pulls",
    "template_covariance",
    "yields",
]
