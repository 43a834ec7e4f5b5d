"""What differs between documents, and what refers to what."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from conftest import DATA, ROOT

import hs3
from hs3.cli.app import run
from hs3.edit import draw
from hs3.errors import EditError

ONE = ROOT / "examples" / "combine" / "counting.hs3.json"


def document():
    return json.loads(ONE.read_text(encoding="utf-8"))


def changed(data):
    return [
        (d.kind, d.path, d.first, d.second)
        for d in hs3.diff(hs3.load(ONE), hs3.Workspace.from_json(data))
    ]


def test_order_of_entries_and_spelling_of_numbers_do_not_count():
    data = document()
    data["domains"][0]["axes"].reverse()
    data["parameter_points"][0]["parameters"][0]["value"] = 1.0
    assert changed(dict(reversed(data.items()))) == []


def test_what_is_changed_added_and_removed():
    data = document()
    modifier = data["distributions"][0]["samples"][1]["modifiers"][0]
    modifier["data"]["hi"] = 1.2
    data["data"][0]["contents"] = [18.0]
    data["functions"] = [{"name": "f", "type": "sum", "summands": [1]}]
    del data["domains"][0]["axes"][1]
    where = "/distributions/model_search/samples/b/modifiers/scale/data/hi"
    assert sorted(changed(data)) == sorted(
        [
            ("changed", where, 1.1, 1.2),
            ("changed", "/data/data_search/contents", [17.0], [18.0]),
            ("added", "/functions", None, data["functions"]),
            ("removed", "/domains/d/axes/scale", {"name": "scale", "min": -5, "max": 5}, None),
        ]
    )


def test_numbers_within_tolerance_are_equal():
    data = document()
    data["data"][0]["contents"] = [17.0 * (1 + 1e-9)]
    other = hs3.Workspace.from_json(data)
    assert hs3.diff(hs3.load(ONE), other, tolerance=1e-8) == ()
    assert len(hs3.diff(hs3.load(ONE), other, tolerance=1e-10)) == 1


def test_a_document_does_not_differ_from_itself():
    for path in DATA.glob("*.json"):
        assert hs3.diff(hs3.load(path), hs3.load(path)) == ()


def test_the_references_of_a_document():
    made = draw(hs3.load(ONE))
    assert (("analyses", "a"), ("likelihoods", "l")) in made.edges
    assert (("likelihoods", "l"), ("data", "data_search")) in made.edges
    assert (("distributions", "model_search"), ("parameters", "mu")) in made.edges
    near = draw(hs3.load(ONE), around="mu")
    assert set(near.nodes) == {
        ("parameters", "mu"),
        ("analyses", "a"),
        ("distributions", "model_search"),
    }
    with pytest.raises(hs3.EditError):
        draw(hs3.load(ONE), around="nothing")


def test_names_are_quoted():
    ws = hs3.rename(hs3.load(ONE), {"mu": 'm"<u\\'})[0]
    made = draw(ws)
    assert 'label="m\\"<u\\\\"' in made.dot()
    space = "{http://graphml.graphdrawing.org/xmlns}"
    nodes = ET.fromstring(made.graphml()).findall(f".//{space}node")
    assert {n.find(f"{space}data").text for n in nodes} == {name for _, name in made.nodes}


def test_commands(tmp_path, capsys):
    assert run(["diff", str(ONE), str(ONE)]) == 0
    data = document()
    data["data"][0]["contents"] = [18.0]
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    capsys.readouterr()
    assert run(["diff", str(ONE), str(other), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [d["path"] for d in found["differences"]] == ["/data/data_search/contents"]
    assert run(["diff", str(ONE), str(other)]) == 1
    assert "contents/0   17.0" in capsys.readouterr().out
    assert run(["graph", str(ONE), "--around", "mu"]) == 0
    assert capsys.readouterr().out.startswith("digraph hs3 {")
    out = tmp_path / "graph.xml"
    assert run(["graph", str(ONE), "--format", "graphml", "-o", str(out)]) == 0
    ET.parse(out)


def test_an_image_shows_every_name_once():
    image = ET.fromstring(draw(hs3.load(ONE)).svg())
    space = "{http://www.w3.org/2000/svg}"
    titles = [t.text for t in image.iter(f"{space}title")]
    drawing = draw(hs3.load(ONE))
    assert len(titles) == len(drawing.nodes)
    assert "parameter scale" in titles
    boxes = [
        (float(r.get("x")), float(r.get("y")), float(r.get("width")), float(r.get("height")))
        for g in image.iter(f"{space}g")
        for r in g.iter(f"{space}rect")
    ]
    width, height = (float(image.get(key)) for key in ("width", "height"))
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for i, (x, y, w, h) in enumerate(boxes):
        for u, v, ww, hh in boxes[:i]:
            assert x + w <= u or u + ww <= x or y + h <= v or v + hh <= y


def test_what_stands_in_the_same_relations_is_one_box():
    ws = hs3.load(ROOT / "examples" / "workspaces" / "search.hs3.json")
    text = draw(ws).svg()
    assert "gamma_stat_SR_bin … (4)" in text
    assert "gamma_stat_SR_bin_3" in text  # in the title
    around = draw(ws, around="gamma_stat_SR_bin_2").svg()
    assert ">gamma_stat_SR_bin_2<" in around


def test_names_are_text_and_nothing_else():
    data = document()
    data["analyses"][0]["name"] = "<script>alert(1)</script>\u0007"
    image = ET.fromstring(draw(hs3.Workspace.from_json(data)).svg())
    shown = [t.text for t in image.iter("{http://www.w3.org/2000/svg}text")]
    assert "<script>alert(1)</script>\ufffd" in shown


def test_images_that_nobody_can_read_are_refused(monkeypatch):
    monkeypatch.setattr("hs3.edit.svg.MOST", 3)
    with pytest.raises(EditError, match="around"):
        draw(hs3.load(ONE)).svg()


def test_the_name_of_the_file_tells_the_format(tmp_path):
    for name, start in (("a.svg", "<svg"), ("a.graphml", "<?xml"), ("a.dot", "digraph")):
        assert run(["graph", str(ONE), "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
