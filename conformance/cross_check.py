"""Any document in several frameworks: do they find the same likelihood, and where do they part?"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hs3 import jsonio
from hs3.engine import FitResult, Model, fit
from hs3.errors import ConversionError, EvaluationError
from hs3.graph import Graph

from .backends import command, help_for
from .backends.dressed import Dressed, dressed
from .parts import OurParts
from .process import Process

Status = Literal["agrees", "differs", "cannot", "fails"]
Array = np.ndarray[tuple[int], np.dtype[np.float64]]

TOLERANCE = 1e-6
"""Difference of -2 ln L, relative to its change where that exceeds one, that is rounding."""

TIMEOUT = 600.0
"""Seconds that one framework may take for all points."""


@dataclass(frozen=True)
class Point:
    """Where likelihoods are compared.

    Attributes:
        label: ``best fit``, ``start``, ``random 3``, ``mu + 1σ``.
        values: all parameters by name.
        moved: the only parameter that differs from the best fit, if one does.
    """

    label: str
    values: Mapping[str, float]
    moved: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One framework beside the engine.

    Attributes:
        backend: its name.
        version: what it says its version is.
        status: ``cannot`` when it cannot express the likelihood, ``fails`` for errors.
        message: why not, or where the worst difference is.
        deviations: of -2 ln L from the engine's, per point, both relative to the best fit.
        channels: largest difference from the data of each distribution, where they part.
        constraints: largest difference from each constraint, where they part.
        parameters: largest difference when one parameter moves alone, where they part.
        fit: difference of each best-fit value in units of its error, where it was asked for.
    """

    backend: str
    version: str = ""
    status: Status = "agrees"
    message: str = ""
    deviations: tuple[float, ...] = ()
    channels: Mapping[str, float] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    fit: Mapping[str, float] = field(default_factory=dict)

    @property
    def worst(self) -> float:
        """The largest difference of -2 ln L."""
        return max(map(abs, self.deviations), default=0.0)


@dataclass(frozen=True)
class CrossCheck:
    """A likelihood in several frameworks.

    Attributes:
        points: where they were compared; the first is the best fit.
        twice_delta_nll: the engine's change of -2 ln L from the best fit to each point.
        comparisons: one per framework.
        fit: the engine's fit.
    """

    points: tuple[Point, ...]
    twice_delta_nll: tuple[float, ...]
    comparisons: tuple[Comparison, ...]
    fit: FitResult

    @property
    def ok(self) -> bool:
        """True when a framework could be compared, and none parts or fails."""
        found = [c.status for c in self.comparisons]
        return "agrees" in found and not {"differs", "fails"} & set(found)


def cross_check(
    model: Model,
    against: Sequence[str],
    *,
    points: int = 20,
    seed: int = 1,
    tolerance: float = TOLERANCE,
    fits: bool = False,
    python: str | None = None,
    timeout: float = TIMEOUT,
) -> CrossCheck:
    """Compare a likelihood with what other frameworks find, around its best fit.

    The frameworks are compared by the change of -2 ln L from the best fit, in which constants drop
    out. Points are the document's start, `points` random ones within two errors of the best fit,
    and each free parameter alone one and two errors up and down. Where a framework parts, its
    likelihood is taken apart as far as it lets.

    Args:
        model: the likelihood.
        against: backends, as `hs3.conformance.runner.run` takes them.
        points: number of random points.
        seed: of these.
        tolerance: difference that is allowed, relative to the change where that exceeds one.
        fits: let the frameworks fit, too.
        python: interpreter for backends in Python.
        timeout: seconds for each.

    Raises:
        FitError: as `hs3.fit`.
        ConversionError: a backend cannot be used.
    """
    result = fit(model)
    wanted = check_points(model, result, points, seed)
    chosen = [_defined(model, point, result.values) for point in wanted]
    values = np.array([model.twice_nll(point.values) for point in chosen])
    found = []
    for backend in against:
        task = _Task(model.graph, result, chosen, values - values[0], tolerance)
        found.append(task.compare(backend, python, timeout, fits))
    return CrossCheck(tuple(chosen), tuple((values - values[0]).tolist()), tuple(found), result)


