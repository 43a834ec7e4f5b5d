"""RooFit on the unbinned model, in a Python with ROOT; asked by `toys.py` and `unbinned.py`.

    python benchmarks/roofit.py '{"toys": 1000, "events": 1000}'
    python benchmarks/roofit.py '{"file": "events.npy", "repeat": 3}'

Prints JSON: seconds with each of the evaluation backends, and what was found.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import warnings

import models
import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ROOT

ROOT.gROOT.SetBatch(True)
ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.FATAL)
BACKENDS = ("cpu", "codegen")


class Model:
    """A peak on a falling background (see `models.unbinned`)."""

    def __init__(self) -> None:
        self.m = ROOT.RooRealVar("m", "", models.LOW, models.HIGH)
        start = {**models.START, "slope": -models.START["slope"]}
        bounds = {**models.BOUNDS, "slope": tuple(-b for b in reversed(models.BOUNDS["slope"]))}
        self.start = start
        self.parameters = {k: ROOT.RooRealVar(k, "", start[k], *bounds[k]) for k in start}
        p = self.parameters
        self.peak = ROOT.RooGaussian("peak", "", self.m, p["mean"], p["width"])
        self.falling = ROOT.RooExponential("falling", "", self.m, p["slope"])
        self.pdf = ROOT.RooAddPdf("model", "", [self.peak, self.falling], [p["fraction"]])

    def reset(self) -> None:
        """Back to the start."""
        for name, parameter in self.parameters.items():
            parameter.setVal(self.start[name])
            parameter.setError(0.0)

    def fit(self, data: ROOT.RooDataSet, backend: str) -> ROOT.RooFitResult:
        """MIGRAD and HESSE."""
        return self.pdf.fitTo(
            data,
            ROOT.RooFit.EvalBackend(backend),
            ROOT.RooFit.PrintLevel(-1),
            ROOT.RooFit.Save(),
        )


def toys(count: int, events: int, backend: str) -> dict[str, object]:
    """Draw and fit toys."""
    model = Model()
    ROOT.RooRandom.randomGenerator().SetSeed(3)
    model.fit(model.pdf.generate([model.m], events), backend)
    means = []
    start = time.perf_counter()
    for _ in range(count):
        model.reset()
        data = model.pdf.generate([model.m], events)
        result = model.fit(data, backend)
        if result.status() == 0:
            means.append(model.parameters["mean"].getVal())
    seconds = time.perf_counter() - start
    found = np.array(means)
    moments = {"count": len(found), "mean": float(found.mean()), "std": float(found.std())}
    return {"seconds": seconds, "mean": moments}


def single(file: str, repeat: int, backend: str) -> dict[str, object]:
    """Fit one set of events several times."""
    model = Model()
    data = ROOT.RooDataSet.from_numpy({"m": np.load(file)}, [model.m])
    model.fit(data, backend)
    times = []
    for _ in range(repeat):
        model.reset()
        start = time.perf_counter()
        model.fit(data, backend)
        times.append(time.perf_counter() - start)
    fitted = {name: p.getVal() for name, p in model.parameters.items()}
    fitted["slope"] = -fitted["slope"]
    return {"seconds": statistics.median(times), "values": fitted}


def main() -> None:
    """Answer the request on the command line."""
    request = json.loads(sys.argv[1])
    found = {}
    for backend in BACKENDS:
        if "toys" in request:
            found[backend] = toys(request["toys"], request["events"], backend)
        else:
            found[backend] = single(request["file"], request["repeat"], backend)
    print(json.dumps({"version": ROOT.gROOT.GetVersion(), "backends": found}))


if __name__ == "__main__":
    main()
