"""Make the zoo: small RooFit workspaces, and what the real ROOT says of each.

Run with a Python that has ROOT (6.40), in this folder: ``python make_zoo.py [NAME …]``. Each case
writes ``NAME.root`` and ``NAME.json``: the variables, and for every model (pdf with data) the
negative log-likelihood at the nominal point and at 20 random ones, by both of ROOT's backends,
without offset, with the constraints. Numerical integrals are asked for at 1e-12, so that ROOT's
numbers are those of the formulas. Numbers are seeded; the files differ from run to run by the
identifiers that ROOT draws.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import channel_cases
import composite_cases
import data_cases
import density_cases
import formula_cases
import histfactory_cases
import histogram_cases
import odd_cases
import ROOT
from cases import Case

FILES = (
    density_cases,
    histogram_cases,
    composite_cases,
    formula_cases,
    data_cases,
    histfactory_cases,
    channel_cases,
    odd_cases,
)
CASES: dict[str, Case] = {name: case for file in FILES for name, case in file.CASES.items()}
POINTS = 20
HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> None:
    """Make the cases called `names`, all of them when there are none."""
    failed = [name for name in names or list(CASES) if not made(name)]
    if failed:
        sys.exit(f"not made: {', '.join(failed)}")


def made(name: str) -> bool:
    """Make one case in a process of its own, since ROOT keeps state; whether that went well."""
    print(name, flush=True)
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    status = 1
    try:
        make(name)
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def make(name: str) -> None:
    """Write the two files of a case."""
    quiet()
    ROOT.RooRandom.randomGenerator().SetSeed(zlib.crc32(name.encode()))
    workspace, models = CASES[name]()
    path = HERE / f"{name}.root"
    target = ROOT.TFile.Open(f"{path}?reproducible={name}", "RECREATE")
    workspace.Write()
    target.Close()
    path.with_suffix(".json").write_text(dump(describe(path, workspace.GetName(), models, name)))


def quiet() -> None:
    """No messages; integrals as exact as they get."""
    ROOT.gROOT.SetBatch(True)
    ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.FATAL)
    ROOT.RooMsgService.instance().setSilentMode(True)
    config = ROOT.RooAbsReal.defaultIntegratorConfig()
    config.setEpsAbs(1e-12)
    config.setEpsRel(1e-12)
    config.getConfigSection("RooIntegrator1D").setRealValue("maxSteps", 24)


def describe(path: Path, name: str, models: list[tuple[str, str]], seed: str) -> dict[str, Any]:
    """What ROOT reads back from the file, and its likelihoods."""
    source = ROOT.TFile.Open(str(path))
    workspace = source.Get(name)
    return {
        "root": ROOT.gROOT.GetVersion(),
        "workspace": name,
        "variables": [variable(v) for v in workspace.allVars()],
        "models": [likelihood(workspace, pdf, data, seed) for pdf, data in models],
    }


def variable(v: Any) -> dict[str, Any]:
    """Value, range (null where infinite) and constancy of a variable."""
    bounds = [v.getMin() if v.hasMin() else None, v.getMax() if v.hasMax() else None]
    return {
        "name": v.GetName(),
        "value": v.getVal(),
        "min": bounds[0],
        "max": bounds[1],
        "constant": v.isConstant(),
    }


def likelihood(workspace: Any, pdf_name: str, data_name: str, seed: str) -> dict[str, Any]:
    """The likelihood of one model; a pdf called ``ModelConfig`` stands for that one's pdf."""
    config = workspace.genobj(pdf_name)
    config = config if config and config.InheritsFrom("RooStats::ModelConfig") else None
    pdf = config.GetPdf() if config else workspace.pdf(pdf_name)
    data = workspace.data(data_name)
    globs = config.GetGlobalObservables() if config else None
    parameters = sorted(pdf.getParameters(data), key=lambda v: v.GetName())
    observed = {g.GetName() for g in globs or ()}
    parameters = [v for v in parameters if v.GetName() not in observed]
    reals = [v for v in parameters if v.InheritsFrom("RooRealVar")]
    floating = [v for v in reals if not v.isConstant()]
    points = draw(floating, seed)
    return {
        "pdf": pdf.GetName(),
        "data": data_name,
        "model_config": config.GetName() if config else None,
        "global_observables": sorted(observed),
        "floating": [v.GetName() for v in floating],
        "constant": [v.GetName() for v in reals if v.isConstant()],
        "points": points,
        "nll": {
            b: apart(lambda b=b: values(pdf, data, config, floating, points, b))
            for b in ("cpu", "legacy")
        },
    }


def draw(floating: list[Any], seed: str) -> list[list[float]]:
    """The nominal point, and random ones within 60 % of the way to the bounds (or 2 beyond)."""
    random = ROOT.TRandom3(zlib.crc32(seed.encode()))
    points = [[v.getVal() for v in floating]]
    for _ in range(POINTS):
        points.append([moved(v, random.Uniform(-0.6, 0.6)) for v in floating])
    return points


def moved(v: Any, step: float) -> float:
    """The value, moved by a fraction of the way to its upper (or lower) bound."""
    room = (v.getMax() if v.hasMax() else v.getVal() + 2) - v.getVal()
    if step < 0:
        room = v.getVal() - (v.getMin() if v.hasMin() else v.getVal() - 2)
    return float(v.getVal() + step * room)


def values(
    pdf: Any, data: Any, config: Any, floating: list[Any], points: list[list[float]], backend: str
) -> list[float | None] | str:
    """The negative log-likelihood at each point; ROOT's message where the backend cannot."""
    options = [ROOT.RooFit.Offset("none"), ROOT.RooFit.EvalBackend(backend)]
    if config and config.GetGlobalObservables():
        options.append(ROOT.RooFit.GlobalObservables(config.GetGlobalObservables()))
    if config and config.GetConditionalObservables():
        options.append(ROOT.RooFit.ConditionalObservables(config.GetConditionalObservables()))
    out: list[float | None] = []
    nominal = [v.getVal() for v in floating]
    try:
        nll = pdf.createNLL(data, *options)
        for point in points:
            for v, value in zip(floating, point, strict=True):
                v.setVal(value)
            out.append(nll.getVal())
    except Exception as error:  # a message of ROOT, for the record
        return str(error).strip().splitlines()[-1]
    finally:
        for v, value in zip(floating, nominal, strict=True):
            v.setVal(value)
    return out


def apart(function: Callable[[], Any]) -> Any:
    """What the function returns, called in a process of its own: ROOT may crash in it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(writing, "w") as out:
            json.dump(function(), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else "ROOT crashed"


def dump(data: dict[str, Any]) -> str:
    """JSON text, a list of numbers or names on one line."""
    text = json.dumps(data, indent=1)
    return re.sub(r"\[[^][{}]*\]", lambda m: " ".join(m[0].split()), text) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
