"""Names in ``misc``, where ROOT, pyhf and this package keep what HS3 has no place for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hs3.findings import Finding, pointer
from hs3.workspace import Workspace

from .occurrences import VALUES, strings

_KNOWN = ("ROOT_internal", "pyhf", "hs3", "ROOT")


def rename(
    data: dict[str, Any], ws: Workspace, renaming: Mapping[str, Mapping[str, str]]
) -> Iterator[Finding]:
    """Change names in ``misc`` of the JSON `data`; what cannot be carried along is reported."""
    section = data.get("misc")
    if not isinstance(section, dict):
        return
    names = {space: dict(table) for space, table in renaming.items()}
    values = names.get(VALUES, {})
    internal = section.get("ROOT_internal")
    if isinstance(internal, dict):
        yield from _root(internal, names)
    if isinstance(section.get("pyhf"), dict):
        yield from _pyhf(section["pyhf"], ws, names)
    own = section.get("hs3")
    if isinstance(own, dict) and isinstance(own.get("names"), dict):
        own["names"] = _keys(own["names"], values)
    old = {name for table in names.values() for name in table}
    for key, value in section.items():
        if key not in ("ROOT_internal", "pyhf", "hs3"):
            for path, text in strings(value, ("misc", key)):
                if text in old:
                    message = f"{text!r} stands in `misc`, and is left as it is"
                    yield Finding("rename.not_followed", pointer(*path), message, text)


def _keys(table: Any, names: Mapping[str, str]) -> Any:
    return {names.get(k, k): v for k, v in table.items()} if isinstance(table, dict) else table


def _root(internal: dict[str, Any], names: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    values, data = names.get(VALUES, {}), names.get("data", {})
    if "ModelConfigs" in internal:
        configs = _keys(internal["ModelConfigs"], names.get("analyses", {}))
        for entry in configs.values() if isinstance(configs, dict) else ():
            if isinstance(entry, dict) and entry.get("pdfName") in values:
                entry["pdfName"] = values[entry["pdfName"]]
        internal["ModelConfigs"] = configs
    if "attributes" in internal:
        internal["attributes"] = _keys(_keys(internal["attributes"], values), data)
    combined = internal.get("combined_distributions")
    if isinstance(combined, dict):
        for entry in combined.values():
            members = entry.get("distributions") if isinstance(entry, dict) else None
            if isinstance(members, list):
                entry["distributions"] = [values.get(m, m) for m in members]
        internal["combined_distributions"] = _keys(combined, values)
    datasets = internal.get("combined_datasets")
    if isinstance(datasets, dict):
        yield from _datasets(datasets, data)


def _datasets(datasets: dict[str, Any], names: Mapping[str, str]) -> Iterator[Finding]:
    """ROOT finds the parts of a combined dataset by the names ``<dataset>_<label>``."""
    for name, entry in list(datasets.items()):
        labels = entry.get("labels") if isinstance(entry, dict) else None
        parts = [f"{name}_{label}" for label in labels or ()]
        new = [names.get(part, part) for part in parts]
        if new == parts:
            continue
        suffixes = [f"_{label}" for label in labels or ()]
        stems = {n.removesuffix(s) if n.endswith(s) else None for n, s in zip(new, suffixes)}  # noqa: B905
        del datasets[name]
        stem = stems.pop() if len(stems) == 1 else None
        if stem is not None:
            datasets[stem] = entry
            continue
        message = f"the combined data {name!r} of ROOT do not find their parts under the new names"
        yield Finding(
            "rename.misc_dropped", pointer("misc", "ROOT_internal", "combined_datasets"), message
        )


def _pyhf(
    section: dict[str, Any], ws: Workspace, names: Mapping[str, Mapping[str, str]]
) -> Iterator[Finding]:
    values, data = names.get(VALUES, {}), names.get("data", {})
    for key, table, prefix in (("channels", values, "model_"), ("observations", data, "obsData_")):
        stored = section.get(key)
        known = _keys(stored, table) if isinstance(stored, dict) else {}
        # The prefix no longer tells what pyhf called it.
        for old, new in table.items():
            entries = ws.tables["distributions" if key == "channels" else "data"]
            histfactory = key != "channels" or _is_channel(entries.get(old))
            if old in entries and histfactory and old.startswith(prefix):
                known.setdefault(new, old.removeprefix(prefix))
        if known:
            section[key] = known
    measurements = section.get("measurements")
    if isinstance(measurements, dict):
        for name in [m for m in measurements if not _measurement(measurements[m], values)]:
            del measurements[name]
            message = f"the measurement {name!r} as pyhf spelled it does not fit the new names"
            yield Finding("rename.misc_dropped", pointer("misc", "pyhf", "measurements"), message)
        section["measurements"] = _keys(measurements, names.get("analyses", {}))


def _is_channel(entry: Any) -> bool:
    return entry is not None and entry[1].type == "histfactory_dist"


def _measurement(entry: Any, names: Mapping[str, str]) -> bool:
    """Change the names in a measurement of pyhf; False where a set of parameters is torn apart."""
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict):
        return False
    config["poi"] = names.get(config.get("poi"), config.get("poi"))  # type: ignore[arg-type]
    for parameter in config.get("parameters") or ():
        old = parameter.get("name") if isinstance(parameter, dict) else None
        if not isinstance(old, str):
            continue
        bins = {o: n for o, n in names.items() if o.startswith(f"{old}[") and o.endswith("]")}
        stems = {n.removesuffix(o.removeprefix(old)) for o, n in bins.items()}
        if old in names:
            parameter["name"] = names[old]
        elif len(stems) == 1:
            parameter["name"] = stems.pop()
        elif stems:
            return False
    return True
