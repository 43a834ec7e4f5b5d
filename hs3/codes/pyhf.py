"""Conversion from and to pyhf."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- pyhf: conversion from and to pyhf's JSON -----------------------------------------------
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
        "A constant parameter is constrained in pyhf and not in the document, or the other way "
        "round: the likelihood changes by a constant.",
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
}
