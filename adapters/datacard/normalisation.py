"""The factors of one process, and how modifiers are written."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .pool import Json, Pool


@dataclass
class Norm:
    """The factors of one process.

    Attributes:
        symmetric: name and kappa: kappa^theta.
        asymmetric: name, kappa down and up.
        factors: parameters and functions that multiply.
    """

    symmetric: list[tuple[str, float]] = field(default_factory=list)
    asymmetric: list[tuple[str, float, float]] = field(default_factory=list)
    factors: list[str] = field(default_factory=list)

    def modifiers(self, pool: Pool) -> list[Json]:
        """As modifiers of a sample."""
        out = [factor(name, name) for name in self.factors]
        for name, kappa in self.symmetric:
            data = {"hi": kappa, "lo": 1.0 / kappa}
            out.append(systematic(name, "normsys", pool.constraint(name), "log", data))
        for name, down, up in self.asymmetric:
            out.append(factor(name, pool.asymmetric(name, down, up)))
        return out

    def coefficient(self, wanted: str, pool: Pool) -> str:
        """As one function."""
        terms = [f"({math.log(k)!r})*{pool.variable(name)}" for name, k in self.symmetric]
        names = [*self.factors, *(pool.asymmetric(*entry) for entry in self.asymmetric)]
        parts = [pool.variable(name) for name in names]
        if terms:
            parts.append(f"exp({' + '.join(terms)})")
        return pool.expression(wanted, "*".join(parts) or "1.0")


def factor(name: str, parameter: str) -> Json:
    """A normfactor."""
    return {"name": name, "type": "normfactor", "parameter": parameter}


def systematic(
    name: str, kind: str, constraint: str, code: str, data: Json, parameter: str | None = None
) -> Json:
    """A normsys or histosys; its parameter is called as itself unless said."""
    return {
        "name": name,
        "type": kind,
        "parameter": parameter or name,
        "constraint": constraint,
        "interpolation": code,
        "data": data,
    }
