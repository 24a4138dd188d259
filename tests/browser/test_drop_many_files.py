"""Drop many files into the inbox: each is sent by itself; what was not sent is named and may be dropped again."""

import pytest
from playwright.sync_api import expect

from analysis.models import InboxFile, Measurement
from labnotebook.records.models import StoredFile
from tests.analysis.factories import pl_file

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_files_are_sent_one_by_one_and_a_loss_doubles_nothing(
    browser_page, live_server, sign_in, complaints, person, batch
):
    complaints.allow("ERR_INTERNET_DISCONNECTED")
    names = [f"{batch.code}_PL.csv", "day 3.csv", f"{batch.code}_abs.csv", f"{batch.code}_EL.csv"]
    files = [
        {"name": name, "mimeType": "text/csv", "buffer": pl_file(660 + n)}
        for n, name in enumerate(names)
    ]
    sign_in(browser_page, person)
    browser_page.goto(f"{live_server.url}/files/")
    sent = []

    def lose_the_third(route):
        sent.append(route)
        if len(sent) == 3:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    browser_page.route("**/api/v1/inbox/", lose_the_third)
    browser_page.get_by_label("Files", exact=True).set_input_files(files)
    browser_page.get_by_role("button", name="Send", exact=True).click()
    status = browser_page.locator(".sending [role=status]")
    expect(status).to_contain_text("2 of 4 sent: 1 filed, 1 waiting below.")
    expect(status).to_contain_text(f"Not sent: {names[2]}, {names[3]}.")
    expect(browser_page.locator("#waiting")).to_contain_text("day 3.csv")
    browser_page.reload()
    expect(status).to_contain_text(f"2 of the last files were not sent: {names[2]}, {names[3]}.")
    browser_page.get_by_label("Files", exact=True).set_input_files(files)
    browser_page.get_by_role("button", name="Send", exact=True).click()
    expect(status).to_have_text("4 of 4 sent: 2 here already, 2 filed.")
    assert (Measurement.objects.count(), InboxFile.objects.count()) == (3, 1)
    assert StoredFile.objects.count() == len(files)
    row = browser_page.locator("#waiting li")
    row.get_by_label("Technique").select_option("pl")
    row.get_by_label("Is of").fill(batch.code)
    row.get_by_label("Is of").press("Enter")
    expect(browser_page.get_by_text(f"day 3.csv is filed with {batch.code}")).to_be_visible()
    expect(browser_page.get_by_text("Nothing waits")).to_be_visible()


def test_more_files_than_go_at_once_are_said_before_anything_is_sent(
    browser_page, live_server, sign_in, person, batch, settings
):
    files = [
        {"name": f"{n}_PL.csv", "mimeType": "text/csv", "buffer": pl_file(650 + n)}
        for n in range(4)
    ]
    sign_in(browser_page, person)
    browser_page.goto(f"{live_server.url}/b/{batch.code}/files/")
    drop = browser_page.locator("file-drop")
    assert drop.get_attribute("data-most") == str(settings.MOST_FILES_AT_ONCE)
    expect(browser_page.get_by_role("button", name="Send the first")).to_be_hidden()
    drop.evaluate("drop => { drop.dataset.most = 2 }")
    browser_page.get_by_label("Instrument files").set_input_files(files)
    told = browser_page.locator(".too-many")
    expect(told).to_contain_text("4 files are chosen, and 2 go at once. Nothing is sent yet.")
    browser_page.get_by_role("button", name="Upload and analyse").click()
    assert not Measurement.objects.exists()
    browser_page.get_by_role("button", name="Send the first").click()
    expect(told).to_contain_text("2 of the files that were chosen are not sent yet")
    expect(told).to_contain_text("2_PL.csv, 3_PL.csv")
    assert {one.file.name for one in Measurement.objects.all()} == {"0_PL.csv", "1_PL.csv"}
