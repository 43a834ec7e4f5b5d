"""Discovery significance and upper limit of the demo with the calculators of hepstats.

Needs hepstats; whether zfit is installed too makes no difference.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hepstats.hypotests import Discovery, UpperLimit
from hepstats.hypotests.calculators import AsymptoticCalculator
from hepstats.hypotests.parameters import POI, POIarray

import hs3
from hs3.adapters.hepstats import Minimizer, loss

model = hs3.compile(Path(__file__).parents[1] / "demo" / "workspace.json")

made = loss(model)
mu = made["mu"]
calculator = AsymptoticCalculator(made, Minimizer())
p_value, significance = Discovery(calculator, POI(mu, 0)).result(printlevel=0)

ours = hs3.upper_limit(model)
values = np.linspace(0.9 * min(ours.observed, *ours.expected[2:]), 1.1 * ours.expected[4], 15)
test = UpperLimit(calculator, POIarray(mu, values), POI(mu, 0), qtilde=True)
scanned = test.pvalues(CLs=True)


def limit(cls: np.ndarray) -> float:
    """Where CLs falls to 5%. (`upperlimit` of hepstats 0.10 finds nothing with numpy 2.4.)"""
    return float(np.exp(np.interp(-np.log(0.05), -np.log(cls), np.log(values))))


limits = {"observed": limit(scanned["cls"]), "expected": limit(scanned["expected"])}

if __name__ == "__main__":
    print(f"significance {significance:.3f}, here {hs3.significance(model).observed:.3f}")
    print(f"limit {limits['observed']:.3f}, here {ours.observed:.3f}")
    print(f"expected {limits['expected']:.3f}, here {ours.expected[2]:.3f}")
