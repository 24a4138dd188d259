"""Sign in by OpenID Connect, held against a server of the tests; and a new password by mail."""

import re
import time
from copy import deepcopy

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from labnotebook.records.models import Revision, SecurityEvent
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.guesses import demand_password
from labnotebook.records.services.people import switch_off
from tests.factories import PASSWORD, make_person
from tests.labnotebook.people.openid_server import CLIENT_ID, CLIENT_SECRET, OpenIdServer

pytestmark = pytest.mark.django_db
User = get_user_model()
LOGIN = "/accounts/oidc/lab/login/"
SET = "/accounts/password/set/"


@pytest.fixture(scope="module")
def _server():
    server = OpenIdServer()
    yield server
    server.close()


@pytest.fixture
def server(_server, settings):
    _server.forged, _server.signs_with = {}, _server.key
    _server.person = {"sub": "4711", "preferred_username": "nina", "email": "nina@example.org"}
    providers = deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["openid_connect"]["APPS"] = [
        {
            "provider_id": "lab",
            "name": "The institute",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": _server.issuer},
        }
    ]
    settings.SOCIALACCOUNT_PROVIDERS = providers
    settings.OIDC_ISSUER, settings.OIDC_NAME = _server.issuer, "The institute"
    return _server


def come(client: Client, server: OpenIdServer, address: str = LOGIN):
    """Go there and back, as a browser does."""
    there = client.get(address)
    assert there.status_code == 302
    return client.get(server.authorize(there["Location"]))


def test_the_button_is_there_when_a_server_is_named(client, server, settings):
    assert "Sign in with The institute" in client.get("/accounts/login/").content.decode()
    settings.OIDC_ISSUER = ""
    assert LOGIN not in client.get("/accounts/login/").content.decode()


def test_who_has_an_account_joins_it_and_comes_in_by_it_from_then_on(client, server):
    nina = make_person("nina.k")
    client.force_login(nina, backend="django.contrib.auth.backends.ModelBackend")
    answer = come(client, server, f"{LOGIN}?process=connect")
    assert answer["Location"] == "/me/"
    assert "You also sign in with it" in client.get("/me/").content.decode()
    other = Client()
    assert come(other, server)["Location"] == "/"
    assert other.get("/api/v1/me/").json()["username"] == "nina.k"
    assert not SocialToken.objects.exists()


def test_a_stranger_gets_no_account_unless_the_settings_say_so(client, server, settings):
    assert "Nobody here is you yet" in come(client, server).content.decode()
    assert not User.objects.exists()
    settings.OIDC_MAKES_PEOPLE = True
    assert come(Client(), server)["Location"] == "/"
    nina = User.objects.get()
    assert (nina.username, nina.email, nina.is_superuser) == ("nina", "nina@example.org", False)
    assert not nina.has_usable_password()
    assert not nina.memberships.exists()
    (made,) = Revision.objects.filter(table_name="auth_user")
    assert (made.actor, made.reason) == ("The institute", "came by OpenID Connect")


def test_nobody_is_taken_for_another_by_name_or_address(client, server, settings):
    old = make_person("nina")
    old.email = "nina@example.org"
    old.save()
    settings.OIDC_MAKES_PEOPLE = True
    come(client, server)
    joined = SocialAccount.objects.get().user
    assert joined.pk != old.pk
    assert joined.username != "nina"


def test_who_is_switched_off_here_stays_out(server, settings):
    settings.OIDC_MAKES_PEOPLE = True
    come(Client(), server)
    chief = make_person("chief")
    chief.is_superuser = True
    chief.save()
    switch_off(by=chief, person=User.objects.get(username="nina"))
    client = Client()
    answer = come(client, server)
    assert answer["Location"] == "/accounts/inactive/"
    assert "/accounts/login/" in client.get("/")["Location"]


