"""Histograms and columns of Python, and datacards of CMS Combine."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- histograms and columns of Python -------------------------------------------------------
    "histogram.form": Code(
        "error",
        "A Python histogram has no counts in bins with edges.",
        "Give a histogram of counts on axes with finite edges.",
    ),
    "histogram.overflow": Code(
        "warning",
        "A Python histogram has entries outside of all bins, which are left out.",
        "Add them to the outer bins before, if they are to count.",
    ),
    "columns.form": Code(
        "error",
        "A table does not give one finite number per event and observable.",
        "Check the names of the columns, and leave out events with missing numbers.",
    ),
    "columns.outside": Code(
        "error",
        "Events of a table lie outside of the range of an observable.",
        "Select the events inside of the range, or widen it.",
    ),
    # --- datacards of CMS Combine ---------------------------------------------------------------
    "datacard.syntax": Code(
        "error",
        "A line of a datacard cannot be read, or contradicts another one.",
        "Correct the line that the path gives.",
    ),
    "datacard.unsupported": Code(
        "error",
        "A datacard holds what HS3 cannot say, or what stands in a RooWorkspace.",
        "Leave it out or replace it; a workspace of Combine can be read as a ROOT file.",
    ),
    "datacard.file": Code(
        "error",
        "A file that a datacard names cannot be found or read.",
        "Check the path, which is relative to the card.",
    ),
    "datacard.outside": Code(
        "error",
        "A path in a datacard leads out of its folder; nothing is read from there.",
        "Give a folder that holds the card and its files as `root_dir`.",
    ),
    "datacard.histogram": Code(
        "error",
        "A histogram that a datacard needs is missing, or cannot be read.",
        "Check the lines `shapes` and the names in the ROOT file.",
    ),
    "datacard.binning": Code(
        "error",
        "Histograms of one channel have different bins.",
        "Make them with the same bins.",
    ),
    "datacard.mass": Code(
        "error",
        "A datacard has `$MASS` in a name, and no mass is given.",
        "Give a `mass` (`--mass`), as to Combine's `-m`.",
    ),
    "datacard.normalisation": Code(
        "error",
        "The numbers of a datacard do not agree with its histograms, as Combine wants them to.",
        "Correct the rate or observation, or give -1 to take the integral of the histogram.",
    ),
    "datacard.signal_strength": Code(
        "note",
        "The yields of all signal processes of a datacard are multiplied by `r`.",
        "Nothing, unless the card is for another physics model of Combine.",
    ),
    "datacard.interpolation": Code(
        "note",
        "The shape systematics of a datacard are interpolated as Combine does by default.",
        "Nothing, unless text2workspace.py was to be called with `--default-morphing`.",
    ),
    "datacard.floor": Code(
        "warning",
        "Bins of templates can fall below zero, where Combine cuts them and HS3 does not.",
        "Look where the fit ends; the likelihoods differ beyond that point only.",
    ),
    "datacard.morph": Code(
        "note",
        "Combine cuts bins of templates at zero, which a modifier outside of the standard says.",
        "Nothing; for histosys without that cut, give the option `morphing` (`histosys`).",
    ),
    "datacard.small_normalisation": Code(
        "note",
        "Shape systematics change an integral by less than 0.1%, which is left out.",
        "Nothing: Combine does the same.",
    ),
    "datacard.no_effect": Code(
        "note",
        "A process with rate 0, or a systematic that changes nothing, is left out.",
        "Nothing: Combine does the same.",
    ),
    "datacard.nofloat": Code(
        "warning",
        "A systematic is marked `[nofloat]`, on which only options of Combine act; it floats.",
        "Set it constant where it is meant to be.",
    ),
}
