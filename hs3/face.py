"""The functions that `import hs3` offers: from files to workspaces, models and fits, and back.

What kind of file it is, its content tells, never its name. Nothing is remembered between calls.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from hs3 import files, jsonio
from hs3.errors import ConversionError, DocumentError, FitError, HS3Error, ReadError
from hs3.findings import Finding, Report, nearest
from hs3.workspace import SECTIONS, Workspace, dumps

if TYPE_CHECKING:
    from hs3.engine import FitResult, Model, Options

Path = str | os.PathLike[str]
Source = Path | IO[bytes] | IO[str] | dict[str, Any]
"""A document: the path of its file, the file opened for reading, or its JSON data."""

FORMATS = ("hs3", "pyhf", "xml", "root-json", "root")
"""What `convert` can write."""


class HS3Warning(UserWarning):
    """A document was read, but probably does not mean what its author wanted it to mean."""


class ReadOptions(TypedDict, total=False):
    """The options of `read`, for the functions that pass them on."""

    patch: Source | list[Any] | None
    patch_name: str | None
    measurement: str | None
    interpolation: str | None
    root_dir: Path | None
    workspace: str | None
    mass: float | None
    morphing: str | None


def read(
    source: Source,
    *,
    patch: Source | list[Any] | None = None,
    patch_name: str | None = None,
    measurement: str | None = None,
    interpolation: str | None = None,
    root_dir: Path | None = None,
    workspace: str | None = None,
    mass: float | None = None,
    morphing: str | None = None,
) -> tuple[Workspace, Report]:
    """The workspace in HS3 or pyhf JSON, XML, a datacard or a ROOT file, and what was found.

    An HS3 document is taken verbatim and gives no findings here: what is in it is checked by
    `validate`. A pyhf workspace is converted, and the findings (whose paths point into the pyhf
    document) say which conventions were applied. So is HistFactory XML: give the path of its
    driver, the file with the Combination. Of a ROOT file, the RooWorkspace in it is converted,
    without ROOT; the paths of the findings are names of its objects. A datacard of CMS Combine
    is converted with the histograms that it names. The options are for these
    alone.

    Args:
        source: path of a file, an open file (not for XML), or JSON data.
        patch: JSON Patch or patchset to apply first: a file, or its JSON data.
        patch_name: which patch of a patchset.
        measurement: convert only the measurement of this name; all of them by default.
        interpolation: how normsys and histosys interpolate, which pyhf's files do not say:
            ``"code4"`` (default: codes 4 and 4p, as pyhf's command line and ROOT do) or
            ``"code1"`` (codes 1 and 0, the defaults of pyhf as a library).
        root_dir: for XML: the folder to which its paths are relative, and outside of which nothing
            is read; by default the nearest one, from the driver's up to two above, that has all
            channels. For datacards: outside of it nothing is read; by default the card's folder.
        workspace: for ROOT files: name of the workspace, where there are several.
        mass: for datacards: replaces ``$MASS`` in the names of histograms.
        morphing: for datacards: ``"histosys"`` writes histosys also where Combine cuts bins at
            zero, instead of a modifier that the standard does not have (``"exact"``, the default).

    Raises:
        ReadError: the file cannot be read, or holds another format.
        SyntaxReadError: it is not strict JSON.
        DocumentError: it does not fit the data model.
        ConversionError: pyhf itself would refuse it, or an option does not apply.
    """
    from hs3.adapters import datacard, pyhf

    options: dict[str, Any] = {
        "patch": patch,
        "patch_name": patch_name,
        "measurement": measurement,
        "interpolation": interpolation,
        "root_dir": root_dir,
        "workspace": workspace,
        "mass": mass,
        "morphing": morphing,
    }
    given = {key: value for key, value in options.items() if value is not None}
    raw = None if isinstance(source, dict) else _content(source)
    if raw is not None and _is_xml(raw):
        return _read_xml(source, given)
    if raw is not None and raw.startswith(b"root"):
        return _read_root(raw, given)
    if raw is not None and datacard.is_datacard(raw):
        return _read_datacard(source, raw, given)
    data: Any = source if raw is None else _json_of(raw)
    for name, kind in _FOREIGN.items():
        if name in given:
            message = f"`{name}` can be given for {kind} only, and this is none"
            raise ConversionError(message, code="conversion.option")
    if patch is not None and not isinstance(patch, list):
        given["patch"] = _json(patch)
    if pyhf.is_pyhf(data):
        return pyhf.from_pyhf(data, **given)
    if pyhf.is_patchset(data):
        message = "this is a patchset; give the background-only workspace, and this as `patch`"
        raise ReadError(message, code="read.format")
    if given:
        message = f"{_names(given)} can be given for pyhf workspaces only, and this is none"
        raise ConversionError(message, code="conversion.option")
    if isinstance(data, dict) and not data.keys() & set(SECTIONS):
        message = "neither an HS3 document nor a pyhf workspace: it has no section of either"
        raise ReadError(message, code="read.format")
    return Workspace.from_json(data), Report()


def load(source: Source, **options: Unpack[ReadOptions]) -> Workspace:
    """The workspace in an HS3 or pyhf JSON document: `read` without its report.

    Findings of severity `warning` are issued as one `HS3Warning`; `read` gives them all. The
    options and the errors are those of `read`.
    """
    workspace, report = read(source, **options)
    _warn(report)
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
    source: Source,
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
        source: HS3 or pyhf JSON, or HistFactory XML.
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
    workspace, report = read(source, **options)
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
    _warn(graph.report)
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
    minimizer: Literal["newton", "minuit"] = "newton",
    minos: Sequence[str] = (),
    starts: Sequence[Mapping[str, float]] = (),
) -> FitResult:
    """The maximum of the likelihood: values, errors, covariance.

    Args:
        source: a model, or what `compile` makes one of, then with `analysis`, `likelihood`, `pdf`
            and `data` as there.
        start: starting values by name; the document's where left out.
        fixed: names to hold at their starting value, or name → value.
        free: constant parameters of the document to let float.
        minimizer: ``newton`` (exact gradient and Hessian) or ``minuit`` (MIGRAD with the exact
            gradient).
        minos: names whose asymmetric interval MINOS is to find.
        starts: more starting points, for likelihoods with several minima; the lowest one wins.

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
        minimizer=minimizer,
        minos=minos,
        starts=starts,
    )


