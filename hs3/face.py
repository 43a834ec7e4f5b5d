"""The functions that `import hs3` offers: from files to workspaces, models and fits, and back.

What kind of file it is, its content tells, never its name. Nothing is remembered between calls.
"""

from __future__ import annotations

import os
import warnings
from typing import IO, TYPE_CHECKING, Any

from hs3 import jsonio
from hs3.errors import ConversionError, DocumentError, HS3Error, ReadError
from hs3.findings import Finding, Report, nearest
from hs3.workspace import SECTIONS, Workspace, dumps

if TYPE_CHECKING:
    from hs3.engine import FitResult, Model

Path = str | os.PathLike[str]
Source = Path | IO[bytes] | IO[str]
"""A file: its path, or the file itself, opened for reading."""

FORMATS = ("hs3", "pyhf")
"""What `convert` can write."""


class HS3Warning(UserWarning):
    """A document was read, but probably does not mean what its author wanted it to mean."""


def read(
    source: Source,
    *,
    patch: Source | list[Any] | dict[str, Any] | None = None,
    patch_name: str | None = None,
    measurement: str | None = None,
    interpolation: str | None = None,
) -> tuple[Workspace, Report]:
    """The workspace in an HS3 or pyhf JSON file, and what was found while reading it.

    An HS3 document is taken verbatim and gives no findings here: what is in it is checked by
    `validate`. A pyhf workspace is converted, and the findings (whose paths point into the pyhf
    file) say which conventions were applied. The other arguments are for pyhf files alone.

    Args:
        source: path of a file, or an open file.
        patch: JSON Patch or patchset to apply first: a file, or its JSON data.
        patch_name: which patch of a patchset.
        measurement: convert only the measurement of this name; all of them by default.
        interpolation: how normsys and histosys interpolate, which pyhf's files do not say:
            ``"code4"`` (default: codes 4 and 4p, as pyhf's command line and ROOT do) or
            ``"code1"`` (codes 1 and 0, the defaults of pyhf as a library).

    Raises:
        ReadError: the file cannot be read, or holds another format.
        SyntaxReadError: it is not strict JSON.
        DocumentError: it does not fit the data model.
        ConversionError: pyhf itself would refuse it, or an option does not apply.
    """
    data = _json(source)
    options = {
        "patch": _patch(patch),
        "patch_name": patch_name,
        "measurement": measurement,
        "interpolation": interpolation,
    }
    given = {key: value for key, value in options.items() if value is not None}
    return _workspace(data, given)


def load(
    source: Source,
    *,
    patch: Source | list[Any] | dict[str, Any] | None = None,
    patch_name: str | None = None,
    measurement: str | None = None,
    interpolation: str | None = None,
) -> Workspace:
    """The workspace in an HS3 or pyhf JSON file: `read` without its report.

    Findings of severity `warning` are issued as one `HS3Warning`; use `read` to see them all. The
    arguments and the errors are those of `read`.
    """
    workspace, report = read(
        source,
        patch=patch,
        patch_name=patch_name,
        measurement=measurement,
        interpolation=interpolation,
    )
    if report.warnings:
        warnings.warn(_joined(report.warnings), HS3Warning, stacklevel=2)
    return workspace


def save(workspace: Workspace, path: Path) -> None:
    """Write a workspace as HS3 JSON, wholly or not at all; a file that is there is replaced.

    Raises:
        WriteError: the file cannot be written.
    """
    jsonio.write_atomic(path, dumps(workspace, indent=2) + "\n")


def validate(source: Source | Workspace | dict[str, Any]) -> Report:
    """Everything that is wrong, doubtful or assumed in a file, a workspace, or parsed JSON data.

    A text that is not JSON, or does not fit the data model, is a finding too. For a pyhf workspace
    the conversion is part of what is checked; the paths of its findings point into the pyhf file.

    Raises:
        ReadError: there is no such file, or it cannot be opened.
    """
    from hs3 import checks

    try:
        if isinstance(source, Workspace):
            return checks.validate(source)
        workspace, report = _workspace(source if isinstance(source, dict) else _json(source), {})
    except HS3Error as error:
        if error.code == ReadError.default_code:
            raise
        return Report(findings_of(error))
    return report + checks.validate(workspace)


