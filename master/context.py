"""What belongs to the request under way, through every await."""

from contextvars import ContextVar
from typing import Final

actor: Final[ContextVar[str]] = ContextVar("actor", default="master")
"""Who asks: ``admin``, ``client`` (the tokens of this start), ``token:NAME``, ``master`` for what nobody asked for."""

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""Id of the request or message that is being handled; empty outside of one. Travels into events and log lines."""
