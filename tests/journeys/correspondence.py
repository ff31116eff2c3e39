"""What comes by mail on a journey outside the demo: letters are looked at like pages, and their links opened."""

import re

from tests.factories.installed import Installation, html_of, link_in
from tests.journeys.traveller import Traveller

SIGN_IN = {"es": "Su enlace para ingresar", "en": "Your link to sign in"}
INVITATION = {"es": "Invitación", "en": "Invitation"}


async def look_at_letter(reader: Traveller, html: str, name: str) -> None:
    """The letter is held to what every page is held to."""
    await reader.page.set_content(html)
    await reader.look(f"letter-{name}")


async def ask_for_link(traveller: Traveller, house: Installation, email: str, *, at: str = "sign-in/") -> str:
    """The link in the letter that came, asked for at page `at`."""
    await traveller.open(at)
    await send_link(traveller, email)
    return link_in(await house.letter(email, SIGN_IN[traveller.lang]))


async def send_link(traveller: Traveller, email: str) -> None:
    """A link is asked for at the page at hand."""
    await traveller.page.fill("#email", email)
    await traveller.page.click('form[action$="/sign-in/email"] button')
    await traveller.page.wait_for_url(re.compile(r"/sign-in/email"))


async def use(traveller: Traveller, link: str) -> None:
    """Signed in by the link, here, at whichever web server this traveller asks."""
    await traveller.page.goto(f"{traveller.address}/{link.split('/', 3)[3]}")
    await traveller.page.click("main form button.button--primary")
    await traveller.page.wait_for_url(re.compile(r"^(?!.*/sign-in/email/)"))


async def sign_in(traveller: Traveller, house: Installation, email: str) -> None:
    """Signed in by a link that came by mail."""
    await use(traveller, await ask_for_link(traveller, house, email))


async def accept(traveller: Traveller, house: Installation, email: str) -> None:
    """The invitation that came to `email` is accepted, and its page looked at."""
    letter = await house.letter(email, INVITATION[traveller.lang])
    await look_at_letter(traveller, html_of(letter), "invitation")
    await traveller.page.goto(link_in(letter))
    await traveller.look("invitation")
    await traveller.page.click("main form button.button--primary")
    await traveller.page.wait_for_url(re.compile(r"^(?!.*/invitations/)"))
