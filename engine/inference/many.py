"""Limits of many models by name: in chunks, on any executor, kept in files, resumed."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Unpack

import numpy as np

from hs3.errors import FitError, HS3Error
from hs3.face import HS3Warning

from ..forms import EXPECTED, Columns
from ..model import Model
from ..starts import Starts
from .batch import Bounds
from .chunks import Arrays, Split, Work, in_chunks, key_of
from .limits import LimitOptions, Outcome, limits_of
from .results import Limit, Plain

TOGETHER = 16
"""Models in a chunk."""


@dataclass(frozen=True)
class Limits(Plain):
    """Upper limits of many models.

    Attributes:
        limits: by the name of the model, of those that have one.
        failed: why the others have none, by name.
        values: values that the models stand for (masses, for instance), by name.
        labels: what these values are.
        notes: warnings in reading the models, each once.
    """

    limits: Mapping[str, Limit]
    failed: Mapping[str, str]
    values: Mapping[str, tuple[float | str, ...]]
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def converged(self) -> bool:
        """True when every model has a limit."""
        return not self.failed

    def columns(self) -> Columns:
        """A row per model with a limit, for ``pandas.DataFrame``.

        ``name``, one column for each label, ``observed``, ``best``, and the expected limits:
        ``expected_minus_2`` … ``expected`` … ``expected_plus_2``.
        """
        names = list(self.limits)
        found = self.limits.values()
        columns: Columns = {"name": np.array(names)}
        for place, label in enumerate(self.labels):
            columns[label] = np.array([self.values[name][place] for name in names])
        columns["observed"] = np.array([limit.observed for limit in found])
        for place, band in enumerate(EXPECTED):
            columns[band] = np.array([limit.expected[place] for limit in found])
        columns["best"] = np.array([limit.best for limit in found])
        return columns


def upper_limits(
    models: Mapping[str, Model] | Sequence[Model],
    *,
    poi: str | None = None,
    cl: float = 0.95,
    statistic: str = "q~",
    use_cls: bool = True,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    starts: Starts = (),
    **split: Unpack[Split],
) -> Limits:
    """The upper limit of every model; those of one kind share one compiled program.

    Args:
        models: by name, for instance `hs3.patched`, whose models are made when they are needed; or
            a sequence, whose names are their numbers.
        poi, cl, statistic, use_cls, fixed, bounds, starts: as for `upper_limit`.
        split: how to split, keep and show the work, see `hs3.engine.inference.chunks.in_chunks`.

    Returns:
        the limits; a model that has none (a fit that does not converge, a limit out of bounds, a
        patch that does not fit) is told of there, and does not stop the others.

    Raises:
        FitError: no models, or options that no model could meet.
    """
    named = models if isinstance(models, Mapping) else {str(i): m for i, m in enumerate(models)}
    names = tuple(named)
    if not names:
        raise FitError("there are no models", code="fit.invalid")
    options = LimitOptions(poi, cl, statistic, use_cls, fixed, bounds, starts)
    limits_of([], options)
    whole: Split = {"chunk": TOGETHER, **split}
    found = in_chunks(partial(_part, named, options), len(names), key=_key(named, options), **whole)
    limits, failed = {}, {}
    for row, name in enumerate(names):
        if found["error"][row]:
            failed[name] = str(found["error"][row])
        else:
            limits[name] = _limit(found, row, options)
    values = getattr(models, "values_of", None)
    labels = tuple(getattr(models, "labels", ()))
    told = {name: tuple(values(name)) for name in names} if values and labels else {}
    notes = dict.fromkeys(str(text) for text in found["warning"] if text)
    return Limits(limits, failed, told, labels if told else (), tuple(notes))


def _part(models: Mapping[str, Model], options: LimitOptions, first: int, count: int) -> Work:
    """The work on some models, which takes no others along to another process."""
    names = tuple(models)[first : first + count]
    choose = getattr(models, "only", None)
    own = choose(names) if choose else {name: models[name] for name in names}
    return partial(_limits, own, options)


def _limits(models: Mapping[str, Model], options: LimitOptions) -> Arrays:
    made: dict[str, Model] = {}
    outcomes: dict[str, Outcome] = {}
    said: dict[str, str] = {}
    for name in models:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", HS3Warning)
            try:
                made[name] = models[name]
            except HS3Error as error:
                outcomes[name] = error
        said[name] = "\n".join(str(w.message) for w in caught)
    outcomes |= dict(zip(made, limits_of(list(made.values()), options), strict=True))
    rows = [_row(outcomes[name]) | {"warning": said[name]} for name in models]
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


def _row(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, HS3Error):
        nothing = [np.nan] * 5
        return {"poi": "", "statistic": "", "observed": np.nan, "expected": nothing,
                "best": np.nan, "fits": 0, "notes": "", "error": str(outcome)}  # fmt: skip
    return {
        "poi": outcome.poi,
        "statistic": outcome.statistic,
        "observed": outcome.observed,
        "expected": list(outcome.expected),
        "best": outcome.best,
        "fits": outcome.fits,
        "notes": "\n".join(outcome.notes),
        "error": "",
    }


def _limit(found: Arrays, row: int, options: LimitOptions) -> Limit:
    notes = str(found["notes"][row])
    return Limit(
        poi=str(found["poi"][row]),
        cl=options.cl,
        statistic=str(found["statistic"][row]),
        method="CLs" if options.use_cls else "p-value",
        observed=float(found["observed"][row]),
        expected=tuple(found["expected"][row].tolist()),
        best=float(found["best"][row]),
        fits=int(found["fits"][row]),
        notes=tuple(notes.split("\n")) if notes else (),
    )


def _key(models: Mapping[str, Model], options: LimitOptions) -> str:
    """What the work is: the models in their order, and the options."""
    own = getattr(models, "key", None)
    digest = hashlib.sha256(repr((tuple(models), _settled(options))).encode())
    for model in () if own else models.values():
        digest.update(key_of(model).encode())
    digest.update(str(own).encode())
    return digest.hexdigest()


def _settled(options: LimitOptions) -> list[Any]:
    """Options in a form in which equal ones read alike."""
    given = asdict(options)
    return [sorted(v.items()) if isinstance(v, Mapping) else v for v in given.values()]
