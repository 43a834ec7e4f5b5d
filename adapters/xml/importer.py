"""HistFactory XML → HS3, exactly as spec/histfactory_xml.md says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import hs3
from hs3 import files
from hs3.errors import ConversionError
from hs3.findings import Finding, Report, nearest

from . import bins, functions
from . import document as d
from .channels import ChannelWriter, check_edges
from .elements import SIZE_LIMIT, parse
from .folder import Folder, find_root
from .pool import Json, Parameters, Pool
from .reader import Reader, refuse
from .systematics import Systematics

if TYPE_CHECKING:
    from hs3.workspace import Workspace


def from_xml(
    path: str | os.PathLike[str],
    *,
    measurement: str | None = None,
    root_dir: str | os.PathLike[str] | None = None,
) -> tuple[Workspace, Report]:
    """The HS3 workspace that means what ROOT's HistFactory makes of a set of XML files.

    Args:
        path: the driver, the file with the ``Combination``.
        measurement: carry over only the measurement of this name; all of them by default.
        root_dir: the folder to which the paths in the files are relative, and outside of which
            nothing is read. By default the nearest folder that has all channel files: the
            driver's, or up to two above it.

    Returns:
        The workspace, and findings whose paths are ``file:line``.

    Raises:
        ReadError: a file or histogram is missing, cannot be read, or lies outside of the folder.
        ConversionError: something in the files has no meaning.
    """
    from hs3.workspace import Workspace

    driver = Path(path)
    reader = Reader()
    raw = files.read_bytes(driver, size=SIZE_LIMIT)
    combination = reader.combination(parse(raw, driver.name))
    inputs = [name for name, _ in combination.inputs]
    folder = Folder(Path(root_dir) if root_dir is not None else find_root(driver, inputs))
    try:
        channels = [reader.channel(folder.xml(*entry)) for entry in combination.inputs]
        _check_channels(channels)
        chosen = _chosen(combination.measurements, measurement)
        importer = _Importer(combination, channels, folder)
        for entry in chosen:
            importer.measurement(entry)
        report = Report((*_conventions(channels), *reader.findings, *importer.findings))
        return Workspace.from_json(importer.document()), report
    finally:
        folder.close()


def _check_channels(channels: Sequence[d.Channel]) -> None:
    known: dict[str, str] = {}
    for channel in channels:
        if channel.name in known:
            message = f"the channel {channel.name!r} is at {known[channel.name]} already"
            refuse("xml.value", message, channel.place, channel.name)
        known[channel.name] = channel.place
        if not channel.data:
            message = (
                f"the channel {channel.name!r} has no Data; ROOT would make Asimov data of the "
                "model. Give a histogram of observed or expected counts"
            )
            refuse("xml.no_data", message, channel.place, channel.name)


def _chosen(measurements: Sequence[d.Measurement], name: str | None) -> Sequence[d.Measurement]:
    if name is None:
        return measurements
    names = [m.name for m in measurements]
    if name not in names:
        raise ConversionError(
            f"there is no measurement {name!r}",
            code="xml.measurement",
            value=name,
            suggestions=nearest(name, names) or tuple(names[:5]),
        )
    return [measurements[names.index(name)]]


def _conventions(channels: Sequence[d.Channel]) -> Iterator[Finding]:
    """What the files do not say and ROOT's code does."""
    found = {type(m) for c in channels for s in c.samples for m in s.modifiers}
    if found & {d.OverallSys, d.HistoSys}:
        message = (
            "OverallSys and HistoSys are interpolated by a 6th-order polynomial, and extrapolated "
            "exponentially and linearly, as ROOT's HistFactory does (pyhf's code4 and code4p)"
        )
        yield Finding("xml.interpolation", channels[0].place, message)


