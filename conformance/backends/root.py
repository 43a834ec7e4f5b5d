"""ROOT: what RooJSONFactoryWSTool makes of a document, evaluated by RooFit.

Runs in an interpreter with ROOT, which need not have this package or anything else. Nothing is
rewritten for ROOT here: what is tried is how it reads HS3 (`hs3 convert --to root-json` writes what
it reads as it is meant).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ROOT

Check = Mapping[str, Any]

UNKNOWN = ("no handling for type", "no importer found", "of unknown type")
"""What ROOT says of types that it does not have."""

EXACT = 1e-10
"""Accuracy that is asked of numerical integrals where a fixture does not mean RooFit's own."""


class CannotDo(NotImplementedError):
    """It has no such check, or cannot express such a model; the text says what."""


class Backend:
    """RooFit, with its defaults but for the accuracy of integrals."""

    name = "root"
    version = str(ROOT.gROOT.GetVersion())

    def __init__(self) -> None:
        ROOT.gROOT.SetBatch(True)
        ROOT.gErrorIgnoreLevel = ROOT.kFatal
        ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.FATAL)
        self._config = ROOT.RooNumIntConfig(ROOT.RooAbsReal.defaultIntegratorConfig())
        self._made: list[Any] = []

    def load_workspace(self, path: str) -> Any:
        """A RooWorkspace."""
        self._made.clear()
        self._integrals(Path(path))
        workspace = ROOT.RooWorkspace("conformance")
        try:
            ROOT.RooJSONFactoryWSTool(workspace).importJSON(path)
        except Exception as error:
            message = _said(error)
            if any(text in message for text in UNKNOWN):
                raise CannotDo(message) from None
            raise ValueError(message) from None
        return workspace

    def _integrals(self, path: Path) -> None:
        """RooFit's own integrator where the numbers come from it, else an accurate one."""
        described = path.with_name("metadata.json")
        metadata = json.loads(described.read_text()) if described.is_file() else {}
        default = ROOT.RooAbsReal.defaultIntegratorConfig()
        default.__assign__(self._config)
        if "roofit" in str(metadata.get("reference_backend", "")) and "integrator" not in metadata:
            return
        default.setEpsAbs(EXACT)
        default.setEpsRel(EXACT)
        default.method1D().setLabel("RooAdaptiveGaussKronrodIntegrator1D")

    def run_structure_check(self, workspace: Any, check: Check) -> dict[str, list[str]]:
        """What the workspace has."""
        models = [str(o.GetName()) for o in workspace.allResolutionModels()]
        return {
            "pdfs": [*models, *(str(o.GetName()) for o in workspace.allPdfs())],
            "functions": [*models, *(str(o.GetName()) for o in workspace.allFunctions())],
            "data": [str(o.GetName()) for o in workspace.allData()],
        }

    # --- values -----------------------------------------------------------------------------------

    def run_pdf_scan(self, workspace: Any, check: Check, path: str) -> list[float]:
        """The density, normalised over the observables."""
        pdf = _found(workspace.pdf(check["target"]["pdf"]), check["target"]["pdf"])
        names = check["target"]["observables"]
        over = ROOT.RooArgSet(*[_found(workspace.var(name), name) for name in names])
        return [float(pdf.getVal(over)) for _ in _scan(workspace, check)]

    def run_function_scan(self, workspace: Any, check: Check, path: str) -> list[float]:
        """The function's value."""
        name = check["target"]["function"]
        function = _found(workspace.function(name), name)
        return [float(function.getVal()) for _ in _scan(workspace, check)]

    def run_twice_delta_nll_scan(self, workspace: Any, check: Check, path: str) -> list[float]:
        """Twice the sum of RooFit's NLLs, less that at the reference point."""
        _set(workspace, check["reference_point"], lenient=True)
        nll = self._nll(workspace, check["target"], path)
        zero = float(nll.getVal())
        return [2.0 * (float(nll.getVal()) - zero) for _ in _scan(workspace, check)]

    def run_expected_counts(self, workspace: Any, check: Check, path: str) -> list[list[float]]:
        """Expected events times density times volume at each bin centre."""
        if "sample" in check["target"]:
            raise CannotDo("single samples of a channel")
        model, bins = self._channel(workspace, check["target"], path)
        over = ROOT.RooArgSet(bins.get())
        out = []
        for _ in _scan(workspace, check):
            variables = ROOT.RooArgSet(*[workspace.var(v.GetName()) for v in over])
            row = []
            for i in range(bins.numEntries()):
                for v in bins.get(i):
                    workspace.var(v.GetName()).setVal(v.getVal())
                events = model.expectedEvents(variables)
                row.append(float(model.getVal(variables) * events * bins.binVolume()))
            out.append(row)
        return out

    def _channel(self, workspace: Any, target: Mapping[str, Any], path: str) -> tuple[Any, Any]:
        """Pdf and data of a channel, by its name, or by its label in a ModelConfig."""
        name = target["channel"]
        if "model_config" in target:
            self._made.append(self._of_config(workspace, target))
            found: tuple[Any, Any] = self._made[-1].channel(name)
            return found
        pairs = self._pairs(workspace, target, path)
        pdf, data = next(pair for pair in pairs if pair[0] == name)
        return _found(workspace.pdf(pdf), pdf), _found(workspace.data(data), data)

    def run_fit(self, workspace: Any, check: Check, path: str) -> dict[str, Any]:
        """MIGRAD and HESSE from the reference point."""
        whole = "model_config" in check["target"]
        _set(workspace, check["reference_point"], lenient=whole)
        for name in check.get("fixed", ()):
            if not whole or workspace.var(name):
                _found(workspace.var(name), name).setConstant(True)
        if whole:
            nll = self._of_config(workspace, check["target"]).total
        else:
            nll = self._nll(workspace, check["target"], path)
        start = float(nll.getVal())
        minimizer = ROOT.RooMinimizer(nll)
        minimizer.setPrintLevel(-1)
        minimizer.setStrategy(1)
        minimizer.setEps(1e-2)
        status = minimizer.minimize("Minuit2", "migrad")
        minimizer.setStrategy(2)
        status = status or minimizer.hesse()
        if status:
            raise RuntimeError(f"MINUIT ended with status {status}")
        floating = minimizer.save().floatParsFinal()
        parameters = {
            str(p.GetName()): {"value": float(p.getVal()), "error": float(p.getError())}
            for p in floating
        }
        fall = 2.0 * (float(nll.getVal()) - start)
        return {"parameters": parameters, "twice_delta_nll": fall}

    def run_sampling(self, workspace: Any, check: Check, path: str) -> list[list[float]]:
        """Events of ``RooAbsPdf::generate``."""
        target = check["target"]
        if "pdf" not in target:
            raise CannotDo("toys of channels")
        _set(workspace, check["reference_point"])
        ROOT.RooRandom.randomGenerator().SetSeed(int(check.get("seed", 1)))
        pdf = _found(workspace.pdf(target["pdf"]), target["pdf"])
        names = target["observables"]
        over = ROOT.RooArgSet(*[_found(workspace.var(name), name) for name in names])
        unbinned = ROOT.RooFit.AutoBinned(False)
        events = pdf.generate(over, int(check["size"]), unbinned)
        rows = (events.get(i) for i in range(events.numEntries()))
        return [[float(row.getRealValue(name)) for name in names] for row in rows]

    def run_likelihood_parts(self, workspace: Any, check: Check, path: str) -> list[dict[str, Any]]:
        """Twice the NLL of a ModelConfig, of the data of its channels, and of its constraints."""
        likelihood = self._of_config(workspace, check["target"])
        out = []
        for point in check["points"]:
            _set(workspace, point, lenient=True)
            out.append(likelihood.parts())
        return out

    def _of_config(self, workspace: Any, target: Mapping[str, Any]) -> ModelLikelihood:
        config = workspace.obj(target["model_config"]) or workspace.genobj(target["model_config"])
        data = _found(workspace.data(target["dataset"]), target["dataset"])
        return ModelLikelihood(_found(config, target["model_config"]), data)

    # --- likelihoods ------------------------------------------------------------------------------

    def _pairs(self, workspace: Any, target: Mapping[str, Any], path: str) -> list[tuple[str, str]]:
        """Names of distributions and their data."""
        if "likelihood" not in target:
            return [(target["pdf"], target["data"])]
        entry = _likelihood(path, target["likelihood"])
        return list(zip(entry["distributions"], entry["data"], strict=True))

    def _nll(self, workspace: Any, target: Mapping[str, Any], path: str) -> Any:
        pairs = self._pairs(workspace, target, path)
        own: Mapping[str, Any] = {}
        if "likelihood" in target:
            own = _likelihood(path, target["likelihood"])
        further = [_found(workspace.pdf(n), n) for n in own.get("aux_distributions") or ()]
        parts = ROOT.RooArgList()
        for i, (name, data) in enumerate(pairs):
            if not isinstance(data, str):
                raise CannotDo("data that are a number: ROOT's NLL needs a data object")
            options = [ROOT.RooFit.EvalBackend("legacy"), ROOT.RooFit.Offset("none")]
            if further and i == 0:
                options.append(ROOT.RooFit.ExternalConstraints(ROOT.RooArgSet(*further)))
            command = ROOT.RooLinkedList()
            for option in options:
                command.Add(option)
            pdf, events = workspace.pdf(name), workspace.data(data)
            nll = _found(pdf, name).createNLL(_found(events, data), command)
            self._made += [nll, options, command]
            parts.add(nll)
        total = ROOT.RooAddition("conformance_nll", "", parts)
        self._made += [parts, total]
        return total


