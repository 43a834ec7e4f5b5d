"""The family of functions."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import StrictStr

from hs3.base import Named, Typed
from hs3.registry import Entry, Family

FUNCTIONS = Family("function", untyped=True)


class Function(Named, Typed):
    """A deterministic function of parameters, observables and other functions."""

    family: ClassVar[Family] = FUNCTIONS


class UnknownFunction(Function):
    """A function of a type that nobody registered, or of none: kept whole, not evaluable."""

    type: StrictStr = ""


FUNCTIONS.fallback = UnknownFunction
AnyFunction = Annotated[Function, Entry(FUNCTIONS)]
