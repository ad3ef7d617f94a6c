"""One account and its adapter: pages are polled, put on disk and delivered; no clockwork in here."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from typing import Final

import msgspec

from worker.protocol.account_messages import Assignment
from worker.protocol.bases import LATEST_MS
from worker.protocol.codec import MAX_ITEM_TEXT_BYTES, cut_text, now_ms
from worker.protocol.credential_messages import CredentialRequest
from worker.protocol.item_messages import Item
from worker.protocol.secret import Secret
from worker.protocol.states import CheckOutcome
from worker.protocol.texts import Text, text
from worker.runtime import adapters
from worker.runtime.certificates import Trust
from worker.runtime.contexts import AccountContext
from worker.runtime.credentials import Credentials
from worker.runtime.gates import Gate, LeaseEndedError
from worker.runtime.ledger import LedgerError
from worker.runtime.link import LinkDownError
from worker.runtime.proxies import ProxyPassword, give
from worker.runtime.redactions import Redactor
from worker.runtime.registry import Plugin
from worker.runtime.settings import complete
from worker.runtime.shared import Shared
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, PlatformError, RateLimited
from worker.sdk.platform import Platform, Poll

logger = logging.getLogger(__name__)

PAGES: Final = 50
"""Most pages of one check; the rest comes with the next one, which is due at once."""
CURSOR_LIMIT: Final = 256 * 1024
DELIVERY_SECONDS: Final = 60.0
"""So long a check waits for the master to store its items while the link is up."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a call of a plug-in ended."""

    outcome: CheckOutcome
    reason: Text | None = None
    fields: dict[str, Text] = {}
    retry_after: float | None = None


class UndeliveredError(Exception):
    """The check went well, but the master did not store in time what it found."""


