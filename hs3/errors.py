"""All errors of this project, in one tree.

::

    HS3Error
    ├── ReadError            a file cannot be read as text at all
    │   └── SyntaxReadError  the text is not strict JSON (line and column are given)
    ├── ExpressionError      a generic expression cannot be read (line and column are given)
    ├── DocumentError        the document is read but does not fit the data model
    ├── ResolveError         names, kinds, cycles, missing values
    ├── ConversionError      a document cannot be carried to the other format
    ├── EditError            a change or combination of workspaces makes no sense
    ├── CompileError         the engine cannot evaluate what was asked for
    ├── EvaluationError      a density is negative or an integral inaccurate where it is evaluated
    ├── FitError             a request to the minimiser or to inference makes no sense
    ├── WriteError           the output cannot be written
    ├── ExtensionError       an installed extension cannot be imported
    └── MissingDependency    an optional framework is not installed

Every error carries a stable `code`, the JSON `path` it is about (RFC 6901), the offending `value`
and, for names, `suggestions`: the nearest valid ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hs3.findings import Finding


LONGEST = 1000
"""Letters that a message may have: names in untrusted documents can be of any length."""


def shortened(text: str) -> str:
    """The text, without its middle where it is longer than `LONGEST`."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[: half - 10]} […] {text[10 - half :]}"


class HS3Error(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: one sentence for a person.
        code: stable machine-readable name, for instance ``reference.unresolved``.
        path: JSON pointer to the place in the document, ``""`` for the whole document.
        value: the offending value, shortened when shown.
        suggestions: nearest valid names or values.
    """

    default_code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        path: str = "",
        value: Any = None,
        suggestions: Sequence[str] = (),
    ) -> None:
        message = shortened(message)
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.path = path
        self.value = value
        self.suggestions = tuple(map(shortened, suggestions))

    def located(self, path: str) -> HS3Error:
        """This error, with a path where it has none yet."""
        self.path = self.path or path
        return self

    def __str__(self) -> str:
        where = f" at {self.path}" if self.path else ""
        hint = f" (did you mean {' or '.join(self.suggestions)}?)" if self.suggestions else ""
        return f"[{self.code}]{where}: {self.message}{hint}"


class ReadError(HS3Error):
    """A file cannot be opened, is too large, too deep, or is not text."""

    default_code = "read.failed"


class SyntaxReadError(ReadError):
    """The text is not strict JSON (RFC 8259); `line` and `column` count from one."""

    default_code = "read.syntax"

    def __init__(self, message: str, *, line: int, column: int, code: str | None = None) -> None:
        super().__init__(f"{message} (line {line}, column {column})", code=code)
        self.line = line
        self.column = column


class ExpressionError(HS3Error):
    """A generic expression cannot be read; `line` and `column` count from one, `offset` from zero.

    `value` is the expression's text.
    """

    default_code = "expression.invalid"

    def __init__(
        self,
        message: str,
        *,
        text: str,
        offset: int,
        code: str | None = None,
        path: str = "",
        suggestions: Sequence[str] = (),
    ) -> None:
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        where = f"line {self.line}, column {self.column}"
        super().__init__(
            f"{message} ({where})", code=code, path=path, value=text, suggestions=suggestions
        )


class FindingsError(HS3Error):
    """An error that stands for several findings; the first one gives code, path and value."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(
            first.message + more,
            code=first.code,
            path=first.path,
            value=first.value,
            suggestions=first.suggestions,
        )
        self.findings = tuple(findings)


class DocumentError(FindingsError):
    """The document does not fit the data model."""

    default_code = "document.invalid"


class ResolveError(FindingsError):
    """A name does not resolve, is of the wrong kind, or definitions form a cycle."""

    default_code = "reference.invalid"


class ConversionError(HS3Error):
    """What was asked for cannot be expressed in the other format without changing its meaning."""

    default_code = "conversion.failed"


class EditError(FindingsError):
    """A workspace cannot be changed, or workspaces cannot be combined, in the way asked for."""

    default_code = "edit.invalid"


class CompileError(HS3Error):
    """The engine cannot evaluate a part of the model that was asked for."""

    default_code = "compile.failed"


class EvaluationError(HS3Error):
    """A number cannot be trusted: a negative density, or an integral of too low accuracy."""

    default_code = "evaluate.failed"


class FitError(HS3Error):
    """An inference request makes no sense for this model."""

    default_code = "fit.invalid"


class WriteError(HS3Error):
    """The output cannot be written."""

    default_code = "write.failed"


class ExtensionError(HS3Error):
    """A package that is installed as an extension of this one cannot be imported."""

    default_code = "extension.failed"


class MissingDependency(HS3Error):
    """An optional package is needed; the message says how to install it."""

    default_code = "dependency.missing"
