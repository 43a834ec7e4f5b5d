"""One likelihood: its channels and other pdfs with their data, as ROOT combines them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hs3.base import Part, expression_of, references
from hs3.checks.axes import axes_of
from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.dialects.base import Log
from hs3.distributions.polynomial import BernsteinPolyDist, ChebychevDist
from hs3.edit.occurrences import variables
from hs3.graph import Graph, Term
from hs3.histfactory.meaning import Channel
from hs3.resolve.uses import Uses

from .channels import ChannelWriter, axis_json
from .constraints import Constraints
from .draft import Draft, Json, Variable
from .entries import EntryWriter, extended
from .internal import Internal
from .names import channel_label, cleaned
from .refuse import refuse


@dataclass
class Written:
    """What a likelihood has become.

    Attributes:
        name: of the likelihood.
        pdf: name of the RooSimultaneous.
        dataset: name of the combined data.
        index_category: name of the category that tells the channels apart.
        labels: of the channels, in order.
        indices: numbers of the channels in the category.
        distributions: names of their pdfs.
        globals: names of the global observables.
    """

    name: str
    pdf: str
    dataset: str
    index_category: str
    labels: list[str] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    distributions: list[str] = field(default_factory=list)
    globals: list[str] = field(default_factory=list)

    def json(self) -> Json:
        """The entry in `likelihoods`."""
        data = [f"{self.dataset}_{label}" for label in self.labels]
        return {"name": self.name, "distributions": self.distributions, "data": data}

    def index(self, kind: str) -> Json:
        """The entry in ROOT's list of combined pdfs or data."""
        entry: Json = {
            "index_cat": self.index_category,
            "indices": self.indices,
            "labels": self.labels,
        }
        return {**entry, "distributions": self.distributions} if kind == "distributions" else entry


def write_likelihood(draft: Draft, graph: Graph) -> Written:
    """Add everything that a likelihood consists of to the draft."""
    for parameter in graph.parameters:
        draft.parameter(parameter)
    _hidden(draft, graph)
    entries = EntryWriter(draft, graph)
    for function in graph.functions:
        entries.function(function)
    for distribution in graph.distributions:
        entries.distribution(distribution)
    constraints = Constraints(draft, graph)
    observed = [t for t in graph.terms if t.observables]
    _check_extended(graph, observed)
    _check_full_ranges(graph, observed)
    channels = [ChannelWriter(draft, graph, constraints, c) for c in graph.channels]
    for writer in channels:
        writer.write()
    pdfs = [entries.term(t) for t in observed]
    loose = dict(constraints.left())
    loose |= {entries.term(t): t.distribution.name for t in graph.terms if not t.observables}
    if channels:
        steering = Steering(draft, graph)
        for name, about in loose.items():
            channels[0].attach(name, steering.parameters(about))
    elif pdfs and loose:
        for number, names in _places(draft, graph, observed, loose).items():
            pdfs[number] = _with_constraints(draft, pdfs[number], names)
    pdfs = [*(writer.put() for writer in channels), *pdfs]
    if not pdfs:
        refuse(f"the likelihood {graph.name!r} has no data", "", graph.name)
    made = _combined(draft, graph, [*graph.channels, *observed], pdfs)
    made.globals = list(constraints.globals)
    return made


def _hidden(draft: Draft, graph: Graph) -> None:
    """Add variables that functions need before ROOT comes to what gives them their range.

    They are integrated over, with their ranges in the domains, or observables of channels.
    """
    tables = graph.workspace.tables
    known = {p.name for p in graph.parameters} | {o for t in graph.terms for o in t.observables}
    known |= tables["functions"].keys() | tables["distributions"].keys()
    ranges = _full_ranges(graph)
    for channel in graph.channels:
        ends = ((float(e[0]), float(e[-1])) for e in channel.edges)
        ranges |= dict(zip(channel.axes, ends, strict=True))
    parts = [*graph.functions, *graph.distributions, *(t.distribution for t in graph.terms)]
    for part in parts:
        for name in _names_in(part) - known:
            bounds = ranges.get(name)
            if bounds is not None:
                low, high = bounds
                made = Variable(low + (high - low) / 2, low, high)
                draft.variables.setdefault(draft.names.of(name), made)


