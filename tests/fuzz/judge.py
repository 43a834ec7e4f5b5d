"""What has to hold for any bytes: findings, or an error of this project with code and path.

Time is that of the processor, memory the largest the process ever had.
"""

from __future__ import annotations

import io
import json
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hs3 import canonical, checks, jsonio
from hs3.codes import CODES
from hs3.errors import HS3Error
from hs3.face import read
from hs3.findings import Report
from hs3.graph import Graph
from hs3.resolve.resolve import attempt
from hs3.workspace import Workspace

SECONDS = 10.0
"""Of the processor that a case may take; the fixtures take some milliseconds."""

MEMORY = 256 << 20
"""Bytes by which a case may let the process grow."""

ADDRESSES = 3 << 30
"""Bytes of addresses that may be asked for at once beyond those in use."""

LONGEST = 1500
"""Letters that a message may have."""

COMPILED = 4
"""One in so many of the documents that can be evaluated is compiled."""


class Slow(BaseException):
    """A case took too long; no handler of exceptions may catch it."""


def _stop(signum: int, frame: Any) -> None:
    raise Slow


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise `Slow` in what takes longer."""
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def limit_memory() -> None:
    """Make the system refuse memory beyond bounds, to be called when all is loaded."""
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    limit = size + ADDRESSES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def judge(raw: bytes, number: int) -> tuple[str, str]:
    """The outcome of a case, in a word, and what is wrong with it: empty where nothing is."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        with bounded(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("error")
            outcome, wrong = _followed(raw, number)
    except Slow:
        return "slow", f"more than {SECONDS} s:\n{_here()}"
    except Exception:
        return "crash", traceback.format_exc(limit=-12)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    if grown > MEMORY:
        wrong += f"the process grew by {grown >> 20} MiB"
    seconds = time.process_time() - start
    return outcome, wrong or (f"{seconds:.1f} s" if seconds > SECONDS else "")


def _here() -> str:
    return "".join(traceback.format_exc(limit=-8))


def _followed(raw: bytes, number: int) -> tuple[str, str]:
    """Read, checked, resolved, compiled and converted as far as it goes."""
    try:
        workspace, report = read(io.BytesIO(raw))
    except HS3Error as error:
        return "refused", _wrong_error(error)
    wrong = _wrong_report(report) or _loss(workspace, raw)
    found = checks.validate(workspace)
    wrong = wrong or _wrong_report(found)
    graph, resolved = attempt(workspace)
    wrong = wrong or _wrong_report(resolved)
    canonical.sha256(workspace.to_json())
    if wrong or graph is None:
        return ("invalid" if graph is None else "resolved"), wrong
    if number % COMPILED:
        return "resolved", wrong
    return "compiled", _wrong_use(workspace, graph)


def _loss(workspace: Workspace, raw: bytes) -> str:
    data = jsonio.parse(raw)
    if not isinstance(data, dict) or "channels" in data:
        return ""
    same = json.dumps(workspace.to_json(), sort_keys=True) == json.dumps(data, sort_keys=True)
    return "" if same else "writing gives another document"


def _wrong_use(workspace: Workspace, graph: Graph) -> str:
    """What is wrong where a valid document is compiled and converted."""
    from hs3.adapters.pyhf import to_pyhf
    from hs3.adapters.root.json import to_root_json
    from hs3.engine import compile

    for use in (
        lambda: compile(graph),
        lambda: to_pyhf(workspace),
        lambda: to_root_json(workspace),
    ):
        try:
            use()
        except HS3Error as error:
            if wrong := _wrong_error(error):
                return wrong
    return ""


def prepare() -> None:
    """Load everything, and let the engine look at likelihoods without computing them."""
    import jax

    from hs3.engine import kernels, likelihood

    def abstract(theta: Any, program: Any, arrays: Any, observed: Any) -> tuple[float, float]:
        jax.eval_shape(lambda t: likelihood.evaluate(t, program, arrays, observed), theta)
        return 0.0, 0.0

    kernels.evaluate = abstract  # type: ignore[assignment]
    from cases import corpus, know_the_types

    know_the_types()
    for i, raw in enumerate(corpus()[:: max(1, len(corpus()) // 12)]):
        judge(raw, i * COMPILED)


def _wrong_error(error: HS3Error) -> str:
    if error.code not in CODES:
        return f"no known code: {error!r} {error.code}"
    if not isinstance(error.path, str) or (error.path and not error.path.startswith("/")):
        return f"no pointer: {error.path!r}"
    return _wrong_text(error.message)


def _wrong_report(report: Report) -> str:
    for finding in report:
        if finding.code not in CODES:
            return f"no known code: {finding}"
        if finding.path and not finding.path.startswith("/"):
            return f"no pointer: {finding.path!r}"
        if wrong := _wrong_text(finding.message):
            return wrong
        if len(json.dumps(finding.to_dict() | {"path": ""})) > 3 * LONGEST:
            return f"{finding.code} is too long"
    return ""


def _wrong_text(text: str) -> str:
    if not text:
        return "nothing is said"
    return f"{len(text)} letters: {text[:200]}" if len(text) > LONGEST else ""
