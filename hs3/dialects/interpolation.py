"""How documents spell the interpolation of a systematic variation."""

from __future__ import annotations

from typing import Any, Literal

from hs3.histfactory.meaning import Interpolation as I

from .base import Log, rule

Kind = Literal["normsys", "histosys"]

TEXT = {"lin": I.LINEAR, "log": I.EXPONENTIAL, "parabolic": I.PARABOLIC, "poly6": I.POLY6_LINEAR}
"""The names of the standard (v0.2.9)."""

PYHF = {
    "code0": I.LINEAR,
    "code1": I.EXPONENTIAL,
    "code2": I.PARABOLIC,
    "code4": I.POLY6_EXPONENTIAL,
    "code4p": I.POLY6_LINEAR,
}
"""The names of pyhf, which pyhs3 writes."""

STRUCTURED = {
    ("add", "poly1", None): I.LINEAR,
    ("add", "poly1", "poly1"): I.LINEAR,
    ("mult", "exp", None): I.EXPONENTIAL,
    ("mult", "exp", "exp"): I.EXPONENTIAL,
    ("add", "poly2", "poly1"): I.PARABOLIC,
    ("add", "poly6", "poly1"): I.POLY6_LINEAR,
    ("mult", "poly6", "exp"): I.POLY6_EXPONENTIAL,
}
"""``{type, in, out}`` of the text after v0.2.9."""

_ROOT_COMMON = {0: I.LINEAR, 1: I.EXPONENTIAL, 2: I.PARABOLIC, 3: I.PARABOLIC}
ROOT_NORMSYS = {**_ROOT_COMMON, 4: I.POLY6_EXPONENTIAL, 5: I.POLY6_EXPONENTIAL}
"""RooStats::HistFactory::FlexibleInterpVar; 4 and 5 are the same there, and 3 is 2."""
ROOT_HISTOSYS = {**_ROOT_COMMON, 4: I.POLY6_LINEAR, 5: I.POLY6_EXPONENTIAL}
"""PiecewiseInterpolation."""


@rule("dialect.normsys_interpolation_default", writers="ROOT 6.32 to 6.40, published files")
def normsys_default() -> I:
    """A normsys without `interpolation` is interpolated by a 6th-order polynomial and extrapolated
    exponentially, as ROOT and the command line of pyhf do (pyhf's code4).
    """
    return I.POLY6_EXPONENTIAL


@rule("dialect.histosys_interpolation_default", writers="ROOT up to 6.40 (always), published files")
def histosys_default() -> I:
    """A histosys without `interpolation` is interpolated by a 6th-order polynomial and extrapolated
    linearly, as ROOT and the command line of pyhf do (pyhf's code4p).
    """
    return I.POLY6_LINEAR


@rule("dialect.interpolation_root_code", writers="ROOT 6.36 to 6.40")
def root_code(code: int, kind: Kind) -> I | None:
    """An integer `interpolation` is the code of ROOT's class for the modifier: 0 linear, 1
    exponential, 2 and 3 parabolic; 4 and 5 for a normsys the 6th-order polynomial with exponential
    extrapolation; for a histosys 4 extrapolates linearly and 5 exponentially.
    """
    return (ROOT_NORMSYS if kind == "normsys" else ROOT_HISTOSYS).get(code)


@rule("dialect.interpolation_pyhf_name", writers="pyhs3")
def pyhf_name(name: str) -> I | None:
    """`interpolation` carries pyhf's names: code0, code1, code2, code4 (6th-order polynomial,
    exponential outside), code4p (6th-order polynomial, linear outside).
    """
    return PYHF.get(name)


@rule("dialect.interpolation_structured", writers="ROOT after 6.40, the text after v0.2.9")
def structured(value: dict[str, Any]) -> I | None:
    """`interpolation` is ``{type, in, out}``: additive or multiplicative, and the functions inside
    and outside of |alpha| < 1.
    """
    out = value.get("out")
    key = (value.get("type"), value.get("in"), out)
    return STRUCTURED.get(key) if all(isinstance(k, str | None) for k in key) else None  # type: ignore[arg-type]


@rule("dialect.interpolation_in_data", writers="pyhs3")
def in_data(value: Any) -> Any:
    """`interpolation` stands inside `data` of the modifier; a key on the modifier itself wins."""
    return value


@rule("dialect.channel_interpolation", writers="ROOT after 6.40")
def channel_default(value: Any) -> Any:
    """`default_interpolation` of the channel holds for every modifier that names none."""
    return value


ROOT_TEXTS = tuple(map(str, ROOT_NORMSYS))
"""ROOT's codes as text."""

VALID = (*TEXT, *PYHF, "0", "1", "2", "4", "5", "{type, in, out}")


def read(own: Any, kind: Kind, path: str, log: Log) -> I | None:
    """The meaning of an `interpolation` value of any spelling; None (reported) if it has none."""
    found: I | None = None
    if isinstance(own, str) and own in TEXT:
        return TEXT[own]
    if isinstance(own, str) and own in ROOT_TEXTS:
        own = int(own)
    if isinstance(own, str):
        found = log.apply(pyhf_name, path, own) if own in PYHF else None
    elif isinstance(own, dict):
        found = log.apply(structured, path, own)
    elif isinstance(own, int | float) and not isinstance(own, bool) and own == int(own):
        found = log.apply(root_code, path, int(own), kind)
    if found is None:
        log.add(
            "histfactory.unknown_interpolation",
            path + "/interpolation",
            f"interpolation {own!r} of a {kind} is not known; valid are {', '.join(VALID)}",
            own,
        )
    return found
