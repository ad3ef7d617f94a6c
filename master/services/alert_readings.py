"""What alerts are judged by: the values of workers and accounts, as events tell them. Writes nothing."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from master.api.alerts import Alert, AlertKind, Incident
from master.api.events import HeartbeatSeen
from master.api.schema import Account, Settings, Worker
from master.api.workers import EXTERNAL
from master.services.alert_rules import (
    ErrorRate,
    Gauge,
    Limits,
    account_values,
    crashed_value,
    gave_up_value,
    judge,
    limits_of,
    silent_value,
)
from worker.protocol.states import AccountState, WorkerState
from worker.protocol.texts import Text, text

Key = tuple[AlertKind, str]
"""Kind and subject."""

MACHINE: Final = ""
INCIDENTS: Final = frozenset[AlertKind]({"network_down", "server_down"})
NOT_WATCHED: Final = frozenset({AccountState.PAUSED, AccountState.LOGIN_NEEDED})


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The last value of a kind and subject, and how it is called."""

    value: float
    name: str = ""
    detail: Text | None = None
    interval_seconds: float = 0.0
    count: int = 0
    """Of what the title counts."""
    title: Text | None = None
    """Instead of the usual one of its kind."""


class Readings:
    """All values and verdicts. ``clock`` gives awake seconds; belongs to one event loop."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        memory_limit: Callable[[str], int | None],
        clock: Callable[[], float],
    ) -> None:
        """``memory_limit`` gives a worker's ``max_memory_mb``, None when it has none."""
        self._settings = settings
        self._memory_limit = memory_limit
        self._clock = clock
        self.gauges: dict[Key, Gauge] = {}
        self.readings: dict[Key, Reading] = {}
        self.turned: dict[Key, None] = {}
        """What was raised or cleared and is not written yet, in order."""
        self._carried: set[Key] = set()
        self._names: dict[str, str] = {}
        self._rates: dict[str, ErrorRate] = {}
        self._unassigned: dict[str, Text | None] = {}

    def carry(self, alert: Alert) -> None:
        """Go on with an alert that an earlier master raised."""
        key: Key = (alert.kind, alert.subject)
        self.gauges[key] = Gauge(raised=True)
        self._carried.add(key)
        self.readings[key] = Reading(value=1.0, name=alert.subject_name, detail=alert.detail)
        if alert.kind == "error_rate":
            self._rate(alert.subject)

    def is_raised(self, key: Key) -> bool:
        """Tell whether something is wrong by the last verdict."""
        gauge = self.gauges.get(key)
        return gauge is not None and gauge.raised

    def see(self, key: Key, reading: Reading) -> None:
        """Note a value and judge it."""
        if key not in self.gauges and reading.value < self._limits(key, reading).raise_at:
            return  # most things are well; nothing is kept of them
        self.readings[key] = reading
        self._judge(key, self._clock())

    def rejudge(self) -> None:
        """Judge again what time alone may turn."""
        now = self._clock()
        window = self._settings().alert_minutes * 60.0
        for worker_id, rate in self._rates.items():
            percent = rate.percent(window, now)
            if percent is not None:
                name = self._names.get(worker_id, worker_id)
                detail = text("alert_percent", percent=round(percent))
                self.see(("error_rate", worker_id), Reading(value=percent, name=name, detail=detail))
        for key in [key for key, gauge in self.gauges.items() if gauge.since is not None]:
            self._judge(key, now)

    # ------------------------------------------------------------ what events tell

    def worker(self, worker: Worker) -> None:
        """Note a worker as it is now."""
        subject, name, state = worker.worker_id, worker.name, worker.status
        self._names[subject] = name
        if worker.deployment_type == EXTERNAL:
            self._elsewhere(worker)
        else:
            self._process(worker)
        if state is not WorkerState.RUNNING:
            self.see(("worker_cpu", subject), Reading(value=0.0, name=name))
            self.see(("worker_memory", subject), Reading(value=0.0, name=name))
        if state in (WorkerState.ERROR, WorkerState.STOPPED):
            # It waits for no restart any more; that it was given up says more.
            self.replace(("worker_crashed", subject))
            # Nothing is counted any more; what waits on its disk was stored by the master.
            self._rates.pop(subject, None)
            self.see(("error_rate", subject), Reading(value=0.0, name=name))
            self.see(("backlog", subject), Reading(value=0.0, name=name))

    def _process(self, worker: Worker) -> None:
        """Note how the process of a worker is that the master starts."""
        subject, name, state = worker.worker_id, worker.name, worker.status
        words = worker.last_exit.text if worker.last_exit else None
        crashed = crashed_value(state)
        if crashed is not None:
            self.see(("worker_crashed", subject), Reading(value=crashed, name=name, detail=words))
        gave_up: Key = ("worker_gave_up", subject)
        given_up = gave_up_value(state, carried=gave_up in self._carried)
        if given_up is not None:
            self.see(gave_up, Reading(value=given_up, name=name, detail=words, count=worker.failures))
        dead = state is WorkerState.RUNNING and worker.health == "dead"
        self.see(("heartbeat_lost", subject), Reading(value=float(dead), name=name))

    def _elsewhere(self, worker: Worker) -> None:
        """Note how one is that is started elsewhere: it is well, or it is missing, which is one alert."""
        key: Key = ("worker_silent", worker.worker_id)
        value = silent_value(worker.status, carried=key in self._carried and worker.enabled)
        if value is not None:
            words = worker.last_exit.text if worker.last_exit else None
            self.see(key, Reading(value=value, name=worker.name, detail=words))

    def heartbeat(self, beat: HeartbeatSeen) -> None:
        """Note what a worker says of itself."""
        subject = beat.worker_id
        name = self._names.get(subject, subject)
        detail = text("alert_percent", percent=round(beat.cpu_percent))
        self.see(("worker_cpu", subject), Reading(value=beat.cpu_percent, name=name, detail=detail))
        limit = self._memory_limit(subject)
        share = 100.0 * beat.memory_mb / limit if limit else 0.0
        detail = text("alert_megabytes", count=round(beat.memory_mb))
        self.see(("worker_memory", subject), Reading(value=share, name=name, detail=detail))
        detail = text("alert_count", count=beat.backlog)
        self.see(("backlog", subject), Reading(value=beat.backlog, name=name, detail=detail))
        self._rate(subject).add(beat.checks, beat.errors, self._clock())

    def account(self, account: Account) -> None:
        """Note an account as it is now."""
        values = account_values(account.state, owned=account.worker_id is not None)
        if account.incident is not None:
            # The incident says it for all of them.
            values["account_unreachable"] = 0.0
        for kind, value in values.items():
            interval = float(account.interval_seconds)
            reading = Reading(value=value, name=account.name, detail=account.state_reason, interval_seconds=interval)
            self.see((kind, account.id), reading)
        if account.worker_id is None and account.state not in NOT_WATCHED:
            self._unassigned[account.id] = account.assignment_reason
        else:
            self._unassigned.pop(account.id, None)

    def incidents(self, rows: Iterable[Incident]) -> None:
        """Note the faults that several accounts share, once they are worth telling; others are over."""
        seen: dict[Key, Reading] = {}
        for row in rows:
            if row.told:
                reading = Reading(value=1.0, name=row.host, detail=row.reason, count=len(row.account_ids))
                seen[(row.kind, row.host)] = reading
        for key, before in [(key, self.readings[key]) for key in self.gauges if key[0] in INCIDENTS]:
            seen.setdefault(key, msgspec.structs.replace(before, value=0.0))
        for key, reading in seen.items():
            self.see(key, reading)

    def count_unassigned(self) -> None:
        """Note how many accounts nobody watches though they should be."""
        count = len(self._unassigned)
        why = next(iter(self._unassigned.values()), None)
        self.see(("unassigned", MACHINE), Reading(value=count, detail=why, count=count))

    def forget(self, subject: str) -> None:
        """A worker or an account was deleted: nothing is wrong with it any more."""
        self._names.pop(subject, None)
        self._rates.pop(subject, None)
        self._unassigned.pop(subject, None)
        for key in [key for key in self.gauges if key[1] == subject]:
            self.replace(key)

    def replace(self, key: Key) -> None:
        """End an alert at once, because its subject is gone or another one says more."""
        self.readings.pop(key, None)
        self._carried.discard(key)
        gauge = self.gauges.pop(key, None)
        if gauge is not None and gauge.raised:
            self.turned[key] = None

    # ------------------------------------------------------------ inside

    def _rate(self, worker_id: str) -> ErrorRate:
        if worker_id not in self._rates:
            self._rates[worker_id] = ErrorRate(self._clock())
        return self._rates[worker_id]

    def _limits(self, key: Key, reading: Reading) -> Limits:
        return limits_of(key[0], self._settings(), reading.interval_seconds)

    def _judge(self, key: Key, now: float) -> None:
        reading = self.readings[key]
        before = self.gauges.get(key, Gauge())
        after = judge(before, self._limits(key, reading), reading.value, now)
        if after.raised != before.raised:
            self.turned[key] = None
        if after.raised or after.since is not None:
            self.gauges[key] = after
        else:
            self.gauges.pop(key, None)
            self.readings.pop(key, None)
            self._carried.discard(key)
