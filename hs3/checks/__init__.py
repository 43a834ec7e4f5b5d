"""Checks with stable codes, shared by `hs3.resolve`, `hs3.validate` and editors."""
