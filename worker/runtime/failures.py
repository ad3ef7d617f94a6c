"""Faults of the worker's own code: told to the master, which keeps them among what happened to this worker."""

import contextlib
from typing import Final

from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.worker_messages import WorkerFailed
from worker.runtime.link import LinkDownError, Master

TELL_SECONDS: Final = 10.0


async def tell_failure(link: Master, code: str, error: Exception) -> None:
    """Say what went wrong; the log has the rest. While the master is away, the log alone has it.

    Only the type of ``error`` is said: its words may quote what it stumbled over.
    """
    with contextlib.suppress(LinkDownError, ProtocolError):
        await link.request(WorkerFailed(code=code, message=type(error).__name__), Done, TELL_SECONDS)
