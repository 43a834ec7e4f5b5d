"""What has to hold for a random document: values of the oracle, and the same after a journey."""

from __future__ import annotations

import importlib.util
import json
import math
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import mpmath as mp
from interpreter import interpreted
from oracles.double import double
from oracles.likelihood import Likelihood
from oracles.oracle import DIGITS

from hs3 import engine
from hs3.checks import validate
from hs3.conformance.strategies import RandomModel
from hs3.engine import kernels, likelihood
from hs3.errors import ConversionError
from hs3.resolve import resolve
from hs3.workspace import Workspace, dumps, loads

PRECISION = 1e-8
"""Relative to the value, or to one where that is smaller."""

COMPILED = 100
"""One in so many documents is also evaluated by compiled programs."""

TYPES: Counter[str] = Counter()
"""How often each type has been tried."""

JOURNEYS: Counter[str] = Counter()
"""How many documents have been carried by which adapter."""

WORST: dict[str, float] = {}
"""The largest difference so far of what has been compared, relative as `PRECISION` is."""

COMPUTE = kernels.evaluate


@contextmanager
def interpreting() -> Iterator[None]:
    """Run the engine's programs one operation after the other in numpy, without compiling them."""
    kernels.evaluate = interpreted(likelihood.evaluate)  # type: ignore[assignment]
    try:
        yield
    finally:
        kernels.evaluate = COMPUTE


def off(found: float, wanted: float) -> float:
    """How far a value is off; 0 for equal infinities."""
    if found == wanted:
        return 0.0
    distance = abs(found - wanted) / max(1.0, abs(wanted))
    return distance if math.isfinite(distance) else math.inf


def close(what: str, found: float, wanted: float) -> bool:
    """Whether two values agree, which is also noted."""
    distance = off(found, wanted)
    if distance < PRECISION:
        WORST[what] = max(WORST.get(what, 0.0), distance)
    return distance < PRECISION


def oracle(model: RandomModel) -> list[float]:
    """-log L at the points, in float64."""
    with double():
        return [_value(model, point) for point in model.points]


def _value(model: RandomModel, point: Mapping[str, float]) -> float:
    try:
        return float(Likelihood(model.document).nll(point))
    except (ArithmeticError, ValueError):
        return math.nan  # for mpmath to decide


def exact(model: RandomModel, point: Mapping[str, float]) -> float:
    """-log L at a point with thirty digits."""
    with mp.workdps(DIGITS):
        return float(Likelihood(model.document).nll(point))


def compiled(workspace: Workspace) -> engine.Model:
    """The engine's model of the analysis, or of the likelihood where there is none."""
    return engine.compile(resolve(workspace))


def at(model: engine.Model, point: Mapping[str, float]) -> float:
    """-log L by the engine; names that it does not depend on are left out."""
    return model.nll({name: point[name] for name in model.names})


def check(model: RandomModel) -> None:
    """The document is valid and lossless, and the engine finds the numbers of the oracle.

    Raises:
        AssertionError: with what is wrong.
    """
    TYPES.update(set(types(model.document)))
    workspace = Workspace.from_json(model.document)
    assert json.dumps(workspace.to_json(), sort_keys=True) == _text(model)
    assert loads(dumps(workspace)) == workspace
    report = validate(workspace)
    assert not report.errors, str(report.errors[0])
    ours = compiled(workspace)
    start = {p.name: p.value for p in ours.graph.parameters}
    assert start == {name: model.points[0][name] for name in start}
    _check_numbers(model, ours)


def _check_numbers(model: RandomModel, ours: engine.Model) -> None:
    for point, wanted in zip(model.points, oracle(model), strict=True):
        found = at(ours, point)
        if not close("oracle", found, wanted):
            wanted = exact(model, point)
            assert close("oracle", found, wanted), f"-log L is {found!r}, not {wanted!r}"
            JOURNEYS["thirty digits"] += 1
        if int(sha256(_text(model).encode()).hexdigest(), 16) % COMPILED == 0:
            arrays = ours.theta({n: point[n] for n in ours.names})
            value, _ = COMPUTE(arrays, ours.program, ours.arrays, ours.observed)
            assert off(float(value), found) < 1e-9, f"compiled {value!r}, interpreted {found!r}"
            JOURNEYS["compiled"] += 1


def _text(model: RandomModel) -> str:
    return json.dumps(model.document, sort_keys=True)


