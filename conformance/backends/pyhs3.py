"""pyhs3, which reads the document itself.

Needs no other package than pyhs3, so that it runs in an interpreter without this one.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyhs3
from pyhs3.compile import function
from pyhs3.likelihoods import Likelihood
from pyhs3.model import Model
from pytensor.graph.traversal import explicit_graph_inputs

logging.disable(logging.WARNING)

Check = Mapping[str, Any]

UNKNOWN = (
    "does not match any of the expected tags",
    "Unknown distribution type",
    "Unknown function type",
    "not implemented",
    "Unknown types in distributions",
    "Unknown types in functions",
)
"""What pyhs3 says of types that it does not have."""


class CannotDo(NotImplementedError):
    """It has no such check, or cannot express such a model; the text says what."""


class Backend:
    """pyhs3 with few rewrites of its graphs, which costs less time than it saves here."""

    name = "pyhs3"
    version = pyhs3.__version__
    mode = "FAST_COMPILE"

    def load_workspace(self, path: str) -> Any:
        """A workspace of pyhs3."""
        try:
            return pyhs3.Workspace.load(path, suppress_traceback=False)
        except Exception as error:
            details = str(error).rpartition("(first 20):")[2]
            message = " ".join(details.split())[:300]
            if any(text in message for text in UNKNOWN):
                raise CannotDo(message) from None
            raise ValueError(message) from None

    def run_structure_check(self, workspace: Any, check: Check) -> dict[str, list[str]]:
        """What the workspace has."""
        return {
            "pdfs": _names(workspace.distributions),
            "functions": _names(workspace.functions),
            "data": _names(workspace.data),
        }

    def run_pdf_scan(self, workspace: Any, check: Check, path: str) -> list[float]:
        """The density, normalised over the observables."""
        target = check["target"]
        ranges = _ranges(path)
        model = Model(
            parameterset=workspace.parameter_points[0],
            distributions=workspace.distributions,
            domain=workspace.domains[0],
            functions=workspace.functions or pyhs3.functions.Functions(),
            progress=False,
            mode=self.mode,
            observables={name: ranges[name] for name in target["observables"]},
        )
        return self._scan(model.distributions[target["pdf"]], model, check, {})

    def run_function_scan(self, workspace: Any, check: Check, path: str) -> list[float]:
        """The function's value."""
        model = workspace.model(0, progress=False, mode=self.mode)
        return self._scan(model.functions[check["target"]["function"]], model, check, {})

    def run_twice_delta_nll_scan(self, workspace: Any, check: Check, path: str) -> list[float]:
        """Minus twice the log-probability, less that at the reference point."""
        model = workspace.model(_likelihood(workspace, check["target"]), progress=False)
        reference = {**check, "scan_points": [[]], "scan_parameters": []}
        zero = self._scan(-2.0 * model.log_prob, model, reference, model.data)[0]
        values = self._scan(-2.0 * model.log_prob, model, check, model.data)
        return [value - zero for value in values]

    def _scan(
        self, expression: Any, model: Any, check: Check, data: Mapping[str, Any]
    ) -> list[float]:
        inputs = [v for v in explicit_graph_inputs([expression]) if v.name is not None]
        compiled = function(
            inputs=inputs,
            outputs=expression,
            mode=self.mode,
            on_unused_input="ignore",
            trust_input=True,
        )
        names: Sequence[str] = check["scan_parameters"]
        out = []
        for point in check["scan_points"]:
            at = {**model.free_params} if model._likelihood is not None else {}
            at |= {**check["reference_point"], **dict(zip(names, point, strict=True)), **data}
            given = [_shaped(at[v.name] if v.name in at else _number(v.name), v) for v in inputs]
            out.append(float(np.asarray(compiled(*given)).reshape(-1)[0]))
        return out


def _shaped(value: Any, variable: Any) -> Any:
    """A value with the rank that a graph's input has."""
    array = np.asarray(value, dtype=np.float64)
    return array.reshape((-1,) * variable.ndim) if array.ndim < variable.ndim else array


def _number(name: str) -> float:
    """pyhs3 makes inputs of numbers in the document, called as these."""
    try:
        return float(name)
    except ValueError:
        raise KeyError(f"pyhs3's graph depends on {name!r}, which has no value") from None


def _names(collection: Any) -> list[str]:
    return [item.name for item in collection or ()]


def _ranges(path: str) -> dict[str, tuple[float, float]]:
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    axes = [axis for domain in document.get("domains", ()) for axis in domain["axes"]]
    found: dict[str, tuple[float, float]] = {}
    for axis in axes:
        low, high = axis.get("min", -math.inf), axis.get("max", math.inf)
        found.setdefault(axis["name"], (low, high))
    return found


def _likelihood(workspace: Any, target: Mapping[str, Any]) -> Any:
    if "likelihood" in target:
        return workspace.likelihoods.get(target["likelihood"])
    return Likelihood(
        name="conformance",
        distributions=[workspace.distributions.get(target["pdf"])],
        data=[workspace.data.get(target["data"])],
    )