class Watch:
    """The adapter, the credentials and the cursor of one account under one epoch."""

    def __init__(self, assignment: Assignment, plugin: Plugin | None, shared: Shared) -> None:
        self.assignment = assignment
        self.can_listen = False
        self.push_covers_all = True
        """The adapter can wait for news now; known after a poll."""
        self.fenced = False
        """Nothing is polled or kept any more."""
        self.more = False
        """The last check left pages for the next one."""
        self.gate: Final = Gate(shared.lease.holds)
        self._plugin = plugin
        self._shared = shared
        self._credentials = Credentials(
            shared.link, shared.redactor, shared.tasks, shared.renewals, lambda: self.assignment
        )
        self._proxy_password = ProxyPassword(shared.link, shared.redactor, self._proxy_name, self._proxy_question)
        self.credentials_expire_at: int | None = None
        """As the last check told."""
        self.trust = Trust(shared.threads)
        self._adapter: Platform | None = None
        self._cursor: str | None = assignment.cursor
        self._unsent: str | None = None
        self._baseline = assignment.baseline
        self._begun = False
        self._cursor_known = False
        self._resets = shared.ledger.resets

    async def adopt(self, assignment: Assignment) -> bool:
        """Take changed settings over, between checks. Return whether they change what a check would find."""
        before, self.assignment = self.assignment, assignment
        credentials = (before.credential_version, before.has_credentials) != (
            assignment.credential_version,
            assignment.has_credentials,
        )
        # What this watch had renewed itself is nothing new to it.
        credentials = credentials and not self._credentials.is_known(assignment)
        changed = credentials or before.settings != assignment.settings
        rerouted = before.proxy != assignment.proxy
        if rerouted:
            # By another way it is the same place: the cursor stays.
            self._proxy_password.drop()
            await self.let_go()
        if before.commands != assignment.commands:
            # What may be executed is no question of what it would find: the cursor stays.
            await self.let_go()
        if credentials:
            self._credentials.drop()
        # The master may have begun a new ledger, or we have: numbers are agreed upon again.
        self._begun = False
        if changed:
            self._cursor_known, self._baseline = False, assignment.baseline
            self.trust.seen.clear()
            await self.let_go()
        return changed or rerouted

    def fence(self) -> None:
        """Poll and keep nothing from here on, whatever the plug-in still finds."""
        self.fenced = True

    async def let_go(self) -> None:
        """Close the adapter; the next check makes a new one."""
        adapter, self._adapter, self.can_listen = self._adapter, None, False
        await adapters.close(adapter)

    def broken_off(self) -> None:
        """A poll was given up half-way: what of it is on disk already is asked for before the next one."""
        self._begun = False

    async def close(self) -> None:
        """Let go of everything, the secret too."""
        try:
            await self.let_go()
        finally:
            self._credentials.close()
            self._proxy_password.drop()

    async def listen(self) -> bool:
        """Wait for the server: True for news, False for a keep-alive."""
        if self._adapter is None:
            raise RuntimeError("nothing has been polled yet")
        return await self._adapter.listen()

    async def mark(self, keys: list[str]) -> None:
        """Mark items as read at the service."""
        await self._ready().mark_read(keys)

    async def check(self, how: str, deadline: float) -> None:
        """As :meth:`poll`, but nothing is asked of the service unless the lease holds then."""
        with self.gate:
            await self.poll(how, deadline)

    async def poll(self, how: str, deadline: float) -> None:
        """Poll page by page; each is on disk and with the master before the next one is asked for.

        ``deadline`` in seconds is the plug-in's time for all pages; waiting for the master does not count.
        Raises what the plug-in raises, ``TimeoutError`` past the deadline, :class:`UndeliveredError`, and
        ``LinkDownError``, ``LedgerError`` or :class:`LeaseEndedError`, which are no fault of the account.
        """
        loop = asyncio.get_running_loop()
        await self._begin()
        if await self.trust.is_outdated(self.assignment.settings):
            await self.let_go()
        budget = deadline
        self.more = False
        for number in range(PAGES):
            self.gate.look()
            if number and not self._shared.lease.holds():
                # It may be another's by now; if not, the rest comes with the next check.
                break
            began = loop.time()
            async with asyncio.timeout(budget):
                adapter = self._ready()
                page = await adapter.poll(self._cursor)
            budget = max(1.0, budget - (loop.time() - began))
            if page.expires_at is not None and 0 < page.expires_at < LATEST_MS:
                self.credentials_expire_at = page.expires_at
            await self._keep(page, how)
            if not page.more:
                await self.trust.settle(self.assignment.settings)
                self._baseline = False
                self.can_listen = self._listens(adapter)
                self.push_covers_all = adapter.push_covers_all()
                return
        self.more = True

    async def _begin(self) -> None:
        """Go on where the last acknowledged check, or the outbox on disk, ended."""
        resets = self._shared.ledger.resets
        if resets != self._resets:
            # What waited on the broken disk is gone: the cursor that speaks of it means nothing.
            self._resets, self._begun, self._cursor_known = resets, False, False
        if self._begun:
            return
        begun = await self._shared.ledger.begin(self.assignment)
        if not self._cursor_known:
            self._cursor, self._unsent = begun.cursor, None
        self._begun = self._cursor_known = True

    def _ready(self) -> Platform:
        if self._adapter is None:
            plugin = self._plugin
            if plugin is None:
                raise InvalidConfig(text("unassigned_no_platform", platform=self.assignment.platform))
            if plugin.manifest.capabilities.credentials == "required" and not self.assignment.has_credentials:
                raise AuthFailed(text("state_credentials_missing"))
            context = AccountContext(
                self.assignment.account_id,
                plugin.manifest,
                complete(plugin.manifest, self.assignment.settings),
                self._secret,
                self._shared.threads,
            )
            give(context, plugin.manifest, self.assignment.proxy, self._proxy_password)
            context.keeper, context.gate = self._credentials, self.gate
            context.commands = self.assignment.commands
            self._adapter = adapters.make(plugin, context)
        return self._adapter

    async def _secret(self) -> Secret:
        return await self._credentials.get()

    def _proxy_name(self) -> str:
        return self.assignment.proxy.name if self.assignment.proxy is not None else ""

    def _proxy_question(self) -> CredentialRequest:
        assignment = self.assignment
        proxy_id = assignment.proxy.proxy_id if assignment.proxy is not None else ""
        return CredentialRequest(account_id=assignment.account_id, epoch=assignment.epoch, proxy_id=proxy_id)

    def _listens(self, adapter: Platform) -> bool:
        if self._plugin is None or not self._plugin.manifest.capabilities.push:
            return False
        return adapter.can_listen()

    async def _keep(self, page: Poll, how: str) -> None:
        """Put a page on disk and wait until the master has it; only then the next may be polled."""
        if self.fenced:
            # A plug-in that swallowed its cancellation comes with its page when the account is another's already.
            raise asyncio.CancelledError
        cursor = self._cursor
        if page.cursor is not None and page.cursor != self._cursor:
            if len(page.cursor) > CURSOR_LIMIT:
                raise ValueError(f"a cursor has at most {CURSOR_LIMIT} characters, not {len(page.cursor)}")
            cursor = self._unsent = page.cursor
        # A baseline that ends half-way begins anew elsewhere: no cursor may speak of it before its last page.
        unsent = None if self._baseline and page.more else self._unsent
        items = [item for item in map(fit, page.items) if item is not None]
        account, epoch, baseline = self.assignment.account_id, self.assignment.epoch, self._baseline
        # A baseline makes no items, so there is nothing that could be read.
        read = [] if baseline else [key for key in page.read if 0 < len(key) <= 512]
        shown = self._newest(items) if baseline and not page.more else frozenset()
        if items or read or unsent is not None:
            await self._shared.outbox.append(
                account, epoch, items, baseline=baseline, shown=shown, cursor=unsent, how=how, read=read
            )
        if unsent is not None:
            self._unsent = None
        self._cursor = cursor
        await self._deliver()

    def _newest(self, items: Sequence[Item]) -> frozenset[str]:
        """Return the keys of those of a baseline that become items all the same: the newest of its last page."""
        show = self.assignment.show
        newest = sorted(items, key=lambda one: one.created_at)[-show:] if show else []
        return frozenset(one.key for one in newest)

    async def _deliver(self) -> None:
        account = self.assignment.account_id
        while True:
            # However long the master is away: time counts while it could answer.
            await self._shared.link.up()
            try:
                async with asyncio.timeout(DELIVERY_SECONDS):
                    await self._shared.outbox.delivered(account)
                return
            except TimeoutError:
                if self._shared.link.connected:
                    raise UndeliveredError(f"not stored within {DELIVERY_SECONDS:g} s") from None


