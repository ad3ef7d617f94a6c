"""Whom an account knows: its chats, and what it takes to ask for each."""

from typing import Any, Final

from .messages import People, peer_name
from .wires import Wire, functions, types

DIALOGS: Final = 100
PAGES: Final = 5
MAX_HASHES: Final = 5000


class Circle:
    """The people and groups that answers spoke of. ``hashes`` by the names of their peers."""

    def __init__(self) -> None:
        self.hashes: dict[str, int] = {}

    def met(self, users: Any, chats: Any) -> People:
        """Return the people of an answer; what it takes to ask for them is kept."""
        people = People(users, chats)
        self.hashes |= people.hashes()
        for peer in list(self.hashes)[: max(0, len(self.hashes) - MAX_HASHES)]:
            del self.hashes[peer]
        return people

    def input_peer(self, peer: Any) -> Any:
        """Return a peer as requests name it."""
        hash_ = self.hashes.get(peer_name(peer), 0)
        if isinstance(peer, types.PeerUser):
            return types.InputPeerUser(peer.user_id, hash_)
        if isinstance(peer, types.PeerChannel):
            return types.InputPeerChannel(peer.channel_id, hash_)
        return types.InputPeerChat(peer.chat_id)

    async def dialogs(self, wire: Wire) -> list[tuple[Any, People, dict[str, Any]]]:
        """Return the chats that had something last, each with people around it and the last messages by peer."""
        found: list[tuple[Any, People, dict[str, Any]]] = []
        offset: tuple[Any, int, Any] = (None, 0, types.InputPeerEmpty())
        for _ in range(PAGES):
            answer = await wire.call(
                functions.messages.GetDialogsRequest(
                    offset_date=offset[0], offset_id=offset[1], offset_peer=offset[2], limit=DIALOGS, hash=0
                )
            )
            people = self.met(answer.users, answer.chats)
            messages = {peer_name(message.peer_id): message for message in answer.messages if message.peer_id}
            rows = [dialog for dialog in answer.dialogs if isinstance(dialog, types.Dialog)]
            found += [(dialog, people, messages) for dialog in rows]
            last = messages.get(peer_name(rows[-1].peer)) if rows else None
            if not isinstance(answer, types.messages.DialogsSlice) or len(rows) < DIALOGS or last is None:
                break
            offset = (last.date, last.id, self.input_peer(rows[-1].peer))
        return found
