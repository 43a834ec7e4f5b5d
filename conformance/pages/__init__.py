"""The pages of ``spec/`` that are made from code, docstrings, fixtures and results.

`python -m hs3.conformance.pages` writes them: a page per type, the dialect rules, the findings, and
which implementations agree.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import dialects, errors, types
from .known import Known


def pages(known: Known | None = None) -> Mapping[str, str]:
    """Path below ``spec/`` → text, of every page.

    Args:
        known: fixtures and results; by default those of this package.
    """
    known = known or Known.of()
    return {
        "errors.md": errors.page(known),
        "dialects.md": dialects.page(known),
        **types.pages(known),
    }
