"""``python -m hs3.conformance.conversions`` writes spec/conversions.md: what each format carries.

Nothing here knows what an adapter can do: each one is tried on the fixtures of the conformance
suite, which have documents of every type. The classes that are read come from the tables by which
the adapters find their converters.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hs3 import jsonio
from hs3.data.base import Data
from hs3.distributions import Distribution
from hs3.errors import ConversionError, ResolveError
from hs3.functions import Function
from hs3.histfactory.modifiers import Modifier
from hs3.workspace import Workspace

from .backends.likelihood import reduced
from .hs3suite_backend import points_of
from .suite import Fixture, fixtures

KINDS = ("density_", "function_", "likelihood_", "channel_")
"""Beginnings of the names of fixtures that have one document each, which is right."""

PROBE = "conversion_probe"
"""Name of what is added to a document that has no likelihood."""

FAMILIES: Mapping[str, type] = {
    "Distributions": Distribution,
    "Functions": Function,
    "HistFactory modifiers": Modifier,
    "Data": Data,
}

Attempt = Callable[[Workspace], object]


def _pyhf(ws: Workspace) -> object:
    from hs3.adapters.pyhf import to_pyhf

    return to_pyhf(ws)


def _xml(ws: Workspace) -> object:
    from hs3.adapters.xml import to_xml

    with tempfile.TemporaryDirectory() as folder:
        return to_xml(ws, Path(folder) / "new")


def _root(ws: Workspace) -> object:
    from hs3.adapters.root.json import to_root_json

    return to_root_json(ws)


def _zfit(ws: Workspace) -> object:
    from hs3.adapters.zfit import to_zfit

    return to_zfit(ws)


COLUMNS: Mapping[str, Attempt] = {"pyhf": _pyhf, "XML": _xml, "ROOT": _root, "zfit": _zfit}


def columns() -> list[str]:
    """The formats that can be tried here: zfit needs to be installed."""
    return [c for c in COLUMNS if c != "zfit" or importlib.util.find_spec("zfit") is not None]


def documents(fixture: Fixture) -> Iterator[Workspace]:
    """The document with one likelihood, for each scan: of data in it, of a pdf, of a function."""
    ws = Workspace.from_json(jsonio.read(fixture.document))
    for check in fixture.checks:
        if check["kind"] == "twice_delta_nll_scan":
            yield reduced(ws, check["target"])
        elif check["kind"] in ("pdf_scan", "function_scan"):
            yield with_probe(ws.to_json(), check)


def with_probe(document: dict[str, Any], check: Mapping[str, Any]) -> Workspace:
    """A document with a likelihood of the target of a scan, which has none.

    A pdf gets one event; a function is the mean of a Gaussian with one event.
    """
    target, point = check["target"], points_of(check)[0]
    at = {**check["reference_point"], **point}
    sections = {key: list(document.get(key, ())) for key in ("distributions", "data")}
    if "function" in target:
        gauss = {"type": "gaussian_dist", "x": PROBE, "mean": target["function"], "sigma": 1.0}
        sections["distributions"].append({"name": f"{PROBE}_pdf", **gauss})
        pdf, axes, event = f"{PROBE}_pdf", [{"name": PROBE, "min": -1e3, "max": 1e3}], [0.0]
    else:
        domains = [a for d in document.get("domains", ()) for a in d.get("axes", ())]
        names = target["observables"]
        axes = [next(a for a in domains if a["name"] == name) for name in names]
        pdf, event = target["pdf"], [at.get(a["name"], _middle(a)) for a in axes]
    data = {"name": PROBE, "type": "unbinned", "axes": axes, "entries": [event]}
    sections["data"].append(data)
    likelihood = {"name": PROBE, "distributions": [pdf], "data": [PROBE]}
    values = [{"name": name, "value": value} for name, value in at.items()]
    points = [*document.get("parameter_points", ()), {"name": PROBE, "parameters": values}]
    more = {"likelihoods": [likelihood], "parameter_points": points}
    return Workspace.from_json({**document, **sections, **more})


def _middle(axis: Mapping[str, Any]) -> float:
    return 0.5 * (float(axis["min"]) + float(axis["max"]))


def outcomes(column: str, chosen: Sequence[Fixture]) -> dict[str, str]:
    """For each type, whether a format carries all documents of it: ``yes``, ``no``, ``some``."""
    tried: dict[str, set[bool]] = {}
    for fixture in chosen:
        found = (_is_carried(COLUMNS[column], ws) for ws in documents(fixture))
        carried = {one for one in found if one is not None}
        for name in (*fixture.metadata.get("semantic", ()), *_data_types(fixture)):
            tried.setdefault(name, set()).update(carried)
        if carried == {True} and fixture.name.startswith("likelihood_"):
            for name in fixture.types:  # of others that it is made of
                tried.setdefault(name, set()).add(True)
    words = {(True,): "yes", (False,): "no", (False, True): "some"}
    return {name: words.get(tuple(sorted(all_)), "") for name, all_ in tried.items()}


def _data_types(fixture: Fixture) -> set[str]:
    """Types of data are in all documents that have some."""
    return set(fixture.types) & Data.family.types.keys()


def _is_carried(attempt: Attempt, ws: Workspace) -> bool | None:
    """Whether a format carries a document; None for one that has no likelihood to carry."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            attempt(ws)
    except ConversionError:
        return False
    except ResolveError:
        return None
    return True


