"""What a notification service of the operating system is asked, and what it can: the port behind the notifier."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import msgspec

OPEN, READ, SNOOZE = "open", "read", "snooze"
"""What a person can do with a notice; a click on it is :data:`OPEN`."""

Sound = Literal["none", "usual", "alert"]

Permission = Literal["granted", "denied", "unavailable"]
"""``unavailable``: the system shows no notices of this program, so there is nothing to ask."""

Acted = Callable[[str, str], object]
"""Told of the key of a notice and what was done with it (:data:`OPEN` …). Called from any thread."""


class NoticeButton(msgspec.Struct, frozen=True, kw_only=True):
    """A button of a notice: ``action`` is :data:`OPEN`, :data:`READ` or :data:`SNOOZE`."""

    action: str
    title: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be shown, in plain text. One with the ``key`` of another replaces it."""

    key: str
    title: str
    body: str
    group: str = ""
    """Notices of one group stand together where the system can do so."""
    urgent: bool = False
    """It stays until it was seen, and comes through the system's own silence where the person let it."""
    sound: Sound = "usual"
    buttons: tuple[NoticeButton, ...] = ()


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the service can, as far as it says so."""

    buttons: bool = False
    sounds: bool = False
    replaces: bool = False
    """A notice with a key that stands already takes its place by itself."""


class NoticeService(Protocol):
    """The service of one system. Every coroutine runs on the engine thread, ends in time and raises nothing."""

    @property
    def abilities(self) -> Abilities | None:
        """What it can; None while it cannot be reached, and before it was asked for the first time."""

    @property
    def reason(self) -> str:
        """Why it could not be used the last time, for the log."""

    async def show(self, notice: Notice) -> bool:
        """Show ``notice``; False when it was not taken: then it has to be told in another way."""

    async def withdraw(self, keys: Sequence[str]) -> None:
        """Take notices away; those that are gone already are passed over."""

    async def permission(self, *, ask: bool) -> Permission:
        """Return whether the system lets notices through; with ``ask`` it may ask the person, once and for all."""

    async def close(self) -> None:
        """Take all notices away and let go of the service."""
