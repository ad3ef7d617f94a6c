"""Free-standing credentials, for jobs."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Name, Row
from worker.protocol.secret import veiled

Values = Annotated[dict[Annotated[str, Meta(min_length=1, max_length=100)], Annotated[str, Meta(max_length=65_536)]],
                   Meta(min_length=1, max_length=100)]  # fmt: skip


class CredentialCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /credentials``; ``values`` are in no answer. A job reads them as one JSON object on stdin."""

    name: Name
    values: Values

    __repr__ = veiled


class CredentialPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /credentials/:id``; what is absent stays. Jobs that begin from then on read the new values."""

    name: Name | UnsetType = UNSET
    values: Values | UnsetType = UNSET
    """All of them anew."""
    version: int | UnsetType = UNSET

    __repr__ = veiled


class Credential(Row, frozen=True, kw_only=True):
    """What is known of a stored credential: the names of its values, never these."""

    id: str
    name: str
    fields: list[str]
    created_at: int
    version: int = 1
    """Grows with every change of the values; that of a PATCH may be named, and a stale one is refused (409)."""
    last_used_at: int | None = None
    """When a job was last given them."""
