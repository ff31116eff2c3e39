"""The form of a page as a browser would send it back, untouched or with something typed."""

from html.parser import HTMLParser
from typing import Any

import httpx


class _Reader(HTMLParser):
    """Collects what the form with `data-keep` holds."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.address = ""
        self._inside = False
        self._name = ""  # of the text area or list that is open
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and "data-keep" in told:
            self._inside, self.address = True, told["action"]
        if not self._inside or tag not in {"input", "textarea", "select", "option"}:
            return
        if tag == "option":
            if "selected" in told:
                self.sent.append((self._name, told["value"]))
        elif tag != "input":
            self._name, self._text = told["name"], []
        elif told.get("type") not in {"checkbox", "radio"} or "checked" in told:
            self.sent.append((told["name"], told.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._inside:
            self.sent.append((self._name, "".join(self._text).removeprefix("\n")))


def form_in(page: httpx.Response) -> tuple[str, dict[str, Any]]:
    """Where the form of `page` goes, and everything it would send; a key sent several times holds a list."""
    reader = _Reader()
    reader.feed(page.text)
    sent: dict[str, Any] = {}
    for name, value in reader.sent:
        sent[name] = [*(sent[name] if isinstance(sent[name], list) else [sent[name]]), value] if name in sent else value
    return reader.address.removeprefix("http://testserver"), sent


async def fill_in(
    client: httpx.AsyncClient, address: str, *, headers: dict[str, str] | None = None, **typed: Any
) -> httpx.Response:
    """The form at `address` is sent with `typed` in it and everything else as it stands."""
    page = await client.get(address)
    assert page.status_code == 200, page.status_code
    action, sent = form_in(page)
    return await client.post(action, data={**sent, **typed}, headers=headers or {})
