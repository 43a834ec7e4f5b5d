"""Values of functions (chapter 2.2) in JAX: one file per type or small family.

The folder imports itself, so that a new file is a new formula.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .. import precision as precision  # 64 bit before the first array
from .base import Scope, evaluate, evaluate_all, formula

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

__all__ = ["Scope", "evaluate", "evaluate_all", "formula"]
