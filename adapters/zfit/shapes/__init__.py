"""HS3's distributions as zfit's pdfs: one function per type, in a file per family."""

from __future__ import annotations

from . import basic, composites, formulas, templates
from .scope import Scope, shape

__all__ = ["Scope", "basic", "composites", "formulas", "shape", "templates"]
