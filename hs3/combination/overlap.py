"""Channels and data that several inputs contain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from hs3.canonical import sha256
from hs3.data.unbinned import UnbinnedData
from hs3.errors import EditError
from hs3.findings import Finding

from .inputs import Source


def overlaps(
    sources: Sequence[Source], policy: Literal["error", "keep", "merge"]
) -> tuple[list[set[str]], list[Finding]]:
    """For each input the distributions that another one before it has counted, and findings.

    Raises:
        EditError: inputs have the same channel with the same data, and nothing settles it.
    """
    whole: dict[str, tuple[str, str]] = {}  # data and distribution → input and distribution
    data: dict[str, tuple[str, str]] = {}
    gone: list[set[str]] = [set() for _ in sources]
    errors, warnings = [], []
    for i, source in enumerate(sources):
        likelihood = source.ws.likelihoods[0]  # type: ignore[index]
        pairs = zip(likelihood.distributions or (), likelihood.data or (), strict=True)
        mine: dict[str, tuple[str, str]] = {}
        events: dict[str, tuple[str, str]] = {}
        for name, observed in pairs:
            if not isinstance(observed, str):
                continue
            datum = source.ws.datum(observed)
            mark = _hash(datum)
            both = f"{mark} {_hash(source.ws.distribution(name))}"
            other = whole.get(both)
            if other is not None and policy == "merge":
                gone[i].add(name)
            elif other is not None and policy == "error":
                message = (
                    f"{source.label!r} and {other[0]!r} both have the channel {name!r} with the "
                    "data {0!r}; `overlap: merge` counts it once, `overlap: keep` twice"
                ).format(observed)
                errors.append(Finding("combine.overlap", "/overlap", message, name))
            elif mark in data and _telling(datum):
                label, theirs = data[mark]
                message = f"{observed!r} of {source.label!r} equals {theirs!r} of {label!r}"
                warnings.append(Finding("combine.same_data", "", message, observed))
            mine[both] = (source.label, name)
            events[mark] = (source.label, observed)
        whole = {**mine, **whole}
        data = {**events, **data}
    if errors:
        raise EditError(errors)
    return gone, warnings


def _hash(part: Any) -> str:
    return sha256({k: v for k, v in part.to_json().items() if k != "name"})


def _telling(datum: Any) -> bool:
    """True when equal numbers are hardly a coincidence: counts of one bin easily agree."""
    if isinstance(datum, UnbinnedData):
        return len(datum.entries) > 0
    contents = getattr(datum, "contents", ())
    return len(contents) > 1 and any(contents)
