"""The report of a batch: everything of the record, on the page and in the PDF, signed or not."""

import re
import uuid
from copy import deepcopy
from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.html import strip_tags
from PIL import Image

from labnotebook.records.files import blob_path
from labnotebook.records.models import Role, Signature
from labnotebook.records.services.files import hashed_upload
from synthesis.services.batches import archive_batch, sign_batch
from synthesis.services.bench import keep_file, record_events
from tests.factories import (
    PASSWORD,
    Api,
    entry,
    join,
    make_batch,
    make_person,
    make_project,
)
from tests.stories import make_told_batch


@pytest.fixture(scope="module")
def _told(made_once):
    mira = make_person("mira")
    batch = make_told_batch(make_project(mira, "LEDs"), by=mira)
    batch.refresh_from_db()
    return mira, batch


@pytest.fixture
def mira(request, db):
    """Whose batch it is: of the one of which much is known, where a test asks for that."""
    if "told" in request.fixturenames:
        return deepcopy(request.getfixturevalue("_told")[0])
    return make_person("olga")


@pytest.fixture
def told(_told, db):
    """A batch of which much is known."""
    return deepcopy(_told[1])


def words_of(text):
    return " ".join(text.split())


@pytest.fixture
def report(client, mira):
    """Read the PDF of a batch as words."""

    def read(batch, by=None):
        client.force_login(by or mira)
        answer = client.get(f"/b/{batch.code}/report.pdf")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/pdf"
        assert f'filename="{batch.code}-report.pdf"' in answer.headers["Content-Disposition"]
        pages = pypdfium2.PdfDocument(answer.content)
        return words_of(" ".join(page.get_textpage().get_text_bounded() for page in pages))

    return read


def in_columns(text):
    """Match a text that its column may have broken anywhere, as a digest."""
    return re.compile(r"\s*".join(map(re.escape, text)))


def test_plan_and_what_was_weighed_stand_in_it_with_its_uncertainty(told, report):
    words = report(told)
    assert "Batch NC-0001" in words.replace(told.code, "NC-0001")
    assert "version 1" in words
    assert in_columns(told.plan_sha256).search(words)
    # the far-off weighing, as it was typed, on a balance of 0.1 mg; planned 55.3 mg (0.188 mmol, 293.89 g/mol)
    assert re.search(r"Calcium iodide.{0,40}55\.3 mg 70,1 mg ± 0\.1 mg \+26\.\d %", words)
    bottle = told.additions.get(key="cai2").material
    assert bottle.code in words


def test_steps_deviations_looks_and_air_stand_in_it(told, report):
    words = report(told)
    assert re.search(r"Keep under vacuum\. 120 °C, 60 min", words)
    assert "the spatula slipped" in words
    assert "Stirred by hand" in words
    assert "the stirrer stood still" in words
    assert "colloidal" in words
    assert re.search(r"Relative humidity 41\.5 %", words)
    assert "γ, µ and ½" in words  # of a note


@pytest.fixture
def photographed(told, mira):
    """The batch with a photo of its flask, 1,600 × 1,200 pixels, held upright by a tablet on its side."""
    target = BytesIO()
    upright = Image.Exif()
    upright[0x0112] = 6  # orientation: turn by 90° (EXIF 2.3)
    Image.new("RGB", (1600, 1200), "darkred").save(target, "JPEG", exif=upright)
    upload = hashed_upload(target.getvalue(), "flask.jpg")
    kept = keep_file(
        by=mira, batch=told, upload=upload, note="dark red", id=str(uuid.uuid4()), target=""
    )
    assert not kept.refused
    return told


