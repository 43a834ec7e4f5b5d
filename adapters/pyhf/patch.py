"""JSON Patches (RFC 6902) and pyhf's sets of them."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from hs3.errors import ConversionError
from hs3.findings import Finding, Report, nearest, pointer

from .schema import is_patchset

MAX_COPIED = 1_000_000
"""The most JSON values that the operations ``copy`` of one patch may copy together."""

PatchName = str | Sequence[str | int | float]
"""A patch of a set: its name, or the tuple of its values, for instance ``(1300, 850)``."""


def apply_patch(
    workspace: dict[str, Any], patch: Any, name: PatchName | None = None, *, verify: bool = True
) -> tuple[dict[str, Any], Report]:
    """A pyhf workspace with a patch applied; the workspace itself is left as it is.

    Args:
        workspace: pyhf JSON, normally of the background only.
        patch: a list of operations, one entry of a patchset, or a whole patchset.
        name: which patch of a patchset; not needed where it holds only one.
        verify: refuse a patchset whose digests are not those of the workspace, as pyhf does; else
            the difference is a finding.

    Raises:
        ConversionError: the patch is none, does not fit the workspace, or is not in the set.
    """
    findings: list[Finding] = []
    base = ""
    if is_patchset(patch):
        findings += _digests(workspace, patch, verify)
        index = _choose(patch, name)
        patch, base = patch["patches"][index], pointer("patches", index)
    elif name is not None:
        raise ConversionError(
            f"there is only one patch, so {name!r} cannot be chosen", code="pyhf.patch_name"
        )
    if isinstance(patch, dict) and "patch" in patch:
        patch, base = patch["patch"], f"{base}/patch"
    return _apply(workspace, patch, base), Report(tuple(findings))


Entry = tuple[str, tuple[float | str, ...], list[Any]]
"""A patch of a set: its name, its values, its operations."""


def patches_of(
    workspace: dict[str, Any], patchset: dict[str, Any], *, verify: bool = True
) -> tuple[tuple[str, ...], list[Entry]]:
    """The labels of the values of a patchset, and all its patches.

    Args:
        workspace, verify: as for `apply_patch`.

    Raises:
        ConversionError: an entry is malformed, a name is there twice, or the patchset is for
            another workspace.
    """
    _digests(workspace, patchset, verify)
    labels = _object(patchset["metadata"], "/metadata").get("labels", [])
    found: dict[str, Entry] = {}
    for i, entry in enumerate(patchset["patches"]):
        path = pointer("patches", i)
        metadata = _object(_object(entry, path).get("metadata"), f"{path}/metadata")
        name, values, patch = metadata.get("name"), metadata.get("values", []), entry.get("patch")
        if not isinstance(name, str) or not isinstance(values, list) or not isinstance(patch, list):
            message = "a patch needs a name, a list of values and a list of operations"
            raise ConversionError(message, code="pyhf.patch", path=path)
        if name in found:
            message = f"there are two patches {name!r}"
            raise ConversionError(message, code="pyhf.patch", path=path, value=name)
        if len(values) != len(labels):
            message = f"{len(values)} values for the {len(labels)} labels of the patchset"
            raise ConversionError(message, code="pyhf.patch", path=f"{path}/metadata/values")
        found[name] = name, tuple(values), patch
    return tuple(str(label) for label in labels), list(found.values())


def digest(workspace: dict[str, Any], algorithm: str = "sha256") -> str:
    """Hash of the JSON text with sorted keys, as pyhf's patchsets carry it.

    Raises:
        ConversionError: the algorithm is not one that pyhf's schema names.
    """
    if algorithm not in ("sha256", "md5"):
        raise ConversionError(
            f"unknown digest {algorithm!r}", code="pyhf.patch", suggestions=("sha256", "md5")
        )
    text = json.dumps(workspace, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.new(algorithm, text, usedforsecurity=False).hexdigest()


def _digests(workspace: dict[str, Any], patchset: dict[str, Any], verify: bool) -> list[Finding]:
    digests = _object(patchset["metadata"], "/metadata").get("digests", {})
    findings = []
    for algorithm, wanted in _object(digests, "/metadata/digests").items():
        found = digest(workspace, algorithm)
        if found == wanted:
            continue
        path = pointer("metadata", "digests", algorithm)
        message = f"the patchset is for another workspace: {algorithm} is {found}, not {wanted}"
        if verify:
            raise ConversionError(message, code="pyhf.digest", path=path, value=wanted)
        findings.append(Finding("pyhf.digest", path, message, wanted))
    return findings


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConversionError("an object is expected here", code="pyhf.patch", path=path)
    return value


def _choose(patchset: dict[str, Any], name: PatchName | None) -> int:
    """Index of the patch that `name` asks for."""
    patches = patchset["patches"]
    labels = []
    for i, entry in enumerate(patches):
        metadata = _object(entry, pointer("patches", i)).get("metadata")
        labels.append(_object(metadata, pointer("patches", i, "metadata")))
    if name is None and len(patches) == 1:
        return 0
    names = [str(label.get("name")) for label in labels]
    for i, label in enumerate(labels):
        if name is not None and (name == label.get("name") or _same(name, label.get("values"))):
            return i
    asked = "a name is needed" if name is None else f"there is no patch {name!r}"
    raise ConversionError(
        f"{asked}: the patchset holds {len(names)} patches",
        code="pyhf.patch_name",
        path="/patches",
        value=name,
        suggestions=(nearest(name, names) if isinstance(name, str) else ()) or names[:5],
    )


def _same(name: PatchName, values: Any) -> bool:
    return not isinstance(name, str) and isinstance(values, list) and list(name) == values


def _apply(workspace: dict[str, Any], patch: Any, base: str) -> dict[str, Any]:
    """Apply the operations one by one, so that an error names the one that does not fit."""
    import jsonpatch
    import jsonpointer

    if not isinstance(patch, list):
        raise ConversionError("a JSON Patch is a list of operations", code="pyhf.patch", path=base)
    out = copy.deepcopy(workspace)
    copied = 0
    for i, operation in enumerate(patch):
        path = f"{base}/{i}"
        _check_operation(operation, path)
        try:
            if operation["op"] == "copy":
                copied += _count(jsonpointer.resolve_pointer(out, operation["from"]))
                if copied > MAX_COPIED:
                    raise ValueError("the copies grow too large")
            out = jsonpatch.apply_patch(out, [operation], in_place=True)
        except (
            jsonpatch.JsonPatchException,
            jsonpointer.JsonPointerException,
            AssertionError,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ) as error:
            raise ConversionError(
                f"{operation['op']} {operation['path']!r} does not fit: {error}",
                code="pyhf.patch",
                path=path,
                value=operation["path"],
            ) from None
    return _object(out, "")


def _count(value: Any) -> int:
    """Number of JSON values inside `value`."""
    count, stack = 0, [value]
    while stack:
        item = stack.pop()
        count += 1
        if isinstance(item, dict | list):
            stack.extend(item.values() if isinstance(item, dict) else item)
    return count


def _check_operation(operation: Any, path: str) -> None:
    needs = {
        "add": "value",
        "replace": "value",
        "test": "value",
        "remove": "path",
        "move": "from",
        "copy": "from",
    }
    _object(operation, path)
    if not isinstance(operation.get("op"), str) or operation["op"] not in needs:
        raise ConversionError(
            "`op` must name an operation",
            code="pyhf.patch",
            path=f"{path}/op",
            value=operation.get("op"),
            suggestions=tuple(needs),
        )
    for key in ("path", needs[operation["op"]]):
        if key not in operation or (key != "value" and not isinstance(operation[key], str)):
            raise ConversionError(
                f"`{operation['op']}` needs `{key}`", code="pyhf.patch", path=f"{path}/{key}"
            )
