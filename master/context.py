"""What belongs to the request under way, through every await."""

from contextvars import ContextVar
from typing import Final

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""Id of the request or message that is being handled; empty outside of one. Travels into events and log lines."""
