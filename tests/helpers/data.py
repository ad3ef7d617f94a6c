"""The services of the master over a real database in a temp profile; workers are played by the test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from master.api.events import Event
from master.api.schema import Account, AccountCreate, AssignmentPut, Settings
from master.errors import Conflict
from master.services.accounts import AccountService
from master.services.catalog import CatalogService
from master.services.events import Publisher
from master.services.items import ItemService
from master.services.notifications import NotificationService
from master.services.settings import SettingsService
from master.store.assignments import AssignmentStore, OwnerChange
from master.store.engine import Database
from master.tasks import Tasks
from master.vault.backends import open_backend
from master.vault.vault import Vault
from worker.protocol.account_messages import CheckEnded
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import CursorReport, Item, ItemsDetected, Report
from worker.protocol.manifest import Capabilities, Catalog, Choice, Field, Manifest
from worker.protocol.states import CheckOutcome, ItemKind
from worker.protocol.texts import Text, text

WORKER = "w1"

FEED = Manifest(
    id="feed",
    title={"en": "Feed"},
    summary={"en": "A feed"},
    icon="F",
    color="#aa5500",
    name_from="url",
    capabilities=Capabilities(credentials="optional", proxy=True),
    fields=[
        Field(name="url", type="url", title={"en": "Address"}, required=True),
        Field(name="depth", type="number", title={"en": "Depth"}, default=3, minimum=1, maximum=10),
        Field(name="password", type="password", title={"en": "Password"}, secret=True),
    ],
)
IMAP = Manifest(
    id="imap",
    title={"en": "Mail"},
    summary={"en": "A mailbox"},
    icon="M",
    color="#0055aa",
    name_from="username",
    capabilities=Capabilities(push=True, credentials="required"),
    fields=[
        Field(name="host", type="text", title={"en": "Host"}, required=True),
        Field(name="username", type="text", title={"en": "User"}, required=True),
        Field(
            name="security",
            type="choice",
            title={"en": "Security"},
            default="tls",
            choices=[Choice(value="tls", title={"en": "TLS"}), Choice(value="none", title={"en": "None"})],
        ),
        Field(name="folders", type="list", title={"en": "Folders"}, default=["INBOX"]),
        Field(name="flag", type="boolean", title={"en": "Flag"}),
        Field(name="password", type="password", title={"en": "Password"}, required=True, secret=True),
    ],
)


class Hooks:
    """Notes what the owner of the assignments would be told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.held: set[str] = set()
        self.freed = asyncio.Event()

    def wanted(self, account_id: str) -> None:
        self.calls.append(("wanted", account_id))

    def unwanted(self, account_id: str, why: Text) -> None:
        self.calls.append((f"unwanted {why.code}", account_id))

    def changed(self, account_id: str) -> None:
        self.calls.append(("changed", account_id))

    async def let_go(self, account_id: str) -> None:
        if account_id in self.held:
            await self.freed.wait()

    async def check_now(self, account_id: str) -> Account:
        self.calls.append(("check", account_id))
        raise Conflict(text("unassigned_no_worker"))

    async def assign(self, account_id: str, body: AssignmentPut) -> Account:
        self.calls.append((f"assign {body.worker_id}", account_id))
        raise Conflict(text("unassigned_no_worker"))


