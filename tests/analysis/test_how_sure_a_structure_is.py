"""A person confirms the seed and the shell of a batch by named evidence, and it falls when the evidence does."""

import csv
import io
import re

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from analysis.models import Measurement, PhaseAssignment, StructureEvidence
from analysis.services.outcomes import accept_analysis, reject_analysis
from analysis.services.structures import withdraw_evidence
from labnotebook.records.models import Revision, Role
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from tests.analysis.evidence import confirm, kept, row_of, say_gamma, told
from tests.analysis.factories import address, make_batch, text
from tests.factories import Api, join, owner_of

pytestmark = pytest.mark.django_db

PICTURE = b"\x89PNG\r\n\x1a\n fringes"


@pytest.fixture
def visitor(client, batch):
    client.force_login(owner_of(batch.project))
    return client


@pytest.fixture
def by(batch):
    return owner_of(batch.project)


@pytest.fixture
def gamma(batch, by):
    """The phase of a batch with seed and shell."""
    return say_gamma(batch, by)


def test_ca_2p_and_eds_are_offered_and_confirm_only_when_a_person_says_so(visitor, batch, gamma):
    xps, eds = told(batch, "xps", {"calcium": True}), told(batch, "eds", {"calcium_found": True})
    assert row_of(batch) == ("seed_core_shell", "expected", "")
    panel = address("batch-measurements", batch.code)
    shown = " ".join(text(visitor.get(panel)).split())
    assert "xps.txt v1 found Ca 2p. Does it confirm the" in shown
    assert "eds.txt v1 found calcium. Does it confirm the" in shown
    assert shown.count('name="analysis"') == 3  # EDS may speak for the seed and for the shell
    assert "not where it sits" in shown
    for part, run in (("shell", xps), ("seed", eds)):
        form = {"part": part, "verdict": "confirms", "analysis": run.pk}
        assert visitor.post(address("batch-structure", batch.code), form).status_code == 302
    assert row_of(batch) == (
        "seed_core_shell",
        "confirmed",
        f"shell: xps {xps.measurement_id}; seed: eds {eds.measurement_id}",
    )
    shown = " ".join(text(visitor.get(panel)).split())
    assert "xps.txt v1 found Ca 2p" not in shown  # named, so no longer offered
    assert "confirmed by XPS, xps.txt v1" in shown
    assert "not where it sits" in shown


def test_batch_history_csv_and_document_say_level_and_evidence(batch, by, gamma):
    run = told(batch, "xps", {"calcium": True})
    api = Api(by)
    body = {"batch": batch.code, "part": "shell", "verdict": "confirms", "analysis": run.pk}
    made = api.post("structure-evidence/", body)
    assert made.status_code == 201, made.json()
    phase = api.get(f"batches/{batch.code}/").json()["phase"]
    assert phase["structure_level"] == "partly_confirmed"
    assert phase["structure_parts"] == [
        {"part": "seed", "level": "expected"},
        {"part": "shell", "level": "confirmed"},
    ]
    (evidence,) = phase["structure_evidence"]
    assert (evidence["technique"], evidence["analysis"], evidence["measurement"]) == (
        "xps",
        run.pk,
        run.measurement_id,
    )
    assert phase == api.get(f"phases/{gamma.pk}/").json()
    asked = "structure_level=partly_confirmed&columns=code,structure_level,structure_evidence"
    (row,) = api.get(f"history/?{asked}").json()["results"]
    assert row["structure_level"] == "partly_confirmed"
    content = b"".join(api.get(f"history.csv?code={batch.code}").streaming_content).decode(
        "utf-8-sig"
    )
    (line,) = csv.DictReader(io.StringIO(content))
    assert (line["structure"], line["structure_level"], line["structure_evidence"]) == (
        "seed_core_shell",
        "partly_confirmed",
        f"shell: xps {run.measurement_id}",
    )
    (listed,) = api.get(f"structure-evidence/?batch={batch.code}&current=true").json()["results"]
    assert listed == made.json()
    withdrawn = api.post(f"structure-evidence/{listed['id']}/withdraw/", {"reason": "CaCO3"})
    assert withdrawn.json()["withdrawn_reason"] == "CaCO3"
    assert api.get(f"batches/{batch.code}/").json()["phase"]["structure_level"] == "expected"


