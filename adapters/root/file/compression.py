"""Decompression that never yields more than it announces, and never more than it may."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable

from hs3.errors import ReadError

_BLOCK_HEADER = 9
_XZ_MEMORY = 1 << 28


def decompress(data: bytes, size: int, where: str) -> bytes:
    """The `size` bytes that the compressed blocks of a key hold.

    Each block starts with its algorithm, one byte, its compressed and its uncompressed size (three
    bytes each, little-endian).

    Raises:
        ReadError: the blocks are damaged, or hold another number of bytes.
    """
    parts: list[bytes] = []
    position = total = 0
    while position < len(data) and total < size:
        header = data[position : position + _BLOCK_HEADER]
        algorithm = bytes(header[:2])
        packed = int.from_bytes(header[3:6], "little")
        unpacked = int.from_bytes(header[6:9], "little")
        block = data[position : position + _BLOCK_HEADER + packed]
        total += unpacked
        if len(block) != _BLOCK_HEADER + packed or total > size:
            raise _damaged(where, "a block is longer than what is left")
        parts.append(_unpack(algorithm, block, unpacked, where))
        position += len(block)
    if total != size:
        raise _damaged(where, f"{total} bytes instead of {size}")
    return b"".join(parts)


def _unpack(algorithm: bytes, block: bytes, size: int, where: str) -> bytes:
    unpack = _ALGORITHMS.get(algorithm)
    if unpack is None:
        raise ReadError(
            f"{where} is compressed by an unknown algorithm {algorithm!r}",
            code="root.unsupported",
            path=where,
            value=algorithm,
        )
    try:
        content = unpack(block, size)
    except Exception as error:  # every library has errors of its own
        raise _damaged(where, str(error)) from error
    if len(content) != size:
        raise _damaged(where, f"a block of another size than its header says ({size})")
    return content


def _zlib(block: bytes, size: int) -> bytes:
    return zlib.decompressobj().decompress(block[_BLOCK_HEADER:], size + 1)


def _lzma(block: bytes, size: int) -> bytes:
    unpacker = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    return unpacker.decompress(block[_BLOCK_HEADER:], size + 1)


def _lz4(block: bytes, size: int) -> bytes:
    """LZ4 allocates what the header says; uproot checks the checksum."""
    import numpy as np
    import uproot

    chunk = uproot.source.chunk.Chunk.wrap(None, np.frombuffer(block, np.uint8))
    cursor = uproot.source.cursor.Cursor(0)
    content = uproot.compression.decompress(chunk, cursor, {}, len(block), size)
    return bytes(content.raw_data)


def _zstd(block: bytes, size: int) -> bytes:
    """Zstandard goes into a buffer of the announced size: uproot's own call has no bound."""
    import cramjam

    content = bytearray(size)
    filled = cramjam.zstd.decompress_into(block[_BLOCK_HEADER:], content)
    return bytes(content[:filled])


_ALGORITHMS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"L4": _lz4,
    b"XZ": _lzma,
    b"ZL": _zlib,
    b"ZS": _zstd,
}


def _damaged(where: str, why: str) -> ReadError:
    message = f"{where} cannot be decompressed: {why}"
    return ReadError(message, code="root.corrupt", path=where)
