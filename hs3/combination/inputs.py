"""The inputs of a combination: what is combined of each, and what it says about its parameters."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hs3.canonical import sha256
from hs3.dialects.base import Log, Writer
from hs3.dialects.histfactory import channel_name
from hs3.distributions.histfactory import HistFactoryDist
from hs3.edit import select
from hs3.edit.occurrences import VALUES, modifiers, names
from hs3.edit.renaming import pattern
from hs3.errors import EditError, FindingsError, HS3Error
from hs3.findings import Finding, Report, nearest
from hs3.graph import Graph
from hs3.histfactory.meaning import Constraint
from hs3.histfactory.modifiers import HistoSysModifier, ShapeSysModifier
from hs3.resolve import attempt, resolve
from hs3.resolve.measurement import numbers_of
from hs3.resolve.selection import select as choose
from hs3.resolve.values import Values
from hs3.workspace import Workspace

from .config import Config, Input, wrong


@dataclass(frozen=True, eq=False)
class Source:
    """One input.

    Attributes:
        label: its name in the configuration.
        digest: canonical hash of the whole document.
        ws: the part that is combined; modifiers name their parameters.
        graph: that part resolved.
        values: looks up values and ranges in it.
    """

    label: str
    digest: str
    ws: Workspace
    graph: Graph
    values: Values

    @cached_property
    def constraints(self) -> Mapping[str, tuple[Constraint, ...]]:
        """The constraints, in numbers, of each parameter (or function) that has any."""
        found: dict[str, tuple[Constraint, ...]] = {}
        for constraint in self.graph.constraints:
            made = numbers_of(constraint, self.values)
            found[made.parameter] = (*found.get(made.parameter, ()), made)
        return found

    @cached_property
    def names(self) -> Mapping[str, None]:
        """Every name of the namespace of distributions, functions, parameters, observables."""
        return names(self.ws)[VALUES]

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters that the likelihood depends on."""
        return {p.name: p for p in self.graph.parameters}

    def more(self, name: str) -> dict[str, Any]:
        """What the document says about a parameter besides its numbers: unit, description …"""
        found: dict[str, Any] = {}
        for told in (self.values.axis(name), self.values.entry(name)):
            if told is not None:
                found |= told[1].model_extra or {}
        return found

    @property
    def only_measures(self) -> bool:
        """True when it consists of measurements of parameters, without data of its own."""
        return not self.graph.channels and not self.graph.terms

    @property
    def writer(self) -> Writer:
        """Who wrote it."""
        return Writer.of(self.ws.metadata.packages if self.ws.metadata else ())

    @cached_property
    def convention(self) -> str | None:
        """The convention that its channels follow where writers differ; None where they do not."""
        found = list(modifiers(self.ws))
        if any(isinstance(m, ShapeSysModifier) for _, m in found):
            if self.writer.is_any("pyhs3", "nextstat"):
                return "pyhs3"
            if self.writer.root_before(6, 32):
                return "ROOT before 6.32"
        if any(isinstance(m, HistoSysModifier) for _, m in found):
            return "ROOT" if self.writer.root else "no clipping"
        if self.writer.root and (self._named_observed() or self._several_axes()):
            return "ROOT"
        return None

    def _named_observed(self) -> bool:
        """True when an observed value is found by ROOT's name for it."""
        return any(
            isinstance(c.observed, str) and "/modifiers/" in c.path for c in self.graph.constraints
        )

    def _several_axes(self) -> bool:
        channels = (d for d in self.ws.distributions or () if isinstance(d, HistFactoryDist))
        return any(len(d.axes) > 1 for d in channels)


def sources(
    given: Sequence[Any], labels: Sequence[str] | None, config: Config
) -> tuple[list[Source], Report]:
    """The inputs, read, cut to what is combined, and resolved.

    Raises:
        EditError: fewer than two inputs, or one with nothing to combine.
        HS3Error: an input cannot be read.
    """
    if len(given) < 2:
        raise EditError([Finding("combine.input", "", "a combination needs two inputs or more")])
    labels = _labels(given, labels)
    unknown = [label for label in config.inputs if label not in labels]
    if unknown:
        near = nearest(unknown[0], labels) or tuple(labels[:5])
        message = f"there is no input {unknown[0]!r}"
        raise EditError([wrong(message, "inputs", value=unknown[0], near=near)])
    out, findings = [], Report()
    for label, source in zip(labels, given, strict=True):
        made, report = _source(label, source, config.inputs.get(label, Input()))
        out.append(made)
        findings += (_of(label, f) for f in report)
    return out, findings


def _source(label: str, given: Any, wanted: Input) -> tuple[Source, Report]:
    ws, report = _read(label, given, wanted)
    digest = sha256(ws.to_json())
    try:
        part, more = _part(ws, wanted)
        graph = resolve(part)
    except HS3Error as error:
        found = error.findings if isinstance(error, FindingsError) else ()
        messages = [_sentence(f, label) for f in found[:5]] or [str(error)]
        raise EditError(
            [Finding("combine.input", "", f"{label}: {text}", label) for text in messages]
        ) from error
    selection = choose(part, Log())
    assert selection is not None
    packages = part.metadata.packages if part.metadata else ()
    values = Values(part, selection, Writer.of(packages), Log())
    found = (*more, *graph.report, *_lost(ws, part, wanted))
    kept = [f for f in found if f.severity == "warning" or f.code == "select.constraint_dropped"]
    return Source(label, digest, part, graph, values), report + kept


