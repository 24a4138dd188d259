"""EDS: the paper's seeds, tables in the forms of four programs, and counts drawn here from known compositions."""

import numpy as np
import pytest

from analysis.drawing import Drawn
from analysis.reading import UnreadableFile
from analysis.result import NoResult
from analysis.sandbox.tasks import reading_as_dict
from analysis.techniques.eds.composition import run
from analysis.techniques.eds.lines import LINES, overlaps
from analysis.techniques.eds.technique import EDS
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from tests.analysis.techniques.readings import figures

# The seeds of Guo et al. 2023: Ca/(Ca+Pb) 88.4 at%; by weight 59.59 % Ca and 40.41 % Pb (40.078 and 207.2 g/mol).
PROGRAMS = {
    "AZtec": "Element,Line Type,k Factor,k Factor type,Wt%,Wt% Sigma,Atomic %\n"
             "Ca,K series,1.012,Theoretical,59.59,1.20,88.4\nPb,L series,3.9,Theoretical,40.41,2.0,11.6\nTotal,,,,100,,100\n",
    "Esprit": "Spectrum: acquisition 12\n\nEl AN  Series   Net  unn. C norm. C Atom. C Error (1 Sigma)\n"
              "                     [wt.%]  [wt.%]  [at.%]         [wt.%]\n----------------------------------\n"
              "Ca 20 K-series 1234   12.30   59.59   88.4            0.41\nPb 82 L-series  812    8.34   40.41   11.6            0.45\n",
    "EDAX": "Element   Weight %   Atomic %   Net Int.   Error %\n"
            "CaK       59.59       88.4       213.5      2.3\nPbL       40.41       11.6       33.2       7.9\n",
    "TIA": "Element(s)\tWeight %\tAtomic %\tUncert. %\tCorrection\nCa(K)\t59.59\t88.4\t1.1\t0.99\nPb(L)\t40.41\t11.6\t1.9\t0.7\n",
    "weight alone, decimal commas": "Element;Weight %\nCa;59,59\nPb;40,41\n",
    "counts": "Element\tLine\tNet counts\tk factor\nCa\tK\t5959\t1\nPb\tL\t1347\t3\n",
}  # fmt: skip


def analysed(text, settings=None):
    return run(read(text.encode(), "quant.txt", "eds"), settings or {})


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_seeds_of_the_paper_come_out_of_every_table(program):
    found = figures(analysed(PROGRAMS[program]))
    share, ratio = found["calcium_share_percent"], found["ratio_ca_pb_product"]
    assert share.value == pytest.approx(88.4, abs=0.05)
    assert ratio.value == pytest.approx(7.62, abs=0.03)
    # 10 % of the k factors is 1.0 at%, the counting adds up to 2 at% more
    assert 1.0 < share.uncertainty < 3


def counts_of(share, total, rng, background=0.0, k_error=0.1):
    """Net counts of Ca K and Pb L whose k factors are 1 and 3, one of them off by ``k_error``."""
    expected = np.array(
        [share * 40.078 / 1.0, (1 - share) * 207.2 / (3.0 * rng.normal(1, k_error))]
    )
    expected *= total / expected.sum()
    under = background * np.ones(2)
    seen = rng.poisson(expected + under) - rng.poisson(under)
    return "Element\tLine\tNet counts\tBackground\tk factor\n" + "".join(
        f"{name}\t{line}\t{n}\t{background}\t{k}\n"
        for name, line, n, k in zip(("Ca", "Pb"), "KL", seen, (1, 3), strict=True)
    )


@pytest.mark.parametrize(("share", "total"), [(0.884, 400), (0.3, 1000), (0.05, 20000)])
def test_the_stated_uncertainty_holds_the_truth(share, total):
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(100):
        found = figures(analysed(counts_of(share, total, rng, 20)))["calcium_share_percent"]
        held += abs(found.value - 100 * share) <= 1.96 * found.uncertainty
    assert 88 <= held <= 100


@pytest.mark.parametrize("share", [0.0, 0.002, 0.004])
def test_calcium_that_is_not_found_has_a_limit_that_holds(share):
    rng = np.random.default_rng(5)
    held, limits = 0, 0
    for _ in range(100):
        found = figures(analysed(counts_of(share, 2000, rng, 30)))["calcium_share_percent"]
        if found.value is None:
            limits += 1
            held += 100 * share <= found.high
            assert found.level == "95 %"
        else:
            held += abs(found.value - 100 * share) <= 1.96 * found.uncertainty
    assert held >= 90
    assert limits >= 50


