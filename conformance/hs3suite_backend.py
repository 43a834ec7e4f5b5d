"""This project as a backend of the official HS3 test suite: ``hs3.conformance.hs3suite_backend``.

The suite's numbers come from RooFit, and so do some of its conventions: continuous densities on
binned data are taken at the bin centre, numerical integrals by RooFit's rule (whose error, 1e-7, is
part of the numbers), convolutions periodic, and auxiliary distributions of a likelihood left out
(the suite's reference backend multiplies the pairs of distributions and data only).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import hs3.engine as engine
from hs3.engine.density import Options
from hs3.engine.evaluator import Evaluator
from hs3.errors import ConversionError
from hs3.jsonio import read
from hs3.resolve import resolve
from hs3.workspace import Workspace

ROOT_CONVENTIONS = Options(bin_centres=True, romberg=True, fft=True)
"""How RooFit gets its numbers where a fixture does not say otherwise."""


STANDARD = "standard"
"""Label of fixtures whose numbers are what is mathematically right, and what the text says."""


def conventions(folder: Path) -> Options:
    """The conventions behind the numbers of a fixture, by its metadata.

    ``standard`` among the labels ``conformance``, in this project's fixtures, means what is
    mathematically right; metadata that name an integrator, RooFit's conventions with exact
    integrals; else all of them.
    """
    metadata = folder / "metadata.json"
    described = read(metadata) if metadata.is_file() else {}
    if not isinstance(described, dict):
        return ROOT_CONVENTIONS
    if STANDARD in described.get("conformance", ()) or described.get("conventions") == STANDARD:
        return Options()
    return replace(ROOT_CONVENTIONS, romberg="integrator" not in described)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A document of the suite, and what evaluates its distributions and functions."""

    document: Workspace
    evaluator: Evaluator

    @property
    def options(self) -> Options:
        """The conventions of its numbers."""
        return self.evaluator.definitions.options

    def model(self, target: Mapping[str, str]) -> engine.Model:
        """The likelihood that a check is about."""
        standard = self.options == Options()
        graph = resolve(
            self.document if standard else _without_auxiliary(self.document),
            likelihood=target.get("likelihood"),
            pdf=target.get("pdf"),
            data=target.get("data"),
        )
        if standard:
            return engine.compile(graph)
        # Without global observables RooFit normalises a constraint over its parameter: a constant.
        whole = tuple(replace(c, support=(-math.inf, math.inf)) for c in graph.constraints)
        return engine.compile(replace(graph, constraints=whole), self.options)


class HS3TestSuiteBackend:
    """The contract of the suite: load a document, tell its structure, evaluate scans."""

    name = "hs3-reference"

    def load_workspace(self, path: str | Path) -> Loaded:
        """Read an HS3 document."""
        return self.loaded(Workspace.from_json(read(path)), path)

    def loaded(self, document: Workspace, path: str | Path) -> Loaded:
        """A document with the conventions of the fixture at a path."""
        return Loaded(document, Evaluator.of(document, conventions(Path(path).parent)))

    def structure(self, workspace: Loaded) -> dict[str, list[str]]:
        """Names of distributions, functions and data."""
        ws = workspace.document
        return {
            "pdfs": [d.name for d in ws.distributions or ()],
            "functions": [f.name for f in ws.functions or ()],
            "data": [d.name for d in ws.data or ()],
        }

    def run_structure_check(self, workspace: Loaded, check: Mapping[str, Any]) -> None:
        """Every name that the check lists has to be there.

        Raises:
            ConversionError: one is missing.
        """
        found = self.structure(workspace)
        for kind, names in check["target"].items():
            missing = [name for name in names if name not in found.get(kind, ())]
            if missing:
                raise ConversionError(
                    f"{kind} lack {', '.join(missing)}",
                    code="conformance.structure",
                    value=missing[0],
                )

    def run_twice_delta_nll_scan(
        self, workspace: Loaded, check: Mapping[str, Any], path: str | Path | None = None
    ) -> list[float]:
        """Twice the negative log-likelihood at each point, less that at the reference point."""
        model = workspace.model(check["target"])
        reference = dict(check["reference_point"])

        def at(point: Mapping[str, float]) -> float:
            return model.twice_nll({k: v for k, v in point.items() if k in model.names})

        zero = at(reference)
        return [at({**reference, **point}) - zero for point in points_of(check)]

    def run_pdf_scan(
        self, workspace: Loaded, check: Mapping[str, Any], path: str | Path | None = None
    ) -> list[float]:
        """The density at each point, normalised over the observables of the target."""
        target, reference = check["target"], check["reference_point"]
        return [
            float(
                workspace.evaluator.density(
                    target["pdf"], target["observables"], {**reference, **point}
                )
            )
            for point in points_of(check)
        ]

    def run_function_scan(
        self, workspace: Loaded, check: Mapping[str, Any], path: str | Path | None = None
    ) -> list[float]:
        """The function's value at each point."""
        target, reference = check["target"], check["reference_point"]
        return [
            float(workspace.evaluator.function(target["function"], {**reference, **point}))
            for point in points_of(check)
        ]


def _without_auxiliary(ws: Workspace) -> Workspace:
    """The document with likelihoods that are products of distributions and data alone."""
    likelihoods = tuple(
        likelihood.model_copy(update={"aux_distributions": None})
        for likelihood in ws.likelihoods or ()
    )
    return ws.model_copy(update={"likelihoods": likelihoods}) if likelihoods else ws


def points_of(check: Mapping[str, Any]) -> Sequence[dict[str, float]]:
    """The points of a scan, by name, without what stays at the reference point."""
    names = check["scan_parameters"]
    return [dict(zip(names, values, strict=True)) for values in check["scan_points"]]
