"""A chemist uploads, watches, accepts and rejects in the browser's pages, without scripts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analysis.models import Analysis, Measurement, Outcome, PhaseAssignment
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, type_outcome
from labnotebook.demo.files import decay
from tests.analysis.factories import address, make_pixel, pl_file, run_jobs, text, upload
from tests.factories import join, make_person, make_project, owner_of

pytestmark = pytest.mark.django_db


def measured(subject, technique="pl", content=None, project=None):
    project = project or subject.project
    measurement = add_measurement(
        by=owner_of(project), subject=subject, technique=technique, upload=upload(content)
    )
    run_jobs("analyse")
    return measurement


def file(name="pl.csv", content=None):
    return SimpleUploadedFile(name, pl_file() if content is None else content)


def test_several_files_are_kept_at_once_with_a_guessed_technique(page, batch):
    xrd = b"2theta,counts\n" + b"\n".join(b"%d,%d" % (a, a) for a in range(10, 60))
    response = page.post(
        address("batch-files", batch.code),
        {"files": [file("a_PL.csv"), file("b.xy", xrd)], "technique": "guess"},
    )
    assert response.status_code == 302
    kept = Measurement.objects.filter(batch=batch).values_list("file__name", "technique")
    assert set(kept) == {("a_PL.csv", "pl"), ("b.xy", "xrd")}


def test_one_file_that_cannot_be_kept_never_holds_back_the_others_and_is_named(page, batch):
    sent = [file("a.csv"), file("broken export.csv", b"")]
    sent += [file("c.csv", pl_file(681)), file("d.csv", pl_file(682))]
    there = address("batch-files", batch.code)
    answer = page.post(there, {"files": sent, "technique": "pl"}, follow=True)
    kept = Measurement.objects.filter(batch=batch).values_list("file__name", flat=True)
    assert set(kept) == {"a.csv", "c.csv", "d.csv"}
    assert "broken export.csv is empty" in text(answer)
    assert "The other files are kept." in text(answer)


def test_the_technique_chosen_wins_over_the_guess(page, batch):
    page.post(
        address("batch-files", batch.code), {"files": [file("a_PL.csv")], "technique": "absorbance"}
    )
    assert Measurement.objects.get().technique == "absorbance"


def test_a_file_whose_technique_is_not_installed_any_more_is_still_shown(page, batch):
    measurement = measured(batch)
    Measurement.objects.update(technique="raman")
    there = address("measurement-detail", measurement.pk)
    shown = text(page.get(there))
    assert "raman of" in shown
    assert "The technique “raman” is not installed here any more." in shown
    assert "pl.csv" in shown
    assert "pl.csv" in text(page.get(address("batch-measurements", batch.code)))
    assert page.get(address("batch-files", batch.code)).status_code == 200
    again = page.post(address("measurement-analyse", measurement.pk), {"technique": "raman"})
    assert again.status_code == 422
    assert "install the package that brings the technique" in text(again)
    page.post(address("measurement-analyse", measurement.pk), {"technique": "pl"})
    measurement.refresh_from_db()
    assert measurement.technique == "pl"


def test_a_form_sent_twice_uploads_once(page, batch):
    for _ in range(2):
        page.post(
            address("batch-files", batch.code),
            {"files": [file()], "technique": "pl", "idempotency_key": "k1"},
        )
    assert Measurement.objects.count() == 1


def test_an_empty_file_is_refused_in_words_and_nothing_is_kept(page, batch):
    response = page.post(
        address("batch-files", batch.code), {"files": [file(content=b"")], "technique": "pl"}
    )
    assert response.status_code == 422
    assert "empty" in text(response)
    assert not Measurement.objects.exists()


def test_a_row_asks_again_until_its_analysis_has_ended(page, batch):
    page.post(address("batch-files", batch.code), {"files": [file()], "technique": "pl"})
    measurement = Measurement.objects.get()
    row = address("measurement-row", measurement.pk)
    assert "every 1s" in text(page.get(address("batch-files", batch.code)))
    assert "every 1s" in text(page.get(row))
    run_jobs("analyse")
    ended = text(page.get(row))
    assert "every" not in ended
    assert "done" in ended
    assert "686" in ended


def test_the_measurement_page_waits_then_shows_curve_and_figures(page, batch):
    measurement = add_measurement(
        by=owner_of(batch.project), subject=batch, technique="pl", upload=upload()
    )
    here = address("measurement-detail", measurement.pk)
    assert 'hx-trigger="every 1s"' in text(page.get(here))
    run_jobs("analyse")
    ended = text(page.get(here))
    assert 'hx-trigger="every' not in ended
    assert "<xy-chart" in ended
    assert 'class="chart' in ended
    assert "not yet accepted" in ended
    assert measurement.file.sha256[:8] in ended


def test_the_chart_is_fed_with_data_fit_and_residual(page, batch):
    measurement = measured(batch)
    chart = page.get(address("measurement-data", measurement.pk)).json()
    assert [s["label"] for s in chart["series"]] == ["measured", "fit", "background"]
    assert (chart["x"]["label"], chart["x"]["unit"]) == ("Wavelength", "nm")
    assert chart["residual"]["y"]
    assert chart["marks"][0]["label"].endswith("nm")


def test_the_page_of_a_decay_says_how_many_exponentials_were_tried_and_why_no_more(page, batch):
    measurement = measured(batch, "trpl", decay(79.3, seed=1))
    shown = text(page.get(address("measurement-detail", measurement.pk)))
    card = shown.split("How many exponentials")[1].split("</section>")[0]
    tried = measurement.analyses.get().result["detail"]["rivals"]
    assert len(tried) > 1
    assert card.count('<th scope="row">') == len(tried)
    assert all(f"{one['bic']:.0f}" in card for one in tried)
    assert tried[-1]["rejected"] in card


def test_a_lifetime_that_was_not_reached_is_shown_as_a_bound_and_never_accepted(client):
    pixel = make_pixel()
    project = pixel.device.project
    client.force_login(owner_of(project))
    rows = "\n".join(f"{h / 10:g},{500 * 0.98 ** (h / 10):.2f}" for h in range(121))
    trace = measured(pixel, "lifetime", f"Time (h),Luminance (cd/m2)\n{rows}\n".encode(), project)
    shown = text(client.get(address("measurement-detail", trace.pk)))
    assert "over" in shown
    assert "T50 is not reached in 12 h" in shown
    accept_analysis(by=owner_of(project), analysis=trace.analyses.get())
    assert set(Outcome.objects.values_list("quantity", flat=True)) == {
        "t80_h",
        "initial_luminance_cd_m2",
    }


def test_accepting_on_the_page_makes_outcomes(page, batch):
    measurement = measured(batch)
    response = page.post(address("measurement-accept", measurement.pk), {"v": "1"}, follow=True)
    assert "accepted" in text(response)
    assert Outcome.objects.filter(batch=batch, quantity="pl_peak_nm").exists()


def test_rejecting_without_a_reason_is_refused_on_the_page(page, batch):
    measurement = measured(batch)
    response = page.post(address("measurement-reject", measurement.pk), {"v": "1", "reason": ""})
    assert response.status_code == 422
    assert "Say why" in text(response)
    page.post(address("measurement-reject", measurement.pk), {"v": "1", "reason": "wrong slit"})
    assert measurement.analyses.get().rejected_reason == "wrong slit"


def test_other_settings_make_a_second_run_and_the_first_can_still_be_seen(page, batch):
    measurement = measured(batch)
    page.post(
        address("measurement-analyse", measurement.pk),
        {"v": "1", "from_nm": "640", "shape": "auto", "technique": "pl"},
    )
    run_jobs("analyse")
    assert measurement.analyses.get(number=2).parameters == {"from_nm": 640.0, "shape": "auto"}
    first = text(page.get(address("measurement-detail", measurement.pk) + "?v=1"))
    assert '<span class="right">v1</span>' in first


def test_a_setting_that_makes_no_sense_is_refused_on_the_page(page, batch):
    measurement = measured(batch)
    response = page.post(address("measurement-analyse", measurement.pk), {"v": "1", "from_nm": "1"})
    assert response.status_code == 422
    assert "150 to 5000" in text(response)


def test_a_wrong_technique_is_corrected_and_analysed_again(page, batch):
    measurement = measured(batch, technique="xrd")
    assert measurement.analyses.get().state == "failed"
    page.post(address("measurement-analyse", measurement.pk), {"v": "1", "technique": "pl"})
    run_jobs("analyse")
    assert measurement.analyses.get(number=2).state == "done"


def test_a_failed_analysis_says_why_and_offers_to_try_again(page, batch):
    measurement = measured(batch, content=b"\x89PNG\r\n\x1a\n" + bytes(99))
    shown = text(page.get(address("measurement-detail", measurement.pk)))
    assert "PNG picture" in shown
    assert "Analyse again" in shown


def test_a_viewer_sees_the_page_without_its_buttons_and_cannot_write(client, batch):
    measurement = measured(batch)
    client.force_login(join(batch.project, "viewer"))
    shown = text(client.get(address("measurement-detail", measurement.pk)))
    assert "686" in shown
    assert "Accept" not in shown.split('id="main"')[1]
    response = client.post(address("measurement-accept", measurement.pk), {"v": "1"})
    assert response.status_code in (403, 422)
    assert not Outcome.objects.exists()


def test_a_number_is_typed_on_the_batch_page(page, batch):
    response = page.post(
        address("batch-number", batch.code),
        {"quantity": "plqy_percent", "value": "98", "uncertainty": "2", "note": "sphere"},
    )
    assert response.status_code == 302
    assert Outcome.objects.get().typed_text == "98"
    refused = page.post(
        address("batch-number", batch.code), {"quantity": "plqy_percent", "value": "120"}
    )
    assert refused.status_code == 422
    assert "0 to 100" in text(refused)


def test_a_phase_is_said_from_other_evidence(page, batch):
    said = {"phase": "gamma", "evidence": "hrtem", "structure": "seed_core"}
    page.post(address("batch-phase", batch.code), {**said, "reason": "HRTEM fringes"})
    assert PhaseAssignment.objects.get().reason == "HRTEM fringes"


def test_the_strip_shows_numbers_where_they_come_from_and_dashes_elsewhere(page, batch):
    measurement = measured(batch)
    strip = address("batch-outcomes", batch.code)
    assert "read, not yet accepted" in text(page.get(strip))
    accept_analysis(by=owner_of(batch.project), analysis=measurement.analyses.get())
    shown = text(page.get(strip, headers={"HX-Request": "true"}))
    assert "686" in shown
    assert address("measurement-detail", measurement.pk) in shown
    assert shown.count("not measured") >= 3
    assert "<html" not in shown


def test_the_panel_shows_rates_with_an_interval(page, batch):
    by = owner_of(batch.project)
    type_outcome(by=by, subject=batch, quantity="plqy_percent", text="98", uncertainty_text="2")
    type_outcome(by=by, subject=batch, quantity="lifetime_ns", text="79.3", uncertainty_text="1")
    shown = text(page.get(address("batch-measurements", batch.code)))
    assert "<em>k</em><sub>nr</sub>" in shown
    assert "12.4" in shown or "12.36" in shown


@pytest.mark.parametrize(
    "name", ["batch-outcomes", "batch-measurements", "batch-forecast", "batch-files"]
)
def test_an_empty_batch_has_designed_panels(page, batch, name):
    response = page.get(address(name, batch.code))
    assert response.status_code == 200
    assert text(response).count("<h1") == 1


def test_the_device_panel_shows_pixels(client):
    pixel = make_pixel()
    project = pixel.device.project
    client.force_login(owner_of(project))
    type_outcome(by=owner_of(project), subject=pixel, quantity="eqe_percent", text="24.6")
    shown = text(client.get(address("device-measurements", pixel.device.code)))
    assert "24.6" in shown
    assert address("pixel-files", pixel.device.code, pixel.label) in shown
    assert client.get(address("device-files", pixel.device.code)).status_code == 200


def test_a_file_comes_back_as_it_was_and_never_runs(page, batch):
    content = b"<html><script>alert(1)</script>"
    measurement = measured(batch, content=content)
    here = address("file-download", measurement.file_id)
    response = page.get(here)
    assert b"".join(response.streaming_content) == content
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert page.get(here, headers={"If-None-Match": response["ETag"]}).status_code == 304


def addresses_of(measurement):
    code, pk = measurement.batch.code, measurement.pk
    posts = ["measurement-accept", "measurement-reject", "measurement-analyse"]
    return {
        "GET": [
            address("measurement-detail", pk),
            address("measurement-row", pk),
            address("measurement-data", pk),
            address("file-download", measurement.file_id),
            *(
                address(name, code)
                for name in (
                    "batch-files",
                    "batch-outcomes",
                    "batch-measurements",
                    "batch-forecast",
                )
            ),
        ],
        "POST": [
            *(address(name, pk) for name in posts),
            *(address(name, code) for name in ("batch-files", "batch-number", "batch-phase")),
        ],
    }


def test_a_sweep_is_drawn_against_its_own_current_density(client):
    from analysis.techniques.jvl.drawing import efficiency_against_density

    pixel = make_pixel(area_mm2="4")
    project = pixel.device.project
    client.force_login(owner_of(project))
    rows = [
        (v / 10, 1e-9 * 10 ** (v / 10), 10 ** (v / 10 - 2), 5.0 + v / 100) for v in range(10, 60)
    ]
    head = "voltage (V),current (A),luminance (cd/m2),EQE (%)\n"
    content = head + "\n".join(",".join(f"{x:.6g}" for x in row) for row in rows)
    measurement = measured(pixel, "jvl", content.encode(), project)
    analysis = measurement.analyses.get()
    assert analysis.state == "done", analysis.failure
    density, eqe = efficiency_against_density(analysis.drawn())
    assert density[-1] == pytest.approx(1e-9 * 10**5.9 * 1e3 / 0.04, rel=1e-3)  # 4 mm² = 0.04 cm²
    assert eqe[-1] == pytest.approx(5.59, rel=1e-3)
    accept_analysis(by=owner_of(project), analysis=analysis)
    shown = text(client.get(address("device-measurements", pixel.device.code)))
    assert "Current density / mA cm⁻²" in shown


def test_strangers_find_nothing_and_nobody_is_sent_to_sign_in(client, batch):
    measurement = measured(batch)
    pages = addresses_of(measurement)
    everything = [("get", one) for one in pages["GET"]] + [("post", one) for one in pages["POST"]]
    for method, one in everything:
        assert getattr(client, method)(one).status_code in (302, 401, 403), one
    client.force_login(make_person())
    for method, one in everything:
        assert getattr(client, method)(one).status_code == 404, one


def test_a_batch_with_many_measurements_asks_the_database_few_questions(
    page, batch, django_assert_max_num_queries
):
    for number in range(15):
        measurement = add_measurement(
            by=owner_of(batch.project), subject=batch, technique="pl", upload=upload()
        )
        measurement.analyses.update(state="failed", failure=f"test {number}")
    page.get("/help/")  # notes the session, which the next minute does not
    for name in ("batch-measurements", "batch-outcomes", "batch-forecast", "batch-files"):
        # two of them session and person, one the quantities that the lab added
        with django_assert_max_num_queries(10):
            assert page.get(address(name, batch.code)).status_code == 200
    with django_assert_max_num_queries(8):
        page.get(address("measurement-detail", Analysis.objects.first().measurement_id))


def test_a_device_with_many_pixels_asks_the_database_few_questions(
    client, django_assert_max_num_queries
):
    project = make_project()
    pixel = make_pixel(project)
    client.force_login(owner_of(project))
    from labnotebook.records.history import recorded

    with recorded("test", "test"):
        for number in range(2, 14):
            pixel.device.pixels.create(label=f"P{number}", area_mm2=4)
    with django_assert_max_num_queries(9):
        client.get(address("device-measurements", pixel.device.code))


def test_the_history_of_a_batch_tells_every_number_that_stood(client):
    from analysis.services.outcomes import type_outcome
    from tests.factories import make_made_batch, owner_of

    batch = make_made_batch()
    person = owner_of(batch.project)
    for typed in ("97.3", "98"):
        type_outcome(by=person, subject=batch, quantity="plqy_percent", text=typed)
    client.force_login(person)
    page = client.get(f"/b/{batch.code}/changes/").content.decode()
    assert "typed PLQY 97.3" in page
    assert "PLQY 98\u202f% instead of 97.3" in page
    assert person.username in page
    assert f"/b/{batch.code}/changes/" in client.get(f"/b/{batch.code}/history/").content.decode()
