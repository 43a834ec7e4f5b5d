"""The report as a page, kept results, and reasons for what disagrees."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hs3.conformance import matrix, report, suite
from hs3.conformance.compare import Outcome
from hs3.conformance.explained import Explanation, explanations, unexplained, why
from hs3.conformance.results import Result, fixture_verdicts
from hs3.conformance.runner import Run

NAMES = ("density_gaussian", "function_sum", "channel_histosys_0")
HOSTILE = "</script><script>alert(1)</script> & \u2028"
ROWS = (("x = 1.0", 0.5, 0.5), ("x = 2.0", 0.25, 0.75))


def runs() -> list[Run]:
    good = [
        Outcome(name, kind, kind, "passed", "", 0.1, 0.2, tuple((a, w, w) for a, w, _ in ROWS))
        for name in NAMES
        for kind in ("static_integrity", "pdf_scan")
    ]
    bad = [
        Outcome(NAMES[0], "pdf_scan", "pdf_scan", "failed", HOSTILE, 0.1, 5.0, ROWS),
        Outcome(NAMES[1], "pdf_scan", "pdf_scan", "unsupported", "no such type"),
        Outcome(NAMES[2], "static_integrity", "static_integrity", "passed"),
        Outcome(NAMES[2], "pdf_scan", "pdf_scan", "error", "it crashed"),
    ]
    return [Run("hs3", "1.0", tuple(good)), Run("root", "6.40", tuple(bad))]


@pytest.fixture
def result() -> Result:
    return Result.of("2026-11-28", runs(), suite.fixtures(patterns=NAMES))


def page(result: Result, known: tuple[Explanation, ...] = ()) -> str:
    pytest.importorskip("jinja2")
    return report.html(result, known)


def embedded(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_the_page_needs_nothing_else(result: Result) -> None:
    text = page(result)
    assert not re.search(r"https?://|<link|@import|\bsrc=|url\(", text)


def test_texts_of_backends_stay_texts(result: Result) -> None:
    text = page(result)
    assert "alert(1)</script>" not in text
    found = embedded(text)
    by = found["fixtures"][NAMES[0]]["checks"]["pdf_scan"]["by"]["root"]
    assert found["texts"][by["message"]] == HOSTILE


def test_every_cell_has_its_numbers(result: Result) -> None:
    found = embedded(page(result))
    check = found["fixtures"][NAMES[0]]["checks"]["pdf_scan"]
    assert check["by"]["root"]["got"] == [0.5, 0.75]
    assert check["by"]["hs3"]["got"] == report.SAME
    assert check["rows"][0] == ["x = 1.0", 0.5]
    assert NAMES[0] in found["subjects"]["gaussian_dist"]


def test_the_matrix_counts_fixtures_by_type(result: Result) -> None:
    rows = {r["subject"]: r["cells"] for s in report.sections(result) for r in s["rows"]}
    assert [cell["text"] for cell in rows["gaussian_dist"]] == ["1 agree", "1 of 1 differ"]
    assert [cell["status"] for cell in rows["sum"]] == ["passed", "unsupported"]
    assert [cell["text"] for cell in rows["histosys"]] == ["1 agree", "1 of 1 fail"]
    titles = [s["title"] for s in report.sections(result)]
    assert titles == ["Distributions", "HistFactory modifiers", "Functions"]


def test_a_document_that_is_json_is_no_success() -> None:
    static = Outcome("f", "s", "static_integrity", "passed")
    names = Outcome("f", "n", "structure_import", "passed")
    scan = Outcome("f", "p", "pdf_scan", "unsupported")
    assert fixture_verdicts([static, scan]) == {"f": "unsupported"}
    assert fixture_verdicts([static, names, scan]) == {"f": "unsupported"}
    assert fixture_verdicts([static, names]) == {"f": "passed"}


def test_results_come_back_from_their_file(result: Result, tmp_path: Path) -> None:
    path = tmp_path / "2026-11-28.json"
    path.write_text(result.dumps())
    back = Result.read(path)
    assert back.counts("gaussian_dist") == result.counts("gaussian_dist")
    assert back.about == result.about
    assert [r.version for r in back.runs] == ["1.0", "6.40"]
    told = {o.fixture: (o.status, o.message) for o in back.runs[1].outcomes if o.message}
    assert told[NAMES[2]] == ("error", "it crashed")


def test_reasons_fit_by_backend_fixture_and_message(result: Result) -> None:
    known = (
        Explanation("root", "it is known to crash", message="*crash*"),
        Explanation("root", "a Gaussian", fixtures=("density_g*",), kind="pdf_scan"),
    )
    assert not unexplained(result, known)
    assert [o.fixture for _, o in unexplained(result, known[1:])] == [NAMES[2]]
    assert why("root", result.runs[1].outcomes[0], known) == "a Gaussian"
    assert why("hs3", result.runs[0].outcomes[0], known) == ""
    found = embedded(page(result, known))
    by = found["fixtures"][NAMES[2]]["checks"]["pdf_scan"]["by"]
    assert found["texts"][by["root"]["why"]] == "it is known to crash"


def test_the_matrix_is_made_by_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("jinja2")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=":")
    arguments = ["--filter", "density_gaussian", "--output", str(tmp_path), "--date", "2026-01-02"]
    assert matrix.main([*arguments, "--backend", "fake_backends:Partial"]) == 1
    assert "not explained: fake_backends:Partial density_gaussian" in capsys.readouterr().out
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "2026-01-02.html",
        "2026-01-02.json",
        "README.md",
    ]
    assert "| `gaussian_dist` | 1 of 1 differ |" in (tmp_path / "README.md").read_text()
    assert matrix.main([*arguments, "--backend", "nobody:Nothing"]) == 2


def test_runs_can_be_kept_and_put_together_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jinja2")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=":")
    runs = tmp_path / "runs"
    arguments = ["--filter", "density_gaussian", "--runs", str(runs), "--date", "2026-01-02"]
    arguments += ["--backend", "fake_backends:Short"]
    first, second = tmp_path / "first", tmp_path / "second"
    matrix.main([*arguments, "--output", str(first)])
    monkeypatch.setattr(matrix.runner, "run", None)
    matrix.main([*arguments, "--output", str(second), "--reuse"])
    for name in ("2026-01-02.html", "2026-01-02.json"):
        assert (first / name).read_text() == (second / name).read_text()


# --- a real browser -------------------------------------------------------------------------------

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
)


def chromium(address: str, profile: Path, *flags: str) -> str:
    """What headless Chromium prints."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
    if found is None:
        pytest.skip("there is no Chromium to open the page with")
    done = subprocess.run(
        [found, *FLAGS, f"--user-data-dir={profile}", *flags, address],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
def test_a_browser_shows_the_numbers_of_a_cell(result: Result, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(result))
    shown = chromium(f"{path.as_uri()}#gaussian_dist/root", tmp_path / "profile", "--dump-dom")
    assert re.search(r'<dialog[^>]* open=""', shown)
    assert "gaussian_dist – ROOT</h2>" in shown
    assert '<td class="number">0.75</td><td class="number">5.0e-1</td>' in shown
    assert re.search(r"(\d+) of \1 rows", shown)
    closed = chromium(path.as_uri(), tmp_path / "profile", "--dump-dom")
    assert not re.search(r'<dialog[^>]* open=""', closed)


@pytest.mark.slow
def test_a_browser_paints_the_page(result: Result, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    path, picture = tmp_path / "report.html", tmp_path / "page.png"
    path.write_text(page(result))
    chromium(path.as_uri(), tmp_path / "p", f"--screenshot={picture}", "--window-size=1000,1200")
    colours = {c for _, c in image.open(picture).convert("RGB").getcolors(1 << 24)}
    agrees, differs = (220, 243, 226), (253, 227, 224)
    assert {agrees, differs} <= colours


def test_explanations_are_read() -> None:
    assert all(e.why and e.backend for e in explanations())
