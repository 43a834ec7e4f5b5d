"""What pyhf's JSON has no place for: interpolation codes, clipping, binning, further parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from hs3.findings import Finding, pointer
from hs3.graph import Graph
from hs3.histfactory.meaning import HistoSys, NormSys

from .groups import refuse
from .interpolation import COMMAND_LINE, HISTOSYS, NORMSYS, Codes

if TYPE_CHECKING:
    from hs3.workspace import Workspace

_NORMSYS = {meaning: code for code, meaning in NORMSYS.items()}
_HISTOSYS = {meaning: code for code, meaning in HISTOSYS.items()}


def losses(ws: Workspace, graph: Graph, approximate: bool) -> Iterator[Finding]:
    """Findings for everything that gets lost.

    Raises:
        ConversionError: an interpolation that pyhf cannot do, unless `approximate`.
    """
    yield from _interpolation(graph, approximate)
    yield from _clipping(graph)
    yield from _binning(graph)
    if len(graph.pois) > 1:
        message = f"pyhf takes one parameter of interest, {graph.pois[0]!r}; the others are lost"
        yield Finding("pyhf.several_pois", "/analyses", message, ", ".join(graph.pois[1:]))
    yield from _metadata(ws)


def _interpolation(graph: Graph, approximate: bool) -> Iterator[Finding]:
    found: dict[str, dict[str, NormSys | HistoSys]] = {"normsys": {}, "histosys": {}}
    for modifier in (m for c in graph.channels for s in c.samples for m in s.modifiers):
        if isinstance(modifier, NormSys):
            code = _NORMSYS.get(modifier.interpolation, modifier.interpolation.value)
            found["normsys"].setdefault(code, modifier)
        elif isinstance(modifier, HistoSys):
            code = _HISTOSYS.get(modifier.interpolation, modifier.interpolation.value)
            found["histosys"].setdefault(code, modifier)
    chosen = {"normsys": COMMAND_LINE.normsys, "histosys": COMMAND_LINE.histosys}
    for kind, codes in found.items():
        valid = NORMSYS if kind == "normsys" else HISTOSYS
        if len(codes) > 1 or not set(codes) <= set(valid):
            yield _unsupported(kind, codes, chosen[kind], approximate)
        elif codes:
            chosen[kind] = next(iter(codes))
    yield from _settings(Codes(**chosen))


def _unsupported(
    kind: str, codes: dict[str, NormSys | HistoSys], nearest: str, approximate: bool
) -> Finding:
    listed = ", ".join(codes)
    path = list(codes.values())[-1].path
    message = f"pyhf interpolates every {kind} alike, by one of its own codes; here are {listed}"
    if not approximate:
        refuse(
            f"{message} (`approximate` takes {nearest})", path, listed, "pyhf.interpolation_mixed"
        )
    return Finding("pyhf.interpolation_changed", path, f"{message}; {nearest} is taken", listed)


def _settings(codes: Codes) -> Iterator[Finding]:
    if codes != COMMAND_LINE:
        message = (
            "the file means this only if pyhf is given modifier_settings="
            f"{{'normsys': {{'interpcode': '{codes.normsys}'}}, "
            f"'histosys': {{'interpcode': '{codes.histosys}'}}}}"
        )
        yield Finding("pyhf.modifier_settings", "", message, str(codes))
    if codes.histosys == "code2":
        message = "pyhf 0.7.6's code2 has other tails outside of |alpha| < 1 than the document"
        yield Finding("pyhf.code2", "", message)


def _clipping(graph: Graph) -> Iterator[Finding]:
    for sample in (s for c in graph.channels for s in c.samples if s.clip):
        message = (
            "the document cuts the rates of samples with a histosys at zero, pyhf does not; "
            "the two differ where a rate would become negative"
        )
        yield Finding("pyhf.clipping", sample.path, message, sample.name)
        return


def _binning(graph: Graph) -> Iterator[Finding]:
    for channel in graph.channels:
        if len(channel.axes) > 1:
            message = f"the {len(channel.axes)} axes of {channel.name!r} become one list of bins"
            yield Finding("pyhf.binning", f"{channel.path}/axes", message, channel.name)
        elif not np.array_equal(channel.edges[0], np.arange(channel.bins + 1)):
            message = f"pyhf has no bin edges: those of {channel.axes[0]!r} are lost"
            yield Finding("pyhf.binning", f"{channel.path}/axes", message, channel.axes[0])


def _metadata(ws: Workspace) -> Iterator[Finding]:
    metadata = ws.metadata.to_json() if ws.metadata is not None else {}
    for key in ("authors", "publications", "description"):
        if metadata.get(key):
            yield Finding("pyhf.metadata", pointer("metadata", key), f"pyhf has no {key}")
