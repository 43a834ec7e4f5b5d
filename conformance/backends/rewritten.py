"""ROOT on the document as it is rewritten for it: what `hs3 convert --to root-json` writes.

The document is converted here, and evaluated in the process of the backend ``root``.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hs3.adapters.root.writer import renamed
from hs3.resolve import resolve
from hs3.workspace import Workspace

from ..conversions import with_probe
from ..process import Process
from . import command, help_for
from .dressed import dressed
from .likelihood import CannotDo, Check, Likelihood, LikelihoodBackend, Parts, Point, refusals

TIMEOUT = 100.0
"""Seconds that ROOT may take for one question; a check may take longer as a whole."""


class Root:
    """The process of the backend ``root``, and a folder for documents."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hs3-rewritten-")
        self._process = Process("root", command("root"), help_for("root"))
        self._count = 0
        self.version = self._process.version

    def written(self, document: Mapping[str, Any]) -> str:
        """The path of a document, which is a new one each time: ROOT keeps what it loaded last."""
        self._count += 1
        path = Path(self._folder.name, f"{self._count}.json")
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    def ask(self, path: str, check: Check) -> Any:
        """The answer to a check.

        Raises:
            CannotDo: ROOT says that it cannot.
            RuntimeError: it raised an error, crashed or hung.
        """
        answer = self._process.ask({"path": path, "check": dict(check)}, TIMEOUT)
        if "value" in answer:
            return answer["value"]
        error = str(answer.get("error", "no answer"))
        raise CannotDo(error) if answer.get("unsupported") else RuntimeError(error)


class RootLikelihood(Likelihood):
    """The likelihood of the ModelConfig that the document becomes."""

    def __init__(self, workspace: Workspace, root: Root) -> None:
        graph = resolve(workspace)
        self._made, self._root = dressed(graph, "root"), root
        self._path = root.written(self._made.document)
        self._parameters = tuple(p.name for p in graph.parameters)

    @property
    def parameters(self) -> Sequence[str]:
        """Names of the parameters."""
        return self._parameters

    def _ask(self, kind: str, **more: Any) -> Any:
        return self._root.ask(self._path, {"kind": kind, "target": self._made.target, **more})

    def parts(self, point: Point) -> Parts:
        """Of the data of each channel and of each constraint, by ROOT's names."""
        (found,) = self._ask("likelihood_parts", points=[self._made.point(point)])
        return Parts(float(found["total"]), found["channels"], found["constraints"])

    def twice_nll(self, point: Point) -> float:
        """Twice the negative log-likelihood."""
        return self.parts(point).total

    def counts(self, channel: str, point: Point) -> list[float]:
        """Expected counts of a channel."""
        target = {**self._made.target, "channel": self._made.names.get(channel, channel)}
        at = self._made.point(point)
        more = {"target": target, "reference_point": at, "scan_parameters": [], "scan_points": [[]]}
        found: list[float] = self._ask("expected_counts", **more)[0]
        return found

    def fit(self, start: Point, fixed: Sequence[str]) -> dict[str, Any]:
        """MIGRAD and HESSE, by the document's names."""
        names, own = self._made.names, self._made.original()
        held = [names.get(name, name) for name in fixed]
        found = self._ask("fit", reference_point=self._made.point(start), fixed=held)
        parameters = {own.get(name, name): value for name, value in found["parameters"].items()}
        twice_nll = self.twice_nll(start) + float(found["twice_delta_nll"])
        return {"parameters": parameters, "twice_nll": twice_nll}


class Backend(LikelihoodBackend):
    """RooFit on converted documents, for every kind of check that the backend ``root`` knows."""

    name = "ROOT (rewritten)"

    def __init__(self) -> None:
        self._root = Root()
        self.version = self._root.version

    def likelihood(self, workspace: Workspace) -> Likelihood:
        """The likelihood of the converted document."""
        return RootLikelihood(workspace, self._root)

    def run_pdf_scan(self, workspace: Workspace, check: Check, path: str) -> Any:
        """The density, normalised over the observables."""
        return self._alone(workspace, check)

    def run_function_scan(self, workspace: Workspace, check: Check, path: str) -> Any:
        """The function's value."""
        return self._alone(workspace, check)

    def run_sampling(self, workspace: Workspace, check: Check, path: str) -> Any:
        """Events of ``RooAbsPdf::generate``."""
        if "pdf" not in check["target"]:
            raise CannotDo("toys of channels")
        return self._alone(workspace, check)

    def _alone(self, workspace: Workspace, check: Check) -> Any:
        """A check of a density or a function, which is converted as part of some likelihood."""
        at = {"scan_parameters": [], "scan_points": [[]], **check}
        with refusals():
            graph = resolve(with_probe(workspace.to_json(), at))
            document = dressed(graph, "root").document
        names = renamed(document)

        def new(value: Any) -> Any:
            return [new(v) for v in value] if isinstance(value, list) else names.get(value, value)

        # What nothing depends on has no variable in ROOT's workspace.
        known = {new(p.name) for p in graph.parameters}
        known |= {new(name) for term in graph.terms for name in term.observables}
        reference = {new(name): value for name, value in check["reference_point"].items()}
        asked = {
            **check,
            "target": {key: new(value) for key, value in check["target"].items()},
            "reference_point": {name: v for name, v in reference.items() if name in known},
        }
        if "scan_parameters" in check:
            names_of_scan = new(check["scan_parameters"])
            kept = [i for i, name in enumerate(names_of_scan) if name in known]
            asked["scan_parameters"] = [names_of_scan[i] for i in kept]
            asked["scan_points"] = [[point[i] for i in kept] for point in check["scan_points"]]
        return self._root.ask(self._root.written(document), asked)
