"""Damaged ROOT files give a `ReadError`, in bounded time and memory, or are read."""

from __future__ import annotations

import lzma
import random
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import cramjam
import pytest

from hs3.adapters.root.file import Key, RootFile, RootObject, category, is_category, variable
from hs3.adapters.root.file.classes import Classes
from hs3.adapters.root.file.compression import decompress
from hs3.adapters.root.file.record import Record
from hs3.adapters.root.file.streamers import Element, Layout, Layouts
from hs3.codes import CODES
from hs3.errors import ReadError

FOLDER = Path(__file__).resolve().parent / "root_files"
FILES = ("compressed_none", "compressed_lz4", "data", "many", "ranges", "stores")
SECONDS = 2.0
"""Time that a case may take; the files are read in some milliseconds."""
MEMORY = 64 << 20
"""Bytes that a case may take at its peak; the files have up to 40 kB."""

Mutation = Callable[[random.Random, bytearray], None]


# --- what is done to the bytes ----------------------------------------------------------------


def flip(rng: random.Random, data: bytearray) -> None:
    """Change some bits."""
    for _ in range(rng.choice((1, 1, 2, 8))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def overwrite(rng: random.Random, data: bytearray) -> None:
    """Put other bytes in the place of some."""
    start, size = rng.randrange(len(data)), rng.choice((1, 2, 4, 16))
    data[start : start + size] = rng.randbytes(len(data[start : start + size]))


def truncate(rng: random.Random, data: bytearray) -> None:
    """Cut the end off."""
    del data[rng.randrange(1, len(data)) :]


def splice(rng: random.Random, data: bytearray) -> None:
    """Copy a part to another place, over what is there or in between."""
    start, size = rng.randrange(len(data)), rng.choice((4, 20, 200))
    part, to = data[start : start + size], rng.randrange(len(data))
    data[to : to + (len(part) if rng.random() < 0.5 else 0)] = part


def cut_out(rng: random.Random, data: bytearray) -> None:
    """Leave a part out."""
    start = rng.randrange(len(data))
    del data[start : start + rng.choice((1, 4, 50))]


def length(rng: random.Random, data: bytearray) -> None:
    """Change a length: four bytes that start with the mark of lengths."""
    places = [i for i in range(0, len(data) - 4) if data[i] == 0x40 and data[i + 1] == 0]
    if places:
        place = rng.choice(places)
        (old,) = struct.unpack_from(">I", data, place)
        near = old + rng.choice((-4, -1, 1, 4, 100, 60000))
        new = rng.choice((near, 0x40000000, 0x7FFFFFFF, 0x4000FFFF))
        struct.pack_into(">I", data, place, new & 0xFFFFFFFF)


def number(rng: random.Random, data: bytearray) -> None:
    """Put a telling number in: a count, a reference, an end of what is possible."""
    if len(data) >= 4:
        place = rng.randrange(len(data) - 3)
        choices = (0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x80000000 | rng.randrange(5000))
        value = rng.choice((*choices, rng.randrange(len(data)), 0x01000000))
        struct.pack_into(">I", data, place, value)


def several(rng: random.Random, data: bytearray) -> None:
    """Some of the others together."""
    for _ in range(rng.randrange(2, 5)):
        if data:
            rng.choice(MUTATIONS[:-1])(rng, data)


MUTATIONS: tuple[Mutation, ...] = (
    flip, overwrite, truncate, splice, cut_out, length, number, several,
)  # fmt: skip


# --- the bytes of one record in the place of those in the file -----------------------------------


class Damaged(RootFile):
    """A file in which one record has other (decompressed) bytes."""

    def __init__(self, data: bytes, seek: int, buffer: bytes) -> None:
        self.seek, self.buffer = seek, buffer
        super().__init__(data, "damaged.root")

    def content(self, seek: int, where: str) -> tuple[bytes, int]:
        """The bytes of a record."""
        content, key_length = super().content(seek, where)
        return (self.buffer if seek == self.seek else content), key_length


def read_all(file: RootFile) -> None:
    """Everything in a file: all that users of the reader would call."""
    for name in file.workspaces:
        graph = file.workspace(name)
        for node in graph.nodes.values():
            graph.servers(node)
            graph.clients(node)
            if is_category(node):
                category(node)
            elif "_value" in node.members:
                variable(node)
    for key in file.keys:
        if key.class_name != "RooWorkspace":
            file.record(key)


def attempt(action: Callable[[], None], case: int) -> bool:
    """Whether an action succeeds; it may fail by `ReadError` alone, quickly, in little memory.

    Memory is looked at in some cases: tracing makes them ten times slower.
    """
    if case % 15 == 0:
        tracemalloc.start()
    start, failed = time.process_time(), None
    try:
        action()
    except ReadError as error:
        failed = error
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert time.process_time() - start < SECONDS
    assert peak < MEMORY
    assert failed is None or failed.code in CODES
    return failed is None


# --- the tests ----------------------------------------------------------------------------------


def fuzz_records(name: str, seed: int, cases: int) -> int:
    """Damage the decompressed records of a file; how many of the results could still be read."""
    rng = random.Random(seed)
    data = (FOLDER / f"{name}.root").read_bytes()
    whole = RootFile(data, name)
    keys: list[Key] = [key for key in whole.keys if not key.name.startswith("ProcessID")]
    survived = 0
    for case in range(cases):
        seek = rng.choice(keys).seek
        buffer = bytearray(whole.content(seek, name)[0])
        rng.choice(MUTATIONS)(rng, buffer)
        survived += attempt(lambda s=seek, b=bytes(buffer): read_all(Damaged(data, s, b)), case)
    return survived


def fuzz_streamer_infos(name: str, seed: int, cases: int) -> int:
    """Damage what describes the classes."""
    rng = random.Random(seed)
    data = (FOLDER / f"{name}.root").read_bytes()
    seek = struct.unpack_from(">I", data, 37)[0]  # fSeekInfo of a small file's header
    infos = RootFile(data, name).content(seek, name)[0]
    survived = 0
    for case in range(cases):
        buffer = bytearray(infos)
        rng.choice(MUTATIONS)(rng, buffer)
        survived += attempt(lambda b=bytes(buffer): read_all(Damaged(data, seek, b)), case)
    return survived


def fuzz_files(name: str, seed: int, cases: int) -> int:
    """Damage the file itself: header, directories, keys, compressed bytes."""
    rng = random.Random(seed)
    whole = (FOLDER / f"{name}.root").read_bytes()
    survived = 0
    for case in range(cases):
        data = bytearray(whole)
        # half of the damage where the structure of the file is
        part = data[:400] if rng.random() < 0.25 else data[-800:] if rng.random() < 0.33 else data
        rest = len(data) - len(part)
        rng.choice(MUTATIONS)(rng, part)
        if rest and part[:4] == data[:4]:
            data[: len(data) - rest] = part
        elif rest:
            data[rest:] = part
        survived += attempt(lambda d=bytes(data): read_all(RootFile(d, "damaged.root")), case)
    return survived


KINDS = {"records": fuzz_records, "streamer_infos": fuzz_streamer_infos, "files": fuzz_files}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", KINDS)
def test_damage(kind: str, name: str) -> None:
    survived = KINDS[kind](name, seed=1, cases=150)
    assert survived < 150, "the damage did nothing"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", KINDS)
def test_more_damage(kind: str, name: str, seed: int) -> None:
    KINDS[kind](name, seed=seed, cases=300)


# --- what someone would send on purpose -----------------------------------------------------------


def block(algorithm: bytes, packed: bytes, size: int) -> bytes:
    """A compressed block that announces `size` bytes."""
    sizes = len(packed).to_bytes(3, "little") + size.to_bytes(3, "little")
    return algorithm + b"\x08" + sizes + packed


@pytest.mark.parametrize("algorithm", ["ZL", "XZ", "ZS"])
def test_a_block_that_holds_more_than_it_says(algorithm: str) -> None:
    zeros = bytes(100 << 20)
    pack = {"ZL": zlib.compress, "XZ": xz, "ZS": lambda data: bytes(cramjam.zstd.compress(data))}
    bomb = block(algorithm.encode(), pack[algorithm](zeros), 1000)
    del zeros
    tracemalloc.start()
    with pytest.raises(ReadError) as caught:
        decompress(bomb, 1000, "bomb")
    assert caught.value.code == "root.corrupt"
    assert tracemalloc.get_traced_memory()[1] < MEMORY
    tracemalloc.stop()


def xz(data: bytes) -> bytes:
    return lzma.compress(data, preset=0)


@pytest.mark.parametrize(
    "data, size, says",
    [
        (block(b"ZL", zlib.compress(b"abc"), 3)[:-1], 3, "longer than what is left"),
        (block(b"ZL", zlib.compress(b"abc"), 3), 2, "longer than what is left"),
        (block(b"ZL", zlib.compress(b"abc"), 3), 4, "3 bytes instead of 4"),
        (block(b"ZL", zlib.compress(b"ab"), 3), 3, "another size"),
        (block(b"ZL", b"not zlib", 3), 3, "incorrect header check"),
        (b"", 3, "0 bytes instead of 3"),
    ],
)
def test_damaged_blocks(data: bytes, size: int, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        decompress(data, size, "key")
    assert caught.value.code == "root.corrupt"
    assert caught.value.path == "key"


def test_an_old_algorithm() -> None:
    with pytest.raises(ReadError) as caught:
        decompress(block(b"CS", b"x", 1), 1, "key")
    assert caught.value.code == "root.unsupported"


LIST = b"\x00\x05" + bytes(8)  # version, unique id, bits: a TObject
MARK = 0x40000000


def record(body: bytes, layouts: Layouts | None = None, name: str = "TList") -> RootObject:
    """The object of a key with these bytes."""
    return Record(body, Classes(layouts or {}), "key;1", 0).read(name)


def with_length(body: bytes) -> bytes:
    return struct.pack(">I", len(body) | MARK) + body


def test_a_count_without_values() -> None:
    body = with_length(struct.pack(">h", 5) + LIST + b"\x00" + struct.pack(">i", 0x7FFFFFFF))
    with pytest.raises(ReadError, match="2147483647 values do not fit") as caught:
        record(body)
    assert caught.value.code == "root.corrupt"


def test_a_class_that_is_its_own_member() -> None:
    element = Element("self", 62, "A")
    layouts = {"A": {1: Layout("A", 1, 0, (element,))}}
    body = b""
    for _ in range(3000):
        body = with_length(struct.pack(">h", 1) + body)
    with pytest.raises(ReadError, match="nest without end"):
        record(body, layouts, "A")


def test_bases_without_end() -> None:
    bases = tuple(Element(name, 0, is_base=True) for name in ("A", "B"))
    layouts = {name: {1: Layout(name, 1, 0, bases)} for name in ("A", "B")}
    vector = Element("v", 500, "vector<A>", is_stl=True)
    layouts["C"] = {1: Layout("C", 1, 0, (vector,))}
    inner = with_length(struct.pack(">hhi", 0x4009, 1, 1) + b"\x00")
    with pytest.raises(ReadError, match="bases of A nest without end"):
        record(with_length(struct.pack(">h", 1) + inner), layouts, "C")


def test_references_into_the_middle_of_things() -> None:
    """A reference to what is no object, or to an object that is never reached."""
    for target, says in ((3, "not to an object"), (500, "leads to offset")):
        pointers = struct.pack(">I", target) + b"\x00"
        body = with_length(struct.pack(">h", 5) + LIST + b"\x00" + struct.pack(">i", 1) + pointers)
        with pytest.raises(ReadError, match=says):
            record(body)
