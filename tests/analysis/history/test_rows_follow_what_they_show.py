"""A row of the history changes in the same transaction as what it shows."""

import threading
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from analysis.models import HistoryRow, Outcome, PhaseAssignment
from devices.models import Layer, Pixel
from synthesis.models import Batch, BenchEvent, Deviation
from tests.analysis.history.factories import (
    accept,
    assign,
    forecast_and_score,
    make_batch,
    make_device,
    make_led,
    make_person,
    make_project,
    row_of,
)


@pytest.fixture
def batch(lab) -> Batch:
    return make_batch(lab.project, lab.mira, ratio_ca_pb="0.5")


def test_a_planned_batch_has_a_row_at_once(lab, batch):
    row = row_of(batch)
    assert (row.code, row.recipe, row.made_by) == (batch.code, "cspbi3", "mira")
    assert (row.project_id, row.state, row.ratio_ca_pb) == (lab.project.pk, "planned", 0.5)
    assert (row.phase, row.eqe_percent, row.devices, row.deviations) == ("", None, 0, 0)


def test_an_accepted_number_shows_and_its_successor_replaces_it(batch):
    first = accept(batch, "pl_peak_nm", 690.1)
    assert row_of(batch).pl_peak_nm == 690.1
    with transaction.atomic():
        Outcome.objects.filter(pk=first.pk).update(superseded_at=timezone.now())
        assert row_of(batch).pl_peak_nm is None
        accept(batch, "pl_peak_nm", 686.2)
        assert row_of(batch).pl_peak_nm == 686.2


def test_what_is_rolled_back_never_shows(batch):
    with pytest.raises(RuntimeError), transaction.atomic():
        accept(batch, "plqy_percent", 97)
        raise RuntimeError
    assert row_of(batch).plqy_percent is None


def test_eqe_is_that_of_the_best_working_pixel_and_drops_when_it_is_shorted(batch):
    weak, best = make_led(batch, 18.5), make_led(batch, 24.4)
    assert (row_of(batch).eqe_percent, row_of(batch).devices) == (24.4, 2)
    Pixel.objects.filter(pk=best.pk).update(state="shorted")
    assert row_of(batch).eqe_percent == 18.5
    Pixel.objects.filter(pk=weak.pk).update(state="leaky")
    assert row_of(batch).eqe_percent is None
    Pixel.objects.filter(pk=best.pk).update(state="working")
    assert row_of(batch).eqe_percent == 24.4


def test_a_row_says_that_a_number_of_its_was_warned_of(batch):
    """Of the batch, and of a pixel built from it; one that another replaced does not count."""
    assert row_of(batch).warned == "no"
    spoilt = accept(batch, "pl_peak_nm", 690.1, warnings=["One point is no number."])
    assert row_of(batch).warned == "yes"
    Outcome.objects.filter(pk=spoilt.pk).update(superseded_at=timezone.now())
    assert row_of(batch).warned == "no"
    best = make_led(batch, 24.4)
    assert row_of(batch).warned == "no"
    accept(best, "luminance_cd_m2", 900.0, warnings=["The detector was saturated."])
    assert row_of(batch).warned == "yes"


def test_a_number_of_the_whole_device_counts_too(batch):
    device = make_device(batch, "P1")
    accept(device, "eqe_percent", 21.5)
    assert row_of(batch).eqe_percent == 21.5


def test_the_lowest_turn_on_of_a_device_shows(batch):
    first, second = make_device(batch, "P1", "P2").pixels.order_by("label")
    accept(first, "turn_on_v", 2.4)
    accept(second, "turn_on_v", 2.1)
    assert row_of(batch).turn_on_v == 2.1


def test_a_layer_that_moves_to_another_batch_takes_its_eqe_along(lab, batch):
    other = make_batch(lab.project, lab.mira)
    pixel = make_led(batch, 24.4)
    Layer.objects.filter(device=pixel.device).update(source_batch=other)
    assert (row_of(batch).eqe_percent, row_of(batch).devices) == (None, 0)
    assert (row_of(other).eqe_percent, row_of(other).devices) == (24.4, 1)


def test_phase_structure_forecast_and_score_show(batch):
    forecast_and_score(batch, "gamma", hit=True, log_score=0.26)
    PhaseAssignment.objects.filter(batch=batch).update(structure="seed_core_shell")
    row = row_of(batch)
    assert (row.phase, row.structure) == ("gamma", "seed_core_shell")
    assert (row.forecast_gamma, row.forecast_log_score) == (0.77, 0.26)


def test_a_corrected_phase_replaces_the_earlier_one(batch):
    first = assign(batch, "alpha")
    PhaseAssignment.objects.filter(pk=first.pk).update(superseded_at=timezone.now())
    assign(batch, "gamma")
    assert row_of(batch).phase == "gamma"


def test_deviations_are_counted_until_they_are_withdrawn(batch):
    event = BenchEvent.objects.create(
        id=uuid.uuid4(),
        batch=batch,
        kind="deviation",
        value={},
        at=timezone.now(),
        by=batch.planned_by,
    )
    deviation = Deviation.objects.create(
        batch=batch, event=event, kind="other", severity="minor", reason="late", at=timezone.now()
    )
    assert row_of(batch).deviations == 1
    Deviation.objects.filter(pk=deviation.pk).update(withdrawn_at=timezone.now())
    assert row_of(batch).deviations == 0


def test_what_the_bench_records_shows(batch):
    Batch.objects.filter(pk=batch.pk).update(
        ratio_ca_pb_weighed=0.496,
        ratio_ca_pb_weighed_uncertainty=0.003,
        precursor_appearance="colloidal",
        humidity_percent="35.5",
        quench_s="5.2",
    )
    row = row_of(batch)
    assert (row.ratio_ca_pb_weighed, row.ratio_ca_pb_weighed_uncertainty) == (0.496, 0.003)
    assert (row.precursor_appearance, row.humidity_percent, row.quench_s) == (
        "colloidal",
        35.5,
        5.2,
    )


@pytest.mark.django_db(transaction=True)
def test_two_people_who_change_one_batch_at_once_both_show():
    mira = make_person("mira")
    batch = make_batch(make_project(mira), mira)
    quantities = {"pl_peak_nm": 686.2, "plqy_percent": 97.0, "size_nm": 12.0, "lifetime_ns": 79.3}
    ready, refused = threading.Barrier(len(quantities)), []

    def one_person(quantity: str, value: float) -> None:
        try:
            with transaction.atomic():
                ready.wait(timeout=10)
                accept(batch, quantity, value)
        except Exception as error:  # a thread must tell, not fail in silence
            refused.append(error)
        finally:
            connection.close()

    people = [threading.Thread(target=one_person, args=said) for said in quantities.items()]
    for person in people:
        person.start()
    for person in people:
        person.join(timeout=30)
    assert refused == []
    row = HistoryRow.objects.get(pk=batch.pk)
    assert {name: getattr(row, name) for name in quantities} == quantities