def convert(
    source: Source,
    target: Path,
    *,
    to: str | None = None,
    analysis: str | None = None,
    patch: Source | list[Any] | dict[str, Any] | None = None,
    patch_name: str | None = None,
    measurement: str | None = None,
    interpolation: str | None = None,
) -> Report:
    """Read one file and write it in another format, wholly or not at all.

    Args:
        source: HS3 or pyhf JSON.
        target: path of the file to write; one that is there is replaced.
        to: ``"hs3"`` (default) or ``"pyhf"``.
        analysis: for pyhf: which analysis becomes the measurement; all of them by default.
        patch, patch_name, measurement, interpolation: as for `read`.

    Returns:
        What was assumed, changed or left out on the way.

    Raises:
        ConversionError: the other format cannot say the same, or is not known.
        HS3Error: as `read` and `save`.
    """
    form = _format(to, target)
    workspace, report = read(
        source,
        patch=patch,
        patch_name=patch_name,
        measurement=measurement,
        interpolation=interpolation,
    )
    if form == "hs3":
        save(workspace, target)
        return report
    from hs3.adapters import pyhf

    data, findings = pyhf.to_pyhf(workspace, analysis=analysis)
    jsonio.write_atomic(target, jsonio.dumps(data, indent=2) + "\n")
    return report + findings


def compile(
    source: Workspace | Source,
    *,
    analysis: str | None = None,
    likelihood: str | None = None,
    pdf: str | None = None,
    data: str | None = None,
) -> Model:
    """A likelihood that can be evaluated, differentiated and fitted.

    Args:
        source: a workspace, or a file as for `load`.
        analysis: which analysis; not needed where there is only one.
        likelihood: a likelihood instead of an analysis.
        pdf: a distribution instead of an analysis, together with `data`.
        data: the name of the data object to use instead of the likelihood's own.

    Raises:
        ResolveError: a name is missing, of the wrong kind, or defined through itself.
        CompileError: the engine cannot evaluate a part of the likelihood.
        HS3Error: as `read`, when `source` is a file.
    """
    from hs3.engine import compile as compile_graph
    from hs3.resolve import resolve

    workspace = source if isinstance(source, Workspace) else load(source)
    return compile_graph(
        resolve(workspace, analysis=analysis, likelihood=likelihood, pdf=pdf, data=data)
    )


def findings_of(error: HS3Error) -> tuple[Finding, ...]:
    """The findings that an error stands for."""
    if isinstance(error, DocumentError):
        return error.findings
    return (Finding(error.code, error.path, error.message, error.value, error.suggestions),)


# --- telling formats apart ----------------------------------------------------------------------


def _json(source: Source) -> Any:
    """The JSON data in a file; other formats are refused by name."""
    raw = _content(source)
    if raw.startswith(b"root"):
        raise ReadError("ROOT files cannot be read yet; HS3 and pyhf JSON can", code="read.format")
    if raw.lstrip()[:1] == b"<":
        raise ReadError("XML cannot be read yet; HS3 and pyhf JSON can", code="read.format")
    return jsonio.parse(raw)


def _content(source: Source) -> bytes:
    if isinstance(source, str | os.PathLike):
        return jsonio.read_bytes(source)
    content = source.read(jsonio.LIMITS.size + 1)  # one more than allowed: `parse` refuses it
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content


def _patch(patch: Source | list[Any] | dict[str, Any] | None) -> Any:
    return patch if patch is None or isinstance(patch, list | dict) else _json(patch)


def _workspace(data: Any, options: dict[str, Any]) -> tuple[Workspace, Report]:
    """The workspace that JSON data stand for; `options` are those for pyhf that were given."""
    from hs3.adapters import pyhf

    if pyhf.is_pyhf(data):
        return pyhf.from_pyhf(data, **options)
    if pyhf.is_patchset(data):
        message = "this is a patchset; give the background-only workspace, and this as `patch`"
        raise ReadError(message, code="read.format")
    if options:
        message = f"{_names(options)} can be given for pyhf workspaces only, and this is HS3"
        raise ConversionError(message, code="conversion.option")
    if isinstance(data, dict) and not data.keys() & set(SECTIONS):
        raise ReadError(
            "neither an HS3 document nor a pyhf workspace: none of the sections of either is there",
            code="read.format",
        )
    return Workspace.from_json(data), Report()


def _format(to: str | None, target: Path) -> str:
    """The format to write; a file name that promises another one is refused."""
    suffix = os.path.splitext(os.fspath(target))[1].lower()
    wanted = to or {".root": "root", ".xml": "xml"}.get(suffix, "hs3")
    if wanted not in FORMATS:
        raise ConversionError(
            f"cannot write the format {wanted!r}; there are {_names(FORMATS)}",
            code="conversion.format",
            value=wanted,
            suggestions=nearest(wanted, FORMATS),
        )
    return wanted


def _names(names: Any) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _joined(findings: tuple[Finding, ...]) -> str:
    return "; ".join(f"{f.code} at {f.path or '/'}: {f.message}" for f in findings)
