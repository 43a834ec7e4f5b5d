"""HistFactory: the modifiers of a document, their meaning, and the step between (`interpret`)."""

from . import combine

__all__ = ["combine"]
