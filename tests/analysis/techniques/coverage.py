"""How often the stated uncertainties hold the truth: ``make coverage`` writes docs/reference/coverage.md.

Every truth lies outside the fitted shapes, every method runs with its defaults, every simulated instrument has an
error of its wavelength scale. ``DRAWS`` (200) draws a case; the suite tries a few of each in test_honest_*.py.
``python -m tests.analysis.techniques.coverage 200 sclc ta-global`` runs the cases of two methods, ``sclc:"5 %"`` those
of one whose truth or noise holds these words, ``missing`` those without a row of today's version (with methods named:
of these); what the table says of the others stays, with the version it was made by.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.reading import Channel, Image, Reading, Scan
from analysis.result import Figure, NoResult, Result
from analysis.stability.half_life import VERSION as HALF_LIFE
from analysis.stability.half_life import half_life
from analysis.techniques.absorbance.absorption import run as run_absorbance
from analysis.techniques.emission.emission import run_pl
from analysis.techniques.lifetime.lifetime import run as run_lifetime
from analysis.techniques.plqy.yield_of import run as run_plqy
from analysis.techniques.registry import TECHNIQUES
from analysis.techniques.sclc.sclc import run as run_sclc
from analysis.techniques.ta.global_fit import run as run_ta
from analysis.techniques.tem.sizes import run as run_tem
from analysis.techniques.trpl.decay import run as run_trpl
from analysis.techniques.ups.levels import run as run_ups
from analysis.techniques.xps.presence import run as run_xps
from tests.analysis.stability import test_half_life as kept
from tests.analysis.techniques.absorbance import edges
from tests.analysis.techniques.emission import bands
from tests.analysis.techniques.lifetime import traces
from tests.analysis.techniques.plqy import sphere
from tests.analysis.techniques.readings import figures, histogram, spectrum
from tests.analysis.techniques.sclc import devices
from tests.analysis.techniques.ta import maps
from tests.analysis.techniques.tem import particles
from tests.analysis.techniques.trpl import decays
from tests.analysis.techniques.ups import spectra as photoelectrons
from tests.analysis.techniques.xps import regions

TABLE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "coverage.md"
HEAD = """# Coverage of the stated uncertainties

How often value ± 1.96 u holds the truth, or the method says *undetermined*. No truth is one of the shapes that are fitted;
settings are the defaults (what no file says, such as a thickness, is told); every simulated instrument has an error of 0.3 nm
(one standard uncertainty) on its wavelength scale, of 3 % on its magnification. An upper limit holds what lies below it.

`make coverage` runs every case with 200 draws, `make coverage METHODS="sclc ta-global"` those of two methods, and puts the rows into this table.
Each row names the version of the method that it was made by.{older}

| method | figure | truth | noise | draws | u (median) | held | undetermined |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
NOW = " All are the versions of today."
OLDER = " **Rows of older code**, to be made again: {}."
MISSING = "missing"
UNMADE = " **Without a row yet**: {}."


@dataclass(frozen=True)
class Case:
    truth: str
    noise: str
    figures: dict[str, float]  # quantity -> true value
    draw: Callable[[int], Reading]
    run: Callable[[Reading, dict], Result]


def emitted() -> list[Case]:
    """Bands of emission, counted photon by photon."""
    found = []
    for name in bands.BANDS:
        right = bands.truth(name)
        wanted = {"pl_peak_nm": right.peak_nm, "pl_fwhm_nm": right.fwhm_nm}
        found += [
            Case(name, f"{counts:,} counts", wanted,
                 lambda k, n=name, c=counts: spectrum(*bands.measured(n, c, k)), run_pl)
            for counts in (300, 3000, 30000)
        ]  # fmt: skip
    return found


def decayed() -> list[Case]:
    """Histograms of photons behind a pulse."""
    return [
        Case(name, f"{counts:,} counts, response {irf:g} ns", {"lifetime_ns": lifetime},
             lambda k, n=name, c=counts, i=irf: histogram(*decays.measured(n, c, k, irf_ns=i)), run_trpl)
        for name, (_, lifetime) in decays.DECAYS.items()
        for counts in (300, 5000)
        for irf in (0.0, 0.6, 2.0)
    ]  # fmt: skip


