"""One name for one object: HS3 has a single namespace, pyhf one per kind."""

from __future__ import annotations

from hs3.findings import Finding


class Names:
    """Hands out names that nobody else has.

    Attributes:
        findings: reports the names that had to change, where `take` was given a place to report.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self.findings: list[Finding] = []

    def take(self, wanted: str, path: str | None = None) -> str:
        """The name `wanted`, with a number behind it when it is taken."""
        name, count = wanted, 2
        while name in self._taken:
            name, count = f"{wanted}_{count}", count + 1
        self._taken.add(name)
        if name != wanted and path is not None:
            message = f"{wanted!r} is the name of something else already; this becomes {name!r}"
            self.findings.append(Finding("pyhf.renamed", path, message, wanted))
        return name
