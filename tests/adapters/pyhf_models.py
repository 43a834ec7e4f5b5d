"""pyhf workspaces of the tests: project-made ones, synthetic ones, and those of the references."""

from __future__ import annotations

import copy
import json
import runpy
from pathlib import Path
from typing import Any

from conftest import DATA, SHARED, shared, shared_files

MADE = sorted(path.stem for path in (DATA / "pyhf").glob("*.json") if path.stem != "reference")
"""Names of the workspaces made for this project."""

CODES = {
    "code4": {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}},
    "code1": {"normsys": {"interpcode": "code1"}, "histosys": {"interpcode": "code0"}},
}
"""pyhf's `modifier_settings` for the option `interpolation`."""

_SBOTTOM = "likelihoods/atlas_sbottom_SUSY-2018-31"


def made(name: str) -> dict[str, Any]:
    return json.loads((DATA / "pyhf" / f"{name}.json").read_text(encoding="utf-8"))


def synthetic(size: str, **changes: Any) -> dict[str, Any]:
    """A synthetic workspace of a given size."""
    module = runpy.run_path(str(shared("models", "synth.py")))
    return module["workspace"](**{**module["SIZES"][size], **changes})


def published() -> list[str]:
    """Names of the published workspaces: a background, one with a patch, or a whole one."""
    folders = [p.parent for p in shared_files(f"{_SBOTTOM}/*/BkgOnly.json")]
    out = []
    for folder in folders:
        out.append(f"{folder.name}/BkgOnly")
        out += [f"{folder.name}/{p.stem}" for p in sorted(folder.glob("patch.*.json"))]
    out += [f"agc/{p.stem}" for p in shared_files("likelihoods/agc_cms_opendata_ttbar/*.json")]
    return out or ["none"]


def published_parts(name: str) -> tuple[dict[str, Any], list[Any] | None]:
    """A published workspace and its patch."""
    folder, stem = name.split("/") if "/" in name else ("", name)
    if folder == "agc":
        return _json(shared("likelihoods/agc_cms_opendata_ttbar", f"{stem}.json")), None
    workspace = _json(shared(_SBOTTOM, folder, "BkgOnly.json"))
    patch = None if stem == "BkgOnly" else _json(SHARED / _SBOTTOM / folder / f"{stem}.json")
    return workspace, patch


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def changed(workspace: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the value at a JSON pointer replaced; ``...`` removes it."""
    out = copy.deepcopy(workspace)
    at: Any = out
    *parts, last = [int(p) if p.isdigit() else p for p in path.split("/")[1:]]
    for part in parts:
        at = at[part]
    if value is ...:
        del at[last]
    elif isinstance(at, list) and last == len(at):
        at.append(value)
    else:
        at[last] = value
    return out
