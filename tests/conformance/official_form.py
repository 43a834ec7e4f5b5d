"""What the official suite's runner asks of a folder of fixtures before it runs a check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
KINDS = (
    "static_integrity",
    "structure_import",
    "twice_delta_nll_scan",
    "pdf_scan",
    "function_scan",
)
SCAN = ("target", "reference_point", "scan_parameters", "scan_points", "expected", "tolerance")
TARGETS: Mapping[str, Sequence[set[str]]] = {
    "twice_delta_nll_scan": ({"pdf", "data"}, {"likelihood"}),
    "pdf_scan": ({"pdf", "observables"},),
    "function_scan": ({"function"},),
}
KINDS = ("static_integrity", "structure_import", *TARGETS)


def problems(suite: Path) -> list[str]:
    """Why its runner would not start on a suite: `manifest.json` and the folders that it lists."""
    manifest = json.loads((suite / "manifest.json").read_text())
    return [*_manifest(manifest), *(p for e in manifest["fixtures"] for p in _fixture(suite, e))]


def _keys(what: str, data: Json, required: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    for key in required:
        if key not in data:
            yield f"{what} has no {key}"
    for key in data:
        if key not in required and key not in others:
            yield f"{what} has {key}, which is not known"


def _texts(what: str, data: Json, *keys: str) -> Iterator[str]:
    for key in keys:
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            yield f"{what}: {key} is no list of texts"


def _manifest(manifest: Json) -> Iterator[str]:
    known = ("generated_by", "reference_backend")
    yield from _keys("manifest", manifest, ("schema_version", "fixtures"), known)
    if manifest.get("schema_version") != 1:
        yield "manifest: schema_version is not 1"
    parts = ("test_id", "path", "hashes", "features", "tags", "conformance", "checks")
    for entry in manifest["fixtures"]:
        what = f"manifest of {entry.get('test_id')}"
        yield from _keys(what, entry, parts, ("backend_expectations",))
        yield from _texts(what, entry, "tags", "conformance", "checks")
        yield from _keys(f"{what}: features", entry["features"], _FEATURES, ())
        yield from _texts(what, entry["features"], *_FEATURES)
        yield from _keys(f"{what}: hashes", entry["hashes"], ("sha256", "canonical_sha256"), ())
        if not re.fullmatch(r"[A-Za-z0-9_.-]+", entry["test_id"]):
            yield f"{what}: not a name that it takes"


_FEATURES = ("sections", "types", "semantic")
_METADATA = ("schema_version", "test_id", "title", "source", "description", "notes")
_MORE = ("modified_from_source", "reference_backend", "semantic", "tags", "conformance")


def _fixture(suite: Path, entry: Json) -> Iterator[str]:
    folder = suite / entry["path"]
    raw = (folder / "hs3.json").read_bytes()
    canonical = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":")).encode()
    found = {"sha256": raw, "canonical_sha256": canonical}
    for key, data in found.items():
        if sha256(data).hexdigest() != entry["hashes"][key]:
            yield f"{entry['test_id']}: {key} does not fit"
    yield from _expected(entry, json.loads((folder / "expected.json").read_text()))
    what, described = f"metadata of {entry['test_id']}", folder / "metadata.json"
    if not described.is_file():
        yield f"{what} is missing"
        return
    metadata = json.loads(described.read_text())
    yield from _keys(what, metadata, _METADATA, _MORE)
    yield from _texts(what, metadata, "notes", "semantic", "tags", "conformance")


def _expected(entry: Json, expected: Json) -> Iterator[str]:
    what = f"expected of {entry['test_id']}"
    yield from _keys(what, expected, ("schema_version", "test_id", "checks"), ())
    ids = [check.get("id") for check in expected["checks"]]
    if len(set(ids)) < len(ids) or ids != entry["checks"]:
        yield f"{what}: ids are not unique, or not those of the manifest"
    for check in expected["checks"]:
        yield from _check(f"{what}: {check.get('id')}", check)


def _check(what: str, check: Json) -> Iterator[str]:
    if check.get("kind") not in KINDS:
        yield f"{what}: the kind {check.get('kind')} is not known"
    if check.get("kind") not in TARGETS:
        return
    missing = [key for key in SCAN if key not in check]
    if missing:
        yield f"{what} has no {', '.join(missing)}"
        return
    if set(check["target"]) not in TARGETS[check["kind"]]:
        yield f"{what}: the target {sorted(check['target'])} is not known"
    if set(check["tolerance"]) != {"rtol", "atol"}:
        yield f"{what}: the tolerance is not of rtol and atol"
    numbers = [*check["expected"], *(v for point in check["scan_points"] for v in point)]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in numbers):
        yield f"{what}: not all values are numbers"
    if len(check["expected"]) != len(check["scan_points"]):
        yield f"{what}: {len(check['expected'])} values at {len(check['scan_points'])} points"
