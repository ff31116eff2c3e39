"""What `doctor` looks at besides the database: settings, files, the signing key, jurisdictions, parts, reports."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import make_url

from ogpmonitor.health.finding import Finding, doubtful, fails, holds
from ogpmonitor.kit.datafiles import DataRefused
from ogpmonitor.kit.i18n import DEFAULT_LANGUAGE
from ogpmonitor.kit.static import SHEET, STATIC, program_files
from ogpmonitor.kit.storage import Storage
from ogpmonitor.kit.templating import templates_in
from ogpmonitor.plans.loading import read_folders
from ogpmonitor.register.keys import present_key
from ogpmonitor.register.log import checkpoint_text, is_signed, read_signing_key
from ogpmonitor.reports.printing import fonts
from ogpmonitor.settings import Settings, unknown_names
from ogpmonitor.tenants.service import digest_of

PREPARE = "run: python scripts/prepare.py runtime"
_NEWEST = "SELECT sequence, head_hash, at, public_key, signature FROM register.checkpoints ORDER BY id DESC LIMIT 1"
_TENANTS = "SELECT slug, digest FROM platform.tenants"
_PANGO = "import weasyprint; weasyprint.HTML(string='<p>a</p>').write_pdf()"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class House:
    """What checks are given."""

    settings: Settings
    environment: Mapping[str, str]


async def check_settings(house: House) -> list[Finding]:
    """The settings make sense together, and no variable is misspelt."""
    found = [doubtful("settings", doubt, "see docs/settings.md.") for doubt in house.settings.doubts]
    found += [
        doubtful("settings", f"{name} is no setting of this release.", "see docs/settings.md.")
        for name in unknown_names(house.environment)
    ]
    return found or [holds("settings", "each is one of ours, and they make sense together.")]


async def check_files(house: House) -> list[Finding]:
    """The store takes a file, gives it back and deletes it."""
    url = house.settings.files_url
    try:
        storage = Storage.at(url)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await storage.try_out()
            await storage.delete_probe()
    except Exception as error:  # noqa: BLE001  each kind of store has its own
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        to_do = "see whether OGPMONITOR_FILES_URL is right, and whether this user may write, read and delete there."
        return [fails("files", f"{url}: {reason}", to_do)]
    return [holds("files", f"{url} takes files, gives them back and deletes them.")]


async def check_signing_key(house: House) -> list[Finding]:
    """The key can be read, it is the one that signs the log now, and the log's newest signature holds."""
    file = house.settings.signing_key_file
    try:
        key = read_signing_key(file)
    except OSError as error:
        return [fails("signing key", f"{file}: {error.strerror}.", "put it there, or bring it back from a backup.")]
    except (TypeError, ValueError):
        to_do = "openssl genpkey -algorithm ed25519, or bring the right one back from a backup."
        return [fails("signing key", f"{file} is no Ed25519 private key in PEM, unencrypted.", to_do)]
    found = []
    if file.stat().st_mode & 0o007:
        found.append(doubtful("signing key", f"everybody on this machine can read {file}.", f"chmod o= {file}"))
    rows = await _rows(house.settings.public_url, _NEWEST)
    if not rows:
        return [*found, holds("signing key", f"{key.key_id}; nothing was published yet.")]
    sequence, head, at, public_key, signature = rows[0]
    text = checkpoint_text(sequence=sequence, head_hash=head, at=at)
    if not is_signed(text, signature=signature, public_key=public_key):
        seen = f"the signature of the log's newest checkpoint ({sequence}) does not hold."
        return [*found, fails("signing key", seen, "run: ogpmonitor verify, and find out who changed the database.")]
    async with house.settings.database(pool_size=1) as database, database.register_session() as session:
        present = await present_key(session)
    if present != key.public_key:
        seen = f"the log is signed with another key now than {key.key_id}; publishing is refused."
        to_do = "put that one in its place: ogpmonitor keys list shows its public key."
        return [*found, fails("signing key", seen, to_do)]
    return [*found, holds("signing key", f"{key.key_id} signs; the log's newest checkpoint ({sequence}) holds.")]


async def check_tenants(house: House) -> list[Finding]:
    """The folder of jurisdictions holds no mistake, and the database says what it says."""
    folder = house.settings.tenants_folder
    try:
        folders = [each.folder for each in read_folders(folder)]
    except DataRefused as refused:
        seen = f"{folder}: {'; '.join(str(refused).splitlines())}"
        return [fails("tenants", seen, "mend it; ogpmonitor tenants check names every problem.")]
    loaded = dict(await _rows(house.settings.app_url, _TENANTS))
    found = []
    behind = [each.tenant.slug for each in folders if loaded.get(each.tenant.slug) != digest_of(each)]
    if behind:
        seen = f"the database does not say what {folder} says of {', '.join(behind)}."
        found.append(fails("tenants", seen, "run: ogpmonitor tenants sync"))
    if gone := sorted(set(loaded) - {each.tenant.slug for each in folders}):
        seen = f"in the database and not in {folder}: {', '.join(gone)}."
        found.append(doubtful("tenants", seen, "bring their folders back: what is published stays, with or without."))
    return found or [holds("tenants", f"{len(folders)}, each as {folder} says.")]


async def check_parts(house: House) -> list[Finding]:
    """Templates can be read, and what the browser needs is there."""
    folder = house.settings.templates_folder
    broken = []
    templates = templates_in(folder).environment(DEFAULT_LANGUAGE)
    names = templates.list_templates(extensions=["html", "txt", "svg", "xml"])
    for name in names:
        try:
            templates.get_template(name)
        except Exception as error:  # noqa: BLE001  whatever a template breaks with
            broken.append(f"{name} ({type(error).__name__})")
    if broken or not names:
        seen = f"{folder}: {', '.join(broken) or 'holds no templates'}."
        return [fails("parts", seen, "bring this release's folder back; OGPMONITOR_TEMPLATES_FOLDER names it.")]
    found = []
    if not program_files().has(SHEET):
        found.append(fails("parts", f"no stylesheet in {STATIC}.", "install this release anew."))
    if not program_files().has("vendor/htmx.min.js"):
        found.append(doubtful("parts", "htmx is not there; pages work without JavaScript only.", PREPARE))
    return found or [holds("parts", f"{len(names)} templates, stylesheets, htmx.")]


async def check_reports(_house: House) -> list[Finding]:
    """A page can be laid out as PDF on this machine, with the report's own fonts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PANGO, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    if process.returncode:
        reason = (said.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        to_do = "on Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        return [fails("reports", f"no PDF can be drawn here: {reason[:200]}", to_do)]
    if not fonts():
        return [doubtful("reports", "the report's fonts are not there; another is used in their place.", PREPARE)]
    return [holds("reports", f"PDF can be drawn, with {len(fonts())} files of fonts.")]


async def _rows(url: str, statement: str) -> list[Any]:
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(conninfo, connect_timeout=5, autocommit=True) as connection:
        return await (await connection.execute(statement.encode())).fetchall()
