"""JAX evaluation and inference.

`compile` turns a resolved graph into a `Model`; `fit` maximises its likelihood.
"""

from __future__ import annotations

from . import precision
from .compilation import compile
from .data import Dataset, Events
from .density import Options
from .fit import fit
from .fit_result import FitResult, FittedParameter
from .model import Model, ModelParameter

__all__ = [
    "Dataset",
    "Events",
    "FitResult",
    "FittedParameter",
    "Model",
    "ModelParameter",
    "Options",
    "compile",
    "fit",
    "precision",
]
