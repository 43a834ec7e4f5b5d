"""Conversion from and to HistFactory XML."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- xml: conversion from and to HistFactory XML --------------------------------------------
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
}