def chosen_fixtures() -> list[Fixture]:
    """Documents that are right, about types, and not about numbers at their edges."""
    return [
        f
        for f in fixtures(patterns=[f"{kind}*" for kind in KINDS])
        if "edge" not in f.metadata.get("tags", ())
        and not any(":" in s.replace("CMS::", "") for s in f.metadata.get("semantic", ()))
    ]


def rows(found: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """The lines of the tables, family by family."""
    for title, base in FAMILIES.items():
        family: Any = base.family  # type: ignore[attr-defined]
        heads = " | ".join(found)
        yield f"## {title}\n\n| type | {heads} |\n|---|{'---|' * len(found)}"
        for cls in family.classes():
            names = [name for name, one in family.types.items() if one is cls]
            cells = [_cell(names, column) for column in found.values()]
            if any(cells):
                yield f"| `{names[0]}` | {' | '.join(cell or '–' for cell in cells)} |"
        yield ""


def _cell(names: Sequence[str], column: Mapping[str, str]) -> str:
    words = {column[name] for name in names if column.get(name)}
    return words.pop() if len(words) == 1 else "some" if words else ""


HEAD = """# Conversions

Which types go from HS3 to which format, found by trying each adapter on every fixture of the
conformance suite that is not about edges: `yes` where all documents of the type are carried, `some`
where that depends on the document, `no` where all are refused, with a message that names what and
why; `–` where no fixture is about the type alone. Refused by zfit, a factor can be carried by a pdf
with our numbers (`to_zfit(…, carry=True)`). ROOT stands for HS3 as ROOT 6.38 and 6.40 read it, and
for `.root` files, which are made of that.

This page and the table in the README are written by `python -m hs3.conformance.conversions`.
"""


BEGIN, END = "<!-- types: python -m hs3.conformance.conversions -->\n", "<!-- /types -->"
"""Between these the README has the table of `summary`."""


def summary(found: Mapping[str, Mapping[str, str]]) -> str:
    """One line for each format: the types that it carries, always and depending on the document."""
    bases: Iterable[Any] = FAMILIES.values()
    known = {name for base in bases for name in base.family.types}
    lines = ["| to | carries | carries, depending on the document |", "|---|---|---|"]
    for column, words in found.items():
        cells = [
            ", ".join(f"`{n}`" for n in sorted(words) if words[n] == word and n in known)
            for word in ("yes", "some")
        ]
        lines.append(f"| {column} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def sources() -> Iterator[str]:
    """The classes of other packages that are read, from the tables of their converters."""
    from hs3.adapters.root import convert  # noqa: F401 - fills the table
    from hs3.adapters.root.convert.registry import CONVERTERS

    yield "## Classes of RooFit that are read\n"
    yield ", ".join(f"`{name}`" for name in sorted(CONVERTERS)) + "\n"
    if "zfit" in columns():
        from hs3.adapters.zfit.constraints import CONSTRAINTS
        from hs3.adapters.zfit.densities import CONVERTERS as PDFS

        yield "## Classes of zfit and zfit-physics that are read\n"
        names = sorted(cls.__name__ for cls in (*PDFS, *CONSTRAINTS))
        yield ", ".join(f"`{name}`" for name in names)


def tried() -> dict[str, dict[str, str]]:
    """The outcomes of every format that can be tried here."""
    chosen = chosen_fixtures()
    return {column: outcomes(column, chosen) for column in columns()}


def page(found: Mapping[str, Mapping[str, str]]) -> str:
    """The text of spec/conversions.md."""
    return "\n".join([HEAD, *rows(found), *sources()]).rstrip() + "\n"


def readme(text: str, found: Mapping[str, Mapping[str, str]]) -> str:
    """The text of the README with the table of today."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{summary(found)}{END}{after}"


def main() -> None:
    """Write the page and the table in a checkout."""
    if columns() != list(COLUMNS):
        sys.exit('this needs zfit: pip install "hs3-reference[zfit]"')
    root, found = Path(__file__).parent.parent, tried()
    (root / "spec" / "conversions.md").write_text(page(found), encoding="utf-8")
    file = root / "README.md"
    file.write_text(readme(file.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
