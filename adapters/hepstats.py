"""A compiled model as the loss that the calculators of hepstats take.

hepstats asks for zfit's interface: a loss with models, data and parameters that hold their value,
and a minimiser. Here the whole likelihood, auxiliary measurements included, is one model with one
data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from hs3.errors import FitError, MissingDependency
from hs3.findings import nearest

if TYPE_CHECKING:
    from hs3.engine import Dataset, FitResult, Model


class Parameter:
    """A parameter with a value that can be set.

    Attributes:
        floating: True where a fit may move it.
        independent: it is no function of others, as zfit asks.
    """

    independent = True

    def __init__(self, name: str, value: float, floating: bool) -> None:
        self.name, self.floating = name, floating
        self._value = value

    def value(self) -> float:
        """The value."""
        return self._value

    def set_value(self, value: float, clip: bool | None = None) -> _Restore:
        """Set the value; as a context manager, until the end of the block.

        There are no limits to `clip` it to: the fit keeps those of the model.
        """
        old, self._value = self._value, float(np.asarray(value).item())
        return _Restore(self, old)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[np.float64]:
        return np.array(self._value, dtype=dtype)

    def __repr__(self) -> str:
        return f"<Parameter {self.name}={self._value:g}>"


@cache
def _parameter() -> type[Parameter]:
    """Where zfit is installed, hepstats sets values by it, of what it calls parameters."""
    try:
        from zfit.interface import ZfitParameter
    except ImportError:
        return Parameter
    plain = {"name": "", "floating": True}  # there they are properties
    return type("Parameter", (Parameter, ZfitParameter), plain)


class _Restore:
    def __init__(self, parameter: Parameter, value: float) -> None:
        self._parameter, self._value = parameter, value

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        self._parameter.set_value(self._value)


class Data:
    """A data set of the whole likelihood, auxiliary measurements included."""

    obs = ("events",)
    weights = None
    space = None

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @property
    def nevents(self) -> float:
        """Number of events in the binned channels."""
        return float(sum(np.sum(counts) for counts in self.dataset.channels.values()))

    def set_weights(self, weights: object) -> None:
        """Refused: data have their weights already."""
        raise FitError("the data of a likelihood have their weights already")


class Sampler(Data):
    """Toys, drawn one by one: each `resample` is the next one of the seed."""

    def __init__(self, pdf: Pdf, seed: int) -> None:
        super().__init__(pdf.model.data)
        self.params = {p.name: p for p in pdf.parameters}
        self._pdf, self._seed, self._drawn = pdf, seed, 0

    def resample(self, param_values: Mapping[Parameter, float] | None = None) -> None:
        """Draw at the present values, changed by the given ones."""
        values = self._pdf.values()
        values |= {p.name: float(np.asarray(v).item()) for p, v in (param_values or {}).items()}
        toys = self._pdf.model.sample(self._seed, 1, values, first=self._drawn)
        self.dataset, self._drawn = toys.toy(0), self._drawn + 1


class Pdf:
    """The likelihood as a model of its data."""

    is_extended = True
    space = None

    def __init__(self, model: Model, parameters: Sequence[Parameter], seed: int) -> None:
        self.model, self.parameters, self._seed = model, tuple(parameters), seed

    def values(self) -> dict[str, float]:
        """The present values of all parameters."""
        return {p.name: p.value() for p in self.parameters}

    def get_params(self) -> list[Parameter]:
        """Parameters that are not constant in the document."""
        return [p for p in self.parameters if p.name in self._free]

    @property
    def _free(self) -> set[str]:
        return {p.name for p in self.model.parameters if not p.const}

    def to_binneddata(self) -> Data:
        """The Asimov data at the present values."""
        return Data(self.model.expected_data(self.values()))

    def create_sampler(self, n: object = None) -> Sampler:
        """Toys of this model; how many events each has follows from the model."""
        return Sampler(self, self._seed)

    def get_yield(self) -> None:
        """No parameter holds the number of events."""
        return None

    def pdf(self, x: object) -> object:
        """Refused: hepstats gets binned data from `to_binneddata`."""
        raise FitError("a likelihood of several terms has no density in one variable")

    integrate = sample = pdf


class Loss:
    """The negative log-likelihood, as hepstats takes it.

    Args:
        model: a compiled model.
        seed: of the toys.
    """

    errordef = 0.5
    fit_range = None
    constraints: tuple[()] = ()

    def __init__(self, model: Model, *, seed: int = 0) -> None:
        made = _parameter()
        parameters = [made(p.name, p.value, not p.const) for p in model.parameters]
        self._bind(Pdf(model, parameters, seed), Data(model.data))

    def _bind(self, pdf: Pdf, data: Data) -> None:
        self.model, self.data = [pdf], [data]

    def __getitem__(self, name: str) -> Parameter:
        """The parameter of this name."""
        known = {p.name: p for p in self.model[0].parameters}
        if name not in known:
            message = f"there is no parameter {name!r}"
            raise FitError(message, value=name, suggestions=nearest(name, known))
        return known[name]

    def get_params(self) -> list[Parameter]:
        """Parameters that are not constant in the document."""
        return self.model[0].get_params()

    def create_new(
        self, model: Sequence[Pdf], data: Sequence[Data], constraints: object = None
    ) -> Loss:
        """The same likelihood with other data."""
        made = object.__new__(type(self))
        made._bind(model[0], data[0])
        return made

    def bound(self) -> Model:
        """The compiled model with the present data."""
        return self.model[0].model.with_data(self.data[0].dataset)

    def value(self) -> float:
        """The negative log-likelihood at the present values."""
        return self.bound().nll(self.model[0].values())


class Minimum:
    """The result of a fit in hepstats' terms; iterating gives the values of `loss.get_params()`.

    Attributes:
        result: the result in the terms of this package.
        params: parameter → ``{"value": …}`` for those that floated.
    """

    def __init__(self, loss: Loss, result: FitResult) -> None:
        self.loss, self.result = loss, result
        self.params = {p: {"value": result.values[p.name]} for p in loss.get_params() if p.floating}
        self.fmin = float(result.nll)
        self.valid = self.converged = result.converged

    def __iter__(self) -> Iterator[float]:
        return iter([self.result.values[p.name] for p in self.loss.get_params()])

    def covariance(self) -> Any:
        """The covariance matrix of the fit."""
        return self.result.covariance


class Minimizer:
    """Fits a `Loss` with `hs3.fit`, from the present values, which it leaves at the minimum.

    Args:
        minimizer: ``newton`` or ``minuit``.
    """

    verbosity = 0

    def __init__(self, minimizer: Literal["newton", "minuit"] = "newton") -> None:
        self._minimizer = minimizer

    def minimize(self, loss: Loss) -> Minimum:
        """The minimum over the parameters that float.

        Raises:
            FitError: a start value is outside of its range.
        """
        from hs3.engine import fit

        parameters = loss.model[0].parameters
        fixed = {p.name: p.value() for p in parameters if not p.floating}
        start = {p.name: p.value() for p in parameters if p.floating}
        result = fit(loss.bound(), start=start, fixed=fixed, minimizer=self._minimizer)
        for p in parameters:
            p.set_value(result.values[p.name])
        return Minimum(loss, result)


class _Unbinned(Loss):
    """Stands where hepstats wants the unbinned form of a loss; there is none."""


def loss(model: Model, *, seed: int = 0) -> Loss:
    """The loss of a model, known to hepstats' asymptotic calculator.

    Args:
        seed: of the toys of the frequentist calculator.

    Raises:
        MissingDependency: hepstats is not installed.
    """
    try:
        from hepstats.hypotests.calculators import AsymptoticCalculator
    except ImportError as error:
        message = "this needs hepstats: pip install hepstats"
        raise MissingDependency(message, value="hepstats") from error
    AsymptoticCalculator.UNBINNED_TO_BINNED_LOSS[_Unbinned] = Loss
    return Loss(model, seed=seed)
