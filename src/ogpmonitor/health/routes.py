"""`/health`: what probes ask. Open to everyone, so it names parts and nothing of what is in them."""

from litestar import Controller, Response, get

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.health.readiness import Readiness
from ogpmonitor.kit.respond import AnyRequest

NOT_KEPT = {"Cache-Control": "no-store"}


class HealthController(Controller):
    """Whether the process lives, and whether it can serve."""

    path = "/health"

    @get("/live", permission=Permission.PUBLIC)
    async def live(self) -> Response[str]:
        """200 as long as the process answers; it asks nobody else, so a database that is away restarts nothing."""
        return Response("live", media_type="text/plain", headers=dict(NOT_KEPT))

    @get("/ready", permission=Permission.PUBLIC)
    async def ready(self, request: AnyRequest) -> Response[str]:
        """200 when database, schema and files are there; 503 and one line for each part that is not."""
        readiness: Readiness = request.app.state.readiness
        missing = await readiness.missing()
        return Response(
            "\n".join(missing) or "ready",
            status_code=503 if missing else 200,
            media_type="text/plain",
            headers=dict(NOT_KEPT),
        )
