"""Tests, limits and toys, as `import hs3` offers them: on models, workspaces and files alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hs3.face import compile
from hs3.reading import Source
from hs3.workspace import Workspace

if TYPE_CHECKING:
    from hs3.engine import Model
    from hs3.engine.inference import FitBatch, HypoTest, Limit, Limits, Significance


def hypotest(
    source: Model | Workspace | Source,
    value: float | Mapping[str, float],
    *,
    toys: int = 0,
    **options: Any,
) -> HypoTest:
    """Test a value of the parameter of interest: p-values, CLs, and what was to be expected.

    Args:
        source: a model, or what `compile` makes one of.
        value: the value to test; several parameters of interest by name, for the statistic ``t``.
        toys: number of toys of each hypothesis; 0 for asymptotic formulas.
        options: those of `hs3.engine.inference.hypotest`, with toys of `toy_hypotest`.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
        HS3Error: as `compile`.
    """
    from hs3.engine import inference

    if toys:
        return inference.toy_hypotest(_model(source), value, toys=toys, **options)
    return inference.hypotest(_model(source), value, **options)


def hypotests(
    source: Model | Workspace | Source, values: Sequence[float], **options: Any
) -> tuple[HypoTest, ...]:
    """`hypotest` of several values of one parameter of interest: curves of p-values and CLs.

    Args:
        source: a model, or what `compile` makes one of.
        values: of the parameter of interest.
        options: those of `hs3.engine.inference.hypotests`.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
        HS3Error: as `compile`.
    """
    from hs3.engine import inference

    return inference.hypotests(_model(source), values, **options)


def upper_limit(
    source: Model | Workspace | Source, *, cl: float = 0.95, toys: int = 0, **options: Any
) -> Limit:
    """Upper limit on the parameter of interest, observed and expected, by CLs.

    Args:
        source: a model, or what `compile` makes one of.
        cl: confidence level.
        toys: number of toys of each hypothesis; 0 for asymptotic formulas.
        options: those of `hs3.engine.inference.upper_limit`, with toys of `toy_upper_limit`.

    Raises:
        FitError: an unknown name, a fit that does not converge, or a limit out of bounds.
        HS3Error: as `compile`.
    """
    from hs3.engine import inference

    if toys:
        return inference.toy_upper_limit(_model(source), cl=cl, toys=toys, **options)
    return inference.upper_limit(_model(source), cl=cl, **options)


def upper_limits(models: Mapping[str, Model] | Sequence[Model], **options: Any) -> Limits:
    """The upper limit of every model: mass hypotheses, the patches of a patchset.

    Models of the same parameters share one compiled program, and nothing stops the others where one
    has no limit.

    Args:
        models: by name (`hs3.patched` makes those of a patchset when they are needed), or a list.
        options: those of `hs3.engine.inference.upper_limits`: `poi`, `cl`, `bounds` …; `folder` to
            keep what is done and to go on from there, `executor` for processes or a cluster.

    Raises:
        FitError: no models, or options that no model could meet.
    """
    from hs3.engine import inference

    return inference.upper_limits(models, **options)


def significance(
    source: Model | Workspace | Source, *, toys: int = 0, **options: Any
) -> Significance:
    """Discovery significance of a signal.

    Args:
        source: a model, or what `compile` makes one of.
        toys: number of toys without signal; 0 for asymptotic formulas.
        options: those of `hs3.engine.inference.significance`, with toys of `toy_significance`.

    Raises:
        FitError: an unknown name, or a fit that does not converge.
        HS3Error: as `compile`.
    """
    from hs3.engine import inference

    if toys:
        return inference.toy_significance(_model(source), toys=toys, **options)
    return inference.significance(_model(source), **options)


def toys(source: Model | Workspace | Source, size: int, **options: Any) -> FitBatch:
    """Draw toys and fit each of them.

    Args:
        source: a model, or what `compile` makes one of.
        size: number of toys.
        options: those of `hs3.engine.inference.fit_toys`.

    Raises:
        HS3Error: as `compile`, or an unknown name.
    """
    from hs3.engine import inference

    return inference.fit_toys(_model(source), size, **options)


def _model(source: Model | Workspace | Source) -> Model:
    from hs3 import engine

    return source if isinstance(source, engine.Model) else compile(source)
