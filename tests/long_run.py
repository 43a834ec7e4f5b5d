"""What came out of a run that takes long, as a file that can be kept."""

from __future__ import annotations

import json
import platform
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scipy", "mpmath", "jax", "pydantic", "hypothesis", "zfit")


def record(path: Path, what: str, **found: Any) -> None:
    """Write what came out, when, and with which versions."""
    known = {d.name.lower(): d.version for d in metadata.distributions() if d.name}
    told = {
        "what": what,
        "date": date.today().isoformat(),
        **found,
        "python": platform.python_version(),
        "versions": {name: known[name] for name in PACKAGES if name in known},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
