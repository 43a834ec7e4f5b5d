"""The commands put together; an error is one sentence and an exit status, never a traceback.

Exit status: 0 when what was asked for is done, 1 when it is not, 2 when the command line is wrong,
130 when it is interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

import hs3
from hs3.cli import (
    archive,
    bias,
    combine,
    compare,
    conform,
    convert,
    diagnose,
    document,
    edit,
    fit,
    hypotest,
    inference,
    limit,
    reduce,
    reinterpret,
    scan,
    show,
    simplify,
    systematics,
    validate,
)
from hs3.cli.signature import command
from hs3.cli.terminal import error_data, print_error, say_json
from hs3.errors import HS3Error

app = typer.Typer(
    name="hs3",
    help="Check, show, convert and fit statistical models written in HS3 or as pyhf JSON.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS: tuple[Callable[..., int | None], ...] = (
    validate.validate,
    show.show,
    convert.convert,
    fit.fit,
    scan.scan,
    limit.limit,
    hypotest.hypotest,
    inference.significance,
    inference.toys,
    bias.bias,
    diagnose.impacts,
    diagnose.pulls,
    diagnose.pruning,
    diagnose.gof,
    diagnose.yields,
    archive.archive,
    archive.verify,
    edit.rename,
    edit.select,
    edit.constrain,
    edit.upgrade,
    combine.combine,
    reduce.reduce,
    simplify.simplify,
    reinterpret.reinterpret,
    systematics.covariance,
    compare.diff,
    compare.graph,
    document.schema,
    document.canonical_,
    document.hash_,
)
"""In the order of `hs3 --help`; a trailing underscore keeps a name apart from Python's."""

for run_command in COMMANDS:
    command(app, run_command)
app.add_typer(systematics.group, name="systematics")
app.add_typer(conform.group, name="conform")

# typer brings its own copy of click from 0.20 on; this is the base of usage errors of either.
_UsageError: type[typer.BadParameter] = typer.BadParameter.__bases__[0]


def _version(asked: bool) -> None:
    if asked:
        print(f"hs3-reference {hs3.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit status; `arguments` are those of the process.

    Unexpected errors are reported as such in one sentence; with ``HS3_DEBUG`` set in the
    environment they are raised.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        status = int(app(given or ["--help"], prog_name="hs3", standalone_mode=False) or 0)
        return status if given else 2  # nothing was asked for
    except _UsageError as error:
        return _fail(HS3Error(error.format_message(), code="command.usage"), 2, given)
    except HS3Error as error:
        return _fail(error, 1, given)
    except MemoryError:
        return _fail(
            HS3Error("not enough memory for this document", code="command.memory"), 1, given
        )
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:  # the reader (`head`, a pager) has gone: nothing left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("HS3_DEBUG"):
            raise
        kind = type(error).__name__
        message = f"a defect of hs3, please report it: {kind}: {error} (HS3_DEBUG=1 shows where)"
        return _fail(HS3Error(message, code="command.internal"), 1, given)


def _fail(error: HS3Error, status: int, given: Sequence[str]) -> int:
    if "--json" in given:
        say_json(error_data(error))
    print_error(error)
    return status
