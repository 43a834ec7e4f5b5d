"""The code of every finding, with its severity, its meaning and its cure.

A code is a promise: it is never renamed, and never used for anything else. `spec/errors.md` is
generated from this table.
"""

from __future__ import annotations

from . import (
    changes,
    document,
    engine,
    model,
    neighbours,
    pyhf,
    reading,
    root,
    systematics,
    workspaces,
    xml,
    zfit,
)
from .code import Code

_PARTS = (
    *(reading, engine, document, pyhf, root, xml, zfit),
    *(neighbours, model, workspaces, changes, systematics),
)

CODES: dict[str, Code] = {}
for _part in _PARTS:
    if repeated := CODES.keys() & _part.CODES:
        raise RuntimeError(f"declared twice: {sorted(repeated)}")
    CODES.update(_part.CODES)

__all__ = ["CODES", "Code"]