def fit(item: Item) -> Item | None:
    """Return ``item`` within every limit, None (logged) when its key is unusable."""
    key = cut_text(item.key, 4096)[0]
    if not 0 < len(key) <= 512:
        logger.error("an item whose key has %d characters is left out: %.80s", len(key), item.title)
        return None
    body, cut = cut_text(item.text, MAX_ITEM_TEXT_BYTES)
    detected = item.detected_at if 0 <= item.detected_at < LATEST_MS else now_ms()
    return msgspec.structs.replace(
        item,
        key=key,
        title=cut_text(item.title, 1000)[0],
        text=body,
        author=cut_text(item.author, 500)[0],
        url=cut_text(item.url, 4096)[0],
        thread=cut_text(item.thread, 512)[0],
        detected_at=detected,
        created_at=min(max(item.created_at, 0), detected),
        truncated=item.truncated or cut,
    )


async def guarded(work: Awaitable[None], seconds: float, redactor: Redactor) -> Ending:
    """Await a plug-in's work and say how it ended. What is no fault of the plug-in passes through.

    ``seconds`` is the deadline that a time-out speaks of. This is the named guard of plug-in calls.
    """
    try:
        await work
    except (LinkDownError, LedgerError, LeaseEndedError, UndeliveredError):
        raise
    except PlatformError as error:
        retry_after = error.retry_after if isinstance(error, RateLimited) else None
        fields = {name: redacted(words, redactor) for name, words in error.fields.items()}
        return Ending(
            outcome=_outcome(error), reason=redacted(error.reason, redactor), fields=fields, retry_after=retry_after
        )
    except TimeoutError:
        return Ending(outcome=CheckOutcome.TIMEOUT, reason=text("check_timeout", seconds=round(seconds)))
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Nobody cancelled us: something within the plug-in was cancelled, and must not end the watch.
        logger.exception("the plug-in let a cancellation out")
        return Ending(outcome=CheckOutcome.ERROR, reason=text("check_failed", detail="cancelled"))
    except Exception as error:
        logger.exception("the plug-in raised what it never should")
        detail = cut_text(f"{type(error).__name__}: {redactor.redact(str(error))}", 300)[0]
        return Ending(outcome=CheckOutcome.ERROR, reason=text("check_failed", detail=detail))
    return Ending(outcome=CheckOutcome.OK)


def redacted(words: Text, redactor: Redactor) -> Text:
    """Return ``words`` without secrets: servers like to repeat what they were sent."""

    def clean(value: str) -> str:
        # Not every string of a plug-in can be sent: a lone surrogate has no UTF-8.
        return cut_text(redactor.redact(value))[0]

    params = {name: clean(value) if isinstance(value, str) else value for name, value in words.params.items()}
    return Text(code=words.code, params=params, message=clean(words.message))


def _outcome(error: PlatformError) -> CheckOutcome:
    if isinstance(error, AuthFailed):
        return CheckOutcome.AUTH_FAILED
    if isinstance(error, InvalidConfig):
        return CheckOutcome.INVALID_CONFIG
    if isinstance(error, ParseFailure):
        return CheckOutcome.PARSE
    return CheckOutcome.RATE_LIMITED if isinstance(error, RateLimited) else CheckOutcome.TEMPORARY
