"""Densities of all distribution types: one file per type or small family.

The folder imports itself, so that a new file is a new formula.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .. import precision as precision  # 64 bit before the first array
from .density import (
    Box,
    breakpoints,
    expected_events,
    log_density,
    log_integral,
    log_norm,
    log_partial,
    log_probability,
    log_shape,
)
from .document import definitions_of
from .scope import Definitions, DensityScope, Options

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

__all__ = [
    "Box",
    "Definitions",
    "DensityScope",
    "Options",
    "breakpoints",
    "definitions_of",
    "expected_events",
    "log_density",
    "log_integral",
    "log_norm",
    "log_partial",
    "log_probability",
    "log_shape",
]
