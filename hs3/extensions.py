"""Types from outside: what other installed packages add, announced by entry points.

==============  ===========================================  ====================================
group           the entry point names a module that           imported
==============  ===========================================  ====================================
``hs3.types``   declares types: distributions, functions,     when a document has a type that
                data, HistFactory modifiers                   nobody registered so far
``hs3.engine``  attaches to them what they mean in JAX        when the engine is first used
==============  ===========================================  ====================================

Only packages that are installed are imported, never anything that a document names. What is in
each group is imported once per process.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from hs3.errors import ExtensionError

Group = Literal["hs3.types", "hs3.engine"]


@cache
def load(group: Group) -> tuple[str, ...]:
    """Import what installed packages announce in a group.

    Returns:
        the names of the entry points.

    Raises:
        ExtensionError: one cannot be imported.
    """
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=group), key=lambda point: (point.name, point.value))
    for point in found:
        try:
            point.load()
        except Exception as error:
            raise ExtensionError(
                f"the extension {point.name!r} ({point.value}), announced in {group!r}, cannot be "
                f"imported: {type(error).__name__}: {error}",
                value=point.value,
            ) from error
    return tuple(point.name for point in found)
