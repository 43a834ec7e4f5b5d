"""The family of distributions."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import StrictStr

from hs3.base import Named, Typed
from hs3.registry import Entry, Family

DISTRIBUTIONS = Family("distribution", untyped=True)


class Distribution(Named, Typed):
    """A normalised probability density; base of all distribution types.

    A subclass is declared in a file of this folder and registers itself (see CONTRIBUTING.md).
    """

    family: ClassVar[Family] = DISTRIBUTIONS


class UnknownDistribution(Distribution):
    """A distribution of a type that nobody registered, or of none: kept whole, not evaluable."""

    type: StrictStr = ""


DISTRIBUTIONS.fallback = UnknownDistribution
AnyDistribution = Annotated[Distribution, Entry(DISTRIBUTIONS)]
