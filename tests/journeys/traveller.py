"""Somebody on a journey: opens pages, and on each one checks what every page must keep."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Response

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Traveller:
    """One browser window in one language. Every page it looks at is checked for accessibility and pictured."""

    Maker: TypeAlias = Callable[..., Awaitable["Traveller"]]

    def __init__(self, page: Page, address: str, lang: str, screenshots: Path, *, javascript: bool) -> None:
        self.page, self.address, self.lang = page, address, lang
        self._screenshots, self._javascript = screenshots, javascript
        self.complaints: list[str] = []
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))

    @staticmethod
    def maker(browser: Browser, address: str, screenshots: Path) -> Traveller.Maker:
        """A function that makes travellers."""

        async def make(lang: str = "es", *, javascript: bool = True, width: int = 1280, **more: Any) -> Traveller:
            context = await browser.new_context(
                java_script_enabled=javascript,
                viewport={"width": width, "height": 900},
                locale=lang,
                accept_downloads=True,
                **more,
            )
            return Traveller(await context.new_page(), address, lang, screenshots, javascript=javascript)

        return make

    async def open(self, path: str) -> Response:
        """Go to `path` below the language ("penalolen/") and look at the page."""
        answer = await self.page.goto(f"{self.address}/{self.lang}/{path}")
        assert answer is not None
        return answer

    async def words(self) -> str:
        """Everything the page says, also what is folded away, with single spaces."""
        return " ".join((await self.page.locator("main").text_content() or "").split())

    async def enter(self, persona: str) -> None:
        """Sign in as one of the demo's personas."""
        await self.open("sign-in/")
        await self.page.locator(f'form:has(input[value="{persona}"]) button, button[value="{persona}"]').click()
        await self.page.wait_for_load_state()

    async def begin(self, form: str, commitment: str = "") -> None:
        """From a monitor's list into the form of an assessment, declaring no conflict of interest on the way."""
        about = f"commitment={commitment}" if commitment else f"form={form}"
        await self.page.click(f'main a[href*="form={form}"][href*="{about}"]')
        await self.declare()

    async def declare(self) -> None:
        """No conflict of interest, and on to what comes after."""
        await self.page.check("#conflict-no")
        await self.page.click("main form button.button--primary")
        await self.page.wait_for_url(re.compile(r"/assessments/[0-9a-f-]{36}"))

    async def look(self, name: str) -> None:
        """The page has no accessibility fault, does not scroll sideways, complained of nothing; its picture is kept."""
        await self.page.screenshot(path=self._screenshots / f"{name}-{self.lang}.png", full_page=True)
        assert self.complaints == [], f"{name}: {self.complaints}"
        if self._javascript:
            assert not await self.page.evaluate(SCROLLS_SIDEWAYS), f"{name}: scrolls sideways"
            found = await Axe().run(self.page, options=WCAG)
            assert found.violations_count == 0, f"{name}\n{found.generate_report()}"

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)
