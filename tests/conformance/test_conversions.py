"""What the README and spec/conversions.md say of conversions is what the adapters do."""

from __future__ import annotations

import pytest
from conftest import ROOT

from hs3.conformance import conversions

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "spec" / "conversions.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, str]]:
    return conversions.tried()


@pytest.mark.filterwarnings("ignore")
def test_the_documents_say_what_the_adapters_do(found: dict[str, dict[str, str]]) -> None:
    """Line by line for the formats that are installed, and as a whole where all of them are."""
    for line in conversions.summary(found).splitlines():
        assert line in README
    if list(found) == list(conversions.COLUMNS):
        assert conversions.page(found) == PAGE
        assert conversions.readme(README, found) == README


def test_the_adapters_differ(found: dict[str, dict[str, str]]) -> None:
    """Neither everything nor nothing is carried: the attempts do reach the adapters."""
    for words in found.values():
        assert {"yes", "no"} <= set(words.values())
    assert found["pyhf"]["shapefactor"] == "yes"
    assert found["pyhf"]["gaussian_dist"] == "no"
    assert found["ROOT"]["landau_dist"] == "yes"
    assert found["XML"]["staterror"] == "yes"
