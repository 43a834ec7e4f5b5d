"""The code of every finding, with its severity, its meaning and its cure.

A code is a promise: it is never renamed, and never used for anything else. `spec/errors.md` is
generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Code:
    """What a code stands for: `severity`, `meaning` (what is so) and `cure` (what to do)."""

    severity: Literal["error", "warning", "note"]
    meaning: str
    cure: str


CODES: dict[str, Code] = {
    # --- read: from a file to JSON ----------------------------------------------------------
    "read.failed": Code(
        "error",
        "A file cannot be opened.",
        "Check the path and the permissions.",
    ),
    "read.format": Code(
        "error",
        "A file is neither an HS3 document nor a pyhf workspace.",
        "Convert it with the software that wrote it, or give the file that was meant.",
    ),
    "read.archive": Code(
        "error",
        "A file is no archive of this package, or damaged.",
        "Give a file that `hs3 archive` wrote, as it was.",
    ),
    "read.syntax": Code(
        "error",
        "The text is not strict JSON (RFC 8259).",
        "Correct it at the line and column that the message gives.",
    ),
    "read.too_large": Code(
        "error",
        "The text is larger than what is read from an untrusted source.",
        "Split the document, or raise `limits` in `hs3.jsonio`.",
    ),
    "read.too_deep": Code(
        "error",
        "The text nests deeper than what is read from an untrusted source.",
        "Flatten the document, or raise `limits` in `hs3.jsonio`.",
    ),
    # --- conversion and writing -------------------------------------------------------------
    "conversion.failed": Code(
        "error",
        "What was asked for cannot be expressed in the other format without changing its meaning.",
        "Remove or replace the part that the message names.",
    ),
    "conversion.format": Code(
        "error",
        "The format to convert to is not known.",
        "Choose one of the formats that the message names.",
    ),
    "conversion.option": Code(
        "error",
        "An option does not apply to the format of the file.",
        "Leave the option out.",
    ),
    "archive.errors": Code(
        "error",
        "A document with errors is not archived.",
        "Correct what `hs3 validate` names.",
    ),
    "archive.no_numbers": Code(
        "error",
        "No likelihood of the document can be evaluated, so that nothing could check an archive.",
        "Add an analysis or a likelihood, or what its evaluation lacks.",
    ),
    "write.failed": Code(
        "error",
        "The output cannot be written.",
        "Check the path, the permissions and the space that is left.",
    ),
    # --- compile and fit: what the engine is asked for --------------------------------------
    "compile.failed": Code(
        "error",
        "The engine cannot evaluate a part of the likelihood.",
        "Remove or replace the part that the message names.",
    ),
    "compile.data_shape": Code(
        "error",
        "Data do not have the binning that a distribution of bin counts has.",
        "Give the data the axes of the distribution.",
    ),
    "compile.no_data": Code(
        "error",
        "A channel has no data, so that there is no likelihood.",
        "Choose a likelihood, or name the data.",
    ),
    "compile.no_logarithm": Code(
        "error",
        "An exponential interpolation goes between factors that are not all above zero.",
        "Use a polynomial or linear interpolation, or correct the factors.",
    ),
    "compile.unknown_distribution_type": Code(
        "error",
        "The engine has no formula for a type of distribution.",
        "Use a type that it has, or add the formula (see CONTRIBUTING.md).",
    ),
    "compile.unknown_function_type": Code(
        "error",
        "The engine has no formula for a type of function.",
        "Use a type that it has, or add the formula (see CONTRIBUTING.md).",
    ),
    "compile.unknown_modifier_type": Code(
        "error",
        "A type of HistFactory modifier was declared, but what it does to the bins was not.",
        "Attach its function (see CONTRIBUTING.md), or update the package that declares it.",
    ),
    "compile.unsupported": Code(
        "error",
        "The engine does not evaluate a distribution in the place where it stands.",
        "Choose a likelihood without it.",
    ),
    "conformance.backend": Code(
        "error",
        "The class of a backend cannot be imported, or its process ends at once.",
        "Give `module:Class` of a package that is installed beside this one.",
    ),
    "conformance.form": Code(
        "error",
        "A fixture is not of the form of the official suite.",
        "Write `expected.json` with a list `checks` of objects with a `kind`.",
    ),
    "conformance.structure": Code(
        "error",
        "A document lacks a distribution, function or data object that a fixture asks for.",
        "Correct the reader, or the fixture.",
    ),
    "evaluate.failed": Code(
        "error",
        "A number cannot be trusted, for the reason that the message gives.",
        "Follow the message.",
    ),
    "evaluate.inaccurate": Code(
        "error",
        "A numerical integral does not reach the accuracy that was asked for.",
        "Narrow the range, or ask for less accuracy (`Options.accuracy`).",
    ),
    "evaluate.negative_density": Code(
        "error",
        "A density is negative or undefined at an event.",
        "Bound the parameters so that the density stays positive where there are data.",
    ),
    "evaluate.undefined": Code(
        "error",
        "The likelihood is not a number at these parameter values.",
        "Check the bounds of the parameters.",
    ),
    "fit.invalid": Code(
        "error",
        "What was asked of the fit makes no sense for this model.",
        "Correct what the message names.",
    ),
    "fit.choice": Code(
        "error",
        "An analysis, likelihood, pdf or data was asked for together with a compiled model.",
        "Give the choice to `compile`, or a workspace to `fit`.",
    ),
    "fit.not_floating": Code(
        "error",
        "An interval was asked for a parameter that does not float in the fit.",
        "Let the parameter float.",
    ),
    "fit.start_outside": Code(
        "error",
        "A parameter starts outside of its bounds.",
        "Start inside, or hold the parameter fixed.",
    ),
    "fit.unknown_minimizer": Code(
        "error",
        "There is no such minimiser.",
        "Use one of those that the message names.",
    ),
    "fit.unknown_parameter": Code(
        "error",
        "The model has no parameter of this name.",
        "Use one of the names that the message suggests; `hs3 show` lists all.",
    ),
    "fit.not_converged": Code(
        "error",
        "What was asked for stands on a fit, and that fit did not converge.",
        "Look at the message of `hs3 fit`; fix parameters that the data do not determine.",
    ),
    "fit.no_saturated_model": Code(
        "error",
        "The goodness of fit by the saturated model needs counts, and these data are not binned.",
        "Take a likelihood whose factors are HistFactory channels and constraints.",
    ),
    "fit.wrong_data": Code(
        "error",
        "Data do not have the channels, bins or auxiliary measurements of the model.",
        "Give counts for every bin of every channel, and every auxiliary measurement.",
    ),
    "fit.wrong_shape": Code(
        "error",
        "An array of parameter values has a wrong length.",
        "Give one value for each parameter, in the order of `model.names`.",
    ),
    # --- inference: tests, limits, toys -------------------------------------------------------
    "inference.damaged_chunk": Code(
        "error",
        "A file with the results of a chunk of toys cannot be read.",
        "Remove the file; its toys are done again.",
    ),
    "inference.insensitive": Code(
        "error",
        "The data say nothing about the parameter of interest.",
        "Choose another parameter, or another signal.",
    ),
    "inference.limit_outside": Code(
        "error",
        "An upper limit lies outside of the bounds of the parameter of interest.",
        "Give wider bounds.",
    ),
    "inference.not_converged": Code(
        "error",
        "A fit that a test or a limit needs did not converge.",
        "Fit the model alone, look at the parameters at their bounds, and correct the model.",
    ),
    "inference.poi": Code(
        "error",
        "It is not clear which parameter is the one of interest.",
        "Name it.",
    ),
    "inference.statistic": Code(
        "error",
        "There is no such test statistic, or it does not fit the question.",
        "Use one of those that the message names.",
    ),
    # --- extension: types from other packages -----------------------------------------------
    "extension.failed": Code(
        "error",
        "A package that is installed as an extension cannot be imported.",
        "Repair, update or uninstall the package that the message names.",
    ),
    # --- command: what the command line adds ------------------------------------------------
    "command.usage": Code(
        "error",
        "The command line is wrong.",
        "See `hs3 --help` and `hs3 COMMAND --help`.",
    ),
    "command.memory": Code(
        "error",
        "The document needs more memory than there is.",
        "Use a machine with more memory, or a smaller document.",
    ),
    "command.internal": Code(
        "error",
        "A defect of this software.",
        "Report it, with the document if possible; HS3_DEBUG=1 shows where it happened.",
    ),
    # --- document: the shape of the JSON ---------------------------------------------------
    "document.invalid": Code(
        "error",
        "A value does not have the form that the standard gives this key.",
        "Give the value the form that the message names.",
    ),
    "document.unknown_key": Code(
        "note",
        "A key that this project does not know is kept and written back, and has no effect.",
        "Check the spelling; remove the key if it was meant to have an effect.",
    ),
    "document.unknown_section": Code(
        "note",
        "A top-level section that the standard does not have is kept and has no effect.",
        "Move private information to `misc`.",
    ),
    "document.no_type": Code(
        "warning",
        "A distribution or function has no type. ROOT writes objects of classes that it cannot "
        "export so.",
        "Write the type, or convert the ROOT file itself.",
    ),
    "document.unknown_type": Code(
        "warning",
        "An entry of a type that this project does not know is kept; what depends on it cannot be "
        "evaluated.",
        "Use a type of the standard, or register the type (see CONTRIBUTING.md).",
    ),
    "document.missing_metadata": Code(
        "warning",
        "The section `metadata` or its `hs3_version` is missing.",
        'Add "metadata": {"hs3_version": "0.2.9"}.',
    ),
    # --- expression: generic expressions (chapter 3.1) --------------------------------------
    "expression.invalid": Code(
        "error",
        "A generic expression does not follow the grammar of chapter 3.1.",
        "Correct the expression at the position that the message gives.",
    ),
    "expression.unknown_function": Code(
        "error",
        "A generic expression calls a function that neither the standard nor ROOT has.",
        "Use a function of chapter 3.1; spec/expressions.md lists them all.",
    ),
    "expression.extension": Code(
        "note",
        "A generic expression uses what chapter 3.1 does not define; it is read as ROOT reads it.",
        "Use the functions and operators of chapter 3.1, so that every implementation can read it.",
    ),
    "expression.root_constant": Code(
        "note",
        "A name in an expression that nothing in the document has is one of ROOT's constants "
        "(pi, e, sqrt2, ln10, loge, true, false).",
        "Use PI, EULER, TRUE, FALSE or the number.",
    ),
    "expression.integer_division": Code(
        "warning",
        "A quotient of two integers is a fraction by the standard; ROOT rounds it towards zero.",
        "Write one of the two as a floating point number, for instance 1.0/2.",
    ),
    "expression.chained_comparison": Code(
        "warning",
        "a < b < c compares the truth value of a < b, 0 or 1, with c.",
        "Write (a < b) && (b < c) if that was meant.",
    ),
    # --- reference: names ---------------------------------------------------------------------
    "reference.unresolved": Code(
        "error",
        "A name is used that nothing in the document has.",
        "Define it, or correct the spelling.",
    ),
    # --- pyhf: conversion from and to pyhf's JSON ---------------------------------------------
    "pyhf.invalid": Code(
        "error",
        "A value does not fit the schema of pyhf's JSON, version 1.0.0.",
        "Correct the document; pyhf refuses it, too.",
    ),
    "pyhf.length": Code(
        "error",
        "A list has another length than the bins or parameters it is for.",
        "Give one number per bin (per parameter in a measurement).",
    ),
    "pyhf.duplicate": Code(
        "error",
        "A name stands twice where pyhf would silently use one of the two.",
        "Rename or remove one.",
    ),
    "pyhf.observation_missing": Code(
        "error",
        "A channel has no observation of its name.",
        "Add the observation, or correct its name.",
    ),
    "pyhf.repeated_modifier": Code(
        "warning",
        "A sample has two modifiers of the same type and name; pyhf uses the last one.",
        "Remove the one that has no effect.",
    ),
    "pyhf.name_reuse": Code(
        "error",
        "Modifiers share a name, and so parameters, that pyhf does not let them share.",
        "Rename one; only histosys and normsys may share a name with one another.",
    ),
    "pyhf.shapefactor_bins": Code(
        "error",
        "A shapefactor stands in channels of different binning; pyhf would scale the surplus bins "
        "by a parameter that has nothing to do with it.",
        "Use the shapefactor in channels with the same number of bins.",
    ),
    "pyhf.staterror_samples": Code(
        "error",
        "The samples that share a staterror do not share it in all of its channels.",
        "Use one name per channel.",
    ),
    "pyhf.staterror_name": Code(
        "error",
        "The name of a staterror has a slash in it, and pyhf 0.7.6 cannot build the model.",
        "Rename the staterror.",
    ),
    "pyhf.number_range": Code(
        "error",
        "A relative uncertainty is too large or too small for a float.",
        "Correct the counts or uncertainties.",
    ),
    "pyhf.lumi_unset": Code(
        "error",
        "The luminosity has no defaults in pyhf, and the measurement does not set it.",
        "Give `inits`, `bounds`, `auxdata` and `sigmas` of the parameter `lumi`.",
    ),
    "pyhf.setting": Code(
        "error",
        "A measurement sets something of a parameter that the parameter does not have.",
        "Remove the setting; `sigmas` are for lumi and staterror, `factors` for shapesys.",
    ),
    "pyhf.unused_parameter": Code(
        "note",
        "A measurement configures a parameter that no modifier has.",
        "Correct the name, or remove the settings.",
    ),
    "pyhf.poi_missing": Code(
        "warning",
        "The parameter of interest is not a parameter of the model, or one per bin.",
        "Apply the signal patch, or name another parameter of interest.",
    ),
    "pyhf.interpolation": Code(
        "note",
        "pyhf's files carry no interpolation codes; those of its command line and of ROOT are "
        "taken, or those asked for.",
        "Choose others with the option `interpolation`.",
    ),
    "pyhf.interpolation_option": Code(
        "error",
        "The option `interpolation` names a code that pyhf does not have.",
        "Use code4, code1, or a pair such as code4,code4p.",
    ),
    "pyhf.code2": Code(
        "warning",
        "pyhf's code2 is not the parabola with linear tails of the standard: its tails miss a "
        "constant.",
        "Expect differences from pyhf outside of |alpha| < 1.",
    ),
    "pyhf.normsys_nonpositive": Code(
        "warning",
        "A normsys has a factor that is not above zero, where pyhf computes NaN.",
        "Give factors above zero.",
    ),
    "pyhf.staterror_explicit": Code(
        "note",
        "A staterror is written as a shapefactor with explicit Gaussian constraints.",
        "Nothing; the likelihood is the same.",
    ),
    "pyhf.renamed": Code(
        "note",
        "A name had to change because something else has it.",
        "Nothing, or rename one of the two.",
    ),
    "pyhf.measurement_name": Code(
        "error",
        "The document has no measurement of that name.",
        "Use one of the names that the message lists.",
    ),
    "pyhf.patch": Code(
        "error",
        "A JSON Patch is malformed or does not fit the workspace.",
        "Apply it to the workspace that it was made for.",
    ),
    "pyhf.patch_name": Code(
        "error",
        "The patchset has no such patch, or a name is needed to choose one.",
        "Use one of the names that the message lists.",
    ),
    "pyhf.digest": Code(
        "warning",
        "A patchset was made for another workspace than it is applied to.",
        "Use the workspace whose digest the patchset carries.",
    ),
    "pyhf.not_expressible": Code(
        "error",
        "pyhf has nothing that means the same.",
        "Keep the document in HS3, or simplify the model.",
    ),
    "pyhf.poisson_shared": Code(
        "error",
        "Poisson-constrained factors per bin scale several samples; pyhf has that with Gaussian "
        "constraints only.",
        "Ask for the approximation (Gaussian constraints of the same width).",
    ),
    "pyhf.poisson_as_gauss": Code(
        "warning",
        "Poisson constraints shared by several samples became Gaussian ones of the same width.",
        "Nothing; this was asked for.",
    ),
    "pyhf.unconstrained": Code(
        "error",
        "pyhf constrains every histosys, normsys, shapesys and staterror, and this one is free.",
        "Constrain the parameter, or make it constant.",
    ),
    "pyhf.constant_term": Code(
        "note",
        "pyhf constrains a constant parameter that the document does not constrain: the likelihood "
        "changes by a constant.",
        "Nothing; fits and tests are the same.",
    ),
    "pyhf.rewritten": Code(
        "note",
        "A modifier becomes another type in pyhf, with the same meaning.",
        "Nothing; the likelihood is the same.",
    ),
    "pyhf.support": Code(
        "warning",
        "A constraint is normalised over a range that cuts its tail; pyhf has the whole real line.",
        "Expect a small difference that moves with the parameter.",
    ),
    "pyhf.bounds": Code(
        "warning",
        "A parameter without finite bounds gets some, because pyhf needs them.",
        "Give the parameter a domain.",
    ),
    "pyhf.fixed_bins": Code(
        "warning",
        "pyhf keeps all parameters of a modifier constant or none.",
        "Fix the parameters when fitting with pyhf.",
    ),
    "pyhf.interpolation_mixed": Code(
        "error",
        "The document interpolates in ways that pyhf does not have, or in several at once.",
        "Ask for the approximation (codes 4 and 4p).",
    ),
    "pyhf.interpolation_changed": Code(
        "warning",
        "Another interpolation was put in place of one that pyhf does not have.",
        "Nothing; this was asked for.",
    ),
    "pyhf.modifier_settings": Code(
        "warning",
        "The interpolation codes are not those that pyhf takes by itself, and its file has none.",
        "Give pyhf the `modifier_settings` of the message.",
    ),
    "pyhf.clipping": Code(
        "warning",
        "The document cuts negative rates at zero, and pyhf does not.",
        "Expect differences only where a rate becomes negative.",
    ),
    "pyhf.binning": Code(
        "note",
        "pyhf knows bins, but neither their edges nor several axes.",
        "Keep the HS3 document.",
    ),
    "pyhf.several_pois": Code(
        "note",
        "pyhf takes one parameter of interest.",
        "Put the one that matters first.",
    ),
    "pyhf.metadata": Code(
        "note",
        "pyhf's file has no place for authors, publications or a description.",
        "Keep the HS3 document.",
    ),
    "pyhf.parameter_name": Code(
        "note",
        "A parameter has another name in pyhf, which makes names from those of modifiers.",
        "Nothing.",
    ),
    "pyhf.analysis_left_out": Code(
        "warning",
        "An analysis is not a measurement of the same channels, or pyhf cannot express it.",
        "Convert it by itself.",
    ),
    "pyhf.stored_invalid": Code(
        "note",
        "The section `misc.pyhf` is not what an import from pyhf writes; it has no effect.",
        "Remove it.",
    ),
    "pyhf.stored_outdated": Code(
        "note",
        "The document was changed after its import from pyhf; what was stored then is not used.",
        "Nothing.",
    ),
    # --- root: writing for ROOT, and the real ROOT in a child process ------------------------
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
    # --- root: reading workspaces of RooFit ---------------------------------------------------
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
    "zfit.not_expressible": Code(
        "error",
        "Something has no equal on the other side: in HS3 or in zfit.",
        "Remove or replace the part that the message names; towards zfit, `carry=True` evaluates "
        "it with the formulas of this package.",
    ),
    "zfit.sampled": Code(
        "note",
        "A density that zfit makes of data is written as a spline through points of it.",
        "Nothing, where the deviation that the message gives is small enough.",
    ),
    "zfit.convolution": Code(
        "note",
        "A convolution is written exactly, where zfit interpolates on a grid.",
        "Raise `n` in zfit where the two are to agree better.",
    ),
    "zfit.carried": Code(
        "note",
        "zfit has no equal for a document, so that its loss calls the formulas of this package.",
        "Nothing; such a loss has no models that zfit could sample or plot.",
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
    # --- xml: conversion from and to HistFactory XML -------------------------------------------
    "xml.syntax": Code(
        "error",
        "An XML file is not well-formed, or nested too deep.",
        "Correct it at the line that the path gives.",
    ),
    "xml.entity": Code(
        "error",
        "An XML file declares entities; they are not expanded.",
        "Write their text in their place.",
    ),
    "xml.file": Code(
        "error",
        "A file of an XML set cannot be found or read.",
        "Check the path, and the folder that the paths are relative to (`root_dir`).",
    ),
    "xml.outside": Code(
        "error",
        "A path in an XML set leads out of its folder; nothing is read from there.",
        "Give a folder that holds all files as `root_dir`.",
    ),
    "xml.histogram": Code(
        "error",
        "A histogram is missing, or cannot be read.",
        "Check its name and the folder in the ROOT file.",
    ),
    "xml.driver": Code(
        "error",
        "An XML file is not what its place asks for: a Combination with Inputs and Measurements "
        "as driver, a Channel as Input.",
        "Give the driver, the file with the Combination.",
    ),
    "xml.unknown": Code(
        "error",
        "An element or attribute is not part of HistFactory XML; ROOT stops there too.",
        "Remove or correct it.",
    ),
    "xml.value": Code(
        "error",
        "An attribute is missing or has a value without meaning.",
        "Give a value as HistFactorySchema.dtd and the message say.",
    ),
    "xml.binning": Code(
        "error",
        "Histograms of one channel do not have the same bins.",
        "Give all of them the binning of the channel's first sample.",
    ),
    "xml.no_data": Code(
        "error",
        "A channel has no Data.",
        "Give the observed counts, or the expected ones for an Asimov fit.",
    ),
    "xml.function": Code(
        "error",
        "A Function is not a plain expression of the dependents that it lists.",
        "Use the expressions of the standard, and dependents such as x[1,0,3].",
    ),
    "xml.measurement": Code(
        "error",
        "The driver has no measurement of the name that was asked for.",
        "Give one of the names that the message lists.",
    ),
    "xml.interpolation": Code(
        "note",
        "XML does not say how systematics are interpolated; the codes of ROOT's HistFactory are "
        "taken.",
        "Nothing.",
    ),
    "xml.default": Code(
        "note",
        "An attribute is missing, and ROOT's default is taken.",
        "Write it out.",
    ),
    "xml.not_carried": Code(
        "note",
        "An attribute or element steers programs and says nothing about the model.",
        "Nothing.",
    ),
    "xml.no_effect": Code(
        "warning",
        "An element has no effect on the model.",
        "Correct the name that it refers to, or remove it.",
    ),
    "xml.additional_data": Code(
        "note",
        "Additional data of a channel are kept, but are in no likelihood.",
        "Name them in a likelihood to use them.",
    ),
    "xml.conflict": Code(
        "warning",
        "Two places say different things about one parameter; one counts, as in ROOT.",
        "Let all of them say the same.",
    ),
    "xml.normfactor_const": Code(
        "warning",
        "A NormFactor says Const: the parameter is constant, which ROOT's HistFactory ignores.",
        "Say it in a ParamSetting.",
    ),
    "xml.normalize_by_theory": Code(
        "warning",
        'A sample with NormalizeByTheory="False" does not scale with a floating luminosity; in '
        "ROOT 6.40 it does, against ROOT's documentation.",
        'Keep the luminosity constant, or say NormalizeByTheory="True", to have the same model '
        "everywhere.",
    ),
    "xml.constraint_term": Code(
        "warning",
        "A ConstraintTerm means different things to different versions of ROOT.",
        "Compare with the version that the model was made for.",
    ),
    "xml.poi_missing": Code(
        "warning",
        "The parameter of interest of a measurement is not in its model.",
        "Name a parameter of the model.",
    ),
    "xml.not_expressible": Code(
        "error",
        "HistFactory XML cannot say what the document says.",
        "Convert to HS3 or ROOT, or change the model.",
    ),
    "xml.analysis_left_out": Code(
        "warning",
        "An analysis cannot become a measurement of the same XML set.",
        "Convert it by itself (`analysis`).",
    ),
    "xml.parameter_name": Code(
        "note",
        "A parameter gets the name that HistFactory makes for its element.",
        "Nothing.",
    ),
    "xml.channel_name": Code(
        "note",
        "A channel gets another name, because ROOT refuses the one it has.",
        "Nothing.",
    ),
    "xml.range": Code(
        "note",
        "A parameter has another range than the one it gets in HistFactory.",
        "Nothing, unless a fit ends at the edge of the range.",
    ),
    "xml.clipping": Code(
        "warning",
        "ROOT cuts the rates of samples with a HistoSys at zero, the document does not.",
        "Nothing, unless rates become negative where the likelihood is evaluated.",
    ),
    "xml.constant_term": Code(
        "note",
        "A constant parameter has a constraint on one side only: a constant of the likelihood.",
        "Nothing; differences of the likelihood are the same.",
    ),
    # --- histograms and columns of Python ---------------------------------------------------
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
    # --- datacards of CMS Combine -----------------------------------------------------------
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
    # --- selection: what is to be resolved --------------------------------------------------
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
    # --- likelihood -------------------------------------------------------------------------
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
    # --- parameter --------------------------------------------------------------------------
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
    # --- domain, axes and data --------------------------------------------------------------
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
    # --- histfactory ------------------------------------------------------------------------
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
        "A factor of a sample is a function of the observable; only factors that hold for the "
        "whole sample, or one per bin, can be evaluated.",
        "Give one parameter per bin (shapefactor).",
    ),
    # --- constraint -------------------------------------------------------------------------
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
        "The width or auxiliary count of a constraint is not above zero.",
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
    # --- changes of workspaces --------------------------------------------------------------
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


_HEAD = """# Findings

Every finding has one of the codes below, a severity, a JSON pointer to its place, and where it
helps the value and the nearest valid names. An *error* means that what it touches cannot be used,
a *warning* that it probably does not say what its author meant, a *note* that a convention was
applied, a default taken, or something kept but not understood. Codes never change their meaning.
The codes that begin with `dialect.` are explained in dialects.md.

This page is printed by `python -m hs3.codes`.
"""


def page(codes: dict[str, Code]) -> str:
    """The text of spec/errors.md."""
    lines = [_HEAD]
    for group in dict.fromkeys(code.split(".")[0] for code in codes):
        lines += [f"## {group}", "", "| code | severity | meaning | cure |", "|---|---|---|---|"]
        for name, code in codes.items():
            if name.split(".")[0] == group:
                lines.append(f"| `{name}` | {code.severity} | {code.meaning} | {code.cure} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    # Rules declare codes of their own; as a script, this module is not the one that they use.
    import hs3.dialects
    from hs3.codes import CODES as _ALL

    assert hs3.dialects.RULES
    print(page(_ALL), end="")
