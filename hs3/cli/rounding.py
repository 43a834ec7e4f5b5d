"""Numbers as a physicist writes them: the error decides how many digits of the value are shown."""

from __future__ import annotations

import math
from decimal import Decimal

_SMALLEST, _LARGEST = 1e-3, 1e6
"""Outside this range of magnitudes a number is written with a power of ten."""


def decimals(error: float) -> int:
    """Position of the last digit to show: 2 means 0.01, -1 means 10.

    The rule of the Particle Data Group (Review of Particle Physics, introduction, section 5.3):
    with the three leading digits of the error between 100 and 354 two digits are shown, between
    355 and 949 one, and from 950 to 999 the error becomes 1000 and two digits are shown.
    """
    exponent = math.floor(math.log10(error))
    leading = round(error / 10.0**exponent * 100)
    return 1 - exponent if leading <= 354 else -exponent


def rounded(value: float, error: float | None) -> tuple[str, str]:
    """`value` and `error` as text, both cut at the digit that the error gives.

    Without an error (None, zero, not finite) the value has six significant digits, and the text of
    the error is empty or says ``nan`` or ``inf``.
    """
    if not error or not math.isfinite(error) or not math.isfinite(value):
        return number(value), number(error) if error else ""
    places, size = decimals(abs(error)), max(abs(value), abs(error))
    if _SMALLEST <= size < _LARGEST:
        return _fixed(value, places), _fixed(error, places)
    power = math.floor(math.log10(size))
    return (
        f"{_fixed(value, places, power)}e{power:+03d}",
        f"{_fixed(error, places, power)}e{power:+03d}",
    )


def asymmetric(value: float, minus: float, plus: float) -> tuple[str, str, str]:
    """`value` and its offsets, with signs, all cut at the digit that the smaller one gives.

    An offset is infinite where the likelihood never rises enough.
    """
    sizes = [abs(v) for v in (minus, plus) if math.isfinite(v) and v]
    size = min(sizes, default=None)
    ends = [
        sign + ("∞" if math.isinf(v) else rounded(abs(v), size)[0])
        for sign, v in (("-", minus), ("+", plus))
    ]
    return rounded(value, size)[0], ends[0], ends[1]


def signed(value: float, error: float) -> str:
    """A shift of something that is known to `error`, with its sign and two more digits."""
    if not math.isfinite(value) or not math.isfinite(error) or not error:
        return f"{value:+.4g}"
    return f"{value:+.{max(decimals(abs(error)) + 2, 0)}f}"


def pull(value: float | None) -> str:
    """A pull, with its sign; nothing where there is none."""
    return "" if value is None else f"{round(value, 2) + 0.0:+.2f}"  # + 0.0: no negative zero


def short(value: float) -> str:
    """A result without an error, as a limit or a p-value: four significant digits."""
    return f"{value:.4g}"


def probability(value: float) -> str:
    """A p-value, which is never zero but for the range of numbers."""
    return short(value) if value > 0.0 else "below 1e-300"


def number(value: float) -> str:
    """A number without an error: six significant digits, no trailing zeros."""
    return f"{value:.6g}"


def _fixed(value: float, places: int, power: int = 0) -> str:
    """``value / 10**power``, rounded at 10**-places of the value itself, without ``-0.0``."""
    cut = round(Decimal(repr(float(value))), places).scaleb(-power)
    return f"{abs(cut) if cut == 0 else cut:.{max(places + power, 0)}f}"
