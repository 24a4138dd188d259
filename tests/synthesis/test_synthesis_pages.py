"""Every page of the room: little to read, nothing for strangers, and never an error on an empty lab."""

import re
from copy import deepcopy

import pytest

from synthesis.models import Batch, Recipe
from synthesis.services.bench import record_events
from tests.factories import entry, make_batch, make_made_batch, make_person, make_project
from tests.synthesis.factories import browser, make_bottle, make_lab, make_stock
from tests.synthesis.test_plan_a_batch import text_of

LISTS = ("/b/", "/recipes/", "/lots/", "/chemicals/", "/plan/", "/lots/new/")


@pytest.fixture(scope="module")
def _busy(made_once):
    lab = make_lab()
    stock = make_stock(lab)
    bottles = [
        make_bottle(lab, lot_number=str(n), amount_received=500, amount_unit="mg")
        for n in range(25)
    ]
    lots = {"cs_oleate": stock.code, "cai2": bottles[0].code}
    for _each in range(25):
        make_batch(lab.project, lots=lots)
    batch = make_made_batch(lab.project)
    events = [entry("note", "", f"note {n}") for n in range(40)]
    events += [entry("weighing", a.key, "1", reason="test") for a in batch.additions.all()] * 2
    events += [entry("deviation", "", f"differently {n}") for n in range(10)]
    record_events(by=lab.jonas, batch=batch, events=events)
    lab.batch, lab.bottle, lab.stock = batch, bottles[0], stock
    return lab


@pytest.fixture
def busy(_busy, db):
    """A lab with many rows of everything."""
    return deepcopy(_busy)


def test_every_page_reads_a_few_times_however_much_there_is(busy, django_assert_max_num_queries):
    client = browser(busy.mira)
    code = busy.batch.code
    more = {
        f"/b/{code}/": 10,  # what a signature would cover, its photos
        # the bottles that fit and what is left of them, the whole shelf, operations, instruments, the log, photos
        f"/b/{code}/bench/load.cai2/": 17,
        f"/b/{code}/history/": 9,  # who did it to what, in words
        f"/lots/{busy.bottle.code}/": 12,  # movements, portions, its files, what planned batches will take
        f"/lots/{busy.stock.code}/": 16,  # its files and titrations, and what its batch recorded, portion by portion
    }
    pages = [
        *LISTS, "/b/?state=planned&q=NC", f"/b/{code}/", f"/b/{code}/bench/load.cai2/",
        f"/b/{code}/history/", f"/b/{code}/label/", f"/b/{code}/sheet/", f"/b/{busy.stock.produced_by.code}/stock/",
        f"/lots/{busy.bottle.code}/", f"/lots/{busy.stock.code}/", f"/lots/{busy.stock.code}/correct/",
        *(f"/recipes/{slug}/" for slug in Recipe.objects.values_list("slug", flat=True)),
    ]  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(more.get(page, 8)):
            response = client.get(page)
        assert response.status_code == 200, page


def test_an_empty_lab_has_every_page(db):
    client = browser(make_person())
    for page in LISTS:
        response = client.get(page)
        assert response.status_code == 200, page
        assert response.content.count(b"<h1") == 1, page


def test_a_stranger_finds_nothing_of_another_project(busy):
    client, code = browser(busy.stranger), busy.batch.code
    for part in ("", "bench/", "history/", "label/", "sheet/", "stock/"):
        assert client.get(f"/b/{code}/{part}").status_code == 404
    for part in ("state/", "events/", "stock/"):
        assert client.post(f"/b/{code}/{part}", {"do": "start"}).status_code == 404
    for page in ("/b/", "/lots/"):
        assert "NC-0001" not in text_of(client.get(page))
    assert Batch.objects.visible_to(busy.stranger).count() == 0


def test_somebody_who_is_not_signed_in_is_asked_to(busy, client):
    for page in (*LISTS, f"/b/{busy.batch.code}/", f"/b/{busy.batch.code}/bench/"):
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_a_viewer_sees_no_button_that_writes(busy):
    client = browser(busy.vera)
    for page in (f"/b/{busy.batch.code}/", f"/b/{busy.batch.code}/label/", "/b/", "/recipes/"):
        words = client.get(page).content.decode()
        main = words[words.index('id="main"') :]
        assert 'method="post"' not in main, page


def test_no_page_has_inline_scripts_styles_or_handlers(busy):
    client, code = browser(busy.mira), busy.batch.code
    for page in (
        *LISTS,
        f"/b/{code}/",
        f"/b/{code}/bench/load.cai2/",
        f"/b/{code}/history/",
        f"/b/{code}/label/",
        f"/b/{code}/sheet/",
    ):
        html = client.get(page).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html), page
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html), page


def test_every_id_of_a_page_is_its_own(busy):
    client, code = browser(busy.mira), busy.batch.code
    for page in ("/plan/", f"/b/{code}/", f"/b/{code}/bench/load/", "/lots/new/"):
        ids = re.findall(r'\sid="([^"]+)"', client.get(page).content.decode())
        assert sorted(ids) == sorted(set(ids)), page


def test_the_list_of_batches_is_filtered_and_paged(busy):
    client = browser(busy.mira)
    made = client.get("/b/", {"state": "made"})
    assert {b.state for b in made.context["batches"]} == {"made"}
    assert [b.code for b in client.get("/b/", {"q": busy.batch.code}).context["batches"]] == [
        busy.batch.code
    ]
    assert "No batch fits" in text_of(client.get("/b/", {"q": "nothing like it"}))
    for odd in (
        {"before": "x"},
        {"before": "9" * 40},
        {"state": "odd"},
        {"before": "²"},
    ):
        assert client.get("/b/", odd).status_code == 200
    assert client.get("/b/", {"q": "a\x00b"}).status_code == 400  # no text holds a NUL
    for _each in range(30):
        make_batch(busy.project)
    first = client.get("/b/")
    older = client.get("/b/", {"before": first.context["next_before"]})
    codes = [b.code for page in (first, older) for b in page.context["batches"]]
    assert len(codes) == len(set(codes)) == Batch.objects.count()


def test_the_history_of_a_batch_says_who_changed_what(busy):
    page = text_of(browser(busy.mira).get(f"/b/{busy.batch.code}/history/"))
    assert "weighed text" not in page  # no name of a column
    assert "weighed PbI2, 173.9 mg" in page
    assert "corrected PbI2 from 173.9 mg to 1 mg" in page
    assert "mira" in page
    assert "jonas" in page


def test_the_label_carries_code_ratio_and_a_qr_code(busy):
    page = browser(busy.mira).get(f"/b/{busy.batch.code}/label/")
    assert f'aria-label="QR code of {busy.batch.code}"' in page.content.decode()
    assert "Ca/Pb 0.5" in text_of(page)


def test_another_project_in_use_does_not_hide_the_batch(busy):
    other = make_project(busy.mira, "Blue LEDs")
    client = browser(busy.mira)
    client.post("/projects/", {"use": other.slug})
    assert client.get(f"/b/{busy.batch.code}/").status_code == 200
    client.post("/plan/", {"ratio_ca_pb": "0.5", "lead_mmol": "0.376", "idempotency_key": "k"})
    assert Batch.objects.order_by("-pk").first().project == other
