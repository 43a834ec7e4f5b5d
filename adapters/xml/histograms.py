"""Writes histograms into a ROOT file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from .folder import FloatArray

Edges = tuple[FloatArray, ...]


class Histograms:
    """The histograms of one file; equal ones are kept once under a name."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Edges, FloatArray, FloatArray]] = {}

    def add(self, wanted: str, edges: Edges, contents: FloatArray, errors: FloatArray) -> str:
        """The name of a histogram with these bins, made from `wanted`.

        Args:
            wanted: free text.
            edges: per axis.
            contents: row-major, shape (bins,).
            errors: as `contents`.
        """
        made = (edges, contents, errors)
        stem = re.sub(r"\W+", "_", wanted)
        name, count = stem, 1
        while name in self._made and not _same(self._made[name], made):
            count += 1
            name = f"{stem}_{count}"
        self._made[name] = made
        return name

    def write(self, path: Path) -> None:
        """Write all of them."""
        import uproot

        with uproot.recreate(path) as file:
            for name, (edges, contents, errors) in self._made.items():
                file[name] = _model(edges, contents, errors)


def _same(a: tuple[Edges, FloatArray, FloatArray], b: tuple[Edges, FloatArray, FloatArray]) -> bool:
    return (
        len(a[0]) == len(b[0])
        and all(np.array_equal(x, y) for x, y in zip(a[0], b[0], strict=True))
        and np.array_equal(a[1], b[1])
        and np.array_equal(a[2], b[2])
    )


def _model(edges: Edges, contents: FloatArray, errors: FloatArray) -> Any:
    """Uproot's TH1D, TH2D or TH3D, with empty under- and overflow and ROOT's order of bins."""
    from uproot.writing import identify

    shape = tuple(len(e) - 1 for e in edges)
    values, squares = (
        np.pad(a.reshape(shape), 1).T.ravel().astype(">f8") for a in (contents, errors**2)
    )
    axes = {
        f"f{letter}axis": _axis(f"{letter.lower()}axis", e)
        for letter, e in zip("XYZ", edges, strict=False)
    }
    moments = {1: "", 2: "y y2 xy", 3: "y y2 xy z z2 xz yz"}[len(edges)].split()
    make = {1: identify.to_TH1x, 2: identify.to_TH2x, 3: identify.to_TH3x}[len(edges)]
    return make(
        fName=None,
        fTitle="",
        data=values,
        fEntries=float(contents.size),
        fTsumw=float(contents.sum()),
        fTsumw2=float((errors**2).sum()),
        fTsumwx=0.0,
        fTsumwx2=0.0,
        **{f"fTsumw{moment}": 0.0 for moment in moments},
        fSumw2=squares,
        **axes,
    )


def _axis(name: str, edges: FloatArray) -> Any:
    from uproot.writing import identify

    even = np.linspace(edges[0], edges[-1], len(edges))
    uniform = np.array_equal(even, edges)
    return identify.to_TAxis(
        fName=name,
        fTitle="",
        fNbins=len(edges) - 1,
        fXmin=float(edges[0]),
        fXmax=float(edges[-1]),
        fXbins=None if uniform else edges.astype(">f8"),
    )
