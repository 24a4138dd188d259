"""One LED, one solar cell, and two kinds of file that are no J-V-L sweep."""

from __future__ import annotations

import numpy as np

from tests.data.making.signals import Floats, band, power, rows

AREA_CM2 = 0.04
EQE_MAX_PERCENT, EQE_MAX_V = 15.8, 4.2


def led() -> dict[str, Floats]:
    """Return one LED: a diode whose EQE is 15.8 % at 4.2 V and falls to both sides."""
    volts = np.arange(0.0, 6.05, 0.1)
    density = 1e-5 + 1.5 * np.clip(volts - 1.9, 0, None) ** 3
    eqe = EQE_MAX_PERCENT * np.exp(-(((volts - EQE_MAX_V) / 2.4) ** 2)) * (volts > 2.0)
    per_ampere = eqe * 1.1  # cd/A for each per cent, a red emitter
    light = per_ampere * density * 10
    lumens = np.divide(np.pi * per_ampere, volts, out=np.zeros_like(volts), where=volts > 0)
    current = density * 1e-3 * AREA_CM2
    return {"v": volts, "i": current, "j": density, "pe": lumens, "eqe": eqe, "l": light}


def oled_jvl_txt() -> str:
    head = "Voltage(V)\tCurrent(A)\tJ(mA/cm2)\tPE(lm/W)\tEQE(%)\tL(cd/m2)\n"
    return head + "".join(
        "\t".join(power(cell, 5) for cell in cells) + "\n"
        for cells in zip(*led().values(), strict=True)
    )


def mean_el_spectrum_csv() -> str:
    x = np.arange(580.0, 800.0, 0.5)
    noise = np.random.default_rng(41).normal(0, 60, x.size)
    seen, spread = 12_000 * band(x, 688.0) + noise, np.full(x.size, 180.25)
    head = "\tWavelength (nm)\tIntensity (Counts)\tStandard Deviation (Counts)\n"
    return head + rows("{}\t{:.1f}\t{:.14g}\t{:.14g}", range(x.size), x, seen, spread)


def cell_density(volts: Floats, shift: float = 0.0) -> Floats:
    """Return the current density in mA/cm² of a solar cell: −20 at short circuit, 0 near 1.02 V."""
    return -20.0 + 20.0 * np.exp((volts - 1.02 - shift) / 0.06)


def kit_jv_csv() -> str:
    volts = np.arange(120, -21, -1) / 100
    one, two = cell_density(volts), cell_density(volts, -0.015)
    head = [
        "LTI @ KIT\tPV cell J-V measurement\t\t", "Cell ID: \tsimulated\t\t", "Cell area [cm^2]: \t0.078400\t\t",
        "Cell illuminated\t1\t\t", "2026-01-01\t09:00:00\t\t", "Jsc [mA/cm^2]:\t-2.000000E+1\t-2.000000E+1\t",
        "Voc [V]:\t1.020000E+0\t1.005000E+0\t", "Commentary:\t\t\t", "Hysteresis\t1\t\t",
        "Voltage [V]\tCurrent density [1] [mA/cm^2]\tCurrent density [2] [mA/cm^2]\tAverage current density [mA/cm^2]",
    ]  # fmt: skip
    table = zip(volts, one, two, (one + two) / 2, strict=True)
    return (
        "\r\n".join([*head, *("\t".join(power(c, 6) for c in cells) for cells in table)]) + "\r\n"
    )


def keithley_jv_txt() -> str:
    volts = np.arange(125, -21, -2) / 100
    names = ["b_rev", "b_for", "c_rev", "c_for"]
    sweeps = [cell_density(volts, shift) for shift in (0.0, -0.01, 0.005, -0.005)]
    head = [
        "Keithley, SerialNo, Firmware:\tKEITHLEY INSTRUMENTS INC.,MODEL 2400,0000000,C32",
        "active area [cm2]:\t0.160000\t0.160000", "intensity [mW/cm2]:\t100.000000",
        "integration time [ms]:\t20.000000", "settling time [ms]:\t40.000000", "averaging [pts.]:\t1.000000",
        "compliance [mA/cm2]:\t30.000000", "*" * 40, "\t".join(["Parameter", *names, ""]),
        "J_sc [mA/cm2]:" + "\t-20.000000" * 4, "*" * 40, "\t".join(["Voltage", *names, ""]),
        "\t".join(["[V]", *["[mA/cm2]"] * 4, ""]),
    ]  # fmt: skip
    table = zip(volts, *sweeps, strict=True)
    return "\n".join([*head, *("\t".join(power(c, 6) for c in cells) for cells in table)]) + "\n"