def check_points(model: Model, result: FitResult, count: int, seed: int) -> list[Point]:
    """The best fit, the start, random points, and each free parameter alone."""
    best = dict(result.values)
    start = {p.name: p.value for p in model.parameters}
    limits = {p.name: (p.min, p.max) for p in model.parameters}
    steps = {name: _step(name, best, result.errors, start) for name in result.free}
    rng = np.random.default_rng(seed)

    def moved(shifts: Mapping[str, float]) -> dict[str, float]:
        at = {n: float(np.clip(best[n] + s * steps[n], *limits[n])) for n, s in shifts.items()}
        return {**best, **at}

    out = [Point("best fit", best), Point("start", start)]
    for i in range(count):
        shifts = dict(zip(result.free, rng.uniform(-2.0, 2.0, len(result.free)), strict=True))
        out.append(Point(f"random {i + 1}", moved(shifts)))
    for name in result.free:
        out += [
            Point(f"{name} {'+' if step > 0 else '-'} {abs(step)}σ", moved({name: step}), name)
            for step in (1, -1, 2, -2)
        ]
    return out


def _defined(model: Model, point: Point, best: Mapping[str, float]) -> Point:
    """The point, or one nearer to the best fit where the likelihood vanishes there."""
    while not _is_defined(model, point):
        values = {name: 0.5 * (value + best[name]) for name, value in point.values.items()}
        point = replace(point, values=values)
    return point


def _is_defined(model: Model, point: Point) -> bool:
    try:
        return bool(np.isfinite(model.twice_nll(point.values)))
    except EvaluationError:  # a density is negative there
        return False


def _step(
    name: str, best: Mapping[str, float], errors: Mapping[str, float], start: Mapping[str, float]
) -> float:
    """The error of a parameter, or where the likelihood does not tell it some part of its value."""
    error = errors.get(name, 0.0)
    usable = np.isfinite(error) and error > 0.0
    return float(error) if usable else 0.1 * max(1.0, abs(best[name] - start[name]))


