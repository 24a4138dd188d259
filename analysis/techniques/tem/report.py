"""From the sizes of particles to figures, curves and sentences; the same for a list and an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.quantity import BATCH, Place, Quantity
from analysis.result import Curve, Figure, NoResult, Result
from analysis.technique import Scale
from analysis.techniques.shared.calibration import LEVEL, Known
from analysis.techniques.tem.distribution import Distribution, Floats, distribution_of

LEAST_PARTICLES = 10
FEW = 100  # of fewer particles the mean of another field may differ
MATTERS = 0.05  # of the mean: what two populations may move it by before it is no figure
# a microscope that was not calibrated on a lattice is good to a few per cent
MAGNIFICATION = Scale("magnification_percent", "%", 3.0, "Magnification")
SPREAD = Quantity(
    "size_sd_nm",
    "nm",
    "Size (TEM), standard deviation",
    "Size, sd",
    high=10_000,
    subjects=(BATCH,),
    place=Place.BATCH,
)
COUNT = Quantity("particle_count", "", "Particles counted", of_the_fit=True)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of particles in nm, and what is said of them.

    ``what`` is *edge length*, *diameter*, ...; ``u_each_nm`` is what the place of the outline adds to every
    size alike; ``warnings`` and ``detail`` go to the result, ``lost`` says what was not counted.
    """

    sizes_nm: Floats
    what: str
    u_each_nm: float = 0.0
    lost: str = ""
    warnings: Sequence[str] = ()
    curves: Sequence[Curve] = ()
    detail: dict[str, Any] = field(default_factory=dict)


def result_of(sizes: Sizes, settings: dict[str, Any], scale: Known) -> Result:
    """Return mean and spread with their uncertainty; raise `NoResult` for too few particles."""
    kept, said = _within(sizes.sizes_nm, settings["from_nm"], settings["to_nm"])
    if kept.size < LEAST_PARTICLES:
        number = "No particle" if not kept.size else f"{kept.size} particle{'s' * (kept.size > 1)}"
        verb = "are" if kept.size > 1 else "is"
        raise NoResult(
            f"{number}{said} {verb} too few for a mean: at least {LEAST_PARTICLES} are needed, and some hundred for a "
            f"distribution. {sizes.lost} Measure more fields of view.".replace("  ", " ")
        )
    found = distribution_of(kept)
    warnings = list(sizes.warnings)
    away, undetermined = _two_populations(found)
    figures = [Figure(COUNT.name, float(found.n), None, "", COUNT.label)]
    parts = (found.u_mean_nm, sizes.u_each_nm, scale.u / 100 * found.mean_nm, away / 2)
    u_mean = float(np.hypot.reduce(parts))
    if undetermined:
        warnings.insert(0, undetermined)
    else:
        figures = [*_figures(found, sizes, scale, u_mean), *figures]
        warnings += _words(found, away)
    detail = sizes.detail | {
        "sizes_of": sizes.what,
        "particles": found.n,
        "mean_nm": found.mean_nm,
        "sd_nm": found.sd_nm,
        "bootstrap_95_nm": [found.low_nm, found.high_nm],
        "log_normal": {
            "geometric_mean_nm": found.geometric_mean_nm,
            "sd_of_ln": found.log_sd,
            "describes": found.is_lognormal,
        },
        "populations": [
            {"share": one.share, "mean_nm": one.mean_nm, "sd_nm": one.sd_nm}
            for one in found.populations
        ],
    }
    return Result(
        figures=tuple(figures),
        summary=_summary(found, sizes, u_mean, undetermined),
        warnings=tuple(warnings),
        curves=(*_histogram(kept, found), *sizes.curves),
        detail=detail,
    )


def _within(sizes_nm: Floats, low: float | None, high: float | None) -> tuple[Floats, str]:
    kept = sizes_nm[(sizes_nm >= (low or 0)) & (sizes_nm <= (high or np.inf))]
    if low is None and high is None:
        return kept, ""
    limits = f"from {low:g} nm" if high is None else f"up to {high:g} nm"
    return kept, f" {limits}" if low is None or high is None else f" from {low:g} to {high:g} nm"


