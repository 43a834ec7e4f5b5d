"""What a command reads: the file, how to read it, and what of it to take.

A command says in its signature that it wants a `Document` or a `Chosen`; `command` puts the
arguments and options of it in its place. Every command so understands the same ones.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import typer

from hs3.cli import options
from hs3.cli.terminal import progress
from hs3.cli.values import assignments, held, measurements

if TYPE_CHECKING:
    from hs3.engine import FitResult, Model
    from hs3.findings import Report
    from hs3.graph import Graph
    from hs3.workspace import Workspace


class Choice(TypedDict):
    """Which part of a document to take; None: what `hs3.resolve.resolve` takes by itself."""

    analysis: str | None
    likelihood: str | None
    pdf: str | None
    data: str | None


@dataclass(frozen=True)
class Document:
    """A file and how to read it.

    Attributes:
        file: its path.
        reading: the options of `hs3.read` that were given.
    """

    file: str
    reading: dict[str, Any]

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
        place = {key: self.choice[key] for key in ("analysis", "likelihood")}  # type: ignore[literal-required]
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
_MORE: dict[type[Document], dict[str, Any]] = {
    Document: {},
    Chosen: {**_CHOICE, "constrain": options.Constrain},
    Measured: {**_CHOICE, "constrain": options.Constrain, "at": options.At},
}
"""What a source takes beside its file and the options of reading."""


def command(app: typer.Typer, run: Callable[..., int | None]) -> None:
    """Add a command whose signature may ask for one `Document`, `Chosen` or `Measured`."""
    name = run.__name__.rstrip("_")
    parameters = inspect.signature(run, eval_str=True).parameters
    wanted = [key for key, p in parameters.items() if p.annotation in _MORE]
    if not wanted:
        app.command(name)(run)
        return
    (key,) = wanted
    kind = parameters[key].annotation

    def expanded(**given: Any) -> int | None:
        return run(**{key: _source(kind, given)}, **given)

    spread = list(_spread(parameters.values(), kind))
    expanded.__signature__ = inspect.Signature(spread)  # type: ignore[attr-defined]
    expanded.__annotations__ = {p.name: p.annotation for p in spread}
    expanded.__name__, expanded.__doc__ = run.__name__, run.__doc__
    app.command(name)(expanded)


def _source(kind: type[Document], given: dict[str, Any]) -> Document:
    """The source that the arguments describe; they are taken out of `given`."""
    reading = {name: given.pop(name) for name in _READING}
    reading = {name: value for name, value in reading.items() if value is not None}
    file = given.pop("file")
    if kind is Document:
        return Document(file, reading)
    choice = Choice(**{name: given.pop(name) for name in _CHOICE})  # type: ignore[typeddict-item]
    constrain = tuple(given.pop("constrain") or ())
    if kind is Chosen:
        return Chosen(file, reading, choice, constrain)
    asimov, at = given.pop("asimov"), given.pop("at")
    if at and not asimov:
        raise typer.BadParameter("--at is the true value of Asimov data: give --asimov, too")
    return Measured(file, reading, choice, constrain, assignments(at or ()) if asimov else None)


def _spread(parameters: Any, kind: type[Document]) -> Iterator[inspect.Parameter]:
    """The parameters with those of the document in its place, options of reading before --json."""
    keyword = inspect.Parameter.KEYWORD_ONLY

    def optional(taken: dict[str, Any]) -> list[inspect.Parameter]:
        return [
            inspect.Parameter(name, keyword, default=None, annotation=option)
            for name, option in taken.items()
        ]

    reading = optional(_READING)
    for parameter in parameters:
        if parameter.annotation is not kind:
            if parameter.name == "json":
                yield from reading
                reading = []
            yield parameter.replace(kind=keyword)
            continue
        yield inspect.Parameter("file", keyword, annotation=options.File)
        yield from optional(_MORE[kind])
        if kind is Measured:
            yield inspect.Parameter("asimov", keyword, default=False, annotation=options.Asimov)
    yield from reading
