"""Simulated labs of five families, after the description in the science notes, section 4.

paper: the threshold lies near the paper's gap. shifted: near R = 0.17 or 0.68. misspecified: inputs
act together, and α comes back at high R. no_ratio: R does not matter. alien: random smooth functions
of all inputs, with nothing of the paper in them. Only the first two are of the form that is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecast import PHASES, Conditions, Labelled

FAMILIES = ("paper", "shifted", "misspecified", "no_ratio", "alien")
PAPER_RATIOS = (0.0, 0.25, 0.5, 0.75)


@dataclass
class Flasks:
    """n flasks as arrays: what a lab that follows the paper makes."""

    ratio: np.ndarray
    celsius: np.ndarray
    oa: np.ndarray
    ola: np.ndarray
    cs: np.ndarray
    seconds: np.ndarray
    washes: np.ndarray
    humidity: np.ndarray
    pbs: np.ndarray

    @classmethod
    def drawn(cls, n, dice):
        def around(middle, spread):
            return middle * np.exp(spread * dice.standard_normal(n))

        return cls(
            ratio=np.where(dice.random(n) < 0.2, dice.choice(PAPER_RATIOS, n), dice.random(n)),
            celsius=np.clip(166 + 7 * dice.standard_normal(n), 145, 182),
            oa=around(7.5, 0.2),
            ola=around(7.0, 0.2),
            cs=around(0.41, 0.2),
            seconds=around(6.0, 0.4),
            washes=dice.choice((1, 2, 3), n, p=(0.65, 0.3, 0.05)),
            humidity=30 + 50 * dice.random(n),
            pbs=(dice.random(n) < 0.07).astype(float),
        )

    @classmethod
    def far(cls, n, dice):
        """Flasks far from what such a lab makes: R to 2, 110 to 205 °C, ratios by factors of two."""

        def around(middle, spread):
            return middle * np.exp(spread * dice.standard_normal(n))

        return cls(
            ratio=2 * dice.random(n),
            celsius=110 + 95 * dice.random(n),
            oa=around(7.5, 0.7),
            ola=around(7.0, 0.7),
            cs=around(0.41, 0.6),
            seconds=2 * 60 ** dice.random(n),
            washes=dice.choice((1, 2, 3), n),
            humidity=10 + 80 * dice.random(n),
            pbs=(dice.random(n) < 0.15).astype(float),
        )

    @property
    def logs(self):
        return (
            np.log(self.oa / 7.5),
            np.log(self.ola / 7.0),
            np.log(self.cs / 0.41),
            np.log(self.seconds / 5.0),
        )

    def conditions(self):
        return [
            Conditions(
                ratio_ca_pb=float(self.ratio[i]),
                injection_temperature_c=float(self.celsius[i]),
                oa_to_pb=float(self.oa[i]),
                ola_to_pb=float(self.ola[i]),
                cs_to_pb=float(self.cs[i]),
                reaction_seconds=float(self.seconds[i]),
                purification_cycles=int(self.washes[i]),
                humidity_percent=float(self.humidity[i]),
                seed="PbS" if self.pbs[i] else "CaIx",
            )
            for i in range(len(self.ratio))
        ]


class SimulatedLab:
    """A hidden truth; ``seed`` draws it."""

    def __init__(self, family, seed):
        self.family, self.dice = family, np.random.default_rng((FAMILIES.index(family), seed))
        normal, size = self.dice.normal, lambda m, s: -abs(self.dice.normal(m, s))
        if family == "shifted":
            self.threshold = normal(0.17, 0.03) if self.dice.random() < 0.5 else normal(0.68, 0.05)
        else:
            self.threshold = normal(0.37, 0.05)
        self.width = 0.035 * np.exp(normal(0, 0.3))
        self.cut = np.exp(normal(0, 0.3))
        self.lost = abs(normal(0.0015, 0.001))  # share of the calcium, per % of humidity above 30 %
        self.slopes = normal((0.05, 0.12, 0.03, 0.02, 0.0), (0.04, 0.08, 0.05, 0.05, 0.02))
        self.black, self.black_t, self.black_t2 = normal(3, 0.5), normal(0.3, 0.4), size(1.3, 0.4)
        self.black_rich, self.black_wash = size(2, 1), size(0.6, 0.3)
        self.black_humid, self.black_cs = size(0.3, 0.2), normal(-0.2, 0.3)
        self.black_s = normal(-0.3, 0.2)
        self.delta, self.delta_t = normal(0, 0.7), normal(-0.8, 0.5)
        self.noise = 0.07 if family == "misspecified" else 0.03
        self.back = self.dice.uniform(0.85, 1.05)
        self.waves = self.dice.standard_normal((9, 200)) / 2
        self.phases = self.dice.uniform(0, 2 * np.pi, 200)
        self.heights = self.dice.standard_normal((200, 3))

    def chances(self, of):
        """Return P(phase) of the flasks, shape (n, 5)."""
        above, black, delta = self._latent(of)
        alpha, gamma, b, d = (
            1 / (1 + np.exp(-np.clip(v, -60, 60)))
            for v in (-above - self.cut, above - self.cut, black, delta)
        )
        clean = (b * alpha, b * (1 - alpha - gamma), b * gamma, (1 - b) * d, (1 - b) * (1 - d))
        return (1 - self.noise) * np.stack(clean, axis=1) + self.noise / len(PHASES)

    def _latent(self, of):
        z = (of.celsius - 170) / 20
        oa, ola, cs, seconds = of.logs
        if self.family == "alien":
            return self._waves(of)
        ratio = of.ratio * (1 - self.lost * np.maximum(of.humidity - 30, 0))
        threshold = self.threshold + np.stack((z, oa, ola, cs, seconds), axis=1) @ self.slopes
        if self.family == "misspecified":
            threshold = threshold + 0.18 * z * oa + 0.08 * z**2
        above = (ratio - threshold) / self.width
        if self.family == "misspecified":
            above = np.where(ratio > self.back, -0.5 * (ratio - self.back) / self.width, above)
        if self.family == "no_ratio":
            above = (1.2 * z + 2 * oa - 0.2) / 0.4
        black = self.black + self.black_t * z + self.black_t2 * z**2
        black = black + self.black_rich * np.maximum(of.ratio - 0.8, 0)
        black = (
            black + self.black_wash * (of.washes - 1) + self.black_humid * (of.humidity - 60) / 20
        )
        black = black + self.black_cs * cs + self.black_s * seconds
        return above - 4 * of.pbs, black, self.delta + self.delta_t * z

    def _waves(self, of):
        oa, ola, cs, seconds = of.logs
        inputs = (
            of.ratio / 0.3,
            (of.celsius - 166) / 10,
            oa / 0.3,
            ola / 0.3,
            cs / 0.3,
            seconds / 0.5,
            of.washes - 1.0,
            (of.humidity - 60) / 20,
            2 * of.pbs,
        )
        waves = np.cos(np.stack(inputs, axis=1) @ self.waves + self.phases)
        first, second, third = 0.1 * (waves @ self.heights).T
        return 0.105 * first / self.width, 2.5 + 1.5 * second, 2 * third

    def made(self, n):
        """Return n labelled flasks and the true chances of each."""
        return self.labelled(Flasks.drawn(n, self.dice))

    def labelled(self, flasks):
        """Return these flasks with what they became, and the true chances of each."""
        chances = self.chances(flasks)
        became = (chances.cumsum(axis=1) > self.dice.random((len(chances), 1))).argmax(axis=1)
        rows = [
            Labelled(conditions, PHASES[k], key=f"S-{i}")
            for i, (conditions, k) in enumerate(zip(flasks.conditions(), became, strict=True), 1)
        ]
        return rows, chances
