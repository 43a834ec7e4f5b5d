"""A channel of HistFactory XML as ``histfactory_dist``; ROOT: HistoToWorkspaceFactoryFast."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hs3.findings import Finding

from . import bins
from . import document as d
from .folder import FloatArray, Folder, Histogram
from .pool import Json, Parameters, Pool
from .reader import refuse
from .systematics import Systematics

OVERALL_SYS = 4
"""FlexibleInterpVar's code: 6th-order polynomial, exponential outside (pyhf's code4)."""

HISTO_SYS = "poly6"
"""PiecewiseInterpolation's code 4: 6th-order polynomial, linear outside (pyhf's code4p)."""


class ChannelWriter:
    """Writes channels for one measurement.

    Attributes:
        findings: what differs between versions of ROOT, or contradicts itself.
        auxiliary: distributions that constrain bins of channels with several axes.
    """

    def __init__(
        self,
        measurement: d.Measurement,
        folder: Folder,
        functions: Mapping[str, str],
        shapes: bins.ShapeSystematics,
        systematics: Systematics,
        parameters: Parameters,
        pool: Pool,
    ) -> None:
        self._measurement, self._folder, self._functions = measurement, folder, functions
        self._shapes, self._systematics = shapes, systematics
        self._parameters, self._pool = parameters, pool
        self.auxiliary: list[str] = []
        self.findings: list[Finding] = []

    def write(self, channel: d.Channel) -> Json:
        """The body of a channel's distribution."""
        if not channel.samples:
            message = f"the channel {channel.name!r} has no Sample"
            refuse("xml.value", message, channel.place, channel.name)
        template = bins.read(self._folder, channel.samples[0].source)
        stat = self._stat_errors(channel)
        return {
            "type": "histfactory_dist",
            "axes": list(bins.axes(template, channel.name)),
            "samples": [self._sample(channel, s, template, stat) for s in channel.samples],
        }

    def _sample(
        self, channel: d.Channel, sample: d.Sample, template: Histogram, stat: dict[int, FloatArray]
    ) -> Json:
        nominal = bins.read(self._folder, sample.source, template)
        check_edges(nominal, template, sample.source)
        data: Json = {"contents": nominal.contents.tolist()}
        modifiers = [*self._luminosity(sample)]
        for modifier in sample.modifiers:
            match modifier:
                case d.NormFactor():
                    modifiers.append(self._norm_factor(modifier))
                case d.OverallSys():
                    modifiers.append(self._overall_sys(modifier))
                case d.HistoSys():
                    modifiers.append(self._histo_sys(modifier, nominal))
                case d.ShapeSys():
                    shape = bins.shape_of(nominal)
                    modifiers.append(self._shapes.modifier(modifier, shape, self._parameters))
                case d.ShapeFactor():
                    modifiers.append(self._shape_factor(modifier, nominal))
        if id(sample) in stat:
            data["errors"] = stat[id(sample)].tolist()
            modifiers.append(self._stat_modifier)
        return {"name": sample.name, "data": data, "modifiers": modifiers}

    # --- luminosity -----------------------------------------------------------------------------

    def _luminosity(self, sample: d.Sample) -> list[Json]:
        """A sample that is not normalised by theory has the nominal luminosity, as a constant.

        So older versions of ROOT did, and so its documentation says; ROOT 6.40 multiplies with the
        floating luminosity all the same.
        """
        lumi = self._measurement.lumi
        if sample.by_theory:
            return [{"name": "Lumi", "type": "normfactor", "parameter": "Lumi"}]
        if not self._parameters.all["Lumi"].const and not self._fixed("Lumi"):
            message = (
                f"{sample.name!r} is not normalised by theory and does not scale with the "
                "luminosity; ROOT 6.40 scales it all the same"
            )
            self._report("xml.normalize_by_theory", sample.place, message, sample.name)
        if lumi == 1.0:
            return []
        self._parameters.add("nominalLumi", sample.place, lumi, const=True)
        return [{"name": "nominalLumi", "type": "normfactor", "parameter": "nominalLumi"}]

    def _fixed(self, name: str) -> bool:
        return any(s.name == name and s.const for s in self._measurement.settings)

    # --- modifiers ------------------------------------------------------------------------------

    def _norm_factor(self, m: d.NormFactor) -> Json:
        parameter = self._functions.get(m.name)
        if parameter is None:
            parameter = m.name
            wanted = (m.value, m.low, m.high)
            found = self._parameters.add(parameter, m.place, *wanted)
            if (found.value, found.low, found.high) != wanted:
                message = (
                    f"the NormFactor {m.name!r} has another value or range than at {found.place}, "
                    "which counts, as in ROOT"
                )
                self._report("xml.conflict", m.place, message, m.name)
            if m.const:
                found.const = True
                message = (
                    f"{m.name!r} is constant; ROOT's HistFactory ignores Const here and wants it "
                    "in a ParamSetting"
                )
                self._report("xml.normfactor_const", m.place, message, m.name)
        return {"name": m.name, "type": "normfactor", "parameter": parameter}

    def _overall_sys(self, m: d.OverallSys) -> Json:
        return {
            "name": m.name,
            "type": "normsys",
            **self._systematics.use(m.name, m.place, histo=False),
            "interpolation": OVERALL_SYS,
            "data": {"hi": m.high, "lo": m.low},
        }

    def _histo_sys(self, m: d.HistoSys, nominal: Histogram) -> Json:
        found = {}
        for side, source in (("hi", m.high), ("lo", m.low)):
            template = bins.read(self._folder, source, nominal)
            check_edges(template, nominal, source)
            found[side] = {"contents": template.contents.tolist()}
        return {
            "name": m.name,
            "type": "histosys",
            **self._systematics.use(m.name, m.place, histo=True),
            "interpolation": HISTO_SYS,
            "data": found,
        }

    def _shape_factor(self, m: d.ShapeFactor, nominal: Histogram) -> Json:
        shape = bins.shape_of(nominal)
        names = bins.bin_names(f"gamma_{m.name}", shape)
        values = [1.0] * len(names)
        if m.initial is not None:
            initial = bins.read(self._folder, m.initial, nominal)
            values = bins.first_fastest(initial.contents, shape)
        for name, value in zip(names, values, strict=True):
            self._parameters.add(name, m.place, value, 0.0, 1000.0, m.const)
        return {"name": m.name, "type": "shapefactor", "parameters": names}

    # --- statistical errors ---------------------------------------------------------------------

    def _stat_errors(self, channel: d.Channel) -> dict[int, FloatArray]:
        """Absolute errors of the samples that take part; makes their common modifier."""
        errors: dict[int, FloatArray] = {}
        pairs = []
        for sample in channel.samples:
            for m in sample.modifiers:
                if isinstance(m, d.StatError):
                    nominal = bins.read(self._folder, sample.source)
                    error = nominal.errors
                    if m.errors is not None:
                        relative = bins.read(self._folder, m.errors, nominal)
                        error = np.abs(relative.contents * nominal.contents)
                    errors[id(sample)] = error
                    pairs.append((nominal.contents, error))
                    shape = bins.shape_of(nominal)
        if pairs:
            sigmas = bins.first_fastest(bins.total_relative(pairs), shape)
            self._stat_modifier = self._stat(channel, shape, sigmas)
        return errors

    def _stat(self, channel: d.Channel, shape: tuple[int, ...], sigmas: list[float]) -> Json:
        names = bins.bin_names(f"gamma_stat_{channel.name}", shape)
        bins.add_constrained(names, sigmas, self._parameters, channel.place, channel.threshold)
        said: Json = {"constraint": channel.stat_kind}
        if len(shape) > 1:
            # How `errors` and parameters go together then is not the same for all readers.
            said = {"constraints": self._one_by_one(names, sigmas, channel.stat_kind)}
        name = f"stat_{channel.name}"
        return {"name": name, "type": "staterror", "parameters": names, **said}

    def _one_by_one(self, names: list[str], sigmas: list[float], kind: d.Kind) -> list[str | None]:
        return [
            self._constraint(name, sigma, kind) if sigma > 0.0 else None
            for name, sigma in zip(names, sigmas, strict=True)
        ]

    def _constraint(self, name: str, sigma: float, kind: d.Kind) -> str:
        body: Json = {"type": "gaussian_dist", "x": name, "mean": 1.0, "sigma": sigma}
        if kind == "Poisson":
            tau = 1.0 / (sigma * sigma)
            rate = {"type": "product", "factors": [tau, name]}
            mean = self._pool.add("functions", f"{name}_poisMean", rate)
            body = {"type": "poisson_dist", "x": tau, "mean": mean}
        return self._pool.add("distributions", f"{name}_constraint", body)

    def _report(self, code: str, place: str, message: str, value: str) -> None:
        finding = Finding(code, place, message, value)
        if finding not in self.findings:
            self.findings.append(finding)


def check_edges(found: Histogram, template: Histogram, source: d.Source) -> None:
    """Refuse a template with the right number of bins at other places."""
    for a, b in zip(found.edges, template.edges, strict=True):
        if not np.allclose(a, b, rtol=1e-9, atol=1e-9 * float(np.ptp(b))):
            message = f"{found.place} has other bin edges than {template.place}"
            refuse("xml.binning", message, source.place, source.name)
