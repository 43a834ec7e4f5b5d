"""Which parameter is the one of interest."""

from __future__ import annotations

from collections.abc import Collection

from hs3.errors import FitError
from hs3.findings import nearest

from .model import Model


def poi_of(model: Model, name: str | None = None, among: Collection[str] | None = None) -> str:
    """The parameter of interest: the one asked for, or the only one of the document.

    Args:
        among: names of parameters that float, one of which it has to be.

    Raises:
        FitError: there is none, several, no parameter of this name, or it does not float.
    """
    floats = model.names if among is None else among
    if name is not None:
        model.position(name)
        if name not in floats:
            raise not_floating(name, floats)
        return name
    floating = [poi for poi in model.pois if poi in floats]
    if len(floating) == 1:
        return floating[0]
    said = f"has {len(floating)}: {', '.join(floating)}" if floating else "has none"
    raise FitError(
        f"name the parameter of interest; the document {said}",
        code="inference.poi",
        value=list(floating),
        suggestions=nearest("mu", floating or floats),
    )


def not_floating(name: str, floating: Collection[str]) -> FitError:
    """A parameter that has to float does not."""
    return FitError(
        f"{name!r} does not float in the fit",
        code="fit.not_floating",
        value=name,
        suggestions=nearest(name, floating),
    )
