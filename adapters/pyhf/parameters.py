"""pyhf's parameter sets: which parameters a workspace has, in which order, with what settings.

Follows pyhf 0.7.6. Parameter sets are ordered by the type of the modifier that asks first
(histosys, lumi, normfactor, normsys, shapefactor, shapesys, staterror), inside a type by channel,
sample and modifier name, each sorted; staterrors by name alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from hs3.errors import ConversionError
from hs3.findings import nearest, pointer

from . import schema

Numbers = tuple[int | float, ...]

_ALPHA = ("histosys", "normsys")
_ORDER = ("histosys", "lumi", "normfactor", "normsys", "shapefactor", "shapesys", "staterror")


@dataclass(frozen=True)
class ParameterSet:
    """The parameters behind one modifier name.

    Attributes:
        name: pyhf's name of the set.
        type: the modifier type that asked for it first.
        kind: ``free``, or the form of its constraint: ``normal`` N(auxdata | p, width) or
            ``poisson`` Pois(auxdata | width p).
        scalar: False for one parameter per bin.
        width: sigmas of a ``normal``, rate factors of a ``poisson`` set.
    """

    name: str
    type: str
    kind: Literal["free", "normal", "poisson"]
    scalar: bool
    inits: Numbers
    bounds: tuple[tuple[int | float, int | float], ...]
    fixed: tuple[bool, ...]
    auxdata: Numbers = ()
    width: Numbers = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The ``par_names`` of pyhf: the name itself, or ``name[i]`` per bin."""
        if self.scalar:
            return (self.name,)
        return tuple(f"{self.name}[{i}]" for i in range(len(self.inits)))


@dataclass(frozen=True)
class Use:
    """One modifier where it stands; `path` points into the pyhf document."""

    channel: schema.Channel
    sample: schema.Sample
    modifier: schema.Modifier
    path: str

    @property
    def array(self) -> Numbers:
        """The uncertainties of a shapesys or staterror."""
        assert isinstance(self.modifier.data, tuple)
        return self.modifier.data


def uses(workspace: schema.PyhfWorkspace) -> Iterator[Use]:
    """Every modifier that counts."""
    for c, channel in enumerate(workspace.channels):
        for s, sample in enumerate(channel.samples):
            base = pointer("channels", c, "samples", s, "modifiers")
            for i, modifier in sample.effective():
                yield Use(channel, sample, modifier, f"{base}/{i}")


def default_sets(workspace: schema.PyhfWorkspace) -> dict[str, ParameterSet]:
    """The parameter sets before a measurement changes them, in pyhf's order.

    The luminosity has no defaults: its tuples are empty until a measurement gives them.

    Raises:
        ConversionError: modifiers share a name that pyhf does not let them share.
    """
    every = sorted(uses(workspace), key=_position)
    groups: dict[str, list[Use]] = {}
    for use in every:
        groups.setdefault(use.modifier.name, []).append(use)
    return {name: _guarded_default(name, group) for name, group in groups.items()}


def _guarded_default(name: str, group: Sequence[Use]) -> ParameterSet:
    try:
        return _default(name, group)
    except ArithmeticError:
        raise ConversionError(
            f"the relative uncertainties of {name!r} are too large or too small for a float",
            code="pyhf.number_range",
            path=group[0].path,
        ) from None


def _position(use: Use) -> tuple[int, str, str, str]:
    kind = use.modifier.type
    if kind == "staterror":
        return _ORDER.index(kind), use.modifier.name, use.channel.name, use.sample.name
    return _ORDER.index(kind), use.channel.name, use.sample.name, use.modifier.name


def _default(name: str, group: Sequence[Use]) -> ParameterSet:
    first = group[0].modifier
    for use in group[1:]:
        same = use.modifier.type == first.type or {use.modifier.type, first.type} == set(_ALPHA)
        if not same:
            raise ConversionError(
                f"{first.type} and {use.modifier.type} cannot share the name {name!r}",
                code="pyhf.name_reuse",
                path=use.path,
                value=name,
            )
    match first.type:
        case "histosys" | "normsys":
            return ParameterSet(
                name, first.type, "normal", True, (0.0,), ((-5.0, 5.0),), (False,), (0.0,), (1.0,)
            )
        case "lumi":
            return ParameterSet(name, "lumi", "normal", True, (), (), (False,))
        case "normfactor":
            return ParameterSet(name, "normfactor", "free", True, (1.0,), ((0.0, 10.0),), (False,))
        case "shapefactor":
            return _shapefactor(name, group)
        case "shapesys":
            return _shapesys(name, group)
    return _staterror(name, group)


def _shapefactor(name: str, group: Sequence[Use]) -> ParameterSet:
    bins = len(group[0].sample.data)
    for use in group[1:]:
        if len(use.sample.data) > bins:
            raise ConversionError(
                f"shapefactor {name!r} has {bins} parameters, from channel "
                f"{group[0].channel.name!r}, but this channel has {len(use.sample.data)} bins",
                code="pyhf.shapefactor_bins",
                path=use.path,
            )
    return ParameterSet(
        name,
        "shapefactor",
        "free",
        False,
        (1.0,) * bins,
        ((0.0, 10.0),) * bins,
        (False,) * bins,
    )


