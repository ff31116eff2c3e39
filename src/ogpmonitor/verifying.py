"""`ogpmonitor verify`: a whole register, or one file that somebody kept, recomputed for a terminal."""

from dataclasses import dataclass

from ogpmonitor.kit.attachments import attached_files
from ogpmonitor.kit.storage import Storage
from ogpmonitor.register.keys import Keyring
from ogpmonitor.register.log import read_signing_key
from ogpmonitor.register.proof import Step
from ogpmonitor.register.verify import report_lines, verify_register
from ogpmonitor.register.verify_export import NotAnExport, verify_export
from ogpmonitor.settings import Settings

PDF = b"%PDF-"


@dataclass(frozen=True)
class Asked:
    """What is known from elsewhere, and whether files are read too."""

    keys: frozenset[str] | None = None
    known: tuple[int, str] | None = None
    files: bool = False


@dataclass(frozen=True)
class Outcome:
    """What to say, and whether all of it holds."""

    lines: list[str]
    holds: bool


async def verify_house(settings: Settings, asked: Asked) -> Outcome:
    """The whole register of the database that `settings` names.

    Where no key is known from elsewhere, the deployment's own is trusted; where that is not here, the present one.
    """
    keys = asked.keys
    if keys is None and settings.signing_key_file.exists():
        keys = frozenset({read_signing_key(settings.signing_key_file).public_key})
    storage = Storage.at(settings.files_url) if asked.files else None
    async with settings.database(pool_size=1) as database, database.register_session() as session:
        verdict = await verify_register(session, trusted_keys=keys, known=asked.known, storage=storage)
    return Outcome(report_lines(verdict), verdict.holds)


async def verify_file(content: bytes, asked: Asked) -> Outcome:
    """A report as PDF, by the edition attached to it, or an exported edition; no database is asked."""
    exports = await attached_files(content) if content.startswith(PDF) else [content]
    for export in exports:
        try:
            verdict = verify_export(export, trusted_keys=Keyring.of(asked.keys) if asked.keys else None)
        except NotAnExport:
            continue
        steps = [_line(step) for step in verdict.steps]
        outcome = "All of it holds." if verdict.holds else "It does not hold."
        return Outcome([f"edition {verdict.sha256}", *steps, outcome], verdict.holds)
    return Outcome(["The file carries no exported edition."], holds=False)


def _line(step: Step) -> str:
    if step.holds:
        return f"holds  {step.code}"
    return f"FAILS  {step.code}: {'; '.join(step.faults)} {' '.join(step.failing)}".rstrip()
