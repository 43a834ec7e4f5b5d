"""Time of the likelihood with its gradient: against pyhf with its JAX backend and NextStat.

All run in this process on the same workspace with the same interpolation codes, and are checked to
give the same numbers before a time is taken.

    python benchmarks/gradient.py [--sizes tiny,small,medium,large] [--rounds 20] [--json FILE]

A size may also be a file, see models.py.

Asked for is a gradient at least 5 times faster than pyhf's and 7 times faster than NextStat's on
medium, 20 and 100 times on large.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import measure
import models
import numpy as np

import hs3

Json = dict[str, Any]
Evaluate = Callable[[], tuple[float, Any]]
WHAT = "-ln L and gradient"
TARGETS = (
    ("medium", "pyhf with JAX", 5.0),
    ("medium", "NextStat", 7.0),
    ("large", "pyhf with JAX", 20.0),
    ("large", "NextStat", 100.0),
)


def ours(spec: Json) -> tuple[Evaluate, dict[str, float]]:
    """What evaluates -ln L with its gradient, and the names and values used."""
    import jax

    from hs3.engine import kernels

    model = hs3.compile(spec)
    theta = jax.device_put(model.start)

    def evaluate() -> tuple[float, Any]:
        value, gradient = kernels.value_and_gradient(
            theta, model.program, model.arrays, model.observed
        )
        return float(value), gradient.block_until_ready()

    return evaluate, dict(zip(model.names, model.start.tolist(), strict=True))


def pyhfs(spec: Json, values: dict[str, float]) -> tuple[Evaluate, list[str]]:
    """The same of pyhf, jitted, at the same point; and its order of parameters."""
    import jax
    import pyhf

    pyhf.set_backend("jax")
    workspace = pyhf.Workspace(spec)
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    data = jax.numpy.asarray(workspace.data(model))
    theta = jax.numpy.asarray([values[name] for name in model.config.par_names])
    both = jax.jit(jax.value_and_grad(lambda p: -model.logpdf(p, data)[0]))

    def evaluate() -> tuple[float, Any]:
        value, gradient = both(theta)
        return float(value), gradient.block_until_ready()

    return evaluate, model.config.par_names


def nextstats(spec: Json, values: dict[str, float]) -> tuple[Evaluate, list[str]]:
    """The same of NextStat, which gives the gradient alone."""
    import nextstat

    model = nextstat.from_pyhf(json.dumps(spec))
    names = [name if name in values else f"{name}[0]" for name in model.parameter_names()]
    at = [values[name] for name in names]
    value = model.nll(at)
    return lambda: (value, model.grad_nll(at)), names


def peers(record: measure.Record) -> dict[str, Callable[..., tuple[Evaluate, list[str]]]]:
    """Those that are there."""
    known = {"pyhf": ("pyhf with JAX", pyhfs), "nextstat": ("NextStat", nextstats)}
    return dict(known[name] for name in measure.installed(record, *known))


def check(who: str, own: Evaluate, names: list[str], other: Evaluate, order: list[str]) -> None:
    """Refuse to compare the times of different numbers."""
    (value, slope), (theirs, their_slope) = own(), other()
    there = [names.index(name) for name in order]
    if not np.isclose(value, theirs, rtol=1e-8):
        raise SystemExit(f"-ln L of {who} is {theirs}, not {value}")
    if not np.allclose(np.asarray(slope)[there], their_slope, rtol=1e-6, atol=1e-6):
        raise SystemExit(f"the gradient of {who} is another one")


def main() -> None:
    settings = measure.options(
        __doc__,
        ("--sizes", {"default": "tiny,small,medium,large"}),
        ("--rounds", {"type": int, "default": 20}),
    )
    record = measure.Record("gradient")
    others = peers(record)
    for size in settings.sizes.split(","):
        spec = models.workspace(size)
        own, values = ours(spec)
        actions = {"hs3": own}
        for who, make in others.items():
            actions[who], order = make(spec, values)
            check(who, own, list(values), actions[who], order)
        seconds = measure.in_turns(actions, settings.rounds, in_a_row=10)
        record.row(models.case(size), WHAT, seconds, f"{len(values)} parameters")
    for size, peer, least in TARGETS:
        record.faster(size, WHAT, peer, least)
    record.finish(settings.json)


if __name__ == "__main__":
    main()
