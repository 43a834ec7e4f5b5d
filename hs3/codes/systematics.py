"""Codes of covariance matrices that become systematic uncertainties."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    "covariance.config": Code(
        "error",
        "What is said about a covariance matrix does not fit what docs/covariance.md describes, or "
        "names a channel, a sample or a bin that is not there.",
        "Correct the key that the message names.",
    ),
    "covariance.shape": Code(
        "error",
        "A covariance matrix has not as many rows as there are bins of templates.",
        "Name the templates of the rows, in their order, under `templates`.",
    ),
    "covariance.matrix": Code(
        "error",
        "A matrix is not that of a covariance: it is not symmetric, or not positive.",
        "Give the matrix with all its digits; `tolerance` allows for negative eigenvalues that are "
        "due to rounding.",
    ),
    "covariance.variations": Code(
        "note",
        "A covariance matrix became orthogonal variations of templates.",
        "Nothing to do.",
    ),
    "covariance.rounding": Code(
        "note",
        "A slightly negative eigenvalue of a covariance matrix was set to zero.",
        "Nothing to do; a matrix with more digits would not have it.",
    ),
    "covariance.remainder": Code(
        "note",
        "What the leading variations leave of each variance became uncorrelated between bins.",
        "Raise `fraction` to keep more of the correlations.",
    ),
    "covariance.dropped": Code(
        "warning",
        "What the leading variations leave of the variances is not in the model.",
        "Raise `fraction`, or leave `remainder` at `bins`.",
    ),
    "covariance.no_counts": Code(
        "note",
        "Bins without nominal counts have no relative uncertainty.",
        "Give the covariance in counts if these bins have one.",
    ),
    "covariance.negative": Code(
        "warning",
        "Templates are below zero at one standard deviation of a covariance.",
        "Merge bins, or check whether the matrix is relative.",
    ),
    "covariance.clipped": Code(
        "note",
        "Samples that the document cuts at zero follow the variations down to zero only.",
        "Nothing to do where the counts are far from zero.",
    ),
}
