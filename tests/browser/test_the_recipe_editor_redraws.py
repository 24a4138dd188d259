"""The recipe editor, drawn anew while a person goes on: her row stays open and her words stay."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_person, make_project, make_recipe

pytestmark = pytest.mark.django_db(transaction=True)

CHOOSE_AS_SOON_AS_IT_IS_THERE = """([id, value]) => new MutationObserver((_, watching) => {
    const field = document.getElementById(id);
    if (!field) return;
    watching.disconnect();
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


@pytest.fixture
def editor(browser_page, sign_in, live_server) -> Page:
    mira = make_person("mira")
    recipe = make_recipe(make_project(mira), by=mira)
    page = sign_in(browser_page, mira)
    page.goto(f"{live_server.url}/recipes/{recipe.slug}/edit/")
    return page


def test_a_new_step_stays_open_when_its_operation_is_chosen_at_once(editor):
    number = editor.locator("#steps .er").count()
    editor.evaluate(CHOOSE_AS_SOON_AS_IT_IS_THERE, [f"steps-{number}-operation", "quench"])
    editor.locator("button[value='add:steps']").click()
    expect(editor.locator(f"#steps-{number} [name$='p-duration_s']")).to_be_visible()
    expect(editor.locator(f"#steps-{number}-text")).to_be_visible()
    assert "open=" not in editor.url


def test_words_typed_while_the_form_is_drawn_anew_are_kept(editor):
    number = editor.locator("#steps .er").count()
    editor.locator("button[value='add:steps']").click()
    editor.locator(f"#steps-{number}-operation").select_option("quench")
    editor.locator(f"#steps-{number}-text").fill("Into the ice bath")
    expect(editor.locator(f"#steps-{number} [name$='p-duration_s']")).to_be_visible()
    editor.wait_for_timeout(1_000)  # what is typed is sent half a second later
    editor.wait_for_load_state("networkidle")
    editor.reload()
    expect(editor.locator(f"#steps-{number}-text")).to_have_value("Into the ice bath")
