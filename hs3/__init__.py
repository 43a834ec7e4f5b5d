"""HS3: reference implementation of the HEP Statistics Serialization Standard."""

from __future__ import annotations

from pathlib import Path

__version__ = "0.1.0"

_root = Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "engine").is_dir():
    # In a checkout `hs3.engine` and its siblings are the folders beside this one.
    __path__.append(str(_root))
