"""Long work in chunks: split over any executor, kept in files, resumed where it was interrupted.

A chunk is a range of numbers (toys, points). What it gives must depend on these numbers alone; then
the result depends neither on the split nor on where the chunks were computed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from pathlib import Path
from typing import Any, TypedDict
from zipfile import BadZipFile

import jax
import numpy as np

import hs3
from hs3 import files
from hs3.errors import FitError, ReadError, WriteError

from ..model import Model

Arrays = dict[str, np.ndarray[Any, Any]]
Work = Callable[[], Arrays]
"""The work of one chunk, to arrays with a leading axis over its numbers."""

Progress = Callable[[int, int], None]
"""Called with how many numbers are done, and how many there are."""

CHUNK = 256


class Split(TypedDict, total=False):
    """How work is split, kept and shown: see `in_chunks`."""

    chunk: int
    folder: str | os.PathLike[str] | None
    executor: Executor | None
    progress: Progress | None


def in_chunks(
    work: Callable[[int, int], Work],
    total: int,
    *,
    key: str,
    chunk: int = CHUNK,
    folder: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Arrays:
    """Do the work on the numbers below `total`, and put the arrays of all chunks together.

    Args:
        work: gives the work of a chunk from its first number and its count. For another process it
            must be picklable, as a `functools.partial` of a function of a module is.
        key: tells what the work is (see `key_of`); files of other keys are not looked at.
        chunk: numbers in a chunk; another value makes other files.
        folder: where each chunk becomes a file, atomically; those that are there are not done
            again.
        executor: any `concurrent.futures.Executor`, that of a cluster
            (`dask.distributed.Client.get_executor`) too. Processes must be spawned: those that are
            forked after JAX has started can hang.
        progress: called when what was done before is read, and after each chunk.

    Raises:
        ReadError: a file of a chunk is damaged.
        WriteError: the folder cannot be written.
    """
    done: dict[int, Arrays] = {}
    finished, kept = 0, False
    for first, count, arrays in stream(
        work, total, key=key, chunk=chunk, folder=folder, executor=executor
    ):
        if arrays is None:
            kept = True
        else:
            done[first] = arrays
            finished += count
        if progress is not None and kept:
            progress(finished, total)
    parts = [done[first] for first in sorted(done)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def stream(
    work: Callable[[int, int], Work],
    total: int,
    *,
    key: str,
    chunk: int = CHUNK,
    folder: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[int, int, Arrays | None]]:
    """The chunks of `in_chunks` as they are done: first number, count and arrays.

    First come those that were done before, then a pause (no arrays), then the others in any order.

    Raises:
        ReadError: a file of a chunk is damaged.
        WriteError: the folder cannot be written.
    """
    if chunk < 1:
        raise FitError(f"chunks of {chunk} cannot be made", code="fit.invalid", value=chunk)
    missing = []
    home = None if folder is None else _home(Path(folder), key)
    for first in range(0, total, chunk):
        count = min(chunk, total - first)
        if home is not None and (path := _path(home, first, count)).exists():
            yield first, count, _read(path)
        else:
            missing.append((first, count))
    yield 0, 0, None
    for first, count, arrays in _computed(work, missing, executor):
        if home is not None:
            _write(_path(home, first, count), arrays)
        yield first, count, arrays


def _computed(
    work: Callable[[int, int], Work], parts: list[tuple[int, int]], executor: Executor | None
) -> Iterator[tuple[int, int, Arrays]]:
    if executor is None:
        yield from ((first, count, work(first, count)()) for first, count in parts)
        return
    running: dict[Future[Arrays], tuple[int, int]] = {
        executor.submit(work(*part)): part for part in parts
    }
    try:
        for future in as_completed(running):
            yield *running[future], future.result()
    finally:
        for future in running:
            future.cancel()


def key_of(model: Model, **settings: Any) -> str:
    """A hash of a model, its data and settings: equal where results are equal."""
    digest = hashlib.sha256()
    said = {"version": hs3.__version__, "names": model.names, "settings": settings}
    digest.update(json.dumps(said, sort_keys=True, default=_plain).encode())
    digest.update(repr(model.graph.workspace.to_json()).encode())
    for leaf in jax.tree.leaves((model.arrays, model.observed)):
        array = np.asarray(leaf)
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else dict(value)


def _home(folder: Path, key: str) -> Path:
    home = folder / key[:16]
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"cannot write {home}: {error.strerror or error}") from error
    return home


def _path(home: Path, first: int, count: int) -> Path:
    return home / f"{first:09d}-{first + count:09d}.npz"


def _write(path: Path, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    files.write_atomic(path, buffer.getvalue())


def _read(path: Path) -> Arrays:
    try:
        with np.load(io.BytesIO(files.read_bytes(path)), allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except (ValueError, OSError, EOFError, BadZipFile) as error:
        message = f"{path} is damaged; remove it, and this chunk is done again"
        raise ReadError(message, code="inference.damaged_chunk", value=str(path)) from error
