"""A package of types that is installed beside this one: read, checked, evaluated, fitted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from process import HOME, python

EXAMPLE = ROOT / "examples" / "extension"
FIXTURE = EXAMPLE / "fixture"
DOCUMENT = FIXTURE / "hs3.json"


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with the example package installed, entry points included."""
    folder = tmp_path_factory.mktemp("extension")
    source = shutil.copytree(EXAMPLE, folder / "source")
    target = folder / "site"
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = ["-m", "pip", "install", "--quiet", *options, "--target", str(target), str(source)]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def run(code: str, *paths: Path) -> str:
    """What a program prints in a fresh process, with these folders on its path."""
    path = f"""
import pathlib, sys
sys.path[1:1] = {[str(p) for p in paths]!r}
open_text = lambda path: pathlib.Path(path).read_text()
"""
    done = python("-c", path + code, cwd=HOME)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_the_package_the_document_is_kept_and_its_types_are_named():
    code = f"""
import hs3, json
ws = hs3.load({str(DOCUMENT)!r})
assert ws.to_json() == json.loads(open_text({str(DOCUMENT)!r}))
print([f.value for f in hs3.validate(ws) if f.code == "document.unknown_type"])
"""
    names = run(code).splitlines()[-1]
    assert names == "['eft_morphing', 'novosibirsk_dist', 'turn_on_function']"


def test_with_the_package_the_document_is_understood_without_jax(installed):
    code = f"""
import hs3, json
ws = hs3.load({str(DOCUMENT)!r})
assert json.loads(hs3.dumps(ws)) == json.loads(open_text({str(DOCUMENT)!r}))
assert hs3.validate(ws).ok
assert "jax" not in sys.modules
assert "hs3_peaks.engine" not in sys.modules
print(type(ws.distribution("mass")).__module__)
"""
    assert run(code, installed).strip() == "hs3_peaks.types"


def test_documents_without_unknown_types_load_no_extension(installed):
    demo = ROOT / "examples" / "two_bin"
    (document,) = sorted(demo.glob("*.hs3.json"))[:1] or [ROOT / "examples/demo/workspace.json"]
    code = f"""
import hs3
hs3.load({str(document)!r})
print("hs3_peaks" in sys.modules)
"""
    assert run(code, installed).strip() == "False"


def test_the_package_passes_its_fixture(installed):
    code = f"""
import json, numpy as np
from hs3.conformance.hs3suite_backend import HS3TestSuiteBackend
backend = HS3TestSuiteBackend()
ws = backend.load_workspace({str(DOCUMENT)!r})
for check in json.loads(open_text({str(FIXTURE / "expected.json")!r}))["checks"]:
    if check["kind"] == "structure_import":
        backend.run_structure_check(ws, check)
    elif "scan" in check["kind"]:
        got = getattr(backend, "run_" + check["kind"])(ws, check)
        tolerance = check["tolerance"]
        np.testing.assert_allclose(got, check["expected"], tolerance["rtol"], tolerance["atol"])
    print(check["kind"])
"""
    kinds = run(code, installed).split()
    assert kinds == [
        check["kind"]
        for check in json.loads(FIXTURE.joinpath("expected.json").read_text())["checks"]
    ]


def test_derivatives_sample_yields_and_fits_hold_for_effects(installed):
    code = f"""
import hs3, jax, numpy as np
from hs3.engine import likelihood
model = hs3.compile({str(DOCUMENT)!r})
at = {{"c_HW": 1.3, "jes": 0.4, "mu": 1.2, "threshold": 31.0, "m_tail": -0.2}}
arguments = (model.program, model.arrays, model.observed)
exact = jax.hessian(likelihood.nll)(model.theta(at), *arguments)
np.testing.assert_allclose(model.hessian(at), exact, rtol=1e-10, atol=1e-10)
yields = model.sample_yields(at)["SR"]
assert list(yields) == ["signal", "background"]
np.testing.assert_allclose(sum(yields.values()), model.expected_counts(at)["SR"], rtol=1e-14)
best = hs3.fit(model)
same = hs3.fit(model, minimizer="minuit")
assert best.converged and same.converged
for name in model.names:
    assert abs(best.values[name] - same.values[name]) < 0.01 * best.errors[name], name
again = hs3.compile({str(DOCUMENT)!r})
assert again.program == model.program and hash(again.program) == hash(model.program)
print("done")
"""
    assert run(code, installed).strip() == "done"


def test_pyhf_refuses_the_modifier_by_name(installed, tmp_path):
    code = f"""
import hs3, json
data = json.loads(open_text({str(DOCUMENT)!r}))
data["likelihoods"][0].update(distributions=["SR"], data=["obs_SR"])
try:
    hs3.convert(data, {str(tmp_path / "out.json")!r}, to="pyhf")
except hs3.ConversionError as error:
    print(error.value, error.path)
"""
    assert run(code, installed).strip() == "eft_morphing /distributions/0/samples/0/modifiers/0"


@pytest.mark.parametrize(
    "change, said",
    [
        ("modifier['data']['quadratic']['contents'].pop()", "histfactory.length"),
        ("modifier['parameter'] = 'c_HX'", "parameter.no_value"),
        ("modifier.pop('parameter')", "document"),
    ],
)
def test_a_modifier_that_does_not_fit_is_named(installed, change, said):
    code = f"""
import hs3, json
data = json.loads(open_text({str(DOCUMENT)!r}))
modifier = data["distributions"][0]["samples"][0]["modifiers"][0]
{change}
for finding in hs3.validate(data).errors:
    print(finding.code, finding.path)
"""
    assert said in run(code, installed)


def test_an_extension_that_cannot_be_imported_is_named(tmp_path):
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    info.joinpath("entry_points.txt").write_text("[hs3.types]\nbroken = no_such_module_here\n")
    code = f"""
import hs3
try:
    hs3.load({str(DOCUMENT)!r})
except hs3.ExtensionError as error:
    print(error)
"""
    said = run(code, tmp_path)
    assert "extension.failed" in said
    assert "no_such_module_here" in said
