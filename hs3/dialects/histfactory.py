"""Rules of HistFactory distributions: templates, uncertainties per bin, names, order of bins."""

from __future__ import annotations

import math

import numpy as np

from hs3.histfactory.meaning import FloatArray

from .base import rule

# --- templates ----------------------------------------------------------------------------------


@rule("dialect.histosys_absolute", writers="every writer known: ROOT, pyhs3, pyhf converters")
def histosys_absolute(contents: FloatArray, nominal: FloatArray) -> FloatArray:
    """`hi` and `lo` of a histosys are the whole shifted histograms, not additions to the nominal
    one as the text of the standard has it.
    """
    return contents


@rule("dialect.histosys_additive", writers="nobody known; the text of the standard, on request")
def histosys_additive(contents: FloatArray, nominal: FloatArray) -> FloatArray:
    """`hi` and `lo` of a histosys are additions to the nominal histogram."""
    return nominal + contents


@rule("dialect.clip_at_zero", writers="ROOT")
def clip_at_zero() -> bool:
    """The rate of a sample with a histosys is cut at zero from below in each bin, as in ROOT's
    PiecewiseInterpolation, because ROOT wrote the document.
    """
    return True


@rule(
    "dialect.normsys_nonpositive",
    writers="published files",
    severity="warning",
    cure="Give factors above zero, or use linear interpolation.",
)
def nonpositive_factor(value: float) -> float:
    """A factor `hi` or `lo` that is not above zero cannot be interpolated exponentially; it is read
    as 2.2e-16, as ROOT does.
    """
    return max(value, float(np.finfo(np.float64).eps))


@rule("dialect.function_of_observable", writers="ROOT")
def function_of_observable() -> None:
    """A factor that is a function of the observable has in each bin the value of the middle of the
    bin, as in ROOT.
    """


# --- uncertainties per bin ----------------------------------------------------------------------


@rule("dialect.shapesys_vals_relative", writers="ROOT 6.32 and newer; writers that are not known")
def shapesys_relative(vals: FloatArray, nominal: FloatArray) -> FloatArray:
    """`vals` of a shapesys are relative uncertainties r: a Poisson constraint has tau = 1/r²."""
    return vals


@rule("dialect.shapesys_vals_absolute", writers="pyhs3, NextStat")
def shapesys_absolute(vals: FloatArray, nominal: FloatArray) -> FloatArray:
    """`vals` of a shapesys are absolute uncertainties u: a Poisson constraint has
    tau = (nominal/u)².
    """
    return np.divide(vals, nominal, out=np.zeros_like(vals), where=nominal > 0)


@rule(
    "dialect.shapesys_vals_tau",
    writers="ROOT before 6.32, for Poisson constraints",
    severity="warning",
    cure="Write the document anew with a current ROOT.",
)
def shapesys_tau(vals: FloatArray, nominal: FloatArray) -> FloatArray:
    """`vals` of a Poisson-constrained shapesys are the auxiliary counts tau themselves."""
    return np.divide(1.0, np.sqrt(vals), out=np.zeros_like(vals), where=vals > 0)


@rule("dialect.shapesys_zero_is_shapefactor", writers="ROOT, for a ShapeFactor")
def shapesys_zero() -> None:
    """A shapesys whose `vals` are all zero (or missing) is an unconstrained shapefactor."""


@rule("dialect.zero_uncertainty_fixed", writers="ROOT, pyhf converters")
def zero_uncertainty() -> None:
    """A bin without uncertainty in a constrained shapesys or staterror gets no constraint, and its
    parameter is constant.
    """


@rule("dialect.bins_constant", writers="ROOT")
def bins_constant() -> None:
    """`Const` on a shapesys or staterror: its parameters are constant."""


@rule("dialect.staterror_threshold", writers="ROOT, by hand")
def below_threshold() -> None:
    """Parameters of bins whose relative uncertainty is below `staterror.relThreshold` of the
    channel are constant.
    """


