"""Check a built wheel, and an environment that holds it without any optional package.

Usage: wheel_check.py FOLDER_OF_THE_WHEEL ENVIRONMENT
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "hs3": "hs3",
    "engine": "hs3/engine",
    "adapters": "hs3/adapters",
    "conformance": "hs3/conformance",
}
OPTIONAL = ("pyhf", "zfit", "ROOT", "matplotlib", "mplhep", "hist", "jinja2", "pytest")


def expected_files() -> set[str]:
    """Every module and data file of the checkout, under the name it has in the wheel."""
    return {
        (Path(inside) / path.relative_to(ROOT / folder)).as_posix()
        for folder, inside in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".lark", ".json", ".j2")
        or path.name == "py.typed"
        or ({"fixtures", "results"} & set(path.parts) and path.is_file())
    }


def check_contents(folder: Path) -> None:
    """The wheel holds exactly the files of the checkout, and the licence."""
    (wheel,) = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if name.startswith("hs3/")}
    expected = expected_files()
    assert "hs3/py.typed" in packed, "py.typed is not in the wheel"
    assert packed == expected, (
        f"missing: {sorted(expected - packed)}; too much: {sorted(packed - expected)}"
    )
    assert any(name.endswith("/LICENSE") for name in names), "the licence is not in the wheel"


def check_environment(environment: Path) -> None:
    """Everything works from another folder, and none of the optional packages is there."""
    python, hs3 = environment / "bin" / "python", environment / "bin" / "hs3"
    model = environment / "model.hs3.json"
    example = ROOT / "examples" / "two_bin" / "workspace.json"
    absent = f"import importlib.util as u; print([m for m in {OPTIONAL} if u.find_spec(m)])"
    assert output(python, "-c", absent).strip() == "[]", "an optional package is required"
    assert "site-packages" in output(python, "-c", "import hs3; print(hs3.__file__)")
    assert "validate" in output(hs3, "--help")
    assert "hs3-reference" in output(hs3, "--version")
    output(hs3, "convert", example, model)
    output(hs3, "validate", model)
    output(hs3, "show", model)
    output(hs3, "schema")
    assert '"converged": true' in output(hs3, "fit", model, "--json")


def output(*command: object) -> str:
    """Standard output of a command that has to succeed, run outside of the checkout."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(command[0]).parent,  # type: ignore[arg-type]
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


if __name__ == "__main__":
    wheels, fresh = (Path(argument).resolve() for argument in sys.argv[1:])
    check_contents(wheels)
    check_environment(fresh)
    print("The wheel is complete and works on its own.")
