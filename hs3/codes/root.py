"""Writing for ROOT, and reading workspaces of RooFit."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- root: writing for ROOT, and the real ROOT in a child process ---------------------------
    "root.corrupt": Code(
        "error",
        "A ROOT file is damaged: bytes are not what they claim to be.",
        "Copy the file again from its source; open it with ROOT to see whether it can.",
    ),
    "root.unsupported": Code(
        "error",
        "A ROOT file holds something in a form that is not read.",
        "Write it again with a recent ROOT, or convert it there.",
    ),
    "root.key": Code(
        "error",
        "A ROOT file has no entry of the name asked for.",
        "Take one of the names in the message.",
    ),
    "root.workspace": Code(
        "error",
        "A ROOT file holds no workspace, or several of them and none is chosen.",
        "Name one of those in the message.",
    ),
    "root.member": Code(
        "error",
        "An object of a ROOT file lacks something that its class should have.",
        "Report it with the version of ROOT that wrote the file.",
    ),
    # --- root: reading workspaces of RooFit -----------------------------------------------------
    "root.unknown_class": Code(
        "warning",
        "An object of a RooFit class that HS3 has nothing for is kept under its class' name, "
        "without a meaning; what depends on it cannot be evaluated.",
        "Replace it by classes that are known, or convert what does not depend on it.",
    ),
    "root.conditional": Code(
        "note",
        "A density of some observables, given others, is written as the ratio of the density to "
        "its integral.",
        "Nothing.",
    ),
    "root.measurement": Code(
        "note",
        "A constraint that RooFit normalises over its global observables, which are not its "
        "variable, is written as an expression.",
        "Nothing.",
    ),
    "root.floor": Code(
        "warning",
        "A RooRealSumPdf that is cut at zero is written without the cut.",
        "See to it that it is nowhere negative.",
    ),
    "root.not_a_channel": Code(
        "note",
        "A RooRealSumPdf with parts of HistFactory is not what HistFactory makes, and is written "
        "as a sum of functions.",
        "Nothing; the message says what stands in the way of a channel.",
    ),
    "root.bin_width_by_name": Code(
        "note",
        "A constant parameter is taken for the inverse of a bin width, because it is called so, "
        "and multiplied into the contents of the samples.",
        "Nothing, unless the parameter is to float.",
    ),
    "root.fft_buffer": Code(
        "warning",
        "A RooFFTConvPdf has a buffer strategy of its own, which HS3 cannot say.",
        "Compare the likelihood with ROOT's near the ends of the range.",
    ),
    "root.johnson_threshold": Code(
        "warning",
        "A RooJohnson with a threshold is normalised above the threshold, RooFit normalises it "
        "as if there were none.",
        "Let the range of the variable begin at the threshold.",
    ),
    "root.histogram_normalisation": Code(
        "note",
        "A RooHistPdf with interpolation of order two or more is normalised by the sum of its "
        "bins, as RooFit does, and not by its integral.",
        "Nothing.",
    ),
    "root.parametrised_range": Code(
        "warning",
        "The range of a variable is given by functions; their present values are taken.",
        "Check that they are constant.",
    ),
    "root.index_category": Code(
        "warning",
        "A simultaneous density is indexed by something else than a plain category, and is left "
        "out.",
        "Use a RooCategory.",
    ),
    "root.model_config": Code(
        "warning",
        "A ModelConfig has no pdf or no data in the workspace, and gives no analysis.",
        "Correct it in ROOT, or choose pdf and data by name.",
    ),
    "root.no_global_observables": Code(
        "note",
        "A ModelConfig does not say what was measured; ROOT then normalises constraints otherwise.",
        "Set the global observables of the ModelConfig.",
    ),
    "root.snapshot_part": Code(
        "note",
        "A snapshot holds categories, which a parameter point cannot.",
        "Nothing.",
    ),
    "root.column_left_out": Code(
        "note",
        "A column of the data, on which no density depends, is left out.",
        "Nothing.",
    ),
    "root.outside_bins": Code(
        "warning",
        "Entries of binned data are outside of all bins, and are left out.",
        "Correct the range or the binning of the observable in ROOT.",
    ),
    "root.weight_errors": Code(
        "note",
        "Errors of weighted bins are left out; they have no part in the likelihood.",
        "Nothing.",
    ),
    "root.left_out": Code(
        "note",
        "An object of the workspace that is neither model nor data is left out.",
        "Nothing.",
    ),
    "root.not_expressible": Code(
        "error",
        "ROOT's importer cannot be told what a part of the document means.",
        "Rewrite the part, or leave it out, as the message says.",
    ),
    "root.analyses_differ": Code(
        "error",
        "Two analyses give one name different meanings; a workspace of ROOT has it once.",
        "Convert one analysis at a time.",
    ),
    "root.version": Code(
        "error",
        "Documents are not written for this version of ROOT.",
        "Choose one of the versions that the message names.",
    ),
    "root.refused": Code(
        "error",
        "The real ROOT could not do what it was asked to; its own words are in the message.",
        "See what ROOT says.",
    ),
    "root.crashed": Code(
        "error",
        "The process of the real ROOT ended without an answer.",
        "See what ROOT printed last.",
    ),
    "root.timeout": Code(
        "error",
        "The real ROOT took too long and was ended.",
        "Allow more time, or convert a smaller part.",
    ),
    "root.self_check": Code(
        "error",
        "The workspace that ROOT wrote does not evaluate as the document means.",
        "Report it; no file is written.",
    ),
    "root.unchecked": Code(
        "warning",
        "The file that ROOT wrote is not known to evaluate as the document means.",
        "Compare the numbers before relying on the file.",
    ),
    "root.clip_at_zero": Code(
        "warning",
        "ROOT cuts the histosys of a sample at zero within the bounds of the parameters, the "
        "document does not.",
        "Convert without approximation, or narrow the bounds.",
    ),
    "root.custom_shape": Code(
        "note",
        "The histosys of a sample are written as one custom factor, because ROOT reads a histosys "
        "with one interpolation only and cuts it at zero.",
        "Nothing.",
    ),
    "root.custom_factor": Code(
        "note",
        "A normsys is written as a custom factor, because ROOT's class for them does not have its "
        "interpolation.",
        "Nothing.",
    ),
    "root.staterror_as_shapesys": Code(
        "note",
        "A staterror is written as a shapesys of the same parameters, because ROOT would compute "
        "other uncertainties from contents and errors.",
        "Nothing.",
    ),
    "root.constraint_by_normsys": Code(
        "note",
        "A constraint is named by a normsys that multiplies by 1, because no other modifier of "
        "ROOT can name it.",
        "Nothing.",
    ),
    "root.rewritten": Code(
        "note",
        "A function or distribution that ROOT cannot read is written as an equal one that it can.",
        "Nothing.",
    ),
    "root.renamed": Code(
        "note",
        "Names that ROOT rejects are rewritten; `misc.hs3` keeps the original ones.",
        "Nothing.",
    ),
    "reference.wrong_kind": Code(
        "error",
        "A name refers to something of another kind than this place needs.",
        "Refer to something of the kind that the message names.",
    ),
    "reference.duplicate": Code(
        "error",
        "Two entries have the same name, so that references to it are ambiguous.",
        "Rename one of them.",
    ),
    "reference.cycle": Code(
        "error",
        "Definitions refer to one another in a circle.",
        "Break the circle that the message spells out.",
    ),
    "reference.unknown_type": Code(
        "error",
        "A function or distribution of an unknown type is needed.",
        "Use a type of the standard, or register the type (see CONTRIBUTING.md).",
    ),
    "reference.shadowed": Code(
        "warning",
        "A parameter point or domain gives a value to a name that is a function.",
        "Remove the entry; the function's value counts.",
    ),
    "reference.unused_interest": Code(
        "warning",
        "The likelihood does not depend on a parameter of interest.",
        "Correct the name, or remove it from the analysis.",
    ),
}
