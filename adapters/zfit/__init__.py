"""zfit's losses and models in both directions. This part needs zfit itself: 0.28 is tested."""

from __future__ import annotations

import importlib.util
import warnings
from importlib.metadata import version

from hs3.errors import MissingDependency
from hs3.face import HS3Warning

if importlib.util.find_spec("zfit") is None:
    raise MissingDependency('this needs zfit: pip install "hs3-reference[zfit]"')

from .exporter import to_zfit
from .importer import from_zfit

__all__ = ["from_zfit", "to_zfit"]

TESTED = "0.28"
"""The version of zfit that the tests compare with."""

if not version("zfit").startswith(f"{TESTED}."):
    warnings.warn(
        f"zfit {version('zfit')} is installed; conversions are tested with {TESTED}",
        HS3Warning,
        stacklevel=2,
    )
