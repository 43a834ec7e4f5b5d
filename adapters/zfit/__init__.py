"""zfit's losses and models in both directions. This part needs zfit itself."""

from __future__ import annotations

import importlib.util

from hs3.errors import MissingDependency

if importlib.util.find_spec("zfit") is None:
    raise MissingDependency('this needs zfit: pip install "hs3-reference[zfit]"')

from .exporter import to_zfit
from .importer import from_zfit

__all__ = ["from_zfit", "to_zfit"]
