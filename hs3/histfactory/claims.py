"""What the channels of a likelihood say about their parameters, collected and compared.

Modifiers in many samples and channels name the same parameter; each constraint must be counted
once, and two statements about one parameter must not contradict each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from hs3.dialects.base import Log
from hs3.dialects.constraints import Kind

from .meaning import Constraint


@dataclass
class Claims:
    """Statements about parameters, gathered over all channels of one likelihood.

    Attributes:
        named: constraint distributions by name → the parameter it is said to constrain (None for a
            list of parameters) and the first place that names it.
        kinds: parameter → the constraint that modifiers ask for by its kind.
        defaults: parameter → the constraint that holds if nothing else constrains the parameter.
        free: parameters that a modifier says are not constrained.
        nominal: parameter → the value at which the model is nominal (0 or 1).
        fixed: parameter → the place that keeps it constant unless the document says otherwise.
        bins: parameters that scale one bin each.
    """

    named: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    kinds: dict[str, Constraint] = field(default_factory=dict)
    defaults: dict[str, Constraint] = field(default_factory=dict)
    free: dict[str, None] = field(default_factory=dict)
    nominal: dict[str, float] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    bins: dict[str, None] = field(default_factory=dict)

    def name(self, distribution: str, parameter: str | None, path: str) -> None:
        """A modifier at `path` names the distribution that constrains `parameter`."""
        if distribution not in self.named:
            self.named[distribution] = (parameter, path)

    def kind(self, constraint: Constraint, log: Log) -> None:
        """A modifier asks for `constraint`; a different one for the same parameter is an error."""
        known = self.kinds.setdefault(constraint.parameter, constraint)
        if known is not constraint and not same(known, constraint):
            log.add(
                "constraint.conflict",
                constraint.path,
                f"{constraint.parameter!r} is constrained as {describe(constraint)} here, "
                f"and as {describe(known)} at {known.path}",
                constraint.parameter,
            )

    def sys(self, parameter: str, kind: Kind, nominal: float, path: str, log: Log) -> None:
        """A modifier of one parameter asks for a constraint of unit strength."""
        known = self.kinds.get(parameter)
        if known is not None and (known.kind, known.observed, known.scale) == (kind, nominal, 1.0):
            return
        made = unit_constraint(parameter, kind, nominal, path)
        if made is not None:
            self.kind(made, log)
        elif kind in ("const", "none"):
            self.free[parameter] = None
        else:
            log.add(
                "constraint.not_applicable",
                path,
                f"a {kind} constraint needs a parameter with nominal value 1; for {parameter!r} it "
                "is 0. Valid here: Gauss, Const, None",
                kind,
            )

    def bin(self, parameter: str, kind: Kind, relative: float, path: str, log: Log) -> None:
        """A modifier asks for a constraint of the given relative uncertainty on a bin's factor."""
        if kind in KINDS_OF_BINS:
            self.kind(bin_constraint(parameter, kind, relative, path), log)


KINDS_OF_BINS = ("gauss", "poisson", "lognormal", "gamma")


def unit_constraint(parameter: str, kind: Kind, nominal: float, path: str) -> Constraint | None:
    """The constraint of unit strength, or None where the kind makes none."""
    if kind == "gauss":
        return _made(parameter, kind, nominal, 1.0, path)
    if nominal == 1.0 and kind in KINDS_OF_BINS:
        return _made(parameter, kind, 1.0, 1.0, path)
    return None


def bin_constraint(parameter: str, kind: Kind, relative: float, path: str) -> Constraint:
    """The constraint of a factor around 1 with a relative uncertainty.

    Gauss and LogNormal have that width; Poisson and Gamma an auxiliary count of 1/relative².
    """
    if kind in ("poisson", "gamma"):
        tau = 1.0 / (relative * relative)
        return _made(parameter, kind, tau, tau, path)
    return _made(parameter, kind, 1.0, relative, path)


def _made(parameter: str, kind: Kind, observed: float, scale: float, path: str) -> Constraint:
    assert kind != "const"
    assert kind != "none"
    return Constraint(f"{parameter}_constraint", kind, parameter, observed, scale, path)


def same(a: Constraint, b: Constraint) -> bool:
    """True when two constraints have the same kind, parameter and, to rounding, numbers."""
    return (
        (a.kind, a.parameter) == (b.kind, b.parameter)
        and _close(a.observed, b.observed)
        and _close(a.scale, b.scale)
    )


def _close(a: float | str, b: float | str) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def describe(constraint: Constraint) -> str:
    """Short text: ``gauss(observed 1, scale 0.1)``."""
    numbers = [
        f"{v:.6g}" if isinstance(v, float) else v for v in (constraint.observed, constraint.scale)
    ]
    return f"{constraint.kind}(observed {numbers[0]}, scale {numbers[1]})"
