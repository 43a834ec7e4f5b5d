"""Random events of distributions: exact where a formula exists, numerical for all others.

`sampler` gives for a distribution a pure function of a random key and a number of events;
`draw` uses it for many keys at once and stands by the result.
"""

from __future__ import annotations

from .. import density as density  # all formulas before the first sample
from . import closed as closed  # registers the closed forms
from .base import Draw, sampler, sampler_over
from .draw import draw

__all__ = ["Draw", "draw", "sampler", "sampler_over"]
