"""The scan for secrets finds what must not be committed, and lets through what only looks like it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Put together here, so that this file holds none.
LETTERS = "q7Rk2vX9mB" + "4nT8wZ1cL6" + "pY3sD5fG0hJ"
SECRETS = {
    "a cloud's key": "aws_access_key_id = AK" + "IAIOSFODNN7EXAMPL2",
    "a private key": "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----",
    "an older private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "a password in a program": "pass" + f'word = "{LETTERS}"',
    "a password in a setting": "OGPMONITOR_SECRET_" + f'KEY="{LETTERS}"',
    "a password in an address": "url = 'postgresql://someone:" + f"{LETTERS[:12]}@database.example/x'",
    "a token of a forge": "token = 'gh" + f"p_{LETTERS}{LETTERS[:5]}'",
    "a signed token": "jwt = 'ey" + f"JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{LETTERS}_{LETTERS[:11]}'",
    "a random word": f'x = "{LETTERS}{LETTERS[::-1]}"',
}


def scanned(path: Path) -> int:
    return subprocess.run([ROOT / "scripts" / "secrets.sh", path], check=False, capture_output=True).returncode


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("ending", ["py", "toml", "md"])
def test_a_secret_is_found(tmp_path: Path, kind: str, ending: str) -> None:
    path = tmp_path / f"planted.{ending}"
    path.write_text(f"# An ordinary line.\n{SECRETS[kind]}\n", "utf-8")

    assert scanned(path) != 0


def test_fingerprints_and_settings_by_name_are_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "plain.md"
    path.write_text("sha256: " + "0a1b" * 16 + "\nOGPMONITOR_SECRET_KEY names the secret.\n", "utf-8")

    assert scanned(path) == 0
