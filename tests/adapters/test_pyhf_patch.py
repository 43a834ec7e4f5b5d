"""JSON Patches and patchsets."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pyhf_models import made

from hs3.adapters.pyhf import apply_patch, from_pyhf
from hs3.adapters.pyhf.patch import digest
from hs3.errors import ConversionError

BACKGROUND = made("zero_bins")
SIGNAL = {
    "name": "new signal",
    "data": [1.0, 2.0, 1.0],
    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
}
PATCH = [{"op": "add", "path": "/channels/1/samples/0", "value": SIGNAL}]


def patchset(**metadata: Any) -> dict[str, Any]:
    """Three signal points for the background."""
    digests = {"sha256": digest(BACKGROUND), "md5": digest(BACKGROUND, "md5")}
    return {
        "version": "1.0.0",
        "metadata": {
            "labels": ["m1", "m2"],
            "description": "three points",
            "references": {"hepdata": "ins1234567"},
            "digests": digests,
            **metadata,
        },
        "patches": [
            {"metadata": {"name": f"signal_{m}_{n}", "values": [m, n]}, "patch": _scaled(m)}
            for m, n in ((100, 1), (200, 1), (200, 50))
        ],
    }


def _scaled(mass: int) -> list[dict[str, Any]]:
    patch = copy.deepcopy(PATCH)
    patch[0]["value"]["data"] = [mass / 10, 2.0, 1.0]
    return patch


def first_count(workspace: dict[str, Any]) -> float:
    return workspace["channels"][1]["samples"][0]["data"][0]


def test_a_patch_is_applied_to_a_copy() -> None:
    before = copy.deepcopy(BACKGROUND)
    patched, report = apply_patch(BACKGROUND, PATCH)
    assert patched["channels"][1]["samples"][0] == SIGNAL
    assert before == BACKGROUND
    assert not report.findings


@pytest.mark.parametrize(
    "name, count",
    [("signal_100_1", 10.0), ("signal_200_50", 20.0), ((200, 1), 20.0), ([100, 1], 10)],
)
def test_a_patchset_gives_the_patch_of_a_name_or_of_values(name: Any, count: float) -> None:
    assert first_count(apply_patch(BACKGROUND, patchset(), name)[0]) == count


def test_one_entry_of_a_patchset_is_a_patch() -> None:
    assert first_count(apply_patch(BACKGROUND, patchset()["patches"][1])[0]) == 20.0


def test_the_only_patch_needs_no_name() -> None:
    single = patchset()
    del single["patches"][1:]
    assert first_count(apply_patch(BACKGROUND, single)[0]) == 10.0


@pytest.mark.parametrize("name", ["signal_100_2", (300, 1), None])
def test_a_missing_patch_is_an_error_with_the_nearest_names(name: Any) -> None:
    with pytest.raises(ConversionError, match="holds 3 patches") as caught:
        apply_patch(BACKGROUND, patchset(), name)
    assert caught.value.code == "pyhf.patch_name"
    assert "signal_100_1" in caught.value.suggestions


def test_a_name_for_a_single_patch_is_an_error() -> None:
    with pytest.raises(ConversionError, match="only one patch"):
        apply_patch(BACKGROUND, PATCH, "signal")


def test_a_patchset_for_another_workspace_is_refused() -> None:
    other = copy.deepcopy(BACKGROUND)
    other["observations"][0]["data"][0] = 1
    with pytest.raises(ConversionError, match="for another workspace") as caught:
        apply_patch(other, patchset(), "signal_100_1")
    assert (caught.value.code, caught.value.path) == ("pyhf.digest", "/metadata/digests/sha256")
    report = apply_patch(other, patchset(), "signal_100_1", verify=False)[1]
    assert [f.path for f in report] == ["/metadata/digests/sha256", "/metadata/digests/md5"]


def test_digests_are_those_of_pyhf() -> None:
    utils = pytest.importorskip("pyhf.utils")
    for algorithm in ("sha256", "md5"):
        assert digest(BACKGROUND, algorithm) == utils.digest(BACKGROUND, algorithm)


def test_pyhf_takes_the_patchset_that_is_taken_here() -> None:
    pyhf = pytest.importorskip("pyhf")
    patched = pyhf.PatchSet(patchset()).apply(BACKGROUND, "signal_100_1")
    assert dict(patched) == apply_patch(BACKGROUND, patchset(), "signal_100_1")[0]


def test_an_import_applies_the_patch() -> None:
    for options in ({"patch": PATCH}, {"patch": patchset(), "patch_name": (200, 50)}):
        workspace = from_pyhf(BACKGROUND, **options)[0].to_json()
        samples = workspace["distributions"][1]["samples"]
        assert [s["name"] for s in samples] == ["new signal", "background", "more"]


@pytest.mark.parametrize(
    "operation, path",
    [
        ("replace", ""),
        ({"op": "replace"}, "/path"),
        ({"op": "replace", "path": "/channels"}, "/value"),
        ({"op": "replace", "path": 1, "value": 1}, "/path"),
        ({"op": "replace", "path": "/nothing/here", "value": 1}, ""),
        ({"op": "remove", "path": "/channels/7"}, ""),
        ({"op": "remove", "path": "/channels/x"}, ""),
        ({"op": "remove", "path": "no pointer"}, ""),
        ({"op": "add", "path": "/channels/9", "value": 1}, ""),
        ({"op": "add", "path": "/version/0", "value": 1}, ""),
        ({"op": "test", "path": "/version", "value": "2"}, ""),
        ({"op": "move", "path": "/a"}, "/from"),
        ({"op": "move", "path": "/channels/0/x", "from": "/channels"}, ""),
        ({"op": "copy", "path": "/a", "from": "/b"}, ""),
        ({"op": "invent", "path": "/a"}, "/op"),
        ({"op": ["add"], "path": "/a"}, "/op"),
    ],
    ids=str,
)
def test_a_bad_operation_is_an_error_that_names_it(operation: Any, path: str) -> None:
    good = {"op": "test", "path": "/version", "value": "1.0.0"}
    with pytest.raises(ConversionError) as caught:
        apply_patch(BACKGROUND, [good, operation])
    assert (caught.value.code, caught.value.path) == ("pyhf.patch", f"/1{path}")


@pytest.mark.parametrize(
    "patch",
    [
        None,
        "text",
        {},
        {"patch": {}},
        {"patches": [1], "metadata": {}},
        {"patches": [{}], "metadata": {}},
        {"patches": [], "metadata": {}},
        {"patches": [{"metadata": {}, "patch": []}], "metadata": 1},
        {"patches": [{"metadata": {}, "patch": []}], "metadata": {"digests": {"crc": "1"}}},
        [{"op": "replace", "path": "", "value": []}],
    ],
    ids=str,
)
def test_what_is_no_patch_is_an_error(patch: Any) -> None:
    with pytest.raises(ConversionError):
        apply_patch(BACKGROUND, patch, None)


def test_copies_cannot_grow_without_bound() -> None:
    bomb = [{"op": "copy", "from": "", "path": f"/{i}"} for i in range(40)]
    with pytest.raises(ConversionError, match="too large"):
        apply_patch({"a": 1}, bomb)
