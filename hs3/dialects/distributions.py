"""How the parameters of distributions are read where writers and the text differ."""

from __future__ import annotations

from .base import rule


@rule(
    "dialect.crystalball_one_tail",
    writers="ROOT, for RooCBShape",
    cure="Write `alpha_L`, `alpha_R`, `n_L` and `n_R` where two tails are meant, or evaluate with "
    "the option `two_tails`.",
)
def one_tail(name: str) -> str:
    """One `sigma`, `alpha` and `n` of a crystalball_dist mean one tail, on the right for a negative
    alpha; by the text they mean two equal tails.
    """
    return name
