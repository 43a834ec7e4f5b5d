"""Codes of what becomes of a workspace that is upgraded, reduced, simplified or given signals."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- the current standard -----------------------------------------------------------------
    "upgrade.version": Code(
        "note",
        "The document said that it follows another version of the standard.",
        "Nothing to do.",
    ),
    "upgrade.spelled": Code(
        "note",
        "Something was written in the words of the current standard.",
        "Nothing to do; `hs3 diff` shows every change.",
    ),
    "upgrade.auxiliary": Code(
        "note",
        "Constraints that modifiers named, or that no kind describes, are listed as auxiliary.",
        "Nothing to do.",
    ),
    "upgrade.parameters": Code(
        "note",
        "What a convention said about parameters is written in points and domains.",
        "Nothing to do.",
    ),
    "upgrade.left": Code(
        "warning",
        "A likelihood cannot be resolved, so that its channels were not touched.",
        "Correct what `hs3 validate` names, and upgrade again.",
    ),
    "upgrade.check": Code(
        "error",
        "The upgraded document would not mean what the original does.",
        "Please report it as a defect.",
    ),
    # --- smaller workspaces -------------------------------------------------------------------
    "reduce.unknown": Code(
        "error",
        "A parameter, channel, sample or axis that is to be changed is not in the document.",
        "Give one of the names that the document has.",
    ),
    "reduce.value": Code(
        "error",
        "A value, factor or threshold is outside of what it can be.",
        "Give one inside.",
    ),
    "reduce.check": Code(
        "error",
        "A likelihood of the reduced document cannot be resolved any more.",
        "Leave out the change that the message is about; please report it if it should work.",
    ),
    "freeze.done": Code(
        "note",
        "Parameters are replaced by their values everywhere.",
        "Nothing to do.",
    ),
    "freeze.constant": Code(
        "note",
        "A frozen parameter has to stay somewhere, and is a constant there.",
        "Nothing to do; the likelihood is the same.",
    ),
    "freeze.constraint": Code(
        "note",
        "The likelihood loses a constant factor, the constraints of frozen parameters.",
        "Add the constant where absolute values of -ln L are compared.",
    ),
    "merge.bins": Code(
        "note",
        "Neighbouring bins became one.",
        "Nothing to do; the likelihood is that of the coarser measurement.",
    ),
    "merge.samples": Code(
        "note",
        "Several samples became one.",
        "Nothing to do.",
    ),
    "merge.approximated": Code(
        "warning",
        "After merging, a variation is not exactly what it was.",
        "Compare the results before and after, or do not merge these.",
    ),
    "merge.edges": Code(
        "error",
        "The bins of a channel cannot be merged so.",
        "Give a number that divides that of the bins, or edges that are there.",
    ),
    "merge.shared": Code(
        "error",
        "Other channels share parameters of single bins, or data, with what is to be merged.",
        "Decorrelate them first, or leave the channel as it is.",
    ),
    "merge.refused": Code(
        "error",
        "Something cannot be merged without changing what it means.",
        "Freeze or prune it first, or leave it out of the merging.",
    ),
    "scale.done": Code(
        "note",
        "A sample was scaled.",
        "Nothing to do.",
    ),
    "prune.modifier": Code(
        "note",
        "A systematic was left out of a sample of a channel.",
        "Look at the refits, and lower the thresholds if they differ.",
    ),
    "prune.shape": Code(
        "note",
        "The shape of a systematic was left out, its normalisation stays.",
        "Look at the refits, and lower the thresholds if they differ.",
    ),
    "prune.norm": Code(
        "note",
        "The normalisation of a systematic was left out, its shape stays.",
        "Look at the refits, and lower the thresholds if they differ.",
    ),
    "prune.bin": Code(
        "note",
        "The statistical uncertainty of a bin was left out.",
        "Look at the refits, and lower the threshold if they differ.",
    ),
    "prune.done": Code(
        "note",
        "This many parameters are gone.",
        "Nothing to do.",
    ),
    # --- simplified likelihoods ---------------------------------------------------------------
    "simplify.approximated": Code(
        "warning",
        "The background of a simplified likelihood is Gaussian and linear in its shifts.",
        "Compare profiles and limits with the full likelihood before using it.",
    ),
    "simplify.signal": Code(
        "note",
        "The uncertainties of the signal are not part of a simplified likelihood.",
        "Add them to the signal that is put in, where they matter.",
    ),
    "simplify.data_twice": Code(
        "warning",
        "The covariance of the background knows the data that it is used with.",
        "Name the control channels, so that the signal regions are masked in the fit.",
    ),
    "simplify.ridge": Code(
        "note",
        "A covariance without inverse was given a small variance of each bin alone.",
        "Use the form `eigenvectors`, which needs no inverse.",
    ),
    "simplify.terms": Code(
        "error",
        "A likelihood with other terms than HistFactory channels cannot be simplified.",
        "Select the channels first (`hs3 select`).",
    ),
    "simplify.no_signal": Code(
        "error",
        "There is nothing to simplify: no parameter of interest, no signal, or no channel left.",
        "Name an analysis with a parameter of interest that scales a sample.",
    ),
    "simplify.unmeasured": Code(
        "error",
        "A parameter that floats has no width before a fit.",
        "Take the covariance after the fit, or name the control channels that tell it.",
    ),
    # --- reinterpretation ---------------------------------------------------------------------
    "reinterpret.table": Code(
        "error",
        "A table of signals does not have the form that docs/reinterpretation.md describes.",
        "Correct the place that the message names.",
    ),
    "reinterpret.unknown": Code(
        "error",
        "A table of signals names a channel, sample or hypothesis that is not there.",
        "Give one of the names that the document, or the table, has.",
    ),
    "reinterpret.bins": Code(
        "error",
        "A signal does not have as many yields as a channel has bins.",
        "Give one number for each bin, in the order of the document.",
    ),
    "reinterpret.taken": Code(
        "error",
        "A channel has a sample of the name of the new one.",
        "Name it under `replace`, or call the new one otherwise.",
    ),
    "reinterpret.empty": Code(
        "error",
        "Without its signal a channel has no samples.",
        "Name under `replace` what is really signal.",
    ),
    "reinterpret.removed": Code(
        "note",
        "A sample of the old signal was taken away.",
        "Nothing to do; `replace` chooses which.",
    ),
    "reinterpret.staterror": Code(
        "note",
        "Without the old signal, statistical uncertainties of bins are those of the background.",
        "Nothing to do.",
    ),
    # --- drawings -----------------------------------------------------------------------------
    "graph.too_large": Code(
        "error",
        "A drawing of the document has more boxes than can be read.",
        "Draw the neighbourhood of a name with `--around`, or write DOT or GraphML.",
    ),
}
