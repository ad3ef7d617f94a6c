"""Alerts: raised and cleared by what the other services publish, told once each, and kept as history."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from master.api.alerts import Alert, Incident
from master.api.events import Deleted, Event, HeartbeatSeen
from master.api.schema import Account, Worker
from master.services.alert_commands import AlertCommands
from master.services.alert_readings import INCIDENTS, MACHINE, Key, Reading, Readings
from master.services.alert_rules import LEVELS, SILENT
from master.services.alert_titles import title_of
from master.services.events import Publisher
from master.services.notifications import NotificationService
from master.services.settings import SettingsService
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord
from master.tasks import Tasks
from worker.protocol.certificates import Certificate
from worker.protocol.codec import now_ms
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

KEPT_MS: Final = 30 * 86_400_000
"""So long is what is over kept."""
CERTIFICATE: Final = "certificate_expiring"
"""Its subject is a server or a file, which several accounts may share."""
DISK_SECONDS: Final = 60.0
PURGE_SECONDS: Final = 3600.0
RETRY_SECONDS: Final = 10.0
BURST: Final = 5
"""Most notifications of one kind at once; the rest become one "N more"."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """An alert to be written, raised (id 0) or cleared, and what is told of it."""

    alert: Alert
    told: NotificationRecord | None


class AlertService(AlertCommands):
    """Owns the alerts. Hears everything through the publisher and asks the database nothing while it judges."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        settings: SettingsService,
        notifications: NotificationService,
        tasks: Tasks,
        memory_limit: Callable[[str], int | None],
        disk_free: Callable[[], int],
        incidents: Callable[[], Sequence[Incident]] = tuple,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``memory_limit``: a worker's ``max_memory_mb``; ``disk_free``: bytes, asked on another thread."""
        super().__init__(database=database, publisher=publisher)
        self._notifications = notifications
        self._tasks = tasks
        self._disk_free = disk_free
        self._incidents = incidents
        self._clock = clock
        self._readings = Readings(settings=lambda: settings.current, memory_limit=memory_limit, clock=clock)
        self._gone: set[str] = set()
        """Subjects that were deleted; nothing is told of their end."""
        self._unsaid: set[Key] = set()
        """Alerts of a master before, whose end says nothing."""
        self.quiet: Callable[[], bool] = lambda: False
        """Whether the machine woke a moment ago: what turns then may turn back by itself, and waits to be told."""
        self._unsubscribe: Callable[[], None] | None = None
        self._disk_due = self._purge_due = self._flush_due = 0.0

    async def load(self, workers: Iterable[Worker], accounts: Iterable[Account]) -> None:
        """Go on with the alerts that are open, but for those whose subject is gone, and begin to listen."""
        now = now_ms()

        def read(conn: Connection) -> tuple[list[Alert], dict[tuple[str, str], int]]:
            return self._store.open(conn), self._store.silences(conn, now)

        opened, silences = await self._database.read(read)
        self._silences = {(kind, subject): until for (kind, subject), until in silences.items()}  # type: ignore[misc]
        self._open = {(alert.kind, alert.subject): alert for alert in opened}
        for alert in opened:
            self._readings.carry(alert)
        workers, accounts = list(workers), list(accounts)
        known = {MACHINE, *(worker.worker_id for worker in workers), *(account.id for account in accounts)}
        for alert in opened:
            if alert.kind in INCIDENTS:
                # Nothing was asked yet since this start: that it goes on is found out anew, that it is over never said.
                self._unsaid.add((alert.kind, alert.subject))
                self._readings.replace((alert.kind, alert.subject))
            elif alert.kind != CERTIFICATE and alert.subject not in known:
                self._forget(alert.subject)
        for worker in workers:
            if not (worker.enabled and worker.auto_start) and worker.status is WorkerState.STOPPED:
                self._readings.worker(worker)  # nobody starts it, so nothing more will be heard of it
        for account in accounts:
            self._readings.account(account)
        self._unsubscribe = self._publisher.subscribe(self._hear)

    async def close(self) -> None:
        """Stop listening (that workers are stopped with the master says nothing), and write what is known."""
        if self._unsubscribe is None:
            return
        self._unsubscribe()
        self._unsubscribe = None
        await self._flush()

    # ------------------------------------------------------------ what is seen

    def tick(self) -> None:
        """Once a second: judge what time alone turns, look at the disk, and write what turned."""
        if self._unsubscribe is None:
            return
        now = self._clock()
        self._readings.incidents(self._incidents())
        self._readings.count_unassigned()
        self._readings.rejudge()
        if now >= self._disk_due:
            self._disk_due = now + DISK_SECONDS
            self._tasks.spawn(self._look_at_disk(), name="free space")
        if now >= self._purge_due:
            self._purge_due = now + PURGE_SECONDS
            self._tasks.spawn(self.purge(now_ms() - KEPT_MS), name="old alerts")
        if self._readings.turned and now >= self._flush_due and not self._lock.locked() and not self.quiet():
            # Should it fail (a full disk), it is tried again, but not every second.
            self._flush_due = now + RETRY_SECONDS
            self._tasks.spawn(self._flush(), name="alerts")

    def note_orphans(self, count: int) -> None:
        """Note how many processes of a master that was killed had to be ended; that is over a while later."""
        detail = text("alert_count", count=count)
        for value in (count, 0):
            self._readings.see(("orphans", MACHINE), Reading(value=value, detail=detail, count=count))

    def note_lost_jobs(self, count: int) -> None:
        """Note of how many jobs nothing was left, at a start or when a worker came back; that is over a while later."""
        detail = text("alert_count", count=count)
        for value in (count, 0):
            self._readings.see(("jobs_lost", MACHINE), Reading(value=value, detail=detail, count=count))

    def note_backup(self, problem: Text | None, days: int) -> None:
        """Note why the last backup failed, if it did, and how old (days) the last good one is, if too old."""
        self._readings.see(("backup_failed", MACHINE), Reading(value=float(problem is not None), detail=problem))
        self._readings.see(("backup_old", MACHINE), Reading(value=float(days > 0), count=days))

    def note_expiring(self, account: Account, days: int | None) -> None:
        """Note that the credentials of an account end in so many days; None: not soon, or not any more."""
        detail = text("alert_days", count=days or 0)
        value = 0 if days is None else 1
        self._readings.see(
            ("account_expiring", account.id), Reading(value=value, detail=detail, count=days or 0, name=account.name)
        )

    def note_certificates(self, near: Iterable[Certificate], used: Collection[str]) -> None:
        """Note the certificates that end soon; ``used``: names of all. Of those that nobody uses nothing is told."""
        found = {one.name: one for one in near}
        for one in found.values():
            until = datetime.fromtimestamp(one.expires_at / 1000, UTC).date().isoformat()
            reading = Reading(
                value=1,
                name=one.name,
                title=text(f"alert_certificate_{one.kind}", name=one.name, date=until),
                detail=text(f"alert_renew_{one.kind}"),
            )
            self._readings.see((CERTIFICATE, one.name), reading)
        for key in [key for key in self._readings.gauges if key[0] == CERTIFICATE and key[1] not in found]:
            if key[1] in used:
                self._readings.see(key, Reading(value=0))
            else:
                self._unsaid.add(key)
                self._readings.replace(key)

    def _hear(self, event: Event) -> None:
        data = event.data
        if isinstance(data, HeartbeatSeen):
            self._readings.heartbeat(data)
        elif isinstance(data, Worker):
            self._readings.worker(data)
        elif isinstance(data, Account):
            self._readings.account(data)
        elif isinstance(data, Deleted):
            self._forget(data.id)

    def _forget(self, subject: str) -> None:
        if any(key[1] == subject for key in self._open):
            self._gone.add(subject)
        self._readings.forget(subject)

    async def _look_at_disk(self) -> None:
        try:
            free = await asyncio.to_thread(self._disk_free)
        except OSError as error:
            logger.warning("the free space could not be read: %s", error)
            return
        megabytes = free // 1_048_576
        detail = text("alert_megabytes", count=megabytes)
        self._readings.see(("disk_low", MACHINE), Reading(value=-megabytes, detail=detail, count=megabytes))

    # ------------------------------------------------------------ what is written

    async def _flush(self) -> None:
        """Write what turned, with its notifications, in one transaction; then tell everybody."""
        async with self._lock:
            turned = list(self._readings.turned)
            self._readings.turned.clear()
            turns = self._turns(turned)

            def work(conn: Connection) -> tuple[list[Alert], list[NotificationRecord]]:
                return self._write(conn, turns)

            try:
                written, told = await self._database.write(work)
            except BaseException:
                self._readings.turned = dict.fromkeys(turned) | self._readings.turned
                raise
            self._flush_due = 0.0
            for alert in written:
                self._keep(alert)
                if alert.cleared_at is not None:
                    self._gone.discard(alert.subject)
                    self._unsaid.discard((alert.kind, alert.subject))
                self._publisher.publish("alert.changed", alert)
            self._notifications.announce(told)

    def _turns(self, turned: Sequence[Key]) -> list[Turn]:
        now = now_ms()
        turns: list[Turn] = []
        told: dict[tuple[str, bool], int] = {}
        for key in turned:
            raised, before = self._readings.is_raised(key), self._open.get(key)
            if raised == (before is not None):
                continue  # it turned twice
            alert = msgspec.structs.replace(before, cleared_at=now) if before is not None else self._raised(key, now)
            record = None
            if self._is_told(key, now):
                phase = (alert.kind, raised)
                told[phase] = told.get(phase, 0) + 1
                if told[phase] <= BURST:
                    title = alert.title if raised else text(f"over_{alert.kind}", name=alert.subject_name)
                    record = self._record(alert, title, alert.detail if raised else None)
            turns.append(Turn(alert=alert, told=record))
        for (kind, raised), count in told.items():
            if count > BURST:
                last = next(turn for turn in reversed(turns) if (turn.alert.kind, _is_open(turn)) == (kind, raised))
                more = count - BURST
                title = text("notify_more_alerts", count=more) if raised else text("notify_more_over", count=more)
                turns[turns.index(last)] = Turn(alert=last.alert, told=self._record(last.alert, title, None))
        return turns

    def _raised(self, key: Key, now: int) -> Alert:
        kind, subject = key
        reading = self._readings.readings[key]
        silence = self._silences.get(key, 0)
        return Alert(
            id=0,
            kind=kind,
            subject=subject,
            subject_name=reading.name,
            level=LEVELS[kind],
            title=title_of(kind, reading),
            detail=reading.detail,
            raised_at=now,
            silenced_until_at=silence if silence > now else None,
        )

    def _is_told(self, key: Key, now: int) -> bool:
        return (
            key[0] not in SILENT
            and key[1] not in self._gone
            and key not in self._unsaid
            and self._silences.get(key, 0) <= now
        )

    def _record(self, alert: Alert, title: Text, detail: Text | None) -> NotificationRecord:
        account = alert.subject if alert.kind.startswith("account_") else None
        return self._notifications.alert_record(title, detail, account_id=account)

    def _write(self, conn: Connection, turns: Sequence[Turn]) -> tuple[list[Alert], list[NotificationRecord]]:
        written, records = [], []
        for turn in turns:
            alert = turn.alert
            if alert.cleared_at is None:
                alert = self._store.insert(conn, alert)
            else:
                self._store.update(conn, alert.id, cleared_at=alert.cleared_at)
            written.append(alert)
            if turn.told is not None:
                records.append(msgspec.structs.replace(turn.told, alert_id=alert.id))
        return written, self._notifications.store.insert(conn, records)


def _is_open(turn: Turn) -> bool:
    return turn.alert.cleared_at is None
