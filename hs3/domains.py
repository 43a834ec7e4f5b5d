"""Domains (chapter 2.5): ranges of parameters and observables."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import StrictBool

from hs3.axes import Axis
from hs3.base import Named, Typed
from hs3.registry import Entry, Family

DOMAINS = Family("domain")


class Domain(Named, Typed):
    """A region of the space of parameters and observables."""

    family: ClassVar[Family] = DOMAINS


class UnknownDomain(Domain):
    """A domain of a type that nobody registered: kept whole, not usable."""


class DomainAxis(Axis):
    """The range of one name.

    A bound that is missing or null is infinite: ROOT leaves them out for constants and for
    unbounded parameters. ROOT adds the binning of the variable, pyhs3 `const`.
    """

    const: StrictBool | None = None


class ProductDomain(Domain, types=("product_domain",)):
    """A box: each name has a range of its own."""

    axes: tuple[DomainAxis, ...] | None = None


DOMAINS.fallback = UnknownDomain
AnyDomain = Annotated[Domain, Entry(DOMAINS)]
