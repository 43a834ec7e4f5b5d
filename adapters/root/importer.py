"""ROOT files → HS3, without ROOT."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hs3.findings import Report
from hs3.jsonio import without_gc

if TYPE_CHECKING:
    from hs3.workspace import Workspace


def from_root(
    source: str | os.PathLike[str] | bytes, *, workspace: str | None = None
) -> tuple[Workspace, Report]:
    """The HS3 document that means what a RooWorkspace means.

    Args:
        source: path of a ROOT file, or its bytes.
        workspace: name of the workspace, where the file holds several.

    Returns:
        the document, and findings whose paths are the workspace's name and that of the object.

    Raises:
        ReadError: the file is damaged, or holds no workspace of that name.
        DocumentError: an object of the workspace contradicts itself.
    """
    from .convert import converted
    from .file.source import open_root

    with without_gc():
        return converted(open_root(source).workspace(workspace))
