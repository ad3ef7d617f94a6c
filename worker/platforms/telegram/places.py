"""How far an account is known: pure, no network."""

from typing import Final

import msgspec

MAX_GROUPS: Final = 2000


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor: Telegram's own counters, and the last mention that was told of each big group, by its number."""

    pts: int
    qts: int
    date: int
    mentions: dict[str, int] = {}

    def told(self, group: int) -> int:
        """Return the number of the last mention of a group that was told, 0 for none."""
        return self.mentions.get(str(group), 0)

    def with_mention(self, group: int, number: int) -> "Place":
        """Return the place after a mention was told. Of too many groups the one told longest ago is forgotten."""
        if number <= self.told(group):
            return self
        mentions = {name: last for name, last in self.mentions.items() if name != str(group)} | {str(group): number}
        for name in list(mentions)[: max(0, len(mentions) - MAX_GROUPS)]:
            del mentions[name]
        return msgspec.structs.replace(self, mentions=mentions)


def read_place(cursor: str | None) -> Place | None:
    """Return what a cursor holds; one that is not ours holds nothing: the ledger knows what was told."""
    try:
        return msgspec.json.decode(cursor, type=Place) if cursor is not None else None
    except msgspec.DecodeError:
        return None
