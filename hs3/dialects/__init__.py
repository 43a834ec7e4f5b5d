"""Named rules by which documents of different writers are read into one meaning.

One file per theme; importing the folder declares all rules (`RULES`).
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .base import RULES, Log, Rule, Writer, rule

for _file in iter_modules(__path__):
    if not _file.name.startswith("_"):
        import_module(f"{__name__}.{_file.name}")

__all__ = ["RULES", "Log", "Rule", "Writer", "rule"]
