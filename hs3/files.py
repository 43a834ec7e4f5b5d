"""Reading and writing whole files."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from hs3.errors import ReadError, WriteError

FilePath = str | os.PathLike[str]

SIZE_LIMIT = 1 << 30
"""Bytes that a file may have unless the caller says otherwise."""


def read_bytes(path: FilePath, *, size: int = SIZE_LIMIT) -> bytes:
    """The content of a regular file of at most `size` bytes.

    Raises:
        ReadError: the file cannot be opened, or is too large.
    """
    file = Path(path)
    try:
        if file.exists() and not file.is_file():
            raise ReadError(f"{file} is not a regular file")
        check_size(file.stat().st_size, size)
        return file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise ReadError(f"cannot read {file}: {_reason(error)}") from error


def check_size(size: int, limit: int) -> None:
    """Raise ReadError for more bytes than the limit."""
    if size > limit:
        message = f"the file has {size:,} bytes, the limit is {limit:,}"
        raise ReadError(message, code="read.too_large")


def write_atomic(path: FilePath, text: str | bytes) -> None:
    """Put `text` into a file, wholly or not at all: a crash leaves the old file untouched.

    Raises:
        WriteError: the file or its folder cannot be written, or the text is not Unicode.
    """
    try:
        raw = text.encode() if isinstance(text, str) else text
        file = Path(os.path.realpath(path))
        if file.exists() and not file.is_file():
            file.write_bytes(raw)  # a device or a pipe: there is nothing to replace
        else:
            _replace(file, raw)
    except (OSError, ValueError) as error:
        raise WriteError(f"cannot write {path}: {_reason(error)}") from error


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "the text is not valid Unicode"
    return getattr(error, "strerror", None) or str(error)


def _replace(file: Path, raw: bytes) -> None:
    temporary = file.with_name(f".{file.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            shutil.copymode(file, temporary)
        os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
