"""Random pyhf workspaces that pyhf accepts, with every modifier type and most settings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

COUNTS = st.one_of(st.integers(0, 60), st.floats(0.5, 200.0), st.just(0.0))
POSITIVE = st.floats(0.5, 50.0)
UNCERTAINTIES = st.one_of(st.just(0.0), st.floats(0.05, 5.0), st.integers(1, 4))
FACTORS = st.floats(0.6, 1.6)
SAMPLES = ("signal", "background", "α β")


def arrays(element: st.SearchStrategy[Any], bins: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(element, min_size=bins, max_size=bins)


@st.composite
def modifiers(draw: st.DrawFn, channel: str, sample: str, bins: int) -> list[dict[str, Any]]:
    """Modifiers of one sample; names are shared wherever pyhf allows it."""
    out: list[dict[str, Any]] = []

    def add(name: str, kind: str, data: Any) -> None:
        if draw(st.booleans()):
            out.append({"name": name, "type": kind, "data": data})

    for name in ("mu", f"k_{sample}"):
        add(name, "normfactor", None)
    add("lumi", "lumi", None)
    for name in ("common", "norm"):
        add(name, "normsys", {"hi": draw(FACTORS), "lo": draw(FACTORS)})
    for name in ("common", "tilt"):
        templates = {"hi_data": draw(arrays(COUNTS, bins)), "lo_data": draw(arrays(COUNTS, bins))}
        add(name, "histosys", templates)
    add(f"free_{channel}", "shapefactor", None)
    add(f"shape_{channel}_{sample}", "shapesys", draw(arrays(UNCERTAINTIES, bins)))
    plain = channel.replace("/", " ")  # pyhf fails on a staterror with a slash in its name
    add(f"stat_{plain}", "staterror", draw(arrays(UNCERTAINTIES, bins)))
    add(f"more_{plain}", "staterror", draw(arrays(UNCERTAINTIES, bins)))
    return draw(st.permutations(out))


@st.composite
def channels(draw: st.DrawFn, name: str) -> dict[str, Any]:
    bins = draw(st.integers(1, 3))
    names = draw(st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=3, unique=True))
    # One sample without systematics keeps the total above zero at most points.
    samples = [{"name": "floor", "data": draw(arrays(POSITIVE, bins)), "modifiers": []}]
    for sample in names:
        found = draw(modifiers(name, sample, bins))
        samples.append({"name": sample, "data": draw(arrays(COUNTS, bins)), "modifiers": found})
    return {"name": name, "samples": draw(st.permutations(samples))}


def lengths(workspace: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Type and number of parameters of each set of a workspace."""
    out = {}
    for channel in workspace["channels"]:
        for sample in channel["samples"]:
            for modifier in sample["modifiers"]:
                per_bin = modifier["type"] in ("shapefactor", "shapesys", "staterror")
                count = len(sample["data"]) if per_bin else 1
                out[modifier["name"]] = (modifier["type"], count)
    return out


@st.composite
def settings(draw: st.DrawFn, name: str, kind: str, count: int) -> dict[str, Any]:
    """What a measurement may say about one parameter set."""
    around = 0.0 if kind in ("normsys", "histosys") else 1.0
    choices: dict[str, st.SearchStrategy[Any]] = {
        "inits": arrays(st.floats(around - 0.4, around + 0.4), count),
        "bounds": arrays(st.just([around - 0.5, around + 0.75]), count),
        "fixed": st.booleans(),
    }
    if kind not in ("normfactor", "shapefactor"):
        choices["auxdata"] = arrays(st.floats(max(around - 0.2, 0.1), around + 0.2), count)
    if kind in ("lumi", "staterror"):
        choices["sigmas"] = arrays(st.floats(0.02, 0.4), count)
    if kind == "shapesys":
        choices["factors"] = arrays(st.floats(2.0, 200.0), count)
    always = {"inits", "bounds", "auxdata", "sigmas"} if kind == "lumi" else set()
    chosen = draw(st.sets(st.sampled_from(sorted(choices)))) | always
    return {"name": name, **{key: draw(choices[key]) for key in sorted(chosen)}}


@st.composite
def measurements(draw: st.DrawFn, name: str, sets: dict[str, tuple[str, int]]) -> dict[str, Any]:
    wanted = set(draw(st.sets(st.sampled_from(sorted(sets)), max_size=4))) if sets else set()
    wanted |= {"lumi"} & set(sets)
    parameters = [draw(settings(n, *sets[n])) for n in sorted(wanted)]
    pois = [n for n, (_, count) in sorted(sets.items()) if count == 1]
    poi = draw(st.sampled_from(["", *pois]))
    return {"name": name, "config": {"poi": poi, "parameters": parameters}}


@st.composite
def workspaces(draw: st.DrawFn) -> dict[str, Any]:
    """A whole workspace."""
    names = draw(st.lists(st.sampled_from(["SR", "CR 1", "a/b"]), min_size=1, unique=True))
    found = [draw(channels(name)) for name in names]
    observations = [
        {"name": c["name"], "data": draw(arrays(COUNTS, len(c["samples"][0]["data"])))}
        for c in found
    ]
    out = {"channels": found, "observations": draw(st.permutations(observations))}
    sets = lengths(out)
    count = draw(st.integers(1, 2))
    labels = ["first", "second"][:count]
    out["measurements"] = [draw(measurements(label, sets)) for label in labels]
    out["version"] = "1.0.0"
    return out
