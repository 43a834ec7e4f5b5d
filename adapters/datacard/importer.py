"""Datacards of CMS Combine → HS3, exactly as spec/datacards.md says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hs3
from hs3 import files
from hs3.adapters.xml.folder import Folder
from hs3.errors import ConversionError, ReadError
from hs3.findings import Finding, Report

from . import statistics
from .card import Card, Column, Systematic, refuse
from .parameters import declare, start_values
from .parser import parse
from .pool import Json, Pool
from .process import Process, build, is_shape
from .systematics import LOGARITHMIC, SHAPES
from .templates import DATA, Templates

if TYPE_CHECKING:
    from hs3.workspace import Workspace

MORPHING = ("exact", "histosys")

SIZE_LIMIT = 1 << 26
"""Bytes that a card may have."""


def from_datacard(
    source: str | os.PathLike[str] | bytes,
    *,
    root_dir: str | os.PathLike[str] | None = None,
    mass: float | None = None,
    morphing: str = "exact",
) -> tuple[Workspace, Report]:
    """The HS3 workspace that means what Combine's text2workspace.py makes of a datacard.

    Args:
        source: path of the card, or its text as bytes, which then cannot name files.
        root_dir: outside of this folder nothing is read; by default the card's own. The paths in
            the card are relative to the card.
        mass: replaces ``$MASS`` in the names of files and histograms.
        morphing: ``histosys`` writes histosys also where Combine cuts bins at zero, instead of a
            modifier that the standard does not have (``exact``).

    Returns:
        The workspace, and findings whose paths are ``/line/<number>``.

    Raises:
        ReadError: a file or histogram is missing, cannot be read, or lies outside of the folder.
        ConversionError: a line has no meaning, or one that HS3 cannot say.
    """
    from hs3.workspace import Workspace

    if morphing not in MORPHING:
        message = f"`morphing` is {morphing!r}; there are {' and '.join(MORPHING)}"
        raise ConversionError(message, code="conversion.option", value=morphing)
    folder = None
    raw = source if isinstance(source, bytes) else files.read_bytes(source, size=SIZE_LIMIT)
    card = parse(_text(raw))
    if not isinstance(source, bytes):
        own = Path(os.path.realpath(source)).parent
        folder = Folder(own, within=Path(root_dir) if root_dir is not None else own)
    try:
        importer = _Importer(card, Templates(card, folder, mass), morphing == "histosys")
        document = importer.document()
    finally:
        if folder is not None:
            folder.close()
    if mass is not None:
        document.setdefault("misc", {}).setdefault("combine", {})["mass"] = mass
    return Workspace.from_json(document), Report(tuple(importer.findings))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(f"the card is not UTF-8: {error}") from error


class _Importer:
    def __init__(self, card: Card, templates: Templates, approximate: bool) -> None:
        self._card, self._templates, self._approximate = card, templates, approximate
        self.findings: list[Finding] = []
        self._pool = Pool()
        self._drop_idle()
        declare(card, self._pool, signal=any(c.signal for c in self._columns))

    @property
    def _columns(self) -> list[Column]:
        return [c for c in self._card.columns if c.rate != 0]

    def _drop_idle(self) -> None:
        """Leave out what Combine leaves out: systematics that change nothing."""
        present = {(c.channel, c.process) for c in self._columns}
        for c in self._card.columns:
            if c.rate == 0:
                message = f"{c.process!r} in {c.channel!r} has rate 0 and is left out"
                self._note("datacard.no_effect", "", message, c.process)
        kept = []
        for s in self._card.systematics:
            if s.kind == "param" or s.effects.keys() & present:
                kept.append(s)
            else:
                message = f"{s.name!r} changes no process and is left out"
                self._note("datacard.no_effect", s.path, message, s.name)
        self._card.systematics = kept

    def _note(self, code: str, path: str, message: str, value: Any = None) -> None:
        self.findings.append(Finding(code, path, message, value))

    def document(self) -> Json:
        """The HS3 document."""
        card, pool = self._card, self._pool
        written = [self._channel(channel) for channel in card.channels]
        pool.finish()
        self.findings[:0] = _conventions(card, self._templates, self._columns)
        for name, path in card.held.items():
            message = f"{name!r} is `[nofloat]`, which Combine's options act on; it floats here"
            self._note("datacard.nofloat", path, message, name)
        for name, path in card.flat.items():
            if name not in pool.parameters:
                message = f"{name!r} is `flatParam`, and nothing in the card depends on it"
                self._note("datacard.no_effect", path, message, name)
        likelihood: Json = {
            "name": "combine_likelihood",
            "distributions": [distribution["name"] for distribution, _ in written],
            "data": [data["name"] for _, data in written],
        }
        if pool.auxiliaries:
            likelihood["aux_distributions"] = [a["name"] for a in pool.auxiliaries]
        packages = [{"name": "hs3-reference", "version": hs3.__version__}]
        document = {
            "metadata": {"hs3_version": "0.2.9", "packages": packages},
            "distributions": [d for d, _ in written] + pool.auxiliaries,
            "functions": list(pool.functions.values()),
            "data": [data for _, data in written],
            "likelihoods": [likelihood],
            "domains": [
                {"name": "combine_domain", "type": "product_domain", "axes": pool.domain()}
            ],
            "parameter_points": [{"name": "combine_initial", "parameters": pool.point()}],
            "analyses": [
                {
                    "name": "combine",
                    "likelihood": "combine_likelihood",
                    "parameters_of_interest": ["r"] if "r" in pool.parameters else [],
                    "domain": "combine_domain",
                    "init": "combine_initial",
                }
            ],
            "misc": {"combine": {"groups": card.groups}} if card.groups else {},
        }
        return {key: value for key, value in document.items() if value}

    def _channel(self, channel: str) -> tuple[Json, Json]:
        """The distribution and the data of one channel."""
        card, pool = self._card, self._pool
        columns = [c for c in self._columns if c.channel == channel]
        processes = [
            build(card, column, self._templates, pool, approximate=self._approximate)
            for column in columns
        ]
        extra: list[Json] = []
        rule = card.mc_stats.get(channel)
        observed = self._templates.get(channel, DATA)
        if rule is not None and observed is None:
            message = f"channel {channel!r} has no templates, which `autoMCStats` needs"
            refuse(message, "", channel)
        if rule is not None:
            nominal = statistics.coefficients(processes, start_values(card, pool))
            extra = statistics.samples(channel, rule, processes, nominal, pool)
        self._report(channel, processes)
        samples = [
            {
                "name": p.column.process,
                "data": {"contents": p.contents.tolist()},
                "modifiers": [*p.norm.modifiers(pool), *p.modifiers],
            }
            for p in processes
        ]
        axes = self._axes(channel)
        distribution = {
            "name": f"pdf_bin{channel}",
            "type": "histfactory_dist",
            "axes": axes,
            "samples": samples + extra,
        }
        data = {
            "name": f"{DATA}_{channel}",
            "type": "binned",
            "axes": axes,
            "contents": self._observed(channel),
        }
        return distribution, data

    def _axes(self, channel: str) -> list[Json]:
        histogram = self._templates.get(channel, DATA)
        name = f"obs_{channel}"
        if histogram is None:
            return [{"name": name, "min": 0, "max": 1, "nbins": 1}]
        edges, low, high = histogram.edges[0], histogram.edges[0][0], histogram.edges[0][-1]
        if histogram.uniform[0]:
            return [{"name": name, "min": float(low), "max": float(high), "nbins": len(edges) - 1}]
        return [{"name": name, "edges": edges.tolist()}]

    def _observed(self, channel: str) -> list[float]:
        """The counts; Combine's rule of agreement with the card is half a per cent."""
        said = self._card.observed[channel]
        histogram = self._templates.get(channel, DATA)
        if histogram is None:
            if said < 0:
                refuse(f"the observation in {channel!r} is below zero", "", said)
            return [said]
        total = float(histogram.contents.sum())
        if said != -1 and abs(total - said) > max(0.005 * said, 0.01):
            message = f"{said:g} events are observed in {channel!r}, {total:g} in the histogram"
            refuse(message, "", said, code="datacard.normalisation")
        return [float(n) for n in histogram.contents]

    def _report(self, channel: str, processes: Sequence[Process]) -> None:
        low = [p.column.process for p in processes if p.is_cut]
        if low:
            cut = f"Combine cuts bins of {', '.join(low)} in {channel!r} that fall below zero"
            code = "datacard.morph"
            message = f"{cut}; a modifier of type CMS::vertical_morph says that"
            if self._approximate:
                code = "datacard.floor"
                message = f"{cut} when their shape systematics go far; here they are not cut"
            self._note(code, "", message, channel)
        small = sorted({name for p in processes for name in p.small})
        if small:
            message = (
                f"in {channel!r}, {', '.join(small)} change the integral of a process by less than "
                "0.1%, which is left out as text2workspace.py does"
            )
            self._note("datacard.small_normalisation", "", message, channel)


def _conventions(card: Card, templates: Templates, columns: Sequence[Column]) -> Iterator[Finding]:
    """What the card does not say and text2workspace.py does."""
    if any(c.signal for c in columns):
        message = "the yields of all signal processes are multiplied by `r`, within [0, 20]"
        yield Finding("datacard.signal_strength", "", message, "r")
    shapes: list[Systematic] = [s for s in card.systematics if s.kind in SHAPES]
    if any(is_shape(s, c, templates) for s in shapes for c in columns if _acts(s, c)):
        what = "their logarithms" if shapes[0].kind in LOGARITHMIC else "their shapes"
        message = (
            f"templates are interpolated as Combine does: {what} by a polynomial inside of one "
            "standard deviation and linearly outside, their integrals as asymmetric log-normals"
        )
        yield Finding("datacard.interpolation", shapes[0].path, message)


def _acts(systematic: Systematic, column: Column) -> bool:
    return (column.channel, column.process) in systematic.effects
