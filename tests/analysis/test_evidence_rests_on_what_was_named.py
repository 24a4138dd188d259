"""Evidence of a structure holds as long as what it rests on: technique, run, phase, structure."""

import re
import threading
import time

import pytest
from django.db import connections

from analysis.history.rebuild import differences
from analysis.models import Analysis, PhaseAssignment, StructureEvidence
from analysis.services import structures
from analysis.services.measurements import correct_technique
from analysis.services.outcomes import accept_analysis, reject_analysis
from analysis.services.phases import assign_phase, rule_for
from labnotebook.records.refusals import Refusal, WrongState
from tests.analysis.evidence import confirm, kept, row_of, say_gamma, told
from tests.analysis.factories import address, text
from tests.factories import Api, owner_of

pytestmark = pytest.mark.django_db
PICTURE = b"\x89PNG\r\n\x1a\n fringes"


@pytest.fixture
def by(batch):
    return owner_of(batch.project)


def test_the_technique_of_a_file_that_is_named_is_not_changed(batch, by):
    say_gamma(batch, by)
    run = told(batch, "xps", {"calcium": True})
    picture = kept(batch, "tem", PICTURE, "hrtem.png")
    confirm(batch, "shell", run)
    confirm(batch, "seed", measurement=picture, note="CaIx fringes")
    for file, technique in ((run.measurement, "pl"), (picture, "xps")):
        with pytest.raises(WrongState, match=rf"of {batch.code}\. Withdraw that there first"):
            correct_technique(by=by, measurement=file, technique=technique)
        file.refresh_from_db()
        assert file.technique in ("xps", "tem")
    assert not list(differences())
    for one in StructureEvidence.objects.all():
        structures.withdraw_evidence(by=by, evidence=one, reason="another technique")
    correct_technique(by=by, measurement=run.measurement, technique="pl")
    with pytest.raises(Refusal, match="says nothing of calcium"):
        confirm(batch, "shell", run)


