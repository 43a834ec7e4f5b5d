"""Tables of signals: yields of hypotheses in bins of channels, as YAML, JSON or CSV."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from hs3 import files
from hs3.combination.files import load_config
from hs3.errors import EditError
from hs3.findings import Finding, pointer

Numbers = tuple[FiniteFloat, ...]
MAX_SIZE = 1 << 26


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Systematic(_Part):
    """A variation of a signal: factors, or templates, at ±1 standard deviation.

    Attributes:
        hi, lo: numbers for a normalisation, yields of all bins for a shape.
    """

    hi: FiniteFloat | Numbers
    lo: FiniteFloat | Numbers

    @model_validator(mode="after")
    def _alike(self) -> Systematic:
        sizes = [len(v) if isinstance(v, tuple) else 0 for v in (self.hi, self.lo)]
        if sizes[0] != sizes[1]:
            raise ValueError("`hi` and `lo` are not of one kind and length")
        return self


class Yields(_Part):
    """A signal in one channel; a list of numbers stands for `contents` alone.

    Attributes:
        contents: yields per bin.
        errors: their statistical uncertainties.
        systematics: parameter → its variation; parameters that the document has are shared with it.
    """

    contents: Numbers
    errors: Numbers | None = None
    systematics: dict[str, Systematic] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"contents": given} if isinstance(given, list | tuple) else given

    @model_validator(mode="after")
    def _lengths(self) -> Yields:
        arrays = [self.errors] if self.errors is not None else []
        for one in self.systematics.values():
            arrays += [v for v in (one.hi, one.lo) if isinstance(v, tuple)]
        for array in arrays:
            if len(array) != len(self.contents):
                raise ValueError(f"{len(array)} numbers for {len(self.contents)} bins")
        return self


Channels = dict[str, Yields]


class Point(_Part):
    """One hypothesis.

    Attributes:
        values: what it stands for, for instance masses.
        scale: factor on all yields, for instance a cross section.
        channels: yields of the one signal sample.
        samples: yields of several samples, instead of `channels`.
    """

    values: dict[str, float | str] = Field(default_factory=dict)
    scale: FiniteFloat = Field(default=1.0, ge=0.0)
    channels: Channels | None = None
    samples: dict[str, Channels] | None = None

    @model_validator(mode="after")
    def _one(self) -> Point:
        if (self.channels is None) == (self.samples is None):
            raise ValueError("needs one of `channels` and `samples`")
        return self


class Strength(_Part):
    """A parameter that scales signal samples.

    Attributes:
        name: its name; one that the document has stays as it is.
        samples: patterns of the samples that it scales.
        value, min, max: where the document does not have it.
        interest: whether it becomes a parameter of interest.
    """

    name: str
    samples: tuple[str, ...] = ("*",)
    value: FiniteFloat = 1.0
    min: FiniteFloat = 0.0
    max: FiniteFloat = 10.0
    interest: bool = True


class Signals(_Part):
    """Signals to put into a document.

    Attributes:
        sample: name of the signal sample where points give `channels`.
        parameters: what scales it; a name alone stands for one that scales all.
        replace: ``"interest"`` removes the samples that depend on a parameter of interest of the
            document; a list, samples of these names or patterns; an empty list, none.
        statistics: what `errors` become: factors of the signal's ``own`` for each bin, or part of
            the uncertainty that the samples of the channel have as a staterror (``shared``).
        points: the hypotheses by name.
    """

    sample: str = "signal"
    parameters: tuple[Strength, ...] = (Strength(name="mu"),)
    replace: str | tuple[str, ...] = "interest"
    statistics: Literal["own", "shared"] = "own"
    points: dict[str, Point] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and "parameters" in given:
            named = given["parameters"]
            named = [named] if isinstance(named, str) else named
            if isinstance(named, list | tuple):
                named = [{"name": n} if isinstance(n, str) else n for n in named]
                return {**given, "parameters": named}
        return given

    def samples(self, point: Point) -> dict[str, Channels]:
        """The samples of a point by name."""
        return point.samples if point.samples is not None else {self.sample: point.channels or {}}


def read_signals(source: Signals | Mapping[str, Any] | str | os.PathLike[str]) -> Signals:
    """The signals in a table.

    Args:
        source: the path of a file (CSV by its name in ``.csv``, else YAML or JSON), or its data.

    Raises:
        EditError: it is not such a table, with the place.
        ReadError: the file cannot be read.
    """
    if isinstance(source, Signals):
        return source
    if isinstance(source, Mapping):
        return _checked(source)
    if os.fspath(source).lower().endswith(".csv"):
        return _checked(_columns(files.read_bytes(source, size=MAX_SIZE)))
    return _checked(load_config(source))


def _checked(data: Any) -> Signals:
    try:
        return Signals.model_validate(data)
    except ValidationError as error:
        raise EditError(list(_findings(error))) from None


def _findings(error: ValidationError) -> Iterator[Finding]:
    for problem in error.errors()[:20]:
        message = problem["msg"].removeprefix("Value error, ")
        path = pointer(*(str(p) for p in problem["loc"]))
        value = problem.get("input")
        shown = value if isinstance(value, str | int | float) else None
        yield Finding("reinterpret.table", path, message, shown)


def _wrong(message: str, value: Any = None) -> EditError:
    return EditError([Finding("reinterpret.table", "", message, value)])


NEEDED = ("channel", "bin", "yield")
COLUMNS = ("point", "sample", *NEEDED, "error")


def _columns(raw: bytes) -> dict[str, Any]:
    """A table with a row for each bin: ``point, sample, channel, bin, yield, error``."""
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), skipinitialspace=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong(f"not a table of comma-separated values: {error}") from None
    rows = [row for row in rows if row and not row[0].startswith("#")]
    head = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [n for n in NEEDED if n not in head]
    unknown = [n for n in head if n not in COLUMNS]
    if missing or unknown or len(set(head)) < len(head):
        message = f"columns are {', '.join(head) or 'missing'}; valid are {', '.join(COLUMNS)}, "
        raise _wrong(f"{message}of which {', '.join(NEEDED)} are needed", ", ".join(head)[:100])
    found: dict[str, dict[str, dict[str, dict[int, tuple[float, float | None]]]]] = {}
    for number, row in enumerate(rows[1:], 2):
        _row(found, dict(zip(head, row, strict=False)), number, len(row) == len(head))
    points = {
        point: {"samples": {s: _channels(c, point, s) for s, c in samples.items()}}
        for point, samples in found.items()
    }
    return {"points": points}


def _row(found: dict[str, Any], row: dict[str, str], number: int, whole: bool) -> None:
    try:
        if not whole:
            raise ValueError
        place = int(row["bin"])
        error = row.get("error", "").strip()
        pair = (float(row["yield"]), float(error) if error else None)
        if place < 0:
            raise ValueError
    except ValueError:
        raise _wrong(f"row {number} is not a bin with its yield: {row}"[:200], number) from None
    point, sample = row.get("point") or "signal", row.get("sample") or "signal"
    bins = found.setdefault(point, {}).setdefault(sample, {}).setdefault(row["channel"], {})
    if place in bins:
        raise _wrong(f"row {number}: bin {place} of {row['channel']!r} stands there twice", number)
    bins[place] = pair


def _channels(channels: dict[str, Any], point: str, sample: str) -> dict[str, Any]:
    out = {}
    for channel, bins in channels.items():
        if sorted(bins) != list(range(len(bins))):
            message = f"{point}, {sample}, {channel}: bins are counted from 0, each once"
            raise _wrong(message, channel)
        pairs = [bins[i] for i in range(len(bins))]
        errors = [e for _, e in pairs]
        if any(e is None for e in errors) and any(e is not None for e in errors):
            raise _wrong(f"{point}, {sample}, {channel}: some bins have no error", channel)
        made: dict[str, Any] = {"contents": [v for v, _ in pairs]}
        if errors and errors[0] is not None:
            made["errors"] = errors
        out[channel] = made
    return out
