"""Search finds what was said, says where, and shows nobody what is not theirs."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.html import strip_tags

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import type_outcome
from labnotebook.records.services.files import hashed_upload
from labnotebook.search import found
from labnotebook.search.kinds import KINDS, Kind
from labnotebook.search.words import Words
from synthesis.models import Batch
from synthesis.services.batches import abandon_batch
from synthesis.services.bench import record_events
from tests.factories import (
    Api,
    entry,
    join,
    make_batch,
    make_made_batch,
    make_person,
    make_project,
    owner_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab(client):
    project = make_project(make_person("mira"))
    client.force_login(owner_of(project))
    return project


def search(client, words, **more):
    return client.get("/search/", {"q": words, **more})


def lines(client, words, only="batches"):
    """Return what is listed of one kind, one text a line."""
    page = search(client, words, only=only).content.decode()
    listed = re.findall(
        r"<li>(.*?)</li>", page.partition("<main")[2].partition("</main>")[0], re.DOTALL
    )
    return [" ".join(strip_tags(one).split()) for one in listed]


def say(batch, *entries):
    taken = record_events(by=owner_of(batch.project), batch=batch, events=list(entries))
    assert not taken.refused
    return taken


SAID = {
    "note": (entry("note", "", "The septum leaked a little."), "septum", "note"),
    "reason": (
        entry("weighing", "pbi2", "173.9 mg", reason="spatula bent"),
        "spatula",
        "reason",
    ),
    "look": (
        entry("observation", "observe_precursor", {"appearance": "clear", "note": "violet rim"}),
        "violet",
        "note on the look",
    ),
    "deviation": (
        entry("deviation", "quench", "The ice bath was lukewarm", reason="no ice"),
        "lukewarm",
        "deviation",
    ),
    "left out": (entry("skip", "oa", reason="bottle mislaid"), "mislaid", "reason"),
}


@pytest.mark.parametrize(("said", "word", "place"), SAID.values(), ids=SAID)
def test_what_was_said_at_the_bench_is_found_with_where_it_was_said(client, lab, said, word, place):
    batch = make_batch(lab)
    make_batch(lab)
    say(batch, said)
    (line,) = lines(client, word.upper())
    assert line.startswith(batch.code)
    assert place in line
    assert f"<mark>{word}</mark>" in search(client, word).content.decode().lower()


def test_every_word_has_to_be_in_the_same_place(client, lab):
    batch = make_batch(lab)
    say(batch, entry("note", "", "green glow"), entry("note", "", "septum leaked"))
    assert lines(client, "leaked septum")
    assert not lines(client, "green septum")


def test_a_note_that_was_taken_back_is_not_found(client, lab):
    batch, note = make_batch(lab), entry("note", "", "wrong flask")
    say(batch, note)
    assert lines(client, "wrong flask")
    say(batch, entry("withdraw", "", {"entry": note["id"]}, reason="mistyped"))
    assert not [line for line in lines(client, "wrong flask") if "note" in line]


def test_why_a_batch_was_given_up_is_found(client, lab):
    batch = make_batch(lab)
    abandon_batch(by=owner_of(lab), batch=batch, reason="the fridge failed overnight")
    (line,) = lines(client, "fridge")
    assert "reason for giving up: the fridge failed overnight" in line


def test_a_weighed_number_is_found_in_any_unit(client, lab):
    batch = make_batch(lab)
    say(batch, entry("weighing", "cai2", "55.1 mg"))
    for words in ("55.1", "55,1", "55.1 mg", "0.0551 g"):
        (line,) = lines(client, words)
        assert line.startswith(batch.code), words
        assert "weighed" in line
    assert not lines(client, "55.1 ml")
    assert not lines(client, "55.2")


def test_an_accepted_number_is_found_by_the_digits_that_are_typed(client, lab):
    batch = make_made_batch(lab)
    type_outcome(
        by=owner_of(lab), subject=batch, quantity="plqy_percent", text="91.37",
        uncertainty_text="2", note="sphere of Uma",
    )  # fmt: skip
    for words in ("91.4", "91.37", "91.4 %"):
        assert any("accepted" in line and "91.37" in line for line in lines(client, words)), words
    assert not lines(client, "91.5")
    (line,) = lines(client, "sphere")
    assert "note on a number" in line


def test_a_bare_number_is_the_end_of_a_code(client, lab):
    batch = make_batch(lab)
    number = str(int(batch.code.rpartition("-")[2]))
    assert any(line.startswith(batch.code) for line in lines(client, number))


def test_the_beginning_of_a_code_is_enough_and_the_middle_of_a_word_is_no_code(client, lab):
    batch = make_batch(lab)
    assert lines(client, "nc")[0].startswith(batch.code)
    assert not any(line.startswith(batch.code) for line in lines(client, "zinc"))


def test_files_are_found_by_name_and_lead_to_their_measurement(client, lab):
    batch = make_made_batch(lab)
    measurement = add_measurement(
        by=owner_of(lab), subject=batch, technique="pl",
        upload=hashed_upload(b"wavelength_nm,counts\n680,1\n686,9\n690,2\n", "tuesday-run.csv"),
        conditions="attenuated by two filters",
    )  # fmt: skip
    page = search(client, "tuesday").content.decode()
    assert f'href="/m/{measurement.pk}/"' in page
    assert batch.code in strip_tags(page)
    (line,) = lines(client, "attenuated")
    assert "conditions of a measurement" in line


def test_a_photo_is_found_by_its_note_and_name_until_it_is_taken_back(client, lab):
    batch, key = make_batch(lab), str(uuid.uuid4())
    photo = SimpleUploadedFile("flask-7.jpg", b"\xff\xd8\xff\xe0 picture", "image/jpeg")
    body = {"file": photo, "id": key, "target": "observe_precursor", "note": "greyish rim"}
    kept = Api(owner_of(lab)).client.post(f"/api/v1/batches/{batch.code}/attachments/", body)
    assert kept.status_code == 200
    (line,) = lines(client, "greyish")
    assert "note on a photo or file" in line
    (line,) = lines(client, "flask-7", "files")
    assert batch.code in line
    say(batch, entry("withdraw", "", {"entry": key}, reason="another flask"))
    assert not lines(client, "greyish")
    assert not lines(client, "flask-7", "files")


def test_people_of_ones_own_projects_are_found_and_nobody_else(client, lab):
    join(lab, "editor", make_person("josephine"))
    make_project(make_person("josephus"))
    (line,) = lines(client, "joseph", "people")
    assert line.startswith("josephine")
    assert 'href="/history/?made_by=josephine"' in search(client, "joseph").content.decode()


def test_batches_are_found_by_who_planned_them_and_by_their_recipe(client, lab):
    batch = make_batch(lab)
    for words in ("mira", "seed-core", "mira seed-core"):
        assert any(line.startswith(batch.code) for line in lines(client, words)), words


def test_chemicals_are_found_by_formula_cas_number_and_subscripts(client, lab):
    make_batch(lab)
    for words in ("PbI2", "PbI₂", "10101-63-0"):
        assert any("PbI2" in line for line in lines(client, words, "chemicals")), words


@pytest.mark.parametrize("words", ["secret", "NC-", "173.9", "private.csv", "mira"])
def test_nothing_of_another_project_is_found(client, lab, words):
    other = make_project(make_person("outsider"))
    batch = make_made_batch(other)
    say(make_batch(other), entry("note", "", "secret trick"))
    add_measurement(
        by=owner_of(other), subject=batch, technique="pl",
        upload=hashed_upload(b"nm,counts\n680,1\n686,9\n", "private.csv"), conditions="secret",
    )  # fmt: skip
    client.force_login(make_person("guest"))
    for kind in KINDS:
        assert not lines(client, words, kind.key), kind.key


def test_a_viewer_finds_what_the_project_has(client, lab):
    batch = make_batch(lab)
    say(batch, entry("note", "", "septum leaked"))
    client.force_login(join(lab, "viewer"))
    assert lines(client, "septum")[0].startswith(batch.code)


def test_the_newest_come_first_although_a_word_stands_everywhere(client, lab, monkeypatch):
    monkeypatch.setattr(found, "NEWEST", 2)
    monkeypatch.setattr(found, "MOST", 2)
    batches = [make_batch(lab) for _ in range(6)]
    for batch in batches:
        say(batch, entry("note", "", "septum leaked"))
    assert [line.split()[0] for line in lines(client, "septum")][:2] == [
        batches[5].code,
        batches[4].code,
    ]


def test_more_than_a_few_are_said_to_be_more(client, lab):
    for _ in range(9):
        say(make_batch(lab), entry("note", "", "septum leaked"))
    page = search(client, "septum").content.decode()
    assert "More batches" in page
    assert "only=batches" in page
    assert len(re.findall(r'href="/b/NC-\d+/"', page)) == 8
    assert len(lines(client, "septum")) == 9


def test_the_panel_gets_the_list_alone_and_is_led_nowhere(client, lab):
    batch = make_batch(lab)
    answer = client.get("/search/", {"q": batch.code}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in answer.content.decode()
    assert f'href="/b/{batch.code}/"' in answer.content.decode()


def test_markup_in_a_note_stays_text(client, lab):
    say(make_batch(lab), entry("note", "", "<b>septum</b> & <script>x</script>"))
    page = search(client, "septum").content.decode()
    assert "&lt;b&gt;<mark>septum</mark>&lt;/b&gt; &amp; &lt;script&gt;" in page


def test_two_letters_find_codes_and_names_and_say_so(client, lab):
    say(make_batch(lab), entry("note", "", "ok"))
    page = search(client, "ok").content.decode()
    assert "from three letters on" in page
    assert not lines(client, "ok")


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; --", '"', "()", "a" * 500, "(a|b) [c", "₂"])
def test_signs_are_letters_like_others(client, lab, words):
    say(make_batch(lab), entry("note", "", "septum leaked"))
    assert search(client, words).status_code == 200
    assert not lines(client, f"sep{words[:5]}tum")


def test_an_unknown_kind_finds_nothing(client, lab):
    assert search(client, "septum", only="planets").status_code == 200


def test_a_kind_that_takes_too_long_is_given_up_and_said_to_be(client, lab, monkeypatch):
    make_batch(lab)
    slow = Batch.objects.annotate(slept=RawSQL("pg_sleep(20)::text", [])).exclude(slept="x")
    kind = Kind("batches", "Batches", lambda user: slow, lambda row: None, names=("state",))
    monkeypatch.setattr(found, "LONGEST_S", 0.1)
    monkeypatch.setattr(found, "KINDS", (kind, *KINDS[1:]))
    page = search(client, "nned").content.decode()
    assert "took too long" in page
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "0"


PLACES = [
    pytest.param(place, id=f"{place.rows.model.__name__}.{place.said}")
    for kind in KINDS
    for place in kind.places
]


# Takes every other index of a table away, until the test is rolled back.
ONLY_FOR_WORDS = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT x.indexrelid::regclass::text AS index, c.conname FROM pg_index x
    LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x')
    WHERE x.indrelid = '{0}'::regclass AND x.indexrelid::regclass::text !~ '(_words|history_searched)$'
  LOOP
    IF one.conname IS NULL THEN EXECUTE 'DROP INDEX ' || one.index;
    ELSE EXECUTE format('ALTER TABLE {0} DROP CONSTRAINT %I CASCADE', one.conname); END IF;
  END LOOP;
END $$"""


@pytest.mark.parametrize("place", PLACES)
def test_each_place_is_found_by_an_index(place):
    """Small tables are no excuse to read them whole."""
    with connection.cursor() as cursor:
        cursor.execute(ONLY_FOR_WORDS.format(place.rows.model._meta.db_table))
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = place.holding(Words("septum")).order_by().values("pk").explain()
    assert re.search(r"Bitmap Index Scan on \w*(_words|history_searched)\b", plan), plan


def test_a_search_asks_few_statements_however_much_there_is(
    client, lab, django_assert_max_num_queries
):
    for _ in range(4):
        say(make_batch(lab), entry("note", "", "septum leaked"))
    search(client, "septum")
    with django_assert_max_num_queries(60):
        search(client, "septum")
