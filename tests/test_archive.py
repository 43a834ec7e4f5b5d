"""Archives: what is in them, that they hold, and that a changed number is noticed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from process import command

import hs3
from hs3.archives.check import _sums
from hs3.archives.container import pack, unpack
from hs3.errors import ConversionError, ReadError

TWO_BIN = ROOT / "examples" / "two_bin" / "workspace.json"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "two_bin.zip"
    report = hs3.archive(hs3.load(TWO_BIN), path, description="Two bins\nof the field")
    assert report.ok
    return path


def changed(path: Path, member: str, old: bytes, new: bytes, target: Path) -> Path:
    """A copy with other bytes in a member, and checksums that fit them."""
    members = {name: raw for name, raw in unpack(path).items() if name != "SHA256SUMS"}
    assert old in members[member]
    target.write_bytes(pack({**members, member: members[member].replace(old, new, 1)}))
    return target


def failed(path: Path) -> list[str]:
    return [check.name for check in hs3.verify(path).checks if not check.ok]


def test_an_archive_holds_the_model_and_what_is_needed_to_check_it(made: Path) -> None:
    with zipfile.ZipFile(made) as archive:
        names = archive.namelist()
        model = json.loads(archive.read("model.hs3.json"))
        numbers = json.loads(archive.read("reference.json"))
        assert json.loads(archive.read("environment.json"))["packages"]["numpy"]
        assert '"comment": "Two bins of the field"' in archive.read("submission.yaml").decode()
    assert {"schema.json", "findings.json", "README.txt", "SHA256SUMS"} < set(names)
    workspace = hs3.Workspace.from_json(model)
    assert hs3.fit(workspace).twice_nll == pytest.approx(
        next(iter(numbers["analyses"].values()))["fit"]["twice_nll"], abs=1e-9
    )


def test_the_same_model_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    hs3.archive(hs3.load(TWO_BIN), again, description="Two bins of the field")
    assert again.read_bytes() == made.read_bytes()


def test_a_whole_archive_is_verified(made: Path) -> None:
    verification = hs3.verify(made)
    assert verification.ok
    names = " ".join(check.name for check in verification.checks)
    assert all(part in names for part in ("checksum", "canonical", "at the start", "best fit"))


def test_a_changed_number_of_the_model_is_noticed(made: Path, tmp_path: Path) -> None:
    """Also when the checksums were made anew."""
    path = changed(made, "model.hs3.json", b"[50,52]", b"[50,53]", tmp_path / "model.zip")
    names = failed(path)
    assert "hash of the model" in names
    assert any("-2 ln L" in name for name in names)


def test_a_changed_reference_number_is_noticed(made: Path, tmp_path: Path) -> None:
    numbers = json.loads(unpack(made)["reference.json"])
    start = next(iter(numbers["analyses"].values()))["start"]
    old, new = repr(start).encode(), repr(start + 1e-6).encode()
    path = changed(made, "reference.json", old, new, tmp_path / "numbers.zip")
    assert any("at the start" in name for name in failed(path))


_HEPDATA = """
import sys
from hepdata_validator.full_submission_validator import FullSubmissionValidator
validator = FullSubmissionValidator(schema_version="1.1.1")
valid = validator.validate(archive=sys.argv[1])
for file in validator.messages:
    validator.print_errors(file)
print("valid", valid)
"""


def test_hepdata_takes_an_archive_as_a_submission(made: Path) -> None:
    """By HEPData's own checks of what is uploaded."""
    arguments = ["-W", "ignore", "-c", _HEPDATA, str(made)]  # its imports warn
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["valid True"], done.stdout + done.stderr
    members = unpack(made)
    record, table = yaml.safe_load_all(members["submission.yaml"])
    kinds = {entry["location"]: entry.get("type") for entry in record["additional_resources"]}
    assert kinds["model.hs3.json"] == "HS3"
    assert kinds.keys() | {table["data_file"], "submission.yaml"} == members.keys()
    values = yaml.safe_load(members["reference.yaml"])
    names = [v["value"] for v in values["independent_variables"][1]["values"]]
    (strength,) = [
        v
        for n, v in zip(names, values["dependent_variables"][0]["values"], strict=True)
        if n == "mu"
    ]
    fit = next(iter(json.loads(members["reference.json"])["analyses"].values()))["fit"]
    assert strength["value"] == fit["values"]["mu"]


def test_any_changed_number_is_noticed(made: Path, tmp_path: Path) -> None:
    """In every member, without new checksums."""
    members = unpack(made)
    sums = members.pop("SHA256SUMS")
    for name, raw in members.items():
        place = next((i for i, byte in enumerate(raw) if chr(byte).isdigit()), None)
        if place is None:
            continue
        other = b"1" if raw[place : place + 1] != b"1" else b"2"
        new = {**members, name: raw[:place] + other + raw[place + 1 :], "SHA256SUMS": sums}
        found = [check.name for check in _sums(new) if not check.ok]
        assert found == [f"checksum of {name}"]


def test_other_versions_are_told_and_are_nothing_wrong(made: Path, tmp_path: Path) -> None:
    environment = json.loads(unpack(made)["environment.json"])
    old = environment["packages"]["numpy"].encode()
    path = changed(made, "environment.json", b'"numpy": "' + old, b'"numpy": "1.0', tmp_path / "a")
    found = {check.name: check for check in hs3.verify(path).checks}
    assert found["environment"].ok
    assert "numpy 1.0, now" in found["environment"].message


def test_a_damaged_member_is_noticed(made: Path, tmp_path: Path) -> None:
    members = unpack(made)
    members["findings.json"] = members["findings.json"] + b" "
    sums = members.pop("SHA256SUMS")
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in {**members, "SHA256SUMS": sums}.items():
            archive.writestr(name, raw)
    assert failed(path) == ["checksum of findings.json"]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 and nothing more", b"{}"])
def test_other_files_are_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    path.write_bytes(raw)
    with pytest.raises(ReadError) as caught:
        hs3.verify(path)
    assert caught.value.code == "read.archive"


def test_archives_without_their_members_are_refused(made: Path, tmp_path: Path) -> None:
    members = {k: v for k, v in unpack(made).items() if k not in ("SHA256SUMS", "reference.json")}
    path = tmp_path / "short.zip"
    path.write_bytes(pack(members))
    with pytest.raises(ReadError, match=r"reference\.json"):
        hs3.verify(path)
    path.write_bytes(pack({**members, "reference.json": b'{"sha256": 1, "analyses": [1]}'}))
    with pytest.raises(ReadError, match="not what hs3 writes"):
        hs3.verify(path)


def test_documents_that_cannot_be_checked_are_not_archived(tmp_path: Path) -> None:
    empty = hs3.Workspace.from_json({"metadata": {"hs3_version": "0.2.9"}})
    with pytest.raises(ConversionError, match="nothing to check") as caught:
        hs3.archive(empty, tmp_path / "empty.zip")
    assert caught.value.code == "archive.no_numbers"
    wrong = {"likelihoods": [{"name": "l", "distributions": ["nothing"], "data": ["nowhere"]}]}
    with pytest.raises(ConversionError) as caught:
        hs3.archive(hs3.Workspace.from_json(wrong), tmp_path / "wrong.zip")
    assert caught.value.code == "archive.errors"
    assert not list(tmp_path.iterdir())


def test_commands(tmp_path: Path) -> None:
    path = tmp_path / "two_bin.zip"
    written = command("archive", str(TWO_BIN), str(path), "--no-fit")
    assert written.returncode == 0, written.stderr
    verified = command("verify", str(path), "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["ok"] is True
