"""The template morphing of CMS Combine as an effect on bins."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from hs3.histfactory.combine import VerticalMorphModifier

from ..functions.base import Scope
from .effects import effect


@effect.register
def _vertical_morph(modifier: VerticalMorphModifier, scope: Scope, nominal: Array) -> Array:
    total = central = jnp.array(modifier.central.contents, dtype=float)
    if modifier.morphs:
        t = jnp.stack([scope(morph.parameter) for morph in modifier.morphs])
        up = jnp.array([m.hi.contents for m in modifier.morphs], dtype=float) - central[None, :]
        down = jnp.array([m.lo.contents for m in modifier.morphs], dtype=float) - central[None, :]
        u = jnp.clip(t, -1.0, 1.0)
        step = u * (15.0 + u * u * (3.0 * u * u - 10.0)) / 8.0
        total = central + 0.5 * (t @ (up - down) + (t * step) @ (up + down))
    total = jnp.maximum(total, modifier.floor)
    if modifier.normalised:
        total = total * (jnp.sum(nominal) / jnp.sum(total))
    return total / nominal
