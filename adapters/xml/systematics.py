"""The parameters of OverallSys and HistoSys, and what ConstraintTerms make of them."""

from __future__ import annotations

from collections.abc import Iterator

from hs3.errors import ExpressionError
from hs3.expressions import names as names_of
from hs3.expressions import parse
from hs3.findings import Finding, nearest

from . import document as d
from .pool import Json, Parameters, Pool
from .reader import refuse

UNIFORM_WIDTH = 100.0
"""Width of the Gaussian that ROOT takes for a uniform constraint."""


def lognormal(parameter: str, relative: float) -> str:
    """The expression by which a log-normal uncertainty depends on its Gaussian parameter."""
    return f"{1.0 / relative!r}*({1.0 + relative!r}^{parameter}-1)"


class Systematics:
    """Makes each systematic of a measurement once.

    Attributes:
        auxiliary: names of the distributions that constrain them.
        findings: where the terms' meaning differs between versions of ROOT.
    """

    def __init__(self, terms: tuple[d.ConstraintTerm, ...], parameters: Parameters, pool: Pool):
        self._terms = {term.name: term for term in terms}
        self._parameters, self._pool = parameters, pool
        self._used: dict[str, tuple[str, str]] = {}
        self.auxiliary: list[str] = []
        self.findings: list[Finding] = []

    def use(self, name: str, place: str, *, histo: bool) -> Json:
        """The keys `parameter` and `constraint` of a modifier of the systematic `name`."""
        if name not in self._used:
            self._used[name] = self._make(name, place)
        term = self._terms.get(name)
        if histo and term is not None and term.type != "Uniform":
            message = (
                f"the {term.type} term of {name!r} also holds for this HistoSys; "
                "ROOT 6.40 applies it to OverallSys alone"
            )
            self._report("xml.constraint_term", place, message, name)
        parameter, constraint = self._used[name]
        return {"parameter": parameter, "constraint": constraint}

    def _make(self, name: str, place: str) -> tuple[str, str]:
        term = self._terms.get(name)
        if term is not None and term.type == "Gamma":
            return self._gamma(name, term), "None"
        alpha = f"alpha_{name}"
        self._parameters.add(alpha, place, 0.0, -5.0, 5.0)
        if term is None:
            return alpha, "Gauss"
        if term.type == "NoConstraint":
            message = (
                f"{alpha!r} is free, without a constraint, as in older versions of ROOT; "
                "ROOT 6.40 leaves the OverallSys out"
            )
            self._report("xml.constraint_term", term.place, message, name)
            return alpha, "None"
        width = UNIFORM_WIDTH if term.type == "Uniform" else 1.0
        body = {"type": "gaussian_dist", "x": alpha, "mean": 0.0, "sigma": width}
        self._constrain(f"{alpha}Constraint", body)
        if term.type == "Uniform":
            return alpha, "None"
        return self._lognormal(name, alpha, term), "None"

    def _lognormal(self, name: str, alpha: str, term: d.ConstraintTerm) -> str:
        text = lognormal(alpha, term.relative)
        try:
            plain = names_of(parse(text)) == (alpha,)
        except ExpressionError:
            plain = False
        if not plain:
            message = f"{alpha!r} cannot stand in an expression; rename the systematic"
            refuse("xml.value", message, term.place, name)
        body = {"type": "generic_function", "expression": text}
        return self._pool.add("functions", f"alphaOfBeta_{name}", body)

    def _gamma(self, name: str, term: d.ConstraintTerm) -> str:
        beta, tau = f"beta_{name}", 1.0 / term.relative**2
        self._parameters.add(beta, term.place, 1.0, 0.0, 10.0)
        if tau > 10.0:
            message = f"{name!r} is measured with {tau:g} counts; ROOT 6.40 cuts that number at 10"
            self._report("xml.constraint_term", term.place, message, name)
        body = {"type": "gamma_dist", "x": beta, "gamma": tau + 1.0, "beta": 1.0 / tau, "mu": 0.0}
        self._constrain(f"{beta}Constraint", body)
        shift = 1.0 / term.relative
        line = {"type": "polynomial", "x": beta, "coefficients": [-shift, shift]}
        return self._pool.add("functions", f"alphaOfBeta_{name}", line)

    def _constrain(self, name: str, body: Json) -> None:
        self.auxiliary.append(self._pool.add("distributions", name, body))

    def _report(self, code: str, place: str, message: str, value: str) -> None:
        finding = Finding(code, place, message, value)
        if finding not in self.findings:
            self.findings.append(finding)

    def unused(self) -> Iterator[Finding]:
        """Terms for systematics that no sample has."""
        for name, term in self._terms.items():
            if name not in self._used:
                message = f"no sample has a systematic {name!r}: its ConstraintTerm has no effect"
                near = nearest(name, self._used)
                yield Finding("xml.no_effect", term.place, message, name, near)
