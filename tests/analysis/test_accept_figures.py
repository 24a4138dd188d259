"""A person accepts, corrects or rejects what an analysis found, or types a number."""

import pytest

from analysis.models import Analysis, Outcome, PhaseAssignment, Score
from analysis.models.history import HistoryRow
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import (
    accept_analysis,
    current_outcomes,
    reject_analysis,
    type_outcome,
)
from analysis.services.phases import assign_phase
from analysis.services.rates import rates_from
from analysis.services.runs import analyse_again
from labnotebook.records.models import Revision
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from synthesis.services.batches import sign_batch
from tests.analysis.factories import make_batch, make_pixel, pl_file, run_jobs, upload
from tests.factories import PASSWORD, Api, join, make_made_batch, make_project, owner_of

pytestmark = pytest.mark.django_db


def analysed(batch, technique="pl", result=None):
    """Return a finished analysis; with ``result`` the worker's answer is given, not computed."""
    measurement = add_measurement(
        by=owner_of(batch.project), subject=batch, technique=technique, upload=upload()
    )
    if result is None:
        run_jobs("analyse")
    else:
        full = {"figures": [], "summary": "", "warnings": [], "curves": [], "detail": {}}
        measurement.analyses.update(
            state="done", result={**full, "phase": None, "structure": None, **result}
        )
    return measurement.analyses.get()


def test_accepting_makes_outcomes_and_the_history_shows_them():
    batch = make_batch()
    analysis = analysed(batch)
    accept_analysis(by=owner_of(batch.project), analysis=analysis)
    outcome = current_outcomes(batch)["pl_peak_nm"]
    assert outcome.value == pytest.approx(686, abs=0.3)
    assert outcome.analysis == analysis
    assert HistoryRow.objects.get(batch=batch).pl_peak_nm == outcome.value
    assert Analysis.objects.get(pk=analysis.pk).accepted_at is not None


def test_what_was_warned_of_goes_with_the_accepted_number(client):
    batch = make_batch()
    owner = owner_of(batch.project)
    rows = pl_file().decode().replace("\n620.0,", "\n620.0,nan\n620.1,", 1)  # one spoilt point
    measurement = add_measurement(
        by=owner, subject=batch, technique="pl", upload=upload(rows.encode())
    )
    run_jobs("analyse")
    run = measurement.analyses.get()
    (spoilt,) = run.reading["warnings"]
    accept_analysis(by=owner, analysis=run)
    told = current_outcomes(batch)["pl_peak_nm"].warnings
    assert told == [spoilt, *run.result["warnings"]]
    api = Api(owner)
    (said,) = api.get(f"outcomes/?batch={batch.code}&quantity=pl_peak_nm").json()["results"]
    assert said["warnings"] == told
    story = api.get(f"batches/{batch.code}/").json()["outcomes"]
    assert told in [one["warnings"] for one in story]
    assert api.get("history/?warned=yes&columns=code,warned").json()["results"] == [
        {"code": batch.code, "warned": "yes"}
    ]
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    assert "with a warning" in client.get(f"/b/{batch.code}/outcomes/").content.decode()


def test_only_the_figures_picked_are_accepted():
    batch = make_batch()
    accept_analysis(by=owner_of(batch.project), analysis=analysed(batch), quantities=["pl_fwhm_nm"])
    assert set(current_outcomes(batch)) == {"pl_fwhm_nm"}


def test_how_well_a_fit_went_is_no_outcome():
    batch = make_batch()
    figure = {"uncertainty": None, "unit": "", "label": "", "low": None, "high": None, "note": ""}
    found = [
        {"quantity": "reduced_chi2", "value": 1.1, **figure},
        {"quantity": "lifetime_ns", "value": 79.3, **figure},
        {"quantity": "pbi2_volume_percent", "value": None, **figure},
    ]
    accept_analysis(by=owner_of(batch.project), analysis=analysed(batch, result={"figures": found}))
    assert set(current_outcomes(batch)) == {"lifetime_ns"}


def test_a_figure_that_the_analysis_does_not_have_is_refused():
    batch = make_batch()
    with pytest.raises(Refusal, match="has no figure 'eqe_percent'"):
        accept_analysis(
            by=owner_of(batch.project), analysis=analysed(batch), quantities=["eqe_percent"]
        )


def test_accepting_a_later_run_supersedes_the_earlier_numbers():
    batch = make_batch()
    by = owner_of(batch.project)
    first = analysed(batch)
    accept_analysis(by=by, analysis=first)
    second = analyse_again(by=by, measurement=first.measurement, parameters={"from_nm": 650})
    run_jobs("analyse")
    accept_analysis(by=by, analysis=Analysis.objects.get(pk=second.pk))
    peaks = Outcome.objects.filter(batch=batch, quantity="pl_peak_nm").order_by("pk")
    assert [(o.analysis_id, o.superseded_at is None) for o in peaks] == [
        (first.pk, False),
        (second.pk, True),
    ]


