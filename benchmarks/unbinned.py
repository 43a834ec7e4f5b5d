"""Time of an unbinned likelihood with its gradient, against the formula written by hand.

The model is a Gaussian peak on a falling exponential between 5 and 7, four parameters. The
hand-written expression is plain JAX with the same closed normalisations, jitted; both are checked
to give the same number before a time is taken.

    python benchmarks/unbinned.py [--events 1000,100000,1000000] [--repeat 20] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gradient import Evaluate, once
from jax.scipy.special import erf

import hs3
from hs3.engine import kernels

LOW, HIGH = 5.0, 7.0
START = {"slope": 1.0, "mean": 5.28, "width": 0.06, "fraction": 0.3}


def events(count: int, seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Events of the model at its start, by inverting the distribution functions."""
    rng = np.random.default_rng(seed)
    span = 1.0 - np.exp(-START["slope"] * (HIGH - LOW))
    falling = LOW - np.log1p(-rng.random(count) * span) / START["slope"]
    peak = rng.normal(START["mean"], START["width"], count)
    chosen = np.where(rng.random(count) < START["fraction"], peak, falling)
    return chosen[(chosen > LOW) & (chosen < HIGH)]


def document(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> dict[str, Any]:
    """The model and its data as an HS3 document."""
    bounds = {"slope": (0.001, 20.0), "mean": (5.0, 7.0), "width": (1e-4, 1.0), "fraction": (0, 1)}
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "peak", "type": "gaussian_dist", "x": "m", "mean": "mean", "sigma": "width"},
            {"name": "falling", "type": "exponential_dist", "x": "m", "c": "slope"},
            {
                "name": "model",
                "type": "mixture_dist",
                "summands": ["peak", "falling"],
                "coefficients": ["fraction"],
                "extended": False,
            },
        ],
        "data": [
            {
                "name": "events",
                "type": "unbinned",
                "entries": x[:, None].tolist(),
                "axes": [{"name": "m", "min": LOW, "max": HIGH}],
            }
        ],
        "likelihoods": [{"name": "likelihood", "distributions": ["model"], "data": ["events"]}],
        "domains": [
            {
                "name": "default_domain",
                "type": "product_domain",
                "axes": [{"name": k, "min": a, "max": b} for k, (a, b) in bounds.items()],
            }
        ],
        "parameter_points": [
            {
                "name": "default_values",
                "parameters": [{"name": k, "value": v} for k, v in START.items()],
            }
        ],
    }


def by_hand(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Callable[[jax.Array], jax.Array]:
    """The same likelihood as one plain expression of (slope, mean, width, fraction)."""
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


def compare(count: int, repeat: int) -> dict[str, float]:
    """Both on the same events, in turns; `ratio` is our time over that of the hand-written one."""
    x = events(count)
    model = hs3.compile(hs3.Workspace.from_json(document(x)))
    theta = jax.device_put(model.start)
    plain = jax.jit(jax.value_and_grad(by_hand(x)))
    values = jnp.array([START[k] for k in ("slope", "mean", "width", "fraction")])

    def ours() -> tuple[float, Any]:
        value, gradient = kernels.value_and_gradient(
            theta, model.program, model.arrays, model.observed
        )
        return float(value), gradient.block_until_ready()

    def hand() -> tuple[float, Any]:
        value, gradient = plain(values)
        return float(value), gradient.block_until_ready()

    pair: dict[str, Evaluate] = {"hs3": ours, "hand": hand}
    numbers = [evaluate()[0] for evaluate in pair.values()]
    if not np.isclose(*numbers, rtol=1e-10):
        raise SystemExit(f"the two disagree: {numbers}")
    times: dict[str, list[float]] = {who: [] for who in pair}
    for _ in range(repeat):
        for who, evaluate in pair.items():
            times[who].append(once(evaluate))
    out = {who: statistics.median(t) for who, t in times.items()}
    return {"events": len(x), **out, "ratio": out["hs3"] / out["hand"]}


def main() -> None:
    """Compare at each size, print a table, and write JSON where asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", default="1000,100000,1000000")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = []
    print(f"{'events':>9} {'hs3':>11} {'by hand':>11} {'ratio':>7}")
    for count in map(int, options.events.split(",")):
        result = compare(count, options.repeat)
        results.append(result)
        print(
            f"{result['events']:9.0f} {result['hs3'] * 1e3:8.3f} ms {result['hand'] * 1e3:8.3f} ms "
            f"{result['ratio']:7.2f}"
        )
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
