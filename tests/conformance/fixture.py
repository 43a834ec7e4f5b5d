"""What a fixture is, and how its files are written; conformance/README.md describes the form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

Json = dict[str, Any]
Role = Literal["typical", "edge", "negative"]

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent / "conformance" / "fixtures"
VERSION = "0.2.9"
EXACT = {"atol": 1e-12, "rtol": 1e-8}
OFFICIAL = (
    "static_integrity",
    "structure_import",
    "twice_delta_nll_scan",
    "pdf_scan",
    "function_scan",
)
"""The kinds of checks of the official suite; others go to ``extension.json``."""


@dataclass(frozen=True)
class Source:
    """Software that gave numbers: its name, its version, and how exact the numbers are."""

    software: str
    version: str
    precision: str

    def to_json(self) -> Json:
        """As in the `sources` of a check."""
        return dict(vars(self))


@dataclass(frozen=True)
class Fixture:
    """One document and what has to come out.

    Attributes:
        name: of its folder.
        document: HS3; None where the fixture is about the file `inputs` only.
        checks: as in ``expected.json`` and ``extension.json``, but for the two on the document
            itself.
        source: who gave the numbers; None where there are none.
        description: what is tried, in words.
        about: types (values of `type`), ``finding:CODE``, ``dialect:RULE``, ``semantics:SECTION``.
        role: a document as people write it, one at the edge of what is allowed, or one beyond.
        pins: the decisions that it keeps, in words.
        level: ``basic`` or ``extended``.
        inputs: further files of the folder, by their names.
    """

    name: str
    document: Json | None
    checks: Sequence[Json]
    source: Source | None
    description: str
    about: tuple[str, ...] = ()
    role: Role = "typical"
    pins: tuple[str, ...] = ()
    level: str = "basic"
    inputs: Mapping[str, str | bytes] = field(default_factory=dict)

    def files(self, others: Mapping[str, list[Json]] | None = None) -> dict[str, Any]:
        """Content of each file of the folder, text or bytes.

        Args:
            others: what further software said, by the id of the check.
        """
        checks = [
            self._sourced(check, (others or {}).get(check["id"], [])) for check in self.checks
        ]
        further = [check for check in checks if check["kind"] not in OFFICIAL]
        out = {
            "metadata.json": _written(self._metadata()),
            "expected.json": self._listed(self._first() + [c for c in checks if c not in further]),
            **self.inputs,
        }
        if self.document is not None:
            out["hs3.json"] = _written(self.document)
        if further:
            out["extension.json"] = self._listed(further)
        return out

    def _metadata(self) -> Json:
        given = (
            f"{self.source.software} {self.source.version}" if self.source else "the specification"
        )
        return {
            "test_id": self.name,
            "title": self.name.replace("_", " "),
            "description": self.description,
            "source": "tests/conformance/fixture_tables",
            "notes": list(self.pins),
            "reference_backend": given,
            "semantic": list(dict.fromkeys(self.about)),
            "tags": [self.role],
            "conformance": [self.level, "standard"],
            "schema_version": 1,
        }

    def _listed(self, checks: Sequence[Json]) -> str:
        return _written({"test_id": self.name, "schema_version": 1, "checks": list(checks)})

    def _sourced(self, check: Json, others: Sequence[Json]) -> Json:
        """A check with who gave its numbers."""
        own = [self.source.to_json()] if self.source and "expected" in check else []
        sources = [*check.get("sources", own), *others]
        return {**check, "sources": sources} if sources else check

    def _first(self) -> list[Json]:
        """The checks of the document itself."""
        if self.document is None:
            return []
        integrity = {"id": "static_integrity", "kind": "static_integrity"}
        return [integrity] if self.role == "negative" else [integrity, self.structure()]

    def structure(self) -> Json:
        """The check that every name is found."""
        sections = {"pdfs": "distributions", "functions": "functions", "data": "data"}
        target = {
            kind: sorted(entry["name"] for entry in (self.document or {}).get(section) or ())
            for kind, section in sections.items()
        }
        return {"id": "structure_import", "kind": "structure_import", "target": target}

    def entry(self) -> Json:
        """The line of the manifest."""
        files = self.files()
        checks = json.loads(files["expected.json"])["checks"]
        types = {e["type"] for e in entries(self.document) if isinstance(e.get("type"), str)}
        # The official suite's form, which is not the canonical one of RFC 8785.
        canonical = json.dumps(self.document, sort_keys=True, separators=(",", ":"))
        return {
            "test_id": self.name,
            "path": f"fixtures/{self.name}",
            "checks": [check["id"] for check in checks],
            "conformance": [self.level, "standard"],
            "tags": [self.role],
            "features": {
                "sections": sorted((self.document or {}).keys() - {"metadata"}),
                "types": sorted(types),
                "semantic": list(dict.fromkeys(self.about)),
            },
            "hashes": {
                "sha256": sha256(files["hs3.json"].encode()).hexdigest(),
                "canonical_sha256": sha256(canonical.encode()).hexdigest(),
            },
        }


def _written(value: Any) -> str:
    return _lines(value) + "\n"


def _lines(value: Any, indent: int = 0) -> str:
    """JSON with one space of indentation, a list of plain values on one line."""
    inner = " " * (indent + 1)
    if isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(k)}: {_lines(v, indent + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if isinstance(value, list | tuple) and any(isinstance(v, dict | list) for v in value):
        rows = [inner + _lines(v, indent + 1) for v in value]
        return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
    return json.dumps(value, allow_nan=False)


def entries(value: Any) -> Iterator[Json]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from entries(inner)


# --- documents --------------------------------------------------------------------------------


def complete(document: Mapping[str, Any], ranges: Any, values: Mapping[str, Any]) -> Json:
    """A document with its version, the ranges of its observables and values of its parameters."""
    given = [axis for domain in document.get("domains", ()) for axis in domain["axes"]]
    known = {axis["name"] for axis in given}
    axes = given + [
        {"name": name, "min": low, "max": high}
        for name, (low, high) in ranges.items()
        if name not in known
    ]
    domains = [{"name": "default_domain", "type": "product_domain", "axes": axes}] if axes else []
    parameters = [{"name": name, "value": value} for name, value in values.items()]
    points = [{"name": "default_values", "parameters": parameters}] if parameters else []
    out = {
        "metadata": {"hs3_version": VERSION},
        **document,
        "domains": domains,
        "parameter_points": points,
    }
    return {key: value for key, value in out.items() if value}


# --- checks -----------------------------------------------------------------------------------


def scan(
    kind: str, target: Json, points: Sequence[Json], expected: Sequence[Any], **more: Any
) -> Json:
    """A check of values at points, each of which has a value for every name."""
    names = list(points[0])
    return {
        "id": more.pop("id", kind),
        "kind": kind,
        "target": target,
        "reference_point": dict(points[0]),
        "scan_parameters": names,
        "scan_points": [[point[name] for name in names] for point in points],
        "expected": list(expected),
        "tolerance": more.pop("tolerance", EXACT),
        "comparison": {
            "type": "pointwise_comp",
            "rule": "|evaluated - expected| <= atol + rtol * |expected|",
        },
        **more,
    }


def finding(code: str, path: str | None = None) -> Json:
    """A finding as the checks name it."""
    return {"code": code} if path is None else {"code": code, "path": path}


def rejection(why: str, *findings: Json, **more: Any) -> Json:
    """The check that a document is refused, for a reason (a clause), with our codes."""
    check = {"id": "rejection", "kind": "rejection", "why": why, "findings": list(findings)}
    return check | more


def reported(*findings: Json, absent: Sequence[Json] = (), **more: Any) -> Json:
    """The check that something is reported (and something else is not)."""
    check = {"id": "findings", "kind": "findings", "findings": list(findings)}
    return check | ({"absent": list(absent)} if absent else {}) | more
