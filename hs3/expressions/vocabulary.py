"""The words of the expression language: what the standard lists, and what ROOT's formulas add.

The chapter 3.1 of the standard lists the functions and constants of `STANDARD_FUNCTIONS` and
`CONSTANTS`; all else here is an extension, which the checks report by name. A function is in the
table only when it has one exact meaning (ROOT's Landau is a fit to a function, so it is not).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Signature:
    """How a function is called: `meaning` names its formula, with `least` to `most` arguments."""

    meaning: str
    least: int
    most: int

    @property
    def arity(self) -> str:
        """The number of arguments in words."""
        if self.least == self.most:
            return f"{self.least} argument{'' if self.least == 1 else 's'}"
        return f"{self.least} to {self.most} arguments"


CONSTANTS = MappingProxyType({"TRUE": 1.0, "FALSE": 0.0, "PI": math.pi, "EULER": math.e})
"""The constants of the standard."""

ROOT_CONSTANTS = MappingProxyType(
    {
        "pi": math.pi,
        "e": math.e,
        "sqrt2": math.sqrt(2.0),
        "ln10": math.log(10.0),
        "loge": math.log10(math.e),
        "true": 1.0,
        "false": 0.0,
        "kTRUE": 1.0,
        "kFALSE": 0.0,
    }
)
"""Names that ROOT's formulas take as constants. Here they are names as any other, and stand for
the constant only where the document defines nothing of that name."""

STANDARD_FUNCTIONS = MappingProxyType(
    {
        name: Signature(name, arity, arity)
        for name, arity in {
            **dict.fromkeys(("exp", "log", "sqrt", "abs", "sin", "cos", "tan"), 1),
            **dict.fromkeys(("asin", "acos", "atan"), 1),
            **dict.fromkeys(("pow", "min", "max"), 2),
        }.items()
    }
)
"""The functions of the standard."""

_C_LIBRARY = (
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "log10", "log2", "log1p", "exp2"),
    *("expm1", "cbrt", "erf", "erfc", "tgamma", "lgamma", "floor", "ceil", "round", "trunc"),
)
_C_LIBRARY_OF_TWO = ("atan2", "hypot", "fmod")

# spelling in TMath: (meaning, least, most)
_TMATH = {
    **{n: (n.lower(), 1, 1) for n in ("Exp", "Log", "Log10", "Log2", "Sqrt", "Abs", "Floor")},
    **{n: (n.lower(), 1, 1) for n in ("Ceil", "Sin", "Cos", "Tan", "ASin", "ACos", "ATan")},
    **{n: (n.lower(), 1, 1) for n in ("SinH", "CosH", "TanH", "ASinH", "ACosH", "ATanH")},
    **{n: (n.lower(), 2, 2) for n in ("Min", "Max", "ATan2", "Hypot")},
    "Power": ("pow", 2, 2),
    "Sq": ("sq", 1, 1),
    "Nint": ("nint", 1, 1),
    "Sign": ("copysign", 2, 2),
    "Erf": ("erf", 1, 1),
    "Erfc": ("erfc", 1, 1),
    "ErfInverse": ("erfinv", 1, 1),
    "Freq": ("normal_cdf", 1, 1),
    "Gamma": ("gamma", 1, 2),
    "LnGamma": ("lgamma", 1, 1),
    "Beta": ("beta", 2, 2),
    "Gaus": ("gaus", 1, 4),
    "BreitWigner": ("breit_wigner", 1, 3),
    "Poisson": ("poisson", 2, 2),
    "Pi": ("pi", 0, 0),
    "TwoPi": ("two_pi", 0, 0),
    "PiOver2": ("pi_over_2", 0, 0),
    "E": ("e", 0, 0),
    "Sqrt2": ("sqrt2", 0, 0),
    "Ln10": ("ln10", 0, 0),
    "LogE": ("loge", 0, 0),
    "DegToRad": ("deg_to_rad", 0, 0),
    "RadToDeg": ("rad_to_deg", 0, 0),
}

# What ROOT 6.40 makes of TMath::CosH, SinH, ErfInverse, Sqrt2() and LogE() when it writes JSON: it
# replaces TMath::Cos by cos, and so on, also inside longer names.
_ROOT_JSON = {
    "cosH": ("cosh", 1, 1),
    "sinH": ("sinh", 1, 1),
    "erfInverse": ("erfinv", 1, 1),
    "sqrt2": ("sqrt2", 0, 0),
    "logE": ("loge", 0, 0),
}

# spelling in ROOT::Math: (meaning, least, most)
_ROOT_MATH = {
    **{n: (n, 1, 1) for n in ("erf", "erfc", "tgamma", "lgamma", "log1p", "expm1")},
    "beta": ("beta", 2, 2),
    "gaussian_pdf": ("gaussian_pdf", 1, 3),
    "normal_pdf": ("gaussian_pdf", 1, 3),
    "gaussian_cdf": ("normal_cdf", 1, 3),
    "normal_cdf": ("normal_cdf", 1, 3),
    "gaussian_cdf_c": ("normal_cdf_c", 1, 3),
    "normal_cdf_c": ("normal_cdf_c", 1, 3),
    "exponential_pdf": ("exponential_pdf", 2, 3),
    "lognormal_pdf": ("lognormal_pdf", 3, 4),
    "breitwigner_pdf": ("breitwigner_pdf", 2, 3),
    "cauchy_pdf": ("cauchy_pdf", 1, 3),
    "poisson_pdf": ("poisson_pdf", 2, 2),
}


def _functions() -> dict[str, Signature]:
    plain = {name: Signature(name, 1, 1) for name in _C_LIBRARY}
    plain |= {name: Signature(name, 2, 2) for name in _C_LIBRARY_OF_TWO}
    library = {**STANDARD_FUNCTIONS, **plain, "fabs": Signature("abs", 1, 1)}
    return {
        **library,
        "sq": Signature("sq", 1, 1),
        **{name: Signature(*entry) for name, entry in _ROOT_JSON.items()},
        **{f"std::{name}": signature for name, signature in library.items()},
        **{f"TMath::{name}": Signature(*entry) for name, entry in _TMATH.items()},
        **{f"ROOT::Math::{name}": Signature(*entry) for name, entry in _ROOT_MATH.items()},
    }


FUNCTIONS = MappingProxyType(_functions())
"""Every function that an expression may call, by its spelling."""

NOT_EXACT = frozenset({"TMath::Landau", "ROOT::Math::landau_pdf", "TMath::Voigt"})
"""Functions of ROOT whose values are those of one approximation, not of a formula."""
