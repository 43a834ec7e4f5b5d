"""Efficiency corrections of tracks, and which correlation between their bins is safe to assume.

    python study.py            # the pull study: about 20 seconds
    python study.py --write    # write the model and the covariance of this folder anew

All numbers are invented; README.md says what they stand for.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import hs3
from hs3.engine.data import Dataset
from hs3.engine.diagnostics import Injection
from hs3.engine.inference import fit_batch
from hs3.systematics import decompose, propagated, weight_jacobian

HERE = Path(__file__).parent
HYPOTHESES = (0.0, 0.25, 0.5, 0.75, 1.0)
CHARGES, ANGLES, MOMENTA = 2, 2, 3
FACTORS = CHARGES * ANGLES * MOMENTA
BINS = 6
CHANNELS, SAMPLES = ("plus", "minus"), ("signal", "background")
POIS = ("mu", "A")


# --- simulated events -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Events:
    """Simulated events of one sample: template bin, bin of the track's correction, weight."""

    bins: np.ndarray
    corrections: np.ndarray
    weights: np.ndarray
    charges: np.ndarray


def factors() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correction factors with their statistical and systematic errors, shape (factors,) each.

    In the order charge, angle, momentum, the last one running fastest.
    """
    rng = np.random.default_rng(11)
    value = rng.normal(0.98, 0.01, FACTORS)
    statistical = rng.uniform(0.004, 0.008, FACTORS)
    systematic = np.tile([0.05, 0.035, 0.025], CHARGES * ANGLES)
    return value, statistical, systematic


def factor_covariance(correlation: float) -> np.ndarray:
    """Of the factors, when their systematic errors have this correlation between any two bins."""
    _, statistical, systematic = factors()
    common = np.full((FACTORS, FACTORS), correlation)
    np.fill_diagonal(common, 1.0)
    return np.diag(statistical**2) + common * np.outer(systematic, systematic)


def simulated(sample: str, size: int = 20_000) -> Events:
    """Events of a sample with one track each, corrected."""
    signal = sample == "signal"
    rng = np.random.default_rng(1 if signal else 2)
    x = rng.normal(0.0, 0.6, size) if signal else rng.exponential(2.0, size) - 2.0
    momentum = np.clip((rng.beta(2, 2 if signal else 3, size) + 0.05 * x) * MOMENTA, 0, 2.999)
    charge = rng.integers(0, CHARGES, size)
    angle = (rng.random(size) < 0.4).astype(int)
    corrections = (charge * ANGLES + angle) * MOMENTA + momentum.astype(int)
    bins = np.floor(x + BINS / 2).astype(int)
    bins[(bins < 0) | (bins >= BINS)] = -1
    weights = (2.0 if signal else 3.0) * factors()[0][corrections]
    return Events(bins, corrections, weights, charge)


def templates() -> tuple[np.ndarray, np.ndarray]:
    """Counts of all rows, and their derivatives by the factors, shape (rows, factors).

    The rows are the bins of both samples in both channels, in the order of the document.
    """
    counts, slopes = [], []
    for charge in range(CHARGES):
        for sample in SAMPLES:
            events = simulated(sample)
            own = np.where(events.charges == charge, events.bins, -1)
            counts.append(np.bincount(own[own >= 0], events.weights[own >= 0], BINS))
            slopes.append(
                weight_jacobian(own, events.corrections, events.weights, factors()[0], BINS)
            )
    return np.concatenate(counts), np.concatenate(slopes)


# --- the model ------------------------------------------------------------------------------------


def model() -> hs3.Workspace:
    """Signal with strength mu and charge asymmetry A over a background with a free yield k."""
    counts = templates()[0].reshape(CHARGES, len(SAMPLES), BINS)
    distributions, data = [], []
    for channel, (signal, background) in zip(CHANNELS, counts, strict=True):
        axis = {"name": f"x_{channel}", "min": -3, "max": 3, "nbins": BINS}
        strength = {"name": "strength", "type": "normfactor", "parameter": f"mu_{channel}"}
        scale = {"name": "k", "type": "normfactor", "parameter": "k"}
        samples = [
            {"name": "signal", "data": {"contents": signal.tolist()}, "modifiers": [strength]},
            {"name": "background", "data": {"contents": background.tolist()}, "modifiers": [scale]},
        ]
        distributions.append(
            {"name": channel, "type": "histfactory_dist", "axes": [axis], "samples": samples}
        )
        observed = np.round(signal + background).tolist()
        data.append(
            {"name": f"data_{channel}", "type": "binned", "axes": [axis], "contents": observed}
        )
    ranges = {"mu": (1.0, -2.0, 4.0), "A": (0.0, -0.9, 0.9), "k": (1.0, 0.0, 3.0)}
    return hs3.Workspace.from_json(
        {
            "metadata": {"hs3_version": "0.2.9"},
            "distributions": distributions,
            "functions": [
                {"name": "mu_plus", "type": "generic_function", "expression": "mu*(1 + A)"},
                {"name": "mu_minus", "type": "generic_function", "expression": "mu*(1 - A)"},
            ],
            "data": data,
            "likelihoods": [
                {
                    "name": "counts",
                    "distributions": list(CHANNELS),
                    "data": [f"data_{channel}" for channel in CHANNELS],
                }
            ],
            "domains": [
                {
                    "name": "ranges",
                    "type": "product_domain",
                    "axes": [
                        {"name": n, "min": low, "max": high} for n, (_, low, high) in ranges.items()
                    ],
                }
            ],
            "parameter_points": [
                {
                    "name": "start",
                    "parameters": [{"name": n, "value": v} for n, (v, *_) in ranges.items()],
                }
            ],
            "analyses": [
                {
                    "name": "decay",
                    "likelihood": "counts",
                    "parameters_of_interest": list(POIS),
                    "domain": "ranges",
                    "init": "start",
                }
            ],
        }
    )


def hypothesis(correlation: float) -> hs3.Workspace:
    """The model with the covariance of the factors under this hypothesis."""
    covariance = propagated(templates()[1], factor_covariance(correlation))
    return hs3.add_systematics(model(), covariance, prefix="eff")[0]


# --- the study ------------------------------------------------------------------------------------


def pseudo_data(correlation: float, toys: int, seed: int, auxiliary: list[str]) -> Dataset:
    """Counts of experiments in which the true factors are off, as this correlation has it."""
    counts, slopes = templates()
    rng = np.random.default_rng(seed)
    modes = decompose(factor_covariance(correlation)).variations
    shifts = rng.normal(size=(toys, modes.shape[1])) @ modes.T @ slopes.T
    expected = np.maximum(counts + shifts, 0.0).reshape(toys, CHARGES, len(SAMPLES), BINS)
    observed = rng.poisson(expected.sum(axis=2)).astype(float)
    channels = {channel: observed[:, i] for i, channel in enumerate(CHANNELS)}
    # the fit knows the factors as they were measured: no auxiliary measurement moves
    return Dataset(channels, {name: np.zeros(toys) for name in auxiliary})


def pulls(assumed: hs3.Model, true: float, toys: int = 2000, seed: int = 5) -> dict[str, Injection]:
    """Pulls of mu and A in fits that assume one correlation of data that follow another."""
    data = pseudo_data(true, toys, seed, list(assumed.data.auxiliary))
    fits = fit_batch(assumed, data=data, covariance=True)
    good = fits.converged
    failed = int((~good).sum())
    truth = {"mu": 1.0, "A": 0.0}
    return {n: Injection(truth[n], fits.value(n)[good], fits.error(n)[good], failed) for n in POIS}


def expected_width(true: float, assumed: float) -> dict[str, float]:
    """The width of the pulls for small shifts: by the linear least-squares fit."""
    counts, slopes = templates()
    stack = np.kron(np.eye(CHARGES), np.kron(np.ones((1, len(SAMPLES))), np.eye(BINS)))
    signal, background = counts.reshape(CHARGES, len(SAMPLES), BINS).transpose(1, 0, 2)
    design = np.column_stack(
        [signal.ravel(), np.concatenate([signal[0], -signal[1]]), background.ravel()]
    )
    poisson = np.diag(stack @ counts)
    total = {
        rho: poisson + stack @ propagated(slopes, factor_covariance(rho)) @ stack.T
        for rho in (true, assumed)
    }
    weight = np.linalg.inv(total[assumed])
    claimed = np.linalg.inv(design.T @ weight @ design)
    estimator = claimed @ design.T @ weight
    actual = estimator @ total[true] @ estimator.T
    ratio = np.sqrt(np.diag(actual) / np.diag(claimed))
    return dict(zip(POIS, ratio[:2].tolist(), strict=True))


def study(toys: int = 2000, hypotheses: tuple[float, ...] = HYPOTHESES) -> dict[str, np.ndarray]:
    """Widths of the pulls, shape (true, assumed), and the errors of the fits that assume it."""
    models = {rho: hs3.compile(hypothesis(rho)) for rho in hypotheses}
    out = {name: np.zeros((len(hypotheses), len(hypotheses))) for name in POIS}
    for i, true in enumerate(hypotheses):
        for j, assumed in enumerate(hypotheses):
            for name, found in pulls(models[assumed], true, toys, seed=100 + i).items():
                out[name][i, j] = found.width[0]
    for name in POIS:
        fits = [hs3.fit(models[rho]) for rho in hypotheses]
        out[f"error of {name}"] = np.array([fit.errors[name] for fit in fits])
    return out


def safe(widths: np.ndarray, errors: np.ndarray, toys: int) -> int | None:
    """The hypothesis with the smallest error that never claims too little, whatever is true.

    Too little is a width above 1 by more than twice its statistical error.
    """
    allowed = 1.0 + 2.0 / np.sqrt(2.0 * (toys - 1))
    fine = [j for j in range(len(errors)) if (widths[:, j] <= allowed).all()]
    return min(fine, key=lambda j: float(errors[j])) if fine else None


# --- output ---------------------------------------------------------------------------------------


def show(found: dict[str, np.ndarray], toys: int) -> None:
    """Print the tables, and what follows."""
    for name in POIS:
        print(f"\nWidth of the pulls of {name} (± {1 / np.sqrt(2 * (toys - 1)):.3f})")
        print("  true \\ assumed" + "".join(f"{rho:8.2f}" for rho in HYPOTHESES))
        for true, row in zip(HYPOTHESES, found[name], strict=True):
            print(f"  {true:14.2f}" + "".join(f"{width:8.2f}" for width in row))
        errors = found[f"error of {name}"]
        print(f"  {'error of ' + name:>14s}" + "".join(f"{error:8.4f}" for error in errors))
        choice = safe(found[name], errors, toys)
        said = "none is safe" if choice is None else f"assume {HYPOTHESES[choice]:g}"
        print(f"  for {name}: {said}")


def write() -> None:
    """The files of this folder: the model, and a covariance with the correlation 0.5."""
    hs3.save(model(), HERE / "model.hs3.json")
    np.savetxt(HERE / "factors.csv", factor_covariance(0.5), delimiter=",", fmt="%.17g")
    np.savetxt(HERE / "jacobian.csv", templates()[1], delimiter=",", fmt="%.17g")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--toys", type=int, default=2000)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.write:
        write()
    else:
        show(study(given.toys), given.toys)


if __name__ == "__main__":
    main()