def test_the_database_and_python_agree_on_the_level(batch, by):
    for structure in ("seed_core_shell", "seed_core", "alloy", ""):
        said = say_gamma(batch, by, structure)
        picture = kept(batch, "tem", PICTURE + structure.encode(), f"{structure}.png")
        for part, verdict in (
            (None, None),
            ("seed", "confirms"),
            ("shell", "confirms"),
            ("seed", "contradicts"),
        ):
            if part:
                StructureEvidence.objects.filter(part=part).update(
                    withdrawn_at=timezone.now(), withdrawn_reason="test"
                )
            try:
                if part:
                    confirm(batch, part, verdict=verdict, measurement=picture, note="seen")
            except WrongState:
                continue  # the structure has no such part
            level = PhaseAssignment.objects.get(pk=said.pk).structure_level
            assert row_of(batch)[:2] == (structure, level)


def test_a_run_confirms_only_what_it_found_and_can_tell(batch, gamma):
    none = told(batch, "xps", {"calcium": False})
    lead = told(batch, "xps", {"metallic_lead": True})
    some = told(batch, "xps", {"calcium": True})
    for run, part, verdict, words in (
        (none, "shell", "confirms", "found no Ca 2p: it does not confirm the shell"),
        (some, "shell", "contradicts", "found Ca 2p: it does not speak against the shell"),
        (lead, "shell", "confirms", "says nothing of Ca 2p"),
        (some, "seed", "confirms", "says nothing of the seed"),
        (told(batch, "pl", {}), "shell", "confirms", "says nothing of calcium"),
    ):
        with pytest.raises(Refusal, match=words):
            confirm(batch, part, run, verdict)
    other = make_batch(batch.project)
    with pytest.raises(Refusal, match=f"is not of {batch.code}"):
        confirm(batch, "shell", told(other, "xps", {"calcium": True}))
    assert row_of(batch)[1:] == ("expected", "")


def test_calcium_below_its_limit_speaks_against_and_is_not_overruled_silently(
    visitor, batch, gamma
):
    none = told(batch, "xps", {"calcium": False})
    shown = text(visitor.get(address("batch-measurements", batch.code)))
    assert "found no Ca 2p. Does that speak against" in shown
    against = confirm(batch, "shell", none, "contradicts")
    assert row_of(batch)[1:] == ("contradicted", f"no shell: xps {none.measurement_id}")
    some = told(batch, "eds", {"calcium_found": True})
    with pytest.raises(WrongState, match=r"speaks against the shell already\. Withdraw that first"):
        confirm(batch, "shell", some)
    withdraw_evidence(by=owner_of(batch.project), evidence=against, reason="wrong spot")
    confirm(batch, "shell", some)
    assert row_of(batch)[1] == "partly_confirmed"


def test_a_micrograph_is_named_with_what_it_shows(visitor, batch, gamma):
    picture = kept(batch, "tem", PICTURE, "hrtem.png")
    sizes = kept(batch, "tem", b"Area,Feret\n1,2\n", "particles.csv")
    here = address("batch-structure", batch.code)
    form = {"part": "shell", "verdict": "confirms", "measurement": picture.pk, "note": ""}
    refused = visitor.post(here, form)
    assert refused.status_code == 422
    assert "Say what the picture shows" in text(refused)
    assert visitor.post(here, {**form, "measurement": sizes.pk, "note": "x"}).status_code == 422
    assert visitor.post(here, {**form, "note": "a rim of 2 nm, fringes 0.35 nm"}).status_code == 302
    shown = text(visitor.get(address("batch-measurements", batch.code)))
    assert "a rim of 2 nm, fringes 0.35 nm" in shown
    assert "where a lattice or a contrast sits" in shown
    number = StructureEvidence.objects.get().pk
    away = address("batch-structure-withdraw", batch.code, number)
    assert "Say why it is withdrawn" in text(visitor.post(away, {"reason": " "}))
    assert visitor.post(away, {"reason": "another grid"}).status_code == 302
    assert row_of(batch)[1:] == ("expected", "")
    told_of = text(visitor.get(address("batch-changes", batch.code)))
    assert re.search("confirmed.*the shell by TEM sizes, hrtem.png", told_of, re.DOTALL)
    assert "another grid" in told_of


