"""Auxiliary measurements: each counted once, however many places of the document ask for it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

from hs3.dialects import constraints as rules
from hs3.distributions import Distribution
from hs3.distributions.histfactory import HistFactoryDist
from hs3.distributions.product import ProductDist
from hs3.findings import pointer
from hs3.graph import Term
from hs3.histfactory.claims import describe, same
from hs3.histfactory.meaning import Constraint

from .factors import Factors
from .measurement import Hints, Recogniser, numbers_of
from .measurement_checks import check_observed, check_scale, check_support
from .scope import Scope
from .selection import find
from .uses import Node


class Auxiliary:
    """Collects the constraints of a likelihood.

    Attributes:
        constraints: measurements of one parameter each.
        terms: auxiliary distributions of any other form.
        observed: names that hold observed values.
    """

    def __init__(self, scope: Scope, factors: Factors, recogniser: Recogniser) -> None:
        self._scope, self._factors, self._recogniser = scope, factors, recogniser
        self._log, self._uses, self._values = scope.log, scope.uses, scope.values
        self.constraints: list[Constraint] = []
        self.terms: list[Term] = []
        self.observed: dict[str, None] = {}
        self._added: set[str] = set()
        self._products: deque[tuple[str, str]] = deque()

    def settle(self) -> None:
        """Find every constraint: in line, by name, listed as auxiliary, by kind, by default."""
        claims = self._scope.claims
        for constraint in self._factors.constraints:
            self._keep(constraint)
        in_line = {c.parameter: c for c in self.constraints}
        for name, (parameter, path) in claims.named.items():
            self._add(name, parameter, path)
        by_name = {c.parameter for c in self.constraints} - in_line.keys()
        by_name |= {parameter for parameter, _ in claims.named.values() if parameter}
        listed = [*self._factors.auxiliary.items(), *self._scope.selection.auxiliary]
        self._products.extend(listed)
        while self._products:
            name, path = self._products.popleft()
            self._add(name, None, path)
        self._give_back()
        stated = {c.parameter: c for c in self.constraints if c.parameter not in by_name}
        self._settle_kinds(stated, by_name)
        self._settle_defaults()

    def _add(self, name: str, parameter: str | None, path: str) -> None:
        """Add the distribution `name`, which `path` says constrains `parameter`."""
        found = find(self._scope.ws, "distributions", name, path, self._log)
        if found is None or name in self._added:
            return
        self._added.add(name)
        where, dist = pointer("distributions", found[0]), found[1]
        if isinstance(dist, ProductDist):
            self._products.extend((f, f"{where}/factors/{i}") for i, f in enumerate(dist.factors))
            return
        if isinstance(dist, HistFactoryDist):
            message = f"the channel {name!r} cannot be an auxiliary distribution"
            self._log.add("reference.wrong_kind", path, message, name)
            return
        if parameter is not None:
            self._check_about(name, parameter, path)
        made = self._recogniser.constraint(dist, where, Hints(parameter, self._scope.used))
        if made is not None:
            self._keep(made)
            return
        self._add_term(dist, where)

    def _give_back(self) -> None:
        """A density whose constants something else has found to depend on stays a density."""
        for made in list(self.constraints):
            if self._recogniser.through.get(made.name, frozenset()) & self._scope.used.keys():
                self.constraints.remove(made)
                index, dist = self._scope.ws.tables["distributions"][made.name]
                self._add_term(dist, pointer("distributions", index))

    def _add_term(self, dist: Distribution, path: str) -> None:
        term = Term(dist, None, {}, path)
        self.terms.append(term)
        self._factors.use_term(term, (dist.name,))

    def _check_about(self, name: str, parameter: str, path: str) -> None:
        leaves = self._uses.leaves(Node("distributions", name))
        if not self._scope.reach(parameter) & leaves.keys():
            message = f"{name!r} does not depend on {parameter!r}, which it is said to constrain"
            self._log.add("constraint.elsewhere", path, message, name)

    def _keep(self, constraint: Constraint) -> None:
        self.constraints.append(constraint)
        for value in (constraint.parameter, constraint.observed, constraint.scale):
            if isinstance(value, str):
                self._scope.use(value, constraint.path)
        check_scale(constraint, self._values, self._log)
        check_support(constraint, self._values, self._log)
        if isinstance(constraint.observed, str):
            self.observed[constraint.observed] = None
            check_observed(constraint, self._values, self._log)

    def _settle_kinds(self, stated: dict[str, Constraint], by_name: set[str]) -> None:
        """Constraints that modifiers ask for by kind, where no distribution takes their place."""
        for parameter, made in self._scope.claims.kinds.items():
            if parameter in by_name:
                self._log.fired(rules.kind_and_name, made.path)
                continue
            other = stated.get(parameter)
            if other is not None and same(numbers_of(other, self._values), made):
                self._log.fired(rules.stated_twice, made.path)
                continue
            if other is not None:
                self._tell_twice(made, numbers_of(other, self._values))
            self._keep_made(made)

    def _keep_made(self, made: Constraint) -> None:
        """Add a constraint that is given by its kind; ROOT may state its observed value elsewhere.

        A value that agrees within the digits that ROOT writes of `errors` is the same one.
        """
        name = f"nom_{made.parameter}"
        root = self._scope.writer.root and name not in self._scope.used
        entry = self._values.entry(name) if root and name not in self._uses.functions else None
        stated = entry[1].value if entry is not None else None
        if stated is None or _same_digits(stated, made.observed):
            self.constraints.append(made)
            return
        self._log.fired(rules.nominal_by_name, made.path)
        self._scope.use(name, made.path)
        self.observed[name] = None
        self.constraints.append(replace(made, observed=name))

    def _tell_twice(self, made: Constraint, other: Constraint) -> None:
        message = (
            f"{made.parameter!r} is constrained as {describe(made)} here and as "
            f"{describe(other)} by {other.name!r}; both count"
        )
        self._log.add("constraint.twice", made.path, message, made.parameter)

    def tell_left_out(self, needed: set[str]) -> None:
        """Report measurements of free parameters that no likelihood lists.

        `needed` are the names of all distributions that are part of the likelihood.
        """
        ws = self._scope.ws
        elsewhere = {a.prior for a in ws.analyses or ()}
        for likelihood in ws.likelihoods or ():
            elsewhere |= {*(likelihood.aux_distributions or ()), *(likelihood.distributions or ())}
        others = ws.tables["distributions"].items()
        for name, (index, dist) in others:
            if name in needed or name in elsewhere or name in self._added:
                continue
            path = pointer("distributions", index)
            made = self._recogniser.silently(dist, path, Hints(None, self._scope.used))
            if made is not None and self._is_measured(made):
                message = (
                    f"{name!r} looks like the measurement of {made.parameter!r}, and the "
                    "likelihood does not list it"
                )
                self._log.add("constraint.left_out", path, message, name)

    def _is_measured(self, constraint: Constraint) -> bool:
        """True when a free parameter is measured, and by numbers or constants alone."""
        free = [n for n in self._scope.reach(constraint.parameter) if n in self._scope.used]
        observed = constraint.observed
        fixed = not isinstance(observed, str) or self._values.is_const(observed)
        return fixed and any(not self._values.is_const(name) for name in free)

    def _settle_defaults(self) -> None:
        """Gaussian constraints for systematics that nothing else constrains."""
        constrained = set(self._scope.claims.free)
        for constraint in self.constraints:
            constrained |= self._scope.reach(constraint.parameter)
        for term in self.terms:
            node = Node("distributions", term.distribution.name)
            constrained |= self._uses.leaves(node).keys()
        for parameter, made in self._scope.claims.defaults.items():
            if parameter not in constrained:
                self._log.fired(rules.sys_default, made.path, value=parameter)
                self._keep_made(made)


def _same_digits(stated: float, observed: float | str) -> bool:
    return isinstance(observed, str) or math.isclose(stated, observed, rel_tol=1e-6, abs_tol=1e-9)
