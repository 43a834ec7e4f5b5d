"""Random HS3 documents that are valid, of every type and combination, for tests by hypothesis.

    from hypothesis import given
    from hs3.conformance.strategies import RandomModel, models

    @given(models())
    def test_mine(model: RandomModel) -> None:
        for values in model.points:
            assert isclose(mine(model.document, values), theirs(model.document, values))

Every choice that documents leave open elsewhere is made: parameters have values and ranges, the
density is positive wherever there are data, at all values of the parameters within their ranges.
"""

from __future__ import annotations

import importlib.util

from hs3.errors import MissingDependency

if importlib.util.find_spec("hypothesis") is None:
    raise MissingDependency('this needs hypothesis: pip install "hs3-reference[strategies]"')

from .likelihoods import RandomModel, channel_models, density_models, documents, models

__all__ = ["RandomModel", "channel_models", "density_models", "documents", "models"]
