"""Every message of this room has its Spanish."""

from pathlib import Path

from babel.messages.pofile import read_po

from ogpmonitor.method import conditions

CATALOGUE = Path(conditions.__file__).parents[1] / "locale" / "es" / "method.po"


def test_every_message_has_its_spanish() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="es")

    assert {message.id for message in catalogue if message.id and message.string} >= set(conditions.MESSAGES)
