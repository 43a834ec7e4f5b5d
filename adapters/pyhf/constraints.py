"""Which constraints follow from a modifier's kind, and which need a distribution of their own.

HS3's kinds fix the form: ``Gauss`` on a normsys or histosys is N(0 | alpha, 1), on a staterror
N(1 | gamma, sigma) with sigma from the errors of the channel's samples, ``Poisson`` on a shapesys
is Pois(tau | tau gamma). Everything else that pyhf has (a luminosity, other auxiliary data, other
widths) becomes an explicit distribution in the likelihood's ``aux_distributions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hs3.findings import Finding

from . import schema
from .names import Names
from .parameters import Numbers, ParameterSet, uses

Sets = Mapping[str, ParameterSet]


def explicit_sets(
    source: schema.PyhfWorkspace, defaults: Sets, configured: Sequence[Sets]
) -> frozenset[str]:
    """Names of the parameter sets whose constraints have to be written out one by one."""
    changed = {
        name
        for name, default in defaults.items()
        for sets in configured
        if (sets[name].auxdata, sets[name].width) != (default.auxdata, default.width)
    }
    return frozenset(changed | _entangled_staterrors(source))


def _entangled_staterrors(source: schema.PyhfWorkspace) -> set[str]:
    """Staterrors whose sigma does not follow from the errors of the samples of their channel.

    A sample has one list of errors, and the standard sums over all samples of the channel that
    carry a staterror; several staterrors in one channel need more than that.
    """
    channels: dict[str, set[str]] = {}
    for use in uses(source):
        if use.modifier.type == "staterror":
            channels.setdefault(use.channel.name, set()).add(use.modifier.name)
    return {name for names in channels.values() if len(names) > 1 for name in names}


def staterror_findings(source: schema.PyhfWorkspace, explicit: frozenset[str]) -> Iterator[Finding]:
    """One finding for each staterror whose constraints are written out."""
    seen: set[str] = set()
    for use in uses(source):
        name = use.modifier.name
        if use.modifier.type == "staterror" and name in explicit and name not in seen:
            seen.add(name)
            message = (
                f"the staterror {name!r} is written as a shapefactor with explicit constraints: "
                "they do not follow from the errors of the samples of one channel"
            )
            yield Finding("pyhf.staterror_explicit", use.path, message, name)


class Auxiliaries:
    """The explicit constraint distributions, each made once however many measurements want it.

    Attributes:
        distributions: their HS3 JSON.
        functions: the products that Poisson constraints with a rate factor need.
    """

    def __init__(
        self, explicit: frozenset[str], parameters: Mapping[str, Sequence[str]], names: Names
    ) -> None:
        self._explicit = explicit
        self._parameters = parameters
        self._names = names
        self._made: dict[tuple[str, float, float], str] = {}
        self.distributions: list[dict[str, Any]] = []
        self.functions: list[dict[str, Any]] = []

    def of(self, sets: Sets, defaults: Sets) -> list[str]:
        """Names of the auxiliary distributions of one measurement."""
        return [
            self._distribution(parameter, b)
            for name, parameter in sets.items()
            for b in self._bins(parameter, defaults[name])
        ]

    def _bins(self, parameter: ParameterSet, default: ParameterSet) -> Iterator[int]:
        """Where a distribution is needed.

        A staterror's bin without uncertainty is one: the standard has no constraint there, while
        pyhf keeps the constant N(1 | gamma, 1).
        """
        for b in range(len(parameter.auxdata)):
            constant = default.type == "staterror" and default.fixed[b]
            if parameter.name in self._explicit or constant:
                yield b

    def _distribution(self, parameter: ParameterSet, b: int) -> str:
        name = self._parameters[parameter.name][b]
        key = (name, parameter.auxdata[b], parameter.width[b])
        if key not in self._made:
            self._made[key] = self._names.take(f"{name}_constraint")
            body = self._gauss(*key) if parameter.kind == "normal" else self._poisson(*key)
            self.distributions.append({"name": self._made[key], **body})
        return self._made[key]

    def _gauss(self, parameter: str, aux: float, sigma: float) -> dict[str, Any]:
        return {"type": "gaussian_dist", "x": parameter, "mean": aux, "sigma": sigma}

    def _poisson(self, parameter: str, aux: float, factor: float) -> dict[str, Any]:
        rate = parameter
        if factor != 1:
            rate = self._names.take(f"{parameter}_rate")
            self.functions.append({"name": rate, "type": "product", "factors": [factor, parameter]})
        return {"type": "poisson_dist", "x": aux, "mean": rate}


def shapesys_vals(nominal: Numbers, uncertainty: Numbers) -> list[float]:
    """Relative uncertainties, with tau = 1/vals².

    A bin where pyhf has no tau (a count or an uncertainty that is not positive) gets 1, because
    pyhf keeps the term Pois(1 | gamma) there.
    """
    return [u / n if n > 0 and u > 0 else 1.0 for n, u in zip(nominal, uncertainty, strict=True)]