def drawn_in(pdf):
    """Return width and height in pixels of the pictures of a PDF."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        for one in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
            found.append(one.get_px_size())
    return found


def test_a_photo_is_drawn_upright_in_it_and_on_the_page(photographed, client, mira, report):
    assert "dark red" in report(photographed)
    assert drawn_in(client.get(f"/b/{photographed.code}/report.pdf").content) == [(600, 800)]
    page = client.get(f"/b/{photographed.code}/report/").content.decode()
    file = photographed.attachments.get().file_id
    assert f'<img src="/files/{file}/" alt="flask.jpg"' in page


def test_a_photo_whose_bytes_are_damaged_is_named_and_the_rest_stands(photographed, report):
    blob_path(photographed.attachments.get().file.sha256).write_bytes(b"no picture")
    words = report(photographed)
    assert "Not drawn: flask.jpg is not handed out: its content is not what was stored" in words
    assert "colloidal" in words


def test_every_file_stands_in_it_with_its_digest_and_its_numbers(told, report):
    words = report(told)
    assert told.measurements.count() == 4
    for one in told.measurements.select_related("file"):
        assert one.file.name in words
        assert in_columns(one.file.sha256).search(words)
    assert re.search(r"PL peak 684\.\d", words)
    assert re.search(r"PL quantum yield 98 ± 2 %", words)
    assert "typed: 98" in words
    assert "Radiative rate" in words


def test_phase_forecast_and_devices_stand_in_it(told, report):
    words = report(told)
    assert "XRD seen elsewhere" in words
    assert "80 % interval" in words
    assert re.search(r"γ 0\.\d\d \(0\.\d\d–0\.\d\d\)", words)
    assert told.layers.get().device.code in words


def test_the_history_says_who_did_what(told, report):
    words = report(told)
    assert "weighed PbI2" in words
    assert re.search(r"uploaded PL, pl-\s?0\.csv", words)


def test_what_is_told_of_a_batch_on_its_page_is_told_in_its_report_too(told, mira, client, report):
    archive_batch(by=mira, batch=told, reason="balance was off")
    said = f"archived {told.code}: balance was off"
    assert said in report(told)
    assert said in words_of(strip_tags(client.get(f"/b/{told.code}/history/").content.decode()))


def test_photos_and_files_stand_in_it_with_their_digests(mira, report):
    batch = make_batch(make_project(mira, "Red LEDs"), by=mira)
    photo = SimpleUploadedFile("flask.jpg", b"\xff\xd8\xff\xe0" + bytes(512), "image/jpeg")
    said = {
        "id": str(uuid.uuid4()),
        "target": "observe_precursor",
        "note": "grey-green",
        "file": photo,
    }
    assert (
        Api(mira).client.post(f"/api/v1/batches/{batch.code}/attachments/", said).status_code == 200
    )
    words = report(batch)
    assert "flask.jpg" in words
    assert "grey-green" in words
    assert in_columns(batch.attachments.get().file.sha256).search(words)


def test_what_sensors_posted_is_told_by_its_lowest_and_highest(mira, report):
    batch = make_batch(make_project(mira, "Red LEDs"), by=mira)
    now = timezone.now()
    begun = entry("step_start", "degas", at=(now - timedelta(minutes=4)).isoformat())
    record_events(by=mira, batch=batch, events=[begun])
    readings = [
        {
            "name": "humidity_percent",
            "value": f"{41 + minute}.5",
            "at": (now - timedelta(minutes=3 - minute)).isoformat(),
        }
        for minute in range(3)
    ]
    body = {"readings": readings, "sensor": "hood 2"}
    assert Api(mira, "sensor").post("conditions/", body).status_code == 200
    words = report(batch)
    assert re.search(r"hood 2, .{10,60} Relative humidity 41\.5 to 43\.5 %, 3 readings", words)
    assert words.count("42.5") == 0


def test_an_unsigned_batch_says_so(told, report):
    words = report(told)
    assert "Not signed." in words
    assert "Nobody has signed this batch." in words


def test_signatures_stand_in_it_with_who_when_what_and_the_digest(told, mira, report):
    sign_batch(by=mira, batch=told, password=PASSWORD)
    sign_as_witness(told)
    words = report(told)
    author, witness = Signature.objects.order_by("pk")
    assert "Signed by mira, jonas." in words
    assert "I did this work and this is its record" in words
    assert "I read and understood this record" in words
    for one in (author, witness):
        assert in_columns(one.content_sha256).search(words)
        assert f"{one.signed_at:%-d %b %Y, %H:%M}" in words
    assert "Nobody has signed" not in words


def sign_as_witness(batch):
    from labnotebook.records.history import recorded
    from labnotebook.records.services import signatures

    jonas = join(batch.project, Role.EDITOR, make_person("jonas"))
    with recorded(jonas, "witnessed"):
        signatures.sign(by=jonas, record=batch, meaning=Signature.Meaning.WITNESS)


def test_the_page_says_what_the_pdf_says(told, client, mira, report):
    words = report(told)
    client.force_login(mira)
    page = client.get(f"/b/{told.code}/report/").content.decode()
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page, re.S)
    assert len(cells) > 200
    bare = re.sub(r"\s+", "", words)
    for cell in cells:
        text = re.sub(r"<[^>]+>", "", cell)
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'")
        if re.match(r"Writtenon|\s*$", text) is None:
            first = re.sub(r"\s+", "", text)[:12]
            assert first in bare, text


def test_a_batch_that_was_only_planned_has_a_report(mira, report):
    words = report(make_batch(make_project(mira, "Red LEDs"), by=mira))
    assert "State planned" in words
    assert "Nothing was recorded at the bench." in words
    assert "Nothing was measured." in words
    assert "No device was made from it." in words


def test_what_was_not_weighed_is_not_filled_in_from_the_plan(mira, report):
    batch = make_batch(make_project(mira, "Red LEDs"), by=mira)
    assert re.search(r"iodide,\s*PbI2\s*—\s*173\.3 mg\s*—\s*—\s*—", report(batch))


def test_an_amount_of_two_portions_says_both(mira, report):
    batch = make_batch(make_project(mira, "Red LEDs"), by=mira)
    said = [
        entry("weighing", "pbi2", "100.0 mg"),
        entry("weighing", "pbi2", "73.9 mg", portion=True),
    ]
    assert not record_events(by=mira, batch=batch, events=said).refused
    assert re.search(r"100\.0 mg \+ 73\.9 mg ± 0\.14 mg", report(batch))


def test_devices_of_another_project_stay_out_of_it(told, mira, report):
    vera = join(told.project, Role.VIEWER, make_person("vera"))
    code = told.layers.get().device.code
    assert code in report(told, by=vera)
    from devices.models import Device
    from labnotebook.records.history import recorded

    with recorded("test", "moved"):
        Device.objects.filter(code=code).update(project=make_project(name="Another"))
    assert code not in report(told, by=vera)


def test_nobody_else_gets_it(told, client):
    client.force_login(make_person("stefan"))
    for path in ("report/", "report.pdf"):
        assert client.get(f"/b/{told.code}/{path}").status_code == 404


def test_it_reads_a_few_times_however_much_there_is(
    told, client, mira, django_assert_max_num_queries
):
    client.force_login(mira)
    said = [entry("note", "", f"note {number}") for number in range(60)]
    record_events(by=mira, batch=told, events=said)
    for path in ("report/", "report.pdf"):
        with django_assert_max_num_queries(60):
            assert client.get(f"/b/{told.code}/{path}").status_code == 200
