"""`/verify`: is this what was published? By fingerprint, or by the file itself. Nothing that is sent is kept."""

import asyncio
import json
from dataclasses import dataclass

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.attachments import attached_files
from ogpmonitor.kit.db import Database, RegisterSession
from ogpmonitor.kit.errors import TooLarge
from ogpmonitor.kit.forms import read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.kit.storage import sha256_of
from ogpmonitor.limits.table import VERIFY, VERIFY_FILE
from ogpmonitor.register.keys import Keyring, changes_of, shown_keys
from ogpmonitor.register.log import written
from ogpmonitor.register.lookup import Fingerprint, matches
from ogpmonitor.register.proof import Proof, prove
from ogpmonitor.register.verify_export import ExportVerdict, NotAnExport, verify_export

LARGEST_FILE = 25 * 1024 * 1024
FORM_OVERHEAD_BYTES = 64 * 1024
TOO_LARGE = msgid("The file is larger than 25 MB. Its fingerprint can be computed on your own computer and typed here.")
NO_FINGERPRINT = msgid("This is not a fingerprint. It has 64 digits from 0 to 9 and a to f; give at least the first 8.")
NO_FILE = msgid("Choose a file first.")


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What a file that was sent turns out to be: published itself, or the carrier of an edition, or neither."""

    name: str
    size_bytes: int
    sha256: str
    is_pdf: bool
    proof: Proof | None
    export: ExportVerdict | None = None
    export_proof: Proof | None = None


class VerifyController(Controller):
    """Everything is recomputed at each request, and no answer may be kept by anyone."""

    path = "/{lang:str}/verify"

    @get("/", permission=Permission.PUBLIC, limit=VERIFY)
    async def ask(self, request: AnyRequest, register: NamedDependency[RegisterSession]) -> Response[bytes] | Redirect:
        """The form; with `?q=`, the way to the fingerprint that begins like this, or a list where several do."""
        typed = request.query_params.get("q", "").strip()
        return await _looked_up(request, register, typed) if typed else _form(request)

    @get("/keys.json", permission=Permission.PUBLIC)
    async def keys(self, request: AnyRequest, register: NamedDependency[RegisterSession]) -> Response[bytes]:
        """Every key that has signed the log, the present one first, with each change of them and its signatures."""
        changes = await changes_of(register)
        told = {
            "schema": "ogpmonitor/keys/1",
            "keys": [
                {"public_key": one.public_key, "key_id": one.key_id, "first": one.first, "last": one.last}
                for one in shown_keys(request.app.state.signing_key.public_key, changes)
            ],
            "changes": [
                {
                    "sequence": change.sequence,
                    "head": change.head_hash,
                    "at": written(change.at),
                    "former_key": change.former_key,
                    "new_key": change.new_key,
                    "signature": change.signature,
                    "former_signature": change.former_signature,
                }
                for change in changes
            ],
        }
        return Response(json.dumps(told, indent=1).encode(), media_type="application/json")

    @get("/{sha256:str}", permission=Permission.PUBLIC, limit=VERIFY)
    async def show(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], sha256: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """What a fingerprint stands for, with every step recomputed now; 404 where nothing has it."""
        wanted = Fingerprint.typed(sha256)
        if wanted is None or not wanted.is_whole or wanted.start != sha256:
            return await _looked_up(request, register, sha256)
        proof = await _proof(request, register, sha256)
        if proof is None:
            return page(request, "register/unknown.html", status=404, typed=sha256)
        return page(request, "register/fingerprint.html", proof=proof)

    @post(
        "/",
        permission=Permission.PUBLIC,
        limit=VERIFY_FILE,
        status_code=200,
        request_max_body_size=LARGEST_FILE + FORM_OVERHEAD_BYTES,
    )
    async def read(self, request: AnyRequest) -> Response[bytes]:
        """What a file turns out to be: by its own fingerprint, or by the edition that it carries."""
        try:
            sent = (await read_form(request)).get("file")
        except HTTPException as error:
            raise (TooLarge("file.too_large", TOO_LARGE) if error.status_code == 413 else error) from error
        if not isinstance(sent, UploadFile) or not sent.filename:
            return _form(request, file_problem=NO_FILE)
        content = await sent.read()
        if len(content) > LARGEST_FILE:
            raise TooLarge("file.too_large", TOO_LARGE)
        return page(request, "register/file.html", file=await _file_verdict(request, sent.filename, content))


def _form(request: AnyRequest, *, typed: str = "", problem: str = "", file_problem: str = "") -> Response[bytes]:
    lang = place_of(request).lang
    said = {
        "problem": translate(lang, problem) if problem else "",
        "file_problem": translate(lang, file_problem) if file_problem else "",
    }
    status = 422 if problem or file_problem else 200
    return page(request, "register/verify.html", status=status, typed=typed, matches=[], **said)


async def _looked_up(request: AnyRequest, register: RegisterSession, typed: str) -> Response[bytes] | Redirect:
    wanted = Fingerprint.typed(typed)
    if wanted is None:
        return _form(request, typed=typed, problem=NO_FINGERPRINT)
    if wanted.is_whole:
        return see_other(request, f"verify/{wanted.start}")
    found = await matches(register, wanted)
    if not found:
        return page(request, "register/unknown.html", status=404, typed=typed)
    if len({match.sha256 for match in found}) == 1:
        return see_other(request, f"verify/{found[0].sha256}")
    return page(request, "register/verify.html", typed=typed, matches=found, problem="", file_problem="")


async def _proof(request: AnyRequest, register: RegisterSession, sha256: str) -> Proof | None:
    state = request.app.state
    return await prove(register, sha256, storage=state.storage, trusted=await _keyring(request, register))


async def _keyring(request: AnyRequest, register: RegisterSession) -> Keyring:
    """The deployment's own key, and the former ones that it vouches for."""
    return Keyring.of([request.app.state.signing_key.public_key]).widened(await changes_of(register))


async def _proof_alone(request: AnyRequest, sha256: str) -> Proof | None:
    """The same in a transaction of its own: reading a stranger's file between two of them keeps no connection."""
    database: Database = request.app.state.database
    async with database.register_session() as register:
        return await _proof(request, register, sha256)


async def _file_verdict(request: AnyRequest, name: str, content: bytes) -> FileVerdict:
    is_pdf = content.startswith(b"%PDF-")
    sha256 = await asyncio.to_thread(sha256_of, content)
    proof = await _proof_alone(request, sha256)
    if proof is not None:
        return FileVerdict(name, len(content), sha256, is_pdf, proof)
    database: Database = request.app.state.database
    async with database.register_session() as register:
        trusted = await _keyring(request, register)
    for carried in await attached_files(content) if is_pdf else [content]:
        try:
            export = await asyncio.to_thread(verify_export, carried, trusted_keys=trusted)
        except NotAnExport:
            continue
        found = await _proof_alone(request, export.sha256)
        return FileVerdict(name, len(content), sha256, is_pdf, None, export, found)
    return FileVerdict(name, len(content), sha256, is_pdf, None)
