"""The pages of ``spec/``: current, complete, and about fixtures that are there."""

from __future__ import annotations

import re
from functools import cache

import pytest
from conftest import ROOT

from hs3.codes import CODES
from hs3.conformance import suite
from hs3.conformance.pages import pages
from hs3.conformance.pages.known import Known
from hs3.dialects import RULES
from hs3.schema import FAMILIES

SPEC = ROOT / "spec"
SEMANTICS = (SPEC / "semantics.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w/.]+)`")


@cache
def made() -> dict[str, str]:
    return dict(pages())


def test_pages_are_current() -> None:
    on_disk = {f"types/{path.name}" for path in (SPEC / "types").glob("*.md")}
    assert on_disk == {name for name in made() if name.startswith("types/")}
    stale = [n for n, text in made().items() if (SPEC / n).read_text(encoding="utf-8") != text]
    assert not stale, "run python -m hs3.conformance.pages"


def test_every_type_has_a_page() -> None:
    index = made()["types/README.md"]
    for family in FAMILIES:
        for cls in family.classes():
            assert all(f"`{name}`" in index for name in cls.type_names)
            page = made()[f"types/{cls.type_names[0].replace('::', '_')}.md"]
            assert "## Keys" in page
            assert "## Fixtures" in page
            assert "## Implementations" in page


def test_every_code_has_an_example_and_a_cure() -> None:
    page = made()["errors.md"]
    for code, known in CODES.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{code}` |")]
        *_, cure, example = row.strip("| ").split(" | ")
        assert known.cure.replace("|", "\\|") in row
        assert cure
        assert example.startswith(("[", "none: ")), row


def test_every_rule_says_who_how_and_shows_a_fixture() -> None:
    page = made()["dialects.md"]
    for code, made_rule in RULES.items():
        part = page.split(f"### `{code}`")[1].split("\n#")[0]
        assert made_rule.reading in part
        assert "Written by: " in part
        assert "Fixture: [" in part


def test_links_to_fixtures_lead_there() -> None:
    for name, text in made().items():
        folder = (SPEC / name).parent
        for place in re.findall(r"\]\(([^)#]+)\)", text):
            if "results" not in place:
                assert (folder / place).resolve().exists(), f"{name}: {place}"


def test_pages_do_without_results() -> None:
    known = Known({f.name: f for f in suite.fixtures(patterns=["density_gaussian"])}, None)
    assert "No result" in pages(known)["types/gaussian_dist.md"]


# --- what documents mean --------------------------------------------------------------------------


def decisions() -> list[str]:
    """Every bullet and every row of a table of decisions."""
    out: list[str] = []
    for block in re.split(r"\n(?=- |\| |#)|\n\n", SEMANTICS):
        if block.startswith("- ") or (block.startswith("| ") and "fixture |" not in block):
            out.append(block.split("\n|---")[0])
    return out


def pinned(text: str) -> list[str]:
    """The fixtures, or files of tests, that a text names."""
    there = {path.name for path in suite.FIXTURES.iterdir()}
    return [n for n in NAMED.findall(text) if n in there or (ROOT / n).is_file()]


@pytest.mark.parametrize("decision", decisions(), ids=lambda text: text[2:50].strip())
def test_every_decision_names_what_keeps_it(decision: str) -> None:
    assert pinned(decision), decision


def test_every_section_names_what_keeps_it() -> None:
    sections = re.split(r"\n##+ ", SEMANTICS)[1:]
    empty = [s.split("\n")[0] for s in sections if s.strip().count("\n") > 1 and not pinned(s)]
    assert empty == []
    assert len(decisions()) > 60


def test_names_of_fixtures_are_right() -> None:
    """What stands behind *Fixtures* exists."""
    for line in re.findall(r"\*Fixtures:\*((?:[^.]|\.(?=\w))*)\.", SEMANTICS):
        for name in NAMED.findall(line):
            assert pinned(f"`{name}`"), name