def _shapesys(name: str, group: Sequence[Use]) -> ParameterSet:
    if len(group) > 1:
        raise ConversionError(
            f"a shapesys cannot be shared, and {name!r} stands in several places",
            code="pyhf.name_reuse",
            path=group[1].path,
            value=name,
        )
    factors = shapesys_factors(group[0].sample.data, group[0].array)
    bins = len(factors)
    return ParameterSet(
        name,
        "shapesys",
        "poisson",
        False,
        (1.0,) * bins,
        ((1e-10, 10.0),) * bins,
        tuple(f is None for f in factors),
        tuple(1.0 if f is None else f for f in factors),
        tuple(1.0 if f is None else f for f in factors),
    )


def shapesys_factors(
    nominal: Sequence[int | float], uncertainty: Sequence[int | float]
) -> list[float | None]:
    """Rate factors (nominal / uncertainty)² per bin; None where either is not positive."""
    return [
        n**2 / u**2 if n > 0 and u > 0 else None for n, u in zip(nominal, uncertainty, strict=True)
    ]


def _staterror(name: str, group: Sequence[Use]) -> ParameterSet:
    if "/" in name:
        raise ConversionError(
            f"the staterror {name!r} has a slash in its name, at which pyhf 0.7.6 cuts it",
            code="pyhf.staterror_name",
            path=group[0].path,
            value=name,
        )
    sigmas = [s for block in staterror_sigmas(name, group).values() for s in block]
    return ParameterSet(
        name,
        "staterror",
        "normal",
        False,
        (1.0,) * len(sigmas),
        ((1e-10, 10.0),) * len(sigmas),
        tuple(s == 0 for s in sigmas),
        (1.0,) * len(sigmas),
        tuple(s or 1.0 for s in sigmas),
    )


def staterror_sigmas(name: str, group: Sequence[Use]) -> dict[str, list[float]]:
    """Relative uncertainty of the summed samples per bin, by channel; 0 where the sum is not > 0.

    Raises:
        ConversionError: the samples that carry the modifier do not carry it in the same channels.
    """
    samples = {u.sample.name for u in group}
    channels: dict[str, list[Use]] = {}
    for use in group:
        channels.setdefault(use.channel.name, []).append(use)
    for members in channels.values():
        if {u.sample.name for u in members} != samples:
            raise ConversionError(
                f"staterror {name!r} is carried by {sorted(samples)}, but in channel "
                f"{members[0].channel.name!r} only by {sorted(u.sample.name for u in members)}; "
                "pyhf wants the same samples in every channel that has it",
                code="pyhf.staterror_samples",
                path=members[0].path,
            )
    return {channel: _relative(members) for channel, members in channels.items()}


def _relative(members: Sequence[Use]) -> list[float]:
    out = []
    for b in range(len(members[0].sample.data)):
        total = sum(u.sample.data[b] for u in members)
        squares = [(u.array[b] / total) ** 2 if total > 0 else 0.0 for u in members]
        out.append(math.sqrt(sum(squares)))
    return out


def configured_sets(
    defaults: dict[str, ParameterSet], measurement: schema.Measurement, path: str
) -> dict[str, ParameterSet]:
    """The parameter sets as one measurement, which stands at `path`, wants them.

    Raises:
        ConversionError: a setting that the set does not have, or of the wrong length.
    """
    sets = dict(defaults)
    seen: set[str] = set()
    for i, config in enumerate(measurement.config.parameters):
        where = f"{path}/config/parameters/{i}"
        if config.name in seen:
            raise ConversionError(
                f"{config.name!r} is configured twice", code="pyhf.duplicate", path=where
            )
        seen.add(config.name)
        if config.name in sets:
            sets[config.name] = configure(sets[config.name], config, where)
    for parameter in sets.values():
        _check_lumi(parameter, f"{path}/config/parameters")
    return sets


def _check_lumi(parameter: ParameterSet, path: str) -> None:
    given = (parameter.inits, parameter.bounds, parameter.auxdata, parameter.width)
    keys = ("inits", "bounds", "auxdata", "sigmas")
    missing = [key for key, value in zip(keys, given, strict=True) if not value]
    if parameter.type == "lumi" and missing:
        raise ConversionError(
            f"the measurement must give {', '.join(missing)} of 'lumi': they have no default",
            code="pyhf.lumi_unset",
            path=path,
        )


def configure(sets: ParameterSet, config: schema.ParameterConfig, path: str = "") -> ParameterSet:
    """One parameter set with the settings of a measurement."""
    width = {"normal": "sigmas", "poisson": "factors"}.get(sets.kind)
    allowed = {"inits": "inits", "bounds": "bounds"}
    if sets.kind != "free":
        allowed["auxdata"] = "auxdata"
    if width and sets.type not in _ALPHA:
        allowed[width] = "width"
    changes: dict[str, object] = {}
    for key in ("inits", "bounds", "auxdata", "factors", "sigmas"):
        value = getattr(config, key)
        if value is None:
            continue
        if key not in allowed:
            raise ConversionError(
                f"{sets.name!r} ({sets.type}) has no setting {key!r}",
                code="pyhf.setting",
                path=f"{path}/{key}",
                suggestions=nearest(key, allowed),
            )
        wanted = len(sets.fixed)
        if len(value) != wanted:
            raise ConversionError(
                f"{sets.name!r} needs {wanted} values of {key!r}, not {len(value)}",
                code="pyhf.length",
                path=f"{path}/{key}",
            )
        changes[allowed[key]] = value
    if config.fixed is not None:
        changes["fixed"] = (config.fixed,) * len(sets.fixed)
    return replace(sets, **changes)  # type: ignore[arg-type]
