"""Text that would be a script or a tag anywhere stays text: in every field that holds any, on every page.

Every text of a filled lab is replaced in the database by one of a hundred strings that try to break out of where they
are shown. Each would leave an element with ``data-h`` behind, also where the browser refuses the script.
"""

import pytest

from tests.browser.pages import filled_lab, pages_of
from tests.factories import make_person
from tests.hostile_text import write_hostile_text

pytestmark = pytest.mark.django_db(transaction=True)

BREAKOUTS = (
    "",
    '">',
    "'>",
    "</script>",
    "</textarea></title></style>",
    "-->",
    "]]>",
    "`}}",
    "\\u003e",
    "&gt;",
)
ELEMENTS = (
    "<img data-h src=x onerror=alert(1)>",
    "<svg data-h onload=alert(1)>",
    "<b data-h onmouseover=alert(1)>x</b>",
    "<script data-h>alert(1)</script>",
    "<details data-h open ontoggle=alert(1)>",
    "<iframe data-h srcdoc='<script>alert(1)</script>'>",
    "<a data-h href=javascript:alert(1)>x</a>",
    "<input data-h autofocus onfocus=alert(1)>",
    "<math data-h><mtext><style><img src onerror=alert(1)>",
    '" data-h autofocus onfocus=alert(1) x="',
)
CORPUS = [breakout + element for element in ELEMENTS for breakout in BREAKOUTS]
FOUND = """() => ({
  injected: [...document.querySelectorAll("[data-h], [onerror], [onload], [ontoggle], [onfocus]")].map((el) => el.outerHTML),
  shown: document.body.innerText + [...document.querySelectorAll("input, textarea")].map((el) => el.value).join(" "),
})"""


def test_no_text_of_anybody_becomes_an_element_or_a_script(browser_page, live_server, sign_in):
    person = make_person()
    lab = filled_lab(person)
    write_hostile_text(CORPUS)
    dialogs, injected, seen = [], [], set()
    browser_page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    sign_in(browser_page, person)
    for path in pages_of(lab):
        answer = browser_page.goto(live_server.url + path)
        assert answer.status == 200, path
        found = browser_page.evaluate(FOUND)
        injected += [(path, element) for element in found["injected"]]
        seen |= {text for text in CORPUS if text in found["shown"]}
    assert dialogs == []
    assert injected == []
    assert len(seen) > 0.9 * len(CORPUS)
