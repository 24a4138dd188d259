"""A passkey is added in the browser, and signs in by itself; the key is one that Chromium plays."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_passkey_is_added_and_signs_in_without_the_password(
    browser_page, sign_in, live_server, person, project
):
    page = sign_in(browser_page, person)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    key |= {"hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.goto(f"{live_server.url}/me/")
    page.get_by_role("link", name="Add a passkey or a security key").click()
    page.get_by_label("Password").fill(PASSWORD)  # who changes second factors confirms it
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Call it").fill("This tablet")
    page.get_by_label("It signs me in by itself").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1
    page.goto(f"{live_server.url}/me/")
    expect(page.locator("#second-factor")).to_contain_text("This tablet")
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{live_server.url}/")
    assert Authenticator.objects.get(type="webauthn").last_used_at
