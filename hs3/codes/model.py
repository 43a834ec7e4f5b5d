"""The meaning of a document: selection, likelihoods, parameters, axes, data, channels."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- selection: what is to be resolved ------------------------------------------------------
    "selection.none": Code(
        "error",
        "The document has nothing that can be turned into a likelihood without being told what.",
        "Name an analysis, a likelihood, or a pdf and its data.",
    ),
    "selection.ambiguous": Code(
        "warning",
        "Several analyses or likelihoods are there and none was asked for: the first one is taken.",
        "Name the one that is meant.",
    ),
    "selection.conflict": Code(
        "error",
        "What was asked for names more than one starting point.",
        "Name one: an analysis, or a likelihood, or a pdf (with data).",
    ),
    # --- likelihood -----------------------------------------------------------------------------
    "likelihood.length": Code(
        "error",
        "A likelihood lists a different number of distributions and data.",
        "Give one data entry for each distribution.",
    ),
    "likelihood.empty": Code(
        "error",
        "A likelihood has no distributions.",
        "List its distributions and their data.",
    ),
    "likelihood.histfactory_inside": Code(
        "error",
        "A HistFactory distribution stands inside another distribution than a plain product.",
        "Pair the HistFactory distribution with its data in the likelihood.",
    ),
    "likelihood.no_observable": Code(
        "error",
        "A distribution depends on none of the observables of its data.",
        "Pair the distribution with data that have its observable as an axis.",
    ),
    # --- parameter ------------------------------------------------------------------------------
    "parameter.no_value": Code(
        "error",
        "The likelihood depends on a name to which nothing in the document gives a value.",
        "Add the name to a parameter point, or correct its spelling.",
    ),
    "parameter.value_from_other_point": Code(
        "note",
        "A parameter is not in the initial point; its value is taken from another parameter point.",
        "Add the parameter to the initial point of the analysis.",
    ),
    "parameter.value_from_domain": Code(
        "note",
        "A parameter is in no parameter point; it starts in the middle of its domain.",
        "Add the parameter to the initial point of the analysis.",
    ),
    "parameter.value_nominal": Code(
        "note",
        "A parameter is in no parameter point and no domain; it starts at its nominal value, "
        "0 for the parameter of a systematic and 1 for a factor.",
        "Add the parameter to the initial point of the analysis.",
    ),
    "parameter.outside_bounds": Code(
        "warning",
        "The value of a parameter lies outside of its bounds.",
        "Change the value or the bounds; a fit starts at the nearest bound.",
    ),
    "parameter.no_domain": Code(
        "warning",
        "A free parameter has a range in no domain; it is unbounded.",
        "Add the parameter to the domain of the analysis, or make it constant.",
    ),
    "parameter.not_in_domain": Code(
        "warning",
        "The standard asks for every free parameter to be in the domain of the analysis; some are "
        "not. Their ranges are taken from other domains.",
        "Add them to the domain, or make them constant in the initial point.",
    ),
    "parameter.listed_twice": Code(
        "warning",
        "A parameter stands twice in a parameter point or domain with different numbers.",
        "Remove one of the entries; the first one counts.",
    ),
    # --- domain, axes and data ------------------------------------------------------------------
    "domain.missing": Code(
        "warning",
        "An analysis names no domain. Ranges are taken from all domains of the document.",
        "Name the domain of the parameters.",
    ),
    "domain.empty_range": Code(
        "error",
        "A range has a minimum above its maximum.",
        "Exchange or correct the bounds.",
    ),
    "axes.no_binning": Code(
        "error",
        "An axis that needs bins has neither `edges` nor `nbins` with `min` and `max`.",
        "Give `edges`, or `nbins`, `min` and `max`.",
    ),
    "axes.not_increasing": Code(
        "error",
        "Bin edges do not increase.",
        "List the edges in increasing order.",
    ),
    "axes.zero_width": Code(
        "warning",
        "An axis has bins of no width. Counts per bin are not affected, densities are.",
        "Give `min` and `max`, or edges, that differ.",
    ),
    "axes.range_mismatch": Code(
        "warning",
        "`min` or `max` of an axis is not its first or last bin edge.",
        "Give both the same value; the edges count.",
    ),
    "axes.edges_and_nbins": Code(
        "error",
        "An axis has both `edges` and `nbins`, and they disagree.",
        "Remove one of them.",
    ),
    "axes.no_range": Code(
        "error",
        "An observable has no range, so that a density cannot be normalised over it.",
        "Give `min` and `max` on the axis of the data, or in a domain.",
    ),
    "data.wrong_type": Code(
        "error",
        "Data of this type cannot be used with this distribution.",
        "Use binned data for a HistFactory distribution.",
    ),
    "data.axes_mismatch": Code(
        "error",
        "The axes of a distribution and of its data do not have the same names.",
        "Give both the same axes, in the same order.",
    ),
    "data.bins_mismatch": Code(
        "error",
        "A distribution and its data do not have the same number of bins.",
        "Give both the same binning.",
    ),
    "data.edges_mismatch": Code(
        "warning",
        "A distribution and its data have the same number of bins but different bin edges.",
        "Give both the same binning.",
    ),
    "data.length": Code(
        "error",
        "The number of entries of a data object does not fit its axes.",
        "Give one number per bin, or one coordinate per axis.",
    ),
    "data.uncertainty": Code(
        "error",
        "The uncertainties of bins are no widths above zero with a correlation matrix: symmetric, "
        "positive definite, ones on its diagonal.",
        "Correct them, or write 0 for no correlation.",
    ),
    "data.negative": Code(
        "warning",
        "An observed count is negative; its Poisson probability is zero.",
        "Check the data.",
    ),
    "data.non_integer": Code(
        "note",
        "Observed counts are not whole numbers; the Poisson probability is continued with the "
        "Gamma function.",
        "Nothing for Asimov data; check other data.",
    ),
    "data.outside_range": Code(
        "warning",
        "Events lie outside of the range of an axis.",
        "Check the range; outside of it the density is zero.",
    ),
    # --- histfactory ----------------------------------------------------------------------------
    "histfactory.length": Code(
        "error",
        "A list per bin does not have one entry per bin.",
        "Give one entry for each bin of the channel.",
    ),
    "histfactory.no_samples": Code(
        "error",
        "A HistFactory distribution has no samples.",
        "Add a sample; without one nothing is expected.",
    ),
    "histfactory.unknown_modifier": Code(
        "error",
        "A sample has a modifier of an unknown type, so that its rate is not known.",
        "Use normfactor, normsys, histosys, shapefactor, shapesys, staterror or custom.",
    ),
    "histfactory.unknown_interpolation": Code(
        "error",
        "The interpolation of a systematic is spelled in a way that nobody is known to use.",
        "Use lin, log, parabolic or poly6, or ROOT's integer codes.",
    ),
    "histfactory.two_interpolations": Code(
        "warning",
        "A modifier gives two different interpolations; the one on the modifier counts.",
        "Remove one of them.",
    ),
    "histfactory.normsys_composition": Code(
        "warning",
        "A sample of a document that ROOT wrote has several normsys with an additive interpolation "
        "code. ROOT adds their variations up, the standard multiplies them; they are multiplied.",
        "Use exponential interpolation, or rewrite them as histosys.",
    ),
    "histfactory.nonpositive_template": Code(
        "error",
        "A histosys with exponential interpolation has bins that are not above zero.",
        "Use linear or polynomial interpolation with linear extrapolation.",
    ),
    "histfactory.negative_uncertainty": Code(
        "error",
        "An uncertainty is negative.",
        "Give uncertainties of zero or above.",
    ),
    "histfactory.positive_definite": Code(
        "error",
        "Of the histosys of one sample some are cut at zero and others are not.",
        "Give all of them the same `positiveDefinite`.",
    ),
    "histfactory.negative_yield": Code(
        "warning",
        "The nominal content of a bin of a sample is negative.",
        "Check the sample; the expected count may become negative.",
    ),
    "histfactory.zero_expected": Code(
        "warning",
        "No sample contributes to a bin in which events are observed: the likelihood is zero.",
        "Add a small contribution, or leave the bin out.",
    ),
    "histfactory.depends_on_observable": Code(
        "error",
        "The parameter of a systematic, or of a bin, is a function of the observable.",
        "Scale the sample by a function of the observable (custom), or give one parameter per bin "
        "(shapefactor).",
    ),
    # --- constraint -----------------------------------------------------------------------------
    "constraint.unknown": Code(
        "error",
        "The constraint of a modifier is neither a known kind nor the name of a distribution.",
        "Use Gauss, Poisson, LogNormal, Gamma, Const or None, or the name of a distribution.",
    ),
    "constraint.conflict": Code(
        "error",
        "Two modifiers ask for different constraints of one parameter.",
        "Let all modifiers that share a parameter share its constraint.",
    ),
    "constraint.not_applicable": Code(
        "error",
        "The kind of constraint does not fit the parameter.",
        "Use Gauss for parameters with nominal value 0.",
    ),
    "constraint.twice": Code(
        "warning",
        "A parameter is constrained both by its modifiers and by another distribution of the "
        "likelihood, and the two differ: both count, as the standard says.",
        "Remove one of them if a single measurement is meant.",
    ),
    "constraint.nonpositive_scale": Code(
        "error",
        "The width or auxiliary count of a constraint is not above zero, or infinite.",
        "Give a positive number.",
    ),
    "constraint.truncated": Code(
        "note",
        "The range of the observed value of a Gaussian measurement cuts its tails, so that the "
        "normalisation depends on the parameter. pyhf normalises over the real line, and so does "
        "ROOT unless it is told the global observables.",
        "Widen or remove the range of the observed value if the cut is not meant.",
    ),
    "constraint.left_out": Code(
        "warning",
        "A distribution looks like the measurement of a free parameter, but the likelihood does "
        "not list it, so that it has no effect. ROOT 6.40 writes the constraints of models that "
        "are not HistFactory in this way.",
        "List it in `aux_distributions` of the likelihood if it belongs to it.",
    ),
    "constraint.roles_assumed": Code(
        "note",
        "Nothing tells which of two names in a constraint is the parameter and which the observed "
        "value; `x` is taken as the observed value.",
        "Make the observed value constant in a parameter point.",
    ),
    "constraint.elsewhere": Code(
        "error",
        "A distribution that is named as the constraint of a parameter does not depend on it.",
        "Name the distribution that constrains this parameter.",
    ),
}