def test_a_peak_that_is_two_elements_is_flagged():
    table = "Element\tNet counts\tk factor\nCa K\t3000\t1\nPb {}\t2000\t2\n{}\t2000\t1\n"
    for shell, other, named in (("M", "S K", "Pb M and S K"), ("M", "Bi M", "Pb M and Bi M"), ("L", "As K", "Pb L and As K"),
                                ("L", "Sb L", "Ca K and Sb L")):  # fmt: skip
        assert any(named in warning for warning in analysed(table.format(shell, other)).warnings)
    assert any("beside I L" in w for w in analysed(table.format("L", "I L")).warnings)
    assert not any("S K" in warning for warning in analysed(table.format("L", "S K")).warnings)


def test_lines_lie_where_moseley_puts_them():
    """Kα within 2 % of 10.2 eV (Z - 1)² up to zinc; shells of one element in order."""
    numbers = {"Na": 11, "Al": 13, "Si": 14, "P": 15, "S": 16, "Cl": 17, "K": 19, "Ca": 20, "Sc": 21, "Ti": 22, "Mn": 25, "Cu": 29, "Zn": 30}  # fmt: skip
    for name, number in numbers.items():
        assert LINES[name]["K"][0] == pytest.approx(10.2e-3 * (number - 1) ** 2, rel=0.025)
    for shells in LINES.values():
        energies = [shells[one][0] for one in "MLK" if one in shells]
        assert energies == sorted(energies)
    assert overlaps("Ca", "K", ["Cu", "O"]) == []


def test_what_a_table_leaves_out_is_asked_or_said():
    with pytest.raises(NoResult, match="k factor of Ca over that of Pb"):
        analysed("Element\tNet counts\nCa K\t5959\nPb L\t1347\n")
    told = figures(analysed("Element\tNet counts\nCa K\t5959\nPb L\t1347\n", {"k_ca_pb": 1 / 3}))
    assert told["calcium_share_percent"].value == pytest.approx(88.4, abs=0.05)
    with pytest.raises(NoResult, match="atoms or of weight"):
        analysed("Spectrum\tCa\tPb\nSpectrum 1\t88.4\t11.6\n")
    with pytest.raises(NoResult, match="no lead"):
        analysed("Element\tAtomic %\nCa K\t50\nI L\t50\n")
    with pytest.raises(NoResult, match="Calcium is not in this table"):
        analysed("Element\tAtomic %\nPb L\t25\nI L\t75\n")
    with pytest.raises(NoResult, match="neither counts nor errors"):
        analysed("Element\tAtomic %\nCa K\t0\nPb L\t25\n")
    assert any(
        "k factors alone" in w for w in analysed("Element\tAtomic %\nCa K\t5\nPb L\t25\n").warnings
    )
    rates = "Element\tNet counts (cps)\tk factor\nCa K\t59.59\t1\nPb L\t13.47\t3\n"
    assert any("k factors alone" in warning for warning in analysed(rates).warnings)
    timed = analysed(rates, {"live_time_s": 100})
    assert timed.figures == analysed(PROGRAMS["counts"]).figures
    with pytest.raises(UnreadableFile, match="No table of elements"):
        read(b"Wavelength (nm)\tIntensity\n500\t2\n501\t3\n", "a.txt", "eds")


def test_each_spectrum_of_a_summary_is_a_scan():
    text = "All results in atomic%\nSpectrum\tC\tCa\tPb\nSpectrum 1\t10\t5\t10\nSpectrum 2\t11\t6\t10\nMean\t10\t5\t10\n"
    reading = read(text.encode(), "summary.txt", "eds")
    assert [scan.label for scan in reading.scans] == ["Spectrum 1", "Spectrum 2"]
    assert figures(run(reading.of("2"), {}))["ratio_ca_pb_product"].value == pytest.approx(0.6)


def test_a_table_of_elements_is_guessed():
    for text in PROGRAMS.values():
        if "%" in text:
            assert guess_technique("quant.txt", text.encode()) == "eds"
    assert guess_technique("NC-0042_EDX.csv", b"") == "eds"


def test_a_bar_is_drawn_for_each_element():
    reading = read(PROGRAMS["AZtec"].encode(), "a.csv", "eds")
    stored = reading_as_dict(reading)
    drawn = Drawn("NC-0042", stored, run(reading, {}).as_dict())
    figure = str(EDS.drawing.figure(drawn, EDS.drawing).svg())
    assert figure.count('class="bar"') == 2
    assert ">Ca<" in figure
    unread = Drawn("NC-0042", stored, {})
    assert str(EDS.drawing.figure(unread, EDS.drawing).svg()).count('class="bar"') == 2
