"""`manage.py rebuild_history` finds and mends rows that do not say what they should."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from analysis.models import HistoryNumber, HistoryRow
from tests.analysis.history.factories import accept, make_batch, make_led, row_of


@pytest.fixture
def batches(lab):
    batches = [make_batch(lab.project, lab.mira) for _ in range(3)]
    accept(batches[0], "pl_peak_nm", 686.2)
    make_led(batches[1], 24.4)
    return batches


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("rebuild_history", *args, stdout=out)
    return out.getvalue()


def test_kept_rows_need_nothing(batches):
    assert "3 rows compared, all as they should be." in run("--check")


def test_an_empty_lab_needs_nothing(db):
    assert "0 rows compared, all as they should be." in run("--check")


def test_a_tampered_number_is_named_and_put_right(batches):
    HistoryRow.objects.filter(pk=batches[1].pk).update(eqe_percent=30.0, phase="gamma")
    with pytest.raises(CommandError, match="3 rows compared, 1 differ"):
        run("--check")
    assert row_of(batches[1]).eqe_percent == 30.0
    said = run()
    assert (
        f"{batches[1].code}: phase is 'gamma', should be ''; eqe_percent is 30.0, should be 24.4"
        in said
    )
    assert "1 put right" in said
    assert (row_of(batches[1]).eqe_percent, row_of(batches[1]).phase) == (24.4, "")
    assert "all as they should be" in run("--check")


def test_a_number_that_was_taken_away_is_found(batches):
    HistoryRow.objects.filter(pk=batches[0].pk).update(pl_peak_nm=None)
    with pytest.raises(CommandError):
        run("--check")
    run()
    assert row_of(batches[0]).pl_peak_nm == 686.2


@pytest.mark.parametrize("kept", [1.5, None, "another name"])
def test_a_number_beside_a_row_is_compared_too(batches, kept):
    accept(batches[0], "gap_ev", 1.79)
    numbers = HistoryNumber.objects.filter(batch=batches[0], name="gap_ev")
    if kept is None:
        numbers.delete()
    elif kept == "another name":
        numbers.update(name="march_r")
    else:
        numbers.update(value=kept)
    with pytest.raises(CommandError, match="differ"):
        run("--check")
    assert "gap_ev" in run()
    of_no_pixel = HistoryNumber.objects.filter(name__in=["gap_ev", "march_r"])
    assert [(n.name, n.value) for n in of_no_pixel] == [("gap_ev", 1.79)]


def test_a_missing_row_is_made_anew(batches):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analysis_historyrow WHERE batch_id = %s", [batches[2].pk])
    with pytest.raises(CommandError):
        run("--check")
    assert f"{batches[2].code}: has no row" in run()
    assert row_of(batches[2]).code == batches[2].code


def test_made_up_batches_are_kept_out_of_a_lab(batches):
    with pytest.raises(CommandError, match="There are real batches in this database"):
        call_command("seed_history", batches=10, yes=True)
    with pytest.raises(CommandError, match="Add --yes"):
        call_command("seed_history", batches=10)


def test_made_up_batches_have_the_rows_that_triggers_would_write(db):
    call_command("seed_history", batches=300, yes=True, stdout=io.StringIO())
    call_command("seed_history", batches=200, yes=True, stdout=io.StringIO())
    assert "500 rows compared, all as they should be." in run("--check")
    assert HistoryRow.objects.filter(eqe_percent__isnull=False).count() > 200
    batch = HistoryRow.objects.filter(eqe_percent__isnull=False).first().batch
    pixel = batch.layers.get().device.pixels.get()
    type(pixel).objects.filter(pk=pixel.pk).update(state="open")  # the triggers are on again
    assert row_of(batch).eqe_percent is None
