"""The family of data objects."""

from __future__ import annotations

from typing import Annotated, ClassVar

from hs3.base import Named, Typed
from hs3.registry import Entry, Family

DATA = Family("data")


class Data(Named, Typed):
    """Observed or simulated data."""

    family: ClassVar[Family] = DATA


class UnknownData(Data):
    """Data of a type that nobody registered: kept whole, not usable in a likelihood."""


DATA.fallback = UnknownData
AnyData = Annotated[Data, Entry(DATA)]
