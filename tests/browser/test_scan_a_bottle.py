"""A bottle is scanned at the bench: by a hand scanner, which is a keyboard, and by the tablet's camera."""

import pytest
from playwright.sync_api import expect

from synthesis.models import Chemical
from synthesis.services.bench import record_events
from synthesis.services.materials import add_bottle
from tests.browser.bench import Hand
from tests.factories import entry, make_batch

pytestmark = pytest.mark.django_db(transaction=True)

# Desktop Chromium has no reader of codes on every system: this one reads what the test holds before it,
# once the (fake) camera gives a picture.
READER = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    window.looked = (window.looked || 0) + 1;
    return video.videoWidth && window.label ? [{ rawValue: window.label }] : [];
  }
};
"""


@pytest.fixture
def bottles(person, project):
    """Two bottles of lead iodide, and one of calcium iodide."""
    salts = [
        Chemical.objects.get(slug=slug) for slug in ("lead-iodide", "lead-iodide", "calcium-iodide")
    ]
    return [add_bottle(by=person, project=project, chemical=salt) for salt in salts]


@pytest.fixture
def hand(browser_page, live_server, sign_in, person, batch, bottles):
    return Hand(sign_in(browser_page, person), live_server.url, batch.code)


def scan(hand, text):
    """Type as a hand scanner does: all at once, with Enter behind it."""
    hand.page.keyboard.type(text)
    hand.page.keyboard.press("Enter")


def poured(batch, key):
    material = batch.additions.get(key=key).material
    return material.code if material else ""


def expect_bottle(hand, code):
    """Expect that the bottle is shown as confirmed, and saved."""
    expect(hand.place.locator(".bottle")).to_contain_text(code)
    expect(hand.place.locator(".bottle")).to_have_attribute("data-s", "ok")
    hand.saved()


@pytest.mark.parametrize("way", ["code", "address"])
def test_a_scan_with_no_field_focused_takes_the_bottle(hand, batch, bottles, live_server, way):
    code = bottles[1].code
    hand.go("load.pbi2/")
    hand.place.locator("h2").focus()
    scan(hand, code if way == "code" else f"{live_server.url}/q/{code}/")
    expect_bottle(hand, code)
    assert poured(batch, "pbi2") == code
    expect(hand.field).to_have_value("")
    hand.go("load.pbi2/")  # nothing of the code comes back as a draft
    expect(hand.field).to_have_value("")


def test_a_scan_into_the_amount_leaves_what_was_typed_there(hand, batch, bottles, live_server):
    hand.go("load.pbi2/")
    hand.field.press_sequentially("173.9")
    scan(hand, f"{live_server.url}/q/{bottles[0].code}/")
    expect_bottle(hand, bottles[0].code)
    expect(hand.field).to_have_value("173.9")
    assert poured(batch, "pbi2") == bottles[0].code
    assert batch.additions.get(key="pbi2").weighed_value is None
    hand.tap(hand.button("Record"))
    hand.saved()
    assert batch.additions.get(key="pbi2").weighed_text == "173.9"


@pytest.fixture
def proposed(person, project, batch, bottles):
    """The first bottle of lead iodide was poured last time, so it is the one that is proposed."""
    before = make_batch(project, by=person)
    record_events(
        by=person,
        batch=before,
        events=[entry("weighing", "pbi2", {"text": "173.4", "lot": bottles[0].code})],
    )
    return bottles[0].code


def test_the_bottle_that_was_scanned_stands_where_another_is_proposed(
    hand, batch, bottles, proposed
):
    """Also before the server has answered: its proposal is still on the page then."""
    hand.go("load.pbi2/")
    expect(hand.button("Record")).to_have_accessible_name(f"Record PbI2 from {proposed}")
    hand.page.route("**/events/", lambda route: None)
    scan(hand, bottles[1].code)
    expect(hand.place.locator(".bottle")).to_have_attribute("data-s", "ok")
    expect(hand.button("Record")).to_have_accessible_name("Record PbI2")
    hand.field.fill("173.4")
    hand.tap(hand.button("Record"))
    hand.page.unroute_all()
    hand.go("load.pbi2/")
    hand.saved()
    assert poured(batch, "pbi2") == bottles[1].code
    assert batch.additions.get(key="pbi2").weighed_text == "173.4"


def test_an_amount_is_recorded_without_the_bottle_that_is_proposed(hand, batch, proposed):
    hand.go("load.pbi2/")
    hand.field.fill("173.4")
    hand.place.locator(".others summary").click()
    hand.tap(hand.place.get_by_role("button", name="Record the amount without a bottle"))
    hand.saved()
    assert batch.additions.get(key="pbi2").weighed_text == "173.4"
    assert poured(batch, "pbi2") == ""


def test_an_address_in_the_bottle_field_is_its_code(hand, batch, bottles, live_server):
    hand.go("load.pbi2/")
    hand.place.locator(".others summary").click()
    hand.place.locator("input[data-scan]").focus()
    scan(hand, f"{live_server.url}/q/{bottles[1].code}/")
    expect_bottle(hand, bottles[1].code)
    expect(hand.place.locator(".others")).not_to_have_attribute("open", "")
    assert poured(batch, "pbi2") == bottles[1].code


def test_a_wrong_bottle_is_refused_in_words_at_its_place(hand, batch, bottles):
    hand.go("load.pbi2/")
    scan(hand, bottles[2].code)
    refused = hand.place.get_by_role("alert")
    expect(refused).to_contain_text("was not taken")
    expect(refused).to_contain_text("holds no Pb")
    assert poured(batch, "pbi2") == ""


def test_a_scan_where_no_bottle_is_asked_for_says_so(hand, bottles):
    hand.go("degas/")
    hand.place.locator("h2").focus()
    scan(hand, bottles[0].code)
    expect(hand.page.locator("#toasts")).to_contain_text("no bottle is asked for here")


def test_a_note_takes_a_code_as_text(hand, batch, bottles):
    hand.go("load.pbi2/")
    hand.page.evaluate("document.getElementById('drawer-note').hidden = false")
    note = hand.page.locator("#drawer-note .line").first
    note.focus()
    hand.page.keyboard.type(f"like {bottles[0].code}")
    expect(note).to_have_value(f"like {bottles[0].code}")
    assert poured(batch, "pbi2") == ""


@pytest.fixture
def reading(hand):
    """The bench with a camera that may be used, and a browser that reads codes."""
    hand.page.context.grant_permissions(["camera"])
    hand.page.add_init_script(READER)
    hand.go("load.pbi2/")
    hand.place.locator(".others summary").click()
    return hand


def test_the_camera_reads_a_label_in_place(reading, batch, bottles, live_server):
    reading.place.get_by_role("button", name="Scan with the camera").click()
    expect(reading.place.locator("video")).to_be_visible()
    reading.page.evaluate("label => { window.label = label; }", "https://example.org/tea")
    expect(reading.place.get_by_role("alert")).to_contain_text("no label of the notebook")
    label = f"{live_server.url}/q/{bottles[1].code}/"
    reading.page.evaluate("label => { window.label = label; }", label)
    expect_bottle(reading, bottles[1].code)
    expect(reading.page.locator("video")).to_have_count(0)
    assert poured(batch, "pbi2") == bottles[1].code


def test_the_camera_is_off_when_its_place_is_left(reading):
    reading.place.get_by_role("button", name="Scan with the camera").click()
    video = reading.place.locator("video")
    expect(video).to_be_visible()
    track = video.evaluate_handle("video => video.srcObject.getTracks()[0]")
    assert track.evaluate("track => track.readyState") == "live"
    reading.place.locator(".others summary").click()
    expect(reading.page.locator("video")).to_have_count(0)
    assert track.evaluate("track => track.readyState") == "ended"


def test_a_forbidden_camera_is_said(reading):
    reading.page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException("no", "NotAllowedError"); }; }"""
    )
    reading.place.get_by_role("button", name="Scan with the camera").click()
    expect(reading.place.get_by_role("alert")).to_contain_text("may not use the camera")


def test_without_a_reader_of_codes_no_camera_is_offered(hand):
    hand.page.add_init_script("delete window.BarcodeDetector;")
    hand.go("load.pbi2/")
    hand.place.locator(".others summary").click()
    expect(hand.place.locator("input[data-scan]")).to_be_visible()
    expect(hand.page.locator(".camera")).to_have_count(0)
