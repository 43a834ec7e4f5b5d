"""`Function` elements, which ROOT hands to its workspace factory as ``expr::name('…', {…})``."""

from __future__ import annotations

import re

from hs3 import expressions
from hs3.errors import HS3Error

from . import document as d
from .pool import Parameters, Pool
from .reader import refuse

_NUMBER = r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
_DEPENDENT = re.compile(rf"\s*([A-Za-z_]\w*)\s*(?:\[{_NUMBER}(?:,{_NUMBER})?(?:,{_NUMBER})?\])?\s*")


def write(functions: tuple[d.Function, ...], parameters: Parameters, pool: Pool) -> dict[str, str]:
    """The functions of the document by the names that NormFactors call them by.

    Raises:
        ConversionError: one is no plain expression of its dependents.
    """
    names: dict[str, str] = {}
    for function in functions:
        dependents = _dependents(function, parameters, names)
        body = {"type": "generic_function", "expression": _expression(function, dependents)}
        names[function.name] = pool.add("functions", function.name, body)
    return names


def _dependents(f: d.Function, parameters: Parameters, functions: dict[str, str]) -> list[str]:
    """Names in order; parameters that are declared here are made.

    In the factory's language ``x[2]`` is a constant, ``x[0,3]`` starts in the middle of its range,
    and ``x[1,0,3]`` at the first number.
    """
    found = []
    for text in re.split(r",(?![^\[]*\])", f.dependents):
        match = _DEPENDENT.fullmatch(text)
        if match is None:
            message = f"{text.strip()!r} is no plain dependent such as x, x[1] or x[1,0,3]"
            refuse("xml.function", message, f.place, text.strip())
        name, *texts = match.groups()
        numbers = [float(t) for t in texts if t is not None]
        found.append(name)
        if len(numbers) == 1:
            parameters.add(name, f.place, numbers[0], const=True)
        elif numbers:
            low, high = numbers[-2:]
            value = numbers[0] if len(numbers) == 3 else (low + high) / 2.0
            if not low <= value <= high or low == high:
                message = f"{text.strip()!r} has no range, or starts outside of it"
                refuse("xml.function", message, f.place, text.strip())
            parameters.add(name, f.place, value, low, high)
        elif name not in parameters.all and name not in functions:
            message = f"{name!r} is not defined; x[1,0,3] defines it"
            refuse("xml.function", message, f.place, name, (*parameters.all, *functions))
    return found


def _expression(f: d.Function, dependents: list[str]) -> str:
    """The expression with names in the place of ``x[0]`` and ``@0``."""
    text = f.expression
    try:
        parsed = expressions.parse(text)
        if expressions.ordinals(parsed):
            parsed = expressions.bind_ordinals(parsed, dependents)
            text = expressions.to_text(parsed)
    except IndexError:
        message = f"{f.name!r} has {len(dependents)} dependents, and its expression asks for more"
        refuse("xml.function", message, f.place, text)
    except HS3Error as error:
        message = f"{f.name!r} is no plain expression: {error.message}"
        refuse("xml.function", message, f.place, text)
    for name in expressions.names(parsed):
        if name not in dependents:
            message = f"{name!r} is not among the dependents of {f.name!r}"
            refuse("xml.function", message, f.place, name, tuple(dependents))
    return text
