"""Answers: a page, a fragment, a refusal, a redirect. The one place where templates meet requests."""

import hashlib
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.response import Redirect

from ogpmonitor.kit.errors import DomainError, TooMany
from ogpmonitor.kit.i18n import DEFAULT_LANGUAGE, LANGUAGES, translate, translate_plural
from ogpmonitor.kit.place import Place
from ogpmonitor.kit.returning import AGAIN, came_from, returned
from ogpmonitor.kit.templating import Templates

AnyRequest = Request[Any, Any, Any]
PROBLEM_JSON = "application/problem+json"
# Pages made from the register are the same for everyone: they may be kept, and must be asked about each time.
SHARED = {"Cache-Control": "public, max-age=0, must-revalidate"}
PRIVATE = {"Cache-Control": "private, no-store"}
SENDS_ITSELF = "x-autosave"


def place_of(request: AnyRequest) -> Place:
    """Where the request stands; for an address that no route knows, as much of it as the address tells."""
    found: Place | None = request.state.get("place")
    if found is not None:
        return found
    lang, _, path = request.scope["path"].lstrip("/").partition("/")
    return Place(lang if lang in LANGUAGES else DEFAULT_LANGUAGE, path, "", request.app.state.settings.base_url)


def context_of(request: AnyRequest, **more: Any) -> dict[str, Any]:
    """What every template may use, and what this page adds."""
    user = request.scope.get("user")
    actor = user if user is not None and not user.is_stranger else None
    return {
        "actor": actor,
        "may": partial(request.app.state.permits, user),
        "demo_mode": request.app.state.demo,
        **place_of(request).context(),
        **more,
    }


def page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Response[bytes]:
    """A page for this person, now. Never kept by anyone."""
    return Response(
        _render(request, template, context), status_code=status, media_type=MediaType.HTML, headers=dict(PRIVATE)
    )


def sends_itself(request: AnyRequest) -> bool:
    """Whether a page sent its form by itself, while a person goes on writing in it."""
    return request.headers.get(SENDS_ITSELF) == "yes"


def saved(version: str, **more: Any) -> Response[bytes]:
    """What a page that sent its form by itself needs to go on: the version it stands at now, and `more`."""
    body = json.dumps({"version": version, **more}).encode()
    return Response(body, status_code=200, media_type=MediaType.JSON, headers=dict(PRIVATE))


def public_page(request: AnyRequest, template: str, **context: Any) -> Response[bytes]:
    """A page that is the same for everyone, with an `ETag`; 304 for whoever has it already. It knows no actor."""
    return shared(request, _render(request, template, {**context, "actor": None}), MediaType.HTML)


def shared(request: AnyRequest, body: bytes, media_type: str, **headers: str) -> Response[bytes]:
    """Bytes that are the same for everyone, with an `ETag`; 304 for whoever has them already."""
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    sent = {**SHARED, "ETag": etag, **headers}
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=sent, media_type=media_type)
    return Response(body, media_type=media_type, headers=sent)


def fragment(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Response[bytes]:
    """The fragment alone for htmx, and in a page of its own for everyone else."""
    templates: Templates = request.app.state.templates
    alone = request.headers.get("hx-request") != "true"
    body = templates.render_fragment(template, alone=alone, **_context(request, context))
    headers = {**PRIVATE, "Vary": "HX-Request"}
    return Response(body.encode(), status_code=status, media_type=MediaType.HTML, headers=headers)


def see_other(request: AnyRequest, path: str) -> Redirect:
    """After a POST: go and look at `path` (as in `Place.path`)."""
    return Redirect(place_of(request).href(path), status_code=303)


def refusal(request: AnyRequest, error: DomainError) -> Response[bytes]:
    """What a refused person sees: what happened, what was kept, what to do; problem+json for machines."""
    place = place_of(request)
    detail = translate(place.lang, error.message) if error.message else ""
    if not isinstance(error, TooMany):
        return refusal_with(request, error.status, code=error.code, detail=detail)
    headers = {"Retry-After": str(error.seconds)}
    detail = detail or _wait(place.lang, error.seconds)
    return refusal_with(request, error.status, code=error.code, detail=detail, headers=headers)


def _wait(lang: str, seconds: int) -> str:
    return translate_plural(
        lang,
        "Too many requests came from here in a short time. Try again in %(num)s minute.",
        "Too many requests came from here in a short time. Try again in %(num)s minutes.",
        -(-seconds // 60),
    )


def refusal_with(
    request: AnyRequest, status: int, *, code: str, detail: str = "", headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """The designed page of `status`, or problem+json (RFC 9457) for machines. Never kept by anyone.

    To whoever sent a form of the workbench it gives back what was typed there.
    """
    sent = {**(headers or {}), **PRIVATE}
    if wants_json(request):
        problem = {"type": f"urn:ogpmonitor:{code}", "status": status, "title": code, "detail": detail}
        return Response(problem, status_code=status, media_type=PROBLEM_JSON, headers=sent)  # type: ignore[arg-type]  # Litestar serialises it
    templates: Templates = request.app.state.templates
    back = returned(request)
    given: dict[str, Any] = {}
    if back:
        words = partial(request.app.state.field_words, place_of(request).lang)
        given = {
            "returned": back,
            "field_words": words,
            "may_send_again": status in AGAIN,
            "came_from": came_from(request),
        }
    body = templates.render_error(status, **_context(request, {"detail": detail, **given}))
    return Response(body.encode(), status_code=status, media_type=MediaType.HTML, headers=sent)


def wants_json(request: AnyRequest) -> bool:
    """Whether a machine is asking."""
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _render(request: AnyRequest, template: str, context: dict[str, Any]) -> bytes:
    templates: Templates = request.app.state.templates
    return templates.render(template, **_context(request, context)).encode()


def _context(request: AnyRequest, context: dict[str, Any]) -> dict[str, Any]:
    tenant = place_of(request).tenant
    return {**context_of(request, **context), "zone": tenant.zone if tenant else None}
