"""Freeze pyhf's numbers for the project-made workspaces.

Needs pyhf; writes tests/data/pyhf/reference.json, which the tests read without pyhf::

    PYTHONPATH=tests:tests/adapters:. python tests/adapters/make_pyhf_reference.py
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from conftest import DATA
from pyhf_backend import Reference
from pyhf_models import CODES, MADE, made


def cases() -> list[dict[str, Any]]:
    out = []
    for name in MADE:
        workspace = made(name)
        for index, measurement in enumerate(workspace["measurements"]):
            if measurement["name"] in [m["name"] for m in workspace["measurements"][:index]]:
                continue  # pyhf finds only the first of a name
            for interpolation in CODES:
                reference = Reference.of(workspace, measurement["name"], interpolation)
                points = [
                    {
                        "values": point.tolist(),
                        "twice_nll": reference.twice_nll(point),
                        "expected": reference.expected(point),
                    }
                    for point in reference.points(inside=3, near=3)
                ]
                out.append(
                    {
                        "workspace": name,
                        "measurement": measurement["name"],
                        "interpolation": interpolation,
                        "parameters": reference.names,
                        "points": points,
                    }
                )
    return out


if __name__ == "__main__":
    document = {"pyhf": version("pyhf"), "cases": cases()}
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    text = text.replace('{"workspace"', '\n{"workspace"').replace('{"values"', '\n {"values"')
    (DATA / "pyhf" / "reference.json").write_text(text + "\n", encoding="utf-8")
