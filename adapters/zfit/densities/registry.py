"""The converters of zfit's pdfs, by class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import zfit

from hs3.findings import nearest

from ..builder import Builder, limits_of
from ..refuse import refuse

Converter = Callable[[Any, Builder], str]

CONVERTERS: dict[type, Converter] = {}
"""How a pdf of exactly this class becomes a distribution, whose name is returned."""


def converts(*names: str, module: Any = zfit.pdf) -> Callable[[Converter], Converter]:
    """Register a converter for the classes of zfit that are called so, where zfit has them."""

    def register(converter: Converter) -> Converter:
        for name in names:
            if (cls := getattr(module, name, None)) is not None:
                CONVERTERS[cls] = converter
        return converter

    return register


def convert(pdf: Any, builder: Builder) -> str:
    """Name of the distribution that a pdf becomes; its yield is left to the caller.

    Raises:
        ConversionError: its type has no equal in HS3.
    """
    key = ("pdf", id(pdf))
    if key not in builder.names:
        converter = CONVERTERS.get(type(pdf))
        if converter is None:
            known = sorted(cls.__name__ for cls in CONVERTERS)
            hint = nearest(type(pdf).__name__, known)
            refuse(
                f"the pdf {pdf.name!r} is a {type(pdf).__name__}, which has no equal in HS3"
                + (f" (there is one of {', '.join(hint)})" if hint else ""),
                type(pdf).__name__,
            )
        builder.names[key] = (converter(pdf, builder), pdf)
    return builder.names[key][0]


def observable(pdf: Any) -> str:
    """The only observable of a pdf.

    Raises:
        ConversionError: it has several.
    """
    if len(pdf.obs) != 1:
        refuse(f"{pdf.name!r} has several observables: {', '.join(pdf.obs)}")
    return str(pdf.obs[0])


def normalised(name: str, over: Sequence[str], builder: Builder) -> str:
    """Name of the function that is a distribution, divided by its integral over some variables."""
    norm = builder.function(
        f"{name}_norm", type="integral", integrand=name, variables=[str(o) for o in over]
    )
    ratio = f"{builder.word(name)} / {builder.word(norm)}"
    return builder.function(f"{name}_normalised", type="generic_function", expression=ratio)


def check_norm(pdf: Any, builder: Builder) -> None:
    """A summand is normalised by itself, which HS3 does over the range of the whole.

    Raises:
        ConversionError: it has another range.
    """
    own = limits_of(pdf.norm, f"the normalisation of {pdf.name!r}")
    for name, limits in own.items():
        if limits != builder.ranges[name]:
            refuse(
                f"{pdf.name!r} is normalised over {limits} in {name!r}, and what it is part of "
                f"over {builder.ranges[name]}; HS3 has one range",
                pdf.name,
            )
