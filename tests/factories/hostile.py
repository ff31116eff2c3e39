"""A provider of OpenID Connect that says whatever a test wants, in a thread of the test's own process."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID, SECRET = "ogpmonitor", "a-secret-of-the-tests"  # pragma: allowlist secret


@dataclass
class Hostile:
    """What it says, and what it was asked. Everything may be changed while it runs."""

    issuer: str
    keys: dict[str, RSAKey | ECKey] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)  # the names of the keys that it shows
    announces: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)  # what the token endpoint answers, by code
    told: dict[str, Any] = field(default_factory=lambda: {"sub": "subject-1"})  # what it tells of a person
    asked: list[str] = field(default_factory=list)  # the paths, in order
    forms: list[dict[str, list[str]]] = field(default_factory=list)  # what the token endpoint was sent
    raw: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # by path: an answer of its own
    waits: float = 0.0

    def add_key(self, kid: str, *, shown: bool = True) -> None:
        """A new key called `kid`."""
        self.keys[kid] = RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
        if shown:
            self.published.append(kid)

    def claims(self, nonce: str, **more: Any) -> dict[str, Any]:
        """An honest token's claims; None leaves one out."""
        now = int(time.time())
        honest = {
            "iss": self.issuer, "sub": "subject-1", "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce,
        }  # fmt: skip
        return {name: value for name, value in {**honest, **more}.items() if value is not None}

    def signed(self, claims: dict[str, Any], *, kid: str = "one", **header: Any) -> str:
        """A token that holds `claims`, signed with the key called `kid`."""
        return jwt.encode({"alg": "RS256", "kid": kid, **header}, claims, self.keys[kid])

    def code(self, id_token: Any, **more: Any) -> str:
        """A code for which the token endpoint gives `id_token`, once."""
        code = f"code-{len(self.tokens)}-{len(self.forms)}"
        self.tokens[code] = {"access_token": "an-access-token", "token_type": "Bearer", "id_token": id_token, **more}
        return code

    def honest_code(self, nonce: str, **more: Any) -> str:
        """A code for an honest token with some claims of the test's own."""
        return self.code(self.signed(self.claims(nonce, **more)))

    def answer(self, path: str, body: str) -> tuple[int, bytes]:
        """What is said at `path`."""
        self.asked.append(path)
        time.sleep(self.waits)
        if path in self.raw:
            return self.raw[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps({**self._announcement(), **self.announces}).encode()
        if path == "/jwks":
            keys = [self.keys[kid].as_dict(private=False) for kid in self.published]
            return 200, json.dumps({"keys": keys}).encode()
        if path == "/userinfo":
            return 200, json.dumps(self.told).encode()
        if path == "/token":
            form = parse_qs(body)
            self.forms.append(form)
            found = self.tokens.pop(form["code"][0], None)
            return (200, json.dumps(found).encode()) if found else (400, b'{"error": "invalid_grant"}')
        return 404, b"{}"

    def _announcement(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }


@contextmanager
def hostile_provider() -> Iterator[Hostile]:
    """The provider, answering until the block ends. It begins honest, with one key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            status, content = hostile.answer(self.path, self.rfile.read(length).decode())
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):  # nobody waited so long
                pass

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hostile = Hostile(f"http://127.0.0.1:{server.server_address[1]}")
    hostile.add_key("one")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hostile
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
