"""The page for maintainers of other implementations shows the files that it tells of."""

from __future__ import annotations

import pytest
from conftest import ROOT


@pytest.mark.parametrize("name", ["minimal.py", "program.py"])
def test_the_page_shows_the_examples(name: str) -> None:
    code = (ROOT / "examples" / "backend" / name).read_text()
    assert len(code.splitlines()) <= 40
    page = (ROOT / "docs" / "test_your_implementation.md").read_text()
    assert f"\n{code}```" in page
