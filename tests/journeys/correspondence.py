"""What comes by mail on a journey outside the demo: letters are looked at like pages, and their links opened."""

from tests.factories.installed import Installation, html_of, link_in
from tests.journeys.traveller import Traveller

SIGN_IN = {"es": "Su enlace para ingresar", "en": "Your link to sign in"}
INVITATION = {"es": "Invitación", "en": "Invitation"}


async def look_at_letter(reader: Traveller, html: str, name: str) -> None:
    """The letter is held to what every page is held to."""
    await reader.page.set_content(html)
    await reader.look(f"letter-{name}")


async def ask_for_link(traveller: Traveller, house: Installation, email: str) -> str:
    """The link in the letter that came, asked for in the traveller's language."""
    await traveller.open("sign-in/")
    await send_link(traveller, email)
    return link_in(await house.letter(email, SIGN_IN[traveller.lang]))


async def send_link(traveller: Traveller, email: str) -> None:
    """A link is asked for at the page at hand."""
    await traveller.page.fill("#email", email)
    await press(traveller, 'form[action$="/sign-in/email"] button')


async def press(traveller: Traveller, button: str) -> None:
    """The button is pressed, and what it leads to stands there."""
    async with traveller.page.expect_navigation():
        await traveller.page.click(button)


async def use(traveller: Traveller, link: str) -> None:
    """What the link offers, signing in or an invitation, is taken here: at whichever web server this traveller asks."""
    await traveller.page.goto(f"{traveller.address}/{link.split('/', 3)[3]}")
    await press(traveller, "main form button.button--primary")


async def sign_in(traveller: Traveller, house: Installation, email: str) -> None:
    """Signed in by a link that came by mail."""
    await use(traveller, await ask_for_link(traveller, house, email))


async def accept(traveller: Traveller, house: Installation, email: str) -> None:
    """The invitation that came to `email` is accepted, after a look at the letter and at the page behind it."""
    letter = await house.letter(email, INVITATION[traveller.lang])
    await look_at_letter(traveller, html_of(letter), "invitation")
    await traveller.page.goto(link_in(letter))
    await traveller.look("invitation")
    await press(traveller, "main form button.button--primary")
