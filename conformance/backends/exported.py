"""A document in pyhf's format, with what that format leaves to the one who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hs3.adapters.pyhf import to_pyhf
from hs3.adapters.pyhf.exporter import parameter_names
from hs3.adapters.pyhf.interpolation import COMMAND_LINE, HISTOSYS, NORMSYS
from hs3.graph import Graph
from hs3.histfactory.meaning import HistoSys, NormSys
from hs3.resolve import resolve
from hs3.workspace import Workspace


@dataclass(frozen=True)
class Exported:
    """A likelihood for pyhf.

    Attributes:
        spec: pyhf JSON.
        settings: ``modifier_settings`` with the interpolation codes.
        names: pyhf's name of each parameter, by the document's.
        channels: pyhf's name of each channel, by the document's.
    """

    spec: dict[str, Any]
    settings: dict[str, Any]
    names: Mapping[str, str]
    channels: Mapping[str, str]

    @classmethod
    def of(cls, workspace: Workspace) -> Exported:
        """Convert a document.

        Raises:
            ConversionError: pyhf cannot express it.
        """
        spec, _ = to_pyhf(workspace)
        graph = resolve(workspace)
        names, channels = parameter_names(workspace)
        return cls(spec, _settings(graph), names, channels)


def _settings(graph: Graph) -> dict[str, Any]:
    normsys, histosys = COMMAND_LINE.normsys, COMMAND_LINE.histosys
    codes = {meaning: code for code, meaning in (*NORMSYS.items(), *HISTOSYS.items())}
    for modifier in (m for c in graph.channels for s in c.samples for m in s.modifiers):
        if isinstance(modifier, NormSys):
            normsys = codes[modifier.interpolation]
        elif isinstance(modifier, HistoSys):
            histosys = codes[modifier.interpolation]
    return {"normsys": {"interpcode": normsys}, "histosys": {"interpcode": histosys}}
