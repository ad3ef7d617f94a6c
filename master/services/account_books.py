"""All accounts in memory: rows that follow every commit, and the state of each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from master.api.accounts import Account, AssignmentPut
from master.api.rows import Beat
from master.errors import NotFound
from master.services.account_fields import complete
from master.services.account_states import Alert, Facts, alert_of, state_of
from master.services.account_watches import Stretch, Watch
from master.services.catalog import CatalogService
from master.services.events import Publisher
from master.services.inheritances import DEFAULT_INTERVAL
from master.services.notifications import NotificationService
from master.services.surroundings import Surroundings
from master.store.accounts import AccountRecord, AccountStore
from master.store.assignments import AssignmentRecord, AssignmentStore, OwnerChange, Progress
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord
from master.supervision.staggers import first_check
from master.tasks import Tasks
from worker.protocol.account_messages import Assignment
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState
from worker.protocol.texts import Text, text


class AccountHooks(Protocol):
    """What the owner of the assignments is told. Called in the loop; the sync ones must not block."""

    def wanted(self, account_id: str) -> None: ...

    def unwanted(self, account_id: str, why: Text) -> None: ...

    def changed(self, account_id: str) -> None: ...

    async def let_go(self, account_id: str) -> None: ...

    async def check_now(self, account_id: str) -> Account: ...

    async def assign(self, account_id: str, body: AssignmentPut) -> Account: ...


class AccountBook:
    """Keeps every account in memory as it is written, and moves its state."""

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
        self.surroundings = Surroundings()
        self._watches: dict[str, Watch] = {}
        self._rows: dict[str, Account] = {}
        self._removed: dict[str, Watch] = {}
        """Neither watched nor listed, but not deleted yet."""
        self._on_membership: list[Callable[[str], None]] = []
        self._hooks: AccountHooks
        self._awake = 0.0
        self._stretches: dict[str, Stretch] = {}

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
            watch = _watch(record, owner_of[record.id], self._awake)
            if record.removed_at is None:
                self._keep(watch)
            else:
                self._surround(watch)
                self._removed[record.id] = watch

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
        if watch.signing_out:
            return text("unassigned_login_needed")
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
            interval_seconds=watch.counts.interval_seconds,
            interval_max_seconds=watch.counts.interval_max_seconds,
            has_credentials=watch.has_credentials,
            credential_version=max(0, record.credential_generation),
            cursor=progress.cursor,
            baseline=not record.baseline_done and self._quiet_baseline(),
            show=record.show_existing,
            priority=watch.counts.priority,
            stored_seq=progress.stored_seq,
            first_check_ms=max(0, (watch.next_check_at or 0) - now_ms()),
            failures=record.failures,
            proxy=self.surroundings.route(watch.counts.proxy_id),
            commands=self._commands() if self._executes(record.platform) else None,
        )

    def schedule(self, account_id: str, rank: int, count: int, *, failover: bool) -> None:
        """Decide when the owner that an account gets now looks at it first (see :func:`first_check`)."""
        watch = self._watches.get(account_id)
        if watch is not None:
            watch.next_check_at = first_check(
                now=now_ms(),
                planned=watch.next_check_at,
                patience_ms=watch.patience_ms,
                rank=rank,
                count=count,
                interval_seconds=watch.interval,
                failover=failover,
            )

    def duty(self, account_id: str) -> float | None:
        """Return which share of the time an account is being checked, None before its first check."""
        return self._watch(account_id).duty

    def credential_owners(self) -> list[tuple[str, int]]:
        """Return (account, generation) of all stored credentials, those needed first in front."""
        watches = [watch for watch in self._watches.values() if watch.has_credentials]
        watches.sort(key=lambda watch: (watch.record.paused, -watch.counts.priority))
        return [(watch.record.id, watch.record.credential_generation) for watch in watches]

    # ------------------------------------------------------------ what surrounds them

    def surroundings_changed(self, account_ids: Iterable[str]) -> None:
        """Let changed groups, proxies or defaults count: the accounts are shown anew, and their owners told."""
        for account_id in account_ids:
            watch = self._watches.get(account_id)
            if watch is not None:
                self._surround(watch)
                self._show(watch)
                self._hooks.changed(account_id)

    def watch_memberships(self, callback: Callable[[str], None]) -> None:
        """Call ``callback`` with the id of every group that has another number of accounts now."""
        self._on_membership.append(callback)

    def left_group(self, group_id: str) -> None:
        """A group is deleted, and it is written that its accounts are in none."""
        for watch in (*self._watches.values(), *self._removed.values()):
            if watch.record.group_id == group_id:
                watch.record = msgspec.structs.replace(watch.record, group_id=None)
                self._surround(watch)
                self.surroundings_changed((watch.record.id,))

    def stretch(self, worker_id: str, factor: float, reason: Text | None) -> None:
        """A worker checks its accounts so many times more rarely, for a reason; None: as it is told again."""
        if reason is None:
            self._stretches.pop(worker_id, None)
        else:
            self._stretches[worker_id] = Stretch(factor, reason)
        for watch in self._watches.values():
            if watch.owner.worker_id == worker_id:
                self._show(watch)

    def _tell_memberships(self, *group_ids: str | None) -> None:
        for group_id in group_ids:
            if group_id is not None:
                for callback in self._on_membership:
                    callback(group_id)

    # ------------------------------------------------------------ the state machine

    async def _settle(
        self,
        watch: Watch,
        changes: Mapping[str, Any],
        version: int | None = None,
        *,
        anew: bool = False,
        elsewhere: bool = False,
    ) -> bool:
        """Write changes of an account and what follows from them for its state, in one transaction; then show it.

        ``anew``: under a new epoch, so that what a check that runs says of the old settings counts no more;
        ``elsewhere``: its cursor means nothing any more either. Call it with the lock. False: somebody else changed
        the account meanwhile (``version`` is stale).
        """
        before = watch.record
        changes = {name: value for name, value in changes.items() if getattr(before, name) != value}
        found, alert = self._judged(watch, msgspec.structs.replace(before, **changes), watch.owner)
        changes |= found
        if not changes:
            return True
        alerts = [self._alert(watch, alert, changes)] if alert is not None else []

        def work(conn: Connection) -> tuple[list[NotificationRecord], int] | None:
            if not self._store.update(conn, before.id, changes, version):
                return None
            epoch = self._assignments.renew(conn, before.id, forget_cursor=elsewhere) if anew else 0
            return self._notifications.store.insert(conn, alerts), epoch

        done = await self._database.write(work)
        if done is None:
            return False
        told, epoch = done
        watch.record = msgspec.structs.replace(watch.record, **changes)
        self._surround(watch)
        if epoch:
            watch.renewed(epoch, forget_cursor=elsewhere)
        if changes.keys() - {"baseline_done", "alerted"}:
            self._show(watch)
        if "group_id" in changes:
            self._tell_memberships(before.group_id, watch.record.group_id)
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
        alerted, alert = alert_of(
            record.alerted,
            facts,
            state,
            trouble_seconds,
            watch.interval,
            covered=watch.incident is not None,
            undecided=self._is_undecided(record.id),
        )
        if alerted != record.alerted:
            changes["alerted"] = alerted
        return changes, alert

    def _facts(self, watch: Watch, record: AccountRecord, owner: OwnerChange) -> Facts:
        manifest = self._catalog.manifest(record.platform)
        needs = manifest is not None and manifest.capabilities.credentials == "required"
        return watch.facts(record, owner, self._awake, needs_credentials=needs)

    def _lacks_credentials(self, watch: Watch) -> bool:
        return self._facts(watch, watch.record, watch.owner).lacks_credentials

    def _alert(self, watch: Watch, alert: Alert, changes: Mapping[str, Any]) -> NotificationRecord:
        told = "unreachable" if alert == "incident" else alert
        title = text(f"notify_{told}", account=watch.record.name)
        reason: Text | None = changes.get("state_reason", watch.record.state_reason)
        detail = reason if alert != "reachable" else None
        record = self._notifications.alert_record(title, detail, account_id=watch.record.id)
        if alert == "incident":
            why = text("silent_incident", host=watch.incident) if watch.incident else text("silent_network")
            record = msgspec.structs.replace(record, state="suppressed", reason=why)
        return record

    # ------------------------------------------------------------ inside

    def _quiet_baseline(self) -> bool:
        return True

    def _commands(self) -> list[str] | None:
        return None

    def _executes(self, platform: str) -> bool:
        manifest = self._catalog.manifest(platform)
        # One that is not known yet may be such a platform.
        return manifest is None or manifest.capabilities.executes

    def _default_interval(self) -> int:
        return DEFAULT_INTERVAL

    def _surround(self, watch: Watch) -> None:
        """Let what its group passes on, and the default, count."""
        watch.group = self.surroundings.groups.get(watch.record.group_id or "")
        watch.default_interval = self._default_interval()
        watch.stretches = self._stretches

    def _is_undecided(self, account_id: str) -> bool:
        """Tell whether it is not known yet if an account's trouble is its own."""
        return False

    def _watch(self, account_id: str) -> Watch:
        watch = self._watches.get(account_id)
        if watch is None:
            raise NotFound(text("account_unknown", account=account_id))
        return watch

    def _keep(self, watch: Watch) -> None:
        self._surround(watch)
        self._watches[watch.record.id] = watch
        self._rows[watch.record.id] = watch.row()

    def _show(self, watch: Watch) -> None:
        """Announce an account as it is now, unless it was deleted meanwhile."""
        if watch.record.id in self._watches:
            row = self._rows[watch.record.id] = watch.row()
            self._publisher.publish("account.changed", row)


def _watch(record: AccountRecord, owner: AssignmentRecord, awake: float) -> Watch:
    change = OwnerChange(
        account_id=record.id,
        worker_id=owner.worker_id,
        pinned_to=owner.pinned_to,
        pin_policy=owner.pin_policy,
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
