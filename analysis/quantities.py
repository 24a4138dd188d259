"""Every number that can be known of a batch or a device, said once.

What may be typed as an outcome, what a card calls it, what is plausible, what the history can be asked
for and by what its rows are compared: all of it follows from this table. Another quantity is one line
here, or one of a technique that brings its own; the lab's own ones are rows (`models.LabQuantity`) of
the same shape.
"""

from __future__ import annotations

from analysis.quantity import BATCH, ON_DEVICES, Better, Place, Quantity
from analysis.techniques.registry import TECHNIQUES


def _of_batch(
    name: str, unit: str, label: str, low: float, high: float, **more: object
) -> Quantity:
    said = {"subjects": (BATCH,), "place": Place.BATCH} | more
    return Quantity(name, unit, label, low=low, high=high, **said)  # type: ignore[arg-type]


def _of_device(
    name: str, unit: str, label: str, low: float, high: float, **more: object
) -> Quantity:
    said = {"subjects": ON_DEVICES, "place": Place.BEST, "better": Better.HIGHER} | more
    return Quantity(name, unit, label, low=low, high=high, **said)  # type: ignore[arg-type]


def _analysed(name: str, unit: str, label: str, short: str, place: Place = Place.BATCH) -> Quantity:
    return Quantity(name, unit, label, short, low=-1e12, place=place)


def _of_fit(name: str, unit: str, label: str) -> Quantity:
    return Quantity(name, unit, label, of_the_fit=True)


