"""Events as items: which are told, as what, and under which key."""

import re
from typing import Any, Final
from urllib.parse import quote

import msgspec

from worker.sdk.platform import Item, ItemKind, make_item

Event = dict[str, Any]
MESSAGE: Final = "m.room.message"
ENCRYPTED: Final = "m.room.encrypted"
_TITLE: Final = 200


class Events(msgspec.Struct, frozen=True):
    """Events of one kind."""

    events: list[Event] = []


class Timeline(msgspec.Struct, frozen=True):
    """The newest events of a room; ``limited`` where others are missing before them."""

    events: list[Event] = []
    limited: bool = False


class Joined(msgspec.Struct, frozen=True):
    """A room that we are in."""

    timeline: Timeline = Timeline()
    ephemeral: Events = Events()
    account_data: Events = Events()


class InviteState(msgspec.Struct, frozen=True):
    """What may be known of a room that we are invited to."""

    events: list[Event] = []


class Invited(msgspec.Struct, frozen=True):
    """A room that we are invited to."""

    invite_state: InviteState = InviteState()


class Rooms(msgspec.Struct, frozen=True):
    """What is new, by room id."""

    join: dict[str, Joined] = {}
    invite: dict[str, Invited] = {}


class Sync(msgspec.Struct, frozen=True):
    """An answer of ``/sync``."""

    next_batch: str
    rooms: Rooms = Rooms()
    account_data: Events = Events()
    """Changed settings of the account."""


class Messages(msgspec.Struct, frozen=True):
    """A page of a room."""

    chunk: list[Event] = []
    end: str | None = None


class Me:
    """Who we are: our user id, and the name that others see."""

    def __init__(self, user: str, name: str) -> None:
        self.user = user
        local = user.removeprefix("@").partition(":")[0]
        names = "|".join(re.escape(one) for one in {user, local, name} if one)
        self._names = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE)

    def is_mentioned(self, event: Event) -> bool:
        """Whether an event speaks to us. Clients that say whom they mean are taken at their word."""
        content = _content(event)
        said = content.get("m.mentions")
        if isinstance(said, dict):
            users = said.get("user_ids")
            return said.get("room") is True or (isinstance(users, list) and self.user in users)
        return self._names.search(_word(content, "body")) is not None


def is_told(event: Event, me: str) -> bool:
    """Whether an event is a message of somebody else that can be told, if it is for us."""
    sender, content = _word(event, "sender"), _content(event)
    if not sender or sender == me or not 0 < len(_word(event, "event_id")) <= 512 or "state_key" in event:
        return False
    relation = content.get("m.relates_to")
    if isinstance(relation, dict) and relation.get("rel_type") == "m.replace":
        # A message that was told, in other words.
        return False
    if event.get("type") == ENCRYPTED:
        return bool(content)
    return event.get("type") == MESSAGE and bool(_word(content, "body").strip())


def item_of(event: Event, room: str, kind: ItemKind) -> Item:
    """Return an event that :func:`is_told` as an item."""
    body = "" if event.get("type") == ENCRYPTED else _word(_content(event), "body")
    title = body.strip().splitlines()[0][:_TITLE] if body else "Encrypted message"
    name, made = _word(event, "event_id"), event.get("origin_server_ts")
    return make_item(
        kind,
        name,
        title,
        body=body,
        author=_word(event, "sender"),
        url=f"https://matrix.to/#/{quote(room)}/{quote(name)}",
        thread=room,
        created_at=made if isinstance(made, int) else None,
    )


def invitation_of(room: str, invited: Invited, me: str) -> Item | None:
    """Return an invitation as an item; None where nobody is said to have sent it."""
    name = sender = ""
    for event in invited.invite_state.events:
        if event.get("type") == "m.room.member" and event.get("state_key") == me:
            sender = _word(event, "sender")
        elif event.get("type") == "m.room.name":
            name = _word(_content(event), "name")
    if not sender:
        return None
    title = f"Invitation: {name or sender}"
    key = f"invite|{room}|{sender}"[:512]
    return make_item(
        ItemKind.DIRECT_MESSAGE, key, title, author=sender, url=f"https://matrix.to/#/{quote(room)}", thread=room
    )


def direct_rooms(events: list[Event]) -> set[str] | None:
    """Return the rooms that the account calls direct, None where nothing is said of it."""
    found = None
    for event in events:
        if event.get("type") == "m.direct":
            found = rooms_of(_content(event))
    return found


def rooms_of(direct: Any) -> set[str]:
    """Return the rooms in the content of ``m.direct``."""
    lists = direct.values() if isinstance(direct, dict) else []
    return {room for rooms in lists if isinstance(rooms, list) for room in rooms if isinstance(room, str)}


def _content(event: Event) -> dict[str, Any]:
    content = event.get("content")
    return content if isinstance(content, dict) else {}


def _word(holder: dict[str, Any], name: str) -> str:
    word = holder.get(name)
    return word if isinstance(word, str) else ""
