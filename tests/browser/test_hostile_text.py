"""Text that would be a script or a tag anywhere stays text: in every field that holds any, on every page.

Every text of a filled lab is replaced in the database by one of a hundred strings that try to break out of where they
are shown. Each would leave an element with ``data-h`` behind, also where the browser refuses the script.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Field, JSONField, Model, TextField

from tests.browser.pages import filled_lab, pages_of
from tests.factories import make_person

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
# What a person writes, by the ends of the names of columns and of keys in JSON. Others name records or rules.
WRITTEN = (
    "name", "title", "description", "note", "reason", "text", "label", "place", "supplier", "hazards", "source", "optics",
    "response", "conditions", "instrument", "sentence", "origin", "colour", "because", "why", "browser", "said", "failure",
    "error", "number", "message", "warning", "verdict", "doi", "citation", "assumption", "unknown",
)  # fmt: skip
# Columns and keys of such a name that name records or rules all the same.
NAMES = {
    "thickness_source",
    "auth.Permission.name",
    "records.Revision.table_name",
    "records.Signature.table_name",
    "synthesis.StepParameter.name",
    "synthesis.StepRunParameter.name",
    "devices.Pixel.label",
    "analysis.Forecast.model_name",
    "analysis.HistoryNumber.name",
}
ROOMS = ("auth", "records", "synthesis", "devices", "analysis", "talk", "webhooks")
FOUND = """() => ({
  injected: [...document.querySelectorAll("[data-h], [onerror], [onload], [ontoggle], [onfocus]")].map((el) => el.outerHTML),
  shown: document.body.innerText + [...document.querySelectorAll("input, textarea")].map((el) => el.value).join(" "),
})"""


def is_written(name: str) -> bool:
    return name.endswith(WRITTEN) and name not in NAMES


def columns_of(model: type[Model]) -> Iterator[Field[Any, Any]]:
    """Yield the columns of a table that hold text of people, alone or within JSON."""
    for column in model._meta.concrete_fields:
        is_text = isinstance(column, CharField | TextField) and str(column) not in NAMES
        if isinstance(column, JSONField) or (
            is_text and not column.choices and not column.unique and is_written(column.name)
        ):
            yield column


def replaced(value: Any, hostile: Iterator[str]) -> Any:
    """Return JSON with every text under a key that holds what people wrote replaced."""
    if isinstance(value, dict):
        return {
            key: next(hostile)
            if isinstance(item, str) and is_written(key)
            else replaced(item, hostile)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [replaced(item, hostile) for item in value]
    return value


def write_hostile_text() -> None:
    """Write it into every text of every row, past every rule but those of the tables, as somebody did long ago."""
    hostile = cycle(CORPUS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in apps.get_models():
            columns = list(columns_of(model)) if model._meta.app_label in ROOMS else []
            for row in model._base_manager.all() if columns else ():
                for column in columns:
                    value = getattr(row, column.attname)
                    is_json = isinstance(column, JSONField)
                    new = (
                        replaced(value, hostile) if is_json else next(hostile)[: column.max_length]
                    )
                    # Refused is what is none of what people wrote, such as a reason of what did not happen.
                    with suppress(IntegrityError), transaction.atomic():
                        model._base_manager.filter(pk=row.pk).update(**{column.name: new})


def test_no_text_of_anybody_becomes_an_element_or_a_script(browser_page, live_server, sign_in):
    person = make_person()
    lab = filled_lab(person)
    write_hostile_text()
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
