"""Fit the demo with iminuit directly: the model's nll is what MINUIT minimises."""

from __future__ import annotations

from pathlib import Path

from iminuit import Minuit

import hs3

model = hs3.compile(Path(__file__).parents[1] / "demo" / "workspace.json")

# `nll` and `gradient` take an array with a value for every parameter, in the order of `names`, and
# `nll` carries MINUIT's error definition of a negative log-likelihood, 0.5.
minuit = Minuit(model.nll, model.start, grad=model.gradient, name=model.names)
for parameter in model.parameters:
    minuit.limits[parameter.name] = (parameter.min, parameter.max)
    minuit.fixed[parameter.name] = parameter.const
minuit.migrad()
minuit.minos("mu")

if __name__ == "__main__":
    mu = minuit.merrors["mu"]
    print(f"mu = {minuit.values['mu']:.4f} {mu.lower:+.4f} {mu.upper:+.4f}")
