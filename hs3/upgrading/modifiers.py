"""Channels in the words of the standard: every modifier says all that it means."""

from __future__ import annotations

from typing import Any

import numpy as np

from hs3.histfactory import meaning
from hs3.histfactory.meaning import Interpolation

from .constraints import WORDS, relative
from .likelihoods import Meaning

Json = dict[str, Any]

# The text has no name for the polynomial with exponential tails; 5 is ROOT's and everybody's.
INTERPOLATION: dict[Interpolation, str | int] = {
    Interpolation.LINEAR: "lin",
    Interpolation.EXPONENTIAL: "log",
    Interpolation.PARABOLIC: "parabolic",
    Interpolation.POLY6_LINEAR: "poly6",
    Interpolation.POLY6_EXPONENTIAL: 5,
}
"""How interpolations are spelled."""

_DIALECT = ("constraint", "constraint_name", "constraint_type", "constraints")


class Speller:
    """Spells the channels of a document.

    Attributes:
        explicit: parameters whose constraints, asked for by kind, have to become distributions.
        changed: number of modifiers that are spelled otherwise than before.
    """

    def __init__(self, means: Meaning) -> None:
        self.means = means
        self.explicit: dict[str, None] = {}
        self.changed = 0
        self._cut = means.writer.root

    def channel(self, entry: Json, channel: meaning.Channel) -> None:
        """Spell the channel `entry`, in place."""
        entry.pop("default_interpolation", None)
        entry.pop("staterror", None)
        if not entry.get("axes") and channel.data is not None:
            data = self.means.ws.datum(channel.data).to_json()
            entry["axes"] = [dict(axis) for axis in data["axes"]]
        by_path = {s.path: s for s in channel.samples}
        for index, sample in enumerate(entry["samples"]):
            means = by_path[f"{channel.path}/samples/{index}"]
            sample.setdefault("name", means.name)
            self._errors(sample, means)
            known = {m.path: m for m in means.modifiers}
            spelled = [
                self._modifier(m, known[f"{means.path}/modifiers/{i}"], means)
                for i, m in enumerate(sample.get("modifiers") or ())
            ]
            old = sample.get("modifiers") or ()
            self.changed += sum(a != b for a, b in zip(spelled, old, strict=True))
            if spelled:
                sample["modifiers"] = spelled
        self._staterrors(entry, channel)

    @staticmethod
    def _errors(sample: Json, means: meaning.Sample) -> None:
        """The `errors` that staterrors stand on, where the document has them elsewhere."""
        if not any(
            isinstance(m, meaning.BinFactors) and m.kind == "staterror" for m in means.modifiers
        ):
            return
        given = [
            m["data"]["uncertainties"]
            for m in sample["modifiers"]
            if m["type"] == "staterror" and (m.get("data") or {}).get("uncertainties") is not None
        ]
        if given:
            sample["data"]["errors"] = given[0]
        elif sample["data"].get("errors") is None:
            sample["data"]["errors"] = np.sqrt(np.maximum(means.nominal, 0.0)).tolist()

    # --- modifiers --------------------------------------------------------------------------------

    def _modifier(self, old: Json, means: meaning.Modifier, sample: meaning.Sample) -> Json:
        kept = {k: v for k, v in old.items() if k not in _DIALECT}
        out: Json = {"name": means.name, **kept}
        match means:
            case meaning.NormFactor():
                out |= {"type": "normfactor", "parameter": means.parameter}
                return out | self._kind(means.parameter)
            case meaning.NormSys():
                out |= {"type": "normsys", "parameter": means.parameter}
                out["interpolation"] = INTERPOLATION[means.interpolation]
                data = {k: v for k, v in old["data"].items() if k != "interpolation"}
                for key, value in (("hi", means.hi), ("lo", means.lo)):
                    if data[key] != value:
                        data[key] = value
                out["data"] = data
                return out | (self._kind(means.parameter) or {"constraint": "None"})
            case meaning.HistoSys():
                out["parameter"] = means.parameter
                out["interpolation"] = INTERPOLATION[means.interpolation]
                out["data"] = {k: v for k, v in old["data"].items() if k != "interpolation"}
                if self._cut or old.get("positiveDefinite") is not None:
                    out["positiveDefinite"] = sample.clip
                return out | (self._kind(means.parameter) or {"constraint": "None"})
            case meaning.BinFactors():
                return self._per_bin(out, means)
        return out | (self._kind(str(old["parameter"])) if old.get("parameter") else {})

    def _kind(self, parameter: str) -> Json:
        """The key `constraint` of a modifier of one parameter, if a modifier asks for one."""
        made = self.means.by_kind.get(parameter)
        return {"constraint": WORDS[made.kind]} if made else {}

    def _per_bin(self, out: Json, means: meaning.BinFactors) -> Json:
        out.pop("parameter", None)
        data = out.pop("data", None)
        out["parameters"] = list(means.parameters)
        made = [self.means.by_kind.get(p) for p in means.parameters]
        kinds = {c.kind for c in made if c is not None}
        pairs = list(zip(made, means.parameters, strict=True))
        told = all(c is not None or p in self.means.constant for c, p in pairs)
        if len(kinds) != 1 or not told or means.kind == "shapefactor":
            self.explicit.update(dict.fromkeys(c.parameter for c in made if c is not None))
            return {**out, "type": "shapefactor"}
        out["constraint"] = WORDS[kinds.pop()]
        if means.kind == "shapesys":
            vals = [0.0 if c is None else relative(c) for c in made]
            old = (data or {}).get("vals", [])
            if len(old) == len(vals) and np.allclose(old, vals, rtol=1e-14, atol=0.0):
                vals = old  # with the digits of the document
            out["data"] = {"vals": vals}
        return out

    # --- staterrors -------------------------------------------------------------------------------

    def _staterrors(self, entry: Json, channel: meaning.Channel) -> None:
        """Staterrors whose widths do not follow from `errors` become factors with constraints."""
        groups: dict[tuple[str, ...], list[tuple[Json, Json]]] = {}
        for sample in entry["samples"]:
            for modifier in sample.get("modifiers") or ():
                if modifier["type"] == "staterror":
                    key = tuple(modifier["parameters"])
                    groups.setdefault(key, []).append((sample, modifier))
        for parameters, members in groups.items():
            widths = widths_of([s for s, _ in members])
            made = [self.means.by_kind.get(p) for p in parameters]
            wanted = [0.0 if c is None else relative(c) for c in made]
            if np.allclose(widths, wanted, rtol=1e-9, atol=0.0):
                continue
            pairs = zip(parameters, made, strict=True)
            self.explicit.update(dict.fromkeys(p for p, c in pairs if c))
            for _, modifier in members:
                modifier["type"] = "shapefactor"
                modifier.pop("constraint", None)


def widths_of(samples: list[Json]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The relative uncertainties of the factors that samples share as a staterror."""
    contents = np.array([s["data"]["contents"] for s in samples], dtype=np.float64)
    given = [s["data"].get("errors") or np.zeros(contents.shape[1]) for s in samples]
    total = contents.sum(axis=0)
    spread = np.sqrt((np.array(given, dtype=np.float64) ** 2).sum(axis=0))
    widths = np.divide(spread, total, out=np.zeros_like(total), where=total > 0.0)
    return np.asarray(widths, dtype=np.float64)
