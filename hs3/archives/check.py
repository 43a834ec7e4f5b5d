"""Reading an archive again: is it whole, and do its numbers still come out?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from hs3 import checks, files, jsonio
from hs3.canonical import canonical
from hs3.errors import HS3Error, ReadError
from hs3.workspace import Workspace

from .container import SUMS, sums, unpack
from .make import ENVIRONMENT, MODEL, NUMBERS, environment
from .reference import reference

RELATIVE, ABSOLUTE = 1e-9, 1e-8
"""Deviation of -2 ln L that rounding may cause."""

MINIMUM = 1e-5
"""How far -2 ln L of a best fit may be from the stored one."""

SHARE = 0.01
"""How far a fitted value, or its error, may be from the stored one, in stored errors."""


@dataclass(frozen=True)
class Check:
    """One comparison.

    Attributes:
        name: what is compared.
        ok: whether it holds.
        message: what was found.
    """

    name: str
    ok: bool
    message: str


@dataclass(frozen=True)
class Verification:
    """All comparisons; `ok` when each one holds."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """True when every check holds."""
        return all(check.ok for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"ok": self.ok, "checks": [vars(check) for check in self.checks]}


def verify(path: files.FilePath) -> Verification:
    """Compare the checksums of an archive, and compute its numbers anew.

    Raises:
        ReadError: it is no archive of hs3, or its model cannot be read at all.
    """
    members = unpack(path)
    found = list(_sums(members))
    for name in (MODEL, NUMBERS):
        if name not in members:
            raise ReadError(f"not an archive of hs3: it has no {name}", code="read.archive")
    data = jsonio.parse(members[MODEL])
    stored = jsonio.parse(members[NUMBERS])
    try:
        workspace = Workspace.from_json(data)
        found += _model(members[MODEL], data, stored)
        found.append(_valid(workspace))
        found += _numbers(stored, workspace)
        found += _environment(members.get(ENVIRONMENT))
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{NUMBERS} is not what hs3 writes: {type(error).__name__} {error}"
        raise ReadError(message, code="read.archive") from error
    return Verification(tuple(found))


def _sums(members: Mapping[str, bytes]) -> Iterator[Check]:
    stated = sums(members)
    names = sorted(stated.keys() | (members.keys() - {SUMS}))
    for name in names:
        if name not in members:
            yield Check(f"checksum of {name}", False, "the member is missing")
        elif name not in stated:
            yield Check(f"checksum of {name}", False, "the member has no checksum")
        else:
            same = sha256(members[name]).hexdigest() == stated[name]
            yield Check(f"checksum of {name}", same, "as stated" if same else "it was changed")


def _model(raw: bytes, data: Any, stored: Any) -> Iterator[Check]:
    same = canonical(data) == raw
    yield Check("canonical form", same, "as it should be" if same else "it is not canonical")
    digest = sha256(canonical(data)).hexdigest()
    same = isinstance(stored, dict) and stored.get("sha256") == digest
    yield Check("hash of the model", same, digest)


def _valid(ws: Workspace) -> Check:
    report = checks.validate(ws)
    message = "the model has no errors" if report.ok else str(report.errors[0])
    return Check("validity of the model", report.ok, message)


def _environment(raw: bytes | None) -> Iterator[Check]:
    """Which software has other versions now; that is told, and nothing wrong."""
    if raw is None:
        return
    old, now = jsonio.parse(raw), environment()
    pairs = {"python": (old["python"], now["python"])}
    pairs |= {n: (v, now["packages"].get(n)) for n, v in old["packages"].items()}
    other = [f"{name} {a}, now {b}" for name, (a, b) in pairs.items() if a != b]
    yield Check("environment", True, "; ".join(other) or "the same versions")


def _numbers(stored: Any, ws: Workspace) -> Iterator[Check]:
    kinds = {k: v for k, v in stored.items() if k in ("analyses", "likelihoods")}
    with_fit = any("fit" in e for entries in kinds.values() for e in entries.values())
    try:
        again = reference(ws, fit=with_fit)
    except HS3Error as error:
        yield Check("numbers", False, str(error))
        return
    for kind, entries in kinds.items():
        for name, entry in entries.items():
            new = again.get(kind, {}).get(name)
            if new is None:
                yield Check(f"numbers of {name}", False, "the model has nothing of this name")
            else:
                yield from _entry(name, entry, new)


def _entry(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Check]:
    if "error" in old or "error" in new:
        same = "error" in old and "error" in new
        yield Check(f"{name}: evaluation", same, str(new.get("error", "it can be evaluated now")))
        return
    pairs = {"the start": (old["start"], new["start"])}
    pairs |= {f"the point {k}": (v, new["points"].get(k)) for k, v in old["points"].items()}
    for where, (a, b) in pairs.items():
        same = a == b
        if a is not None and b is not None:
            same = math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
        yield Check(f"{name}: -2 ln L at {where}", same, f"{b!r}, stored {a!r}")
    if "fit" in old:
        yield from _fit(name, old["fit"], new["fit"])


def _fit(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Check]:
    same = old["converged"] == new["converged"]
    same = same and abs(old["twice_nll"] - new["twice_nll"]) <= MINIMUM
    yield Check(f"{name}: best fit", same, f"{new['twice_nll']!r}, stored {old['twice_nll']!r}")
    for parameter, value in old["values"].items():
        error, width = old["errors"][parameter], new["errors"].get(parameter)
        got = new["values"].get(parameter)
        if error is None or width is None or got is None:  # the data do not tell the parameter
            same = error == width and got is not None
        else:
            allowed = SHARE * error + ABSOLUTE
            same = abs(got - value) <= allowed and abs(width - error) <= allowed
        if not same:
            message = f"{got!r} ± {width!r}, stored {value!r} ± {error!r}"
            yield Check(f"{name}: {parameter}", False, message)
