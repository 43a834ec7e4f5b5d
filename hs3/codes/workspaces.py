"""Changing, comparing and combining workspaces."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- changes of workspaces ------------------------------------------------------------------
    "constrain.invalid": Code(
        "error",
        "A measurement that is to be added has a standard deviation that is not above zero.",
        "Give the standard deviation of what was measured.",
    ),
    "constrain.unknown": Code(
        "error",
        "What was measured has a name in it that is neither that of a parameter nor of a function.",
        "Give one of the names that the document has.",
    ),
    "rename.unknown": Code(
        "error",
        "A name that is to be changed or chosen does not occur in the document.",
        "Give one of the names that the document has.",
    ),
    "rename.clash": Code(
        "error",
        "The new name of something is that of something else.",
        "Choose a name that is not taken, or rename the other one too.",
    ),
    "rename.invalid": Code(
        "error",
        "A new name would be read as something else than a name at one of its places.",
        "Choose a name of letters, digits and underscores.",
    ),
    "rename.done": Code(
        "note",
        "Names were changed in this many places.",
        "Nothing to do.",
    ),
    "rename.not_followed": Code(
        "warning",
        "The old name stands in a part of the document that is not understood, and was left there.",
        "Look at the place, and change it by hand if the name is meant.",
    ),
    "rename.misc_dropped": Code(
        "note",
        "Something that ROOT or pyhf keep in `misc` does not fit the new names and was removed.",
        "Nothing to do; the likelihood does not depend on it.",
    ),
    "select.unknown": Code(
        "error",
        "A channel or distribution that is to be kept is not part of the likelihood.",
        "Give names of distributions of the likelihood, with or without the prefix `model_`.",
    ),
    "select.constraint_dropped": Code(
        "note",
        "An auxiliary distribution concerns none of the parameters that are left, and was removed.",
        "Nothing to do; list it by hand if it is to stay.",
    ),
    "select.dropped": Code(
        "note",
        "This much of the document is not needed by what was selected.",
        "Nothing to do.",
    ),
    "combine.config": Code(
        "error",
        "The configuration of a combination does not fit what docs/combine.md describes, or names "
        "something that the inputs do not have.",
        "Correct the key that the message names.",
    ),
    "combine.input": Code(
        "error",
        "An input of a combination has nothing to combine, or there are fewer than two.",
        "Give documents with an analysis or a likelihood, and choose with `inputs`.",
    ),
    "combine.conflict": Code(
        "error",
        "Inputs have a parameter of the same name, and do not agree about it.",
        "Settle it by `parameters`, or make them different parameters by `decorrelate`.",
    ),
    "combine.conventions": Code(
        "error",
        "Inputs written by different programs mean different things by the same keys.",
        "Set `clip_at_zero`, which says whose convention the combination follows.",
    ),
    "combine.overlap": Code(
        "error",
        "Two inputs contain the same channel with the same data.",
        "Set `overlap: merge` to count it once, or `overlap: keep` if the events are different.",
    ),
    "combine.same_data": Code(
        "warning",
        "Data of two inputs are equal: the same events may be counted twice.",
        "Make sure that the regions do not overlap.",
    ),
    "combine.shared_events": Code(
        "warning",
        "Unbinned data of two inputs have events in common, which are counted twice.",
        "Leave the region of one input out by `channels`, or make the selections disjoint.",
    ),
    "combine.shared_bins": Code(
        "warning",
        "Binned data of two inputs have the same counts in several bins: regions may overlap.",
        "Leave the region of one input out by `channels`, unless the events are different.",
    ),
    "combine.correlation": Code(
        "error",
        "A correlation matrix is none, or the parameters it is for have no Gaussian constraints.",
        "Give a symmetric, positive matrix with a unit diagonal for free parameters with Gaussian "
        "constraints.",
    ),
    "combine.decomposed": Code(
        "note",
        "Correlated parameters became functions of independent ones, as many as the matrix's rank.",
        "Nothing to do.",
    ),
    "combine.constraint_dropped": Code(
        "note",
        "The constraint of a parameter in this input does not count, as the configuration says.",
        "Nothing to do.",
    ),
    "combine.bins": Code(
        "error",
        "The constraint of a parameter that scales one bin cannot be taken away alone.",
        "Leave the parameters of this modifier as they are.",
    ),
    "combine.shared": Code(
        "note",
        "These parameters are the same ones in several inputs.",
        "Name under `decorrelate` those that are not.",
    ),
    "combine.renamed": Code(
        "note",
        "Names of different things clashed and got the input's name in front.",
        "Nothing to do; `names` chooses what is put in front.",
    ),
    "combine.merged": Code(
        "note",
        "Equal entries of several inputs became one.",
        "Nothing to do.",
    ),
    "combine.dropped": Code(
        "note",
        "A part of an input has no place in the combination.",
        "Nothing to do; the likelihood does not depend on it.",
    ),
    "combine.check": Code(
        "error",
        "The combination does not have the factors and constraints of its inputs.",
        "Combine fewer inputs to find the one; please report it as a defect.",
    ),
}
