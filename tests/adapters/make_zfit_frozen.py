"""Freeze differences of -log L that zfit computes; needs zfit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import test_zfit
import zfit
import zfit_models

from hs3.adapters.zfit import from_zfit

NAMES = (
    *("CrystalBall", "Chebyshev", "QGauss", "extended_sum_weights", "binned_extended"),
    *("BinwiseScale", "SplineMorphing_extended", "conditional"),
)


def main() -> None:
    """Write ``zfit_frozen.json`` beside this file."""
    zfit.run.set_graph_mode(False)
    cases = dict(zfit_models.losses())
    frozen = {}
    for name in NAMES:
        loss = cases[name]()
        frozen[name] = {
            "document": from_zfit(loss)[0].to_json(),
            "points": test_zfit._points(loss),
            "differences": np.asarray(test_zfit._differences(loss)).tolist(),
        }
    Path(__file__).with_name("zfit_frozen.json").write_text(json.dumps(frozen, indent=1) + "\n")


if __name__ == "__main__":
    main()
