"""New nuisance parameters in the points and domains that analyses use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
RANGE = 5.0
"""Parameters with unit constraints range over so many standard deviations, as in ROOT and pyhf."""


def add_parameters(data: Json, names: Sequence[str]) -> Json:
    """Give parameters the value 0 and the range ±5, wherever an analysis looks for them.

    That is its initial point and the first of its domains; without analyses, the first ones of the
    document. What is not there is made, under the names that every reader looks for.
    """
    if not names:
        return data
    analyses = data.get("analyses") or [{}]
    points = {_point(data, analysis) for analysis in analyses}
    domains = {_domain(data, analysis) for analysis in analyses}
    for point in data["parameter_points"]:
        if point["name"] in points:
            entries = [{"name": name, "value": 0.0} for name in names]
            point["parameters"] = [*(point.get("parameters") or ()), *entries]
    for domain in data["domains"]:
        if domain["name"] in domains:
            axes = [{"name": name, "min": -RANGE, "max": RANGE} for name in names]
            domain["axes"] = [*(domain.get("axes") or ()), *axes]
    return data


def _point(data: Json, analysis: Json) -> str:
    points = _section(data, "parameter_points")
    known = [point["name"] for point in points]
    if analysis.get("init") in known:
        return str(analysis["init"])
    if "default_values" in known or not known:
        if not known:
            points.append({"name": "default_values", "parameters": []})
        return "default_values"
    return str(known[0])


def _domain(data: Json, analysis: Json) -> str:
    domains = _section(data, "domains")
    boxes = [d["name"] for d in domains if d.get("type") == "product_domain"]
    own = [analysis.get("domain"), *(analysis.get("domains") or ())]
    found = [*(name for name in own if name in boxes), *boxes]
    if found:
        return str(found[0])
    domains.append({"name": "default_domain", "type": "product_domain", "axes": []})
    return "default_domain"


def _section(data: Json, key: str) -> list[Json]:
    """A section of the document; one that is missing or null is made."""
    if not data.get(key):
        data[key] = []
    section: list[Json] = data[key]
    return section
