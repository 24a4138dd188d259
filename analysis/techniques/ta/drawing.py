"""The drawing of a map: the bleach early and late, and how it recovers over the delay on a log axis."""

from __future__ import annotations

import numpy as np

from analysis.drawing import Drawing, Drawn, Stored, numbers, spectrum, unit
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key
from labnotebook.records.presentation.plots import Plot


def bleach(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the spectra and the kinetics; the largest spectrum where nothing was found."""
    early, late, kinetics = map(drawn.curve, ("early spectrum", "late spectrum", "kinetics"))
    if early is None:
        return spectrum(drawn, drawing, small=small)
    spectra = [one for one in (early, late) if one is not None]
    said = unit(drawn.channels[1])
    x = Axis.over([numbers(early["x"])], "Wavelength", "nm", tight=True, wanted=6)
    plot = Plot(x, Axis.over([numbers(one["y"]) for one in spectra], "ΔA", said), drawn.sentence)
    for one, style in zip(spectra, ("s1", "s2"), strict=False):
        plot.line(numbers(one["x"]), numbers(one["y"]), style)
    for quantity in ("bleach_early_nm", "bleach_late_nm"):
        value = drawn.value(quantity)
        if value is not None and not small:
            plot.vertical(value)
    plots, key = [plot], [("s1", "early"), ("s2", "late")][: len(spectra)]
    model = drawn.curve("kinetics model")
    if kinetics is not None and model is not None and not small:
        t, y = numbers(kinetics["x"]), numbers(kinetics["y"])
        size = max(float(np.nanmax(np.abs(y))), 1e-300)
        fitted = numbers(model["y"]) / size
        over = Plot(
            Axis.over([t], "Delay", "ps", log=True),
            Axis.over([y / size, fitted], "ΔA over its largest"),
            f"{drawn.title}: recovery of the bleach over the delay, with the fit.",
        )
        over.beside = "Recovery of the bleach, with the fit"
        plots.append(over.line(t, y / size, "raw thin").line(t, fitted, "fit"))
        key += [("raw", "kinetics"), ("fit", "global fit")]
    return Figure(plots, key=curve_key(*key))


def columns(drawn: Drawn) -> list[Stored]:
    """Return the wavelength and the spectrum of the largest signal for the chart that zooms."""
    return drawn.channels[:2]
