"""The other server of OpenID Connect, held to what allauth leaves unchecked: signature, nonce, issuer, subject."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from requests import RequestException

from labnotebook.people.identity_token import NotVouched, checked_claims, nonce_of

WELL_KNOWN = "/.well-known/"


class CheckedServer(OpenIDConnectOAuth2Adapter):
    """What is asked of the other server, and whether its answer holds."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the server says of itself; refuse one that calls itself otherwise than the settings do."""
        if not hasattr(self, "_checked"):
            try:
                found = super().openid_config
            except RequestException as fault:
                raise NotVouched(_("The other server does not answer. Try again later.")) from fault
            named = self.get_provider().server_url.partition(WELL_KNOWN)[0]
            if str(found.get("issuer", "")).rstrip("/") != named.rstrip("/"):
                raise NotVouched(
                    _("The other server calls itself %(it)s, the settings (OIDC_ISSUER) %(we)s.")
                    % {"it": found.get("issuer"), "we": named}
                )
            self._checked = found
        return self._checked

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: Any = None
    ) -> dict[str, Any]:
        """Fetch the tokens; keep with which nonce they were asked for."""
        self.nonce = nonce_of(pkce_code_verifier or "")
        return super().get_access_token_data(request, app, client, pkce_code_verifier)

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> Any:
        """Return who was vouched for. The identity token decides; more is asked where the server tells more."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        claims = checked_claims(
            kwargs["response"].get("id_token") or "",
            keys=answer.json(),
            issuer=self.openid_config["issuer"],
            client_id=app.client_id,
            nonce=self.nonce,
        )
        data = {"id_token": claims}
        if "userinfo_endpoint" in self.openid_config:
            data["userinfo"] = self._fetch_user_info(token.token)
            if data["userinfo"].get("sub") != claims["sub"]:
                raise NotVouched(_("The other server spoke of two different people at once."))
        return self.get_provider().sociallogin_from_response(request, data)


class CheckedProvider(OpenIDConnectProvider):
    """The provider of allauth, with a nonce and the checks above."""

    oauth2_adapter_class = CheckedServer

    def wk_server_url(self, url: str) -> str:
        """Return where the server describes itself; the settings may end the address with a slash."""
        return super().wk_server_url(url.rstrip("/"))

    def get_pkce_params(self) -> dict[str, Any]:
        """Return what is sent along with the question: the proof of PKCE, and the nonce that follows from it."""
        sent = super().get_pkce_params()
        return sent | {"nonce": nonce_of(sent["code_verifier"])}


provider_classes = [CheckedProvider]


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the other server."""
    return _answer(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take who comes back from there."""
    return _answer(OAuth2CallbackView, request, provider_id)


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    server = CheckedServer(request, provider_id)
    try:
        return view.adapter_view(server)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except NotVouched as fault:
        return render_authentication_error(request, server.get_provider(), exception=fault)
