"""The functions that `import hs3` offers: from files to workspaces, models and fits, and back.

What kind of file it is, its content tells, never its name. Nothing is remembered between calls.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Unpack

from hs3 import files, jsonio
from hs3.errors import ConversionError, DocumentError, FitError, HS3Error, ReadError
from hs3.findings import Finding, Report, nearest
from hs3.reading import Path, ReadOptions, Source, quoted, read
from hs3.workspace import Workspace, dumps

if TYPE_CHECKING:
    from hs3.engine import FitResult, Model, Options

FORMATS = ("hs3", "pyhf", "xml", "root-json", "root")
"""What `convert` can write."""


class HS3Warning(UserWarning):
    """A document was read, but probably does not mean what its author wanted it to mean."""


def load(source: Source, **options: Unpack[ReadOptions]) -> Workspace:
    """The workspace in an HS3 or pyhf JSON document: `read` without its report.

    Findings of severity `warning` are issued as one `HS3Warning`; `read` gives them all. The
    options and the errors are those of `read`.
    """
    workspace, report = read(source, **options)
    warn(report)
    return workspace


def save(workspace: Workspace, path: Path) -> None:
    """Write a workspace as HS3 JSON, wholly or not at all; a file that is there is replaced.

    Raises:
        WriteError: the file cannot be written.
    """
    files.write_atomic(path, dumps(workspace, indent=2) + "\n")


def validate(source: Workspace | Source, **options: Unpack[ReadOptions]) -> Report:
    """Everything that is wrong, doubtful or assumed in a workspace or a document.

    A text that is not JSON, or does not fit the data model, is a finding too. For a pyhf workspace
    the conversion is part of what is checked; the paths of its findings point into the pyhf
    document. The options are those of `read`.

    Raises:
        ReadError: there is no such file, or it cannot be opened.
    """
    from hs3 import checks

    if isinstance(source, Workspace):
        return checks.validate(source)
    try:
        workspace, report = read(source, **options)
    except HS3Error as error:
        if error.code == ReadError.default_code:
            raise
        return Report(_findings(error))
    return report + checks.validate(workspace)


def convert(
    source: Workspace | Source,
    target: Path,
    *,
    to: str | None = None,
    analysis: str | None = None,
    approximate: bool = False,
    root_version: str | None = None,
    **options: Unpack[ReadOptions],
) -> Report:
    """Read one document and write it in another format, wholly or not at all.

    Args:
        source: a document of any format that `read` takes, or a workspace.
        target: path of the file to write; one that is there is replaced. For XML the folder to
            make, with the driver ``combination.xml``, the channels and the histograms.
        to: ``"hs3"`` (default), ``"pyhf"``, ``"xml"`` (HistFactory XML), ``"root-json"`` (HS3 that
            ROOT's importer reads and evaluates as the document means) or ``"root"`` (a
            RooWorkspace, written by the real ROOT and checked; the default for names in ``.root``).
        analysis: for all but HS3: carry over this analysis only; all of them by default.
        approximate: for pyhf: replace what pyhf does not have by the nearest that it has, with a
            warning, instead of refusing the document. For ROOT: leave samples to its cut at zero,
            with a warning, instead of rewriting them.
        root_version: for ``"root-json"``: the version of ROOT that is to read the document.
        options: those of `read`.

    Returns:
        What was assumed, changed or left out on the way.

    Raises:
        ConversionError: the other format cannot say the same, or is not known.
        HS3Error: as `read` and `save`.
    """
    form = _format(to, target)
    if form == "hs3" and (analysis is not None or approximate):
        message = "`analysis` and `approximate` are for other formats; HS3 holds everything"
        raise ConversionError(message, code="conversion.option")
    if form != "root-json" and root_version is not None:
        message = "`root_version` is for `root-json`"
        raise ConversionError(message, code="conversion.option", value=root_version)
    if form == "xml" and approximate:
        message = "`approximate` is for writing pyhf; what XML cannot say is refused"
        raise ConversionError(message, code="conversion.option")
    workspace, report = (
        (source, Report()) if isinstance(source, Workspace) else read(source, **options)
    )
    if form == "hs3":
        save(workspace, target)
        return report
    if form == "xml":
        from hs3.adapters import xml

        return report + xml.to_xml(workspace, target, analysis=analysis)
    if form == "root":
        from hs3.adapters.root.writer import write_root

        return report + write_root(workspace, target, analysis=analysis, approximate=approximate)
    if form == "root-json":
        from hs3.adapters.root.json import VERSIONS, to_root_json

        version = root_version or VERSIONS[-1]
        data, findings = to_root_json(
            workspace, version=version, analysis=analysis, approximate=approximate
        )
        files.write_atomic(target, jsonio.dumps(data, indent=2) + "\n")
        return report + findings
    from hs3.adapters import pyhf

    data, findings = pyhf.to_pyhf(workspace, analysis=analysis, approximate=approximate)
    files.write_atomic(target, jsonio.dumps(data, indent=2) + "\n")
    return report + findings


def compile(
    source: Workspace | Source,
    *,
    analysis: str | None = None,
    likelihood: str | None = None,
    pdf: str | None = None,
    data: str | None = None,
    observables: Sequence[str] = (),
    histosys: Literal["absolute", "additive"] = "absolute",
    options: Options | None = None,
) -> Model:
    """A likelihood that can be evaluated, differentiated and fitted.

    What was assumed on the way stands in the model's `report`; findings of severity `warning` are
    issued as one `HS3Warning`.

    Args:
        source: a workspace, or a file as for `load`.
        analysis: name of an analysis; without, the only one, or the first and a warning.
        likelihood: name of a likelihood, instead of an analysis.
        pdf: name of a distribution, instead of an analysis.
        data: name of the data object for `pdf`.
        observables: names that are observables of `pdf` where no data say so.
        histosys: ``additive`` reads the templates of a histosys as the text of the standard has
            it, as additions to the nominal one; no known writer means that.
        options: conventions of evaluation; without, what is mathematically right. For instance
            ``Options(bin_centres=True)`` takes continuous densities at bin centres, as ROOT does.

    Raises:
        ResolveError: a name is missing, of the wrong kind, or defined through itself.
        CompileError: the engine cannot evaluate a part of the likelihood.
        HS3Error: as `read`, when `source` is a file.
    """
    from hs3.engine import Options
    from hs3.engine import compile as compile_graph
    from hs3.resolve import resolve

    workspace = source if isinstance(source, Workspace) else load(source)
    graph = resolve(
        workspace,
        analysis=analysis,
        likelihood=likelihood,
        pdf=pdf,
        data=data,
        observables=observables,
        histosys=histosys,
    )
    warn(graph.report)
    return compile_graph(graph, options or Options())


def fit(
    source: Model | Workspace | Source,
    *,
    analysis: str | None = None,
    likelihood: str | None = None,
    pdf: str | None = None,
    data: str | None = None,
    start: Mapping[str, float] | None = None,
    fixed: Mapping[str, float] | Sequence[str] = (),
    free: Sequence[str] = (),
    bounds: Mapping[str, tuple[float, float]] | None = None,
    minimizer: Literal["newton", "minuit"] = "newton",
    minos: Sequence[str] = (),
    starts: int | Sequence[Mapping[str, float]] = (),
) -> FitResult:
    """The maximum of the likelihood: values, errors, covariance.

    Args:
        source: a model, or what `compile` makes one of, then with `analysis`, `likelihood`, `pdf`
            and `data` as there.
        start: starting values by name; the document's where left out.
        fixed: names to hold at their starting value, or name → value.
        free: constant parameters of the document to let float.
        bounds: other bounds than the document's, by name.
        minimizer: ``newton`` (exact gradient and Hessian) or ``minuit`` (MIGRAD with the exact
            gradient).
        minos: names whose asymmetric interval MINOS is to find.
        starts: more starting points, for likelihoods with several minima, or how many to spread
            over where the parameters can be; the lowest minimum wins.

    Returns:
        the result; when the fit fails, `converged` is False and `message` says why.

    Raises:
        FitError: an unknown parameter, a start outside of the bounds, an unknown minimizer, or a
            model together with arguments for `compile`.
        HS3Error: as `compile`.
    """
    from hs3 import engine

    if not isinstance(source, engine.Model):
        source = compile(source, analysis=analysis, likelihood=likelihood, pdf=pdf, data=data)
    elif any((analysis, likelihood, pdf, data)):
        message = "a model has made its choice of analysis, likelihood, pdf and data"
        raise FitError(message, code="fit.choice")
    return engine.fit(
        source,
        start=start,
        fixed=fixed,
        free=free,
        bounds=bounds,
        minimizer=minimizer,
        minos=minos,
        starts=starts,
    )


def _format(to: str | None, target: Path) -> str:
    """The format to write; a file name that promises another one is refused."""
    suffix = os.path.splitext(os.fspath(target))[1].lower()
    if to is None and suffix == ".xml":
        message = 'HistFactory XML is a folder of files: give the name of a folder, and `to="xml"`'
        raise ConversionError(message, code="conversion.format", value=os.fspath(target))
    wanted = to or {".root": "root"}.get(suffix, "hs3")
    if wanted not in FORMATS:
        raise ConversionError(
            f"cannot write the format {wanted!r}; there are {quoted(FORMATS)}",
            code="conversion.format",
            value=wanted,
            suggestions=nearest(wanted, FORMATS),
        )
    return wanted


def _findings(error: HS3Error) -> tuple[Finding, ...]:
    """The findings that an error stands for."""
    if isinstance(error, DocumentError):
        return error.findings
    return (Finding(error.code, error.path, error.message, error.value, error.suggestions),)


def warn(report: Report) -> None:
    """Issue the warnings of a report as one `HS3Warning`."""
    if report.warnings:
        said = "; ".join(f"{f.code} at {f.path or '/'}: {f.message}" for f in report.warnings)
        warnings.warn(said, HS3Warning, stacklevel=3)
