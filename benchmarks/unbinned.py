"""Time of unbinned likelihoods: the gradient, against the formula written by hand and pyhs3; fits,
against RooFit and zfit.

The model is a Gaussian peak on a falling exponential between 5 and 7, four parameters. The
hand-written expression is plain JAX with the same closed normalisations, jitted. Numbers have to
agree before times are taken.

    python benchmarks/unbinned.py [--events 1000,100000,1000000] [--rounds 20] [--json FILE]

Asked for are fits with 100,000 and 1,000,000 events at least twice as fast as either. RooFit and
zfit find the covariance with HESSE.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import measure
import models
import numpy as np
from jax.scipy.special import erf
from models import BOUNDS, HIGH, LOW, START

import hs3
from hs3.engine import kernels

GRADIENT, FIT = "-ln L and gradient", "fit with covariance"
Fitted = dict[str, float]
Evaluate = Callable[[], tuple[float, Any]]


def by_hand(x: models.Events) -> Callable[[jax.Array], jax.Array]:
    """The likelihood as one plain expression of (slope, mean, width, fraction)."""
    data = jnp.asarray(x)

    def nll(theta: jax.Array) -> jax.Array:
        slope, mean, width, fraction = theta
        root = width * jnp.sqrt(2.0)
        inside = erf((HIGH - mean) / root) - erf((LOW - mean) / root)
        peak_area = width * jnp.sqrt(jnp.pi / 2.0) * inside
        falling_area = (jnp.exp(-slope * LOW) - jnp.exp(-slope * HIGH)) / slope
        peak = jnp.exp(-0.5 * ((data - mean) / width) ** 2) / peak_area
        falling = jnp.exp(-slope * data) / falling_area
        return -jnp.sum(jnp.log(fraction * peak + (1.0 - fraction) * falling))

    return nll


def pyhs3s(x: models.Events) -> Evaluate:
    """pyhs3 on the same document, its graph compiled as it is by default; it has no fits."""
    import pyhs3
    import pytensor
    from pyhs3.compile import function
    from pytensor.graph.traversal import explicit_graph_inputs

    workspace = pyhs3.Workspace(**models.unbinned(x))
    model = workspace.model(workspace.likelihoods[0], progress=False)
    nll = -model.log_prob.sum()
    inputs = [v for v in explicit_graph_inputs([nll]) if v.name]
    slopes = pytensor.grad(nll, [v for v in inputs if v.name in model.free_params])
    compiled = function(inputs=inputs, outputs=[nll, *slopes], trust_input=True)
    known = {**model.free_params, **model.data}
    at = [np.asarray(known[v.name], np.float64).reshape((-1,) * v.ndim) for v in inputs]

    def evaluate() -> tuple[float, Any]:
        value, *slope = compiled(*at)
        return float(value), slope

    return evaluate


def gradient(
    record: measure.Record, model: Any, x: models.Events, peers: list[str], rounds: int
) -> None:
    """All on the same events, in turns."""
    theta = jax.device_put(model.start)
    plain = jax.jit(jax.value_and_grad(by_hand(x)))
    values = jnp.array([START[k] for k in ("slope", "mean", "width", "fraction")])

    def ours() -> tuple[float, Any]:
        value, slope = kernels.value_and_gradient(
            theta, model.program, model.arrays, model.observed
        )
        return float(value), slope.block_until_ready()

    def hand() -> tuple[float, Any]:
        value, slope = plain(values)
        return float(value), slope.block_until_ready()

    actions = {"hs3": ours, "JAX by hand": hand}
    if "pyhs3" in peers:
        actions["pyhs3"] = pyhs3s(x)
    for who, action in actions.items():
        if not np.isclose(ours()[0], action()[0], rtol=1e-10):
            raise SystemExit(f"-ln L of {who} is {action()[0]}, not {ours()[0]}")
    record.row(f"{len(x):,}", GRADIENT, measure.in_turns(actions, rounds, in_a_row=10))


def zfits(x: models.Events) -> Callable[[], Fitted]:
    """The same model in zfit, with MINUIT and HESSE."""
    import zfit

    zfit.settings.set_verbosity(0)
    obs = zfit.Space("m", limits=(LOW, HIGH))
    bounds = {**BOUNDS, "slope": tuple(-b for b in reversed(BOUNDS["slope"]))}
    start = {**START, "slope": -START["slope"]}
    p = {k: zfit.Parameter(f"{k}_{len(x)}", start[k], *bounds[k]) for k in START}
    parts = [
        zfit.pdf.Gauss(mu=p["mean"], sigma=p["width"], obs=obs),
        zfit.pdf.Exponential(lam=p["slope"], obs=obs),
    ]
    pdf = zfit.pdf.SumPDF(parts, fracs=p["fraction"])
    loss = zfit.loss.UnbinnedNLL(pdf, zfit.Data.from_numpy(obs, x[:, None]))
    minimizer = zfit.minimize.Minuit()

    def fit() -> Fitted:
        for name, parameter in p.items():
            parameter.set_value(start[name])
        result = minimizer.minimize(loss)
        result.hesse()
        found = {name: float(parameter.value()) for name, parameter in p.items()}
        return {**found, "slope": -found["slope"]}

    return fit


def fits(
    record: measure.Record, model: Any, x: models.Events, peers: list[str], budget: float
) -> None:
    """A fit from the true values, by each."""
    result = hs3.fit(model)
    seconds = {"hs3": measure.repeated(lambda: hs3.fit(model), budget)}
    found: dict[str, Fitted] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.npy"
        np.save(file, x)
        request = {"file": str(file), "repeat": 20 if len(x) < 1e5 else 3}
        answer = measure.root(record, "roofit.py", request)
    for backend, one in (answer or {"backends": {}})["backends"].items():
        seconds[f"RooFit {backend}"] = one["seconds"]
        found[f"RooFit {backend}"] = one["values"]
    if "zfit" in peers:
        fit = zfits(x)
        found["zfit"] = fit()
        seconds["zfit"] = measure.repeated(fit, budget)
    for who, values in found.items():
        away = max(abs(values[k] - result.values[k]) / result.errors[k] for k in START)
        if away > 0.05:
            raise SystemExit(f"{who} found another minimum, {away:.2g} standard deviations away")
    record.row(f"{len(x):,}", FIT, seconds)


def main() -> None:
    settings = measure.options(
        __doc__,
        ("--events", {"default": "1000,100000,1000000"}),
        ("--rounds", {"type": int, "default": 20}),
        ("--budget", {"type": float, "default": 3.0}),
    )
    record = measure.Record("unbinned")
    peers = measure.installed(record, "zfit", "pyhs3")
    for count in map(int, settings.events.split(",")):
        x = models.events(count)
        model = hs3.compile(hs3.Workspace.from_json(models.unbinned(x)))
        gradient(record, model, x, peers, settings.rounds)
        fits(record, model, x, peers, settings.budget)
        if count >= 100_000:
            for peer in ("RooFit cpu", "RooFit codegen", "zfit"):
                record.faster(f"{count:,}", FIT, peer, 2.0)
    record.finish(settings.json)


if __name__ == "__main__":
    main()
