"""A drawing of references as SVG: text that can be searched, readable in light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from hs3.errors import EditError
from hs3.findings import Finding

from .drawing import Drawing, Node
from .layered import MOST, Box, Route, layered

HEIGHT, GAP, MARGIN, ROW = 26.0, 70.0, 24.0, 38.0
"""Of boxes, between layers, around all, from row to row; pixels."""

LETTER = 6.7
"""Width of a letter at 12 pixels, on the wide side."""

LONGEST = 44
"""Letters of a label; the whole name is in the title of the box."""

COLOURS = {
    "analyses": ("#4c3a8f", "#ece8fb"),
    "likelihoods": ("#1f5fa8", "#e4effb"),
    "data": ("#7a5a12", "#fbf3dc"),
    "distributions": ("#146b5a", "#e0f4ef"),
    "functions": ("#96460f", "#fdebdd"),
    "parameters": ("#4a4f57", "#f1f2f4"),
}
"""Border and filling by section."""

SINGULAR = {
    "analyses": "analysis",
    "likelihoods": "likelihood",
    "data": "data",
    "distributions": "distribution",
    "functions": "function",
    "parameters": "parameter",
}


def svg(drawing: Drawing) -> str:
    """The drawing as an SVG image.

    Raises:
        EditError: there are more nodes than can be read; `around` a name there are fewer.
        MissingDependency: networkx is not installed.
    """
    boxes, routes = layered(drawing)
    if len(boxes) > MOST:
        message = f"{len(boxes)} boxes cannot be read; draw the neighbourhood of a name (`around`)"
        raise EditError([Finding("graph.too_large", "", message, len(boxes))])
    widths = [
        max(_width(b) for b in boxes if b.layer == layer)
        for layer in range(1 + max((b.layer for b in boxes), default=-1))
    ]
    left = [MARGIN + sum(widths[:i]) + GAP * i for i in range(len(widths))]
    legend = [s for s in COLOURS if any(b.section == s for b in boxes)]
    top = MARGIN + 34.0
    place = {b.key: (left[b.layer], top + ROW * b.row, _width(b)) for b in boxes}
    width = max((x + w for x, _, w in place.values()), default=0.0) + MARGIN
    width = max(width, MARGIN + 118.0 * len(legend))
    lowest = max((row for r in routes for _, row in r.passes), default=0.0)
    height = max((y + HEIGHT for _, y, _ in place.values()), default=top)
    height = max(height, top + ROW * lowest + HEIGHT) + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif" '
        'font-size="12">',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        *_legend(legend),
        *(_edge(r, place, left, widths, top) for r in routes),
        *(_box(b, *place[b.key]) for b in boxes),
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 18]}…{text[-17:]}"


def _width(box: Box) -> float:
    return LETTER * len(_short(box.label)) + 22.0


def _legend(sections: Sequence[str]) -> list[str]:
    lines = []
    for i, section in enumerate(sections):
        x = MARGIN + 118.0 * i
        border, filling = COLOURS[section]
        lines.append(
            f'<rect x="{x:.1f}" y="{MARGIN - 8:.1f}" width="14" height="14" rx="3" '
            f'fill="{filling}" stroke="{border}"/>'
            f'<text x="{x + 20:.1f}" y="{MARGIN + 3:.1f}" fill="#30343a">{section}</text>'
        )
    return lines


def _edge(
    route: Route,
    place: Mapping[Node, tuple[float, float, float]],
    left: Sequence[float],
    widths: Sequence[float],
    top: float,
) -> str:
    """A smooth line, level where it leaves, crosses layers, and ends."""
    start, end = place[route.start], place[route.end]
    x, y = start[0] + start[2], start[1] + HEIGHT / 2
    path = [f"M{x:.1f},{y:.1f}"]
    for layer, row in route.passes:
        level = top + ROW * row + HEIGHT / 2
        path.append(_bend(x, y, left[layer], level))
        x, y = left[layer] + widths[layer], level
        path.append(f"H{x:.1f}")
    x2, y2 = end[0], end[1] + HEIGHT / 2
    path.append(_bend(x, y, x2, y2))
    return (
        f'<path d="{" ".join(path)}" fill="none" stroke="#9aa3ad" stroke-width="1.1"/>'
        f'<circle cx="{x2:.1f}" cy="{y2:.1f}" r="2.2" fill="#6b747e"/>'
    )


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:.1f},{y:.1f} {middle:.1f},{to_y:.1f} {to_x:.1f},{to_y:.1f}"


def _box(box: Box, x: float, y: float, width: float) -> str:
    border, filling = COLOURS[box.section]
    shown = ", ".join(box.members[:40]) + (" …" if len(box.members) > 40 else "")
    round_ = 13 if box.section == "parameters" else 5
    return (
        f"<g><title>{SINGULAR[box.section]} {_xml(shown)}</title>"
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT}" rx="{round_}" '
        f'fill="{filling}" stroke="{border}" stroke-width="1.2"/>'
        f'<text x="{x + width / 2:.1f}" y="{y + 17:.1f}" text-anchor="middle" fill="{border}">'
        f"{_xml(_short(box.label))}</text></g>"
    )


def _xml(text: str) -> str:
    """Text for XML, which has no control characters."""
    return escape("".join(c if c.isprintable() else "�" for c in text))
