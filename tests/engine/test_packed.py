"""Arrays of a model in few buffers: nothing is lost, and equal shapes share one program."""

from __future__ import annotations

import pickle
from importlib.metadata import version

import jax
import numpy as np
from histfactory_models import two_bin

import hs3.engine as engine
from hs3.engine import kernels
from hs3.engine.packed import SMALL, Packed


def test_nothing_is_lost() -> None:
    given = {
        "a": np.arange(6.0).reshape(2, 3), "b": np.array(True), "c": np.arange(3),
        "d": np.zeros((2, 0)), "e": (np.arange(SMALL + 1.0), np.float64(2.5), np.array([4.0])),
    }  # fmt: skip
    packed = Packed.of(given)
    assert len(jax.tree.leaves(packed)) == 4  # numbers, integers, truths and the large array
    again = packed.unpacked()
    assert jax.tree.structure(again) == jax.tree.structure(given)
    for old, new in zip(jax.tree.leaves(given), jax.tree.leaves(again), strict=True):
        assert new.dtype == old.dtype
        np.testing.assert_array_equal(new, old)


def test_models_of_one_shape_share_one_program() -> None:
    model = engine.compile(two_bin())
    model.value_and_gradient()
    compiled = kernels._in_order(kernels._value_and_gradient)._cache_size()
    assert len(jax.tree.leaves((model.arrays.packed, model.observed.packed))) < 8
    other = engine.compile(two_bin()).with_data(model.expected_data({"mu": 2.0}))
    assert other.value_and_gradient()[0] != model.value_and_gradient()[0]
    assert kernels._in_order(kernels._value_and_gradient)._cache_size() == compiled


def test_other_processes_pack_again() -> None:
    model = engine.compile(two_bin())
    value = model.nll()
    again = pickle.loads(pickle.dumps(model))
    assert "packed" not in vars(again.arrays)
    assert again.nll() == value


def test_the_compiler_knows_how_to_take_operations_in_order() -> None:
    """Newer versions might call it something else; then gradients would silently be slower."""
    known = version_info(version("jaxlib")) >= (0, 9, 1)
    assert (kernels._order() is not None) == known


def version_info(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3])