def _two_populations(found: Distribution) -> tuple[float, str]:
    """Return how far the smaller of two populations moves the mean (nm), and the sentence where that is too far."""
    if len(found.populations) < 2:
        return 0.0, ""
    away = abs(found.mean_nm - found.populations[0].mean_nm)
    if away <= MATTERS * found.mean_nm:
        return away, ""
    heaps = " and ".join(
        f"about {round(one.share * found.n)} of {one.mean_nm:.3g} ± {one.sd_nm:.2g} nm"
        for one in found.populations
    )
    return away, (
        f"Size undetermined: the particles are of two sizes, {heaps}, and a mean over both describes neither. Say by "
        "“from” and “to” which of them are meant."
    )


def _figures(found: Distribution, sizes: Sizes, scale: Known, u_mean: float) -> list[Figure]:
    outline = f", outline {sizes.u_each_nm:.2g} nm" if sizes.u_each_nm else ""
    of = f"{found.n} particles; u: sampling {found.u_mean_nm:.2g} nm{outline}, {scale.said}"
    bootstrap = f"; bootstrap of the mean {found.low_nm:.4g} to {found.high_nm:.4g} nm (95 %)"
    return [
        Figure("size_nm", found.mean_nm, u_mean, "nm", f"Mean {sizes.what}", note=of + bootstrap,
               level=LEVEL),
        Figure(SPREAD.name, found.sd_nm, float(np.hypot(found.u_sd_nm, scale.u / 100 * found.sd_nm)),
               "nm", f"Standard deviation of the {sizes.what}",
               note=f"{found.n} particles; of the sample, measuring included", level=LEVEL),
    ]  # fmt: skip


def _words(found: Distribution, away: float) -> list[str]:
    said = []
    if away:
        other = found.populations[1]
        said.append(
            f"About {round(other.share * found.n)} particles near {other.mean_nm:.3g} nm are a heap of their own; half of "
            "what they move the mean by is in its u."
        )
    if found.n < FEW:
        said.append(
            f"Only {found.n} particles were counted; a few hundred from several places tell a distribution."
        )
    if not found.is_lognormal:
        said.append(
            "The sizes are not log-normal (Anderson-Darling, 5 %); mean and standard deviation hold nevertheless."
        )
    return said


def _summary(found: Distribution, sizes: Sizes, u_mean: float, undetermined: str) -> str:
    lost = f" {sizes.lost}" if sizes.lost else ""
    if undetermined:
        return undetermined + lost
    return (
        f"Mean {sizes.what} {found.mean_nm:.4g} ± {u_mean:.2g} nm, standard deviation {found.sd_nm:.3g} nm "
        f"({100 * found.sd_nm / found.mean_nm:.0f} %), {found.n} particles; log-normal: {found.geometric_mean_nm:.4g} nm "
        f"×/÷ {np.exp(found.log_sd):.3g}.{lost}"
    )


def _histogram(sizes_nm: Floats, found: Distribution) -> tuple[Curve, ...]:
    """The histogram as steps, and the log-normal (of each population) in particles a bin."""
    edges = np.histogram_bin_edges(sizes_nm, bins="fd")
    if not 4 <= edges.size - 1 <= 60:
        edges = np.histogram_bin_edges(sizes_nm, bins=int(np.clip(edges.size - 1, 4, 60)))
    heights = np.histogram(sizes_nm, edges)[0]
    steps_x = np.repeat(edges, 2)
    steps_y = np.concatenate([[0], np.repeat(heights, 2), [0]])
    x = np.linspace(max(edges[0], edges[-1] / 1e3), edges[-1], 300)
    y = np.zeros_like(x)
    single = len(found.populations) == 1
    for one in found.populations:
        width = found.log_sd if single else np.sqrt(np.log1p((one.sd_nm / one.mean_nm) ** 2))
        if width == 0:
            continue
        centre = np.log(found.geometric_mean_nm) if single else np.log(one.mean_nm) - width**2 / 2
        z = (np.log(x) - centre) / width
        y += one.share * np.exp(-(z**2) / 2) / (x * width * np.sqrt(2 * np.pi))
    per_bin = found.n * float(edges[1] - edges[0])
    return (
        Curve("histogram", steps_x.tolist(), steps_y.astype(float).tolist()),
        Curve("fit", x.tolist(), (per_bin * y).tolist()),
    )
