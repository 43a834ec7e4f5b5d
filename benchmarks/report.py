"""Run all benchmarks that the environment has the peers for, and write a report.

    python benchmarks/report.py [--only gradient,fit] [--out benchmarks/results]
                                [--limit BACKGROUND.json,PATCH.json] [--sizes …]

Writes ``<date>-<short name of the commit>.md`` and ``.json``: times, ratios, the targets that were
met or missed, the peers that were left out, versions and the machine. ROOT runs in the Python that
``HS3_ROOT_PYTHON`` names; ``HS3_BENCHMARK_MODELS`` names another generator of workspaces. Ends with
1 when a target was missed or a benchmark failed.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from measure import shown

HERE = Path(__file__).parent
QUESTIONS = {
    "gradient": "Likelihood with gradient, binned",
    "fit": "Fit with covariance, binned",
    "toys": "Toys",
    "unbinned": "Unbinned likelihoods",
    "limit": "Upper limit",
    "xl": "A very large model",
    "gpu": "GPU",
}
Json = dict[str, Any]


def run(question: str, arguments: list[str]) -> Json:
    """One benchmark in a process of its own; what it printed where it failed."""
    print(f"--- {question}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        command = [sys.executable, str(HERE / f"{question}.py"), *arguments, "--json", str(out)]
        start = time.perf_counter()
        path = os.pathsep.join(filter(None, [str(HERE.parent), os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "PYTHONPATH": path}
        code = subprocess.run(command, env=environment, check=False).returncode
        if not out.exists():
            return {"question": question, "failed": f"ended with {code}"}
        result: Json = json.loads(out.read_text(encoding="utf-8"))
    return {**result, "took_s": round(time.perf_counter() - start, 1)}


def machine() -> Json:
    """What the times depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "load_at_start": [round(v, 2) for v in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "iminuit")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def sources() -> str:
    """Short name of the commit, with a mark where files are changed."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE, check=False)
    return done.stdout.strip() or "unknown"


def markdown(report: Json) -> str:
    """The report for people."""
    about = report["machine"]
    packages = {**about["packages"], **report["versions"]}
    lines = [
        f"# Benchmarks of {report['date']}, sources {report['sources']}",
        "",
        f"{about['processor']}, {about['cores']} cores, {about['system']}; load at the start "
        f"{about['load_at_start'][0]}. Python {about['python']}, "
        + ", ".join(f"{k} {v}" for k, v in packages.items())
        + f". Models: {report['models']}.",
        "",
        "Wall-clock times, medians; in brackets the ratio to this engine. Made by "
        "`python benchmarks/report.py`; each script says what it measures.",
        "",
    ]
    for result in report["results"]:
        lines += [f"## {QUESTIONS[result['question']]}", "", *_section(result), ""]
    return "\n".join(lines)


def _section(result: Json) -> list[str]:
    if "failed" in result:
        return [f"FAILED: {result['failed']}"]
    lines = []
    if result["rows"]:
        lines += ["| Case | What | Times | |", "|---|---|---|---|"]
    for row in result["rows"]:
        own = next(iter(row["seconds"].values()))
        times = ", ".join(f"{who} {shown(s)} ({s / own:.3g}×)" for who, s in row["seconds"].items())
        lines.append(f"| {row['case']} | {row['what']} | {times} | {row['notes']} |")
    if result["targets"]:
        lines += ["", "| | Case | Target | Asked | Found |", "|---|---|---|---|---|"]
    for t in result["targets"]:
        verdict = "PASS" if t["passed"] else "**FAIL**"
        lines.append(f"| {verdict} | {t['case']} | {t['what']} | {t['asked']} | {t['found']:.3g} |")
    lines += [f"\nLeft out: {peer} ({why})." for peer, why in result["left_out"].items()]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(QUESTIONS), help="comma-separated questions")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    parser.add_argument("--limit", default="", help="workspace and patch for the upper limit")
    parser.add_argument("--sizes", default="", help="models of the gradient and the fit")
    options = parser.parse_args()
    arguments = {"limit": [part for part in options.limit.split(",") if part]}
    if options.sizes:
        arguments |= {name: ["--sizes", options.sizes] for name in ("gradient", "fit")}
    about = machine()
    results = [run(name, arguments.get(name, [])) for name in options.only.split(",")]
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    other = os.environ.get("HS3_BENCHMARK_MODELS")
    versions = [result.get("versions", {}) for result in results]
    report = {
        "date": date,
        "sources": sources(),
        "models": Path(other).name if other else "benchmarks/models.py",
        "machine": about,
        "versions": {name: v for found in versions for name, v in found.items()},
        "results": results,
    }
    options.out.mkdir(parents=True, exist_ok=True)
    stem = options.out / f"{date}-{report['sources']}"
    stem.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    stem.with_suffix(".md").write_text(markdown(report), encoding="utf-8")
    print(f"--- {stem}.md")
    failed = [r["question"] for r in results if "failed" in r]
    missed = [t for r in results for t in r.get("targets", []) if not t["passed"]]
    for target in missed:
        print(
            f"missed: {target['case']}: {target['what']}, {target['asked']}: {target['found']:.3g}"
        )
    if failed or missed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
