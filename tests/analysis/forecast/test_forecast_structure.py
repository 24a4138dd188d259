"""From phase to structure, by the paper's rule."""

import pytest

from analysis.forecast import Conditions, forecast_phase


def flask(**conditions):
    return forecast_phase(Conditions(**conditions))


def test_one_wash_keeps_the_shell_and_two_remove_it():
    once = flask(ratio_ca_pb=0.5, purification_cycles=1)
    twice = flask(ratio_ca_pb=0.5, purification_cycles=2)
    assert once.structure["seed_core_shell"] == once.phase["gamma"].value
    assert once.structure["seed_core"] == 0
    assert twice.structure["seed_core"] == twice.phase["gamma"].value
    assert twice.structure["seed_core_shell"] == 0
    assert any("removes the CaI2 shell" in said for said in twice.sentences)


def test_an_unwashed_batch_still_has_its_shell():
    assert flask(ratio_ca_pb=0.5, purification_cycles=0).structure["seed_core_shell"] > 0.5


def test_the_shell_is_only_expected():
    assert any(
        "expected until Ca 2p XPS, EDS or HRTEM" in said
        for said in flask(ratio_ca_pb=0.5).sentences
    )


def test_alpha_without_calcium_is_no_alloy():
    plain = flask(ratio_ca_pb=0)
    assert plain.structure["core_only"] == pytest.approx(
        plain.phase["alpha"].value + plain.phase["gamma"].value
    )
    assert plain.structure["alloy"] == 0


def test_alpha_with_calcium_is_an_alloy_of_unmeasured_y():
    alloy = flask(ratio_ca_pb=0.25)
    assert alloy.structure["alloy"] == alloy.phase["alpha"].value
    assert any("y = 0.80, and nobody has measured y" in said for said in alloy.sentences)


def test_no_structure_is_claimed_on_lead_sulfide_seeds():
    structure = flask(ratio_ca_pb=0.5, seed="PbS").structure
    assert structure["undetermined"] == pytest.approx(1)


def test_no_seeds_means_no_seed_core():
    structure = flask(ratio_ca_pb=0.2, seed="none").structure
    assert structure["seed_core"] == structure["seed_core_shell"] == 0
    assert structure["alloy"] > 0.5