def absorbed() -> list[Case]:
    """Edges with and without an exciton, in absorbance."""
    return [
        Case(name, f"{1e3 * noise:g} mA", wanted,
             lambda k, s=shape, n=noise: spectrum(*edges.measured(s, k, n), "absorbance", y_unit=""),
             run_absorbance)
        for name, shape, wanted in (
            ("nanocrystals", edges.nanocrystals, {"first_exciton_ev": 1.85}),
            ("log-normal sizes", edges.size_series, {"first_exciton_ev": 1.95}),
            ("Elliott, secant widths, 15 meV", edges.bulk, {"gap_ev": 1.79}),
            ("Elliott, secant widths, 25 meV", lambda e: edges.bulk(e, 2.0, 0.025), {"gap_ev": 2.0}),
            ("square root with Urbach tail", edges.urbach, {"gap_ev": 1.80}),
        )
        for noise in (3e-4, 3e-3)
    ]  # fmt: skip


def watched() -> list[Case]:
    """Traces of a device's lifetime, whole and cut short."""
    found = []
    for name in traces.DECAYS:
        wanted = {"t80_h": traces.truth(name, 0.8), "t50_h": traces.truth(name, 0.5)}
        found += [
            Case(name, f"{100 * noise:g} %, {points:,} points", wanted,
                 lambda k, n=name, o=noise, p=points: traces.measured(n, k, p, o), run_lifetime)
            for noise, points in ((0.002, 300), (0.02, 3000))
        ]  # fmt: skip
        for factor in (1.2, 1.5):
            end = traces.truth(name, 0.5) / factor
            found.append(
                Case(name, f"watched for T50/{factor:g}", {"t50_extrapolated_h": wanted["t50_h"]},
                     lambda k, n=name, e=end: traces.measured(n, k, end_h=e),
                     lambda reading, _: run_lifetime(reading, {"extrapolate": "yes"}))
            )  # fmt: skip
    return found


def under_the_microscope() -> list[Case]:
    """Sizes on rendered images, under a microscope whose scale is off by 3 % (one standard uncertainty)."""

    def draw(seed: int, how: dict) -> Reading:
        sizes = particles.crystals(seed, 24, 28, 0.1)
        grey = particles.rendered(sizes, seed=seed, side=440, **how).grey
        nm = 12 / 28 * np.random.default_rng(seed + 10_000).normal(1, 0.03)
        levels = Channel("grey", "", np.arange(5.0)), Channel("pixels", "", np.ones(5))
        return Reading("tem", "test 1", levels, image=Image(grey.astype(np.float32), nm))

    return [
        Case(name, "24 particles, contrast 7.5 σ", {"size_nm": 12.0}, lambda k, h=how: draw(k, h), run_tem)
        for name, how in (
            ("discs", {}), ("squares", {"form": "square"}), ("spheres", {"form": "sphere", "contrast": 80}),
            ("discs, uneven background", {"uneven": 70}), ("discs, touching", {"touching": 6}),
        )
    ]  # fmt: skip


def at_the_surface() -> list[Case]:
    """XPS regions of Voigt lines on Tougaard's background; a limit holds what is below it."""

    def region(measured: tuple[np.ndarray, np.ndarray]) -> Reading:
        energy, counts = measured
        x, y = Channel("binding_energy", "eV", energy), Channel("counts", "counts", counts)
        return Reading("xps", "test 1", (x, y), {}, (), (Scan(x, (y,), key="1"),), "1")

    def run(reading: Reading, _: dict) -> Result:
        return run_xps(reading, {"c_1s_ev": 284.8})

    lead = [
        Case(f"Pb 4f with {100 * share:g} % of metal", f"{peak:,} counts", {"metallic_lead_percent": 100 * share},
             lambda k, s=share, p=peak: region(regions.lead_4f(k, s, p)), run)
        for share in (0.0, 0.01, 0.02, 0.05) for peak in (3000, 30_000)
    ]  # fmt: skip
    calcium = [
        Case(f"Ca 2p of {area:g} counts eV", "background 3,000 counts", {"ca_2p_area_counts_ev": area},
             lambda k, a=area: region(regions.calcium_2p(k, a)), run)
        for area in (0.0, 500.0, 4000.0)
    ]  # fmt: skip
    return lead + calcium


