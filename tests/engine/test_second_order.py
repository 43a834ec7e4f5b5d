"""Hessians of sums over events, by pairs and by rows: as automatic differentiation gives them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import hs3.engine  # noqa: F401 - switches JAX to 64 bits
from hs3.engine.second_order import by_pairs, by_rows

EVENTS = np.random.default_rng(3).normal(size=50)


def function(at):
    a, b, c = at[0], at[1], at[2]
    return jnp.sum(jnp.exp(a * EVENTS) / (1.0 + b * b)) + jnp.sin(a * b) + c**3


@pytest.mark.parametrize("of", [by_rows, lambda f, x: by_pairs(f, list(x))], ids=["rows", "pairs"])
def test_value_gradient_and_hessian(of):
    at = jnp.array([0.3, -0.7, 1.2])
    found = jax.jit(lambda x: of(function, x))(at)
    assert found.value == pytest.approx(float(function(at)), rel=1e-14)
    np.testing.assert_allclose(found.gradient, jax.grad(function)(at), rtol=1e-12)
    np.testing.assert_allclose(found.curvature, jax.hessian(function)(at), rtol=1e-12, atol=1e-14)
