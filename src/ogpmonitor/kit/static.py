"""The files the browser needs, each under an address that names its content."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
SHEET = "ogpmonitor.css"
SHEETS = ("tokens.css", "layout.css", "components.css", "print.css")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent: its bytes, what they are, and the fingerprint in its address."""

    name: str
    content: bytes
    media_type: str
    fingerprint: str

    @property
    def url(self) -> str:
        """Never another content under the same address, so it may be kept for ever."""
        return f"/static/{self.fingerprint}/{self.name}"


class StaticFiles:
    """Every file of a folder by its name, read once; the stylesheets also as one sheet, `ogpmonitor.css`."""

    def __init__(self, folder: Path = STATIC) -> None:
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        files = [_file(name, (folder / name).read_bytes()) for name in names]
        if all(sheet in names for sheet in SHEETS):
            files.append(_file(SHEET, _one_sheet([(folder / sheet).read_text("utf-8") for sheet in SHEETS])))
        self._files: Mapping[str, StaticFile] = {file.name: file for file in files}

    def url(self, name: str) -> str:
        """The address of `name`.

        Raises:
            KeyError: there is no such file.
        """
        return self._files[name].url

    def has(self, name: str) -> bool:
        return name in self._files

    def find(self, fingerprint: str, name: str) -> StaticFile | None:
        """The file at `/static/{fingerprint}/{name}`, or None: another version of it is not this file."""
        file = self._files.get(name)
        return file if file is not None and file.fingerprint == fingerprint else None


@cache
def program_files() -> StaticFiles:
    """The program's own files, read once in this process."""
    return StaticFiles()


def tenant_css(accent: str, accent_dark: str) -> str:
    """The stylesheet that gives one tenant its accent: `accent` on paper, `accent_dark` on dark.

    Raises:
        ValueError: a colour is not written like #1f4e79; nothing else may reach a stylesheet.
    """
    for colour in (accent, accent_dark):
        if not _COLOUR.fullmatch(colour.lower()):
            raise ValueError(f"{colour!r} is not a colour like #1f4e79")
    return (
        f":root{{--accent:{accent.lower()}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--accent:{accent_dark.lower()}}}}}\n"
    )


def _file(name: str, content: bytes) -> StaticFile:
    media_type = guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return StaticFile(name, content, media_type, blake2b(content, digest_size=6).hexdigest())


def _one_sheet(sheets: list[str]) -> bytes:
    return _COMMENT.sub("", "\n".join(sheets)).encode()
