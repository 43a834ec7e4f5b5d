"""Compiling, fitting and inference; types from other packages; the command line."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- compile and fit: what the engine is asked for ------------------------------------------
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
    # --- inference: tests, limits, toys ---------------------------------------------------------
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
    # --- extension: types from other packages ---------------------------------------------------
    "extension.failed": Code(
        "error",
        "A package that is installed as an extension cannot be imported.",
        "Repair, update or uninstall the package that the message names.",
    ),
    # --- command: what the command line adds ----------------------------------------------------
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
    "command.asimov": Code(
        "note",
        "What is expected was fitted in place of the data of the document.",
        "Nothing to do; without --asimov the data are fitted.",
    ),
    "command.internal": Code(
        "error",
        "A defect of this software.",
        "Report it, with the document if possible; HS3_DEBUG=1 shows where it happened.",
    ),
}
