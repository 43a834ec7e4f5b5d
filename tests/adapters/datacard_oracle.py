"""The likelihood of a datacard in plain numpy, written after Combine's C++ and documentation.

It shares no code with the adapter: `fastVerticalInterpHistPdf2`, `logKappaForX` and
`processNormalization` of CombineMathFuncs.h, `getExtraNorm` and `getPdf` of ShapeTools.py,
`setupBinPars` and `updateCache` of CMSHistErrorPropagator.cc, with their floors and
normalisations. It reads well-formed cards only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import uproot
from scipy.special import gammaln
from scipy.stats import norm, poisson


def step(x: float, region: float) -> float:
    """smoothStepFunc."""
    if abs(x) >= region:
        return 1.0 if x > 0 else -1.0
    z = x / region
    return 0.125 * z * (z**2 * (3.0 * z**2 - 10.0) + 15)


def asym_pow(theta: float, low: float, high: float) -> float:
    """asymPow."""
    lo, hi = -math.log(low), math.log(high)
    if abs(theta) >= 0.5:
        return math.exp((hi if theta >= 0 else lo) * theta)
    two = 2 * theta
    alpha = 0.125 * two * (two**2 * (3 * two**2 - 10.0) + 15.0)
    return math.exp((0.5 * (hi + lo) + alpha * 0.5 * (hi - lo)) * theta)


def log_of(content: float) -> float:
    """FastTemplate::Log."""
    return math.log(content) if content > 0 else -999.0


def log_ratio(varied: np.ndarray, nominal: np.ndarray) -> np.ndarray:
    """FastTemplate::LogRatio."""
    pairs = zip(varied, nominal, strict=True)
    return np.array([math.log(v / n) if v > 0 and n > 0 else 0.0 for v, n in pairs])


class Oracle:
    """One card.

    Args:
        path: the card.
        mass: text in place of ``$MASS``.
        formulas: Python expressions of the values, by the name of a formula ``rateParam``.
    """

    def __init__(
        self, path: Path, mass: str = "", formulas: Mapping[str, str] | None = None
    ) -> None:
        self.formulas = formulas or {}
        self.folder, self.mass = path.parent, mass
        self.shapes: dict[tuple[str, str], list[str]] = {}
        self.rows: list[list[str]] = []
        header: list[list[str]] = []
        for text in path.read_text().splitlines():
            words = text.split()
            if not words or text.startswith(("#", "-")):
                continue
            if words[0] == "shapes":
                self.shapes[words[2], words[1]] = words[3:]
            elif any(h[0] == "rate" for h in header):
                self.rows.append(text.split("#")[0].split())
            else:
                header.append(words)
        lines: dict[str, list[list[str]]] = {}
        for words in header:
            lines.setdefault(words[0], []).append(words[1:])
        self.bins = lines["bin"][0]
        self.observed = dict(zip(self.bins, map(float, lines["observation"][0]), strict=True))
        names, ids = lines["process"]
        if names[0].lstrip("-").isdigit():
            names, ids = ids, names
        self.columns = list(
            zip(
                lines["bin"][1],
                names,
                [int(i) <= 0 for i in ids],
                map(float, lines["rate"][0]),
                strict=True,
            )
        )
        self._files: dict[str, Any] = {}

    # --- reading --------------------------------------------------------------------------------

    def histogram(self, b: str, p: str, syst: str = "") -> tuple[np.ndarray, np.ndarray] | None:
        for key in ((b, p), (b, "*"), ("*", p), ("*", "*")):
            if key in self.shapes:
                break
        else:
            return None
        names = self.shapes[key]
        if names[0] == "FAKE":
            return None
        file, pattern = names[0], names[2] if syst else names[1]
        for word, value in (
            ("$PROCESS", p),
            ("$CHANNEL", b),
            ("$SYSTEMATIC", syst),
            ("$MASS", self.mass),
        ):
            pattern = pattern.replace(word, value)
        if file not in self._files:
            self._files[file] = uproot.open(self.folder / file)
        if pattern not in self._files[file]:
            return None
        read = self._files[file][pattern]
        return np.asarray(read.values(), float), np.asarray(read.errors(), float)

    def column_of(self, b: str, p: str) -> int:
        return next(i for i, c in enumerate(self.columns) if c[:2] == (b, p))

    def effect(self, row: list[str], b: str, p: str) -> str:
        offset = 3 if row[1] == "gmN" else 2
        word = row[offset + self.column_of(b, p)]
        return "" if set(word) == {"-"} or word in ("0", "0.0") else word

    def flags(self, b: str) -> tuple[float, bool, int] | None:
        found = None
        for row in self.rows:
            if row[1] == "autoMCStats" and row[0] in ("*", b):
                found = (
                    float(row[2]),
                    len(row) > 3 and row[3] != "0",
                    int(row[4]) if len(row) > 4 else 1,
                )
        return found

    # --- the model ------------------------------------------------------------------------------

    def value(self, name: str, theta: Mapping[str, float]) -> float:
        if name in self.formulas:
            inner = {**{n: self.value(n, theta) for n in self.formulas if n != name}, **theta}
            return float(eval(self.formulas[name], {"__builtins__": {}}, inner))
        return theta[name]

    def is_shape(self, row: list[str], b: str, p: str) -> bool:
        if not row[1].startswith("shape"):
            return False
        return not row[1].endswith("?") or self.histogram(b, p, row[0] + "Up") is not None

    def coefficient(
        self, b: str, p: str, signal: bool, rate: float, theta: Mapping[str, float]
    ) -> float:
        """n_exp_final_bin…: ProcessNormalization times AsymPow of the shapes' integrals."""
        own = self.flags(b) is not None
        value = 1.0 if own else rate
        for row in self.rows:
            if row[1] == "gmN" and self.effect(row, b, p):
                value = 1.0 / max(int(row[2]), 1) if own else float(self.effect(row, b, p))
                value *= theta[row[0]]
        if signal:
            value *= theta["r"]
        for row in self.rows:
            if row[1] == "rateParam" and row[2] in ("*", b) and row[3] in ("*", p):
                value *= self.value(row[0], theta)
            if row[1] not in ("lnN", "lnU") and not row[1].startswith("shape"):
                continue
            word = self.effect(row, b, p)
            if not word:
                continue
            if not self.is_shape(row, b, p):
                if "/" in word:
                    value *= asym_pow(theta[row[0]], *map(float, word.split("/")))
                else:
                    value *= math.exp(theta[row[0]] * math.log(float(word)))
            elif not (own and self.flags(b)[2] == 2):
                nominal = self.histogram(b, p)[0].sum()
                kappas = [
                    self.histogram(b, p, row[0] + side)[0].sum() / nominal
                    for side in ("Down", "Up")
                ]
                if max(abs(k - 1) for k in kappas) < 1e-3:
                    continue
                low, high = (float("%f" % k ** float(word)) for k in kappas)
                value *= asym_pow(theta[row[0]], low, high)
        return value

    def template(self, b: str, p: str, theta: Mapping[str, float]) -> np.ndarray:
        """FastVerticalInterpHistPdf2, or CMSHistFunc with autoMCStats; of logarithms for shapeN."""
        flags = self.flags(b)
        found = self.histogram(b, p)
        if found is None:
            return np.ones(1)
        integral = found[0].sum()
        nominal = found[0] if flags else found[0] / integral
        rows = [row for row in self.rows if self.is_shape(row, b, p) and self.effect(row, b, p)]
        logs = any(row[1].startswith("shapeN") for row in rows)
        total = np.array([log_of(n) for n in nominal]) if logs else nominal.copy()
        region = min([1.0, *(float(self.effect(row, b, p)) for row in rows)])
        for row in rows:
            x = theta[row[0]] * float(self.effect(row, b, p))
            up, down = (self.histogram(b, p, row[0] + side)[0] for side in ("Up", "Down"))
            if not flags:
                up, down = up / up.sum(), down / down.sum()
            elif flags[2] == 1:
                up, down = up * integral / up.sum(), down * integral / down.sum()
            hi, lo = up - nominal, down - nominal
            if logs:
                hi, lo = log_ratio(up, nominal), log_ratio(down, nominal)
            total += 0.5 * x * ((hi - lo) + step(x, region) * (hi + lo))
        total = np.exp(total) if logs else total
        if flags or not logs:
            total = np.maximum(total, 1e-9)
        return total if flags else total / total.sum()

    def expected(
        self, b: str, theta: Mapping[str, float], start: Mapping[str, float]
    ) -> np.ndarray:
        """Expected counts of a channel."""
        columns = [c for c in self.columns if c[0] == b and c[3] != 0]
        parts = []
        for _, p, signal, rate in columns:
            found = self.histogram(b, p)
            events = float(found[0].sum()) if rate == -1 and found is not None else rate
            parts.append((p, signal, events))
        c = [self.coefficient(b, p, s, rate, theta) for p, s, rate in parts]
        f = [self.template(b, p, theta) for p, _, _ in parts]
        total = sum(ci * fi for ci, fi in zip(c, f, strict=True))
        if self.flags(b) is None or self.flags(b)[0] < 0:
            return total
        threshold, with_signal, _ = self.flags(b)
        c0 = [self.coefficient(b, p, s, rate, start) for p, s, rate in parts]
        zero = {**start, **{n: 0.0 for n in start if self.is_normal(n)}}
        f0 = [self.template(b, p, zero) for p, _, _ in parts]
        e = [self.histogram(b, p)[1] for p, _, _ in parts]
        out = total.copy()
        for j in range(len(total)):
            counted = [i for i, part in enumerate(parts) if with_signal or not part[1]]
            n = sum(c0[i] * f0[i][j] for i in counted)
            err = math.sqrt(sum((c0[i] * e[i][j]) ** 2 for i in counted))
            if err <= 0:
                continue
            if math.floor(0.5 + n * n / (err * err)) > threshold:
                everything = math.sqrt(sum((c[i] * e[i][j]) ** 2 for i in range(len(parts))))
                out[j] += theta[f"prop_bin{b}_bin{j}"] * everything
                continue
            for i, (p, _, _) in enumerate(parts):
                if e[i][j] <= 0:
                    continue
                v = theta[f"prop_bin{b}_bin{j}_{p}"]
                m = math.floor(0.5 + (f0[i][j] / e[i][j]) ** 2)
                if f0[i][j] >= 0.999 * e[i][j] and m <= threshold:
                    out[j] += (v / m - 1.0) * f[i][j] * c[i]
                else:
                    out[j] += v * e[i][j] * c[i]
        return np.maximum(out, 1e-9)

    def is_normal(self, name: str) -> bool:
        return any(
            row[0] == name and (row[1] == "lnN" or row[1].startswith("shape")) for row in self.rows
        )

    # --- the likelihood -------------------------------------------------------------------------

    def nll(self, theta: Mapping[str, float], start: Mapping[str, float]) -> float:
        """Negative log of the Poisson terms and of all normalised constraints."""
        out = 0.0
        for b in self.bins:
            data = self.histogram(b, "data_obs")
            n = np.array([self.observed[b]]) if data is None else data[0]
            nu = self.expected(b, theta, start)
            out -= float(np.sum(n * np.log(nu) - nu - gammaln(n + 1)))
        done = set()
        for row in self.rows:
            name, kind = row[0], row[1]
            if name in done or name not in theta:
                continue
            if kind == "lnN" or (kind.startswith("shape") and kind != "shapeU"):
                out -= norm.logpdf(theta[name])
            elif kind == "gmN":
                out -= poisson.logpmf(int(row[2]), theta[name])
            elif kind == "param" and "/" not in row[3]:
                out -= norm.logpdf(theta[name], float(row[2]), float(row[3]))
            elif kind == "param":
                low, high = (abs(float(w)) for w in row[3].split("/"))
                z = theta[name] - float(row[2])
                width = low if z < 0 else high
                out += 0.5 * (z / width) ** 2 + math.log(math.sqrt(math.pi / 2) * (low + high))
            else:
                continue
            done.add(name)
        for name, value in theta.items():
            if name.startswith("prop_bin"):
                m = start[name]
                out -= norm.logpdf(value) if m == 0 else poisson.logpmf(int(m), value)
        return float(out)
