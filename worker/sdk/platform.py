"""The interface of a platform: all that an adapter may see of Watchkeeper.

A platform is one folder ``worker/platforms/<id>/`` with ``manifest.toml`` and ``adapter.py``, whose class
``Adapter`` derives from :class:`Platform`. One instance watches one account; its methods are never called concurrently,
but that ``listen`` is cancelled before ``poll`` begins. It runs on the worker's event loop: nothing in it may block
longer than a pulse (0.5 s), so synchronous libraries run through :meth:`Context.run_blocking`.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, TypeVar

import msgspec

from worker.protocol.account_messages import TestStep
from worker.protocol.codec import cut_text, now_ms
from worker.protocol.item_messages import Item
from worker.protocol.manifest import Manifest
from worker.protocol.proposals import Proposal
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.secret import Secret
from worker.protocol.states import ItemKind
from worker.protocol.texts import Param, Text, text
from worker.sdk.logins import LoginExpired, Qr, SignedIn, Talk

T = TypeVar("T")


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found.

    ``items`` in the order in which they are to be told (oldest first); keys that were reported before may be in it:
    the worker's cache and the master's ledger drop them. ``cursor`` is opaque (any text up to 256 KiB), None keeps the
    one before. ``more`` asks for another poll at once (a page at a time keeps memory bounded).

    ``read``: keys of items, reported now or before, that are read at the service by now (in another program, or because
    ``mark_read`` marked them). They are marked as read here too; telling of one again, or of one never reported, does
    no harm. They are on disk before ``cursor`` moves, so tell of a change once. None of a baseline is needed.
    """

    items: list[Item] = []
    cursor: str | None = None
    more: bool = False
    read: list[str] = []
    expires_at: int | None = None
    """When the credentials end (UTC ms), where this check happened to tell; the person is warned before."""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What a test connection learned: a stable id of who we are, and a name to propose."""

    identity: str = ""
    name: str = ""
    expires_at: int | None = None
    """When the credentials (a token, a certificate) end, UTC ms, where the service tells."""


class Renewed(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials after the service has renewed them: the whole document."""

    document: dict[str, Any]
    expires_at: int | None = None
    """When the person has to sign in again all the same, UTC ms; None: never, or nobody knows."""

    def __repr__(self) -> str:
        return "Renewed(…)"


class Context(ABC):
    """What the runtime gives to an adapter."""

    account_id: str
    manifest: Manifest
    settings: dict[str, Any]
    """As typed, completed with the manifest's defaults, already checked against its types."""
    proxy: ProxyRoute | None = None
    """Every connection for this account goes through it, or none is made (:mod:`worker.sdk.proxies`)."""
    commands: list[str] | None = None
    """Programs that the adapter may execute (names or absolute paths), as the settings of the master say; None: any."""

    @abstractmethod
    async def secret(self) -> Secret:
        """Return the credentials (empty Secret when none are stored). Ask when needed, keep nothing."""

    @abstractmethod
    async def update_secret(self, document: dict[str, Any], expires_at: int | None = None) -> None:
        """Keep credentials that the service gave in place of those of :meth:`secret`; the whole document.

        Returns once they are stored; goes on trying when the caller is cancelled, and after the account has gone to
        another worker. Where others were stored meanwhile these are dropped: :meth:`secret` has what counts.
        Where asking the service for new ones makes the old ones worthless, use :meth:`renew_secret` instead.
        """

    @abstractmethod
    async def renew_secret(self, used: Secret, renew: Callable[[Secret], Awaitable[Renewed]]) -> Secret:
        """Have the service renew the credentials that did not do any more, and return what counts from now on.

        ``used`` came from :meth:`secret`. ``renew`` gets the credentials that hold now and asks the service; it is
        called by one worker at a time for an account, not at all where somebody has renewed them since, and it is not
        cancelled with the caller: its result is stored whatever becomes of this check. It has 30 s. Raises what it
        raises, and ``TemporaryFailure`` when the right to renew is not to be had.
        """

    async def proxy_password(self) -> str:
        """Return the password of :attr:`proxy`. Ask when needed, keep nothing."""
        return ""

    def about_to_ask(self) -> None:  # noqa: B027 (outside of a check nothing is to be asked)
        """Say that a request is about to go out, after all that had to be waited for.

        Whatever this raises is not for the adapter: this worker must not begin the check any more.
        """

    @abstractmethod
    async def run_blocking(self, call: Callable[[], T], timeout: float) -> T:
        """Run ``call`` on one of the worker's own daemon threads. Raises ``TimeoutError`` after ``timeout`` seconds."""

    @abstractmethod
    def step_began(self, name: Text) -> None:
        """Note a step of a test connection (ignored outside of one)."""

    @abstractmethod
    def step_ended(self, error: Text | None = None) -> None:
        """End the step."""

    @asynccontextmanager
    async def step(self, code: str, **params: Param) -> AsyncIterator[None]:
        """Time one step: ``async with context.step("step_connect"):``."""
        self.step_began(text(code, **params))
        try:
            yield
        except BaseException as error:
            self.step_ended(getattr(error, "reason", None) or Text(code="error", message=str(error)))
            raise
        self.step_ended()


