"""HS3: reference implementation of the HEP Statistics Serialization Standard.

::

    ws = hs3.load("model.json")        # HS3 or pyhf JSON, told apart by the content
    report = hs3.validate(ws)          # findings with code, path and message
    model = hs3.compile(ws)            # a likelihood with exact derivatives
    result = hs3.fit(model)            # values, errors, covariance, twice_nll
    hs3.save(ws, "model.hs3.json")

Every public name is loaded when it is first used: `import hs3` itself loads neither JAX nor numpy.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_root = Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "engine").is_dir():
    # In a checkout `hs3.engine` and its siblings are the folders beside this one.
    __path__.append(str(_root))

if TYPE_CHECKING:
    from hs3.archives import Verification, archive, verify
    from hs3.combination import combine
    from hs3.edit import constrain, diff, rename, select
    from hs3.engine import FitResult, Model, Options
    from hs3.engine.contours import contours
    from hs3.engine.derived import derived, fit_with
    from hs3.engine.diagnostics import (
        bias_study,
        breakdown,
        goodness_of_fit,
        impacts,
        pruning,
        pulls,
        template_covariance,
        yields,
    )
    from hs3.engine.profile import interval
    from hs3.engine.scans import scan
    from hs3.engine.weighted import sandwich
    from hs3.errors import (
        CompileError,
        ConversionError,
        DocumentError,
        EditError,
        EvaluationError,
        ExtensionError,
        FitError,
        HS3Error,
        MissingDependency,
        ReadError,
        ResolveError,
        SyntaxReadError,
        WriteError,
    )
    from hs3.face import HS3Warning, compile, convert, fit, load, save, validate
    from hs3.findings import Finding, Report
    from hs3.inference import hypotest, hypotests, significance, toys, upper_limit, upper_limits
    from hs3.patches import PatchedModels, patched
    from hs3.reading import read
    from hs3.reinterpretation import Reinterpreted, reinterpret
    from hs3.simplified import simplify
    from hs3.systematics import add_systematics
    from hs3.upgrading import upgrade
    from hs3.workspace import Workspace, dumps, loads

_HOMES = {
    "hs3.archives": ("Verification", "archive", "verify"),
    "hs3.combination": ("combine",),
    "hs3.edit": ("constrain", "diff", "rename", "select"),
    "hs3.engine": ("FitResult", "Model", "Options"),
    "hs3.engine.contours": ("contours",),
    "hs3.engine.derived": ("derived", "fit_with"),
    "hs3.engine.diagnostics": (
        "bias_study",
        "breakdown",
        "goodness_of_fit",
        "impacts",
        "pruning",
        "pulls",
        "template_covariance",
        "yields",
    ),
    "hs3.engine.profile": ("interval",),
    "hs3.engine.scans": ("scan",),
    "hs3.engine.weighted": ("sandwich",),
    "hs3.errors": (
        "CompileError",
        "ConversionError",
        "DocumentError",
        "EditError",
        "EvaluationError",
        "ExtensionError",
        "FitError",
        "HS3Error",
        "MissingDependency",
        "ReadError",
        "ResolveError",
        "SyntaxReadError",
        "WriteError",
    ),
    "hs3.face": ("HS3Warning", "compile", "convert", "fit", "load", "save", "validate"),
    "hs3.findings": ("Finding", "Report"),
    "hs3.inference": (
        "hypotest",
        "hypotests",
        "significance",
        "toys",
        "upper_limit",
        "upper_limits",
    ),
    "hs3.patches": ("PatchedModels", "patched"),
    "hs3.reading": ("read",),
    "hs3.reinterpretation": ("Reinterpreted", "reinterpret"),
    "hs3.simplified": ("simplify",),
    "hs3.systematics": ("add_systematics",),
    "hs3.upgrading": ("upgrade",),
    "hs3.workspace": ("Workspace", "dumps", "loads"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "CompileError",
    "ConversionError",
    "DocumentError",
    "EditError",
    "EvaluationError",
    "ExtensionError",
    "Finding",
    "FitError",
    "FitResult",
    "HS3Error",
    "HS3Warning",
    "MissingDependency",
    "Model",
    "Options",
    "PatchedModels",
    "ReadError",
    "Reinterpreted",
    "Report",
    "ResolveError",
    "SyntaxReadError",
    "Verification",
    "Workspace",
    "WriteError",
    "__version__",
    "add_systematics",
    "archive",
    "bias_study",
    "breakdown",
    "combine",
    "compile",
    "constrain",
    "contours",
    "convert",
    "derived",
    "diff",
    "dumps",
    "fit",
    "fit_with",
    "goodness_of_fit",
    "hypotest",
    "hypotests",
    "impacts",
    "interval",
    "load",
    "loads",
    "patched",
    "pruning",
    "pulls",
    "read",
    "reinterpret",
    "rename",
    "sandwich",
    "save",
    "scan",
    "select",
    "significance",
    "simplify",
    "template_covariance",
    "toys",
    "upgrade",
    "upper_limit",
    "upper_limits",
    "validate",
    "verify",
    "yields",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'hs3' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
