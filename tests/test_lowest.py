"""The oldest versions that are allowed are those that `make verify-lowest` installs."""

from __future__ import annotations

import re
import tomllib

from conftest import ROOT


def test_the_lower_bounds_are_what_is_tried():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = dict(re.fullmatch(r"([\w-]+)>=([\d.]+)", d).groups() for d in project["dependencies"])
    text = (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8")
    pinned = dict(line.split("==") for line in text.splitlines() if "==" in line)

    def numbers(version: str) -> list[int]:
        found = [int(n) for n in version.split(".")]
        while found and found[-1] == 0:
            found.pop()
        return found

    for name, version in bounds.items():
        # scipy 1.11 was not published as 1.11.0 for every platform, for instance
        tried = numbers(pinned[name.lower()])
        assert tried[: len(numbers(version))] == numbers(version), name