def test_accepting_the_same_twice_changes_nothing():
    batch = make_batch()
    analysis = analysed(batch)
    for _ in range(2):
        accept_analysis(by=owner_of(batch.project), analysis=analysis)
    assert Outcome.objects.filter(quantity="pl_peak_nm").count() == 1


def test_an_unfinished_analysis_cannot_be_accepted():
    batch = make_batch()
    measurement = add_measurement(
        by=owner_of(batch.project), subject=batch, technique="pl", upload=upload()
    )
    with pytest.raises(WrongState, match="not finished"):
        accept_analysis(by=owner_of(batch.project), analysis=measurement.analyses.get())


def test_rejecting_needs_a_reason_and_withdraws_what_was_accepted():
    batch = make_batch()
    by = owner_of(batch.project)
    analysis = analysed(batch)
    accept_analysis(by=by, analysis=analysis)
    with pytest.raises(Refusal, match="Say why"):
        reject_analysis(by=by, analysis=analysis, reason="  ")
    reject_analysis(by=by, analysis=analysis, reason="wrong cuvette")
    assert current_outcomes(batch) == {}
    assert Analysis.objects.get(pk=analysis.pk).rejected_reason == "wrong cuvette"
    assert HistoryRow.objects.get(batch=batch).pl_peak_nm is None


def test_a_verdict_becomes_the_phase_and_scores_the_forecast():
    batch = make_batch()
    run_jobs("forecast_batch")
    accept_analysis(by=owner_of(batch.project), analysis=analysed(batch, "xrd", {"phase": "gamma"}))
    assignment = PhaseAssignment.objects.get(batch=batch, superseded_at=None)
    assert (assignment.phase, assignment.structure) == ("gamma", "seed_core_shell")
    said = batch.forecast.result["phase"]["gamma"]["value"]
    assert assignment.score.probability == pytest.approx(said)
    assert assignment.score.hit
    row = HistoryRow.objects.get(batch=batch)
    assert (row.phase, row.forecast_log_score) == ("gamma", assignment.score.log_score)


def test_an_undetermined_pattern_assigns_no_phase():
    batch = make_batch()
    accept_analysis(by=owner_of(batch.project), analysis=analysed(batch, "xrd", {"phase": None}))
    assert not PhaseAssignment.objects.exists()


def test_correcting_a_verdict_needs_a_reason():
    batch = make_batch()
    by = owner_of(batch.project)
    analysis = analysed(batch, "xrd", {"phase": "gamma"})
    with pytest.raises(Refusal, match="Say why"):
        accept_analysis(by=by, analysis=analysis, phase="alpha")
    accept_analysis(by=by, analysis=analysis, phase="alpha", reason="textured film")
    assert PhaseAssignment.objects.get().phase == "alpha"


def test_correcting_the_phase_supersedes_and_scores_again():
    batch = make_batch()
    by = owner_of(batch.project)
    run_jobs("forecast_batch")
    seen = {"by": by, "batch": batch}
    assign_phase(**seen, phase="gamma", evidence="xrd_elsewhere", reason="XRD of another lab")
    assign_phase(
        **seen, phase="alpha", structure="alloy", evidence="hrtem", reason="TEM fringes 6.2 Å"
    )
    current = PhaseAssignment.objects.get(batch=batch, superseded_at=None)
    assert (current.phase, current.reason) == ("alpha", "TEM fringes 6.2 Å")
    assert Score.objects.count() == 2
    assert PhaseAssignment.objects.count() == 2


def test_beta_is_kept_though_the_forecast_cannot_be_scored():
    batch = make_batch()
    run_jobs("forecast_batch")
    assign_phase(by=owner_of(batch.project), batch=batch, phase="beta", reason="XRD")
    assert PhaseAssignment.objects.get().phase == "beta"
    assert not Score.objects.exists()


def test_a_phase_without_evidence_is_refused():
    batch = make_batch()
    with pytest.raises(Refusal, match="what was seen"):
        assign_phase(by=owner_of(batch.project), batch=batch, phase="gamma", reason=" ")


def test_typed_numbers_keep_their_digits():
    batch = make_batch()
    made = type_outcome(
        by=owner_of(batch.project),
        subject=batch,
        quantity="plqy_percent",
        text="98,0 %",
        uncertainty_text="2",
    )
    assert (made.typed_text, made.value, made.uncertainty, made.unit) == ("98,0 %", 98.0, 2.0, "%")
    assert HistoryRow.objects.get(batch=batch).plqy_percent == 98.0