def types(value: Any) -> Iterator[str]:
    """Every type in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value["type"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from types(inner)


# --- there and back -----------------------------------------------------------------------------


Travel = Callable[[Workspace], tuple[Workspace, Mapping[str, str] | None]]
"""To the document after a journey, and new names of parameters by the old ones; None where only
-log L at the start is compared."""


def check_journeys(model: RandomModel, journeys: Mapping[str, Travel] | None = None) -> None:
    """What adapters can carry has the same likelihood afterwards.

    Args:
        model: a random document.
        journeys: through what; all that are installed without.

    Raises:
        AssertionError: it has not.
    """
    workspace = Workspace.from_json(model.document)
    ours = compiled(workspace)
    for name, travel in (installed() if journeys is None else journeys).items():
        try:
            there, renamed = travel(workspace)
        except ConversionError as error:
            JOURNEYS[f"{name}: {error.code}"] += 1
            continue
        JOURNEYS[name] += 1
        theirs = compiled(there)
        if renamed is None:
            found, wanted = theirs.nll(), ours.nll()
            assert close(name, found, wanted), f"{name}: {found!r}, not {wanted!r}"
            continue
        points = [{n: p[n] for n in ours.names} for p in model.points]
        moved = [{renamed.get(n, n): v for n, v in p.items()} for p in points]
        values = [theirs.nll({n: v for n, v in p.items() if n in theirs.names}) for p in moved]
        changes = [v - values[0] for v in values]
        wanted_changes = [at(ours, p) - at(ours, points[0]) for p in points]
        for change, wanted in zip(changes, wanted_changes, strict=True):
            assert close(name, change, wanted), f"{name}: {change!r}, not {wanted!r}"


def _by_root_json(workspace: Workspace) -> tuple[Workspace, Mapping[str, str] | None]:
    from hs3.adapters.root.json import to_root_json
    from hs3.adapters.root.writer import renamed

    data, _ = to_root_json(workspace)
    return Workspace.from_json(json.loads(json.dumps(data))), renamed(data)


def _by_pyhf(workspace: Workspace) -> tuple[Workspace, Mapping[str, str] | None]:
    from hs3.adapters.pyhf import from_pyhf, to_pyhf

    data, report = to_pyhf(workspace)
    if any(finding.code == "pyhf.constant_term" for finding in report):
        raise ConversionError("other by a constant", code="pyhf.constant_term")
    codes = (f.value for f in report if f.code == "pyhf.modifier_settings")
    return from_pyhf(data, interpolation=next(codes, "code4"))[0], None


def _by_xml(workspace: Workspace) -> tuple[Workspace, Mapping[str, str] | None]:
    from hs3.adapters.xml import from_xml, to_xml

    with tempfile.TemporaryDirectory() as folder:
        told = to_xml(workspace, Path(folder) / "xml")
        there, report = from_xml(Path(folder) / "xml" / "combination.xml")
    if any(finding.code == "xml.clipping" for finding in told) and _is_negative(workspace):
        raise ConversionError("a rate is cut at zero, as was told", code="xml.clipping")
    if any(finding.code == "xml.conflict" for finding in report):
        raise ConversionError("a start is outside of HistFactory's range", code="xml.conflict")
    return there, None


def _is_negative(workspace: Workspace) -> bool:
    """Whether a sample has a rate below zero at the start."""
    yields = compiled(workspace).sample_yields()
    return any((rates < 0.0).any() for samples in yields.values() for rates in samples.values())


def _by_zfit(workspace: Workspace) -> tuple[Workspace, Mapping[str, str] | None]:
    """The document of the loss, by the names that its parameters have already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own
        from hs3.adapters.zfit import from_zfit, to_zfit

        return from_zfit(to_zfit(workspace))[0], {}


JOURNEYS_BY: dict[str, Travel] = {
    "root-json": _by_root_json,
    "pyhf": _by_pyhf,
    "xml": _by_xml,
    "zfit": _by_zfit,
}
"""Formats and frameworks that are written and read."""


def by_root_file(workspace: Workspace) -> tuple[Workspace, Mapping[str, str] | None]:
    """A file that ROOT writes, read without ROOT."""
    from hs3.adapters.root import from_root
    from hs3.adapters.root.json import to_root_json
    from hs3.adapters.root.writer import renamed, write_root

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.root"
        write_root(workspace, path)
        return from_root(path.read_bytes())[0], renamed(to_root_json(workspace)[0])


def installed() -> dict[str, Travel]:
    """The journeys that can be made here."""
    there = importlib.util.find_spec("zfit") is not None
    return {name: travel for name, travel in JOURNEYS_BY.items() if there or name != "zfit"}
