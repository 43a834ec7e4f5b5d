"""Rules about the document as a whole."""

from __future__ import annotations

from .base import rule


@rule("dialect.constant_tag", writers="ROOT, pyhs3")
def constant_tag() -> None:
    """A parameter is constant because of the tag `Constant` in `misc.ROOT_internal.attributes`, or
    because of `const` in its domain, where its parameter point does not say so.
    """


@rule("dialect.observed_fixed", writers="files made by hand")
def observed_fixed() -> None:
    """The observed value of an auxiliary measurement is constant in a fit although the document
    does not say so.
    """


@rule("dialect.combined_distribution", writers="ROOT")
def combined_distribution() -> None:
    """A simultaneous pdf of ROOT stands in `misc.ROOT_internal.combined_distributions`; its parts
    are paired with the data ``<dataset>_<label>``.
    """