def pumped_and_probed() -> list[Case]:
    """Maps of ΔA: integrated rate equations, a sech² pulse, glass in the beam, a laser that drifts, a moving bleach."""
    still = maps.truth(maps.cascade(0.4, 800), 680, 680)
    meeting = maps.truth(maps.auger(0.4, 2000, 1 / 50), 680, 680)
    moving = {
        f"bleach from {early:g} to {late:g} nm": maps.truth(
            maps.cascade(0.4, 800), early, late, moves
        )
        for early, late, moves in ((673, 680, 60), (671, 674, 30))
    }
    wanted = [
        ("cascade of 0.4 and 800 ps", still, {"ta_tau1_ps": 0.4, "ta_tau2_ps": 800, "bleach_half_life_ps": still.half_life_ps()}),
        ("two carriers that meet", meeting, {"bleach_half_life_ps": meeting.half_life_ps()}),
    ] + [
        (name, of, {"bleach_early_nm": of.apex_nm(1), "bleach_late_nm": of.apex_nm(1e3),
                    "bleach_shift_nm": of.apex_nm(1e3) - of.apex_nm(1)})
        for name, of in moving.items()
    ]  # fmt: skip
    quiet, loud = (0.006, 0.01), (0.04, 0.02)
    tried = [(*one, level) for one in wanted for level in (quiet, loud)]
    # no sum of exponentials: lifetimes of the nearest sum of as many as the noise lets see
    tried += [
        (name, maps.falls(law), {"bleach_half_life_ps": maps.falls(law).seen_half_life_ps()}
         | {f"ta_tau{n}_ps": tau for n, tau in enumerate(maps.nearest_lifetimes(law, count), 1)}, level)
        for name, law in (("second order, half in 60 ps", maps.second_order), ("stretched, 100 ps, exponent 0.6", maps.stretched))
        for count, level in ((3, quiet), (2, loud))
    ]  # fmt: skip
    return [
        Case(name, f"{100 * noise:g} % of the bleach, laser {100 * drift:g} %", right,
             lambda k, o=of, n=noise, d=drift: maps.measured(o, k, 5 * n, d), run_ta)
        for name, of, right, (noise, drift) in tried
    ]  # fmt: skip


def over_days() -> list[Case]:
    """PL of a batch on four to nine days at random."""
    return [
        Case(f"{name}, looked at on 4 to 9 days", f"{100 * noise:g} %", {"pl_half_life_d": right},
             lambda k, n=name, o=noise: kept.drawn(n, k, o),
             lambda days, _: Result((half_life(days, "pl_half_life_d"),)))
        for name, (_, right) in kept.DECAYS.items() for noise in (0.02, 0.05)
    ] + [
        Case(f"{name}, looked at on 3 or 4 days far apart", f"{100 * noise:g} %", {"pl_half_life_d": right},
             lambda k, n=name, o=noise: kept.sparse(n, k, o),
             lambda days, _: Result((half_life(days, "pl_half_life_d"),)))
        for name, (_, right) in kept.SPARSE.items() for noise in (0.02, 0.05)
    ]  # fmt: skip


def injected() -> list[Case]:
    """Sweeps of single-carrier devices."""
    film = {"thickness_nm": 200.0, "thickness_u_nm": 2.0, "relative_permittivity": 6.32}
    return [
        Case(f"Poisson's equation, traps of depth {depth:g}", f"{100 * noise:g} %",
             {"trap_density_per_cm3": devices.empty(5e16, 1e12, depth), "mobility_cm2_per_vs": 1e-4},
             lambda k, d=depth, o=noise: devices.measured(k, d, o),
             lambda reading, _: run_sclc(reading, film))
        for depth in (1e-3, 1e-2, 0.1)
        for noise in (0.01, 0.05)
    ]  # fmt: skip


def photoemitted() -> list[Case]:
    """Valence bands and cut-offs under ultraviolet light."""
    return [
        Case(f"band (E − E_v)^{power:g}", f"{height:,.0f} counts, resolution {fwhm:g} eV",
             {"fermi_level_ev": -4.0, "vbm_ev": -5.74},
             lambda k, p=power, h=height, w=fwhm: photoelectrons.spectrum(
                 k, step=0.03, power=p, height=h, fwhm=w, bias=0.05 * np.random.default_rng(k + 1).normal()),
             lambda reading, _: run_ups(reading, {"bias_v": 0}))
        for power in (0.6, 1.0, 1.4)
        for height, fwhm in ((4e4, 0.05), (4e5, 0.2))
    ]  # fmt: skip


def in_a_sphere() -> list[Case]:
    return [
        Case(f"random walk in a sphere, yield {right:.0%}", f"1 % of each integral, {first:.0%} absorbed",
             {"plqy_percent": 100 * right},
             lambda k, q=right, f=first: sphere.measured(k, drift=0.01, quantum_yield=q, first=f, absorbs=f),
             lambda reading, _: run_plqy(reading, {"response_u_percent": 0}))
        for right in (0.1, 0.6, 0.95)
        for first in (0.2, 0.6)
    ]  # fmt: skip


