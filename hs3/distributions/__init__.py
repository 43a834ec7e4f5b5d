"""Distributions (chapter 2.1): one file per type or small family.

The folder imports itself, so that a new file is a new type (see `hs3.registry`).
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from hs3.distributions.base import DISTRIBUTIONS, AnyDistribution, Distribution, UnknownDistribution

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

__all__ = ["DISTRIBUTIONS", "AnyDistribution", "Distribution", "UnknownDistribution"]
