"""A file whose columns nobody can tell shows its lines; a person says them once, and the next one is read."""

import numpy as np
import pytest

from analysis.models import ColumnMapping
from analysis.readers.preview import preview_of
from analysis.reading import UnreadableFile
from analysis.services.column_mappings import remember_columns, say_columns
from analysis.services.measurements import add_measurement
from analysis.services.whole import whole_drawn
from analysis.techniques.files import read
from labnotebook.records.history import recorded
from labnotebook.records.models import Revision
from labnotebook.records.refusals import Refusal
from labnotebook.records.services import jobs
from tests.analysis.factories import address, make_batch, make_pixel, text, upload
from tests.factories import Api, owner_of

SAID = "- | voltage (V) | current density (mA/cm2) | luminance (cd/m2)"


def sweep(number: int = 7, head: str = "Nr;Kanal A;Kanal B;Kanal C") -> bytes:
    """A sweep as a program of the lab's own writes it: no head that says a quantity or a unit."""
    v = np.arange(0, 6.05, 0.1)
    density = 1e-3 * np.exp(1.8 * v) * (1 + number / 100)
    light = np.where(v > 2.2, 40 * density, 0.0)
    rows = "\n".join(
        f"{n};{a:.2f};{b:.6g};{c:.6g}"
        for n, (a, b, c) in enumerate(zip(v, density, light, strict=True))
    )
    return f"Messplatz 2, Lauf {number}\n{head}\n{rows}\n".encode()


def test_what_cannot_be_read_is_shown_with_its_line_and_columns():
    with pytest.raises(UnreadableFile) as refused:
        read(sweep(), "run.csv", "jvl")
    preview = refused.value.preview
    assert preview.lines[:3] == (
        (1, "Messplatz 2, Lauf 7"),
        (2, "Nr;Kanal A;Kanal B;Kanal C"),
        (3, "0;0.00;0.00107;0"),
    )
    assert [column[0] for column in preview.columns] == ["Nr", "Kanal A", "Kanal B", "Kanal C"]
    assert preview.columns[1][1:] == ("0.00", "0.10", "0.20")


def test_said_heads_give_what_a_file_with_those_heads_gives():
    said = read(sweep(), "run.csv", "jvl", {"columns": SAID})
    head = "Nr;voltage (V);current density (mA/cm2);luminance (cd/m2)"
    proper = read(sweep(head=head), "run.csv", "jvl")
    for name in ("voltage", "current_density", "luminance"):
        assert np.array_equal(said.channel(name).values, proper.channel(name).values)
        assert said.channel(name).unit == proper.channel(name).unit
    assert len(said.channels) == 3


def test_units_of_said_heads_count():
    said = read(
        sweep(), "run.csv", "jvl", {"columns": "- | voltage (mV) | current density (A/cm2) | -"}
    )
    assert said.channel("voltage").values[10] == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("voltage (V) | current (mA)", "names 2 columns; the table in this file has 4"),
        ("- | - | - | -", "fewer than two"),
        ("- | colour | taste | smell", "needs voltage"),
    ],
)
def test_heads_that_do_not_fit_are_refused_in_words(columns, says):
    with pytest.raises(UnreadableFile, match=says):
        read(sweep(), "run.csv", "jvl", {"columns": columns})


def test_files_of_a_kind_differ_in_numbers_only():
    def kind(content):
        return preview_of(content.decode().split("\n")).kind

    assert kind(sweep(7)) == kind(sweep(12))
    assert kind(sweep(7)) != kind(sweep(7, head="Nr;Kanal B;Kanal A;Kanal C"))
    assert kind(b"\n".join(sweep().split(b"\n")[2:])) == ""  # nothing above the numbers tells


def test_a_mapping_is_for_files_that_say_too_little_and_is_said():
    kind = preview_of(sweep(7).decode().split("\n")).kind
    mapped = read(sweep(12), "run.csv", "jvl", mappings={kind: SAID})
    assert mapped.channel("voltage").values[10] == pytest.approx(1.0)
    assert "as was said of an earlier file with the same head" in mapped.warnings[0]
    named = b"voltage (V);luminance (cd/m2);current density (mA/cm2)\n" + b"\n".join(
        b"%d;%d;%d" % (n, 10 * n, n) for n in range(9)
    )
    kind = preview_of(named.decode().split("\n")).kind
    own = read(named, "run.csv", "jvl", mappings={kind: "luminance (cd/m2) | voltage (V) | -"})
    assert own.channel("luminance").values[1] == 10  # its own heads count


@pytest.mark.parametrize(
    "content", [b"", b"no table\nat all", b"1;2\n" * 3, b"a;b\n" + b"1;2;3\n" * 60]
)
def test_any_text_has_a_preview_or_none(content):
    preview = preview_of(content.decode().split("\n"))
    assert len(preview.lines) <= 12
    assert all(len(column) <= 4 for column in preview.columns)


