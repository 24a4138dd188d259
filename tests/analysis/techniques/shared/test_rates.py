"""Rates from yield and lifetime."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.techniques.shared.rates import radiative_rates


@pytest.mark.parametrize(
    ("plqy", "tau", "k_r", "k_nr"),
    # Guo et al. 2023: γ 12.4 and 0.3, α 9.8 and 8.0 (10⁶ 1/s) after rounding
    [(98, 79.3, 12.358e6, 0.252e6), (55, 56.2, 9.786e6, 8.007e6)],
)
def test_the_published_rates_come_out_as_published(plqy, tau, k_r, k_nr):
    rates = radiative_rates(plqy, 2, tau, 1)
    assert rates.k_r_per_s == pytest.approx(k_r, rel=1e-4)
    assert rates.k_nr_per_s == pytest.approx(k_nr, rel=2e-3)


@pytest.mark.parametrize("plqy", [0, 1, 55, 98, 100])
def test_the_rates_add_up_to_the_inverse_lifetime(plqy):
    rates = radiative_rates(plqy, 3, 42.0, 0.5)
    assert rates.k_r_per_s + rates.k_nr_per_s == pytest.approx(1e9 / 42)


def test_two_points_of_yield_are_all_of_the_nonradiative_rate():
    rates = radiative_rates(98, 2, 79.3, 0)
    assert rates.u_k_nr_per_s == pytest.approx(0.252e6, rel=0.01)
    assert 0 <= rates.k_nr_low_per_s < rates.k_nr_per_s < rates.k_nr_high_per_s
    assert "upper bound" in rates.warnings[0]


def test_the_interval_agrees_with_a_simulation():
    rates = radiative_rates(60, 5, 50, 2)
    draw = np.random.default_rng(0)
    k_nr = (1 - draw.normal(0.6, 0.05, 200_000)) / draw.normal(50e-9, 2e-9, 200_000)
    low, high = np.quantile(k_nr, [0.025, 0.975])
    assert (rates.k_nr_low_per_s, rates.k_nr_high_per_s) == pytest.approx((low, high), rel=0.01)


def test_a_yield_above_100_percent_is_capped_and_said():
    rates = radiative_rates(104, 3, 80, 1)
    assert rates.k_nr_per_s == 0
    assert rates.k_nr_low_per_s >= 0
    assert "above 100 %" in rates.warnings[0]


@pytest.mark.parametrize(
    "nonsense", [(-1, 1, 10, 1), (50, 1, 0, 1), (50, -1, 10, 1), (float("nan"), 1, 10, 1)]
)
def test_nonsense_is_refused(nonsense):
    with pytest.raises(ValueError, match=r"negative|positive|finite"):
        radiative_rates(*nonsense)
