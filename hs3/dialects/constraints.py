"""How documents say that a modifier's parameter is constrained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hs3.findings import nearest
from hs3.histfactory.modifiers import Modifier

from .base import Log, rule

Kind = Literal["gauss", "poisson", "lognormal", "gamma", "const", "none"]

KINDS: dict[str, Kind] = {
    "gauss": "gauss",
    "gaussian": "gauss",
    "normal": "gauss",
    "poisson": "poisson",
    "lognormal": "lognormal",
    "log-normal": "lognormal",
    "gamma": "gamma",
    "const": "const",
    "constant": "const",
    "none": "none",
    "": "none",
}
"""Kinds of constraint by their lower-case spelling."""


@dataclass(frozen=True)
class Spelled:
    """What a modifier says about its constraint: names per bin, one name, a kind, or nothing."""

    names: tuple[str | None, ...] | None = None
    name: str | None = None
    kind: Kind | None = None
    key: str = ""


NOTHING = Spelled()


@rule("dialect.constraint_name", writers="ROOT 6.28 to 6.40")
def by_name(name: str) -> Spelled:
    """`constraint_name` names the distribution that constrains the parameter."""
    return Spelled(name=name, key="constraint_name")


@rule("dialect.constraint_is_name", writers="ROOT after 6.40")
def constraint_is_name(name: str) -> Spelled:
    """`constraint` holds the name of a distribution instead of a kind."""
    return Spelled(name=name, key="constraint")


@rule("dialect.constraint_per_bin", writers="ROOT after 6.40")
def per_bin(names: tuple[str | None, ...]) -> Spelled:
    """`constraints` names one distribution for each bin; null stands for no constraint."""
    return Spelled(names=names, key="constraints")


@rule("dialect.constraint_type", writers="ROOT 6.36 to 6.40")
def by_type(kind: Kind) -> Spelled:
    """`constraint_type` gives the kind of constraint."""
    return Spelled(kind=kind, key="constraint_type")


@rule("dialect.constraint_name_wins", writers="ROOT 6.32")
def name_wins(kind: str) -> None:
    """Where a modifier gives both the name of a constraint distribution and a kind, the name
    counts.
    """


@rule("dialect.sys_constraint_default", writers="ROOT reads so; published files")
def sys_default() -> Kind:
    """A normsys or histosys that says nothing of a constraint is constrained by a Gaussian of unit
    width, unless something else in the likelihood constrains its parameter.
    """
    return "gauss"


@rule("dialect.shapesys_constraint_default", writers="pyhf converters, by hand")
def shapesys_default() -> Kind:
    """A shapesys that says nothing of a constraint has Poisson constraints, as the text says."""
    return "poisson"


@rule("dialect.staterror_constraint_default", writers="ROOT, published files")
def staterror_default() -> Kind:
    """A staterror that says nothing of a constraint has Poisson constraints, as in ROOT."""
    return "poisson"


@rule("dialect.constraint_stated_twice", writers="files made by hand")
def stated_twice() -> None:
    """The constraint that a modifier asks for is also in the likelihood as a distribution of the
    same content: it counts once.
    """


@rule("dialect.constraint_kind_and_name", writers="ROOT 6.32, files edited by hand")
def kind_and_name() -> None:
    """One modifier names the constraint distribution of a parameter, another one only gives a kind:
    the distribution counts, once.
    """


@rule("dialect.nominal_by_name", writers="ROOT")
def nominal_by_name() -> None:
    """The observed value of a constraint that is given by its kind is the value of
    ``nom_<parameter>`` in a parameter point, as ROOT names and reads it, where that differs by more
    than the digits that ROOT writes.
    """


@rule("dialect.wide_gauss", writers="ROOT, for a Uniform constraint")
def wide_gauss() -> None:
    """A Gaussian constraint of width 100 is what ROOT makes of a Uniform one; it is evaluated as it
    stands.
    """


def read(
    modifier: Modifier, path: str, is_distribution: Callable[[str], bool], log: Log
) -> Spelled:
    """What `modifier` says about its constraint, whatever its dialect; rules are reported."""
    if modifier.constraints is not None:
        return log.apply(per_bin, path, modifier.constraints)
    if modifier.constraint_name is not None:
        if modifier.constraint is not None and modifier.constraint != modifier.constraint_name:
            log.apply(name_wins, path, modifier.constraint)
        return log.apply(by_name, path, modifier.constraint_name)
    if modifier.constraint is not None:
        return _of_constraint(modifier.constraint, path, is_distribution, log)
    if modifier.constraint_type is not None:
        kind = _kind(modifier.constraint_type, path + "/constraint_type", log)
        return log.apply(by_type, path, kind) if kind else NOTHING
    return NOTHING


def _of_constraint(
    word: str, path: str, is_distribution: Callable[[str], bool], log: Log
) -> Spelled:
    if is_distribution(word):
        return log.apply(constraint_is_name, path, word)
    kind = _kind(word, path + "/constraint", log)
    return Spelled(kind=kind, key="constraint") if kind else NOTHING


def _kind(word: str, path: str, log: Log) -> Kind | None:
    kind = KINDS.get(word.lower())
    if kind is None:
        valid = ("Gauss", "Poisson", "LogNormal", "Gamma", "Const", "None")
        log.add(
            "constraint.unknown",
            path,
            f"{word!r} is neither a kind of constraint ({', '.join(valid)}) "
            "nor the name of a distribution",
            word,
            nearest(word, valid),
        )
    return kind