@rule("dialect.staterror_channel_settings", writers="ROOT reads it, by hand")
def channel_settings(kind: str) -> str:
    """`staterror.constraint_type` of the channel gives the kind of constraint of its staterrors."""
    return kind


@rule("dialect.staterror_uncertainties", writers="pyhs3")
def staterror_uncertainties(values: FloatArray) -> FloatArray:
    """`data.uncertainties` of a staterror are the absolute uncertainties of the sample, and stand
    for its `errors`.
    """
    return values


@rule(
    "dialect.staterror_missing_errors",
    writers="ROOT",
    severity="warning",
    cure="Give `errors` to every sample that has a staterror.",
)
def missing_errors(nominal: FloatArray) -> FloatArray:
    """A sample with a staterror but without `errors` has the uncertainties sqrt(contents), as ROOT
    takes them.
    """
    return np.sqrt(np.maximum(nominal, 0.0))


@rule("dialect.bins_first_axis_fastest", writers="ROOT, for channels with several axes")
def first_axis_fastest(bins: tuple[int, ...]) -> list[int]:
    """Parameters per bin of a channel with several axes are listed with the first axis running
    fastest, while contents run over the last axis first.
    """
    order: list[int] = np.arange(math.prod(bins)).reshape(bins[::-1]).T.ravel().tolist()
    return order


@rule("dialect.events_counted", writers="ROOT, for data of channels with several axes")
def events_counted(
    events: FloatArray, weights: FloatArray | None, edges: tuple[FloatArray, ...]
) -> FloatArray:
    """Unbinned data of a channel are counted into its bins, with their weights."""
    counts, _ = np.histogramdd(events, bins=list(edges), weights=weights)
    return counts.astype(np.float64).ravel()


@rule("dialect.bin_bounds", writers="ROOT, pyhf")
def bin_bounds() -> tuple[float, float]:
    """Parameters per bin to which the document gives no range stay within [0, 10], as in ROOT and
    pyhf.
    """
    return (0.0, 10.0)


# --- names --------------------------------------------------------------------------------------


@rule("dialect.bin_parameters_derived", writers="ROOT before 6.32, published files")
def bin_names(base: str, bins: int) -> tuple[str, ...]:
    """Parameters per bin that are not listed are called ``gamma_<name>_bin_<i>``, for a staterror
    ``gamma_stat_<channel>_bin_<i>``, as in ROOT.
    """
    return tuple(f"gamma_{base}_bin_{i}" for i in range(bins))


@rule("dialect.single_parameter_per_bin", writers="the example of the standard, by hand")
def one_bin(parameter: str) -> tuple[str, ...]:
    """`parameter` of a modifier per bin in a channel of one bin is the parameter of that bin."""
    return (parameter,)


@rule("dialect.parameter_derived", writers="published files")
def alpha_name(name: str) -> str:
    """The parameter of a normsys or histosys that names none is ``alpha_<name>``, as in ROOT."""
    return f"alpha_{name}"


@rule("dialect.normfactor_by_name", writers="ROOT before 6.32, published files")
def factor_name(name: str) -> str:
    """The parameter of a normfactor that names none is the modifier's name, as in ROOT."""
    return name


@rule("dialect.modifier_unnamed", writers="the standard allows it; published files")
def modifier_name(parameter: str | None, index: int) -> str:
    """A modifier without `name` is called after its parameter, or ``syst_<i>``."""
    return parameter if parameter is not None else f"syst_{index}"


@rule("dialect.sample_unnamed", writers="the standard allows it")
def sample_name(index: int) -> str:
    """A sample without `name` is called ``sample_<i>``."""
    return f"sample_{index}"


@rule("dialect.axes_from_data", writers="the standard allows it")
def axes_from_data() -> None:
    """A HistFactory distribution without `axes` has those of its data."""


def channel_name(distribution: str) -> str:
    """The channel's name as ROOT uses it in parameter names: without the prefix ``model_``."""
    return distribution.removeprefix("model_")
