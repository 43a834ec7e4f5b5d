"""Codes that no fixture can have, why, and the test that tries them instead.

A fixture is one file and what is said of it. What only comes up when several files are joined, when
something is asked for on the command line or in Python, or when a program fails, is none.
"""

from __future__ import annotations

from typing import NamedTuple

from hs3 import codes
from hs3.codes import document, engine, model, neighbours, pyhf, reading, root, xml


class Elsewhere(NamedTuple):
    """Why there is no fixture, and the file with the test."""

    why: str
    test: str


GROUPS: dict[str, Elsewhere] = {
    "archive": Elsewhere("about the making of an archive", "test_archive.py"),
    "columns": Elsewhere("about tables in Python", "adapters/test_histograms.py"),
    "command": Elsewhere("about the command line", "test_cli.py"),
    "conformance": Elsewhere("about the runner of fixtures", "conformance/test_conform.py"),
    "extension": Elsewhere("about packages that are installed", "test_extension.py"),
    "histogram": Elsewhere("about histograms in Python", "adapters/test_histograms.py"),
    "zfit": Elsewhere("about losses in Python", "adapters/test_zfit.py"),
}
"""Whole groups of codes."""

ABOUT_FILES = (reading, engine, document, model, pyhf, root, xml, neighbours)
OPERATIONS = codes.CODES.keys() - {code for part in ABOUT_FILES for code in part.CODES}
"""Codes of what is done with documents: joined, renamed, reduced, …; tried where that is."""

_ASKED = "about what is asked for in Python, not about a document"
_ROOT = "about what a ROOT file holds, of which the tests keep a collection"
_TREE = "adapters/test_root_workspaces.py"
_FILE = "adapters/test_root_file.py"
_GRAPH = "adapters/test_root_histfactory.py"

CODES: dict[str, Elsewhere] = {
    "read.failed": Elsewhere("the file is not there", "test_cli.py"),
    "read.python": Elsewhere("about code in Python", "adapters/test_zfit_convert.py"),
    "read.archive": Elsewhere("about an archive that is damaged", "test_archive.py"),
    "read.too_large": Elsewhere("the file would be too large to keep", "test_jsonio.py"),
    "write.failed": Elsewhere("about the disk", "test_cli.py"),
    "conversion.failed": Elsewhere("each case has a code of its own", "adapters/test_root_json.py"),
    "compile.no_logarithm": Elsewhere(
        "reading a document settles it before: `dialect.normsys_nonpositive` and "
        "`histfactory.nonpositive_template`",
        "engine/test_histfactory.py",
    ),
    "compile.unknown_function_type": Elsewhere(
        "the check of a document finds it first: `reference.unknown_type`", "test_extension.py"
    ),
    "compile.unknown_modifier_type": Elsewhere("about packages", "test_extension.py"),
    "compile.unsupported": Elsewhere("about toys", "engine/test_sampling.py"),
    "evaluate.failed": Elsewhere("each case has a code of its own", "engine/test_terms.py"),
    "fit.invalid": Elsewhere(_ASKED, "engine/test_fit.py"),
    "fit.choice": Elsewhere(_ASKED, "test_face.py"),
    "fit.not_floating": Elsewhere(_ASKED, "engine/test_profile.py"),
    "fit.unknown_minimizer": Elsewhere(_ASKED, "engine/test_fit.py"),
    "fit.not_converged": Elsewhere("about a fit that fails", "test_cli_diagnose.py"),
    "fit.no_saturated_model": Elsewhere(_ASKED, "test_cli_diagnose.py"),
    "fit.wrong_data": Elsewhere(_ASKED, "engine/test_sampling.py"),
    "fit.wrong_shape": Elsewhere(_ASKED, "engine/test_fit.py"),
    "inference.damaged_chunk": Elsewhere("about files of toys", "engine/test_batch.py"),
    "inference.not_converged": Elsewhere("about a fit that fails", "engine/test_inference.py"),
    "inference.statistic": Elsewhere(_ASKED, "engine/test_inference.py"),
    "pyhf.stored_outdated": Elsewhere(
        "about a document that was changed after its import", "adapters/test_pyhf_export.py"
    ),
    "root.corrupt": Elsewhere(_ROOT, _FILE),
    "root.unsupported": Elsewhere(_ROOT, "adapters/test_root_fuzz.py"),
    "root.key": Elsewhere(_ROOT, _FILE),
    "root.workspace": Elsewhere(_ROOT, _FILE),
    "root.member": Elsewhere(_ROOT, _FILE),
    **{
        f"root.{name}": Elsewhere(_ROOT, _TREE)
        for name in (
            "unknown_class",
            "conditional",
            "measurement",
            "floor",
            "fft_buffer",
            "johnson_threshold",
            "histogram_normalisation",
            "parametrised_range",
            "index_category",
            "model_config",
            "no_global_observables",
            "snapshot_part",
            "column_left_out",
            "weight_errors",
            "left_out",
        )
    },
    "root.not_a_channel": Elsewhere(_ROOT, _GRAPH),
    "root.bin_width_by_name": Elsewhere(_ROOT, _GRAPH),
    "root.outside_bins": Elsewhere(_ROOT, _GRAPH),
    "root.refused": Elsewhere("about a process of ROOT", "adapters/test_root_process.py"),
    "root.crashed": Elsewhere("about a process of ROOT", "adapters/test_root_process.py"),
    "root.timeout": Elsewhere("about a process of ROOT", "adapters/test_root_process.py"),
    "root.self_check": Elsewhere("about a process of ROOT", "adapters/test_root_json.py"),
    "root.unchecked": Elsewhere("about a process of ROOT", "adapters/test_root_json.py"),
    "xml.outside": Elsewhere("about files elsewhere", "adapters/test_xml_errors.py"),
    "xml.binning": Elsewhere("needs a file of its own", "adapters/test_xml_errors.py"),
    "datacard.binning": Elsewhere("needs a file of its own", "adapters/test_datacard.py"),
    "datacard.small_normalisation": Elsewhere(
        "needs a published card", "adapters/test_datacard.py"
    ),
}
"""Single codes of groups that have fixtures."""


def why(code: str) -> Elsewhere | None:
    """Why a code has no fixture; None where it should have one."""
    if code in OPERATIONS and not code.startswith("dialect."):
        return Elsewhere("about an operation on documents", "test_edit.py")
    return CODES.get(code) or GROUPS.get(code.partition(".")[0])
