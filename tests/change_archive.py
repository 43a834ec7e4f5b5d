"""``python change_archive.py ARCHIVE CHANGED``: one number of the model is another one.

The checksums are made anew, as somebody would who does not want it to be noticed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from hs3.archives.container import SUMS, pack, unpack


def change(source: str, target: str) -> None:
    """Write the changed archive."""
    members = {name: raw for name, raw in unpack(source).items() if name != SUMS}
    found = re.search(rb'"contents":\[(\d)', members["model.hs3.json"])
    assert found is not None
    start, end = found.span(1)
    other = b"7" if found[1] != b"7" else b"8"
    raw = members["model.hs3.json"]
    Path(target).write_bytes(pack({**members, "model.hs3.json": raw[:start] + other + raw[end:]}))


if __name__ == "__main__":
    change(*sys.argv[1:])