class _Importer:
    def __init__(
        self, combination: d.Combination, channels: Sequence[d.Channel], folder: Folder
    ) -> None:
        self._functions, self._channels, self._folder = combination.functions, channels, folder
        self._shapes = bins.ShapeSystematics(channels, folder)
        self._pool = Pool()
        self.findings = list(self._shapes.findings)
        self._data = [self._observed(channel) for channel in channels]

    def document(self) -> Json:
        """The HS3 document."""
        # A program's name decides how a document is read: this one holds what ROOT means.
        packages = [
            {"name": "ROOT", "version": "HistFactory XML"},
            {"name": "hs3-reference", "version": hs3.__version__},
        ]
        return {
            "metadata": {"hs3_version": "0.2.9", "packages": packages},
            **self._pool.document(),
        }

    def _observed(self, channel: d.Channel) -> str:
        """The data of a channel; additional ones are carried over without being used."""
        template = bins.read(self._folder, channel.samples[0].source) if channel.samples else None
        names = []
        for entry in channel.data:
            counts = bins.read(self._folder, entry.source, template)
            if template is not None:
                check_edges(counts, template, entry.source)
            body = {
                "type": "binned",
                "axes": list(bins.axes(counts, channel.name)),
                "contents": counts.contents.tolist(),
            }
            wanted = f"{entry.name or 'obsData'}_{channel.name}"
            names.append(self._pool.add("data", wanted, body))
            if entry.name:
                message = f"the additional data {names[-1]!r} are kept; no likelihood uses them"
                self.findings.append(Finding("xml.additional_data", entry.place, message))
        return names[0]

    def measurement(self, m: d.Measurement) -> None:
        """Write a measurement: its channels, likelihood, domain, start and analysis."""
        parameters, pool = Parameters(), self._pool
        by_name = functions.write(self._functions, parameters, pool)
        auxiliary = self._luminosity(m, parameters)
        systematics = Systematics(m.terms, parameters, pool)
        writer = ChannelWriter(
            m, self._folder, by_name, self._shapes, systematics, parameters, pool
        )
        models = [
            pool.add(
                "distributions", f"model_{c.name}", writer.write(c), f"model_{c.name}_{m.name}"
            )
            for c in self._channels
        ]
        self._settle(m, parameters)
        found = [*writer.findings, *systematics.findings, *systematics.unused()]
        self.findings += [f for f in found if f not in self.findings]
        likelihood = {"distributions": models, "data": self._data}
        if auxiliary or systematics.auxiliary:
            likelihood["aux_distributions"] = [*auxiliary, *systematics.auxiliary]
        self._analysis(m, parameters, likelihood)

    def _luminosity(self, m: d.Measurement, parameters: Parameters) -> list[str]:
        sigma = m.lumi * m.lumi_relative
        parameters.add("Lumi", m.place, m.lumi, 0.0, 10.0 * m.lumi, const=sigma == 0.0)
        if sigma == 0.0:
            return []
        body = {"type": "gaussian_dist", "x": "Lumi", "mean": m.lumi, "sigma": abs(sigma)}
        return [self._pool.add("distributions", "lumiConstraint", body)]

    def _settle(self, m: d.Measurement, parameters: Parameters) -> None:
        """Apply the ParamSettings."""
        for setting in m.settings:
            found = parameters.all.get(setting.name)
            if found is None:
                message = f"there is no parameter {setting.name!r}: this setting has no effect"
                near = nearest(setting.name, parameters.all)
                self._report("xml.no_effect", setting.place, message, setting.name, near)
                continue
            found.const |= setting.const
            value = setting.value
            if value is None:
                continue
            low, high = (value if b is None else b for b in (found.low, found.high))
            found.value = min(max(value, low), high)
            if found.value != value:
                message = (
                    f"the value {value:g} of {setting.name!r} is outside of [{low:g}, {high:g}]; "
                    "the nearest one inside is taken, as ROOT does"
                )
                self._report("xml.conflict", setting.place, message, setting.name)

    def _analysis(self, m: d.Measurement, parameters: Parameters, likelihood: Json) -> None:
        pois = []
        for name in m.pois:
            if name in parameters.all:
                pois.append(name)
                continue
            message = f"the parameter of interest {name!r} is not in the model"
            near = nearest(name, parameters.all)
            self._report("xml.poi_missing", m.place, message, name, near)
        add = self._pool.add
        domain = {"type": "product_domain", "axes": parameters.axes()}
        body = {
            "likelihood": add("likelihoods", f"{m.name}_likelihood", likelihood),
            "parameters_of_interest": pois,
            "domain": add("domains", f"{m.name}_domain", domain),
            "init": add(
                "parameter_points", f"{m.name}_initial", {"parameters": parameters.values()}
            ),
        }
        add("analyses", m.name, body)

    def _report(
        self, code: str, place: str, message: str, value: str, near: tuple[str, ...] = ()
    ) -> None:
        finding = Finding(code, place, message, value, near)
        if finding not in self.findings:
            self.findings.append(finding)