class Platform(ABC):
    """One account on one service. Raises only what stands in ``worker.sdk.errors``."""

    kinds: ClassVar[tuple[ItemKind, ...]] = ()

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    async def probe(self) -> Probe:
        """Really connect and sign in, reading nothing that changes the account. Every step through ``context.step``."""

    @abstractmethod
    async def poll(self, cursor: str | None) -> Poll:
        """Return what is new since ``cursor``; None asks for what is there now (the baseline)."""

    async def propose(self) -> list[Proposal]:
        """Return ways to complete ``context.settings``, in which required fields may be absent; likeliest first.

        Called only when the manifest's ``capabilities.propose`` is true, without credentials; raises as ``probe``.
        """
        raise TypeError(f"{type(self).__name__} declares propose and has no propose()")

    async def login(self, method: str, talk: Talk) -> SignedIn:
        """Sign in with the person's help; ``method`` is the id of one of the manifest's ``logins``.

        ``context.settings`` has what was asked beforehand (required fields may be absent), ``context.secret`` the
        secrets of it. See ``worker.sdk.logins``. Raises as ``probe``.
        """
        raise TypeError(f"{type(self).__name__} declares logins and has no login()")

    async def log_out(self) -> bool:
        """Have the service forget the credentials, or the session they made; return False where it has none of ours.

        Called only when the manifest's ``capabilities.log_out`` is true, when nobody watches the account any more;
        ``context.account_id`` says whose they are. Raises as ``probe``.
        """
        return False

    def can_listen(self) -> bool:
        """Whether the server of this account offers push; asked after each poll. False: it is polled."""
        return True

    def push_covers_all(self) -> bool:
        """Whether ``listen`` tells of everything that ``poll`` finds. False: it is polled at its interval beside."""
        return True

    async def listen(self) -> bool:
        """Wait until the server says that something may be new, then return True; the session polls.

        Return False on a keep-alive that proves the sign-in still works. Called again and again, only when the
        manifest's ``capabilities.push`` is true, and cancelled at will. Raise ``TemporaryFailure`` when the
        connection is lost.
        """
        raise TypeError(f"{type(self).__name__} declares push and has no listen()")

    async def mark_read(self, keys: Sequence[str]) -> None:
        """Mark items as read at the service: at most 500 ``keys`` of items that this platform reported.

        Called only when the manifest's ``capabilities.mark_read`` is true, never while ``poll`` or ``listen`` runs,
        perhaps before the first ``poll`` (connect when needed). Idempotent: it may be called again with the same keys.
        A key that is gone at the service, or that cannot be marked there, is passed over in silence. Raise as
        ``poll`` does: the keys are then tried again later, and no check is delayed.
        """
        raise TypeError(f"{type(self).__name__} declares mark_read and has none")

    async def close(self) -> None:  # noqa: B027 (most adapters hold nothing)
        """Let go of every connection. Called once; must not raise."""


def make_item(
    kind: ItemKind,
    key: str,
    title: str,
    *,
    body: str = "",
    author: str = "",
    url: str = "",
    thread: str = "",
    created_at: int | None = None,
) -> Item:
    """Return an item that fits every limit: cut texts, a key of at most 512 characters, times in range.

    ``created_at`` in UTC milliseconds; None or a time in the future becomes now. Raises ``ValueError`` on an empty key.
    """
    if not key or len(key) > 512:
        raise ValueError(f"an item's key has 1 to 512 characters, not {len(key)}")
    now = now_ms()
    cut_body, truncated = cut_text(body.replace("\x00", ""))
    made = created_at if created_at is not None and 0 < created_at <= now else now
    return Item(
        kind=kind,
        key=key,
        title=cut_text(" ".join(title.replace("\x00", "").split()), 1000)[0],
        text=cut_body,
        author=cut_text(author.replace("\x00", "").strip(), 500)[0],
        url=url if len(url) <= 4096 else "",
        thread=cut_text(thread, 512)[0],
        created_at=made,
        detected_at=now,
        truncated=truncated,
    )


__all__ = [
    "Context",
    "Item",
    "ItemKind",
    "LoginExpired",
    "Platform",
    "Poll",
    "Probe",
    "Proposal",
    "Qr",
    "Renewed",
    "Secret",
    "SignedIn",
    "Talk",
    "TestStep",
    "Text",
    "make_item",
    "now_ms",
    "text",
]
