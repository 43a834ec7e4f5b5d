"""The resolved graph of one likelihood: names bound, kinds checked, no cycles, nothing invented.

`hs3.resolve.resolve` makes it from a `Workspace`; the engine compiles it. Plain frozen data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hs3.findings import Report
from hs3.histfactory.meaning import Channel, Constraint

if TYPE_CHECKING:
    from hs3.distributions import Distribution
    from hs3.functions import Function
    from hs3.workspace import Workspace


@dataclass(frozen=True)
class Parameter:
    """A number that the model depends on.

    Attributes:
        name: its name in the document.
        value: where a fit starts.
        min: lower bound, ``-inf`` when there is none.
        max: upper bound, ``inf`` when there is none.
        const: True when a fit keeps it at `value`.
        path: where its value comes from.
    """

    name: str
    value: float
    min: float
    max: float
    const: bool
    path: str


@dataclass(frozen=True)
class Term:
    """A distribution that is not a HistFactory channel, with its data.

    Attributes:
        distribution: the typed distribution.
        data: the typed data object, an inline number, or None for an auxiliary distribution, whose
            variates are all parameters, and for a pdf that was asked for without data.
        observables: the names that are observables here: name → (min, max).
    """

    distribution: Distribution
    data: Any
    observables: dict[str, tuple[float, float]]
    path: str


@dataclass(frozen=True)
class Graph:
    """Everything one likelihood needs, in an order in which it can be evaluated.

    Attributes:
        workspace: the document it comes from.
        name: name of the likelihood (or of the pdf where only a pdf was asked for).
        analysis: name of the analysis, or None.
        channels: HistFactory channels with their observed counts.
        terms: every other factor of the likelihood.
        constraints: each auxiliary measurement once.
        functions: the functions that channels, terms and constraints need, dependencies first.
        distributions: the distributions that terms refer to, dependencies first; those of the
            terms themselves are not among them.
        parameters: in the order of the analysis' initial point, then of first use.
        pois: names of the parameters of interest.
        report: everything found on the way, dialect rules included.
    """

    workspace: Workspace
    name: str
    analysis: str | None
    channels: tuple[Channel, ...]
    terms: tuple[Term, ...]
    constraints: tuple[Constraint, ...]
    functions: tuple[Function, ...]
    distributions: tuple[Distribution, ...]
    parameters: tuple[Parameter, ...]
    pois: tuple[str, ...]
    report: Report

    def parameter(self, name: str) -> Parameter:
        """The parameter called `name`.

        Raises:
            KeyError: the likelihood does not depend on such a parameter.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)
