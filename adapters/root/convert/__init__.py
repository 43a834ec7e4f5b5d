"""RooFit's objects as HS3: one file per family, registered by class name."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .workspace import converted

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

__all__ = ["converted"]
