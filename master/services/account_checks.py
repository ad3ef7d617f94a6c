"""What is known of accounts: rows in memory, the state machine over what workers tell, and who owns what."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from master.api.accounts import Account
from master.api.events import Checking
from master.api.rows import Beat
from master.errors import NotFound
from master.services.account_fields import complete
from master.services.account_states import Alert, alert_of, login_after, state_of
from master.services.account_watches import Watch
from master.services.catalog import CatalogService
from master.services.events import Publisher
from master.services.notifications import NotificationService
from master.store.accounts import AccountRecord, AccountStore, AccountTimes
from master.store.assignments import AssignmentRecord, AssignmentStore, OwnerChange, Progress
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.messages import Assignment, CheckEnded, CheckStarted
from worker.protocol.states import AccountState, CheckOutcome
from worker.protocol.texts import Text, text

SAVE_TIMES_MS: Final = 60_000
"""How often the times of checks are written; states are written at once."""
TICK_LIMIT_MS: Final = 2_000
"""The longest step of the clock that was no sleep of the machine."""


class AccountHooks(Protocol):
    """What the owner of the assignments is told. Called in the loop; the sync ones must not block."""

    def wanted(self, account_id: str) -> None: ...

    def unwanted(self, account_id: str, why: Text) -> None: ...

    def changed(self, account_id: str) -> None: ...

    async def check_now(self, account_id: str) -> Account: ...


class AccountChecks:
    """The base of :class:`~master.services.accounts.AccountService`: everything but what people do."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        catalog: CatalogService,
        notifications: NotificationService,
        tasks: Tasks,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._catalog = catalog
        self._notifications = notifications
        self._tasks = tasks
        self._store = AccountStore()
        self._assignments = AssignmentStore()
        self._watches: dict[str, Watch] = {}
        self._rows: dict[str, Account] = {}
        self._hooks: AccountHooks
        self._awake = 0.0
        self._ticked_at: int | None = None
        self._saved_at = now_ms()

    def attach(self, hooks: AccountHooks) -> None:
        """Close the circle at composition."""
        self._hooks = hooks

    async def load(self) -> None:
        """Read all accounts."""

        def read(conn: Connection) -> tuple[list[AccountRecord], list[AssignmentRecord]]:
            return self._store.all(conn), self._assignments.all(conn)

        records, owners = await self._database.read(read)
        owner_of = {owner.account_id: owner for owner in owners}
        for record in records:
            self._keep(_watch(record, owner_of[record.id], self._awake))

    async def close(self) -> None:
        """Write what is only in memory yet."""
        await self._save_times()

    # ------------------------------------------------------------ reading

    def rows(self) -> Mapping[str, Account]:
        """Return all accounts by id, oldest first."""
        return self._rows

    def get(self, account_id: str) -> Account:
        """Return one account. Raises :class:`NotFound`."""
        return self._watch(account_id).row()

    def beats(self) -> dict[str, list[Beat]]:
        """Return the heartbeat bars, oldest tick first."""
        return {account_id: list(watch.beats) for account_id, watch in self._watches.items()}

    def obstacle(self, account_id: str) -> Text | None:
        """Return why an account must not be watched now, None when it wants an owner. Raises :class:`NotFound`."""
        watch = self._watch(account_id)
        state, reason = state_of(self._facts(watch, watch.record, watch.owner))
        if state is AccountState.PAUSED:
            return text("unassigned_paused")
        if state is AccountState.LOGIN_NEEDED:
            return reason if self._lacks_credentials(watch) else text("unassigned_login_needed")
        return None

    def assignment(self, account_id: str) -> Assignment:
        """Return all that a worker needs to go on where the last stored check ended. Raises :class:`NotFound`."""
        watch = self._watch(account_id)
        record, progress = watch.record, watch.progress
        return Assignment(
            account_id=record.id,
            epoch=watch.owner.epoch,
            platform=record.platform,
            name=record.name,
            settings=complete(self._catalog.manifest(record.platform), record.settings),
            interval_seconds=record.interval_seconds,
            interval_max_seconds=record.interval_max_seconds,
            has_credentials=watch.has_credentials,
            credential_version=record.credential_generation,
            cursor=progress.cursor,
            baseline=not record.baseline_done and self._quiet_baseline(),
            priority=record.priority,
            stored_seq=progress.stored_seq,
        )

    def credential_owners(self) -> list[tuple[str, int]]:
        """Return (account, generation) of all stored credentials, those needed first in front."""
        watches = [watch for watch in self._watches.values() if watch.has_credentials]
        watches.sort(key=lambda watch: (watch.record.paused, -watch.record.priority))
        return [(watch.record.id, watch.record.credential_generation) for watch in watches]

    # ------------------------------------------------------------ what other services tell

    async def set_owners(self, changes: Sequence[OwnerChange]) -> None:
        """Write who owns what, in one transaction; then show it. Accounts that are gone are left out."""
        changes = [change for change in changes if change.account_id in self._watches]
        states: dict[str, dict[str, Any]] = {}
        for change in changes:
            watch = self._watches[change.account_id]
            found, _ = self._judged(watch, watch.record, change)
            states[change.account_id] = {name: found[name] for name in found.keys() - {"alerted"}}

        def work(conn: Connection) -> None:
            self._assignments.set_owners(conn, changes)
            for account_id, values in states.items():
                if values:
                    self._store.update(conn, account_id, values)

        await self._database.write(work)
        for change in changes:
            # Deleted meanwhile: shown no more.
            if (kept := self._watches.get(change.account_id)) is not None:
                kept.owned_by(change, self._awake)
                kept.record = msgspec.structs.replace(kept.record, **states[change.account_id])
                self._show(kept)

    def stored(self, account_id: str, progress: Progress | None, baseline_done: bool) -> None:
        """Note what was stored of an account's findings."""
        watch = self._watches.get(account_id)
        if watch is None:
            return
        if progress is not None and progress.epoch == watch.progress.epoch:
            watch.progress = progress
        if baseline_done and not watch.record.baseline_done:
            watch.record = msgspec.structs.replace(watch.record, baseline_done=True)

    def set_unread(self, counts: Mapping[str, int]) -> None:
        """Note how many items are unread (``unread.changed`` announces it)."""
        for account_id, count in counts.items():
            watch = self._watches.get(account_id)
            if watch is not None:
                watch.unread = count
                self._rows[account_id] = watch.row()

    # ------------------------------------------------------------ what workers tell

    def check_started(self, worker_id: str, message: CheckStarted) -> None:
        """A check began."""
        watch = self._watches.get(message.account_id)
        if watch is not None and watch.owner.epoch == message.epoch:
            watch.checking = True
            self._tell_checking(watch, None)

    async def check_ended(self, worker_id: str, message: CheckEnded) -> None:
        """A check ended: move the state machine. What an older epoch says of a state is refused."""
        watch = self._watches.get(message.account_id)
        if watch is None or watch.owner.epoch != message.epoch:
            return
        self._tell_checking(watch, watch.ended(message, self._awake))
        async with watch.lock:
            record = watch.record
            if record.paused:
                # It began before the pause; its end changes nothing.
                return
            changes: dict[str, Any] = {}
            login = login_after(record.login_status, message.outcome, watch.has_credentials)
            reason = message.reason if message.outcome is CheckOutcome.AUTH_FAILED else None
            if message.outcome in (CheckOutcome.OK, CheckOutcome.AUTH_FAILED):
                changes = {"login_status": login, "login_reason": reason}
            if message.outcome is CheckOutcome.OK:
                changes["baseline_done"] = True
            await self._settle(watch, changes)
        if message.outcome is CheckOutcome.AUTH_FAILED and message.account_id in self._watches:
            self._hooks.unwanted(message.account_id, text("unassigned_login_needed"))

    def tick(self, now: int) -> None:
        """Once a second: count awake time, and find what became stale or has failed for long."""
        if self._ticked_at is not None:
            self._awake += min(max(now - self._ticked_at, 0), TICK_LIMIT_MS) / 1000
        self._ticked_at = now
        for watch in self._watches.values():
            if not watch.lock.locked() and any(self._judged(watch, watch.record, watch.owner)):
                self._tasks.spawn(self._look_again(watch), name=f"state of {watch.record.id}")
        if now - self._saved_at >= SAVE_TIMES_MS:
            self._saved_at = now
            self._tasks.spawn(self._save_times(), name="times of checks")
        if self._notifications.is_due(now):
            self._tasks.spawn(self._notifications.wake(now), name="snoozed notifications")

    # ------------------------------------------------------------ the state machine

    async def _settle(self, watch: Watch, changes: Mapping[str, Any], version: int | None = None) -> bool:
        """Write changes of an account and what follows from them for its state, in one transaction; then show it.

        Call it with the lock. False: somebody else changed the account meanwhile (``version`` is stale).
        """
        before = watch.record
        changes = {name: value for name, value in changes.items() if getattr(before, name) != value}
        found, alert = self._judged(watch, msgspec.structs.replace(before, **changes), watch.owner)
        changes |= found
        if not changes:
            return True
        alerts = [self._alert(watch, alert, changes)] if alert is not None else []

        def work(conn: Connection) -> list[NotificationRecord] | None:
            if not self._store.update(conn, before.id, changes, version):
                return None
            return self._notifications.store.insert(conn, alerts)

        told = await self._database.write(work)
        if told is None:
            return False
        watch.record = msgspec.structs.replace(watch.record, **changes)
        if changes.keys() - {"baseline_done", "alerted"}:
            self._show(watch)
        self._notifications.announce(told)
        return True

    def _judged(self, watch: Watch, record: AccountRecord, owner: OwnerChange) -> tuple[dict[str, Any], Alert | None]:
        """Return what is to be written of the state if ``record`` and ``owner`` were so, and what is to be told."""
        facts = self._facts(watch, record, owner)
        state, reason = state_of(facts)
        changes: dict[str, Any] = {}
        if state is not record.state:
            changes = {"state": state, "state_since_at": now_ms()}
        if reason != record.state_reason:
            changes["state_reason"] = reason
        trouble_seconds = self._awake - watch.trouble_awake
        alerted, alert = alert_of(record.alerted, facts, state, trouble_seconds, watch.interval)
        if alerted != record.alerted:
            changes["alerted"] = alerted
        return changes, alert

    def _facts(self, watch: Watch, record: AccountRecord, owner: OwnerChange) -> Any:
        manifest = self._catalog.manifest(record.platform)
        needs = manifest is not None and manifest.capabilities.credentials == "required"
        return watch.facts(record, owner, self._awake, needs_credentials=needs)

    def _lacks_credentials(self, watch: Watch) -> bool:
        return bool(self._facts(watch, watch.record, watch.owner).lacks_credentials)

    def _alert(self, watch: Watch, alert: Alert, changes: Mapping[str, Any]) -> NotificationRecord:
        title = text(f"notify_{alert}", account=watch.record.name)
        reason: Text | None = changes.get("state_reason", watch.record.state_reason)
        body = reason.message if reason is not None and alert != "reachable" else ""
        return self._notifications.alert_record(title, body, account_id=watch.record.id)

    async def _look_again(self, watch: Watch) -> None:
        async with watch.lock:
            if watch.record.id in self._watches:
                await self._settle(watch, {})

    async def _save_times(self) -> None:
        changed = [watch for watch in self._watches.values() if watch.times_changed]
        times = [
            AccountTimes(
                account=watch.record.id,
                last_checked_at=watch.record.last_checked_at,
                last_ok_at=watch.record.last_ok_at,
            )
            for watch in changed
        ]
        for watch in changed:
            watch.times_changed = False
        if times:
            await self._database.write(lambda conn: self._store.set_times(conn, times))

    # ------------------------------------------------------------ inside

    def _quiet_baseline(self) -> bool:
        return True

    def _watch(self, account_id: str) -> Watch:
        watch = self._watches.get(account_id)
        if watch is None:
            raise NotFound(text("account_unknown", account=account_id))
        return watch

    def _keep(self, watch: Watch) -> None:
        self._watches[watch.record.id] = watch
        self._rows[watch.record.id] = watch.row()

    def _show(self, watch: Watch) -> None:
        """Announce an account as it is now, unless it was deleted meanwhile."""
        if watch.record.id in self._watches:
            row = self._rows[watch.record.id] = watch.row()
            self._publisher.publish("account.changed", row)

    def _tell_checking(self, watch: Watch, beat: Beat | None) -> None:
        self._rows[watch.record.id] = watch.row()
        event = Checking(
            account_id=watch.record.id,
            checking=watch.checking,
            listening=watch.listening,
            last_checked_at=watch.record.last_checked_at,
            last_ok_at=watch.record.last_ok_at,
            next_check_at=watch.next_check_at,
            checks_ok=watch.checks_ok,
            checks_total=watch.checks_total,
            beat=beat,
        )
        self._publisher.publish("checking", event)


def _watch(record: AccountRecord, owner: AssignmentRecord, awake: float) -> Watch:
    change = OwnerChange(
        account_id=record.id,
        worker_id=owner.worker_id,
        pinned=owner.pinned,
        epoch=owner.epoch,
        reason=owner.reason,
        since_at=owner.since_at,
    )
    progress = Progress(
        epoch=owner.epoch,
        stored_seq=owner.stored_seq,
        ahead=owner.ahead,
        cursor=owner.cursor,
        cursor_seq=owner.cursor_seq,
    )
    return Watch(record=record, owner=change, progress=progress, ok_awake=awake)
