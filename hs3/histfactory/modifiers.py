"""HistFactory modifiers as documents spell them; `hs3.histfactory.interpret` gives them meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import StrictFloat, StrictInt, StrictStr

from hs3.base import Flag, Number, Numbers, ParameterName, Part, Ref, Typed, references
from hs3.registry import Entry, Family

MODIFIERS = Family("modifier")

Constraints = Annotated[tuple[StrictStr | None, ...], Ref(("distribution",))]


class Modifier(Typed):
    """What changes a sample. Keys that any modifier can carry, in every dialect:

    Attributes:
        name: free text; derived from the parameter when missing.
        parameter: the one parameter that steers it.
        parameters: one parameter per bin.
        constraint: the kind of constraint (``Gauss``, ``Poisson``, ``LogNormal``, ``Gamma``,
            ``Const``/``None`` for no constraint), or the name of a distribution.
        constraint_name: name of the constraint distribution (ROOT 6.32 to 6.40).
        constraint_type: kind of constraint (ROOT 6.36 to 6.40).
        constraints: names of one constraint distribution per bin, null for none (ROOT 2026).
        interpolation: text name, ROOT's integer, or ``{type, in, out}``.
    """

    family: ClassVar[Family] = MODIFIERS

    name: StrictStr | None = None
    parameter: ParameterName | None = None
    parameters: tuple[ParameterName, ...] | None = None
    constraint: StrictStr | None = None
    constraint_name: Annotated[StrictStr, Ref(("distribution",))] | None = None
    constraint_type: StrictStr | None = None
    constraints: Constraints | None = None
    interpolation: StrictStr | StrictInt | StrictFloat | dict[str, Any] | None = None


class UnknownModifier(Modifier):
    """A modifier of a type that nobody registered: kept whole, not evaluable."""


class NormFactorModifier(Modifier, types=("normfactor",)):
    r"""Multiplies the sample: :math:`\kappa(\mu) = \mu`."""


class NormSysData(Part):
    """Factors `hi` at alpha = +1 and `lo` at alpha = -1; pyhs3 puts `interpolation` here."""

    hi: Number
    lo: Number
    interpolation: StrictStr | StrictInt | None = None


class NormSysModifier(Modifier, types=("normsys", "overallsys")):
    r"""Multiplies the sample by :math:`f(\alpha)`, :math:`f(-1)=lo, f(0)=1, f(1)=hi`."""

    data: NormSysData


class Contents(Part):
    """Counts per bin."""

    contents: Numbers


class HistoSysData(Part):
    """Templates at alpha = +1 (`hi`) and -1 (`lo`); pyhs3 puts `interpolation` here."""

    hi: Contents
    lo: Contents
    interpolation: StrictStr | StrictInt | None = None


class HistoSysModifier(Modifier, types=("histosys",)):
    r"""Adds :math:`\delta_b(\alpha)` to each bin.

    Attributes:
        data: the varied histograms.
        positiveDefinite: whether the varied sample is cut at zero, per bin, the same for all
            histosys of a sample. Where it is not said, ROOT's documents mean a cut and others do
            not. An extension of this project, named as in ROOT's `interpolation` function.
    """

    data: HistoSysData
    positiveDefinite: Flag | None = None


class ShapeFactorModifier(Modifier, types=("shapefactor",)):
    """Multiplies each bin by a free parameter of its own."""


class ShapeSysData(Part):
    """`vals`: one number per bin, whose meaning depends on who wrote it (see spec/semantics.md)."""

    vals: Numbers


class ShapeSysModifier(Modifier, types=("shapesys",)):
    """Multiplies each bin by a constrained parameter of its own."""

    data: ShapeSysData | None = None


class StatErrorData(Part):
    """pyhs3's place for absolute per-bin uncertainties."""

    uncertainties: Numbers | None = None


class StatErrorModifier(Modifier, types=("staterror",)):
    """Multiplies each bin by a parameter shared by all samples of the channel that carry it."""

    data: StatErrorData | None = None


class CustomModifier(Modifier, types=("custom",)):
    """ROOT: multiplies the sample by the function called `name`."""


class EffectModifier(Modifier):
    """Base of the modifiers that other packages add: any function of parameters, bin by bin.

    A subclass names its type and declares fields as every typed part does. Names in fields of type
    `ParameterName` or `Value` are what it depends on; each `Contents` in it has one number per bin.
    The engine needs the function itself (`hs3.engine.histfactory.effects.effect`).

    Attributes:
        additive: True when the function is added to the nominal counts, as that of a histosys, and
            then scaled with them; False when it is a factor.
        nominal: value of `parameter` at which the sample is nominal: where its constraint, if the
            document asks for one, is centred.
    """

    additive: ClassVar[bool] = False
    nominal: ClassVar[float] = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """What the effect depends on: parameters and functions, in the order of the fields."""
        found = (r.name for r in references(self) if "value" in r.kinds)
        return tuple(dict.fromkeys(found))


def templates(part: Part, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Contents]]:
    """Every `Contents` inside a part, with its place."""
    for key, info in type(part).model_fields.items():
        value, where = getattr(part, key), (*path, info.alias or key)
        for i, item in enumerate(value) if isinstance(value, tuple) else [(None, value)]:
            inner = where if i is None else (*where, i)
            if isinstance(item, Contents):
                yield inner, item
            elif isinstance(item, Part):
                yield from templates(item, inner)


MODIFIERS.fallback = UnknownModifier
AnyModifier = Annotated[Modifier, Entry(MODIFIERS)]
