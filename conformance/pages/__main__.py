"""``python -m hs3.conformance.pages [FOLDER]`` writes the made pages of ``spec/``."""

from __future__ import annotations

import sys
from pathlib import Path

from hs3 import files

from . import pages


def main(folder: Path) -> None:
    """Write every page, and remove pages of types that are no more."""
    made = pages()
    for path in (folder / "types").glob("*.md"):
        if f"types/{path.name}" not in made:
            path.unlink()
    (folder / "types").mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        files.write_atomic(folder / name, text.encode())


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "spec"))
