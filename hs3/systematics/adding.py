"""`add_systematics`: the variations of a covariance matrix as modifiers of templates."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hs3.dialects.base import Writer
from hs3.edit.explicit import explicit
from hs3.edit.occurrences import VALUES, names
from hs3.errors import EditError
from hs3.findings import Finding, Report
from hs3.histfactory.modifiers import HistoSysModifier
from hs3.workspace import Workspace

from .config import Config, read, wrong
from .decomposition import FloatArray, Modes, decompose
from .matrices import Table, matrix_of, of_array
from .parameters import add_parameters
from .reading import load_config
from .rows import Block, Row, rows_of

Json = dict[str, Any]


def add_systematics(
    ws: Workspace,
    covariance: Any = None,
    *,
    config: Config | Mapping[str, Any] | str | os.PathLike[str] | None = None,
    **settings: Any,
) -> tuple[Workspace, Report]:
    r"""The model with a covariance matrix of its templates as further systematic uncertainties.

    The matrix becomes orthogonal variations :math:`e_k` (`decompose`). Each is a nuisance parameter
    :math:`\alpha_k \sim N(0, 1)`, ``PREFIX_1``, ``PREFIX_2`` …, and a histosys with the templates
    :math:`\mathrm{nominal} \pm e_k` in every sample that it changes. As these are symmetric, the
    interpolation (``poly6``: code 4 of ROOT, 4p of pyhf, their default) is a straight line, as all
    additive codes are, and the covariance of the templates is the matrix.

    Args:
        ws: the model.
        covariance: shape (n, n): an array, or a histogram of two axes (UHI); the file or the data
            of `config` may hold it instead.
        config: a file in YAML or JSON, one in CSV, npy or npz with the matrix, or data
            (docs/covariance.md).
        settings: single keys of the configuration: ``prefix``, ``templates``, ``fraction`` …

    Raises:
        EditError: the matrix is not that of a covariance, or does not fit the templates.
        ReadError: a file cannot be read.
    """
    given, folder = load_config(config)
    chosen = read({**given.model_dump(exclude_unset=True), **settings})
    table = matrix_of(chosen, folder) if covariance is None else _given(covariance)
    ws = explicit(ws)
    rows = rows_of(ws, chosen, table.labels)
    counts = np.array([block.nominal[index] for block, index in rows])
    modes = _modes(table.values, rows, chosen)
    scale = counts if chosen.relative else np.ones(len(rows))
    data, added = _attached(ws, rows, modes, scale, chosen)
    sigma = np.sqrt(np.diag(table.values)) * np.abs(scale)
    findings = [
        *_told(modes, rows, chosen),
        *_empty(rows, counts, chosen),
        *_negative(rows, counts, sigma),
        *_clipped(ws, rows),
    ]
    return Workspace.from_json(add_parameters(data, added)), Report(tuple(findings))


def _given(covariance: Any) -> Table:
    try:
        return of_array(covariance)
    except (TypeError, ValueError) as error:
        raise EditError([wrong(f"not a matrix of numbers: {error}")]) from None


def _modes(matrix: FloatArray, rows: Sequence[Row], config: Config) -> Modes:
    if matrix.shape != (len(rows), len(rows)):
        message = f"a matrix of shape {matrix.shape} for {len(rows)} bins of templates"
        raise EditError([Finding("covariance.shape", "", message, len(rows))])
    try:
        return decompose(matrix, fraction=config.fraction, tolerance=config.tolerance)
    except ValueError as error:
        raise EditError([Finding("covariance.matrix", "", str(error))]) from None


# --- modifiers ------------------------------------------------------------------------------------


def _attached(
    ws: Workspace, rows: Sequence[Row], modes: Modes, scale: FloatArray, config: Config
) -> tuple[Json, list[str]]:
    """The document with the modifiers, and the names of their parameters."""
    data = ws.to_json()
    taken = names(ws)[VALUES]
    by_root = _by_root(ws)
    added: list[str] = []
    for name, variation in _variations(rows, modes, scale, config):
        if name in taken:
            message = f"{name!r} is the name of something else: choose another `prefix`"
            raise EditError([wrong(message, "prefix", value=name)])
        added.append(name)
        for block, change in _by_block(rows, variation):
            sample = data["distributions"][block.distribution]["samples"][block.sample]
            made = _histosys(name, block.nominal, change)
            if by_root and not _has_histosys(block):
                made["positiveDefinite"] = False  # else the document's writer would imply a cut
            sample["modifiers"] = [*(sample.get("modifiers") or ()), made]
    return data, added


def _variations(
    rows: Sequence[Row], modes: Modes, scale: FloatArray, config: Config
) -> Iterator[tuple[str, FloatArray]]:
    """Name and change of the counts of each row, one after the other."""
    for k, column in enumerate(modes.variations.T):
        yield f"{config.prefix}_{k + 1}", column * scale
    if config.remainder == "drop":
        return
    for i, (block, index) in enumerate(rows):
        if modes.remainder[i] > 0.0 and scale[i] != 0.0:
            single = np.zeros(len(rows))
            single[i] = modes.remainder[i] * scale[i]
            yield f"{config.prefix}_rest_{block.channel}_{block.name}_{index}", single


def _by_block(rows: Sequence[Row], variation: FloatArray) -> Iterator[tuple[Block, FloatArray]]:
    """The templates that a variation changes, with the change of all of their bins."""
    changes: dict[tuple[int, int], tuple[Block, FloatArray]] = {}
    for (block, index), change in zip(rows, variation, strict=True):
        if change != 0.0:
            key = (block.distribution, block.sample)
            found = changes.setdefault(key, (block, np.zeros(len(block.nominal))))
            found[1][index] = change
    yield from changes.values()


def _histosys(name: str, nominal: FloatArray, change: FloatArray) -> Json:
    return {
        "name": name,
        "type": "histosys",
        "parameter": name,
        "constraint": "Gauss",
        "interpolation": "poly6",
        "data": {
            "hi": {"contents": (nominal + change).tolist()},
            "lo": {"contents": (nominal - change).tolist()},
        },
    }


def _by_root(ws: Workspace) -> bool:
    return Writer.of(ws.metadata.packages if ws.metadata else ()).root


def _has_histosys(block: Block) -> bool:
    return any(isinstance(m, HistoSysModifier) for m in block.content.modifiers or ())


# --- what is told ---------------------------------------------------------------------------------


def _told(modes: Modes, rows: Sequence[Row], config: Config) -> Iterator[Finding]:
    kept, rank = modes.variations.shape[1], len(modes.eigenvalues)
    part = f"{100 * modes.fraction:.4g} % of the trace"
    message = f"{kept} of {rank} variations of {config.prefix!r} hold {part}"
    yield Finding("covariance.variations", "", message, kept)
    if modes.negative:
        message = (
            f"the correlation matrix has the eigenvalue {modes.negative:.3g}, taken for rounding "
            "and set to zero"
        )
        yield Finding("covariance.rounding", "", message, modes.negative)
    if not modes.remainder.any():
        return
    total = np.sqrt(np.square(modes.variations).sum(axis=1) + modes.remainder**2)
    parts = np.divide(modes.remainder, total, out=np.zeros_like(total), where=total > 0.0) ** 2
    worst = int(np.argmax(parts))
    block, index = rows[worst]
    where = f"up to {100 * parts[worst]:.3g} % of a variance ({block.label(index)})"
    if config.remainder == "drop":
        message = f"{100 * (1 - modes.fraction):.3g} % of the trace is left out, {where}"
        yield Finding("covariance.dropped", "", message, 1 - modes.fraction)
    else:
        count = int(np.count_nonzero(modes.remainder))
        message = f"the rest became {count} uncorrelated variations of one bin each, {where}"
        yield Finding("covariance.remainder", "", message, count)


def _empty(rows: Sequence[Row], counts: FloatArray, config: Config) -> Iterator[Finding]:
    empty = [block.label(i) for (block, i), n in zip(rows, counts, strict=True) if n == 0.0]
    if config.relative and empty:
        message = f"{len(empty)} bins have no counts, and no relative change: {_few(empty)}"
        yield Finding("covariance.no_counts", "", message, len(empty))


def _negative(rows: Sequence[Row], counts: FloatArray, sigma: FloatArray) -> Iterator[Finding]:
    below = [
        block.label(i)
        for (block, i), n, s in zip(rows, counts, sigma, strict=True)
        if s > 0.0 and n - s < 0.0
    ]
    if below:
        message = f"{len(below)} bins are below zero at one standard deviation: {_few(below)}"
        yield Finding("covariance.negative", "", message, len(below))


def _clipped(ws: Workspace, rows: Sequence[Row]) -> Iterator[Finding]:
    """Samples that the document cuts at zero already keep the cut."""
    by_root = _by_root(ws)
    cut = []
    for block in {(b.distribution, b.sample): b for b, _ in rows}.values():
        own = [m for m in block.content.modifiers or () if isinstance(m, HistoSysModifier)]
        said = [m.positiveDefinite for m in own if m.positiveDefinite is not None]
        if own and (said[0] if said else by_root):
            cut.append(f"{block.channel}/{block.name}")
    if cut:
        message = f"{len(cut)} samples are cut at zero, where the variations end: {_few(cut)}"
        yield Finding("covariance.clipped", "", message, len(cut))


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
