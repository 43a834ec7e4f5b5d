"""pyhf JSON → HS3, exactly as spec/pyhf.md says."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import hs3
from hs3.errors import ConversionError
from hs3.findings import Finding, Report, nearest, pointer

from . import channels, measurement, schema
from .checks import check
from .constraints import Auxiliaries, explicit_sets, staterror_findings
from .interpolation import Codes, interpolation_codes
from .names import Names
from .parameters import configured_sets, default_sets, uses
from .patch import PatchName, apply_patch

if TYPE_CHECKING:
    from hs3.workspace import Workspace


def from_pyhf(
    workspace: dict[str, Any],
    *,
    patch: Any = None,
    patch_name: PatchName | None = None,
    measurement: str | None = None,
    interpolation: str = "code4",
) -> tuple[Workspace, Report]:
    """The HS3 workspace that means what pyhf 0.7.6 makes of a pyhf workspace.

    Args:
        workspace: pyhf JSON.
        patch: a JSON Patch or a patchset to apply first; `patch_name` chooses from a patchset.
        patch_name: name, or tuple of values, of the patch.
        measurement: carry over only the measurement of this name.
        interpolation: pyhf's files carry no codes. ``code4`` takes 4 for normsys and 4p for
            histosys, as pyhf's command line and ROOT do; ``code1`` takes 1 and 0, the defaults of
            the modifiers in pyhf's library; or a pair such as ``code4,code0``.

    Returns:
        The workspace, and findings whose paths point into the (patched) pyhf document.

    Raises:
        DocumentError: the document does not fit pyhf's schema, or contradicts itself.
        ConversionError: pyhf itself would refuse the document, or an option makes no sense.
    """
    from hs3.workspace import Workspace

    codes = interpolation_codes(interpolation)
    report = Report()
    if patch is not None:
        workspace, report = apply_patch(workspace, patch, patch_name)
    elif patch_name is not None:
        message = f"{patch_name!r} chooses from a patchset, and none is given"
        raise ConversionError(message, code="pyhf.patch_name", value=patch_name)
    source = schema.read(workspace)
    report += check(source)
    chosen = _chosen(source, measurement)
    document, findings = _document(source, chosen, codes)
    document["misc"]["pyhf"]["measurements"] = _verbatim(workspace, chosen, document)
    return Workspace.from_json(document), report + findings


def _verbatim(
    workspace: dict[str, Any], chosen: list[int], document: dict[str, Any]
) -> dict[str, Any]:
    """The measurements as the pyhf document spells them, by the name of their analysis."""
    names = [analysis["name"] for analysis in document["analyses"]]
    measurements = copy.deepcopy([workspace["measurements"][i] for i in chosen])
    return dict(zip(names, measurements, strict=True))


def _chosen(source: schema.PyhfWorkspace, name: str | None) -> list[int]:
    """Indices of the measurements to carry over."""
    names = [m.name for m in source.measurements]
    if name is None:
        return list(range(len(names)))
    if name not in names:
        raise ConversionError(
            f"there is no measurement {name!r}",
            code="pyhf.measurement_name",
            path="/measurements",
            value=name,
            suggestions=nearest(name, names) or tuple(names[:5]),
        )
    return [names.index(name)]


def _document(
    source: schema.PyhfWorkspace, chosen: list[int], codes: Codes
) -> tuple[dict[str, Any], list[Finding]]:
    defaults = default_sets(source)
    measured = {
        i: configured_sets(defaults, source.measurements[i], pointer("measurements", i))
        for i in chosen
    }
    explicit = explicit_sets(source, defaults, list(measured.values()))
    names = Names()
    # The parameters come first: they keep pyhf's names whatever else is called so.
    places = {use.modifier.name: use.path for use in reversed(list(uses(source)))}
    parameters = {k: [names.take(n, places[k]) for n in s.names] for k, s in defaults.items()}
    plan = channels.Plan(source, codes, defaults, explicit, parameters)
    parts = channels.write(plan, names)
    auxiliaries = Auxiliaries(explicit, parameters, names)
    written = []
    for i, sets in measured.items():
        likelihood = dict(parts.likelihood)
        if auxiliary := auxiliaries.of(sets, defaults):
            likelihood["aux_distributions"] = auxiliary
        base = names.take(source.measurements[i].name, pointer("measurements", i))
        poi = source.measurements[i].config.poi
        written.append(measurement.sections(plan, base, poi, sets, likelihood, names))
    findings = [*_conventions(source, codes), *staterror_findings(source, explicit)]
    for i, sets in measured.items():
        findings += measurement.findings(source, i, sets)
    document = {
        "metadata": {
            "hs3_version": "0.2.9",
            "packages": [{"name": "hs3-reference", "version": hs3.__version__}],
        },
        "distributions": parts.distributions + auxiliaries.distributions,
        "functions": auxiliaries.functions,
        "data": parts.data,
        **{key: [w[key] for w in written] for key in written[0]},
        "misc": {"pyhf": {"version": source.version, **parts.stored}},
    }
    return {key: value for key, value in document.items() if value}, findings + names.findings


def _conventions(source: schema.PyhfWorkspace, codes: Codes) -> Iterator[Finding]:
    """What the pyhf file does not say and is taken by convention."""
    types = {m.type for c in source.channels for s in c.samples for m in s.modifiers}
    if types & {"normsys", "histosys"}:
        message = (
            "pyhf's file carries no interpolation codes; "
            f"taken are {codes.normsys} for normsys and {codes.histosys} for histosys"
        )
        yield Finding("pyhf.interpolation", "", message, str(codes))
    if "histosys" in types and codes.histosys == "code2":
        message = (
            "written is the parabola with linear tails of the standard; "
            "pyhf 0.7.6's code2 jumps at |alpha| = 1, where its tails miss a constant"
        )
        yield Finding("pyhf.code2", "", message)
    for use in uses(source):
        data = use.modifier.data
        if isinstance(data, schema.NormSysData) and min(data.hi, data.lo) <= 0:
            message = "a factor that is not above zero makes pyhf's likelihood NaN"
            yield Finding("pyhf.normsys_nonpositive", use.path, message, min(data.hi, data.lo))
