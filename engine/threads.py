"""Linear algebra in one thread: the matrices of fits are too small to be shared out.

NumPy and SciPy, whose LAPACK JAX calls too, bring an OpenBLAS each, which starts a thread per core
for matrices from about a hundred rows on. Its threads wait for each other by spinning, against
those of XLA and of every other process: on two cores a fit of 200 parameters took eight times
longer, more on a busy machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController, threadpool_limits

_lock = Lock()
_inside = 0
_limits: threadpool_limits | None = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold BLAS at one thread for the whole process; may be nested, and used by several threads."""
    global _inside, _limits
    with _lock:
        _inside += 1
        if _inside == 1:
            _limits = _libraries().limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _limits is not None:
                _limits.restore_original_limits()


@cache
def _libraries() -> ThreadpoolController:
    import scipy.linalg  # noqa: F401 - loads the library that JAX uses

    return ThreadpoolController()
