"""The machine that the master runs on."""

from master.api.schema import Machine, MachineSleep
from master.rest.calls import Call, Route


async def machine(call: Call) -> Machine:
    """Return how it is."""
    return call.services.machines.machine


async def sleep(call: Call) -> Machine:
    """Note what the system says: it is about to sleep, or woke up."""
    body: MachineSleep = call.body
    return call.services.machines.wakes.said(body.asleep)


ROUTES = (
    Route("GET", "/machine", machine, "Asleep or awake, on battery or not", Machine, scope="client"),
    Route("POST", "/machine/sleep", sleep, "The system is about to sleep, or woke up", Machine, MachineSleep),
)
