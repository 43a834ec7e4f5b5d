"""A document in the making: names, parameters with ranges, and numbers that may be any of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

Json = dict[str, Any]
Span = tuple[float, float]
T = TypeVar("T")

STEPS = 200
"""Most numbers are drawn from so many in their range, so that they stay short."""


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers in a range, most of them with few digits."""
    grid = st.integers(0, STEPS).map(lambda i: _short(low, high, i / STEPS))
    return st.one_of(grid, grid, grid, st.floats(low, high, allow_subnormal=False))


def _short(low: float, high: float, part: float) -> float:
    value = low + (high - low) * part
    return min(max(float(f"{value:.4g}"), low), high)


class Draft:
    """What has been put into a document so far.

    Args:
        draw: of the composite strategy that fills the draft.

    Attributes:
        distributions, functions, data: entries of these sections.
        parameters: range by name; every value in it is allowed.
        constants: value by name, of parameters that are constant.
        observables: range of the data by name.
        domains: full range by name, where it is not the range of the data.
        binnings: number of bins that the domain gives an observable.
        in_channel: whether what is made next is for a modifier of a channel.
    """

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.distributions: list[Json] = []
        self.functions: list[Json] = []
        self.data: list[Json] = []
        self.parameters: dict[str, Span] = {}
        self.constants: dict[str, float] = {}
        self.observables: dict[str, Span] = {}
        self.domains: dict[str, Span] = {}
        self.binnings: dict[str, int] = {}
        self.in_channel = False
        self._names: Counter[str] = Counter()

    # --- choices ------------------------------------------------------------------------------

    def number(self, low: float, high: float) -> float:
        """A number in a range."""
        return self.draw(numbers(low, high))

    def integer(self, low: int, high: int) -> int:
        """A whole number in a range, both ends included."""
        return self.draw(st.integers(low, high))

    def pick(self, choices: Sequence[T]) -> T:
        """One of some."""
        return self.draw(st.sampled_from(choices))

    def chance(self, percent: int) -> bool:
        """True that often; examples shrink to False."""
        return self.integer(0, 99) >= 100 - percent

    def name(self, stem: str) -> str:
        """A name that is not used yet."""
        self._names[stem] += 1
        return f"{stem}{self._names[stem]}"

    # --- what has a value ---------------------------------------------------------------------

    def parameter(self, low: float, high: float, stem: str = "p") -> str:
        """A parameter all of whose values are in a range: a new one, or one that is there."""
        spans = self.parameters.items()  # names that expressions can hold
        fitting = [n for n, (a, b) in spans if low <= a and b <= high and n.isidentifier()]
        if fitting and self.chance(25):
            return self.pick(fitting)
        return self.new_parameter(low, high, stem)

    def new_parameter(self, low: float, high: float, stem: str = "p") -> str:
        """A parameter of its own."""
        name = self.name(stem)
        self.parameters[name] = (low, high)
        return name

    def constant(self, value: float, stem: str = "c") -> str:
        """A parameter that a fit keeps."""
        name = self.name(stem)
        self.constants[name] = value
        return name

    def value(self, low: float, high: float, depth: int = 1) -> float | str:
        """A number, or the name of something whose values are all in a range."""
        from .functions import function_between

        match self.integer(0, 9):
            case 0 | 1 | 2:
                return self.number(low, high)
            case 3:
                return self.constant(self.number(low, high))
            case 9 if depth > 0:
                return function_between(self, low, high, depth - 1)
        return self.parameter(low, high)

    # --- entries ------------------------------------------------------------------------------

    def function(self, type: str, **keys: Any) -> str:
        """Add a function; its name."""
        name = self.name("f")
        self.functions.append({"name": name, "type": type, **keys})
        return name

    def distribution(self, type: str, stem: str = "d", **keys: Any) -> str:
        """Add a distribution; its name."""
        name = self.name(stem)
        self.distributions.append({"name": name, "type": type, **keys})
        return name

    def observable(self, *spans: Span) -> str:
        """A new observable with one of some ranges."""
        name = self.name(self.pick(("x", "m_", "t")))
        self.observables[name] = self.pick(spans)
        return name