def test_when_the_run_is_rejected_the_structure_is_expected_again(batch, by, gamma):
    run = told(batch, "xps", {"calcium": True})
    confirm(batch, "shell", run)
    reject_analysis(by=by, analysis=run, reason="charging")
    assert row_of(batch)[1:] == ("expected", "")
    assert "charging" in StructureEvidence.objects.get().withdrawn_reason
    with pytest.raises(Refusal, match="is rejected: it is no evidence"):
        confirm(batch, "shell", run)


def test_a_later_run_of_the_file_takes_it_back_only_when_it_is_accepted(batch, by, gamma):
    first = told(batch, "xps", {"calcium": True})
    confirm(batch, "shell", first)
    second = told(batch, "xps", {"calcium": False}, measurement=first.measurement)
    assert row_of(batch)[1] == "partly_confirmed"
    accept_analysis(by=by, analysis=second)
    assert row_of(batch)[1] == "expected"
    with pytest.raises(Refusal, match="v2 found no Ca 2p"):  # the run that counts
        confirm(batch, "shell", first)


def test_another_phase_is_expected_anew(batch, by, gamma):
    evidence = confirm(batch, "shell", told(batch, "xps", {"calcium": True}))
    say_gamma(batch, by, "seed_core", "washed twice")
    assert row_of(batch) == ("seed_core", "expected", "")
    evidence.refresh_from_db()
    assert evidence.withdrawn_at is None  # it stays what was said of the earlier one
    with pytest.raises(WrongState, match="no shell is expected"):
        confirm(batch, "shell", evidence.analysis)


def test_who_only_looks_confirms_nothing_and_every_step_is_recorded(batch, gamma):
    run = told(batch, "xps", {"calcium": True})
    with pytest.raises(NotPermitted):
        confirm(batch, "shell", run, by=join(batch.project, Role.VIEWER))
    evidence = confirm(batch, "shell", run)
    assert confirm(batch, "shell", run) == evidence  # twice is once
    withdraw_evidence(by=owner_of(batch.project), evidence=evidence, reason="dust")
    with pytest.raises(WrongState, match="withdrawn already"):
        withdraw_evidence(by=owner_of(batch.project), evidence=evidence, reason="dust")
    kept_of = Revision.objects.filter(table_name=StructureEvidence._meta.db_table)
    assert [(one.operation, one.reason) for one in kept_of.order_by("number")] == [
        ("insert", f"XPS, xps.txt v{run.number} confirms the shell"),
        ("update", "dust"),
    ]


def test_the_database_keeps_no_confirmation_without_evidence(batch, by, gamma):
    said = {"project": batch.project, "phase_assignment": gamma, "part": "shell", "named_by": by}
    run = told(batch, "xps", {"calcium": True})
    for missing in (
        {"verdict": "confirms", "note": "believe me"},  # no file
        {"verdict": "confirms", "measurement": run.measurement},  # neither a run nor a word
        {"verdict": "maybe", "measurement": run.measurement, "analysis": run},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            StructureEvidence.objects.create(**said, **missing)
    confirm(batch, "shell", run)
    with pytest.raises(ProtectedError):
        Measurement.objects.get(pk=run.measurement_id).delete()


def test_report_and_comparison_say_the_level(visitor, batch, gamma):
    confirm(batch, "shell", told(batch, "xps", {"calcium": True}))
    report = text(visitor.get(address("batch-report", batch.code)))
    assert "partly confirmed" in report
    assert "confirms: XPS, xps.txt v1" in report
    other = make_batch(batch.project)
    shown = visitor.get(address("compare"), {"codes": [batch.code, other.code]})
    assert "partly confirmed" in text(shown)
