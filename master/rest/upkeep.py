"""What the master repairs and clears away by itself."""

from master.api.schema import JanitorReport, JanitorRun, Recovery
from master.rest.calls import Call, Route


async def recovery(call: Call) -> Recovery:
    """Return what the last start found and repaired."""
    return call.services.recovery.report


async def janitor(call: Call) -> JanitorReport:
    """Clear away what is too old, or say what would be."""
    body: JanitorRun = call.body
    return await call.services.janitor.run(dry_run=body.dry_run)


ROUTES = (
    Route("GET", "/recovery", recovery, "What the last start found and repaired", Recovery, scope="client"),
    Route("POST", "/janitor", janitor, "Clear away what is too old", JanitorReport, JanitorRun, body_optional=True),
)
