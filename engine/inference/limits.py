r"""Upper limits of many models of one kind, in step: mass hypotheses, patches of a patchset.

For every model six values are looked for, the observed limit and the five expected ones, and all
of them advance together: a step of the search is one batch of conditional fits to the data and to
the Asimov data of all models. What cannot be found this way is done again by
`hs3.engine.inference.asymptotic.upper_limit`, alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import jax
import numpy as np

from hs3.errors import HS3Error

from ..model import Model
from ..poi import poi_of
from ..starts import Starts
from .asymptotic import limit_statistic, upper_limit
from .batch import Bounds
from .conditional import ConditionalFits
from .results import Limit
from .running import Batch
from .search import TRUE, Likelihoods, Search
from .signal_test import poi_bounds
from .stacking import alike, kind_of, stacked

Outcome = Limit | HS3Error
"""A limit, or why there is none."""


@dataclass(frozen=True)
class LimitOptions:
    """The options of `upper_limit`, which hold for all models."""

    poi: str | None = None
    cl: float = 0.95
    statistic: str = "q~"
    use_cls: bool = True
    fixed: Mapping[str, float] | tuple[str, ...] = ()
    bounds: Bounds | None = None
    starts: Starts = ()

    def alone(self, model: Model) -> Outcome:
        """The limit of one model, without others."""
        try:
            return upper_limit(
                model, poi=self.poi, cl=self.cl, statistic=self.statistic, use_cls=self.use_cls,
                fixed=self.fixed, bounds=self.bounds, starts=self.starts,
            )  # fmt: skip
        except HS3Error as error:
            return error


def limits_of(
    models: Sequence[Model], options: LimitOptions, in_step: bool | None = None
) -> list[Outcome]:
    """The limit of every model, or the error that stands in its way.

    Models of one kind are padded to one shape, so that one compiled program serves them all.

    Args:
        in_step: search all limits of a kind together; by default where that is faster, on
            accelerators. On a CPU one after the other is: each fit starts from the one before it.
            With more starting points each is always searched alone.

    Raises:
        FitError: options that no model could meet.
    """
    limit_statistic(options.statistic, options.cl)
    if in_step is None:
        in_step = jax.default_backend() != "cpu"
    groups: dict[Hashable, list[int]] = {}
    for number, model in enumerate(models):
        groups.setdefault((kind_of(model), model.graph.parameters, model.pois), []).append(number)
    out: dict[int, Outcome] = {}
    for members in groups.values():
        together = alike([models[i] for i in members])
        shared = in_step and len(members) > 1 and not options.starts
        found = _in_step(together, options) if shared else {}
        for row, number in enumerate(members):
            out[number] = found[row] if row in found else options.alone(together[row])
    return [out[number] for number in range(len(models))]


def _in_step(models: Sequence[Model], options: LimitOptions) -> dict[int, Outcome]:
    """Limits by row, of those models that can be treated together."""
    statistic = limit_statistic(options.statistic, options.cl)
    try:
        poi = poi_of(models[0], options.poi)
        bounds = poi_bounds(models[0], poi, statistic, options.bounds)
        problem = ConditionalFits.of(models[0], (poi,), options.fixed, bounds).problem
    except HS3Error:
        return {}  # the same will be said about every model alone
    size = len(models)
    batch = Batch(
        problem,
        np.tile(problem.start, (size, 1)),
        np.tile(problem.held, (size, 1)),
        *stacked(models),
        (True, True),
    )
    data = Likelihoods.of(batch, poi)
    theta, _, ok = data.at(np.arange(size), np.full(size, TRUE), data.theta)
    kept = [m.with_data(m.expected_data(t)) for m, t in zip(models, theta, strict=True)]
    asimov = Likelihoods.of(replace(batch, theta=theta, observed=stacked(kept)[1]), poi)
    search = Search(data, asimov, statistic, options.cl, options.use_cls)
    search.failed = ~(ok & data.found & asimov.found & np.isfinite(asimov.errors))
    search.run()
    return search.limits()
