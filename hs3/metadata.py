"""Metadata (chapter 2.8): who wrote the document, with what."""

from __future__ import annotations

from typing import Any

from pydantic import StrictStr

from hs3.base import Number, Part


class Package(Part):
    """A piece of software that took part in writing the document."""

    name: StrictStr
    version: StrictStr | Number | None = None


class Metadata(Part):
    """What the document says about itself.

    Attributes:
        hs3_version: version of the standard; ROOT writes ``"0.2"``.
        packages: the software that wrote the document; some conventions depend on it.
        authors: persons or collaborations.
        publications: identifiers of papers.
        description: what the document is about.
    """

    hs3_version: StrictStr | Number | None = None
    packages: tuple[Package, ...] | None = None
    authors: tuple[StrictStr | dict[str, Any], ...] | StrictStr | None = None
    publications: tuple[StrictStr | dict[str, Any], ...] | StrictStr | None = None
    description: StrictStr | None = None

    def version_of(self, package: str) -> str | None:
        """Version of the named package, ``""`` when it has none, None when it is not named."""
        for entry in self.packages or ():
            if entry.name.lower() == package.lower():
                return "" if entry.version is None else str(entry.version)
        return None
