"""Made-up data for the gallery of components. Never shown as a lab's own."""

from __future__ import annotations

import numpy as np

from .blocks import Chance, Layer, probabilities, stack
from .device_figures import Pixel, eqe_j, jvl, pixel_strip
from .figure import Curve, Figure
from .figures import (
    PhaseCurve,
    decay,
    forecast_curves,
    histogram,
    outcome_scatter,
    pattern,
    phase_strip,
    profile,
    spectrum,
)
from .markup import Markup
from .plots import Point
from .qr import qr_svg


def gallery() -> dict[str, object]:
    """Return everything that gallery.html draws, by the names it uses."""
    return {
        "figures": [*_measurements(), *_devices(), *_learning()],
        "chart": _chart(),
        "chances": probabilities(
            [
                Chance("gamma", 0.77, 0.49, 0.85),
                Chance("mixed", 0.09, 0.04, 0.26),
                Chance("alpha", 0.06, 0.02, 0.19),
                Chance("failed", 0.05, 0.02, 0.10),
                Chance("delta", None),
            ]
        ),
        "stack": _stack(),
        "qr": qr_svg("http://127.0.0.1:8000/q/NC-0042/", "QR code of NC-0042"),
        "crumbs": [("#", "Batches"), ("#", "CsPbI3 nanocrystals"), ("", "Components")],
        "bottles": [("1", "L-0207, CaI2, 99 %"), ("2", "L-0211, CaI2·4H2O")],
    }


def _stack() -> Markup:
    return stack(
        [
            Layer("Al", 100, "metal"),
            Layer("LiF", 1, "salt"),
            Layer("TPBi", 40, "etl"),
            Layer("γ-CsPbI3 NCs", 30, "nc", "/b/NC-0042/", "NC-0042"),
            Layer("poly-TPD", 30, "htl"),
            Layer("PEDOT:PSS", None, "pedot"),
            Layer("ITO", 150, "ito"),
            Layer("Glass", 700_000, "glass"),
        ]
    )


def _peaks(x: np.ndarray, places: list[tuple[float, float]], width: float) -> np.ndarray:
    curve: np.ndarray = sum(
        (h * np.exp(-0.5 * ((x - p) / width) ** 2) for p, h in places), np.zeros_like(x)
    )
    return curve


def _measurements() -> list[Figure]:
    draw = np.random.default_rng(42)
    nm = np.linspace(560, 780, 221)
    glow = _peaks(nm, [(686.2, 1.0)], 13.2)
    absorbance = 0.7 - (nm - 560) * 0.002
    absorbance[nm > 672] *= np.exp(-(nm[nm > 672] - 672) / 9)
    deg = np.linspace(10, 46, 1801)
    fit = (
        420
        + 3 * (46 - deg)
        + _peaks(deg, [(14.3, 1100), (20.2, 1050), (28.9, 2000), (41.2, 900)], 0.28)
    )
    counts = draw.poisson(fit).astype(float)
    ns = np.linspace(-20, 500, 4000)
    model = np.where(ns < 0, 0.4, 8000 * np.exp(-np.maximum(ns, 0) / 79.3) + 6)
    return [
        spectrum(
            nm,
            glow + draw.normal(0, 0.004, nm.size),
            "PL peak at 686.2 nm; absorbance edge near 672 nm.",
            second=Curve("absorbance", nm, absorbance),
            mark=(686.2, "686.2 nm"),
            y_label="Normalised",
        ).titled("PL and absorbance", "toluene"),
        decay(
            ns,
            draw.poisson(model).astype(float),
            "TRPL decay with its fit.",
            fit=model,
            words="single exponential",
        ).titled("TRPL", "375 nm, 1 MHz"),
        pattern(
            deg,
            counts,
            "Powder pattern with fit, residual and reference lines of γ and α CsPbI3.",
            fit=fit,
            marks=[(14.3, "020 101"), (28.9, "202 040")],
            spans=[(22.2, 24.4)],
            sticks={
                "gamma": ([14.1, 14.4, 20.1, 28.6, 29.0, 41.2], [60, 80, 70, 100, 95, 40]),
                "alpha": ([14.1, 20.0, 28.4, 40.6], [80, 60, 100, 40]),
            },
        ).titled("XRD", "film on glass"),
        histogram(
            draw.normal(12.0, 1.2, 212), "Edge length", "nm", "Edge lengths of 212 particles."
        ).titled("TEM", "mean and SD, 212 particles"),
        profile(
            [0, 8, 10, 70, 76, 86, 90, 91, 105],
            [25, 110, 120, 120, 117, 170, 170, 60, 24],
            "Temperature of the run.",
            spans=[(10, 70, "vacuum, 60 min")],
            events=[(90, "Cs-oleate")],
        ).titled("Temperature"),
    ]


