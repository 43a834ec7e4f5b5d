"""Write a large HistFactory workspace with the real ROOT, to measure its reading.

    python benchmarks/root_make.py FILE [CHANNELS SAMPLES SYSTEMATICS BINS]

Run with a Python that has ROOT. Without numbers: about 9,000 nodes.
"""

from __future__ import annotations

import os
import sys

import ROOT

ROOT.gROOT.SetBatch(True)
KEPT: list[object] = []  # HistFactory does not own what it is given
ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.FATAL)
HF = ROOT.RooStats.HistFactory


def histogram(name: str, bins: int, scale: float) -> ROOT.TH1D:
    made = ROOT.TH1D(name, name, bins, 0.0, 1.0)
    made.SetDirectory(0)
    KEPT.append(made)
    for i in range(1, bins + 1):
        made.SetBinContent(i, scale * (10 + i))
        made.SetBinError(i, 0.05 * scale * (10 + i))
    return made


def measurement(channels: int, samples: int, systematics: int, bins: int) -> HF.Measurement:
    made = HF.Measurement("big", "big")
    made.SetPOI("mu")
    made.SetLumi(1.0)
    made.SetLumiRelErr(0.02)
    for c in range(channels):
        channel = HF.Channel(f"channel{c}")
        channel.SetData(histogram(f"data{c}", bins, 1.0 * samples))
        for s in range(samples):
            sample = HF.Sample(f"sample{s}")
            sample.SetHisto(histogram(f"nominal{c}_{s}", bins, 1.0))
            sample.AddNormFactor("mu" if s == 0 else f"norm{s}", 1.0, 0.0, 5.0)
            sample.ActivateStatError()
            for n in range(systematics):
                sample.AddOverallSys(f"normalisation{n}", 0.97, 1.03)
                shape = HF.HistoSys()
                shape.SetName(f"shape{n}")
                shape.SetHistoLow(histogram(f"low{c}_{s}_{n}", bins, 0.99))
                shape.SetHistoHigh(histogram(f"high{c}_{s}_{n}", bins, 1.01))
                sample.AddHistoSys(shape)
                KEPT.append(shape)
            channel.AddSample(sample)
            KEPT.append(sample)
        made.AddChannel(channel)
        KEPT.append(channel)
    return made


def main(path: str, *sizes: str) -> None:
    """Write the workspace."""
    numbers = [int(size) for size in sizes] or [15, 10, 25, 10]
    workspace = HF.MakeModelAndMeasurementFast(measurement(*numbers))
    workspace.writeToFile(path)
    sys.stdout.flush()
    os._exit(0)  # what Python destroys at its end, C++ has destroyed already


if __name__ == "__main__":
    main(*sys.argv[1:])
