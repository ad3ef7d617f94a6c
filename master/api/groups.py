"""Groups of accounts, and the settings that they pass on."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from master.api.inheritance import Inheritable
from master.api.rows import Body, Name, Notes, Row

Color = Annotated[str, Meta(pattern=r"^(#[0-9a-fA-F]{6})?$(?!\n)", examples=["#1f6feb"])]
"""``#rrggbb``, or nothing."""
GroupId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$(?!\n)", examples=["1b4e28ba-2fa1-11d2-883f-0016d3cca427"]
    ),
]
"""As the master makes them."""
Position = Annotated[int, Meta(ge=0, le=10_000)]


class Group(Row, frozen=True, kw_only=True):
    """One group. Groups are shown by ``position``."""

    id: str
    name: str
    color: str
    notes: str
    position: int
    """0, 1, 2 … without gaps."""
    settings: Inheritable
    """What its accounts inherit."""
    accounts: int
    """How many it has."""
    created_at: int
    version: int


class GroupCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /groups``. Without ``position`` it comes last."""

    id: GroupId | UnsetType = UNSET
    """Of one that was deleted and comes back: rules and snoozes that name it mean it again. 409 when it is taken."""
    name: Name
    color: Color = ""
    notes: Notes = ""
    position: Position | UnsetType = UNSET
    settings: Inheritable = Inheritable()


class GroupPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /groups/:id``; what is absent stays. Settings count at once for all its accounts."""

    name: Name | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    settings: Inheritable | UnsetType = UNSET
    """All of them anew; what is absent or null in it is no longer given by the group."""
    version: int | UnsetType = UNSET


class GroupRemoved(Row, frozen=True, kw_only=True):
    """Answer of ``DELETE /groups/:id``: so many accounts are in no group now; each keeps what is its own."""

    accounts: int
