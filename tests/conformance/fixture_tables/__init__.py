"""The fixtures, by what they are about; `make_fixtures.py` writes them."""

from __future__ import annotations

from . import (
    decisions,
    evaluated,
    kinds,
    numbers,
    other_formats,
    random_documents,
    refused,
    reported,
)

ALL = (
    numbers.densities,
    numbers.edges_of_densities,
    numbers.functions,
    numbers.terms,
    numbers.edges_of_terms,
    numbers.channels,
    numbers.workspaces,
    decisions.decisions,
    refused.forms,
    refused.parameters,
    refused.meanings,
    reported.findings,
    reported.dialects,
    evaluated.codes,
    *other_formats.TABLES,
    random_documents.documents,
    kinds.round_trips,
    kinds.counts,
    kinds.best_fits,
    kinds.samples,
    kinds.limits,
)
"""Every table: each call yields fixtures."""