def _full_ranges(graph: Graph) -> dict[str, tuple[float, float]]:
    """What the domains say about variables."""
    axes = (axis for domain in graph.workspace.domains or () for axis in axes_of(domain))
    return {axis.name: ends for axis in axes if (ends := axis.range()) is not None}


def _check_full_ranges(graph: Graph, terms: Sequence[Term]) -> None:
    """Refuse polynomials in the full range of a variable of which data cover a part.

    In ROOT a variable has one range, which is that of its data.
    """
    ranges = _full_ranges(graph)
    for part in (*graph.distributions, *(t.distribution for t in terms)):
        if not isinstance(part, ChebychevDist | BernsteinPolyDist):
            continue
        name = str(part.x)
        full = ranges.get(name)
        for term in terms:
            own = term.observables.get(name)
            if full is not None and own is not None and tuple(own) != tuple(full):
                refuse(
                    f"{part.name!r} is a polynomial in the full range of {name!r}, {list(full)}, "
                    f"of which the data cover {list(own)}: ROOT has one range for both",
                    term.path,
                    part.name,
                )


def _names_in(part: Part) -> set[str]:
    """Names of numbers that a part refers to."""
    found = {r.name for r in references(part) if {"value", "variable"} & set(r.kinds)}
    return found | set(variables(expression_of(part) or ""))


class Steering:
    """Finds the parameters that a function or distribution depends on."""

    def __init__(self, draft: Draft, graph: Graph) -> None:
        self.draft, self.known = draft, {p.name: p for p in graph.parameters}
        self.uses = Uses(draft.workspace, Log())

    def parameters(self, name: str) -> list[str]:
        """Names in ROOT of the free parameters that `name` is, or depends on; else of one."""
        node = self.uses.node(name)
        names = [name] if node is None else list(self.uses.leaves(node))
        found = [self.known[n] for n in dict.fromkeys(names) if n in self.known]
        if not found:
            refuse(f"{name!r} depends on no parameter", "", name)
        free = [p for p in found if not p.const] or found[:1]
        return [self.draft.names.of(p.name) for p in free]


def _places(
    draft: Draft, graph: Graph, terms: Sequence[Term], loose: Mapping[str, str]
) -> dict[int, list[str]]:
    """The constraints that go with each of the terms, by its number.

    Of the constraints of a pdf, ROOT leaves out those whose parameters the rest of this pdf does
    not depend on. Where it depends on some of them, ROOT normalises the constraint over these
    alone, so that it becomes a conditional density.
    """
    uses, known = Uses(draft.workspace, Log()), {p.name for p in graph.parameters}
    constant = {p.name for p in graph.parameters if p.const}

    def leaves(name: str) -> set[str]:
        node = uses.node(name)
        return {name} & known if node is None else set(uses.leaves(node)) & known

    used = [leaves(term.distribution.name) for term in terms]
    places: dict[int, list[str]] = {}
    for name, about in loose.items():
        own = leaves(about)
        free = own - constant or own
        best = max(range(len(terms)), key=lambda i: (len(free & used[i]), -i))
        if not own & used[best]:
            message = f"nothing but its constraint depends on {about!r}, which ROOT then leaves out"
            refuse(message, "", about)
        if alone := free - used[best]:
            message = (
                f"of what {about!r} constrains, {terms[best].distribution.name!r} does not depend "
                f"on {sorted(alone)[0]!r}, over which ROOT then does not normalise it"
            )
            refuse(message, "", about)
        places.setdefault(best, []).append(name)
    return places


def _with_constraints(draft: Draft, pdf: str, loose: Sequence[str]) -> str:
    """ROOT finds constraints that are factors of a pdf, also with plain ``createNLL``."""
    known = draft.distributions[pdf]
    factors = known["factors"] if known["type"] == "product_dist" else [pdf]
    name = draft.names.helper(f"{pdf}_with_constraints")
    entry = {"name": name, "type": "product_dist", "factors": [*factors, *loose]}
    draft.put("distributions", entry)
    return name