class ModelLikelihood:
    """The likelihood of a ModelConfig, in parts."""

    def __init__(self, config: Any, data: Any) -> None:
        self._observed = config.GetGlobalObservables() or ROOT.RooArgSet()
        pdf = config.GetPdf()
        self._external = config.GetExternalConstraints() or ROOT.RooArgSet()
        self.total = self._nll(pdf, data)
        self._channels: dict[str, tuple[Any, list[str]]] = {}
        self._constraints: dict[str, tuple[Any, Any, str]] = {}
        self._keep: list[Any] = []
        self._bins: dict[str, tuple[Any, Any]] = {}
        if pdf.InheritsFrom("RooSimultaneous"):
            self._split(pdf, data)

    def _nll(self, pdf: Any, data: Any) -> Any:
        options = [ROOT.RooFit.Offset("none"), ROOT.RooFit.EvalBackend("cpu")]
        if self._observed.size():
            options.append(ROOT.RooFit.GlobalObservables(self._observed))
        if self._external.size():
            options.append(ROOT.RooFit.ExternalConstraints(self._external))
        command = ROOT.RooLinkedList()
        for option in options:
            command.Add(option)
        return pdf.createNLL(data, command)

    def _split(self, pdf: Any, data: Any) -> None:
        """An NLL per channel, and the constraints that are among its factors."""
        category = pdf.indexCat()
        for state in category:
            label = str(state.first)
            one = pdf.getPdf(label)
            if not one:
                continue
            part = data.reduce(ROOT.RooFit.Cut(f"{category.GetName()}=={state.second}"))
            found = one.getAllConstraints(part.get(), one.getParameters(part), True)
            names = []
            for constraint in found:
                name = str(constraint.GetName())
                names.append(name)
                over = constraint.getObservables(self._observed)
                about = constraint.getParameters(self._observed)
                parameters = sorted(str(p.GetName()) for p in about if not p.isConstant())
                self._constraints[name] = (constraint, over, ", ".join(parameters))
            self._keep += [part, found]
            self._bins[label] = (one, part)
            self._channels[label] = (self._nll(one, part), names)

    def channel(self, label: str) -> tuple[Any, Any]:
        """Pdf and binned data of a channel."""
        pdf, data = self._bins[label]
        own = data.reduce(pdf.getObservables(data.get()))  # without the category of channels
        self._keep.append(own)
        return pdf, own.binnedClone()

    def parts(self) -> dict[str, Any]:
        """The parts at the present values."""
        logs = {
            name: -2.0 * float(constraint.getLogVal(over if over.size() else ROOT.nullptr))
            for name, (constraint, over, _) in self._constraints.items()
        }
        channels = {
            label: 2.0 * float(nll.getVal()) - sum(logs[name] for name in names)
            for label, (nll, names) in self._channels.items()
        }
        constraints: dict[str, float] = {}
        for name, (_, _, parameters) in self._constraints.items():
            constraints[parameters] = constraints.get(parameters, 0.0) + logs[name]
        total = 2.0 * float(self.total.getVal())
        return {"total": total, "channels": channels, "constraints": constraints}


