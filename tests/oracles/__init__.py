"""Independent numbers for the tests: every formula written down once more, in mpmath.

Nothing here imports `hs3`. Formulas follow the text of the standard and ROOT's documentation;
integrals are numerical with 30 digits, whatever closed forms the engine may have.

- `Oracle`: a document with values; numbers, densities and probabilities of what it defines.
- `SHAPES`, `DENSITIES`: formulas of distribution types, `FUNCTIONS`: of function types.
"""

from __future__ import annotations

from . import composite, functions, fundamental  # they register their formulas
from .oracle import DENSITIES, FUNCTIONS, SHAPES, Oracle

__all__ = ["DENSITIES", "FUNCTIONS", "SHAPES", "Oracle", "composite", "functions", "fundamental"]
