"""Providers as files name them, and the variables that hold their secrets."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ogpmonitor.cli import main
from ogpmonitor.kit.datafiles import DataRefused
from ogpmonitor.tenants.sign_in import read_platform, secret_variable

PROVIDER = """
[[providers]]
key = "staff"
kind = "google"
issuer = "https://accounts.google.com"
hosted_domain = "ogp.example"
client_id = "x"
label = "Cuenta de OGP"
"""
REPOSITORY = Path(__file__).parents[2] / "tenants"


def test_a_folder_without_the_platforms_file_names_no_provider(tmp_path: Path) -> None:
    assert read_platform(tmp_path).providers == ()


def test_the_platforms_file_names_providers(tmp_path: Path) -> None:
    (tmp_path / "platform.toml").write_text(f'source_language = "es"{PROVIDER}')

    (provider,) = read_platform(tmp_path).providers

    assert (provider.key, provider.hosted_domain) == ("staff", "ogp.example")


@pytest.mark.parametrize(
    ("more", "said"), [(PROVIDER, "same key"), ('secret = "x"', "secret"), ('[[providers]]\nkey = "X Y"', "key")]
)
def test_a_wrong_file_is_named_with_its_reason(tmp_path: Path, more: str, said: str) -> None:
    (tmp_path / "platform.toml").write_text(f'source_language = "es"{PROVIDER}{more}')

    with pytest.raises(DataRefused, match=said):
        read_platform(tmp_path)


def test_variables_of_secrets_are_never_shared() -> None:
    names = {secret_variable(*pair) for pair in (("a-b", "c"), ("a", "b-c"), ("a-b-c", "d"), ("platform", "c"))}

    assert len(names) == 4
    assert secret_variable("penalolen", "work") == "OGPMONITOR_CLIENT_SECRET__PENALOLEN__WORK"


def test_checking_says_which_secrets_are_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tenants"
    folder.mkdir()
    (folder / "penalolen").symlink_to(REPOSITORY / "penalolen")
    (folder / "platform.toml").write_text(f'source_language = "es"{PROVIDER}')
    name = "OGPMONITOR_CLIENT_SECRET__PLATFORM__STAFF"

    missing = CliRunner().invoke(main, ["tenants", "check", "--folder", str(folder)])
    monkeypatch.setenv(name, "x")
    there = CliRunner().invoke(main, ["tenants", "check", "--folder", str(folder)])

    assert (missing.exit_code, there.exit_code) == (0, 0)
    assert f"{name} is not set here" in missing.stderr
    assert name not in there.stderr
