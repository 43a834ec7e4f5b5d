"""The file of an archive: a zip with a fixed order, no dates and no compression.

The same members give the same bytes on every machine: compressors differ between versions of their
library, stored members do not. Archives are untrusted input: sizes are checked before reading.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256

from hs3 import files
from hs3.errors import ReadError
from hs3.jsonio import LIMITS

_NO_DATE = (1980, 1, 1, 0, 0, 0)
MOST_MEMBERS = 100
SUMS = "SHA256SUMS"
"""Member with the checksum of every other one, in the form of the command sha256sum."""


def pack(members: Mapping[str, bytes]) -> bytes:
    """The bytes of an archive, with a member of checksums added."""
    sums = "".join(f"{sha256(raw).hexdigest()}  {name}\n" for name, raw in sorted(members.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as container:
        for name, raw in (*sorted(members.items()), (SUMS, sums.encode())):
            info = zipfile.ZipInfo(name, _NO_DATE)
            info.create_system = 3  # or else it names the machine that wrote it
            info.external_attr = 0o644 << 16
            container.writestr(info, raw)
    return out.getvalue()


def unpack(path: files.FilePath) -> dict[str, bytes]:
    """The members of an archive.

    Raises:
        ReadError: it is no archive, or too large.
    """
    raw = files.read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as container:
            infos = container.infolist()
            names = [info.filename for info in infos]
            if len(infos) > MOST_MEMBERS or len(set(names)) < len(names):
                raise ReadError("too many members, or two of one name", code="read.archive")
            files.check_size(sum(info.file_size for info in infos), 4 * LIMITS.size)
            return {info.filename: container.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ReadError(f"not an archive: {error}", code="read.archive") from error


def sums(members: Mapping[str, bytes]) -> dict[str, str]:
    """The checksums that an archive states, by member.

    Raises:
        ReadError: it has none, or they are not in the form of sha256sum.
    """
    if SUMS not in members:
        raise ReadError(f"not an archive of hs3: it has no member {SUMS}", code="read.archive")
    out = {}
    for line in members[SUMS].decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name:
            raise ReadError(f"{SUMS} has a line that is no checksum: {line!r}", code="read.archive")
        out[name] = digest
    return out
