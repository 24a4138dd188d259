"""Certificates and data sheets stay with their bottle, under the hash of their content."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction

from labnotebook.records.files import blob_path
from labnotebook.records.models import Revision, StoredFile
from synthesis.models import MaterialFile
from synthesis.services.materials import make_aliquots
from tests.factories import Api
from tests.synthesis.factories import browser, make_bottle
from tests.synthesis.test_plan_a_batch import text_of

CERTIFICATE = b"%PDF-1.4 lot K12, assay 99.5 %"
SHEET = b"%PDF-1.4 H302"


def pdf(content: bytes = CERTIFICATE, name: str = "CoA K12.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def attach(client: Any, code: str, *files: SimpleUploadedFile, kind: str = "certificate") -> Any:
    return client.post(f"/lots/{code}/files/", {"file": list(files), "kind": kind})


def test_a_certificate_is_attached_shown_and_downloaded(lab):
    bottle, client = make_bottle(lab), browser(lab.jonas)
    answer = attach(client, bottle.code, pdf())
    assert answer.headers["Location"] == f"/lots/{bottle.code}/#files"
    attached = MaterialFile.objects.get()
    assert attached.sha256 == hashlib.sha256(CERTIFICATE).hexdigest()
    page = text_of(client.get(f"/lots/{bottle.code}/"))
    for words in ("CoA K12.pdf", "Certificate of analysis", attached.sha256[:12], "jonas"):
        assert words in page
    file = browser(lab.vera).get(f"/files/{attached.file_id}/")
    assert b"".join(file.streaming_content) == CERTIFICATE
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_several_files_are_kept_all_or_none(lab):
    bottle, client = make_bottle(lab), browser(lab.mira)
    answer = attach(client, bottle.code, pdf(), pdf(b"", "empty.pdf"))
    assert answer.status_code == 422
    assert "empty" in text_of(answer)
    assert not MaterialFile.objects.exists()
    attach(client, bottle.code, pdf(), pdf(SHEET, "SDS.pdf"))
    assert MaterialFile.objects.count() == 2


def test_the_same_content_is_attached_once(lab):
    bottle, client = make_bottle(lab), browser(lab.mira)
    attach(client, bottle.code, pdf())
    again = attach(client, bottle.code, pdf(name="other name.pdf"))
    assert "other name.pdf is attached to L-0001 already" in text_of(again)
    assert "already" in text_of(attach(client, bottle.code, pdf(SHEET, "a"), pdf(SHEET, "b")))
    assert MaterialFile.objects.count() == 1


def test_a_wrong_file_is_withdrawn_with_a_reason_and_stays_in_the_history(lab):
    bottle, client = make_bottle(lab), browser(lab.mira)
    attach(client, bottle.code, pdf())
    there = f"/lots/{bottle.code}/files/{MaterialFile.objects.get().pk}/withdraw/"
    assert client.post(there, {"reason": ""}).status_code == 422
    assert client.post(there, {"reason": "It is of lot K13."}).status_code == 302
    assert "withdrawn already" in text_of(client.post(there, {"reason": "again"}))
    page = text_of(client.get(f"/lots/{bottle.code}/"))
    assert "withdrawn: It is of lot K13." in page
    reasons = Revision.objects.of(MaterialFile.objects.get()).values_list("reason", flat=True)
    assert set(reasons) == {"file attached", "It is of lot K13."}
    attach(client, bottle.code, pdf())  # the right one may come back
    assert MaterialFile.objects.filter(withdrawn_at=None).count() == 1


def test_the_database_keeps_files_once_and_withdrawals_with_reasons(lab):
    bottle = make_bottle(lab)
    attach(browser(lab.mira), bottle.code, pdf(), pdf(SHEET, "b.pdf"))
    first, second = MaterialFile.objects.all()
    for wrong in ({"sha256": second.sha256}, {"withdrawn_reason": "x"}, {"kind": "letter"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MaterialFile.objects.filter(pk=first.pk).update(**wrong)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        StoredFile.objects.filter(pk=first.file_id).delete()


def test_the_files_of_an_aliquot_are_those_of_its_bottle(lab):
    bottle = make_bottle(lab, amount_received=1000, amount_unit="mg")
    (vial,) = make_aliquots(by=lab.mira, material=bottle, amounts=["10 mg"])
    attach(browser(lab.mira), vial.code, pdf())
    assert MaterialFile.objects.get().material == bottle
    assert "CoA K12.pdf" in text_of(browser(lab.mira).get(f"/lots/{vial.code}/"))


def test_who_may_not_write_attaches_nothing_and_a_stranger_reads_nothing(lab):
    bottle = make_bottle(lab)
    attach(browser(lab.mira), bottle.code, pdf())
    attached, viewer, stranger = (
        MaterialFile.objects.get(),
        browser(lab.vera),
        browser(lab.stranger),
    )
    assert attach(viewer, bottle.code, pdf(SHEET)).status_code == 403
    there = f"/lots/{bottle.code}/files/{attached.pk}/withdraw/"
    assert viewer.post(there, {"reason": "x"}).status_code == 403
    assert f"{bottle.code}/files/" not in viewer.get(f"/lots/{bottle.code}/").content.decode()
    assert viewer.get(f"/lots/{bottle.code}/files/").status_code == 200
    assert stranger.get(f"/lots/{bottle.code}/files/").status_code == 404
    assert attach(stranger, bottle.code, pdf(SHEET)).status_code == 404
    assert stranger.get(f"/files/{attached.file_id}/").status_code == 404
    api = Api(lab.stranger)
    assert api.get(f"lots/{bottle.code}/files/").status_code == 404
    assert api.get(f"files/{attached.file_id}/").status_code == 404
    assert MaterialFile.objects.count() == 1


def test_a_file_of_another_bottle_cannot_be_withdrawn_here(lab):
    bottle, other = make_bottle(lab), make_bottle(lab, "toluene")
    attach(browser(lab.mira), bottle.code, pdf())
    pk = MaterialFile.objects.get().pk
    answer = browser(lab.mira).post(f"/lots/{other.code}/files/{pk}/withdraw/", {"reason": "x"})
    assert answer.status_code == 404
    answer = Api(lab.mira).post(f"lots/{other.code}/files/{pk}/withdraw/", {"reason": "x"})
    assert answer.status_code == 400
    assert MaterialFile.objects.get().withdrawn_at is None


def test_the_api_attaches_lists_hands_out_and_withdraws(lab):
    bottle, api = make_bottle(lab), Api(lab.mira)
    path = f"/api/v1/lots/{bottle.code}/files/"
    sent = {"file": [pdf(), pdf(SHEET, "SDS.pdf")], "kind": "safety"}
    made = api.client.post(path, sent, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201
    sent = {"file": [pdf(), pdf(SHEET, "SDS.pdf")], "kind": "safety"}
    assert api.client.post(path, sent, headers={"Idempotency-Key": "k"}).json() == made.json()
    listed = api.get(f"lots/{bottle.code}/files/").json()
    assert [(one["name"], one["kind"]) for one in listed] == [
        ("CoA K12.pdf", "safety"),
        ("SDS.pdf", "safety"),
    ]
    assert listed[0]["sha256"] == hashlib.sha256(CERTIFICATE).hexdigest()
    file = api.get(f"files/{listed[0]['file']}/")
    assert b"".join(file.streaming_content) == CERTIFICATE
    there = f"lots/{bottle.code}/files/{listed[0]['id']}/withdraw/"
    assert (
        api.post(there, {"reason": "of another lot"}).json()["withdrawn_reason"] == "of another lot"
    )
    assert api.post(there, {"reason": "again"}).status_code == 409
    assert api.client.post(path, {"file": pdf(b"x"), "kind": "letter"}).status_code == 400


def test_a_certificate_that_was_exchanged_on_the_disk_is_not_handed_out(lab):
    bottle = make_bottle(lab)
    attach(browser(lab.mira), bottle.code, pdf(b"once only"))
    attached = MaterialFile.objects.get()
    path = blob_path(attached.sha256)
    path.chmod(0o600)
    path.write_bytes(b"another!!")
    try:
        answer = browser(lab.mira).get(f"/files/{attached.file_id}/")
        assert answer.status_code == 500
        assert "not what was stored" in text_of(answer)
    finally:
        path.write_bytes(b"once only")
