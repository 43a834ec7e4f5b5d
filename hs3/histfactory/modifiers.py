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
    r"""Multiplies the sample by a parameter.

    .. math::
        \nu_b \to \mu\,\nu_b

    Source:
        The standard, HistFactory distributions; unconstrained unless a constraint is asked for.
    """


class NormSysData(Part):
    """Factors `hi` at alpha = +1 and `lo` at alpha = -1; pyhs3 puts `interpolation` here."""

    hi: Number
    lo: Number
    interpolation: StrictStr | StrictInt | None = None


class NormSysModifier(Modifier, types=("normsys", "overallsys")):
    r"""Multiplies the sample by a factor that interpolates between two variations.

    .. math::
        \nu_b \to f(\alpha)\,\nu_b,\quad f(-1) = f_{lo},\; f(0) = 1,\; f(1) = f_{hi}

    Attributes:
        data: the factors `hi` :math:`f_{hi}` and `lo` :math:`f_{lo}`, above zero.

    Source:
        The standard, HistFactory distributions; interpolations in spec/semantics.md.
    """

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
    r"""Adds to each bin what interpolates between two varied histograms.

    .. math::
        \nu_b \to \nu_b + \delta_b(\alpha),\quad \delta_b(-1) = h_{lo,b} - \nu_b,\;
        \delta_b(0) = 0,\; \delta_b(1) = h_{hi,b} - \nu_b

    Attributes:
        data: the varied histograms `hi` :math:`h_{hi}` and `lo` :math:`h_{lo}`, whole.
        positiveDefinite: whether the varied sample is cut at zero, per bin, the same for all
            histosys of a sample. Where it is not said, ROOT's documents mean a cut and others do
            not. An extension of this project, named as in ROOT's `interpolation` function.
    """

    data: HistoSysData
    positiveDefinite: Flag | None = None


class ShapeFactorModifier(Modifier, types=("shapefactor",)):
    r"""Multiplies each bin by a free parameter of its own.

    .. math::
        \nu_b \to \gamma_b\,\nu_b

    Source:
        The standard, HistFactory distributions; unconstrained unless a constraint is asked for.
    """


class ShapeSysData(Part):
    """`vals`: one number per bin, whose meaning depends on who wrote it (see spec/semantics.md)."""

    vals: Numbers


class ShapeSysModifier(Modifier, types=("shapesys",)):
    r"""Multiplies each bin by a constrained parameter of its own.

    .. math::
        \nu_b \to \gamma_b\,\nu_b,\quad
        \mathrm{Pois}(\tau_b \mid \tau_b\gamma_b),\; \tau_b = 1/r_b^2
        \;\text{ or }\; N(1 \mid \gamma_b, r_b)

    Attributes:
        data: `vals`, the uncertainties :math:`r_b` (whose meaning depends on the writer).

    Source:
        The standard, HistFactory distributions; kinds and writers in spec/semantics.md.
    """

    data: ShapeSysData | None = None


class StatErrorData(Part):
    """pyhs3's place for absolute per-bin uncertainties."""

    uncertainties: Numbers | None = None


class StatErrorModifier(Modifier, types=("staterror",)):
    r"""Multiplies each bin by a parameter shared by all samples of the channel that carry it.

    .. math::
        \nu_b \to \gamma_b\,\nu_b,\quad
        r_b = \sqrt{\textstyle\sum_s \sigma_{sb}^2} \Big/ \textstyle\sum_s \nu_{sb}

    constrained as a `shapesys` of the relative uncertainties :math:`r_b`, with :math:`\sigma_{sb}`
    from `errors` of the samples.

    Attributes:
        data: `uncertainties`, where pyhs3 writes the :math:`\sigma_{sb}` of a sample.

    Source:
        The standard, HistFactory distributions; one parameter per bin, as Barlow and Beeston.
    """

    data: StatErrorData | None = None


class CustomModifier(Modifier, types=("custom",)):
    r"""Multiplies the sample by a function of parameters.

    .. math::
        \nu_b \to f(\theta)\,\nu_b

    where :math:`f` is the function that is called as the modifier.

    Source:
        ROOT; the standard names no function.
    """


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