# --- telling formats apart ----------------------------------------------------------------------


def _json(source: Source) -> Any:
    """The JSON data of a document; other formats are refused by name."""
    if isinstance(source, dict):
        return source
    return _json_of(_content(source))


def _json_of(raw: bytes) -> Any:
    if raw.startswith(b"root"):
        raise ReadError("this is a ROOT file, where JSON is needed", code="read.format")
    if _is_xml(raw):
        raise ReadError("this is XML, where JSON is needed", code="read.format")
    return jsonio.parse(raw)


def _is_xml(raw: bytes) -> bool:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _read_xml(source: Source, given: dict[str, Any]) -> tuple[Workspace, Report]:
    from hs3.adapters import xml

    if not isinstance(source, str | os.PathLike):
        message = "HistFactory XML names other files; give the path of its driver"
        raise ReadError(message, code="read.format")
    foreign = given.keys() - {"measurement", "root_dir"}
    if foreign:
        message = (
            f"{_names(sorted(foreign))} can be given for pyhf workspaces only, and this is XML"
        )
        raise ConversionError(message, code="conversion.option")
    return xml.from_xml(source, **given)


def _read_root(raw: bytes, given: dict[str, Any]) -> tuple[Workspace, Report]:
    from hs3.adapters import root

    foreign = given.keys() - {"workspace"}
    if foreign:
        message = f"{_names(sorted(foreign))} cannot be given for a ROOT file"
        raise ConversionError(message, code="conversion.option")
    return root.from_root(raw, **given)


def _read_datacard(source: Source, raw: bytes, given: dict[str, Any]) -> tuple[Workspace, Report]:
    from hs3.adapters import datacard

    foreign = given.keys() - {"root_dir", "mass", "morphing"}
    if foreign:
        message = f"{_names(sorted(foreign))} cannot be given for a datacard"
        raise ConversionError(message, code="conversion.option")
    return datacard.from_datacard(source if isinstance(source, str | os.PathLike) else raw, **given)


_FOREIGN = {
    "root_dir": "HistFactory XML and datacards",
    "workspace": "ROOT files",
    "mass": "datacards",
    "morphing": "datacards",
}
"""Options that JSON does not take, and what does."""


def _content(source: Path | IO[bytes] | IO[str]) -> bytes:
    if isinstance(source, str | os.PathLike):
        return files.read_bytes(source, size=jsonio.LIMITS.size)
    content = source.read(jsonio.LIMITS.size + 1)  # one more than allowed: `parse` refuses it
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content


def _format(to: str | None, target: Path) -> str:
    """The format to write; a file name that promises another one is refused."""
    suffix = os.path.splitext(os.fspath(target))[1].lower()
    if to is None and suffix == ".xml":
        message = 'HistFactory XML is a folder of files: give the name of a folder, and `to="xml"`'
        raise ConversionError(message, code="conversion.format", value=os.fspath(target))
    wanted = to or {".root": "root"}.get(suffix, "hs3")
    if wanted not in FORMATS:
        raise ConversionError(
            f"cannot write the format {wanted!r}; there are {_names(FORMATS)}",
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


def _warn(report: Report) -> None:
    if report.warnings:
        said = "; ".join(f"{f.code} at {f.path or '/'}: {f.message}" for f in report.warnings)
        warnings.warn(said, HS3Warning, stacklevel=3)


def _names(names: Iterable[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