_PL = "PL"
_ALL = (
    _of_batch("pl_peak_nm", "nm", "PL peak", 200, 3000, short="Peak", heading=_PL, in_table=True),
    _of_batch(
        "pl_fwhm_nm",
        "nm",
        "PL full width at half maximum",
        0.1,
        1000,
        short="FWHM",
        better=Better.LOWER,
        in_table=True,
    ),
    _of_batch(
        "plqy_percent",
        "%",
        "PL quantum yield",
        0,
        100,
        short="PLQY",
        better=Better.HIGHER,
        in_table=True,
    ),
    _of_batch(
        "lifetime_ns",
        "ns",
        "Lifetime",
        0.001,
        1e9,
        short="Lifetime τ",
        heading="Lifetime",
        in_table=True,
    ),
    _of_batch(
        "size_nm",
        "nm",
        "Size (TEM), mean",
        0.3,
        10_000,
        short="Size",
        in_table=True,
    ),
    _of_batch(
        "ratio_ca_pb_product",
        "",
        "R in the product (EDS or ICP)",
        0,
        1000,
        short="R in the product",
    ),
    _of_batch("gap_ev", "eV", "Band gap", 0.1, 12, short="Gap"),
    _of_batch("first_exciton_ev", "eV", "First exciton", 0.1, 12, short="First exciton"),
    _of_batch(
        "trap_density_per_cm3",
        "1/cm3",
        "Trap density",
        1e8,
        1e24,
        subjects=(BATCH, *ON_DEVICES),
        better=Better.LOWER,
    ),
    _of_device("turn_on_v", "V", "Turn-on voltage", 0.1, 100, short="Turn-on", better=Better.LOWER),
    _of_device("luminance_cd_m2", "cd/m2", "Maximum luminance", 0, 1e8, short="Luminance"),
    _of_device("current_density_ma_cm2", "mA/cm2", "Current density", 0, 1e6),
    _of_device("current_efficiency_cd_a", "cd/A", "Current efficiency", 0, 1000),
    _of_device("power_efficiency_lm_w", "lm/W", "Power efficiency", 0, 1000),
    _of_device(
        "eqe_percent",
        "%",
        "External quantum efficiency",
        0,
        100,
        short="EQE",
        heading="Best EQE",
        in_table=True,
    ),
    Quantity(
        "eqe_median_percent",
        "%",
        "Median EQE of the pixels that count",
        "Median EQE",
        high=100,
        better=Better.HIGHER,
        place=Place.PIXELS,
    ),
    Quantity(
        "eqe_pixels",
        "",
        "Pixels with an EQE that counts",
        "Pixels",
        better=Better.HIGHER,
        place=Place.PIXELS,
    ),
    Quantity(
        "pixel_yield_percent",
        "%",
        "Yield, working pixels of those whose state is known",
        "Yield",
        high=100,
        better=Better.HIGHER,
        place=Place.PIXELS,
    ),
    _of_device("t50_h", "h", "T50, time to half the luminance", 0, 1e7, short="T50"),
    _of_device("t80_h", "h", "T80, time to 80 % of the luminance", 0, 1e7, short="T80"),
    _analysed("t50_extrapolated_h", "h", "T50, extrapolated", "T50, extrapolated", Place.NOWHERE),
    _analysed("t80_extrapolated_h", "h", "T80, extrapolated", "T80, extrapolated", Place.NOWHERE),
    _analysed("t50_at_reference_h", "h", "T50 at another luminance", "T50 at L", Place.NOWHERE),
    _analysed("initial_luminance_cd_m2", "cd/m2", "L0, initial luminance", "L0", Place.NOWHERE),
    _of_fit("watched_h", "h", "Hours of operation watched"),
    _analysed("last_cycle_percent", "%", "Last cycle over the first", "Last cycle", Place.NOWHERE),
    _analysed("best_cycle_percent", "%", "Best cycle over the first", "Best cycle", Place.NOWHERE),
    _of_device(
        "cycles_to_50_percent", "", "Cycles to half the luminance", 0, 1e9, short="Cycles to 50 %"
    ),
    _of_device(
        "cycles_to_80_percent",
        "",
        "Cycles to 80 % of the luminance",
        0,
        1e9,
        short="Cycles to 80 %",
    ),
    Quantity(
        "leakage_ma_cm2",
        "mA/cm2",
        "Leakage current density at 1 V",
        "Leakage at 1 V",
        high=1e6,
        better=Better.LOWER,
        place=Place.BEST,
    ),
    Quantity(
        "roll_off_ma_cm2",
        "mA/cm2",
        "Current density at half the top EQE",
        "J at half EQE",
        high=1e6,
        better=Better.HIGHER,
        place=Place.BEST,
    ),
    _analysed("power_density_w_cm2", "W/cm2", "Highest power density", "Power", Place.NOWHERE),
    _analysed("turn_on_hysteresis_v", "V", "Hysteresis of the turn-on", "", Place.BEST),
    _analysed("current_hysteresis_percent", "%", "Hysteresis of the current", "", Place.BEST),
    _analysed("v_oc_v", "V", "Open-circuit voltage", "V_oc", Place.NOWHERE),
    _analysed("j_sc_ma_cm2", "mA/cm2", "Short-circuit current density", "J_sc", Place.NOWHERE),
    _analysed("fill_factor_percent", "%", "Fill factor", "FF", Place.NOWHERE),
    _analysed("pce_percent", "%", "Power conversion efficiency", "PCE", Place.NOWHERE),
    _analysed("v_mpp_v", "V", "Voltage of the highest power", "V_mpp", Place.NOWHERE),
    _analysed("pl_half_life_d", "d", "Half-life of the PL intensity", "PL t½", Place.NOWHERE),
    _analysed("plqy_half_life_d", "d", "Half-life of the PLQY", "PLQY t½", Place.NOWHERE),
    _analysed("days_to_delta_d", "d", "Days until δ is found (XRD)", "Days to δ", Place.NOWHERE),
    _analysed("absorbed_percent", "%", "Laser light absorbed", "Absorbed", Place.NOWHERE),
    _analysed("cutoff_ev", "eV", "Secondary cut-off (UPS)", "Cut-off", Place.NOWHERE),
    _analysed("valence_onset_ev", "eV", "Valence onset (UPS)", "Onset", Place.NOWHERE),
    _analysed("fermi_level_ev", "eV", "Fermi level (UPS)", "E_F"),
    _analysed("vbm_ev", "eV", "Valence band maximum (UPS)", "VBM"),
    _analysed("cbm_ev", "eV", "Conduction band minimum (UPS and gap)", "CBM"),
    _analysed("v_tfl_v", "V", "Trap-filled limit V_TFL", "V_TFL", Place.NOWHERE),
    _analysed("mobility_cm2_per_vs", "cm2/Vs", "Mobility (Mott-Gurney)", "Mobility", Place.NOWHERE),
    _analysed("pl_fwhm_mev", "meV", "PL full width at half maximum", "FWHM"),
    _analysed("pl_peak_ev", "eV", "PL peak", "Peak"),
    _analysed("pl_peak_energy_fit_nm", "nm", "PL peak of I(E)", "Peak of I(E)"),
    Quantity(
        "peak_luminance_v",
        "V",
        "Voltage at the maximum luminance",
        "V at peak L",
        low=0.1,
        high=1000,
        subjects=ON_DEVICES,
    ),
    Quantity(
        "el_peak_nm",
        "nm",
        "EL peak",
        "Peak",
        low=200,
        high=3000,
        subjects=ON_DEVICES,
        place=Place.BEST,
    ),
    Quantity(
        "el_fwhm_nm",
        "nm",
        "EL full width at half maximum",
        "FWHM",
        low=0.1,
        high=1000,
        subjects=ON_DEVICES,
        place=Place.BEST,
    ),
    _analysed("el_fwhm_mev", "meV", "EL full width at half maximum", "FWHM", Place.BEST),
    _analysed("el_peak_ev", "eV", "EL peak", "Peak", Place.BEST),
    _analysed("cie_x", "", "CIE 1931 x", "CIE x", Place.NOWHERE),
    _analysed("cie_y", "", "CIE 1931 y", "CIE y", Place.NOWHERE),
    _analysed("el_peak_energy_fit_nm", "nm", "EL peak of I(E)", "Peak of I(E)", Place.BEST),
    _analysed("lifetime_intensity_ns", "ns", "Lifetime, intensity average", "τ, intensity average"),
    _analysed(
        "first_exciton_fwhm_ev",
        "eV",
        "First exciton, full width at half maximum",
        "FWHM of the exciton",
    ),
    _analysed("crystallite_nm", "nm", "Crystallite size", "Crystallite"),
    _analysed("xrd_tilt", "", "Tilt of the octahedra, 1 is γ", "Tilt, 1 is γ"),
    _analysed("lattice_a_pc_angstrom", "Å", "Pseudocubic lattice edge", "Lattice edge"),
    _analysed("march_r", "", "Texture, March r", "Texture, March r"),
    _analysed("delta_volume_percent", "%", "δ by volume", "δ by volume"),
    _analysed("pbi2_volume_percent", "%", "PbI2 by volume", "PbI2 by volume"),
    _analysed("cai2_volume_percent", "%", "CaI2 by volume", "CaI2 by volume"),
    _analysed("cs4pbi6_volume_percent", "%", "Cs4PbI6 by volume", "Cs4PbI6 by volume"),
    _analysed("csi_volume_percent", "%", "CsI by volume", "CsI by volume"),
    _analysed("pbs_volume_percent", "%", "PbS by volume", "PbS by volume"),
    _analysed("zno_volume_percent", "%", "ZnO by volume", "ZnO by volume"),
    _of_fit("reduced_chi2", "", "Reduced χ²"),
    _of_fit("reduced_deviance", "", "Reduced deviance"),
    _of_fit("r_wp_percent", "%", "R_wp of the fit"),
    Quantity("k_r_per_s", "1/s", "Radiative rate k_r", computed_from="k_r"),
    Quantity("k_nr_per_s", "1/s", "Non-radiative rate k_nr", computed_from="k_nr"),
)
QUANTITIES: dict[str, Quantity] = {one.name: one for one in _ALL}
for _technique in TECHNIQUES.values():
    for _brought in _technique.quantities:
        if QUANTITIES.setdefault(_brought.name, _brought) is not _brought:
            raise ValueError(
                f"The technique {_technique.title} brings a quantity {_brought.name}, which there is already."
            )


def short_label(name: str, label: str = "") -> str:
    """Return a few words for a quantity, what a card or a strip has room for."""
    known = QUANTITIES.get(name)
    if known is None:
        return label or name
    return known.short or (known.label if known.of_the_fit else label or known.label)


def is_of_the_fit(name: str) -> bool:
    """Whether a figure says how well a fit went, which says nothing about the sample."""
    known = QUANTITIES.get(name)
    return known is not None and known.of_the_fit
