"""One fit at a time in a process, its linear algebra in one thread.

NumPy and SciPy, whose LAPACK JAX calls too, bring an OpenBLAS each, which starts a thread per core
for matrices from about a hundred rows on. Its threads wait for each other by spinning, against
those of XLA and of every other process: on two cores a fit of 200 parameters took eight times
longer, more on a busy machine. The matrices of fits are too small to be shared out.

Compiled loops that run in two threads at once can wait for each other for ever (JAX 0.10 on a
processor with two cores), as they share XLA's pool of threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock

from threadpoolctl import ThreadpoolController

_lock = RLock()
_depth = 0


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold BLAS at one thread, and other threads back; may be nested."""
    global _depth
    with _lock:
        limits = _libraries().limit(limits=1, user_api="blas") if _depth == 0 else None
        _depth += 1
        try:
            yield
        finally:
            _depth -= 1
            if limits is not None:
                limits.restore_original_limits()


@cache
def _libraries() -> ThreadpoolController:
    import scipy.linalg  # noqa: F401 - loads the library that JAX uses

    return ThreadpoolController()
