"""Losses of zfit, in both directions."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
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
    "zfit.normalised": Code(
        "warning",
        "A density of zfit does not integrate to one, as it does in HS3; in sums that counts.",
        "Nothing outside of sums; in a sum, replace it by a histogram or a kernel estimate.",
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
}
