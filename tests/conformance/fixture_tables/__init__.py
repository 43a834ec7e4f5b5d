"""The fixtures, by what they are about; `make_fixtures.py` writes them."""

from __future__ import annotations

from . import numbers, refused, reported

ALL = (
    numbers.densities,
    numbers.edges_of_densities,
    numbers.functions,
    numbers.terms,
    numbers.edges_of_terms,
    numbers.channels,
    numbers.workspaces,
    refused.forms,
    refused.parameters,
    refused.meanings,
    reported.findings,
    reported.dialects,
)
"""Every table: each call yields fixtures."""
