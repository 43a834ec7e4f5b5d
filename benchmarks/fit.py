"""Time of a fit with its covariance: against NextStat and pyhf with JAX.

    python benchmarks/fit.py [--sizes tiny,small,medium,large] [--budget 3] [--json FILE]

A size may also be a file, see models.py. pyhf minimises with MINUIT and finds the covariance with
HESSE; with SciPy it minimises alone. Programs are warm. Each is repeated for about ``--budget``
seconds, slow ones run once: on large NextStat takes minutes, and MINUIT too long to be run. Minima
have to agree. Asked for is at least 10 times faster than NextStat on
medium and 200 times on large; not slower on small, nor three times slower on tiny.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable
from typing import Any

import measure
import models
import numpy as np

import hs3

Json = dict[str, Any]
WHAT = "fit with covariance"
TARGETS = (
    ("tiny", "NextStat", 1.0 / 3.0),
    ("small", "NextStat", 1.0),
    ("medium", "NextStat", 10.0),
    ("large", "NextStat", 200.0),
)
Fit = Callable[[], tuple[float, float]]
"""Gives -ln L at the minimum, and the error of the parameter of interest."""


def ours(spec: Json) -> Fit:
    """With Newton steps and the exact Hessian."""
    model = hs3.compile(spec)

    def fit() -> tuple[float, float]:
        result = hs3.fit(model)
        if not result.converged:
            raise SystemExit(f"the fit failed: {result.message}")
        return result.nll, result.errors[model.pois[0]]

    return fit


def nextstats(spec: Json) -> Fit:
    import nextstat

    model = nextstat.from_pyhf(json.dumps(spec))

    def fit() -> tuple[float, float]:
        result = nextstat.fit(model)
        return result.nll, result.uncertainties[model.poi_index()]

    return fit


def pyhfs(spec: Json, optimizer: str = "minuit") -> Fit:
    import pyhf

    chosen = {"minuit": pyhf.optimize.minuit_optimizer, "scipy": pyhf.optimize.scipy_optimizer}
    minimizer = chosen[optimizer]()
    workspace = pyhf.Workspace(spec)
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    data = workspace.data(model)
    errors = {"return_uncertainties": True} if optimizer == "minuit" else {}

    def fit() -> tuple[float, float]:
        pyhf.set_backend("jax", minimizer)
        found, twice_nll = pyhf.infer.mle.fit(data, model, return_fitted_val=True, **errors)
        of_poi = np.asarray(found)[model.config.poi_index]
        return 0.5 * float(twice_nll), float(of_poi[1]) if errors else math.nan

    return fit


PEERS = {
    "NextStat": ("nextstat", nextstats),
    "pyhf with JAX and MINUIT": ("pyhf", pyhfs),
    "pyhf with JAX and SciPy, no covariance": ("pyhf", functools.partial(pyhfs, optimizer="scipy")),
}
"""The package of each, and what makes its fit."""

TOO_SLOW = ("large", "pyhf with JAX and MINUIT")


def compare(record: measure.Record, size: str, budget: float, installed: list[str]) -> None:
    """All on one workspace, one after the other."""
    spec = models.workspace(size)
    own = ours(spec)
    nll, error = own()
    seconds = {"hs3": measure.repeated(own, budget)}
    notes = []
    for who, (package, make) in PEERS.items():
        if package not in installed or (size, who) == TOO_SLOW:
            continue
        other = make(spec)
        found: list[tuple[float, float]] = []
        try:
            if size != "large":  # one call is long enough to count compiling as nothing
                other()
            seconds[who] = measure.repeated(lambda f=other, to=found: to.append(f()), budget)
        except Exception as failure:  # whatever a peer raises is its result
            notes.append(f"{who} fails ({type(failure).__name__}: {failure})")
            continue
        higher, ratio = found[0][0] - nll, found[0][1] / error
        told = "" if math.isnan(ratio) else f", error of the POI {ratio:.4f} of ours"
        notes.append(f"{who}: minimum higher by {higher:.1e}{told}")
        if higher < -1e-6 * max(1.0, abs(nll)):
            raise SystemExit(f"{who} found a lower minimum: {found[0][0]}, here {nll}")
    # Again at the end: what the machine did meanwhile must not be what is compared.
    seconds["hs3"] = min(seconds["hs3"], measure.repeated(own, budget))
    record.row(models.case(size), WHAT, seconds, "; ".join(notes))


def main() -> None:
    settings = measure.options(
        __doc__,
        ("--sizes", {"default": "tiny,small,medium,large"}),
        ("--budget", {"type": float, "default": 3.0}),
    )
    record = measure.Record("fit")
    installed = measure.installed(record, *dict.fromkeys(name for name, _ in PEERS.values()))
    for size in settings.sizes.split(","):
        compare(record, size, settings.budget, installed)
    for size, peer, least in TARGETS:
        record.faster(size, WHAT, peer, least)
    record.finish(settings.json)


if __name__ == "__main__":
    main()
