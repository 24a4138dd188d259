"""A small OpenID Connect server (code flow, PKCE, RS256) for the tests, on the loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "notebook", "between us"


class OpenIdServer:
    """Vouches for ``person``, its claims, to the one client that it knows."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {"sub": "4711", "preferred_username": "nina"}
        self.forged: dict[str, Any] = {}  # what its identity tokens say otherwise than they should
        self.signs_with: Any = self.key
        self.asked: dict[str, dict[str, str]] = {}  # by code: what the client asked for
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self, "")

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                server.answer(self, self.rfile.read(length).decode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        path = urlsplit(handler.path).path
        said = {name: texts[0] for name, texts in parse_qs(body).items()}
        if path == "/.well-known/openid-configuration":
            found: Any = self.configuration()
        elif path == "/token":
            found = self.token(said)
        elif path == "/keys":
            public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
            found = {"keys": [public | {"kid": "1", "use": "sig"}]}
        elif path == "/userinfo" and handler.headers["Authorization"] == "Bearer opaque":
            found = self.person
        else:
            found = None
        content = json.dumps(found or {"error": "invalid_request"}).encode()
        handler.send_response(200 if found else 400)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, address: str) -> str:
        """Sign the person in, as if in a browser; return where the browser is led to."""
        asked = {name: texts[0] for name, texts in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert "openid" in asked["scope"].split()
        code = secrets.token_hex(8)
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, said: dict[str, str]) -> dict[str, Any] | None:
        """Give a token for a code, once, to who asked for it (RFC 6749, RFC 7636)."""
        asked = self.asked.pop(said.get("code", ""), None)
        if asked is None or said.get("client_secret") != CLIENT_SECRET:
            return None
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if said["redirect_uri"] != asked["redirect_uri"] or proof != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **self.person}
        if "max_age" in asked:  # it asked for the password anew
            claims["auth_time"] = now
        claims |= {"nonce": asked["nonce"]} | self.forged
        algorithm = "HS256" if isinstance(self.signs_with, str) else "RS256"
        identity = jwt.encode(claims, self.signs_with, algorithm, headers={"kid": "1"})
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": identity}