def _devices() -> list[Figure]:
    volt = np.linspace(0, 7.5, 151)
    current = 1e-5 * (1 + volt) + 600 / (1 + np.exp(-(volt - 4.2) * 2.2))
    light = np.where(volt > 2.6, 3400 / (1 + np.exp(-(volt - 4.4) * 2.6)), 0.0)
    j = np.logspace(-2, 2.7, 60)
    eqe = 24.6 * np.exp(-((np.log10(j) - 0.2) ** 2) / 5)
    return [
        jvl(
            volt, current, light, "J and L against voltage; light from 2.9 V.", turn_on_v=2.9
        ).titled("J–V–L", "P2"),
        eqe_j(
            [Curve("P2", j, eqe, True), Curve("P1", j, eqe * 0.9), Curve("P3", j, eqe * 0.84)],
            "EQE of three pixels against current density.",
        ).titled("EQE–J", "where L > 1 cd m⁻²"),
        pixel_strip(
            [
                (
                    "D-0017",
                    [
                        Pixel("P1", 22.4),
                        Pixel("P2", 24.6),
                        Pixel("P3", 20.7),
                        Pixel("P4", None, "shorted"),
                    ],
                ),
                (
                    "D-0016",
                    [Pixel("P1", 21.9), Pixel("P2", 23.3), Pixel("P3", 23.5), Pixel("P4", 19.6)],
                ),
            ],
            "Peak EQE of every pixel of two devices; one is shorted.",
        ).titled("All pixels", "not only the best"),
    ]


def _learning() -> list[Figure]:
    ratio = np.linspace(0, 0.9, 91)
    gamma = 0.03 + 0.82 / (1 + np.exp(-(ratio - 0.4) * 18))
    alpha = 0.88 - gamma
    wide = 0.05 + 0.3 * np.exp(-(((ratio - 0.375) / 0.12) ** 2))
    curves = {
        "alpha": PhaseCurve(ratio, alpha, np.maximum(alpha - wide, 0), np.minimum(alpha + wide, 1)),
        "gamma": PhaseCurve(ratio, gamma, np.maximum(gamma - wide, 0), np.minimum(gamma + wide, 1)),
    }
    points = [
        Point(0.496, 24.6, "gamma", "NC-0042 γ R 0.496", ring=True, label="NC-0042"),
        Point(0.75, 16.5, "gamma", "NC-0014", 15.0, 18.0),
        Point(0.25, 8.8, "alpha", "NC-0029"),
        Point(0.0, 4.9, "alpha", "NC-0015"),
        Point(0.403, 12.2, "mixed", "NC-0039"),
        Point(0.101, 0.4, "delta", "NC-0021"),
        Point(0.62, 9.0, None, "NC-0044, phase not yet read"),
    ]
    return [
        forecast_curves(curves, "Probability of α and γ along R.", now=0.5).titled(
            "Forecast", "80 % bands"
        ),
        outcome_scatter(points, "Best EQE of seven batches along R.").titled("EQE along R"),
        phase_strip(points, "Seven batches along R.").titled("", "Last batches along R"),
    ]


def _chart() -> dict[str, object]:
    deg = np.linspace(10, 46, 1201)
    fit = 400 + _peaks(deg, [(14.3, 1100), (20.2, 1050), (28.9, 2000)], 0.28)
    counts = np.random.default_rng(7).poisson(fit)
    return {
        "title": "XRD pattern, sample",
        "x": {"label": "2θ", "unit": "°"},
        "y": {"label": "Counts", "unit": "", "scale": "linear"},
        "series": [
            {
                "label": "measured",
                "kind": "line",
                "colour": "s1",
                "x": deg.round(3).tolist(),
                "y": counts.tolist(),
            },
            {"label": "fit", "kind": "line", "colour": "ink", "y": fit.round(1).tolist()},
            {
                "label": "γ-CsPbI₃",
                "kind": "sticks",
                "colour": "gamma",
                "x": [14.1, 14.4, 20.1, 28.6],
                "y": [60, 80, 70, 100],
            },
        ],
        "residual": {
            "label": "Residual",
            "unit": "σ",
            "y": ((counts - fit) / np.sqrt(fit)).round(2).tolist(),
        },
        "marks": [{"x": 28.9, "label": "202 040"}],
    }
