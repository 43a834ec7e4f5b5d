"""HS3 → HistFactory XML, from the meaning of the document; spec/histfactory_xml.md says how."""

from __future__ import annotations

import math
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hs3.errors import ConversionError, ResolveError, WriteError
from hs3.findings import Finding, Report
from hs3.graph import Graph, Parameter

from . import document as d
from . import text
from .facts import Facts, refuse
from .histograms import Histograms
from .samples import FILE, ChannelReader

if TYPE_CHECKING:
    from hs3.workspace import Workspace

DRIVER = "combination.xml"
"""Name of the driver file."""


@dataclass(frozen=True)
class _Written:
    """The XML of one analysis."""

    measurement: d.Measurement
    functions: tuple[d.Function, ...]
    channels: tuple[d.Channel, ...]
    findings: tuple[Finding, ...]


def to_xml(
    ws: Workspace, directory: str | os.PathLike[str], *, analysis: str | None = None
) -> Report:
    """Write a workspace as HistFactory XML: driver, channels, one ROOT file, and a DTD.

    ROOT's ``hist2workspace combination.xml`` and pyhf's ``xml2json combination.xml`` read them when
    they are started in the new folder.

    Args:
        ws: a document whose likelihood consists of HistFactory channels and their constraints.
        directory: folder to make; it may be there when it is empty. It appears wholly or not at
            all.
        analysis: carry over only this analysis; else every one of the same channels and data
            becomes a measurement.

    Returns:
        Conventions by which the document was read, and what reads differently in the XML.

    Raises:
        ResolveError: the document does not resolve.
        ConversionError: XML cannot express the likelihood; the message names what.
        WriteError: the folder is not empty, or cannot be written.
    """
    from hs3.resolve import resolve

    _check_free(Path(directory))
    names: list[str | None] = [analysis]
    if analysis is None and ws.analyses:
        names = [a.name for a in ws.analyses]
    histograms = Histograms()
    graph = resolve(ws, analysis=names[0])
    first = _written(graph, histograms)
    found = [*graph.report, *first.findings]
    measurements = [first.measurement]
    for name in names[1:]:
        try:
            other = _written(resolve(ws, analysis=name), histograms)
        except (ResolveError, ConversionError) as error:
            found.append(_left_out(name, error.message))
            continue
        if (other.functions, other.channels) == (first.functions, first.channels):
            measurements.append(other.measurement)
            found += other.findings
        else:
            found.append(_left_out(name, "its channels are not the same in XML"))
    _write(Path(directory), first, tuple(measurements), histograms)
    return Report(tuple(dict.fromkeys(found)))


def _left_out(analysis: str | None, reason: str) -> Finding:
    message = f"the analysis {analysis!r} is left out: {reason}"
    return Finding("xml.analysis_left_out", "/analyses", message, analysis)


# --- one analysis -------------------------------------------------------------------------------


def _written(graph: Graph, histograms: Histograms) -> _Written:
    for term in graph.terms:
        name = term.distribution.name
        message = f"{name!r} ({term.distribution.type}) is not HistFactory, and XML has only that"
        refuse(message, term.path, name)
    if not graph.channels:
        refuse(f"the likelihood {graph.name!r} has no HistFactory channel", "", graph.name)
    facts = Facts(graph)
    reader = ChannelReader(facts, histograms)
    names = _channel_names(graph, facts)
    channels = tuple(reader.read(c, names[c.name]) for c in graph.channels)
    for parameter, constraint in facts.constraints.items():
        if parameter not in facts.settled:
            message = f"XML has no place for the constraint of {parameter!r}"
            refuse(message, constraint.path, parameter)
    measurement = d.Measurement(
        graph.analysis or graph.name,
        reader.luminosity.value,
        reader.luminosity.relative,
        tuple(facts.renamed.get(poi, poi) for poi in graph.pois),
        tuple(s for p in graph.parameters if (s := _setting(p, facts, channels)) is not None),
        tuple(facts.terms.values()),
        "",
    )
    _check_words(measurement)
    return _Written(measurement, reader.functions.elements, channels, tuple(facts.findings))