def _said(error: Exception) -> str:
    """The last message in what cppyy tells about overloads."""
    text = re.sub(r"\s+", " ", str(error)).strip()
    return re.split(r"(?:runtime_error|Error): ", text)[-1][:400]


def _found(thing: Any, name: str) -> Any:
    if not thing:
        raise ValueError(f"ROOT's workspace has nothing called {name!r} of that kind")
    return thing


def _likelihood(path: str, name: str) -> Mapping[str, Any]:
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    entry: Mapping[str, Any] = next(e for e in document["likelihoods"] if e["name"] == name)
    return entry


def _set(workspace: Any, values: Mapping[str, float], *, lenient: bool = False) -> None:
    """Set variables; with `lenient` the workspace need not have them all."""
    for name, value in values.items():
        variable = workspace.var(name)
        if not variable and lenient:
            continue
        if not variable:
            there = workspace.arg(name)
            if there and there.InheritsFrom("RooConstVar"):
                continue
            raise ValueError(f"ROOT's workspace has no variable called {name!r}")
        low, high = variable.getMin(), variable.getMax()
        if not low <= value <= high:  # setVal would move the value to the edge, without a word
            variable.setRange(min(low, value), max(high, value))
        variable.setVal(value)


def _scan(workspace: Any, check: Check) -> Any:
    """Once per point, with the variables set to it."""
    names: Sequence[str] = check["scan_parameters"]
    for point in check["scan_points"]:
        _set(workspace, check["reference_point"], lenient=True)
        _set(workspace, dict(zip(names, point, strict=True)))
        yield point
