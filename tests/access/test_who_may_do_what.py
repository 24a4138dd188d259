"""Every address, every method, every kind of person, against the table in table.py."""

import json

import pytest

from tests.access.bodies import UPLOADS, api_body, page_body, upload_body
from tests.access.routes import METHODS, Route, all_routes
from tests.access.table import TABLE

pytestmark = pytest.mark.django_db

ROUTES = {route.name: route for route in all_routes()}
MEMBERS = ("viewer", "witness", "editor", "owner")
WRITERS = ("editor", "owner")
TALKERS = ("witness", "editor", "owner")
ALLAUTH = ("account_", "mfa_", "socialaccount_", "openid_")
ACCOUNT_FORMS = {route for route in ROUTES if route.startswith(ALLAUTH)}  # allauth's own


def ask(tried, client, route: Route, method: str, lab):
    """Send what would work for an owner."""
    address = route.address(lab)
    if method == "GET":
        return tried(client, method, address)
    if not route.is_api:
        return tried(client, method, address, data=page_body(route.name, lab))
    if method == "POST" and route.name in UPLOADS:
        return tried(client, method, address, data=upload_body(route.name, lab))
    sent = {"data": json.dumps(api_body(route.name, lab)), "content_type": "application/json"}
    if method in ("PATCH", "PUT"):
        sent["headers"] = {"if-match": _etag(tried, address, client)}
    return tried(client, method, address, **sent)


def _etag(tried, address, client) -> str:
    seen = tried(client, "GET", address)
    return seen.headers.get("ETag", '"unknown-1"')


def said(answer) -> str:
    """Sort an answer: ok, sign in, refused (403), nothing there (404), or its number."""
    status = answer.status_code
    if status == 503 and answer.request["PATH_INFO"] == "/healthz":
        return "ok"  # no worker runs beside this test
    to_login = status in (301, 302) and "/accounts/login/" in answer["Location"]
    if to_login and not answer.revisions:  # who just joined signs in, too
        return "sign in"
    if status == 401:
        return "sign in"
    if status < 400 or status == 409:  # understood and allowed; the record's state says otherwise
        return "ok"
    if status == 422 and not answer.revisions:
        return "told"  # a page shows its form again, with a sentence
    return {403: "refused", 404: "nothing"}.get(status, str(status))


def expected(rule: str, who: str, method: str, route: Route) -> set[str]:
    """Return what the table promises."""
    if who in ("read token", "write token", "revoked token"):
        if not route.is_api:
            who = "anonymous"  # a token opens no page
        elif who == "revoked token":
            # also where nobody needs to sign in: a bad key is told to be bad
            return {"sign in"}
        elif who == "read token" and method != "GET":
            return {"refused"}
        else:
            who = "editor"
    if rule == "open":
        return {"ok"}
    if rule == "none":
        return {"nothing"}
    if who == "anonymous":
        return {"sign in"}
    if rule == "person":
        return {"ok"}
    if rule == "factor":
        return {"nothing"}
    if who == "instrument":
        return of_an_instrument(rule)
    if rule in ("begin", "look"):
        return {"ok"}
    if rule in ("make", "take", "lead", "talk") and who == "stranger":
        # The body names a project or record that is not theirs; a page makes it in their own.
        return {"400", "nothing"} if route.is_api else {"ok", "told", "nothing"}
    if rule == "lab" and who == "stranger":
        return {"ok"}  # an owner elsewhere
    if who == "stranger" or (rule == "keep" and who != "owner"):
        return {"nothing"}
    owners = dict.fromkeys(("own", "lead", "keep", "author"), ("owner",))
    allowed = {"read": MEMBERS, "talk": TALKERS, "speak": TALKERS, **owners}.get(rule, WRITERS)
    return {"ok"} if who in allowed else {"refused"}


def of_an_instrument(rule: str) -> set[str]:
    """Return what the table promises to an account that sends files and reads nothing."""
    if rule == "take":
        return {"ok"}
    if rule in ("lab", "begin"):
        return {"refused"}
    if rule == "look":
        return {"refused", "nothing"}
    # A record that the body names is not found; a page has no project to offer.
    return (
        {"refused", "told", "400", "nothing"} if rule in ("make", "lead", "talk") else {"nothing"}
    )


def answered(tried, client, route: Route, lab) -> set[str]:
    """Return the methods that an address answers: it is told which with the refusal of one that none takes."""
    refused = tried(client, "TRACE", route.address(lab))
    if refused.status_code == 405:
        return {*refused.headers["Allow"].replace(" ", "").split(",")} & {*METHODS}
    return {m for m in METHODS if ask(tried, client, route, m, lab).status_code != 405}


def test_every_address_has_a_row_and_every_row_an_address(house, tried):
    """Ask each address as an owner which methods it answers; each of them needs a row."""
    found = set()
    for route in ROUTES.values():
        methods = {"GET"}
        if route.name not in ACCOUNT_FORMS:
            methods = answered(tried, house.doors["owner"], route, house.lab)
        found |= {(route.name, method) for method in methods}
    missing, idle = sorted(found - TABLE.keys()), sorted(TABLE.keys() - found)
    assert not missing, f"no row in table.py for {missing}"
    assert not idle, f"no address for the rows {idle}"


@pytest.mark.parametrize(
    "who",
    [
        "anonymous",
        "stranger",
        "viewer",
        "witness",
        "instrument",
        "editor",
        "owner",
        "read token",
        "write token",
        "revoked token",
    ],
)
def test_each_person_may_do_what_the_table_says(who, house, tried):
    wrong = []
    for (name, method), rule in TABLE.items():
        route = ROUTES[name]
        answer = ask(tried, house.doors[who], route, method, house.lab)
        promised = expected(rule, who, method, route)
        if said(answer) not in promised:
            told = f"{said(answer)} ({answer.status_code}, wrote {answer.revisions})"
            wrong.append(f"{method} {name}: {told}, not {' or '.join(sorted(promised))}")
        if answer.revisions and (method == "GET" or "ok" not in promised):
            wrong.append(f"{method} {name}: wrote {answer.revisions} revisions")
    assert not wrong, "\n".join(wrong)
