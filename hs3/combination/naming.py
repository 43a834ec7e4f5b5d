"""Which parameters of the inputs are one parameter, by mapping and by splitting."""

from __future__ import annotations

from hs3.edit.renaming import filled, is_pattern, pattern

from .draft import Draft


def correlate(draft: Draft) -> None:
    """Parameters of different names become one."""
    for new, members in draft.config.correlate.items():
        for label, old in members.items():
            where = ("correlate", new, label)
            index = draft.input(label, where)
            found = pattern(old) if is_pattern(old) else None
            table = draft.sources[index].parameters
            matches = {n: found.fullmatch(n) for n in table} if found else {}
            chosen = {n: filled(new, m) for n, m in matches.items() if m}
            if old in table:
                chosen = {old: new}
            if not chosen:
                draft.unknown(old, table, where)
            draft.plan.names[index].update(chosen)
            draft.taken.update(chosen.values())


def decorrelate(draft: Draft) -> None:
    """Parameters of one name become different ones."""
    given = draft.config.decorrelate
    chosen = [pattern(p) for p in given if not p.startswith("!")]
    spared = [pattern(p[1:]) for p in given if p.startswith("!")]
    explicit = [set(table) for table in draft.plan.names]
    counts: dict[str, int] = {}
    for source in draft.sources:
        for name in source.parameters:
            counts[name] = counts.get(name, 0) + 1
    used: set[int] = set()
    for index, source in enumerate(draft.sources):
        for name in source.parameters:
            hits = [k for k, p in enumerate(chosen) if p.fullmatch(name)]
            used.update(hits)
            free = counts[name] > 1 and name not in explicit[index]
            if hits and free and not any(p.fullmatch(name) for p in spared):
                draft.plan.names[index][name] = draft.new(f"{source.label}_{name}")
    for k, text in enumerate(p for p in given if not p.startswith("!")):
        if k not in used:
            draft.unknown(text, counts, ("decorrelate", k))
