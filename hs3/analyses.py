"""Analyses (chapter 2.7): what is to be inferred from which likelihood."""

from __future__ import annotations

from hs3.base import DistributionName, DomainName, LikelihoodName, Named, ParameterName, PointName


class Analysis(Named):
    """A suggested inference.

    Attributes:
        likelihood: the likelihood.
        parameters_of_interest: as ROOT, pyhs3 and the standard's example spell it.
        parameter_of_interest: as the standard's text spells it.
        domain: ranges of the parameters (text of the standard).
        domains: several domains that together give the ranges (ROOT, pyhs3).
        init: where a fit starts.
        prior: prior distribution, for Bayesian inference only.
        aux_likelihood_terms: further auxiliary distributions (the standard's example only).
    """

    likelihood: LikelihoodName
    parameters_of_interest: tuple[ParameterName, ...] | ParameterName | None = None
    parameter_of_interest: tuple[ParameterName, ...] | ParameterName | None = None
    domain: DomainName | None = None
    domains: tuple[DomainName, ...] | None = None
    init: PointName | None = None
    prior: DistributionName | None = None
    aux_likelihood_terms: tuple[DistributionName, ...] | None = None

    @property
    def pois(self) -> tuple[str, ...]:
        """Names of the parameters of interest, however they are spelled."""
        given = self.parameters_of_interest or self.parameter_of_interest or ()
        return (given,) if isinstance(given, str) else given

    @property
    def domain_names(self) -> tuple[str, ...]:
        """Names of all domains of the analysis, however they are spelled."""
        return ((self.domain,) if self.domain else ()) + (self.domains or ())
