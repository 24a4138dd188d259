"""TRPL: two exponentials, as five programs write them, and an instrument response."""

from __future__ import annotations

import numpy as np

from tests.data.making.signals import counted, decay, power, rows


def timeharp_dat() -> str:
    time = np.arange(2048) * 0.256
    seen = counted(3 + 5000 * decay(time, 40.0), 31)
    head = (
        "#TimeHarp 260  Histogram Data\t\t\t01/01/26 09:00:00\r\n#channels per curve\r\n2048\r\n"
        "#display curve no.\r\n0\t\r\n#memory block no.\r\n0\t\r\n#ns/bin\r\n0.2560\t\r\n#counts\r\n"
    )
    return head + rows("{}\t", seen, end="\r\n")


def edinburgh_response_txt() -> str:
    time = np.arange(512) * 0.9765625
    seen = counted(2 + 600 * np.exp(-0.5 * ((time - 27.34375) / 1.2) ** 2), 32)
    head = f"""Labels\tT5\t
Type\tInstrument Response Time Scan\t
Comment\t\t
Start\t0.00\t
Stop\t{time[-1]:.6f}\t
Step\t0.97656250\t
Fixed/Offset\t \t
XAxis\tTime(ns)\t
YAxis\tCounts\t

"""
    return head + "".join(
        f"{t:.7f}\t{power(float(c))}\t\n" for t, c in zip(time, seen, strict=True)
    )


def spcm_asc(top: float = 40_000.0) -> str:
    time = np.arange(1024) * 0.25
    seen = np.minimum(counted(5 + top * decay(time, 20.0), 33), 65_535)  # its counter has 16 bits
    head = """  Title : simulated
  Version : 1 975 M
  Revision : 10 bits ADC
  Date : 2026-01-01
  Time : 09:00:00
  Author : nobody
  Company : Unknown
  Contents : Simulated, not measured

*BLOCK 1  ( Time[ns]  No_of_photons )
"""
    return head + rows("{:.6f} , {:4d}", time, seen) + "*END\n"


def picoquant_curve_dat() -> str:
    time = np.arange(3000) * 0.1
    return "Time[ns]\tcrv[0] [Cnts.]\n" + rows(
        "{:.4f}\t{}", time, counted(23 + 4000 * decay(time, 7.2), 34)
    )


def background_subtracted_csv() -> str:
    time = np.arange(801) * 0.2
    seen = counted(60 + 150_000 * decay(time, 0.0), 35)
    return rows("{:.10g},{:.10g},{:.10g}", time, seen - 60.1024, np.sqrt(seen))
