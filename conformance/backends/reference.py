"""This project, with every kind of check."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import hs3
from hs3.errors import DocumentError, HS3Error
from hs3.findings import Finding, Report

from ..hs3suite_backend import HS3TestSuiteBackend, Loaded, points_of

Check = Mapping[str, Any]


class Backend(HS3TestSuiteBackend):
    """The backend of the official suite, and the extension's checks."""

    version = hs3.__version__

    # --- documents --------------------------------------------------------------------------------

    def run_rejection(self, check: Check, path: str) -> list[dict[str, Any]] | bool:
        """Every error of the document; False when it is accepted."""
        return [f.to_dict() for f in reported(check, Path(path)).errors] or False

    def run_findings(self, check: Check, path: str) -> list[dict[str, Any]]:
        """Everything that is said about the document."""
        return [f.to_dict() for f in reported(check, Path(path))]

    def run_round_trip(self, workspace: Loaded, check: Check, path: str) -> Any:
        """The document after reading and writing; with scan points, its likelihood after it."""
        with tempfile.TemporaryDirectory() as folder:
            returned = _there_and_back(Path(path), check.get("through", "hs3"), Path(folder))
        if "scan_points" not in check:
            return returned.to_json()
        model, reference = hs3.compile(returned), dict(check["reference_point"])
        at = [model.twice_nll({**reference, **point}) for point in [{}, *points_of(check)]]
        return [value - at[0] for value in at[1:]]

    # --- likelihoods ------------------------------------------------------------------------------

    def run_expected_counts(self, workspace: Loaded, check: Check, path: str) -> list[list[float]]:
        """Expected counts per bin of a channel, or of one of its samples, at each point."""
        target = check["target"]
        model = workspace.model({k: v for k, v in target.items() if k == "likelihood"})
        channel, sample = target["channel"], target.get("sample")
        out = []
        for point in points_of(check):
            at = {**check["reference_point"], **point}
            at = {name: value for name, value in at.items() if name in model.names}
            counts = (
                model.expected_counts(at)[channel]
                if sample is None
                else model.sample_yields(at)[channel][sample]
            )
            out.append(counts.tolist())
        return out

    def run_fit(self, workspace: Loaded, check: Check, path: str) -> dict[str, Any]:
        """Best fit from the reference point: values, errors, and the fall of twice the NLL."""
        model = workspace.model(check["target"])
        start = {k: v for k, v in check["reference_point"].items() if k in model.names}
        fixed = tuple(check.get("fixed", ()))
        result = hs3.fit(model, start=start, fixed=fixed)
        if not result.converged:
            raise RuntimeError(result.message)
        parameters = {
            name: {"value": p.value, "error": p.error} for name, p in result.parameters.items()
        }
        fall = result.twice_nll - model.twice_nll(start)
        return {"parameters": parameters, "twice_delta_nll": fall}

    def run_upper_limit(self, workspace: Loaded, check: Check, path: str) -> dict[str, Any]:
        """CLs upper limit by asymptotic formulas, observed and expected."""
        model = workspace.model(check["target"])
        options = {"cl": check.get("cl", 0.95), "statistic": check.get("statistic", "q~")}
        found = hs3.upper_limit(model, poi=check["poi"], **options)
        return {"observed": found.observed, "expected": list(found.expected)}

    def run_sampling(self, workspace: Loaded, check: Check, path: str) -> list[list[float]]:
        """Random events of a distribution, or toys of a channel."""
        target, at = check["target"], dict(check["reference_point"])
        size, seed = int(check["size"]), int(check.get("seed", 1))
        if "pdf" in target:
            names = target["observables"]
            drawn = workspace.evaluator.sample(target["pdf"], names, size, seed, at)
            return _rows([drawn[name] for name in names])
        model = workspace.model({k: v for k, v in target.items() if k == "likelihood"})
        at = {name: value for name, value in at.items() if name in model.names}
        toys: list[list[float]] = model.sample(seed, size, at).channels[target["channel"]].tolist()
        return toys


def _rows(columns: Sequence[Any]) -> list[list[float]]:
    out: list[list[float]] = np.column_stack(columns).tolist()
    return out


def _there_and_back(path: Path, through: str, folder: Path) -> hs3.Workspace:
    """The document after being written in another format and read again."""
    name = {"xml": "xml", "pyhf": "pyhf.json", "root": "model.root"}.get(through, "hs3.json")
    hs3.convert(path, folder / name, to=through)
    made = folder / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hs3.HS3Warning)
        return hs3.load(made / "combination.xml" if through == "xml" else made)


def reported(check: Check, path: Path) -> Report:
    """What is said of a document up to the step that the check names.

    Steps are ``validate`` (the default), ``compile`` (build the target's likelihood), ``evaluate``
    (it at the reference point), ``fit``, ``upper_limit`` (of ``poi``), and ``convert`` (to the
    format ``to``). ``input`` names another file of the fixture's folder.
    """
    source, options = path.with_name(check.get("input", path.name)), dict(check.get("options", {}))
    step, said = check.get("step", "validate"), Report()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", hs3.HS3Warning)
            if step == "validate":
                return hs3.validate(source, **options)
            if step == "convert":
                with tempfile.TemporaryDirectory() as folder:
                    target = Path(folder, "xml" if check["to"] == "xml" else "made")
                    return hs3.convert(source, target, to=check["to"], **options)
            workspace, said = hs3.read(source, **options)
            said += _evaluated(step, workspace, check)
    except DocumentError as error:
        return said + error.findings
    except HS3Error as error:
        return said + Report((_finding(error),))
    return said


def _finding(error: HS3Error) -> Finding:
    return Finding(error.code, error.path, error.message, error.value, error.suggestions)


def _evaluated(step: str, workspace: hs3.Workspace, check: Check) -> Report:
    model = hs3.compile(workspace, **check.get("target", {}))
    at = check.get("reference_point")
    if step == "evaluate":
        model.nll(at)
    elif step == "fit":
        hs3.fit(model, start=at)
    elif step == "upper_limit":
        hs3.upper_limit(model, poi=check.get("poi"))
    return model.report
