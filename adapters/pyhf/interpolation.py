"""The interpolation codes of pyhf, and how they are written in HS3."""

from __future__ import annotations

from dataclasses import dataclass

from hs3.errors import ConversionError
from hs3.findings import nearest
from hs3.histfactory.meaning import Interpolation

NORMSYS = {"code1": Interpolation.EXPONENTIAL, "code4": Interpolation.POLY6_EXPONENTIAL}
HISTOSYS = {
    "code0": Interpolation.LINEAR,
    "code2": Interpolation.PARABOLIC,
    "code4p": Interpolation.POLY6_LINEAR,
}
"""What pyhf 0.7.6 accepts as ``interpcode`` of either modifier."""

# The text has no name for the polynomial with exponential tails, and ROOT 6.40 takes nothing but
# its own integers on a normsys.
_NORMSYS_SPELLING = {"code1": 1, "code4": 5}
_HISTOSYS_SPELLING = {"code0": "lin", "code2": "parabolic", "code4p": "poly6"}


@dataclass(frozen=True)
class Codes:
    """The pair of codes that a pyhf model is evaluated with."""

    normsys: str
    histosys: str

    @property
    def normsys_spelling(self) -> int:
        """What stands in the key ``interpolation`` of a normsys."""
        return _NORMSYS_SPELLING[self.normsys]

    @property
    def histosys_spelling(self) -> str:
        """What stands in the key ``interpolation`` of a histosys."""
        return _HISTOSYS_SPELLING[self.histosys]

    def __str__(self) -> str:
        return f"{self.normsys},{self.histosys}"


COMMAND_LINE = Codes("code4", "code4p")
"""What pyhf's command line and `Workspace.model` take, and ROOT."""

LIBRARY = Codes("code1", "code0")
"""What the modifiers of pyhf take where nothing is said."""

_NAMED = {"code4": COMMAND_LINE, "code4p": COMMAND_LINE, "code1": LIBRARY, "code0": LIBRARY}


def interpolation_codes(option: str) -> Codes:
    """Read the option ``code4``, ``code1`` (with code0), or a pair ``normsys,histosys``.

    The pair may be written with a comma or a slash, in either order where that is unambiguous.

    Raises:
        ConversionError: a code that pyhf does not have for that modifier.
    """
    parts = [p.strip() for p in option.replace("/", ",").split(",")]
    if len(parts) == 1 and parts[0] in _NAMED:
        return _NAMED[parts[0]]
    if len(parts) == 2:
        first, second = parts
        if first in NORMSYS and second in HISTOSYS:
            return Codes(first, second)
        if first in HISTOSYS and second in NORMSYS:
            return Codes(second, first)
    valid = [*_NAMED, *(f"{n},{h}" for n in NORMSYS for h in HISTOSYS)]
    raise ConversionError(
        f"unknown interpolation {option!r}; pyhf has {', '.join(NORMSYS)} for normsys and "
        f"{', '.join(HISTOSYS)} for histosys",
        code="pyhf.interpolation_option",
        value=option,
        suggestions=nearest(option, valid),
    )
