"""Writing an archive."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

from hs3 import checks, files, jsonio
from hs3.canonical import canonical, sha256
from hs3.errors import ConversionError
from hs3.findings import Report
from hs3.schema import json_schema
from hs3.workspace import Workspace

from . import hepdata
from .container import SUMS, pack
from .reference import reference

MODEL, SCHEMA, FINDINGS = "model.hs3.json", "schema.json", "findings.json"
NUMBERS, ENVIRONMENT, ABOUT = "reference.json", "environment.json", "README.txt"
PACKAGES = ("hs3-reference", "numpy", "scipy", "jax", "jaxlib", "pydantic", "iminuit", "uproot")

DESCRIPTIONS = {
    MODEL: "Statistical model in the HS3 format (HEP Statistics Serialization Standard), canonical",
    SCHEMA: "JSON Schema of the HS3 format",
    FINDINGS: "What a reader of the model has to assume, and what is doubtful",
    NUMBERS: "-2 ln L at the start and at the points of the model, and the best fit",
    ENVIRONMENT: "The software that computed the reference numbers",
    ABOUT: "What the files are",
    SUMS: "Checksums of all files",
}
"""What HEPData is told of each member."""

_README = """\
A statistical model of particle physics in the format HS3 (HEP Statistics Serialization Standard),
version {version}.

model.hs3.json     the model in its canonical form (RFC 8785)
schema.json        JSON Schema of the format
findings.json      what a reader has to assume, and what is doubtful
reference.json     -2 ln L at the start and at the points of the document, and the best fit
environment.json   the software that computed these numbers
submission.yaml    for HEPData, to which this file can be uploaded as it is; tables can be added
reference.yaml     the numbers of reference.json as a table of HEPData
SHA256SUMS         checksums of all members

`hs3 verify` computes the numbers anew and compares. SHA-256 of the canonical form:
{digest}
"""


def archive(
    workspace: Workspace, target: files.FilePath, *, fit: bool = True, description: str = ""
) -> Report:
    """Write a model, what has to be assumed to read it, and numbers to check it by, into one file.

    The same model, software and options give the same bytes.

    Args:
        workspace: the model.
        target: path of the file to write; one that is there is replaced.
        fit: also keep the best fit of each analysis.
        description: one line about the model, for the record on HEPData.

    Returns:
        the findings that are kept in the archive.

    Raises:
        ConversionError: the document has errors, or not one of its analyses can be evaluated.
        WriteError: the file cannot be written.
    """
    report = checks.validate(workspace)
    if not report.ok:
        first = report.errors[0]
        message = f"a document with {len(report.errors)} errors is not archived; the first: {first}"
        raise ConversionError(message, code="archive.errors", path=first.path, value=first.value)
    numbers = reference(workspace, fit=fit)
    _refuse_without_numbers(numbers)
    data = workspace.to_json()
    digest = sha256(data)
    version = workspace.metadata.hs3_version if workspace.metadata else "unknown"
    about = description or "Statistical model in the HS3 format"
    members = {
        MODEL: canonical(data),
        SCHEMA: _text(json_schema()),
        FINDINGS: _text(report.to_dict()),
        NUMBERS: _text({"sha256": digest, **numbers}),
        ENVIRONMENT: _text(environment()),
        hepdata.SUBMISSION: hepdata.submission(about, DESCRIPTIONS, MODEL).encode(),
        hepdata.TABLE: hepdata.table(numbers).encode(),
        ABOUT: _README.format(version=version, digest=digest).encode(),
    }
    files.write_atomic(target, pack(members))
    return report


def _refuse_without_numbers(numbers: dict[str, Any]) -> None:
    entries = [entry for kind in numbers.values() for entry in kind.values()]
    errors = [entry["error"] for entry in entries if "error" in entry]
    if len(errors) == len(entries):
        what = errors[0] if errors else "it has no analysis and no likelihood"
        message = f"there is nothing to check an archive of this document by: {what}"
        raise ConversionError(message, code="archive.no_numbers")


def environment() -> dict[str, Any]:
    """Versions of Python and of the packages that compute the numbers."""
    versions: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return {"python": platform.python_version(), "packages": versions}


def _text(data: Any) -> bytes:
    return (jsonio.dumps(data, indent=1) + "\n").encode()
