"""Backends of frameworks that evaluate likelihoods and do not read HS3: the document is converted.

What the conversion refuses, such a backend cannot express; it says why.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hs3.errors import ConversionError, ResolveError
from hs3.jsonio import read
from hs3.workspace import Workspace

from ..hs3suite_backend import points_of

Check = Mapping[str, Any]
Point = Mapping[str, float]


class CannotDo(NotImplementedError):
    """The framework has no such check, or cannot express such a model; the text says what."""


@dataclass(frozen=True)
class Parts:
    """Twice the negative log-likelihood, and what it consists of, each up to a constant.

    Attributes:
        total: of everything.
        channels: of the data of each distribution, by the name of the distribution.
        constraints: of each constrained parameter.
    """

    total: float
    channels: Mapping[str, float] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)


class Likelihood(ABC):
    """A likelihood in a framework, by the document's names of parameters."""

    @property
    @abstractmethod
    def parameters(self) -> Sequence[str]:
        """Names of the parameters that it depends on."""

    @abstractmethod
    def twice_nll(self, point: Point) -> float:
        """Twice the negative log-likelihood, up to a constant."""

    def parts(self, point: Point) -> Parts:
        """The same in parts, where the framework tells them."""
        return Parts(self.twice_nll(point))

    def counts(self, channel: str, point: Point) -> list[float]:
        """Expected counts of a channel."""
        raise CannotDo("expected counts of a channel")

    def fit(self, start: Point, fixed: Sequence[str]) -> dict[str, Any]:
        """Values and errors: ``{"parameters": {name: {"value", "error"}}, "twice_nll"}``."""
        raise CannotDo("fits")


class LikelihoodBackend(ABC):
    """A backend that evaluates a `Likelihood`."""

    name = ""

    def load_workspace(self, path: str) -> Workspace:
        """The document, as this package reads it."""
        return Workspace.from_json(read(path))

    def run_structure_check(self, workspace: Workspace, check: Check) -> None:
        """Not the framework's business: it never sees the document."""
        raise CannotDo(f"{self.name} does not read HS3 itself")

    def run_rejection(self, check: Check, path: str) -> None:
        """Not the framework's business either."""
        raise CannotDo(f"{self.name} does not read HS3 itself")

    @abstractmethod
    def likelihood(self, workspace: Workspace) -> Likelihood:
        """The likelihood of a document with one likelihood."""

    def run_twice_delta_nll_scan(
        self, workspace: Workspace, check: Check, path: str
    ) -> list[float]:
        """Twice the NLL at each point, less that at the reference point."""
        likelihood = self._of(workspace, check)
        reference = dict(check["reference_point"])
        zero = likelihood.twice_nll(reference)
        return [likelihood.twice_nll({**reference, **p}) - zero for p in points_of(check)]

    def run_likelihood_parts(
        self, workspace: Workspace, check: Check, path: str
    ) -> list[dict[str, Any]]:
        """The parts of the likelihood at each of the ``points``."""
        likelihood = self._of(workspace, check)
        return [dict(vars(likelihood.parts(point))) for point in check["points"]]

    def run_expected_counts(
        self, workspace: Workspace, check: Check, path: str
    ) -> list[list[float]]:
        """Expected counts of a channel at each point."""
        target = check["target"]
        if "sample" in target:
            raise CannotDo("single samples of a channel")
        likelihood = self._of(workspace, check)
        reference = dict(check["reference_point"])
        points = [{**reference, **p} for p in points_of(check)]
        return [likelihood.counts(target["channel"], point) for point in points]

    def run_fit(self, workspace: Workspace, check: Check, path: str) -> dict[str, Any]:
        """The best fit from the reference point."""
        likelihood = self._of(workspace, check)
        start = dict(check["reference_point"])
        zero = likelihood.twice_nll(start)
        found = likelihood.fit(start, check.get("fixed", ()))
        return {**found, "twice_delta_nll": found["twice_nll"] - zero}

    def _of(self, workspace: Workspace, check: Check) -> Likelihood:
        with refusals():
            return self.likelihood(reduced(workspace, check["target"]))


def reduced(workspace: Workspace, target: Mapping[str, Any]) -> Workspace:
    """The document with the target's likelihood as the only one, and no analysis.

    Args:
        workspace: the document.
        target: ``likelihood``, or ``pdf`` and ``data``, or neither for a document as it is.
    """
    if "likelihood" in target:
        chosen = [e for e in workspace.likelihoods or () if e.name == target["likelihood"]]
        return workspace.model_copy(update={"likelihoods": tuple(chosen), "analyses": None})
    if "pdf" in target:
        entry = {"name": "target", "distributions": [target["pdf"]], "data": [target["data"]]}
        document = workspace.to_json()
        document.pop("analyses", None)
        return Workspace.from_json({**document, "likelihoods": [entry]})
    return workspace


@contextmanager
def refusals() -> Iterator[None]:
    """Tell what a conversion refuses as something that the framework cannot express."""
    try:
        yield
    except (ConversionError, ResolveError) as error:
        raise CannotDo(error.message) from error