def test_an_answer_that_nobody_asked_for_lets_nobody_in(client, server, settings):
    settings.OIDC_MAKES_PEOPLE = True
    led = server.authorize(client.get(LOGIN)["Location"])
    thief = Client()  # another browser, whose session did not ask
    assert "did not vouch" in thief.get(led).content.decode()
    forged = re.sub(r"state=\w+", "state=made-up", led)
    assert "did not vouch" in client.get(forged).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["secret"] = "wrong"
    assert "did not vouch" in come(Client(), server).content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("forged", "sentence"),
    [
        ({"nonce": "of another sign-in"}, "answers another sign-in"),
        ({"iss": "https://elsewhere.example.org"}, "names another server"),
        ({"aud": "another service"}, "made for another service"),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "made for another service"),
        ({"iat": 1_000_000_000, "exp": 1_000_000_600}, "does not hold now"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_600}, "does not hold now"),
        ({"sub": "somebody else"}, "two different people"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(client, server, settings, forged, sentence):
    settings.OIDC_MAKES_PEOPLE = True
    server.forged = forged
    answer = come(client, server)
    assert answer.status_code == 401
    assert sentence in answer.content.decode()
    assert not User.objects.exists()
    server.forged = {}
    assert come(client, server)["Location"] == "/"


def test_a_token_that_the_server_did_not_sign_lets_nobody_in(client, server, settings):
    settings.OIDC_MAKES_PEOPLE = True
    strangers = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = server.key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1).hex()
    # by another key, by the public key as if it were a shared secret, and by the secret of the client
    for key in (strangers, public, CLIENT_SECRET * 4):
        server.signs_with = key
        page = come(client, server).content.decode()
        assert "not signed by the other" in page or "no identity token" in page
    assert not User.objects.exists()


def test_a_server_that_is_not_the_one_of_the_settings_or_away_is_named(client, server, settings):
    settings.OIDC_MAKES_PEOPLE = True
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": server.issuer.replace("127.0.0.1", "localhost")}
    assert "calls itself http://127.0.0.1" in client.get(LOGIN).content.decode()
    app["settings"] = {"server_url": "http://127.0.0.1:1"}
    assert "does not answer" in client.get(LOGIN).content.decode()
    app["settings"] = {"server_url": f"{server.issuer}/"}
    assert client.get(LOGIN).status_code == 302


def test_a_second_factor_that_is_demanded_is_the_other_servers_matter(server, settings):
    settings.OIDC_MAKES_PEOPLE, settings.SECOND_FACTOR = True, "everybody"
    client = Client()
    come(client, server)
    assert client.get("/b/").status_code == 200


def test_who_came_from_there_signs_by_a_password_that_she_sets_right_after_giving_hers_there(
    client, server, settings
):
    settings.OIDC_MAKES_PEOPLE = True
    come(client, server)
    nina = User.objects.get()
    with pytest.raises(Refusal, match="set one under Your account"):
        demand_password(nina, "")
    assert SET in client.get("/me/").content.decode()
    there = client.get(SET)["Location"]  # the session alone is not enough
    assert "prompt%3Dlogin" in there
    server.forged = {
        "auth_time": int(time.time()) - 3600
    }  # the other server let her through as she was
    back = come(client, server, there)["Location"]
    assert client.get(back, follow=True).redirect_chain == [("/me/", 302)]
    server.forged = {}
    back = come(client, server, client.get(SET)["Location"])["Location"]
    assert client.get(back).status_code == 200
    said = {"password1": "zebra violin cloud", "password2": "zebra violin cloud"}
    client.post(SET, said)
    nina.refresh_from_db()
    demand_password(nina, "zebra violin cloud")
    assert client.get("/me/").status_code == 200
    assert client.get(SET)["Location"] == "/accounts/password/change/"
    last = SecurityEvent.objects.first()
    assert (last.kind, last.person, last.about) == ("password", nina, "on a page")


def test_a_forgotten_password_is_replaced_by_mail(client, settings, mailoutbox):
    cache.clear()  # limits of tries
    settings.EMAIL_HOST = "mail.example.org"
    nina = make_person("nina")
    nina.email = "nina@example.org"
    nina.save()
    before = Client()
    before.login(username="nina", password=PASSWORD)
    assert "Forgot the password?" in client.get("/accounts/login/").content.decode()
    for address in ("nobody@example.org", "nina@example.org"):  # both are answered alike
        answer = client.post("/accounts/password/reset/", {"email": address})
        assert answer["Location"] == "/accounts/password/reset/done/"
    (mail,) = mailoutbox
    path = re.search(r"http://testserver(\S+)", mail.body).group(1)
    form = client.get(path, follow=True)
    assert form.status_code == 200
    said = {"password1": "another long phrase", "password2": "another long phrase"}
    client.post(form.redirect_chain[-1][0], said)
    assert Client().login(username="nina", password="another long phrase")
    assert "/accounts/login/" in before.get("/")["Location"]
    assert "works no more" in Client().get(path).content.decode()