class World:
    """All of it, with every event that was published."""

    def __init__(self, profile: Path, settings: Settings) -> None:
        self.profile = profile
        self.publisher = Publisher()
        self.events: list[Event] = []
        self.publisher.subscribe(self.events.append)
        self.settings = SettingsService(profile=profile, publisher=self.publisher, settings=settings)
        self.database = Database(profile / "watchkeeper.db")
        self.tasks = Tasks()
        self.hooks = Hooks()
        self.backend = open_backend("memory", profile)
        self.vault = Vault(profile, "test", self.backend)
        self.catalog = CatalogService(describe=self._describe, publisher=self.publisher)
        self.notifications = NotificationService(
            database=self.database, publisher=self.publisher, settings=self.settings
        )
        self.accounts = AccountService(
            database=self.database,
            vault=self.vault,
            publisher=self.publisher,
            catalog=self.catalog,
            settings=self.settings,
            notifications=self.notifications,
            tasks=self.tasks,
        )
        self.accounts.attach(self.hooks)
        self.items = ItemService(
            database=self.database,
            accounts=self.accounts,
            notifications=self.notifications,
            publisher=self.publisher,
            settings=self.settings,
        )
        self.clock = now_ms()

    async def _describe(self) -> Catalog:
        return Catalog(version="1", platforms=[FEED, IMAP])

    async def open(self) -> None:
        await self.database.open()
        await self.vault.start()
        await self.catalog.load()
        for part in (self.notifications, self.accounts, self.items):
            await part.load()

    async def close(self) -> None:
        await self.tasks.close()
        await self.accounts.close()
        await self.vault.close()
        await self.database.close()

    def types(self) -> list[str]:
        """Return the types of the events since the last call."""
        types = [event.type for event in self.events]
        self.events.clear()
        return types

    def of(self, name: str) -> list[Any]:
        return [event.data for event in self.events if event.type == name]

    async def feed(self, name: str = "Feed", **more: Any) -> Account:
        settings = more.pop("settings", {"url": f"http://example.org/{quote(name)}"})
        return await self.accounts.create(AccountCreate(platform="feed", name=name, settings=settings, **more))

    async def mail(self, name: str = "Mail", password: str | None = "hunter22", **more: Any) -> Account:
        return await self.accounts.create(
            AccountCreate(
                platform="imap",
                name=name,
                settings=more.pop("settings", {"host": "Mail.example.org", "username": name}),
                credentials=None if password is None else {"password": password},
                **more,
            )
        )

    async def own(self, account_id: str, worker_id: str | None = WORKER) -> int:
        """Give an account an owner under a new epoch and return it."""
        epoch = await self.database.write(lambda conn: AssignmentStore().next_epoch(conn))
        change = OwnerChange(
            account_id=account_id,
            worker_id=worker_id,
            epoch=epoch,
            reason=text("assign_least_loaded") if worker_id else text("unassigned_no_worker"),
            since_at=now_ms() if worker_id else None,
        )
        await self.accounts.set_owners([change])
        return epoch

    async def ended(self, account_id: str, outcome: CheckOutcome = CheckOutcome.OK, **more: Any) -> None:
        epoch = more.pop("epoch", self.accounts.get(account_id).epoch)
        at = more.pop("at", now_ms())
        message = CheckEnded(account_id=account_id, epoch=epoch, outcome=outcome, at=at, duration_ms=5, **more)
        await self.accounts.check_ended(WORKER, message)

    def sleep(self, seconds: float) -> None:
        """Let awake time pass."""
        for _ in range(int(seconds)):
            self.clock += 1000
            self.accounts.tick(self.clock)


@contextlib.asynccontextmanager
async def world_of(profile: Path, **settings: Any) -> AsyncIterator[World]:
    """Open the services on a profile for the length of a test."""
    world = World(profile, Settings(**settings))
    try:
        await world.open()
        yield world
    finally:
        await world.close()


def item(key: str, **more: Any) -> Item:
    now = now_ms()
    fields = {"kind": ItemKind.ENTRY, "key": key, "title": f"title {key}", "created_at": now, "detected_at": now}
    return Item(**(fields | more))


def batch(
    account_id: str,
    epoch: int,
    keys: dict[int, str] | list[Report],
    *,
    cursor: tuple[int, str] | None = None,
    baseline: bool = False,
) -> ItemsDetected:
    reports = (
        keys
        if isinstance(keys, list)
        else [Report(seq=seq, item=item(key), baseline=baseline) for seq, key in keys.items()]
    )
    report = CursorReport(seq=cursor[0], value=cursor[1]) if cursor else None
    return ItemsDetected(account_id=account_id, epoch=epoch, reports=reports, cursor=report)