@pytest.mark.django_db(transaction=True)
def test_naming_and_rejecting_a_run_at_once_take_turns(batch, by, monkeypatch):
    say_gamma(batch, by)
    run = told(batch, "xps", {"calcium": True})
    checked, said = threading.Event(), {}
    check = structures._check_run

    def slowly(*args):
        check(*args)
        checked.set()
        time.sleep(0.4)  # the other one asks for its locks meanwhile

    def doing(name, act, *, wait):
        try:
            if wait:
                checked.wait(5)
            said[name] = act(Analysis.objects.select_related("measurement").get(pk=run.pk))
        except Exception as error:
            said[name] = error
        finally:
            connections.close_all()

    monkeypatch.setattr(structures, "_check_run", slowly)
    acts = {
        "named": lambda one: confirm(batch, "shell", one),
        "rejected": lambda one: reject_analysis(by=by, analysis=one, reason="charging"),
    }
    threads = [
        threading.Thread(target=doing, args=(name, act), kwargs={"wait": name == "rejected"})
        for name, act in acts.items()
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(10)
    assert [type(one) for one in (said["named"], said["rejected"])] == [StructureEvidence, Analysis]
    assert row_of(batch)[1:] == ("expected", "")


def test_the_same_phase_accepted_again_keeps_structure_and_evidence(batch, by):
    accept_analysis(
        by=by, analysis=told(batch, "xrd", {"n": 1}, phase="gamma"), structure="seed_core"
    )
    eds = told(batch, "eds", {"calcium_found": True})
    evidence = confirm(batch, "seed", eds)
    stands = ("seed_core", "confirmed", f"seed: eds {eds.measurement_id}")
    second = told(batch, "xrd", {"n": 2}, phase="gamma")
    for _again in range(2):
        accept_analysis(by=by, analysis=Analysis.objects.get(pk=second.pk))
        assert row_of(batch) == stands
    assign_phase(by=by, batch=batch, phase="gamma", reason="TEM lattice fringes too")
    assert row_of(batch) == stands
    named_at = evidence.named_at
    evidence.refresh_from_db()
    assert (evidence.named_by, evidence.named_at) == (by, named_at)
    assert evidence.phase_assignment.analysis is None  # the one that stands now
    assign_phase(by=by, batch=batch, phase="gamma", structure="", reason="washed, not looked at")
    assert row_of(batch) == ("", "", "")
    assert not list(differences())


def test_an_accepted_run_that_is_silent_of_calcium_takes_evidence_back_and_gives_none(batch, by):
    say_gamma(batch, by)
    first = told(batch, "xps", {"calcium": True})
    confirm(batch, "shell", first)
    silent = told(batch, "xps", {"metallic_lead": True}, measurement=first.measurement)
    assert row_of(batch)[1] == "partly_confirmed"
    accept_analysis(by=by, analysis=silent)
    assert row_of(batch)[1:] == ("expected", "")
    with pytest.raises(Refusal, match="v2 says nothing of Ca 2p"):
        confirm(batch, "shell", first)


def test_a_picture_of_another_technique_is_no_micrograph(batch, by):
    gamma = say_gamma(batch, by)
    for technique in ("xrd", "pl", "jvl"):
        chart = kept(batch, technique, PICTURE + technique.encode(), f"{technique}.png")
        with pytest.raises(Refusal, match="is no micrograph; if it is one, correct its technique"):
            confirm(batch, "shell", measurement=chart, note="a rim")
    for technique in ("tem", "other"):
        picture = kept(batch, technique, PICTURE + technique.encode(), f"{technique}.png")
        confirm(batch, "shell", measurement=picture, note="a rim")
    assert gamma.structure_evidence.count() == 2


def test_other_words_on_a_micrograph_are_not_dropped_silently(batch, by):
    say_gamma(batch, by)
    picture = kept(batch, "tem", PICTURE, "hrtem.png")
    first = confirm(batch, "shell", measurement=picture, note="rim of 2 nm")
    assert confirm(batch, "shell", measurement=picture, note=" rim of 2 nm ") == first
    with pytest.raises(WrongState, match=r"already, with “rim of 2 nm”\. Withdraw that first"):
        confirm(batch, "shell", measurement=picture, note="rim of 5 nm")
    structures.withdraw_evidence(by=by, evidence=first, reason="scale corrected")
    assert confirm(batch, "shell", measurement=picture, note="rim of 5 nm").note == "rim of 5 nm"


def test_a_refusal_shows_although_the_structure_is_gone(client, batch, by):
    client.force_login(by)
    assign_phase(by=by, batch=batch, phase="gamma", structure="", reason="no structure known")
    run = told(batch, "xps", {"calcium": True})
    picture = kept(batch, "tem", PICTURE, "hrtem.png")
    for named in ({"analysis": run.pk}, {"measurement": picture.pk, "note": "a rim"}):
        form = {"part": "shell", "verdict": "confirms", **named}
        answer = client.post(address("batch-structure", batch.code), form)
        assert answer.status_code == 422
        assert "no shell is expected" in text(answer)


def test_current_evidence_is_of_the_phase_that_stands(batch, by):
    say_gamma(batch, by)
    confirm(batch, "shell", told(batch, "xps", {"calcium": True}))
    assign_phase(by=by, batch=batch, phase="gamma", structure="seed_core", reason="washed twice")
    now = confirm(batch, "seed", told(batch, "eds", {"calcium_found": True}))
    listed = {
        asked: [
            one["part"] for one in Api(by).get(f"structure-evidence/?{asked}").json()["results"]
        ]
        for asked in ("current=true", "current=false")
    }
    assert listed == {"current=true": [now.part], "current=false": ["shell"]}


def test_the_page_says_what_the_rule_gives_and_not_who_followed_it(client, batch, by):
    client.force_login(by)
    panel = address("batch-measurements", batch.code)
    given = rule_for(batch, "gamma").structure
    for structure, words in (
        (given, "as the paper's rule gives it"),
        ("alloy", "not what the paper's rule gives"),
    ):
        say_gamma(batch, by, structure, reason="HRTEM at another lab")
        shown = text(client.get(panel)).replace("&#x27;", "'")
        assert words in shown
        assert "by the paper's rule" not in shown
        assert "said by" not in shown


def test_evidence_is_withdrawn_once_and_with_a_reason_that_says_something(client, batch, by):
    client.force_login(by)
    say_gamma(batch, by)
    for part, found in (("shell", "xps"), ("seed", "eds")):
        confirm(batch, part, told(batch, found, {"calcium": True, "calcium_found": True}))
    shown = text(client.get(address("batch-measurements", batch.code)))
    keys = re.findall(r'name="idempotency_key" value="(\w+)"[^>]*>\s*<div class="field">', shown)
    assert len(set(keys)) == 2  # one key for each form
    away = address("batch-structure-withdraw", batch.code, StructureEvidence.objects.first().pk)
    refused = client.post(away, {"reason": ".", "idempotency_key": keys[0]})
    assert (refused.status_code, "says nothing" in text(refused)) == (422, True)
    for _twice in range(2):
        sent = {"reason": "dust", "idempotency_key": keys[0]}
        assert client.post(away, sent).status_code == 302
    assert row_of(batch)[1] == "partly_confirmed"


def test_the_history_counts_only_parts_that_the_structure_has(batch, by):
    said = say_gamma(batch, by)
    confirm(batch, "shell", told(batch, "xps", {"calcium": True}))
    PhaseAssignment.objects.filter(pk=said.pk).update(structure="seed_core")  # past the services
    said = PhaseAssignment.objects.get(pk=said.pk)
    assert row_of(batch)[:2] == ("seed_core", said.structure_level) == ("seed_core", "expected")


def test_the_form_of_the_phase_keeps_the_structure_unless_it_is_said(client, batch, by):
    client.force_login(by)
    say_gamma(batch, by, "seed_core")
    eds = told(batch, "eds", {"calcium_found": True})
    confirm(batch, "seed", eds)
    for said, level in (("", "confirmed"), ("unknown", "")):
        form = {
            "phase": "gamma",
            "evidence": "hrtem",
            "structure": said,
            "reason": "TEM lattice fringes",
        }
        assert client.post(address("batch-phase", batch.code), form).status_code == 302
        assert row_of(batch)[1] == level
