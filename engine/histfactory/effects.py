r"""What modifiers compute for each bin: functions of the observables, types of other packages.

The arrays of `Blocks` know nothing of them. What is computed for each bin becomes further inputs of
the program, beside parameters and functions, and these scale bins as per-bin factors do:

- a factor :math:`\kappa_b(\theta)` scales the bins of its sample;
- an additive effect :math:`\delta_b(\theta)` scales the bins of a sample of its own, one event per
  bin, which has the other factors of the sample that it is added to:
  :math:`(n_b + \delta_b)\prod\kappa = n_b\prod\kappa + 1\cdot\delta_b\prod\kappa`.

So rates and their exact derivatives hold for them too, by the chain rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, singledispatch

import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import CompileError
from hs3.functions.base import Function
from hs3.graph import Graph
from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Channel,
    Effect,
    FloatArray,
    HistoSys,
    Sample,
)
from hs3.histfactory.meaning import Modifier as Meaning
from hs3.histfactory.modifiers import EffectModifier
from hs3.jsonio import dumps

from ..functions.base import Scope, evaluate_all
from ..needed import needed


@singledispatch
def effect(modifier: EffectModifier, scope: Scope, nominal: Array) -> Array:
    """What a modifier adds to each bin, or the factor it scales each bin with, shape (bins,).

    Args:
        modifier: as the document has it; `modifier.additive` tells which of the two is meant.
        scope: gives the value of each name, shape ().
        nominal: nominal counts of the sample, shape (bins,).

    Raises:
        CompileError: no function is attached to the type.
    """
    raise CompileError(
        f"modifiers of type {modifier.type!r} cannot be evaluated",
        code="compile.unknown_modifier_type",
        value=modifier.type,
    )


@dataclass(frozen=True, eq=False)
class BinEffect:
    """An effect on one sample; two are equal when they say the same.

    Attributes:
        modifier: as the document has it.
        nominal: nominal counts of the sample, shape (bins,).
        path: where the modifier stands.
    """

    modifier: EffectModifier
    nominal: FloatArray
    path: str

    @cached_property
    def _key(self) -> tuple[object, ...]:
        kind = type(self.modifier)
        return kind, dumps(self.modifier.to_json()), self.nominal.tobytes()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BinEffect) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs that hold the values; no document can have such names by chance."""
        return tuple(f"\0{self.path}[{b}]" for b in range(len(self.nominal)))

    def values(self, scope: Scope) -> Array:
        """The effect on each bin, shape (bins,).

        Raises:
            CompileError: what the function gives does not fit the bins.
        """
        found = jnp.asarray(effect(self.modifier, scope, jnp.asarray(self.nominal)))
        bins = len(self.nominal)
        if found.shape not in ((), (bins,)):
            raise CompileError(
                f"{self.modifier.type!r} gives an array of shape {found.shape} for {bins} bins",
                path=self.path,
            )
        return jnp.broadcast_to(found, (bins,))


@dataclass(frozen=True, eq=False)
class BinValues:
    """A function in the middle of each bin; two are equal when they say the same.

    Attributes:
        functions: the function, after those that it depends on.
        centres: observable → middle of each bin, shape (bins,).
        path: where the modifier stands.
    """

    functions: tuple[Function, ...]
    centres: Mapping[str, FloatArray]
    path: str

    @cached_property
    def _key(self) -> tuple[object, ...]:
        centres = tuple((name, at.tobytes()) for name, at in self.centres.items())
        return dumps([f.to_json() for f in self.functions]), centres, self.path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BinValues) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs that hold the values; no document can have such names by chance."""
        (bins,) = {len(at) for at in self.centres.values()}
        return tuple(f"\0{self.path}[{b}]" for b in range(bins))

    def values(self, scope: Scope) -> Array:
        """The value in each bin, shape (bins,).

        Raises:
            CompileError: a function cannot be evaluated.
        """
        results = evaluate_all(self.functions, {**scope.values, **self.centres})
        return jnp.broadcast_to(results[self.functions[-1].name], (len(self.names),))


BinInput = BinEffect | BinValues


def lowered(graph: Graph) -> tuple[tuple[Channel, ...], tuple[BinInput, ...]]:
    """The channels with per-bin factors in place of what computes bins, and what computes them.

    Additive effects make samples at the end of the channel, with the name of the sample that they
    are added to.

    Raises:
        CompileError: an additive effect on a sample that is clipped at zero.
    """
    computed: list[BinInput] = []
    out = []
    for channel in graph.channels:
        samples = [_sample(sample, channel, graph, computed) for sample in channel.samples]
        added = [extra for _, extras in samples for extra in extras]
        out.append(replace(channel, samples=(*(kept for kept, _ in samples), *added)))
    return tuple(out), tuple(computed)


def _sample(
    sample: Sample, channel: Channel, graph: Graph, computed: list[BinInput]
) -> tuple[Sample, list[Sample]]:
    """A sample without what computes bins, and the samples for its additive effects."""
    factors: list[Meaning] = []
    shifts: list[Meaning] = []
    for modifier in sample.modifiers:
        made: BinInput
        match modifier:
            case Effect():
                made = BinEffect(modifier.spelled, sample.nominal, modifier.path)
            case BinFunction():
                functions = needed(graph, [modifier.function])
                made = BinValues(functions, channel.centres, modifier.path)
            case _:
                factors.append(modifier)
                continue
        computed.append(made)
        bins = BinFactors(modifier.name, made.names, "shapefactor", modifier.path)
        additive = isinstance(modifier, Effect) and modifier.spelled.additive
        (shifts if additive else factors).append(bins)
    if shifts and sample.clip:
        message = f"{shifts[0].name!r} cannot be added to {sample.name!r}, which is clipped at zero"
        raise CompileError(message, path=shifts[0].path)
    common = tuple(m for m in factors if not isinstance(m, HistoSys))
    one = np.ones_like(sample.nominal)
    extras = [
        Sample(sample.name, one, None, (*common, shift), False, shift.path) for shift in shifts
    ]
    return replace(sample, modifiers=tuple(factors)), extras
