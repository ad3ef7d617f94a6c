"""Which messages were told and not yet read, so that what is read elsewhere can be named."""

from collections import OrderedDict
from typing import Any, Final

from telethon.tl import types

from .messages import key_of, peer_name

MAX_PEERS: Final = 300
MAX_MESSAGES: Final = 200


class Unread:
    """The last messages of the last chats: what it has forgotten stays unread here, no more."""

    def __init__(self) -> None:
        self._by_peer: OrderedDict[str, list[int]] = OrderedDict()

    def add(self, key: str) -> None:
        """Note a message that is told."""
        peer, _, number = key.partition("/")
        numbers = self._by_peer.setdefault(peer, [])
        numbers.append(int(number))
        del numbers[:-MAX_MESSAGES]
        self._by_peer.move_to_end(peer)
        if len(self._by_peer) > MAX_PEERS:
            self._by_peer.popitem(last=False)

    def up_to(self, peer: str, last: int) -> list[str]:
        """Return the keys of a chat up to a message, and forget them."""
        numbers = self._by_peer.get(peer, [])
        self._by_peer[peer] = [number for number in numbers if number > last]
        if not self._by_peer[peer]:
            del self._by_peer[peer]
        return [key_of(peer, number) for number in numbers if number <= last]

    def of_update(self, update: Any) -> list[str]:
        """Return the keys that an update says were read."""
        if isinstance(update, types.UpdateReadHistoryInbox):
            return self.up_to(peer_name(update.peer), update.max_id)
        if isinstance(update, types.UpdateReadMessagesContents):
            read = frozenset(update.messages)
            # Private chats and small groups count their messages together.
            small = [(peer, numbers) for peer, numbers in self._by_peer.items() if not peer.startswith("channel")]
            return [key_of(peer, number) for peer, numbers in small for number in numbers if number in read]
        return []
