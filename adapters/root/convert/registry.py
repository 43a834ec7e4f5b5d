"""Which class of RooFit is converted by which function."""

from __future__ import annotations

from collections.abc import Callable

from ..file import RootObject
from .builder import Builder

Converter = Callable[[RootObject, Builder], None]

CONVERTERS: dict[str, Converter] = {}
"""By class name."""


def converts(*classes: str) -> Callable[[Converter], Converter]:
    """Register a function that adds the entries of a node of one of these classes."""

    def register(converter: Converter) -> Converter:
        for name in classes:
            CONVERTERS[name] = converter
        return converter

    return register