@pytest.fixture
def failed(db):
    """A sweep that could not be read, as the worker leaves it."""
    pixel = make_pixel()
    measurement = add_measurement(
        by=owner_of(pixel.device.project),
        subject=pixel,
        technique="jvl",
        upload=upload(sweep(), "a.csv"),
    )
    jobs.run(measurement.analyses.get().job_id)
    return measurement


def test_a_person_says_it_on_the_page_and_the_next_file_is_read(client, failed):
    person = owner_of(failed.project)
    client.force_login(person)
    here = address("measurement-detail", failed.pk)
    shown = text(client.get(here))
    assert "Messplatz 2, Lauf 7" in shown
    assert "Column 3, “Kanal B”" in " ".join(shown.split())
    columns = ["", "voltage (V)", "current density (mA/cm2)", "luminance (cd/m2)"]
    sent = client.post(
        address("measurement-analyse", failed.pk), {"column": columns, "remember": "on", "v": "1"}
    )
    assert sent.status_code == 302
    again = failed.analyses.get(number=2)
    assert again.parameters["columns"] == SAID
    assert ColumnMapping.objects.get().columns == SAID
    following = add_measurement(
        by=person, subject=failed.pixel, technique="jvl", upload=upload(sweep(12), "b.csv")
    )
    jobs.run(following.analyses.get().job_id)
    run = following.analyses.get()
    assert run.state == "done", run.failure
    assert "as was said of an earlier file" in " ".join(run.reading["warnings"])
    assert run.provenance["columns"] == SAID
    assert {one["quantity"] for one in run.result["figures"]} >= {"turn_on_v", "luminance_cd_m2"}


def test_it_is_remembered_by_api_once_for_each_kind(failed):
    api = Api(owner_of(failed.project))
    where = f"measurements/{failed.pk}/analyse/"
    for said in (SAID, SAID.replace("cd/m2", "mcd/m2")):
        body = {"parameters": {"columns": said}, "remember": True}
        assert api.post(where, body).status_code == 201
    mapping = ColumnMapping.objects.get()
    assert mapping.columns == SAID.replace("cd/m2", "mcd/m2")
    told = [(one.actor, one.reason) for one in Revision.objects.of(mapping)]
    assert told == [(api.person.username, "columns remembered")] * 2
    refused = api.post(where, {"remember": True})
    assert refused.status_code == 400
    assert "Say which column is what" in refused.json()["detail"]


def test_what_has_no_head_cannot_be_remembered(db):
    batch = make_batch()
    by = owner_of(batch.project)
    measurement = add_measurement(
        by=by, subject=batch, technique="pl", upload=upload(b"x", "x.csv")
    )
    with pytest.raises(Refusal, match="Nothing stands above the numbers"):
        remember_columns(by=by, measurement=measurement, columns="wavelength (nm) | intensity")
    run = say_columns(by=by, measurement=measurement, names=["wavelength (nm)", "a|b", ""])
    assert run.parameters["columns"] == "wavelength (nm) | a b | -"


def remembered(by, project, technique, content, columns):
    kind = preview_of(content.decode().split("\n")).kind
    with recorded(by, "test"):
        return ColumnMapping.objects.create(
            project=project, technique=technique, kind=kind, columns=columns, created_by=by
        )


def test_a_long_file_is_taken_home_by_the_heads_that_its_run_had(db):
    batch = make_batch()
    by = owner_of(batch.project)
    x = np.linspace(600, 780, 9000)
    y = 20 + 20_000 * np.exp(-0.5 * ((x - 690) / 14) ** 2)
    rows = "\n".join(f"{n};{a:.3f};{b:.1f}" for n, (a, b) in enumerate(zip(x, y, strict=True)))
    content = f"Messplatz 3\nNr;Kanal A;Kanal B\n{rows}\n".encode()
    mapping = remembered(by, batch.project, "pl", content, "- | wavelength (nm) | intensity")
    measurement = add_measurement(
        by=by, subject=batch, technique="pl", upload=upload(content, "long.txt")
    )
    jobs.run(measurement.analyses.get().job_id)
    run = measurement.analyses.get()
    assert run.provenance["columns"] == mapping.columns, run.failure
    for said in (mapping.columns, "wavelength (nm) | - | intensity"):
        with recorded(by, "test"):
            mapping.lock().set_fields(columns=said)
        drawn, missing = whole_drawn(run)
        assert (missing, len(drawn.channels[0]["values"])) == ("", 9000)
        assert drawn.channels[0]["values"][0] == pytest.approx(600)