def _channel_names(graph: Graph, facts: Facts) -> dict[str, str]:
    """The distributions' names without ``model_``, and without that of the analysis at the end.

    What ROOT refuses or takes apart is replaced: commas, blanks, a digit in front.
    """
    names: dict[str, str] = {}
    for channel in graph.channels:
        plain = channel.name.removeprefix("model_").removesuffix(f"_{graph.analysis}")
        name = re.sub(r"[\s,]+", "_", plain or channel.name)
        name = base = f"channel_{name}" if name[0].isdigit() else name
        count = 1
        while name in names.values():
            count += 1
            name = f"{base}_{count}"
        if name != plain:
            message = f"the channel {plain!r} becomes {name!r}, because ROOT refuses its name"
            facts.report("xml.channel_name", channel.path, message, plain)
        names[channel.name] = name
    return names


def _check_words(measurement: d.Measurement) -> None:
    """XML lists names with blanks between them."""
    said = [*measurement.pois, *(s.name for s in measurement.settings)]
    for name in (*said, *(t.name for t in measurement.terms)):
        if len(name.split()) != 1:
            refuse(f"the name {name!r} has blanks, and XML cannot list it", "", name)


def _setting(p: Parameter, facts: Facts, channels: Sequence[d.Channel]) -> d.Setting | None:
    """What HistFactory would not do by itself with a parameter."""
    name = facts.renamed.get(p.name)
    if name is None:
        return None
    value, low, high = facts.defaults[p.name]
    moved = _moved(p, low, high)
    same = math.isclose(p.min, low, abs_tol=1e-12) and math.isclose(p.max, high, rel_tol=1e-9)
    if moved or not same:
        message = (
            f"the range of {p.name!r} is [{p.min:g}, {p.max:g}]; HistFactory makes it "
            f"[{low:g}, {high:g}]{moved}"
        )
        facts.report("xml.range", p.path, message, p.name)
    const = p.const and p.name not in facts.constant
    if p.value == value and not const:
        return None
    return d.Setting(name, "", None if p.value == value else p.value, const)


def _moved(p: Parameter, low: float, high: float) -> str:
    """What HistFactory does with a value outside of its range, in words; nothing inside.

    Raises:
        ConversionError: the parameter is constant, and would be at another value.
    """
    if low <= p.value <= high:
        return ""
    if p.const:
        message = f"HistFactory keeps {p.name!r} in [{low:g}, {high:g}], and it is {p.value:g}"
        refuse(message, p.path, p.name)
    return f", and moves its value from {p.value:g} to {low if p.value < low else high:g}"


# --- files --------------------------------------------------------------------------------------


def _check_free(directory: Path) -> None:
    try:
        if directory.is_dir() and not any(directory.iterdir()):
            return
        taken = os.path.lexists(directory)
    except (OSError, ValueError) as error:
        raise WriteError(f"cannot write {directory}: {error}") from error
    if taken:
        message = f"{directory} is there already; give the name of a new or empty folder"
        raise WriteError(message, value=str(directory))


def _write(
    directory: Path,
    first: _Written,
    measurements: tuple[d.Measurement, ...],
    histograms: Histograms,
) -> None:
    """Write everything beside the folder, and give it its name when it is complete."""
    names = _file_names(first.channels)
    texts = {n: text.channel(c, FILE) for n, c in zip(names, first.channels, strict=True)}
    texts[DRIVER] = text.driver(first.functions, tuple(names), measurements)
    texts[text.SCHEMA] = text.schema()
    target = Path(os.path.realpath(directory))
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.mkdir()
        for name, content in texts.items():
            (temporary / name).write_text(content, encoding="utf-8")
        histograms.write(temporary / FILE)
        os.rename(temporary, target)
    except (OSError, ValueError) as error:
        raise WriteError(f"cannot write {directory}: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _file_names(channels: Sequence[d.Channel]) -> list[str]:
    stems = [re.sub(r"\W+", "_", c.name) for c in channels]
    unique = len({s.lower() for s in stems}) == len(stems)
    return [f"channel_{s if unique else i}.xml" for i, s in enumerate(stems)]
