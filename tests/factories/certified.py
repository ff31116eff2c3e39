"""A certified provider of OpenID Connect (npm: oidc-provider) in its own process, and a browser's way through it."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "provider" / "provider.mjs"
CLIENT_ID, SECRET = "ogpmonitor", "a-secret-of-the-tests"  # pragma: allowlist secret
ACCOUNTS: Mapping[str, Mapping[str, Any]] = {
    "ana": {"email": "ana@penalolen.example", "email_verified": True, "name": "Ana"},
    "bea": {"email": "bea@penalolen.example", "email_verified": False, "name": "Bea"},
    "nadie": {"email": "nadie@penalolen.example", "email_verified": True, "name": "Nadie"},
}


@dataclass(frozen=True)
class Certified:
    """The running provider."""

    issuer: str


@contextmanager
def certified_provider(redirect_uris: Sequence[str], back: str, *, port: int = 0) -> Iterator[Certified]:
    """The provider, for the one client that comes back to `redirect_uris`; it ends with the block.

    It listens at `port`, or at any that is free. The test is skipped where there is no Node.js, or the package is not
    installed.
    """
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "oidc-provider").exists():
        pytest.skip("needs Node.js and oidc-provider (make all)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = port or probe.getsockname()[1]
    client = {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "redirect_uris": list(redirect_uris),
        "post_logout_redirect_uris": [back],
    }
    told = {"issuer": f"http://127.0.0.1:{port}", "port": port, "clients": [client], "accounts": ACCOUNTS}
    process = subprocess.Popen(
        [node, str(PROGRAM), json.dumps(told)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "listening"
        yield Certified(told["issuer"])
    finally:
        process.terminate()
        process.communicate(timeout=15)


async def sign_in_there(address: str, login: str, browser: httpx.AsyncClient | None = None) -> str:
    """Where the provider sends the browser back to, after `login` has signed in at `address`."""
    own = browser or httpx.AsyncClient(trust_env=False)
    try:
        answer = await own.get(address)
        for _ in range(8):
            if answer.is_redirect:
                going = urljoin(str(answer.url), answer.headers["location"])
                if "/sign-in/callback/" in going:
                    return going
                answer = await own.get(going)
            else:
                form = re.search(r'action="([^"]+)" method="post"', answer.text)
                assert form, answer.text
                target = urljoin(str(answer.url), form[1])
                answer = await own.post(target, data={"prompt": "login", "login": login})
        pytest.fail("the provider does not come back")
    finally:
        if browser is None:
            await own.aclose()
