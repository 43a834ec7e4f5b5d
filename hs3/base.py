"""Base of all typed parts of a document: frozen, lossless, with references that can be walked.

Lossless means: what was read is what is written. No number is converted, no default is added, no
unknown key is lost. A default that the standard gives is a class fact (`field.default`), and is
never written unless the document had it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from hs3.registry import Family


class Part(BaseModel):
    """A JSON object of a document. Unknown keys are kept in `model_extra`."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())

    def to_json(self) -> dict[str, Any]:
        """Exactly the JSON data this part was read from (or built with), unknown keys included."""
        given, values = self.model_fields_set, self.__dict__
        out = {name: plain(values[key]) for key, name in _json_keys(type(self)) if key in given}
        for key, value in (self.model_extra or {}).items():
            out[key] = plain(value)
        return out


@cache
def _json_keys(cls: type[Part]) -> tuple[tuple[str, str], ...]:
    """Each field with the key it has in JSON."""
    return tuple((key, info.alias or key) for key, info in cls.model_fields.items())


_SCALARS = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """`value` with every part and tuple inside it turned into dicts and lists."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is tuple or kind is list:
        return list(value) if _SCALARS.issuperset(map(type, value)) else [plain(v) for v in value]
    if kind is dict:
        return {k: plain(v) for k, v in value.items()}
    return value.to_json() if isinstance(value, Part) else value


def expression_of(part: Part) -> str | None:
    """The text of a part's key `expression`, known to its type or not; None without one."""
    text = getattr(part, "expression", None)
    return text if isinstance(text, str) else None


class Named(Part):
    """A part with a `name`."""

    name: StrictStr


class Typed(Part):
    """A part whose key `type` selects the class; base of the families.

    A family declares ``family: ClassVar[Family]``; a concrete class passes its type strings as
    ``types=(…)``, the first one being the spelling that is written by default.
    """

    family: ClassVar[Family]
    type_names: ClassVar[tuple[str, ...]] = ()

    type: StrictStr

    def __init_subclass__(cls, *, types: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)  # `types` is for the hook below

    @classmethod
    def __pydantic_init_subclass__(cls, *, types: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if types:
            cls.type_names = types
            cls.family.register(cls, types)


# --- what a field's value may be ------------------------------------------------------------


@dataclass(frozen=True)
class Ref:
    """Marks a field whose string value is a name; `kinds` says of what.

    Kinds: ``value`` (a parameter, observable or function: anything that has a number),
    ``distribution``, ``function``, ``data``, ``likelihood``, ``domain``, ``parameter_point``,
    ``variable`` (an observable, or a parameter in the role of one).
    """

    kinds: tuple[str, ...]


Number = StrictInt | StrictFloat
"""A JSON number; integers stay integers."""


def _numbers(value: Any, handler: Any) -> Any:
    """Fast path for long arrays of numbers; pydantic only sees arrays that hold something else.

    Of those it sees a hundred entries from the first wrong one on: enough for a message, and no
    flood of errors from a long array of strings.
    """
    if type(value) is not list:
        return handler(value)
    if {int, float}.issuperset(map(type, value)):
        return tuple(value)
    wrong = (
        i for i, v in enumerate(value) if isinstance(v, bool) or not isinstance(v, int | float)
    )
    first = next(wrong, len(value))
    return handler(value[: first + 100])


Numbers = Annotated[tuple[Number, ...], WrapValidator(_numbers)]
"""A JSON array of numbers."""

Value = Annotated[StrictStr | Number, Ref(("value",))]
"""A number, or the name of a parameter or function that gives one."""

Values = tuple[Value, ...]
"""An array of numbers and names, mixed freely."""

Variable = Annotated[StrictStr | Number, Ref(("variable",))]
"""The name of the variable (random variate) of a distribution; a number fixes it."""

DistributionName = Annotated[StrictStr, Ref(("distribution",))]
FunctionName = Annotated[StrictStr, Ref(("function", "value"))]
PdfOrFunctionName = Annotated[StrictStr, Ref(("distribution", "function", "value"))]
DataName = Annotated[StrictStr, Ref(("data",))]
LikelihoodName = Annotated[StrictStr, Ref(("likelihood",))]
DomainName = Annotated[StrictStr, Ref(("domain",))]
PointName = Annotated[StrictStr, Ref(("parameter_point",))]
ParameterName = Annotated[StrictStr, Ref(("value",))]

Flag = StrictBool


def verbatim(value: Any, handler: Any) -> Any:
    """Validate a value, and keep it as it is spelled: 0.0 where 0 is asked for stays 0.0."""
    handler(value)
    return value


def as_float(value: int | float | str) -> float:
    """A JSON number, or a number written as a string (ROOT does that in lists), as float64.

    Raises:
        PydanticCustomError: the string is not a finite number.
    """
    number = float(value)
    if not math.isfinite(number):
        raise PydanticCustomError("hs3_finite", "not a finite number")
    return number


def is_number(value: Any) -> bool:
    """True for a JSON number and for a string that spells one (ROOT, in coefficient lists)."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    if not isinstance(value, str):
        return False
    try:
        return math.isfinite(float(value)) and value.strip() == value and "_" not in value
    except ValueError:
        return False


# --- walking the references of a part --------------------------------------------------------


@dataclass(frozen=True)
class Reference:
    """A name found in a part: where it stands (`path`, relative to the part) and what it may be."""

    path: tuple[str | int, ...]
    name: str
    kinds: tuple[str, ...]


def references(part: Part, path: tuple[str | int, ...] = ()) -> Iterator[Reference]:
    """Every name that a part refers to, in document order, parts inside it included."""
    for key, kinds in reference_plan(type(part)):
        value = getattr(part, key)
        if value is not None:
            yield from walk(value, (*path, key), kinds)


def walk(value: Any, path: tuple[str | int, ...], kinds: tuple[str, ...]) -> Iterator[Reference]:
    """Every name in the value of one field, `kinds` being what the field may name."""
    if isinstance(value, str):
        if kinds and not is_number(value):
            yield Reference(path, value, kinds)
    elif isinstance(value, tuple | list):
        if (value and not isinstance(value[0], int | float)) or any(
            isinstance(v, str) for v in value
        ):
            for i, item in enumerate(value):
                yield from walk(item, (*path, i), kinds)
    elif isinstance(value, Part):
        yield from references(value, path)


@cache
def reference_plan(cls: type[Part]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields of a class that hold references or parts, with the kinds that markers name."""
    plan = []
    for key, info in cls.model_fields.items():
        markers = [m for m in info.metadata if isinstance(m, Ref)]
        kinds = markers[0].kinds if markers else _kinds(info.annotation)
        if kinds or _holds_part(info.annotation):
            plan.append((key, kinds))
    return tuple(plan)


def _kinds(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Annotated:
        for marker in get_args(annotation)[1:]:
            if isinstance(marker, Ref):
                return marker.kinds
    for inner in get_args(annotation):
        found = _kinds(inner)
        if found:
            return found
    return ()


def _holds_part(annotation: Any) -> bool:
    if isinstance(annotation, type) and not get_origin(annotation):
        return issubclass(annotation, Part)
    if get_origin(annotation) in (Union, UnionType, Annotated, tuple, list, dict):
        return any(_holds_part(a) for a in get_args(annotation))
    return False
