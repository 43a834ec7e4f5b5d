"""Modifiers with one parameter per bin: shapefactor, shapesys and staterror.

The three differ only in where the uncertainty of a bin comes from: nowhere, from the modifier, or
from the statistical errors of all samples of the channel that share the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeVar

import numpy as np

from hs3.dialects import constraints as spelling
from hs3.dialects import histfactory as rules
from hs3.dialects.base import Log, Rule, Writer
from hs3.distributions.histfactory import HistFactoryDist

from .claims import Claims
from .meaning import BinFactors, FloatArray
from .modifiers import Modifier, ShapeFactorModifier, ShapeSysModifier, StatErrorModifier

SMALLEST = 1e-150
"""Relative uncertainties up to here are none: the auxiliary count, 1/r², would be infinite."""

T = TypeVar("T")
Names = tuple[str, ...]


@dataclass
class _StatErrors:
    """The staterrors of a channel that share their parameters, and the samples that carry them."""

    path: str
    nominal: FloatArray
    variance: FloatArray
    said: list[tuple[spelling.Spelled, str]] = field(default_factory=list)


class BinReader:
    """Reads the modifiers per bin of one channel; `finish` settles what samples share."""

    def __init__(
        self,
        dist: HistFactoryDist,
        path: str,
        writer: Writer,
        claims: Claims,
        shape: tuple[int, ...],
        log: Log,
    ) -> None:
        self.path, self.writer, self.claims, self.log = path, writer, claims, log
        self.shape, self.count = shape, int(np.prod(shape))
        self.channel = rules.channel_name(dist.name)
        settings = (dist.model_extra or {}).get("staterror")
        self.settings = settings if isinstance(settings, dict) else {}
        self.groups: dict[Names, _StatErrors] = {}

    def shapefactor(
        self, spelled: ShapeFactorModifier, said: spelling.Spelled, name: str, path: str
    ) -> BinFactors | None:
        """A factor per bin, free unless the modifier names or asks for constraints."""
        parameters = self._names(spelled, name, path)
        if parameters is None:
            return None
        ones = np.ones(self.count)
        if (
            said.name is not None
            or said.names is not None
            or said.kind not in (None, "none", "const")
        ):
            self._constrain(parameters, ones, said, path)
        return self._factors(name, parameters, "shapefactor", path)

    def shapesys(
        self,
        spelled: ShapeSysModifier,
        said: spelling.Spelled,
        name: str,
        nominal: FloatArray,
        path: str,
    ) -> BinFactors | None:
        """A factor per bin with the uncertainties that the modifier gives."""
        parameters = self._names(spelled, name, path)
        vals = spelled.data.vals if spelled.data is not None else ()
        if parameters is None or not self._fits(vals, f"{path}/data/vals"):
            return None
        if not any(vals):
            # Constraints that are named count even where the numbers are missing.
            if said.name is not None or said.names is not None:
                self._constrain(parameters, np.ones(self.count), said, path)
            else:
                self.log.fired(rules.shapesys_zero, path)
            return self._factors(name, parameters, "shapesys", path)
        if said.kind is None and said.name is None and said.names is None:
            default = self.log.apply(spelling.shapesys_default, path)
            said = spelling.Spelled(kind=default)
        numbers = np.array(self._in_order(vals, path), dtype=np.float64)
        if (numbers < 0.0).any():
            self.log.add("histfactory.negative_uncertainty", f"{path}/data/vals", "negative `vals`")
            return None
        rule = self._meaning_of_vals(said)
        relative = self.log.apply(rule, path, numbers, nominal)
        self._constrain(parameters, relative, said, path)
        return self._factors(name, parameters, "shapesys", path)

    def _meaning_of_vals(
        self, said: spelling.Spelled
    ) -> Rule[[FloatArray, FloatArray], FloatArray]:
        if self.writer.is_any("pyhs3", "nextstat"):
            return rules.shapesys_absolute
        if said.kind == "poisson" and self.writer.root_before(6, 32):
            return rules.shapesys_tau
        return rules.shapesys_relative

    def staterror(
        self,
        spelled: StatErrorModifier,
        said: spelling.Spelled,
        name: str,
        nominal: FloatArray,
        errors: FloatArray | None,
        path: str,
    ) -> BinFactors | None:
        """A factor per bin; the uncertainties follow when all samples are known (`finish`)."""
        parameters = self._names(spelled, f"stat_{self.channel}", path)
        given = spelled.data.uncertainties if spelled.data is not None else None
        if parameters is None or (given is not None and not self._fits(given, f"{path}/data")):
            return None
        if given is not None:
            errors = self.log.apply(
                rules.staterror_uncertainties, path, np.array(given, dtype=np.float64)
            )
        if errors is None:
            errors = self.log.apply(rules.missing_errors, path, nominal)
        group = self.groups.get(parameters)
        if group is None:
            zeros = np.zeros(self.count)
            group = self.groups[parameters] = _StatErrors(path, zeros, zeros)
        with np.errstate(over="ignore"):  # contents near the largest float64 add up to infinity
            group.nominal = group.nominal + nominal
            group.variance = group.variance + errors**2
        group.said.append((said, path))
        return self._factors(name, parameters, "staterror", path)

    def finish(self) -> None:
        """Constrain the parameters of the staterrors, now that all samples are known."""
        for parameters, group in self.groups.items():
            sigma = np.sqrt(group.variance)
            some = group.nominal > 0.0
            with np.errstate(over="ignore"):  # hardly any events have an infinite relative error
                relative = np.divide(sigma, group.nominal, out=np.zeros(self.count), where=some)
            # The n-th relative uncertainty belongs to the n-th parameter of the list, not of the
            # bins: ROOT divides `errors` by `contents` entry by entry when it reads and writes.
            relative = np.array(self._in_order(tuple(relative.tolist()), group.path))
            for said, path in self._statements(group):
                self._constrain(parameters, relative, said, path)
            self._apply_threshold(parameters, relative)

    def _statements(self, group: _StatErrors) -> list[tuple[spelling.Spelled, str]]:
        """What the samples say about the constraint, each thing once; a default if nothing."""
        said = {s: p for s, p in reversed(group.said) if s is not spelling.NOTHING}
        if said:
            return list(said.items())
        kind = spelling.KINDS.get(str(self.settings.get("constraint_type", "?")).lower())
        if kind is not None:
            self.log.apply(rules.channel_settings, self.path, kind)
            return [(spelling.Spelled(kind=kind), group.path)]
        default = self.log.apply(spelling.staterror_default, group.path)
        return [(spelling.Spelled(kind=default), group.path)]

    def _apply_threshold(self, parameters: Names, relative: FloatArray) -> None:
        threshold = self.settings.get("relThreshold", 0.0)
        if not isinstance(threshold, int | float) or threshold <= 0.0:
            return
        for parameter, r in zip(parameters, relative.tolist(), strict=True):
            if r < threshold:
                self.log.fired(rules.below_threshold, self.path)
                self.claims.fixed.setdefault(parameter, self.path)

    # --- shared ---------------------------------------------------------------------------------

    def _names(self, spelled: Modifier, base: str, path: str) -> Names | None:
        """One parameter per bin, in row-major order of the bins."""
        listed = spelled.parameters
        if listed:
            if len(listed) != self.count:
                self.log.add(
                    "histfactory.length",
                    f"{path}/parameters",
                    f"{len(listed)} parameters for {self.count} bins",
                    len(listed),
                )
                return None
            names = listed
        elif spelled.parameter is not None and self.count == 1:
            names = self.log.apply(rules.one_bin, path, spelled.parameter)
        else:
            names = self.log.apply(rules.bin_names, path, spelled.parameter or base, self.count)
        return self._in_order(names, path)

    def _in_order(self, items: tuple[T, ...], path: str) -> tuple[T, ...]:
        """The items of a list per bin in row-major order, whatever the writer's order."""
        if len(self.shape) == 1 or not self.writer.root:
            return items
        order = self.log.apply(rules.first_axis_fastest, path, self.shape)
        return tuple(items[i] for i in order)

    def _fits(self, numbers: tuple[int | float, ...], path: str) -> bool:
        if numbers and len(numbers) != self.count:
            message = f"{len(numbers)} numbers for {self.count} bins"
            self.log.add("histfactory.length", path, message, len(numbers))
            return False
        return True

    def _factors(
        self,
        name: str,
        parameters: Names,
        kind: Literal["shapefactor", "shapesys", "staterror"],
        path: str,
    ) -> BinFactors:
        for parameter in parameters:
            self.claims.nominal.setdefault(parameter, 1.0)
            self.claims.bins[parameter] = None
        return BinFactors(name, parameters, kind, path)

    def _constrain(
        self, parameters: Names, relative: FloatArray, said: spelling.Spelled, path: str
    ) -> None:
        """Say to the claims what holds for each bin's parameter."""
        if not np.isfinite(relative).all():
            message = "an uncertainty is infinite compared with the counts of its bin"
            self.log.add("constraint.nonpositive_scale", path, message)
            return
        if said.names is not None:
            self._constrain_by_names(parameters, relative, said.names, path)
        elif said.name is not None:
            self.claims.name(said.name, parameters[0] if self.count == 1 else None, path)
        elif said.kind == "const":
            self.log.fired(rules.bins_constant, path)
            for parameter in parameters:
                self.claims.fixed.setdefault(parameter, path)
        elif said.kind is not None and said.kind != "none":
            for parameter, r in zip(parameters, relative.tolist(), strict=True):
                if r > SMALLEST:
                    self.claims.bin(parameter, said.kind, r, path, self.log)
                else:
                    self._fix(parameter, path)

    def _constrain_by_names(
        self, parameters: Names, relative: FloatArray, names: tuple[str | None, ...], path: str
    ) -> None:
        if len(names) != self.count:
            message = f"{len(names)} constraints for {self.count} bins"
            self.log.add("histfactory.length", f"{path}/constraints", message, len(names))
            return
        ordered = self._in_order(names, path)
        for parameter, name, r in zip(parameters, ordered, relative.tolist(), strict=True):
            if name is not None:
                self.claims.name(name, parameter, path)
            elif r <= SMALLEST:
                self._fix(parameter, path)

    def _fix(self, parameter: str, path: str) -> None:
        self.log.fired(rules.zero_uncertainty, path)
        self.claims.fixed.setdefault(parameter, path)