def _pull(figure: Figure, right: float) -> tuple[float, float]:
    """Return the error of a figure and its u; of a limit or an interval 0 where it holds, else infinity."""
    if figure.value is not None:
        return abs(figure.value - right), figure.uncertainty or 0.0
    return (0.0 if (figure.low or 0.0) <= right <= (figure.high or 0.0) else np.inf), 0.0


def rows(case: Case, draws: int, method: str) -> dict[Key, str]:
    """Run a case and return its lines of the table."""
    pulls: dict[str, list[tuple[float, float]]] = {quantity: [] for quantity in case.figures}
    for seed in range(draws):
        try:
            found = figures(case.run(case.draw(seed), {}))
        except NoResult:
            continue
        for quantity, right in case.figures.items():
            if quantity in found and (found[quantity].value, found[quantity].high) != (None, None):
                pulls[quantity].append(_pull(found[quantity], right))
    lines = {}
    for quantity, seen in pulls.items():
        error, u = np.array(seen).reshape(-1, 2).T
        held = f"{np.mean(error <= 1.96 * u):.0%}" if u.size else "-"
        stated = u[np.isfinite(u) & (u > 0)]
        median = f"{np.median(stated):.2g}" if stated.size else "limits"
        left = f"{1 - u.size / draws:.0%}"
        cells = (method, f"`{quantity}`", case.truth, case.noise, draws, median, held, left)
        lines[quantity, case.truth, case.noise] = f"| {' | '.join(map(str, cells))} |"
    return lines


Key = tuple[str, str, str]  # figure, truth, noise


def written() -> dict[Key, str]:
    """Return the rows that stand in the table."""
    found = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[1].startswith("`"):
            found[cells[1].strip("`"), cells[2], cells[3]] = line
    return found


def versions() -> dict[str, str]:
    """Return the version of every method of the table by its name."""
    methods = {m.name: m.version for t in TECHNIQUES.values() for m in t.methods}
    return {name: {**methods, "half-life": HALF_LIFE}[name] for name in CASES}


def _without(name: str, found: list[Case], known: dict[Key, str]) -> str:
    """Return how many cases of a method have no row, empty where all have."""
    left = [
        case
        for case in found
        if not any((q, case.truth, case.noise) in known for q in case.figures)
    ]
    return f"{name} ({len(left)} of {len(found)} cases)" if left else ""


def put(new: dict[Key, str]) -> None:
    """Put rows into the table, in the order of the cases; rows of no case go."""
    now, known = versions(), written() | new
    keys = [
        (quantity, case.truth, case.noise)
        for make in CASES.values()
        for case in make()
        for quantity in case.figures
    ]
    lines = [known[key] for key in keys if key in known]
    made = {line.strip("| ").split(" | ")[0] for line in lines}
    old = sorted(
        one for one in made if one not in {f"{name} {version}" for name, version in now.items()}
    )
    older = OLDER.format(", ".join(old)) if old else NOW
    unmade = [words for name, make in CASES.items() if (words := _without(name, make(), known))]
    older += UNMADE.format(", ".join(unmade)) if unmade else ""
    TABLE.write_text(HEAD.format(older=older) + "\n".join(lines) + "\n")


def is_made(case: Case, method: str, known: dict[Key, str]) -> bool:
    """Whether every figure of a case has a row of this method and version."""
    lines = (known.get((quantity, case.truth, case.noise), "") for quantity in case.figures)
    return all(line.startswith(f"| {method} |") for line in lines)


def main(draws: int, wanted: list[str]) -> None:
    missing = MISSING in wanted
    for name, make in CASES.items():
        asked = [one for one in wanted if one.split(":")[0] == name]
        if wanted and not (asked or wanted == [MISSING]):
            continue
        method = f"{name} {versions()[name]}"
        for case in make():
            words = f"{case.truth}, {case.noise}"
            if missing and is_made(case, method, written()):
                continue
            if not asked or any(one.partition(":")[2] in words for one in asked):
                lines = rows(case, draws, method)
                print(*lines.values(), sep="\n", flush=True)
                put(lines)


CASES: dict[str, Callable[[], list[Case]]] = {
    "pl-peak": emitted,
    "trpl-decay": decayed,
    "absorbance-edge": absorbed,
    "lifetime": watched,
    "sclc": injected,
    "ups-levels": photoemitted,
    "plqy-de-mello": in_a_sphere,
    "tem-sizes": under_the_microscope,
    "xps-presence": at_the_surface,
    "ta-global": pumped_and_probed,
    "half-life": over_days,
}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, sys.argv[2:])
