"""The one place where JAX is configured: 64-bit numbers and the compile cache on disk.

The cache directory is ``$HS3_CACHE_DIR``, else ``$XDG_CACHE_HOME/hs3``, else ``~/.cache/hs3``; an
empty ``HS3_CACHE_DIR`` switches the cache off. A second process that evaluates a model of the same
shape then loads the compiled program instead of making it.
"""

from __future__ import annotations

import os
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)


def cache_directory() -> Path | None:
    """Where compiled programs are kept, or None when the cache is switched off."""
    chosen = os.environ.get("HS3_CACHE_DIR")
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hs3"


def _use_cache() -> None:
    directory = cache_directory()
    if directory is None or getattr(jax.config, "jax_compilation_cache_dir", None) is not None:
        return
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return  # a read-only home costs compile time, nothing else
    jax.config.update("jax_compilation_cache_dir", str(directory))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


_use_cache()
