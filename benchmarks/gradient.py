"""Time of the likelihood with its gradient: this engine against pyhf with its JAX backend.

Both are compiled, both run in this process on the same workspace with the same interpolation codes,
and are checked to give the same number before a time is taken. Needs pyhf.

    python benchmarks/gradient.py [--sizes tiny,small,medium,large] [--repeat 200] [--json FILE]
                                  [--shared FILE]

``--shared`` takes the workspaces of another generator: a Python file with ``SIZES`` and
``workspace(**size)``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import models

Json = dict[str, Any]
Evaluate = Callable[[], tuple[float, Any]]

IN_A_ROW = 10
"""Calls of one program before it is the other one's turn."""


def ours(spec: Json) -> tuple[Evaluate, Json]:
    """A function that evaluates -2 ln L with its gradient, and the names and values used."""
    import jax

    import hs3
    from hs3.engine import kernels

    model = hs3.compile(spec)
    theta = jax.device_put(model.start)

    def evaluate() -> tuple[float, Any]:
        value, gradient = kernels.value_and_gradient(
            theta, model.program, model.arrays, model.observed
        )
        return 2.0 * float(value), gradient.block_until_ready()

    return evaluate, dict(zip(model.names, model.start.tolist(), strict=True))


def pyhfs(spec: Json, values: Json) -> Evaluate:
    """The same of pyhf, jitted, at the same point."""
    import jax
    import pyhf

    pyhf.set_backend("jax")
    workspace = pyhf.Workspace(spec)
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    data = jax.numpy.asarray(workspace.data(model))
    theta = jax.numpy.asarray([values[name] for name in model.config.par_names])
    both = jax.jit(jax.value_and_grad(lambda p: -2.0 * model.logpdf(p, data)[0]))

    def evaluate() -> tuple[float, Any]:
        value, gradient = both(theta)
        return float(value), gradient.block_until_ready()

    return evaluate


def once(evaluate: Evaluate) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    evaluate()
    return time.perf_counter() - start


def some(evaluate: Evaluate) -> float:
    """Seconds of a call among others, as in a fit: what it reads is in the cache."""
    return statistics.median(once(evaluate) for _ in range(IN_A_ROW))


def compare(spec: Json, repeat: int) -> Json:
    """Both on one workspace, in turns; `ratio` is how many times faster this engine is."""
    evaluate, values = ours(spec)
    both = {"hs3": evaluate, "pyhf": pyhfs(spec, values)}
    first = {who: once(evaluate) for who, evaluate in both.items()}
    twice_nll = {who: evaluate()[0] for who, evaluate in both.items()}
    difference = abs(twice_nll["hs3"] - twice_nll["pyhf"])
    assert difference < 1e-8 * abs(twice_nll["pyhf"]), f"-2 ln L differ by {difference}"
    turns = [
        {who: some(evaluate) for who, evaluate in both.items()}
        for _ in range(max(1, repeat // IN_A_ROW))
    ]
    median = {who: statistics.median(turn[who] for turn in turns) for who in both}
    # One call each in turns: what one reads pushes what the other reads out of the cache.
    single = [{who: once(evaluate) for who, evaluate in both.items()} for _ in range(repeat)]
    cold = {who: statistics.median(turn[who] for turn in single) for who in both}
    return {
        "parameters": len(values),
        "twice_nll": twice_nll,
        "first_s": first,
        "median_s": median,
        "ratio": median["pyhf"] / median["hs3"],
        "alternating_s": cold,
        "alternating_ratio": cold["pyhf"] / cold["hs3"],
    }


def generator(path: str | None) -> tuple[list[str], Callable[[str], Json]]:
    """Names of the sizes and the function that makes a workspace of one."""
    if path is None:
        return list(models.SIZES), models.workspace
    module_spec = importlib.util.spec_from_file_location("shared_models", path)
    assert module_spec is not None
    assert module_spec.loader is not None
    other = importlib.util.module_from_spec(module_spec)
    module_spec.loader.exec_module(other)
    return list(other.SIZES), lambda size: other.workspace(**other.SIZES[size])


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the gradient against pyhf with JAX.")
    parser.add_argument("--sizes", help="comma-separated; all of the generator by default")
    parser.add_argument("--repeat", type=int, default=200)
    parser.add_argument("--json", metavar="FILE", help="also write the results here")
    parser.add_argument("--shared", metavar="FILE", help="Python file of another generator")
    options = parser.parse_args()
    sizes, workspace = generator(options.shared)
    results = {}
    print(f"{'size':10s}{'parameters':>12s}{'hs3':>12s}{'pyhf':>12s}{'ratio':>8s}{'in turns':>10s}")
    for size in options.sizes.split(",") if options.sizes else sizes:
        result = results[size] = compare(workspace(size), options.repeat)
        times = "".join(f"{1e6 * seconds:9.0f} µs" for seconds in result["median_s"].values())
        print(
            f"{size:10s}{result['parameters']:12d}{times}{result['ratio']:8.1f}"
            f"{result['alternating_ratio']:10.1f}",
            flush=True,
        )
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
