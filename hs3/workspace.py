"""The whole document: `Workspace`, and the way from text to it and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from hs3 import jsonio
from hs3.analyses import Analysis
from hs3.base import Part
from hs3.data import AnyData, Data
from hs3.distributions import AnyDistribution, Distribution
from hs3.domains import AnyDomain, Domain
from hs3.errors import DocumentError, ResolveError
from hs3.findings import Finding, nearest, pointer
from hs3.functions import AnyFunction, Function
from hs3.likelihoods import Likelihood
from hs3.metadata import Metadata
from hs3.parameter_points import ParameterPoint
from hs3.validation import findings_of


class Workspace(Part):
    """An HS3 document, verbatim: what was read is what is written.

    Every section is optional and may be null; sections that the standard does not have are kept.
    """

    distributions: tuple[AnyDistribution, ...] | None = None
    functions: tuple[AnyFunction, ...] | None = None
    data: tuple[AnyData, ...] | None = None
    likelihoods: tuple[Likelihood, ...] | None = None
    domains: tuple[AnyDomain, ...] | None = None
    parameter_points: tuple[ParameterPoint, ...] | None = None
    analyses: tuple[Analysis, ...] | None = None
    metadata: Metadata | None = None
    misc: dict[str, Any] | None = None

    @classmethod
    def from_json(cls, data: Any) -> Workspace:
        """The document that JSON data stands for.

        Raises:
            DocumentError: with one finding for every place that does not fit.
        """
        try:
            with jsonio.without_gc():
                return cls.model_validate(data)
        except ValidationError as error:
            raise DocumentError(findings_of(error, data)) from None

    def to_json(self) -> dict[str, Any]:
        """Exactly the JSON data that the document was read from."""
        with jsonio.without_gc():
            return super().to_json()

    def distribution(self, name: str) -> Distribution:
        """The distribution called `name`.

        Raises:
            ResolveError: there is none (so do the methods below); the nearest names are given.
        """
        found: Distribution = self._find("distributions", name)
        return found

    def function(self, name: str) -> Function:
        """The function called `name`."""
        found: Function = self._find("functions", name)
        return found

    def datum(self, name: str) -> Data:
        """The data object called `name`."""
        found: Data = self._find("data", name)
        return found

    def likelihood(self, name: str) -> Likelihood:
        """The likelihood called `name`."""
        found: Likelihood = self._find("likelihoods", name)
        return found

    def domain(self, name: str) -> Domain:
        """The domain called `name`."""
        found: Domain = self._find("domains", name)
        return found

    def parameter_point(self, name: str) -> ParameterPoint:
        """The parameter point called `name`."""
        found: ParameterPoint = self._find("parameter_points", name)
        return found

    def analysis(self, name: str) -> Analysis:
        """The analysis called `name`."""
        found: Analysis = self._find("analyses", name)
        return found

    @cached_property
    def tables(self) -> Mapping[str, Mapping[str, tuple[int, Any]]]:
        """Section → name → (index, entry); of two entries with one name the first counts."""
        tables: dict[str, dict[str, tuple[int, Any]]] = {}
        for section in NAMED_SECTIONS:
            table = tables[section] = {}
            for index, entry in enumerate(getattr(self, section) or ()):
                table.setdefault(entry.name, (index, entry))
        return tables

    def _find(self, section: str, name: str) -> Any:
        table = self.tables[section]
        if name in table:
            return table[name][1]
        finding = Finding(
            "reference.unresolved",
            pointer(section),
            f"there is nothing called {name!r} in `{section}`",
            value=name,
            suggestions=nearest(name, table),
        )
        raise ResolveError([finding])


NAMED_SECTIONS = (
    "distributions",
    "functions",
    "data",
    "likelihoods",
    "domains",
    "parameter_points",
    "analyses",
)
"""The sections whose entries have names."""

SECTIONS = (*NAMED_SECTIONS, "metadata", "misc")
"""All sections of the standard."""


def loads(text: str | bytes, *, limits: jsonio.Limits = jsonio.LIMITS) -> Workspace:
    """The document in a JSON text.

    Raises:
        ReadError, SyntaxReadError: the text is not strict JSON, or breaks a limit.
        DocumentError: it is JSON, but not an HS3 document.
    """
    return Workspace.from_json(jsonio.parse(text, limits=limits))


def dumps(workspace: Workspace, indent: int | None = None) -> str:
    """JSON text of a document; ``dumps(loads(text))`` equals `text` as JSON.

    Raises:
        WriteError: the document holds what JSON does not have.
    """
    return jsonio.dumps(workspace.to_json(), indent)


def canonical(workspace: Workspace) -> bytes:
    """The one spelling of a document that its hash is taken of (see `hs3.jsonio.canonical`)."""
    return jsonio.canonical(workspace.to_json())


def sha256(workspace: Workspace) -> str:
    """SHA-256 of the canonical form: equal for documents that are equal as JSON."""
    return jsonio.sha256(workspace.to_json())
