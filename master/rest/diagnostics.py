"""The master's machine: what is right and wrong on it, the self-test, and the support bundle."""

from master.api.diagnostics import Bundle, BundleRequest, SelfTest, SystemFacts, SystemReport
from master.rest.calls import Call, Route
from worker.protocol.texts import text


async def report(call: Call) -> SystemReport:
    """Look at the machine now."""
    return await call.services.diagnostics.report()


async def facts(call: Call) -> SystemFacts:
    """Return what the master runs on."""
    return await call.services.diagnostics.facts()


async def get_selftest(call: Call) -> SelfTest:
    """Return the last self-test, or the one under way."""
    return call.services.diagnostics.selftest


async def start_selftest(call: Call) -> SelfTest:
    """Begin a self-test in a process of its own."""
    return call.services.diagnostics.start_selftest()


async def bundle(call: Call) -> Bundle:
    """Gather what helps to find a fault."""
    made = await call.services.diagnostics.bundle(call.body)
    call.audit("exported", text("audit_bundle"))
    return made


ROUTES = (
    Route("GET", "/system", report, "What is right and wrong on the master's machine", SystemReport, scope="client"),
    Route(
        "GET",
        "/system/facts",
        facts,
        "What the master runs on, and the sizes of its folder",
        SystemFacts,
        scope="client",
    ),
    Route("GET", "/system/selftest", get_selftest, "The last self-test", SelfTest, scope="client"),
    Route("POST", "/system/selftest", start_selftest, "Begin a self-test", SelfTest, status=202),
    Route(
        "POST",
        "/system/bundle",
        bundle,
        "A support bundle: no secret, no item text, no name",
        Bundle,
        BundleRequest,
        body_optional=True,
    ),
)
