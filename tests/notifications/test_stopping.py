"""The link that stops notices: for two years, for nobody else, and telling nothing."""

import base64
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from ogpmonitor.kit.errors import NotFound
from ogpmonitor.notifications.stopping import LASTING, _cipher, person_in, token_for

SECRET, OTHER = "a secret of a deployment, long enough", "the secret of another deployment, too"
ANA = UUID("12345678-1234-4234-8234-1234567890ab")


def test_a_link_says_whose_notices_it_stops() -> None:
    assert person_in(SECRET, token_for(SECRET, ANA)) == ANA


def test_a_link_shows_nobody_who_it_is_about() -> None:
    token = token_for(SECRET, ANA)
    inside = base64.urlsafe_b64decode(token)

    assert ANA.bytes not in inside
    assert ANA.hex not in token
    assert token != token_for(SECRET, ANA)  # two letters to one person cannot be told to be so


@pytest.mark.parametrize("token", ["", "x", "gAAAAAB" + "A" * 93, "ñ"])
def test_what_was_not_made_here_stops_nothing(token: str) -> None:
    with pytest.raises(NotFound):
        person_in(SECRET, token)


def test_a_link_of_another_deployment_stops_nothing() -> None:
    with pytest.raises(NotFound):
        person_in(SECRET, token_for(OTHER, ANA))


def test_an_altered_link_stops_nothing() -> None:
    token = token_for(SECRET, uuid4())
    altered = [token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(10, 90)]

    for one in altered:
        with pytest.raises(NotFound):
            person_in(SECRET, one)


@pytest.mark.parametrize(("age", "works"), [(timedelta(days=729), True), (LASTING + timedelta(minutes=1), False)])
def test_a_link_works_for_two_years(age: timedelta, works: bool) -> None:
    then = int(time.time() - age.total_seconds())
    token = _cipher(SECRET).encrypt_at_time(ANA.bytes, then).decode()

    if works:
        assert person_in(SECRET, token) == ANA
    else:
        with pytest.raises(NotFound):
            person_in(SECRET, token)
