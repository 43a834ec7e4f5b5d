"""zfit's pdfs as distributions: one converter per type, in a file per family."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .registry import CONVERTERS, convert

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

__all__ = ["CONVERTERS", "convert"]
