"""What the server tells unasked: kept small, for a poll to look after."""

import asyncio
from collections import deque
from typing import Any, Final

import msgspec
from telethon.tl import types

MAX_HEARD: Final = 300
_SHORT: Final = (types.UpdateShortMessage, types.UpdateShortChatMessage, types.UpdatesTooLong)
_NEWS: Final = (
    types.UpdateNewMessage,
    types.UpdateReadHistoryInbox,
    types.UpdateReadMessagesContents,
    types.UpdatePtsChanged,
)
GROUP_UPDATES: Final = (
    types.UpdateNewChannelMessage,
    types.UpdateChannelTooLong,
    types.UpdateReadChannelInbox,
    types.UpdateChannelReadMessagesContents,
)
"""What concerns big groups, which count their messages themselves."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard since the last look. ``messages``: mentions in big groups, with the people around them."""

    messages: list[tuple[Any, Any, Any]]
    read_up_to: dict[int, int]
    """The last message that was read, by the number of the group."""
    read: list[tuple[int, int]]
    """Groups and messages that were read one by one."""
    all_groups: bool
    """Something happened in a group that was not told in full."""


class Ear:
    """Takes the place of the queue that the library puts updates into: nothing grows while nobody looks."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self.login = asyncio.Event()
        self._messages: deque[tuple[Any, Any, Any]] = deque(maxlen=MAX_HEARD)
        self._read_up_to: dict[int, int] = {}
        self._read: deque[tuple[int, int]] = deque(maxlen=MAX_HEARD)
        self._all_groups = False

    def put_nowait(self, updates: Any) -> None:
        """Hear what the server says."""
        if isinstance(updates, _SHORT):
            self.news.set()
            return
        every = [updates.update] if isinstance(updates, types.UpdateShort) else getattr(updates, "updates", [])
        for update in every:
            self._hear(update, getattr(updates, "users", []), getattr(updates, "chats", []))

    def take(self) -> Heard:
        """Return what was heard, and forget it."""
        self.news.clear()
        heard = Heard(
            messages=list(self._messages),
            read_up_to=self._read_up_to,
            read=list(self._read),
            all_groups=self._all_groups,
        )
        self._messages.clear()
        self._read.clear()
        self._read_up_to, self._all_groups = {}, False
        return heard

    def _hear(self, update: Any, users: Any, chats: Any) -> None:
        if isinstance(update, types.UpdateLoginToken):
            self.login.set()
        elif isinstance(update, _NEWS):
            self.news.set()
        elif isinstance(update, types.UpdateNewChannelMessage):
            if getattr(update.message, "mentioned", False):
                self._all_groups = self._all_groups or len(self._messages) == MAX_HEARD
                self._messages.append((update.message, users, chats))
                self.news.set()
        elif isinstance(update, types.UpdateChannelTooLong):
            self._all_groups = True
            self.news.set()
        elif isinstance(update, types.UpdateReadChannelInbox):
            if len(self._read_up_to) < MAX_HEARD:
                self._read_up_to[update.channel_id] = update.max_id
                self.news.set()
        elif isinstance(update, types.UpdateChannelReadMessagesContents):
            self._read.extend((update.channel_id, number) for number in update.messages)
            self.news.set()