def _check_extended(graph: Graph, terms: Sequence[Term]) -> None:
    """ROOT counts events in a simultaneous pdf only where all its parts do."""
    tables = graph.workspace.tables["distributions"]
    counting = {t.distribution.name: extended(t.distribution, tables) for t in terms}
    if len(set(counting.values())) > 1:
        names = [name for name, counts in counting.items() if not counts]
        refuse(
            f"{names[0]!r} does not predict a number of events and others do; in a simultaneous "
            "pdf ROOT then leaves the number of events out for all",
            graph.terms[0].path,
            names[0],
        )


def _combined(
    draft: Draft, graph: Graph, parts: Sequence[Channel | Term], pdfs: Sequence[str]
) -> Written:
    """Names of the simultaneous pdf and the combined data, and the data of each part."""
    names = _part_names(parts)
    internal = Internal(draft.workspace)
    known = internal.simultaneous(names)
    if known is None:
        labels = [channel_label(draft.names.of(n)) for n in names]
        # One name for each set of pdfs, whatever the analysis.
        pdf = draft.names.of("\0".join(("simPdf", *pdfs)), "simPdf")
    else:
        pdf = draft.names.helper(known[0])
        labels = [known[1][n][0] for n in names]
    dataset = _dataset_name(parts, labels)
    category = internal.index(known[0] if known else pdf)
    indices = [known[1][n][1] for n in names] if known else list(range(len(names)))
    made = Written(cleaned(graph.name), pdf, dataset, category, labels, indices, list(pdfs))
    for part, label in zip(parts, labels, strict=True):
        draft.put("data", {"name": f"{dataset}_{label}", **_data(draft, part)}, part.path)
    return made


def _part_names(parts: Sequence[Channel | Term]) -> list[str]:
    return [p.name if isinstance(p, Channel) else p.distribution.name for p in parts]


def _dataset_name(parts: Sequence[Channel | Term], labels: Sequence[str]) -> str:
    """What the names of the data have in common before the channels' labels, or ``obsData``."""
    stems = set()
    for part, label in zip(parts, labels, strict=True):
        name = part.data if isinstance(part, Channel) else getattr(part.data, "name", "")
        if name is None:
            refuse("a channel without data", part.path)
        stem = cleaned(name).removesuffix(f"_{label}")
        stems.add(stem if stem != cleaned(name) else None)
    found = stems.pop() if len(stems) == 1 else None
    return found or "obsData"


def _data(draft: Draft, part: Channel | Term) -> Json:
    if isinstance(part, Channel):
        assert part.observed is not None
        axes = [axis_json(draft.names.of(n), e) for n, e in zip(part.axes, part.edges, strict=True)]
        return {"type": "binned", "axes": axes, "contents": part.observed.tolist()}
    if isinstance(part.data, UnbinnedData):
        return _events(draft, part, part.data)
    if isinstance(part.data, BinnedData):
        message = (
            f"binned data of {part.distribution.name!r}, which ROOT would evaluate at bin centres"
        )
        refuse(message, part.path, part.data.name)
    message = f"{part.distribution.name!r} is observed as a number, which ROOT cannot read"
    refuse(message, part.path, part.distribution.name)


def _events(draft: Draft, term: Term, data: UnbinnedData) -> Json:
    """Unbinned data. ROOT sorts the axes by name and not the coordinates: both are sorted here."""
    names = [draft.names.of(a.name) for a in data.axes]
    order = sorted(range(len(names)), key=names.__getitem__)
    axes = []
    for i in order:
        low, high = term.observables[data.axes[i].name]
        made = Variable(low + (high - low) / 2, low, high)
        known = draft.variables.setdefault(names[i], made)
        if known != made:
            refuse(f"the observable {names[i]!r} has several ranges", term.path, names[i])
        axes.append({"name": names[i], "min": low, "max": high})
    entries = [[row[i] for i in order] for row in data.entries]
    weights = {} if data.weights is None else {"weights": list(data.weights)}
    return {"type": "unbinned", "axes": axes, "entries": entries, **weights}