# --- one framework --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Task:
    graph: Graph
    result: FitResult
    points: Sequence[Point]
    ours: Array
    tolerance: float

    def compare(self, backend: str, python: str | None, timeout: float, fits: bool) -> Comparison:
        try:
            given = dressed(self.graph, backend)
        except ConversionError as error:
            return Comparison(backend, status="cannot", message=error.message)
        with tempfile.TemporaryDirectory(prefix="hs3-check-") as folder:
            path = Path(folder, "hs3.json")
            path.write_text(jsonio.dumps(given.document), encoding="utf-8")
            Path(folder, "metadata.json").write_text('{"conformance": ["standard"]}')
            with Process(backend, command(backend, python), help_for(backend)) as process:
                asked = _Asked(process, str(path), given, timeout)
                found = replace(self._compared(backend, asked), version=process.version)
                if fits and found.status in ("agrees", "differs"):
                    found = self._fitted(found, asked)
                return found

    def _compared(self, backend: str, asked: _Asked) -> Comparison:
        answer = asked.parts(self.points)
        if "error" in answer:
            status: Status = "cannot" if answer.get("unsupported") else "fails"
            return Comparison(backend, status=status, message=str(answer["error"]))
        rows = answer["value"]
        totals = np.array([_number(row["total"]) for row in rows])
        off = totals - totals[0] - self.ours
        allowed = self.tolerance * np.maximum(1.0, np.abs(self.ours))
        out = Comparison(backend, deviations=tuple(off.tolist()))
        wrong = ~(np.abs(off) <= allowed)
        if not wrong.any():
            return out
        worst = int(np.argmax(np.where(np.isnan(off), np.inf, np.abs(off) / allowed)))
        message = f"-2 ln L is off by {off[worst]:.3g} at {self.points[worst].label}"
        return replace(
            out,
            status="differs",
            message=message,
            parameters=_largest(
                (point.moved, value)
                for point, value, bad in zip(self.points, off, wrong, strict=True)
                if point.moved and bad
            ),
            **self._apart(rows, asked.given.original()),
        )

    def _apart(self, rows: Sequence[Any], names: Mapping[str, str]) -> dict[str, Any]:
        """The differences that channels and constraints make."""
        ours = OurParts(self.graph, [point.values for point in self.points])
        out = {}
        for kind in ("channels", "constraints"):
            theirs_of = dict.fromkeys(name for row in rows for name in row[kind])
            told = {names.get(name, name) for name in theirs_of}
            mine = getattr(ours, kind) if told else {}
            pairs = []
            for name in theirs_of:
                original = names.get(name, name)
                theirs = np.array([_number(row[kind].get(name, 0.0)) for row in rows])
                own = mine.get(original, np.zeros(len(rows)))
                off = (theirs - theirs[0]) - (own - own[0])
                pairs += [(original, value) for value in off]
            for name, own in mine.items():
                if name not in told:
                    pairs += [(name, value) for value in own[0] - own]
            limit = self.tolerance * max(1.0, float(np.abs(self.ours).max()))
            out[kind] = {n: v for n, v in _largest(pairs).items() if not abs(v) <= limit}
        return out

    def _fitted(self, found: Comparison, asked: _Asked) -> Comparison:
        fixed = [p for p in self.result.parameters.values() if p.fixed]
        answer = asked.fit(self.points[1].values, [p.name for p in fixed])
        if "error" in answer:
            return replace(found, message=f"{found.message}; no fit: {answer['error']}".strip("; "))
        names = asked.given.original()
        values = {names.get(n, n): p["value"] for n, p in answer["value"]["parameters"].items()}
        pulls = {
            name: (values[name] - self.result.values[name]) / self.result.errors[name]
            for name in self.result.free
            if name in values and self.result.errors[name] > 0.0
        }
        return replace(found, fit=pulls)


def _largest(pairs: Any) -> dict[str, float]:
    """The largest value of each name, largest first."""
    out: dict[str, float] = {}
    for name, value in pairs:
        if not abs(value) <= abs(out.get(name, 0.0)):
            out[name] = float(value)
    return dict(sorted(out.items(), key=lambda item: -abs(item[1])))


def _number(value: Any) -> float:
    return float(value)  # also of "nan" and "inf", as the process writes them


@dataclass(frozen=True, eq=False)
class _Asked:
    """Questions to one process about one document."""

    process: Process
    path: str
    given: Dressed
    timeout: float

    def _ask(self, **check: Any) -> dict[str, Any]:
        request = {"path": self.path, "check": {"target": self.given.target, **check}}
        return self.process.ask(request, self.timeout)

    def parts(self, points: Sequence[Point]) -> dict[str, Any]:
        """The parts of the likelihood at each point; the total alone of a backend without them."""
        moved = [self.given.point(p.values) for p in points]
        answer = self._ask(kind="likelihood_parts", points=moved)
        if not answer.get("unsupported"):
            return answer
        names = list(moved[0])
        answer = self._ask(
            kind="twice_delta_nll_scan",
            reference_point=moved[0],
            scan_parameters=names,
            scan_points=[[point[name] for name in names] for point in moved],
        )
        if "value" in answer:
            rows = [{"total": v, "channels": {}, "constraints": {}} for v in answer["value"]]
            answer = {**answer, "value": rows}
        return answer

    def fit(self, start: Mapping[str, float], fixed: Sequence[str]) -> dict[str, Any]:
        """The backend's own fit."""
        held = [self.given.names.get(name, name) for name in fixed]
        return self._ask(kind="fit", reference_point=self.given.point(start), fixed=held)