def sbtps_iv() -> str:
    volts = np.arange(-100, 1101, 15) / 1000
    density = -cell_density(volts)
    head = [
        "Cell ID\tUser\tProfile", "1.2\tnobody\tIncStab", "",
        "Sample Area\tIrradiance\tPre Sweep Delay\tPre Sweep Bias (V)\tDirection\tStart (V)\tEnd (V)",
        "0.1\t1\t9.54\t0\t\t1.1\t-0.1", "", "Voc (V)\tIsc (A)\tJsc mA/cm²)", "1.02\t2.0\t20.0", "",
        "VSource (V)\tCurrent Density (mA/cm²)\tIMeasure(mA)\tPower(mW)\tTime (s)",
    ]  # fmt: skip
    line = "{:.7g}\t{:.7g}\t{:.7g}\t{:.7g}\t{:.2f}"
    cells = (
        volts,
        density,
        density * 0.1,
        density * 0.1 * volts,
        9.54 + 0.11 * np.arange(volts.size),
    )
    return "\n".join(head) + "\n" + rows(line, *cells)


def sbtps_seq() -> str:
    up = np.arange(-100, 1101, 15) / 1000
    head = [
        "##   Sequence Setup Details   ##", "User\tSweep Profile Name\tProfile Date",
        "nobody\tIncStab\t01/01/2026 09:00:00", "", "Start (v)\tEnd (V)\tInterval (V)# Points",
        "1.1\t-0.1\t0.015\t81", "", "Cell ID : \t1.1", "", "Sweep Results Table",
        "Sequence #\tSweep #\tDirection\tDark Measurment\tIrradiance (Sun)", "1\t0\tForward\tLight\t1",
        "1\t1\tReverse\tLight\t1", "", "#" * 45, "IV data",
        "VSource Forward\tSweep 000 (mA/cm²)\t\t\tVSource Backward\tSweep 001 (mA/cm²)\t\t\t",
    ]  # fmt: skip
    down = up[::-1]
    line = "{:.4f}\t{:.7g}\t\t\t{:.4f}\t{:.7g}\t\t\t"
    return (
        "\n".join(head) + "\n" + rows(line, down, -cell_density(down), up, -cell_density(up, 0.01))
    )


def quantum_efficiency_txt() -> str:
    x = np.arange(300.0, 905.0, 5.0)
    percent = 95 / (1 + np.exp((x - 780) / 8))
    head = "2\t\t \t\t\t\r\nAM1.5G\t25.000000\t \t \tMeasure Mode\tAC-EQE\r\n"
    head += "Lambda(nm)\tEQE (%)\tSR (A/W)\tJsc (mA/cm^2)\tAM 0\t31.000000\r\n"
    return head + rows(
        "{:.1f}\t{:.6f}\t{:.6f}\t{:.6f}\t\t", x, percent, percent * x / 123984, x * 0, end="\r\n"
    )


def power_point_csv() -> str:
    seconds = np.arange(60) * 1.18 + 1.722
    head = "SPP measurement @ LTI\t\t\t\t\n2026-01-01\t9:00 AM\t\t\t\nSampling\t5.000000E+0\t\t\t\n"
    head += "Time Difference\tVoltage\tCurrent Density\tPower\tPCE\ns\tV\tmA/cm^2\tmW/cm^2\t%\n"
    table = ((t, -0.84, -20.5, 17.22, 17.31) for t in seconds)
    return head + "".join("\t".join(power(c, 6) for c in cells) + "\n" for cells in table)
