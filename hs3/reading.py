"""From a file of any format to a workspace; what kind of file it is, its content tells."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import IO, Any, TypedDict

from hs3 import files, jsonio
from hs3.errors import ConversionError, ReadError
from hs3.findings import Report
from hs3.workspace import SECTIONS, Workspace

Path = str | os.PathLike[str]
Source = Path | IO[bytes] | IO[str] | dict[str, Any]
"""A document: the path of its file, the file opened for reading, or its JSON data."""


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
        patch: JSON Patch or patchset to apply first, to pyhf or HS3 JSON: a file, or its JSON data.
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
    from hs3.adapters import pyhf

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
    if raw is not None and _is_datacard(raw):
        return _read_datacard(source, raw, given)
    data: Any = source if raw is None else _json_of(raw)
    for name, kind in _FOREIGN.items():
        if name in given:
            message = f"`{name}` can be given for {kind} only, and this is none"
            raise ConversionError(message, code="conversion.option")
    if patch is not None and not isinstance(patch, list):
        given["patch"] = json_of(patch)
    if pyhf.is_pyhf(data):
        return pyhf.from_pyhf(data, **given)
    if pyhf.is_patchset(data):
        message = "this is a patchset; give the background-only workspace, and this as `patch`"
        raise ReadError(message, code="read.format")
    findings = Report()
    if isinstance(data, dict) and "patch" in given and data.keys() & set(SECTIONS):
        data, findings = pyhf.apply_patch(data, given.pop("patch"), given.pop("patch_name", None))
    if given:
        message = f"{quoted(given)} can be given for pyhf workspaces only, and this is none"
        raise ConversionError(message, code="conversion.option")
    if isinstance(data, dict) and not data.keys() & set(SECTIONS):
        message = "neither an HS3 document nor a pyhf workspace: it has no section of either"
        raise ReadError(message, code="read.format")
    return Workspace.from_json(data), findings


# --- one format each ------------------------------------------------------------------------------


def json_of(source: Source) -> Any:
    """The JSON data of a document; other formats are refused by name."""
    if isinstance(source, dict):
        return source
    return _json_of(_content(source))


def _json_of(raw: bytes) -> Any:
    if raw.startswith(b"root"):
        raise ReadError("this is a ROOT file, where JSON is needed", code="read.format")
    if _is_xml(raw):
        raise ReadError("this is XML, where JSON is needed", code="read.format")
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start and start not in _JSON_STARTS and not raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        message = "neither JSON, XML, a ROOT file nor a datacard"
        raise ReadError(message, code="read.format", value=raw[:40].decode("utf-8", "replace"))
    return jsonio.parse(raw)


_JSON_STARTS = b'{["-0123456789tfnNI'
"""What a JSON text can begin with, and NaN and Infinity, which are refused by name."""


def _is_xml(raw: bytes) -> bool:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _is_datacard(raw: bytes) -> bool:
    if raw[:1] in (b"{", b"["):  # JSON, at once: the adapter is not loaded for it
        return False
    from hs3.adapters import datacard

    return datacard.is_datacard(raw)


def _read_xml(source: Source, given: dict[str, Any]) -> tuple[Workspace, Report]:
    from hs3.adapters import xml

    if not isinstance(source, str | os.PathLike):
        message = "HistFactory XML names other files; give the path of its driver"
        raise ReadError(message, code="read.format")
    foreign = given.keys() - {"measurement", "root_dir"}
    if foreign:
        message = (
            f"{quoted(sorted(foreign))} can be given for pyhf workspaces only, and this is XML"
        )
        raise ConversionError(message, code="conversion.option")
    return xml.from_xml(source, **given)


def _read_root(raw: bytes, given: dict[str, Any]) -> tuple[Workspace, Report]:
    from hs3.adapters import root

    foreign = given.keys() - {"workspace"}
    if foreign:
        message = f"{quoted(sorted(foreign))} cannot be given for a ROOT file"
        raise ConversionError(message, code="conversion.option")
    return root.from_root(raw, **given)


def _read_datacard(source: Source, raw: bytes, given: dict[str, Any]) -> tuple[Workspace, Report]:
    from hs3.adapters import datacard

    foreign = given.keys() - {"root_dir", "mass", "morphing"}
    if foreign:
        message = f"{quoted(sorted(foreign))} cannot be given for a datacard"
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


def quoted(names: Iterable[str]) -> str:
    """Names as messages list them."""
    return " and ".join(f"`{name}`" for name in names)
