"""Small sets of HistFactory XML that the tests write, and what ROOT and pyhf make of a set."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hs3.adapters.xml.histograms import Histograms

Point = dict[str, float]
ORACLE = Path(__file__).with_name("histfactory_oracle.py")

DRIVER = """<!DOCTYPE Combination SYSTEM 'HistFactorySchema.dtd'>
<Combination OutputFilePrefix="./results/x">
  {functions}<Input>./config/channel.xml</Input>{inputs}
  <Measurement Name="m" Lumi="{lumi}" LumiRelErr="{error}"><POI>mu</POI>{settings}</Measurement>
</Combination>
"""

CHANNEL = """<!DOCTYPE Channel SYSTEM 'HistFactorySchema.dtd'>
<Channel Name="{name}" InputFile="data/h.root" HistoPath="{path}">
  <Data HistoName="data"/>
  {config}
  <Sample Name="signal" HistoName="signal">
    <NormFactor Name="mu" Val="1" Low="-1" High="5"/>{signal}
  </Sample>
  <Sample Name="background" HistoName="background"{attributes}>{background}</Sample>
</Channel>
"""

EDGES = (np.array([0.0, 1.0, 2.5]),)
CONTENTS = {
    "signal": [4.0, 9.5],
    "background": [52.0, 41.0],
    "low": [47.0, 43.5],
    "high": [58.0, 40.0],
    "deep": [2.0, 43.5],
    "relative": [0.08, 0.21],
    "zero": [0.0, 0.3],
    "shape": [0.9, 1.2],
    "data": [61.0, 55.0],
}


class XmlSet:
    """A set of files below a folder; attributes say what is different from the smallest one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config").mkdir(parents=True)
        (folder / "data").mkdir()
        self.histograms = Histograms()
        for name, contents in CONTENTS.items():
            values = np.array(contents)
            self.histograms.add(name, EDGES, values, 0.1 * np.sqrt(values) + 0.01 * values)
        self.driver_keys: dict[str, Any] = dict.fromkeys(("functions", "inputs", "settings"), "")
        self.driver_keys |= {"lumi": 1.0, "error": 0.1}
        self.channel_keys: dict[str, Any] = dict.fromkeys(
            ("path", "config", "signal", "background", "attributes"), ""
        )
        self.channel_keys["name"] = "ch"

    @property
    def driver(self) -> Path:
        return self.folder / "config" / "example.xml"

    def write(self) -> Path:
        """Write the files; the path of the driver."""
        self.histograms.write(self.folder / "data" / "h.root")
        self.driver.write_text(DRIVER.format(**self.driver_keys))
        (self.folder / "config" / "channel.xml").write_text(CHANNEL.format(**self.channel_keys))
        return self.driver


def root_python() -> str:
    """A Python interpreter that has ROOT; the test skips without."""
    from hs3.adapters.root import process
    from hs3.errors import MissingDependency

    try:
        return process.interpreter()
    except MissingDependency as error:
        pytest.skip(f"needs ROOT: {error.message}")


@dataclass(frozen=True)
class Job:
    """One likelihood for ROOT: a measurement of a set, points, values of further variables."""

    driver: Path
    root_dir: Path
    measurement: str
    points: list[Point]
    set: Point


def root_nlls(jobs: dict[str, Job], folder: Path) -> dict[str, Any]:
    """By job: ``nll`` per point, and ``parameters`` (value, low, high, constant), in one go."""
    answers = folder / "answers.jsonl"
    request = {
        name: {**asdict(job), "driver": str(job.driver), "root_dir": str(job.root_dir)}
        for name, job in jobs.items()
    }
    done = subprocess.run(
        [root_python(), "-W", "ignore", str(ORACLE), str(answers)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    found = dict(json.loads(line) for line in answers.read_text().splitlines())
    assert found.keys() == jobs.keys(), (done.stdout + done.stderr)[-3000:]
    return found
