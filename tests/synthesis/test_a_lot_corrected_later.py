"""What is said of a bottle changes after a batch was made from it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labnotebook.records.history import recorded
from labnotebook.records.refusals import Refusal
from synthesis.models import Material
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import correct_material, make_aliquots
from synthesis.services.pinned import corrected_of_batch, recompute
from tests.factories import Api, entry, make_batch
from tests.synthesis.factories import browser, make_bottle
from tests.synthesis.test_plan_a_batch import text_of

# 55.3 mg CaI2 (293.887 g/mol) on 173.3 mg PbI2 (461.009 g/mol), the CaI2 99 % and then 90 % pure
AT_99 = 55.3 * 0.99 / 293.887 / (173.3 / 461.009)
AT_90 = 55.3 * 0.90 / 293.887 / (173.3 / 461.009)


def weighed(batch):
    batch.refresh_from_db()
    return batch.ratio_ca_pb_weighed


def say(lab, batch, *entries):
    taken = record_events(by=lab.mira, batch=batch, events=list(entries))
    assert not taken.refused


@pytest.fixture
def bottle(lab):
    return make_bottle(lab, assay_percent="99", assay_kind="mass_fraction")


@pytest.fixture
def batch(lab, bottle):
    batch = make_batch(lab.project, lots={"cai2": bottle.code})
    say(lab, batch, entry("weighing", "pbi2", "173.3 mg"), entry("weighing", "cai2", "55.3 mg"))
    return batch


@pytest.fixture
def corrected(lab, bottle, batch):
    assert weighed(batch) == pytest.approx(AT_99, rel=1e-4)
    return correct_material(
        by=lab.mira, material=bottle, version=None, reason="certificate", assay_percent="90"
    )


def test_a_batch_keeps_its_numbers_whatever_else_is_entered(lab, batch, corrected):
    say(lab, batch, entry("note", "", "humid"), entry("weighing", "oa", "1.0 mL"))
    assert weighed(batch) == pytest.approx(AT_99, rel=1e-4)
    say(lab, batch, entry("weighing", "cai2", "55.3 mg"))  # the same bottle, weighed anew
    assert weighed(batch) == pytest.approx(AT_99, rel=1e-4)


def test_batch_and_bottle_say_that_it_was_corrected_and_what_would_follow(lab, batch, corrected):
    answer = Api(lab.mira).get(f"batches/{batch.code}/corrections/").json()
    (lot,) = answer["lots"]
    assert (lot["lot"], lot["key"]) == (corrected.code, "cai2")
    assert lot["changes"] == [{"fact": "assay", "then": "0.99", "now": "0.9"}]
    pair = answer["quantities"]["ratio_ca_pb"]
    assert pair["then"]["value"] == pytest.approx(AT_99, rel=1e-4)
    assert pair["now"]["value"] == pytest.approx(AT_90, rel=1e-4)
    listed = Api(lab.mira).get(f"lots/{corrected.code}/corrections/").json()
    assert [one["batch"] for one in listed] == [batch.code]
    client = browser(lab.mira)
    assert batch.code in text_of(client.get(f"/lots/{corrected.code}/"))
    assert "assay 99 % → 90 %" in text_of(client.get(f"/b/{batch.code}/corrections/"))


def test_a_person_computes_it_again_with_a_reason_and_that_stays_on_record(lab, batch, corrected):
    there = f"batches/{batch.code}/recompute/"
    assert Api(lab.mira).post(there, {"reason": " "}).status_code == 400
    assert Api(lab.vera).post(there, {"reason": "x"}).status_code == 403
    assert weighed(batch) == pytest.approx(AT_99, rel=1e-4)
    assert Api(lab.jonas).post(there, {"reason": "certificate read wrongly"}).status_code == 200
    assert weighed(batch) == pytest.approx(AT_90, rel=1e-4)
    note = batch.events.latest("received_at")
    assert f"{corrected.code}: assay 99 % → 90 %" in note.value
    assert "Ca/Pb 0.4956" in note.value
    assert (note.reason, note.by) == ("certificate read wrongly", lab.jonas)
    assert Api(lab.mira).get(f"batches/{batch.code}/corrections/").json()["lots"] == []
    with pytest.raises(Refusal, match="No bottle"):
        recompute(by=lab.mira, batch=batch, reason="again")


def test_another_bottle_counts_with_its_own_facts(lab, batch, corrected):
    other = make_bottle(lab, assay_percent="95", assay_kind="mass_fraction")
    say(lab, batch, entry("lot", "cai2", other.code))
    assert weighed(batch) == pytest.approx(AT_99 / 0.99 * 0.95, rel=1e-4)
    say(lab, batch, entry("lot", "cai2", corrected.code))
    assert weighed(batch) == pytest.approx(AT_90, rel=1e-4)  # taken anew, with what is said now


def test_a_note_on_the_bottle_is_no_correction(lab, bottle, batch):
    correct_material(by=lab.mira, material=bottle, version=None, reason="moved", place="Box 7")
    assert Api(lab.mira).get(f"batches/{batch.code}/corrections/").json()["lots"] == []


def test_a_signed_batch_stays_and_still_says_so(lab, batch, bottle):
    lab.mira.set_password("correct horse battery")
    lab.mira.save()
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="not looked at")
    signed = Api(lab.mira).post(
        f"batches/{batch.code}/sign/", {"password": "correct horse battery"}
    )
    assert signed.status_code == 200, signed.json()
    correct_material(by=lab.mira, material=bottle, version=None, reason="c", assay_percent="90")
    assert Api(lab.mira).get(f"batches/{batch.code}/corrections/").json()["lots"]
    answer = Api(lab.mira).post(f"batches/{batch.code}/recompute/", {"reason": "c"})
    assert answer.status_code == 409
    assert weighed(batch) == pytest.approx(AT_99, rel=1e-4)


def say_nonsense(lab, bottle):
    """What an older notebook could keep: 0.5 % of a salt is asked about now."""
    with recorded(lab.mira, "typed as a fraction"):
        Material.objects.filter(pk=bottle.pk).update(
            assay_percent="0.5", assay_kind=Material.AssayKind.MASS_FRACTION
        )


def test_a_bottle_that_is_planned_but_not_poured_does_not_hold_up_the_others(lab, bottle):
    batch = make_batch(lab.project, lots={"cai2": bottle.code})
    say_nonsense(lab, bottle)
    say(lab, batch, entry("weighing", "pbi2", "173.3 mg"))
    last = entry("weighing", "cai2", "55.3 mg")
    taken = record_events(by=lab.mira, batch=batch, events=[last])
    assert taken.accepted == [last["id"]]  # what cannot be computed is said, and loses no entry
    assert "The ratios cannot be computed" in taken.remarks[-1]["message"]
    assert "0.5 % or 50 %" in taken.remarks[-1]["message"]
    assert batch.additions.get(key="cai2").weighed_text == "55.3 mg"


def test_a_label_that_makes_no_sense_now_is_told_where_the_numbers_are_compared(lab, bottle, batch):
    say_nonsense(lab, bottle)
    page = browser(lab.mira).get(f"/b/{batch.code}/corrections/")
    assert page.status_code == 200
    assert "0.5 % or 50 %" in text_of(page)
    answer = Api(lab.mira).get(f"batches/{batch.code}/corrections/")
    assert answer.status_code == 400
    assert "0.5 % or 50 %" in answer.json()["detail"]


def test_bottles_are_read_with_their_batch_those_that_aliquots_were_filled_from_too(lab):
    bottle = make_bottle(lab, "lead-iodide", amount_received=5000, amount_unit="mg")
    vials = make_aliquots(by=lab.mira, material=bottle, amounts=["500 mg"])
    batch = make_batch(lab.project)
    say(lab, batch, entry("weighing", "pbi2", {"text": "173.3 mg", "lot": vials[0].code}))
    with CaptureQueriesContext(connection) as asked:
        assert not corrected_of_batch(batch)
    assert len(asked) == 2  # reagents, and portions from another bottle
