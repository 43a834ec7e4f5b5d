"""Numbers as the document spells them, and what an import from pyhf has stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, StrictStr, ValidationError

from hs3.findings import Finding

from . import schema

if TYPE_CHECKING:
    from hs3.histfactory.meaning import FloatArray
    from hs3.workspace import Workspace


class Document:
    """An HS3 document as plain JSON, read by pointer.

    A graph holds floats. The document may say 5 where the graph says 5.0, and what was an integer
    in pyhf's JSON is to become one again, because the digests of patchsets tell them apart.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.json = workspace.to_json()

    def _at(self, path: str) -> Any:
        value: Any = self.json
        for part in path.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            elif isinstance(value, dict):
                value = value.get(key)
            else:
                return None
        return value

    def numbers(self, path: str, array: FloatArray) -> list[int | float]:
        """The list at `path` if it has the values of `array`, else those."""
        found = self._at(path)
        same: list[int | float] = found if _equal(found, array) else array.tolist()
        return same

    def raw(self, path: str) -> list[int | float] | None:
        """The list of numbers at `path`, if there is one."""
        found = self._at(path)
        return found if _numbers(found) else None

    def number(self, path: str, value: float) -> int | float:
        """The number at `path` if it has this value, else the value."""
        found = self._at(path)
        return found if _equal([found], np.array([value])) else value


def _numbers(found: Any) -> bool:
    return isinstance(found, list) and all(type(v) in (int, float) for v in found)


def _equal(found: Any, array: FloatArray) -> bool:
    if not _numbers(found) or len(found) != array.size:
        return False
    return bool(np.array_equal(np.asarray(found, dtype=np.float64), array))


class Uncertainties(BaseModel):
    """Absolute uncertainties of one shapesys or staterror on one sample."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: StrictStr
    sample: StrictStr
    modifier: StrictStr
    data: schema.Array


class Stored(BaseModel):
    """The section ``misc.pyhf``: what HS3 has no place for.

    Attributes:
        measurements: analysis → the measurement as the pyhf file spelled it.
        channels: distribution → channel, where the prefix ``model_`` does not tell.
        observations: data → name of the observation, where it belongs to no channel, or where the
            prefix ``obsData_`` does not tell.
        uncertainties: numbers that the document has only rounded, or not at all.
    """

    model_config = ConfigDict(frozen=True)

    version: StrictStr = schema.VERSION
    measurements: dict[str, Any] = {}
    channels: dict[str, StrictStr] = {}
    observations: dict[str, StrictStr] = {}
    uncertainties: tuple[Uncertainties, ...] = ()

    def uncertainty(
        self, channel: str, sample: str, modifier: str, bins: int
    ) -> Sequence[int | float] | None:
        """The stored uncertainties of one modifier, if there are any, one per bin."""
        for entry in self.uncertainties:
            if (entry.channel, entry.sample, entry.modifier) == (channel, sample, modifier):
                return entry.data if len(entry.data) == bins else None
        return None

    def measurement(self, analysis: str | None) -> schema.Measurement | None:
        """The stored measurement of an analysis, if it is one."""
        try:
            return schema.Measurement.model_validate(self.measurements.get(analysis or ""))
        except ValidationError:
            return None


def stored(document: Document) -> tuple[Stored, list[Finding]]:
    """What ``misc.pyhf`` holds; a finding where it does not hold what an import writes."""
    misc = document.json.get("misc")
    section = misc.get("pyhf", {}) if isinstance(misc, dict) else {}
    try:
        return Stored.model_validate(section), []
    except ValidationError:
        message = "`misc.pyhf` is not what an import from pyhf writes, and is left aside"
        return Stored(), [Finding("pyhf.stored_invalid", "/misc/pyhf", message)]