def _sentence(finding: Finding, label: str) -> str:
    """What is wrong with an input, where, and for want of a likelihood how to ask for one."""
    where = f" (at {finding.path})" if finding.path.strip("/") else ""
    cure = f"; `inputs: {{{label}: {{pdf: …, data: …}}}}` does that"
    return finding.message + where + (cure if finding.code == "selection.none" else "")


def _lost(ws: Workspace, part: Workspace, wanted: Input) -> Report:
    """Warnings about distributions that the part leaves out: nobody could warn of them later."""
    if wanted.pdf is not None or len(ws.distributions or ()) == len(part.distributions or ()):
        return Report()
    report = attempt(ws, analysis=wanted.analysis, likelihood=wanted.likelihood)[1]
    return Report(tuple(f for f in report if f.code == "constraint.left_out"))


def _read(label: str, given: Any, wanted: Input) -> tuple[Workspace, Report]:
    import hs3

    if not isinstance(given, Workspace):
        return hs3.read(given, **wanted.options)
    for option in wanted.options:
        message = f"{label!r} has been read already"
        raise EditError([wrong(message, "inputs", label, option, value=label)])
    return given, Report()


def _part(ws: Workspace, wanted: Input) -> tuple[Workspace, Report]:
    """What is combined of a document."""
    if wanted.pdf is not None:
        data = ws.to_json()
        name = f"{wanted.pdf}_likelihood"
        pair = {"distributions": [wanted.pdf], "data": [wanted.data]}
        data.setdefault("likelihoods", []).append({"name": name, **pair})
        return select(Workspace.from_json(data), likelihood=name)
    part, report = select(ws, analysis=wanted.analysis, likelihood=wanted.likelihood)
    if not wanted.channels:
        return part, report
    kept, more = select(part, channels=_channels(part, wanted.channels))
    return kept, report + more


def _channels(ws: Workspace, wanted: Sequence[str]) -> list[str]:
    """The channels that fit the patterns, and none of those with ``!`` in front."""
    known = (ws.likelihoods or ())[0].distributions or ()
    names = {name: (name, channel_name(name)) for name in known}

    def fit(text: str) -> set[str]:
        found = {n for n, both in names.items() if any(map(pattern(text).fullmatch, both))}
        if not found:
            message = f"there is no channel {text!r}"
            near = nearest(text, [channel_name(n) for n in known])
            raise EditError([wrong(message, "inputs", value=text, near=near)])
        return found

    positive = [fit(text) for text in wanted if not text.startswith("!")]
    kept = set().union(*positive) if positive else set(names)
    kept -= set().union(*(fit(text[1:]) for text in wanted if text.startswith("!")))
    if not kept:
        raise EditError([wrong("`channels` leaves no channel", "inputs")])
    return [name for name in known if name in kept]


def _of(label: str, finding: Finding) -> Finding:
    message = f"{label}: {finding.message}"
    return Finding(finding.code, finding.path, message, finding.value, finding.suggestions)


def _labels(given: Sequence[Any], labels: Sequence[str] | None) -> list[str]:
    """A name for each input: the one given, else that of its file, else a number."""
    if labels is not None:
        if len(labels) != len(given) or len(set(labels)) != len(given) or not all(labels):
            message = f"{len(given)} inputs need as many different names"
            raise EditError([wrong(message, "names", value=", ".join(labels))])
        return list(labels)
    wished = [_stem(source, i) for i, source in enumerate(given)]
    return [
        name if wished.count(name) == 1 else f"{name}{wished[:i].count(name) + 1}"
        for i, name in enumerate(wished)
    ]


def _stem(source: Any, index: int) -> str:
    if not isinstance(source, str | os.PathLike):
        return f"input{index + 1}"
    stem = os.path.basename(os.fspath(source)).split(".")[0]
    return re.sub(r"\W", "_", stem) or f"input{index + 1}"


def convention(sources: Sequence[Source], config: Config) -> str | None:
    """The convention that the channels of the combination follow.

    Raises:
        EditError: the inputs follow several ones, and the configuration does not settle it.
    """
    found: dict[str, list[str]] = {}
    for source in sources:
        if source.convention:
            found.setdefault(source.convention, []).append(source.label)
    if len(found) < 2:
        return next(iter(found), None)
    if found.keys() == {"ROOT", "no clipping"} and config.clip_at_zero is not None:
        return "ROOT" if config.clip_at_zero else "no clipping"
    said = "; ".join(f"{', '.join(labels)}: {kind}" for kind, labels in found.items())
    message = f"the inputs follow several conventions ({said})"
    if found.keys() == {"ROOT", "no clipping"}:
        message += "; `clip_at_zero` settles whether rates are cut at zero, as ROOT does"
    raise EditError([Finding("combine.conventions", "/clip_at_zero", message, said)])
