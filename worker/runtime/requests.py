"""What the running piece of work belongs to; log records carry it along."""

import uuid
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the command or the check that the work belongs to."""

account_id: ContextVar[str] = ContextVar("account_id", default="")
"""Of the account that is worked on."""


def new_request_id() -> str:
    """Return 16 random hexadecimal characters."""
    return uuid.uuid4().hex[:16]
