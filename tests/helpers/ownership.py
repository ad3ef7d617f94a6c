"""Ownership in a small world: accounts in a dict, workers that answer as the test says."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any

import msgspec

from master.api.schema import Account
from master.errors import NotFound, Unavailable
from master.services.assignments import AssignmentService
from master.services.leases import Leases
from master.store.assignments import OwnerChange
from master.tasks import Tasks
from tests.helpers.deadlines import until
from worker.protocol.account_messages import AssignAccount, Assignment
from worker.protocol.bases import Done, Message
from worker.protocol.states import AccountState, LoginStatus
from worker.protocol.texts import Text, text
from worker.protocol.worker_messages import RegisterWorker


def account(name: str, **more: Any) -> Account:
    row = Account(
        id=name,
        platform="feed",
        name=name,
        platform_account_id=name,
        settings={},
        has_credentials=False,
        interval_seconds=30,
        interval_max_seconds=None,
        tags=[],
        notes="",
        priority=0,
        state=AccountState.PENDING,
        checking=False,
        listening=False,
        state_reason=None,
        state_since_at=0,
        login_status=LoginStatus.UNKNOWN,
        worker_id=None,
        assignment_reason=None,
        assigned_since_at=None,
        pinned=False,
        pinned_to=None,
        pin_policy="wait",
        epoch=0,
        last_checked_at=None,
        last_ok_at=None,
        next_check_at=None,
        unread=0,
        checks_ok=0,
        checks_total=0,
        created_at=0,
        version=1,
    )
    return msgspec.structs.replace(row, **more)


class FakeAccounts:
    def __init__(self) -> None:
        self.table: dict[str, Account] = {}
        self.transactions: list[list[OwnerChange]] = []
        self.paused: set[str] = set()
        self.duties: dict[str, float] = {}
        self.scheduled: dict[str, tuple[int, int, bool]] = {}
        """Account: rank, count, failover."""
        self.stretched: dict[str, tuple[float, str]] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.slowness = 0.0
        """Seconds that writing takes."""

    def rows(self) -> Mapping[str, Account]:
        return self.table

    def get(self, account_id: str) -> Account:
        if account_id not in self.table:
            raise NotFound(text("field_unknown"))
        return self.table[account_id]

    def schedule(self, account_id: str, rank: int, count: int, *, failover: bool) -> None:
        self.scheduled[account_id] = (rank, count, failover)

    def stretch(self, worker_id: str, factor: float, reason: Text | None) -> None:
        self.stretched[worker_id] = (factor, reason.code if reason else "")

    def duty(self, account_id: str) -> float | None:
        return self.duties.get(account_id)

    def obstacle(self, account_id: str) -> Text | None:
        return text("unassigned_paused") if account_id in self.paused else None

    def assignment(self, account_id: str) -> Assignment:
        row = self.get(account_id)
        return Assignment(
            account_id=row.id,
            epoch=row.epoch,
            platform=row.platform,
            name=row.name,
            settings=row.settings,
            interval_seconds=row.interval_seconds,
            priority=row.priority,
        )

    async def set_owners(self, changes: list[OwnerChange]) -> set[str]:
        await self.gate.wait()
        if self.slowness:
            await asyncio.sleep(self.slowness)
        self.transactions.append(changes)
        for change in changes:
            if change.account_id in self.table:
                assert change.epoch >= self.table[change.account_id].epoch, "an epoch only grows"
                self.table[change.account_id] = msgspec.structs.replace(
                    self.table[change.account_id],
                    worker_id=change.worker_id,
                    pinned=change.pinned_to is not None,
                    pinned_to=change.pinned_to,
                    pin_policy=change.pin_policy,
                    epoch=change.epoch,
                    assignment_reason=change.reason,
                    assigned_since_at=change.since_at,
                )
        return {change.account_id for change in changes}


class FakeWorkers:
    def __init__(self) -> None:
        self.limits: dict[str, int] = {}
        self.assigned: dict[str, int] = {}
        self.frozen: set[str] = set()
        self.connected: set[str] = set()
        """Empty: all of them."""

    def set_frozen(self, worker_id: str, frozen: bool) -> None:
        (self.frozen.add if frozen else self.frozen.discard)(worker_id)

    def is_connected(self, worker_id: str) -> bool:
        return not self.connected or worker_id in self.connected

    def exists(self, worker_id: str) -> bool:
        return worker_id in self.limits

    def config(self, worker_id: str) -> Any:
        return SimpleNamespace(max_accounts=self.limits[worker_id])

    def set_assigned(self, counts: Mapping[str, int]) -> None:
        self.assigned = {name: count for name, count in counts.items() if count}


class World:
    def __init__(self, leases: Leases | None = None) -> None:
        self.accounts = FakeAccounts()
        self.workers = FakeWorkers()
        self.tasks = Tasks()
        self.sent: list[tuple[str, Message]] = []
        self.answer: Callable[[str, Message], Message | Exception | None] = lambda name, message: Done()
        self.deliver: Callable[[str, Message, float], Awaitable[Message]] | None = None
        self.epoch = 0
        self.service = AssignmentService(
            accounts=self.accounts,  # type: ignore[arg-type]
            workers=self.workers,  # type: ignore[arg-type]
            send=self.send,
            reserve_epochs=self.reserve,
            tasks=self.tasks,
            leases=leases,
        )

    async def reserve(self, count: int) -> int:
        first = self.epoch + 1
        self.epoch += count
        return first

    async def send(self, worker_id: str, message: Message, timeout_s: float) -> Message:
        self.sent.append((worker_id, message))
        if self.deliver is not None:
            return await self.deliver(worker_id, message, timeout_s)
        answer = self.answer(worker_id, message)
        if answer is None:
            await asyncio.sleep(timeout_s)
            raise Unavailable(text("worker_silent", worker=worker_id, seconds=timeout_s))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def add(self, *names: str, **more: Any) -> None:
        for name in names:
            self.accounts.table[name] = account(name, **more)
            self.service.wanted(name)

    async def register(self, worker_id: str, limit: int = 10, platforms: tuple[str, ...] = ("feed",)) -> list[str]:
        self.workers.limits.setdefault(worker_id, limit)
        message = self.message(worker_id, platforms)
        return [given.account_id for given in await self.service.register(worker_id, message)]

    def message(self, worker_id: str, platforms: tuple[str, ...] = ("feed",)) -> RegisterWorker:
        return RegisterWorker(worker_id=worker_id, host="h", pid=1, version="1", protocol=1, platforms=list(platforms))

    def owner(self, name: str) -> str | None:
        return self.accounts.table[name].worker_id

    def why(self, name: str) -> str:
        reason = self.accounts.table[name].assignment_reason
        return reason.code if reason else ""

    def told(self, kind: type[Message]) -> list[tuple[str, str]]:
        return [
            (name, message.assignment.account_id if isinstance(message, AssignAccount) else message.account_id)  # type: ignore[attr-defined]
            for name, message in self.sent
            if isinstance(message, kind)
        ]

    async def owned(self, name: str, worker_id: str | None = None) -> None:
        await until(
            lambda: (
                self.service.owns(self.owner(name) or "", name, self.accounts.table[name].epoch)
                and (worker_id is None or self.owner(name) == worker_id)
            )
        )
