"""What all messages share."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

EARLIEST_MS: Final = 0
LATEST_MS: Final = 32_503_680_000_000
"""First instant of the year 3000: the range of every stored or sent time."""
Moment = Annotated[int, Meta(ge=EARLIEST_MS, le=LATEST_MS)]
"""UTC milliseconds."""
Number = Annotated[int, Meta(ge=0, le=2**53)]
"""Of an epoch or in a sequence; every JSON reader can hold it."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all payloads."""


class Done(Message, frozen=True, kw_only=True):
    """The plain answer to a command."""
