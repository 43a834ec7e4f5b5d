"""`python -m hs3` is the command `hs3`."""

from hs3.cli import main

main()