@pytest.mark.parametrize(
    ("quantity", "text", "says"),
    [
        ("plqy_percent", "120", "0 to 100"),
        ("plqy_percent", "-3", "negative"),
        ("plqy_percent", "nan", "not a number"),
        ("plqy_percent", "12 ns", "is typed in %, not in ns"),
        ("plqy_percent", "0,98", r"fraction\? Then type 98"),
        ("ratio_ca_pb_product", "0.5 nm", "without a unit, not in nm"),
        ("lifetime_ns", "79.3 %", "ns"),
        ("size_nm", "", "Nothing was typed"),
        ("k_r_per_s", "1e7", "is computed"),
        ("eqe_percent", "20", "cannot be typed for a batch"),
        ("happiness", "9", "cannot be typed"),
        ("size_nm", "1" * 50, "longer than 40"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_in_words(quantity, text, says):
    batch = make_batch()
    with pytest.raises(Refusal, match=says):
        type_outcome(by=owner_of(batch.project), subject=batch, quantity=quantity, text=text)
    assert not Outcome.objects.exists()


def test_after_signing_a_number_gives_way_to_another_for_a_reason_only():
    batch = make_made_batch()
    by = owner_of(batch.project)

    def keep(text, note=""):
        return type_outcome(by=by, subject=batch, quantity="plqy_percent", text=text, note=note)

    keep("95")
    keep("96")  # not signed yet
    sign_batch(by=by, batch=batch, password=PASSWORD)
    batch.refresh_from_db()
    with pytest.raises(Refusal, match=r"signed with PL quantum yield 96 %\..*why"):
        keep("98")
    made = keep("98", "the sphere had been misaligned")
    assert HistoryRow.objects.get(batch=batch).plqy_percent == 98.0
    assert Revision.objects.filter(
        table_name=made._meta.db_table, reason="the sphere had been misaligned"
    ).exists()


@pytest.mark.parametrize(
    ("quantity", "text", "value"),
    [("lifetime_ns", "0.0793 µs", 79.3), ("plqy_percent", "0,98 %", 0.98)],
)
def test_a_number_is_kept_in_the_unit_that_was_typed_with_it(quantity, text, value):
    batch = make_batch()
    made = type_outcome(by=owner_of(batch.project), subject=batch, quantity=quantity, text=text)
    assert made.value == pytest.approx(value)


def test_a_device_number_is_typed_for_a_pixel():
    pixel = make_pixel()
    made = type_outcome(
        by=owner_of(pixel.device.project), subject=pixel, quantity="eqe_percent", text="24.6"
    )
    assert made.pixel == pixel


def test_rates_follow_from_yield_and_lifetime():
    batch = make_batch()
    by = owner_of(batch.project)
    assert rates_from(current_outcomes(batch)) == []
    type_outcome(by=by, subject=batch, quantity="plqy_percent", text="98", uncertainty_text="2")
    type_outcome(by=by, subject=batch, quantity="lifetime_ns", text="79.3", uncertainty_text="0.4")
    k_r, k_nr = rates_from(current_outcomes(batch))
    assert k_r.value == pytest.approx(12.36e6, rel=1e-3)
    assert k_nr.value == pytest.approx(0.252e6, rel=1e-2)
    assert 0 <= k_nr.low < k_nr.value < k_nr.high
    assert set(k_r.made_from) == {o.pk for o in current_outcomes(batch).values()}
    assert not Outcome.objects.filter(quantity__startswith="k_").exists()


def test_without_uncertainties_no_interval_is_invented():
    batch = make_batch()
    by = owner_of(batch.project)
    type_outcome(by=by, subject=batch, quantity="plqy_percent", text="98")
    type_outcome(by=by, subject=batch, quantity="lifetime_ns", text="79.3")
    k_r, k_nr = rates_from(current_outcomes(batch))
    assert (k_nr.low, k_nr.high, k_r.uncertainty) == (None, None, None)
    assert "no interval" in k_nr.note


def test_a_viewer_can_neither_accept_nor_reject_nor_type_nor_assign():
    project = make_project()
    batch = make_batch(project)
    viewer = join(project, "viewer")
    analysis = analysed(batch)
    for write in (
        lambda: accept_analysis(by=viewer, analysis=analysis),
        lambda: reject_analysis(by=viewer, analysis=analysis, reason="no"),
        lambda: type_outcome(by=viewer, subject=batch, quantity="size_nm", text="12"),
        lambda: assign_phase(by=viewer, batch=batch, phase="gamma", reason="XRD"),
    ):
        with pytest.raises(NotPermitted):
            write()


def test_a_signed_batch_still_takes_measurements():
    from labnotebook.records.history import recorded

    batch = make_batch()
    by = owner_of(batch.project)
    with recorded(by, "test"):
        batch.set_fields(state="signed")
    accept_analysis(by=by, analysis=analysed(batch))
    assert HistoryRow.objects.get(batch=batch).pl_peak_nm is not None
