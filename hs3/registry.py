"""Types register themselves by being declared.

A family (distributions, functions, data, domains, HistFactory modifiers) is a base class made with
``class Distribution(Typed, family=…)``; each concrete class names the ``type`` strings it stands
for: ``class GaussianDist(Distribution, types=("gaussian_dist", "normal_dist"))``. A document entry
is dispatched on its ``type``; an unknown one becomes the family's fallback, which keeps everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


@dataclass
class Family:
    """The types of one kind, by the string in the key ``type``.

    Attributes:
        name: singular noun for messages, for instance ``distribution``.
        types: type string → class.
        fallback: class for type strings that nobody registered.
        untyped: True when the fallback also stands for objects without `type`: ROOT writes no more
            than the name of an object of a class that it cannot export.
    """

    name: str
    types: dict[str, type] = field(default_factory=dict)
    fallback: type | None = None
    untyped: bool = False

    def register(self, cls: type, names: tuple[str, ...]) -> None:
        """Let `cls` stand for the type strings `names`.

        Raises:
            TypeError: a name is taken by another class.
        """
        for name in names:
            taken = self.types.get(name)
            if taken is not None and taken.__qualname__ != cls.__qualname__:
                raise TypeError(
                    f"{self.name} type {name!r} is already registered by {taken.__qualname__}"
                )
            self.types[name] = cls

    def classes(self) -> list[type]:
        """Each registered class once, in order of registration."""
        return list(dict.fromkeys(self.types.values()))

    def class_of(self, value: Any) -> type:
        """The class that a JSON object of this family is to be read with."""
        if self.untyped and self.fallback and isinstance(value, dict) and "type" not in value:
            return self.fallback
        tag = value.get("type") if isinstance(value, dict) else None
        if not isinstance(tag, str):
            raise PydanticCustomError(
                "hs3_type",
                "a {family} must be an object with a string `type`",
                {"family": self.name},
            )
        cls = self.types.get(tag) or self._from_outside(tag)
        assert cls is not None
        return cls

    def _from_outside(self, tag: str) -> type | None:
        """The class of a type that another installed package declares, else the fallback."""
        from hs3 import extensions

        extensions.load("hs3.types")
        return self.types.get(tag, self.fallback)


class Entry:
    """Annotation for "any member of this family": ``Annotated[Distribution, Entry(family)]``.

    Validation dispatches at run time, so that types registered later (by another package) count.
    """

    def __init__(self, family: Family) -> None:
        self.family = family

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        def read(value: Any) -> Any:
            if isinstance(value, source):
                return value
            return self.family.class_of(value).model_validate(value)  # type: ignore[attr-defined]

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda v: v.to_json()),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.family.name}"}
