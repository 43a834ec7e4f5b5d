"""The files of one XML set: found relative to a folder, and never outside of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hs3 import files
from hs3.errors import ReadError
from hs3.findings import nearest

from .elements import SIZE_LIMIT, Element, parse

FloatArray = npt.NDArray[np.float64]

LEVELS = 2
"""How many folders above that of the driver its paths may start; ``config/examples/`` needs 2."""

OBJECT_LIMIT = 1 << 28
"""Bytes that a histogram may have, uncompressed."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Bins without under- and overflow, row-major over the axes.

    Attributes:
        contents: shape (bins,).
        errors: the square root of the summed squared weights, or of the contents without those.
        edges: per axis; `uniform` tells which axes have bins of one width.
        place: ``file:path``.
    """

    contents: FloatArray
    errors: FloatArray
    edges: tuple[FloatArray, ...]
    uniform: tuple[bool, ...]
    place: str


class Folder:
    """Reads below one folder, and nothing else.

    Args:
        root: what the paths are relative to.
        within: outside of this folder nothing is read; by default `root`.
    """

    def __init__(self, root: Path, within: Path | None = None) -> None:
        self.root = Path(os.path.realpath(root))
        self.within = Path(os.path.realpath(within or root))
        self._files: dict[Path, tuple[Any, Sequence[str]]] = {}
        self._histograms: dict[tuple[Path, str], Histogram] = {}

    def path(self, name: str, place: str) -> Path:
        """The real path of the file that a document calls `name`.

        Raises:
            ReadError: it lies outside of the folder, by ``..``, a link or an absolute path.
        """
        try:
            path = Path(os.path.realpath(self.root / name))
        except ValueError as error:  # a null character
            raise ReadError(f"{name!r} is no path: {error}", code="xml.file", path=place) from None
        if not path.is_relative_to(self.within):
            message = (
                f"{name!r} lies outside of {self.within}, and nothing is read from there; "
                "give a folder that holds all files as `root_dir`"
            )
            raise ReadError(message, code="xml.outside", path=place, value=name)
        return path

    def xml(self, name: str, place: str) -> Element:
        """The root element of an XML file."""
        path = self.path(name, place)
        try:
            raw = files.read_bytes(path, size=SIZE_LIMIT)
        except ReadError as error:
            raise ReadError(error.message, code="xml.file", path=place, value=name) from error
        return parse(raw, os.path.relpath(path, self.root))

    def close(self) -> None:
        """Close what is open."""
        for file, _ in self._files.values():
            file.close()
        self._files.clear()

    def histogram(self, name: str, folder: str, histogram: str, place: str) -> Histogram:
        """A histogram of a ROOT file.

        Args:
            name: the file, as the document calls it.
            folder: path inside of the file.
            histogram: its name there.
            place: where the document asks for it.

        Raises:
            ReadError: there is no such file or histogram, or it cannot be read.
        """
        path = self.path(name, place)
        inner = "/".join(part for part in (*folder.split("/"), histogram) if part)
        key = (path, inner)
        if key not in self._histograms:
            where = f"{os.path.relpath(path, self.root)}:{inner}"
            file, names = self._open(path, name, place)
            self._histograms[key] = _read(file, names, inner, where, place)
        return self._histograms[key]

    def has(self, name: str, histogram: str, place: str) -> bool:
        """True when a ROOT file has an object of this name."""
        return histogram in self._open(self.path(name, place), name, place)[1]

    def _open(self, path: Path, name: str, place: str) -> tuple[Any, Sequence[str]]:
        """A ROOT file, and the names of all that is in it."""
        import uproot

        if path not in self._files:
            stream = None
            try:
                files.check_size(path.stat().st_size, files.SIZE_LIMIT)
                # An open file: uproot takes a path for a URL, or for `file:object`, too easily.
                stream = open(path, "rb")  # noqa: SIM115
                file = uproot.open(stream)
                self._files[path] = (file, tuple(file.keys(cycle=False)))
            except Exception as error:  # uproot raises what the damage happens to cause
                if stream is not None:
                    stream.close()
                message = f"cannot read {name} as a ROOT file: {_short(error)}"
                raise ReadError(message, code="xml.file", path=place, value=name) from error
        return self._files[path]


def _read(file: Any, names: Sequence[str], inner: str, where: str, place: str) -> Histogram:
    # Looked up among the names: uproot itself finds cycles, dots and colons in a text.
    if inner not in names:
        message = f"there is no histogram {inner!r} in {where.rsplit(':', 1)[0]}"
        near = nearest(inner, names)
        raise ReadError(message, code="xml.histogram", path=place, value=inner, suggestions=near)
    try:
        if file.key(inner).fObjlen > OBJECT_LIMIT:
            raise ValueError(f"more than {OBJECT_LIMIT:,} bytes")
        return _histogram(file[inner], where)
    except Exception as error:
        message = f"cannot read the histogram {where}: {_short(error)}"
        raise ReadError(message, code="xml.histogram", path=place, value=inner) from error


def _histogram(read: Any, where: str) -> Histogram:
    if not read.classname.startswith(("TH1", "TH2", "TH3")):
        raise ValueError(f"a {read.classname} is no histogram")
    values = np.asarray(read.values(), dtype=np.float64)
    squares = np.asarray(read.member("fSumw2"), dtype=np.float64)
    if len(squares):
        shape = tuple(n + 2 for n in reversed(values.shape))
        inner = squares.reshape(shape).T[(slice(1, -1),) * values.ndim]
        errors = np.sqrt(np.maximum(inner, 0.0))
    else:
        errors = np.sqrt(np.abs(values))
    axes = [read.member(f"f{letter}axis") for letter in "XYZ"[: values.ndim]]
    if not np.isfinite(values).all() or not np.isfinite(errors).all():
        raise ValueError("contents or errors are not finite")
    return Histogram(
        values.ravel(),
        errors.ravel(),
        tuple(np.asarray(a.edges(), dtype=np.float64) for a in axes),
        tuple(len(a.member("fXbins")) == 0 for a in axes),
        where,
    )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def find_root(driver: Path, inputs: Sequence[str]) -> Path:
    """The folder to which the paths of the inputs are relative.

    ROOT takes the folder it is started in, which the files do not say. Here it is the folder of
    the driver, or the nearest one above it, that has all inputs.

    Raises:
        ReadError: none has.
    """
    tried = [Path(os.path.realpath(driver)).parent]
    tried += list(tried[0].parents)[:LEVELS]
    for folder in tried:
        if all((folder / name).is_file() for name in inputs):
            return folder
    missing = next((n for n in inputs if not (tried[0] / n).is_file()), "")
    message = (
        f"there is no {missing!r} in {tried[0]} or the {LEVELS} folders above it; "
        "say by `root_dir` what the paths are relative to"
    )
    raise ReadError(message, code="xml.file", path=str(driver), value=missing)
