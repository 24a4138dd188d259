"""Whether the token by which another server vouches for somebody is that server's, for us, and for now."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.utils.translation import gettext as _

# Signed with a key of which the server shows the public half. Never "none", and never one whose secret we share.
ALGORITHMS = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)] + [
    "EdDSA"
]
CLOCKS_DIFFER_S = 60


class NotVouched(OAuth2Error):
    """The other server's word does not hold; the sentence says why."""

    @property
    def sentence(self) -> str:
        """What the person is told."""
        return str(self.args[0])


def nonce_of(code_verifier: str) -> str:
    """Return the nonce of a sign-in: it follows from the secret (PKCE) that the session keeps anyway."""
    digest = hashlib.sha256(b"nonce " + code_verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def checked_claims(
    token: str, *, keys: dict[str, Any], issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """Return what an identity token says, once it holds (OpenID Connect Core 3.1.3.7); raise NotVouched.

    ``keys``: the server's set of public keys, as it shows them.
    """
    try:
        claims = jwt.decode(
            token,
            _key_of(token, keys).key,
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=client_id,
            leeway=CLOCKS_DIFFER_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as fault:
        raise NotVouched(_sentence_of(fault)) from fault
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise NotVouched(_sentence_of(jwt.InvalidAudienceError()))
    if claims.get("nonce") != nonce:
        raise NotVouched(
            _("What the other server sent answers another sign-in than this one. Begin again.")
        )
    return claims


def _key_of(token: str, keys: dict[str, Any]) -> jwt.PyJWK:
    kid = jwt.get_unverified_header(token).get("kid")
    known = [
        one for one in jwt.PyJWKSet.from_dict(keys).keys if one.public_key_use in (None, "sig")
    ]
    fitting = [one for one in known if one.key_id == kid] if kid else known
    if len(fitting) != 1:
        raise jwt.InvalidSignatureError
    return fitting[0]


def _sentence_of(fault: jwt.PyJWTError) -> str:
    if isinstance(fault, jwt.ExpiredSignatureError | jwt.ImmatureSignatureError):
        return _(
            "What the other server sent does not hold now. Begin again; if it stays so, the clocks of the two servers"
            " differ."
        )
    if isinstance(fault, jwt.InvalidAudienceError):
        return _("What the other server sent was made for another service than this notebook.")
    if isinstance(fault, jwt.InvalidIssuerError):
        return _("What was sent names another server than the one in the settings (OIDC_ISSUER).")
    if isinstance(fault, jwt.InvalidSignatureError | jwt.InvalidKeyError | jwt.PyJWKError):
        return _("What was sent is not signed by the other server.")
    return _("What the other server sent is no identity token as OpenID Connect has it.")
