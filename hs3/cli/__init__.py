"""The command line, `hs3 …`: one file for each command; `main` is the entry point."""

from __future__ import annotations


def main() -> None:
    """Run the command line with the arguments of this process and exit with its status."""
    from hs3.cli.app import run

    raise SystemExit(run())
