"""What a command reads: the file, how to read it, and what of it to take."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypedDict

import typer

from hs3.cli import options
from hs3.cli.signature import Spread, optional, part
from hs3.cli.terminal import progress
from hs3.cli.values import assignments, held, measurements

if TYPE_CHECKING:
    from hs3.engine import FitResult, Model
    from hs3.findings import Report
    from hs3.graph import Graph
    from hs3.workspace import Workspace


_READING: dict[str, Any] = {
    "patch": options.Patch,
    "patch_name": options.PatchName,
    "measurement": options.Measurement,
    "interpolation": options.Interpolation,
    "workspace": options.WorkspaceName,
    "root_dir": options.RootDir,
    "mass": options.Mass,
    "morphing": options.Morphing,
}
_CHOICE: dict[str, Any] = {
    "analysis": options.Analysis,
    "likelihood": options.Likelihood,
    "pdf": options.Pdf,
    "data": options.Data,
}


class Choice(TypedDict):
    """Which part of a document to take; None: what `hs3.resolve.resolve` takes by itself."""

    analysis: str | None
    likelihood: str | None
    pdf: str | None
    data: str | None


@dataclass(frozen=True)
class Document(Spread):
    """A file and how to read it.

    Attributes:
        file: its path.
        reading: the options of `hs3.read` that were given.
    """

    file: str
    reading: dict[str, Any]

    @classmethod
    def parts(cls) -> Iterator[inspect.Parameter]:
        """The file."""
        yield part("file", options.File)

    @classmethod
    def last(cls) -> Iterator[inspect.Parameter]:
        """How to read it."""
        yield from optional(_READING)

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """The document that was given."""
        reading = {name: given.pop(name) for name in _READING}
        found = {name: value for name, value in reading.items() if value is not None}
        return cls(given.pop("file"), found, **cls._more(given))

    @classmethod
    def _more(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Fields beside the file and how to read it."""
        return {}

    def read(self) -> tuple[Workspace, Report]:
        """The workspace in it, and what was assumed in reading.

        Raises:
            HS3Error: as `hs3.read`.
        """
        import hs3

        with progress(f"reading {self.file}"):
            return hs3.read(self.file, **self.reading)


@dataclass(frozen=True)
class Chosen(Document):
    """A document, and the part of it that is the model.

    Attributes:
        choice: analysis, likelihood, pdf and data, as `hs3.resolve.resolve` takes them.
        constrain: ``FUNCTION=VALUE±ERROR``, measurements that are added to the document.
    """

    choice: Choice
    constrain: tuple[str, ...] = ()

    @classmethod
    def parts(cls) -> Iterator[inspect.Parameter]:
        """The file, and what to take from it."""
        yield from super().parts()
        yield from optional(_CHOICE)
        yield part("constrain", options.Constrain, None)

    @classmethod
    def _more(cls, given: dict[str, Any]) -> dict[str, Any]:
        choice = {name: given.pop(name) for name in _CHOICE}
        return {"choice": choice, "constrain": tuple(given.pop("constrain") or ())}

    def read(self) -> tuple[Workspace, Report]:
        """The workspace with all measurements, and what was assumed in reading.

        Raises:
            HS3Error: as `hs3.read` and `hs3.constrain`.
        """
        import hs3

        workspace, report = super().read()
        added = measurements(self.constrain)
        if added and self.choice["pdf"] is not None:
            raise typer.BadParameter("--constrain adds to a likelihood; --pdf has none")
        place = {key: self.choice[key] for key in ("analysis", "likelihood")}
        for function, (value, error) in added.items():
            workspace = hs3.constrain(workspace, function, value, error, **place)
        return workspace, report

    def graph(self) -> tuple[Graph, Report]:
        """The resolved likelihood, and all findings on the way.

        Raises:
            HS3Error: as `hs3.read` and `hs3.resolve.resolve`.
        """
        from hs3.resolve import resolve

        workspace, report = self.read()
        with progress(f"resolving {self.file}"):
            graph = resolve(workspace, **self.choice)
        return graph, report + graph.report

    def model(self) -> tuple[Model, Report]:
        """The compiled likelihood, and all findings on the way.

        Raises:
            HS3Error: as `graph` and `hs3.engine.compile`.
        """
        graph, report = self.graph()
        with progress("compiling"):
            from hs3 import engine  # inside: importing JAX takes a good part of the time

            return engine.compile(graph), report

    def fitted(self, fix: Sequence[str] | None, free: Sequence[str] | None) -> Fitted:
        """The compiled likelihood and its best fit.

        Args:
            fix: ``NAME`` or ``NAME=VALUE``, to hold.
            free: constant parameters to let float.

        Raises:
            FitError: the fit did not converge.
            HS3Error: as `model`.
        """
        model, report = self.model()
        with progress("fitting (a model of a new shape is compiled first)"):
            from hs3 import engine
            from hs3.engine.profile import converged

            result = converged(engine.fit(model, fixed=held(model, fix or ()), free=free or ()))
        return Fitted(model, result, report)


@dataclass(frozen=True)
class Measured(Chosen):
    """A model, and the data that it is to be fitted to.

    Attributes:
        asimov: values at which the data are what is expected; None for the document's data.
    """

    asimov: Mapping[str, float] | None = None

    @classmethod
    def parts(cls) -> Iterator[inspect.Parameter]:
        """The file, what to take from it, and the data."""
        yield from super().parts()
        yield part("asimov", options.Asimov, False)
        yield part("at", options.At, None)

    @classmethod
    def _more(cls, given: dict[str, Any]) -> dict[str, Any]:
        asimov, at = given.pop("asimov"), given.pop("at")
        if at and not asimov:
            raise typer.BadParameter("--at is the true value of Asimov data: give --asimov, too")
        return super()._more(given) | {"asimov": assignments(at or ()) if asimov else None}

    def model(self) -> tuple[Model, Report]:
        """As `Chosen.model`, with the data that were asked for."""
        from hs3.findings import Finding
        from hs3.findings import Report as Findings

        model, report = super().model()
        if self.asimov is None:
            return model, report
        at = ", ".join(f"{name} = {value:g}" for name, value in self.asimov.items())
        said = f"the data are what is expected at {at or 'the values of the document'}"
        note = Finding("command.asimov", "", said, dict(self.asimov) or None)
        return model.with_data(model.expected_data(self.asimov)), report + Findings((note,))


@dataclass(frozen=True)
class Fitted:
    """A model, its fit, and what was found on the way."""

    model: Model
    fit: FitResult
    report: Report

    def findings(self) -> dict[str, Any]:
        """The findings as JSON data."""
        return {"findings": self.report.to_dict()["findings"]}
