"""What all types of the API share."""

from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from worker.protocol.bases import EARLIEST_MS, LATEST_MS
from worker.protocol.texts import Text

T = TypeVar("T")

Name = Annotated[str, Meta(min_length=1, max_length=50)]
Interval = Annotated[int, Meta(ge=5, le=86_400)]
Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=50)]], Meta(max_length=20)]
Notes = Annotated[str, Meta(max_length=10_000)]
Priority = Annotated[int, Meta(ge=0, le=9)]
Time = Annotated[int, Meta(ge=EARLIEST_MS, le=LATEST_MS)]
"""UTC milliseconds."""
RowId = Annotated[int, Meta(ge=1, le=2**53)]
"""Number of a stored row; every JSON reader can hold it."""
WorkerId = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)", examples=["worker-1"])
]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what the master sends."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a client sends."""


class Failure(Row, frozen=True, kw_only=True):
    """The ``error`` of a refused request."""

    code: str
    message: str
    text: Text | UnsetType = UNSET
    """The message with its code, for clients that translate."""
    fields: dict[str, str] | UnsetType = UNSET
    texts: dict[str, Text] | UnsetType = UNSET
    """The same as ``fields`` with codes."""
    request_id: str = ""


class Beat(msgspec.Struct, frozen=True, array_like=True):
    """One tick of a heartbeat bar: when, how long it took (ms), and ``ok``, ``warn``, ``bad`` or ``idle``."""

    at: int
    ms: int
    level: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list, with ``rows`` of the resource's type. ``next_cursor`` null: this was the last one."""

    rows: list[Any]
    next_cursor: str | None = None
    total: int | UnsetType = UNSET


class Rows(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """:class:`Page` with its rows typed: what a list answers."""

    rows: list[T]
    next_cursor: str | None = None
    total: int | UnsetType = UNSET


class BatchResult(Row, frozen=True, kw_only=True):
    """One row of a batch's answer."""

    id: str
    success: bool
    error: Text | None = None


class BatchReport(Row, frozen=True, kw_only=True):
    """Answer of a batch."""

    action: str
    total: int
    success: int
    failure: int
    results: list[BatchResult]


class Count(Row, frozen=True, kw_only=True):
    """How many rows a command changed."""

    count: int
