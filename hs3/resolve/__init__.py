"""From a document to the resolved graph of one likelihood.

`resolve` binds every name, settles every convention, and invents nothing: what a likelihood needs
and the document does not have is an error that says where, what, and what would be valid.
"""

from __future__ import annotations

from .resolve import attempt, resolve

__all__ = ["attempt", "resolve"]
