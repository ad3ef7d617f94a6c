"""What needs the person: one row a thing, the worst first, each with one action and a place that it leads to."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject

from desktop.models.account_surveys import AccountSurvey
from desktop.models.alerts import ACCOUNT_KINDS, is_open, is_silenced
from desktop.models.hub import Models
from desktop.models.job_words import JobWords
from desktop.models.need_rows import Act, Need, Place
from desktop.models.workers import starts_elsewhere
from desktop.words import Face, Wording
from master.api.overviews import Overview
from master.api.schema import Account, Alert, Job, ScheduleRun, Worker
from worker.protocol.states import AccountState, WorkerState

MOST: Final = 3
"""Rows of one sort; the others are counted in one more."""
COVERED: Final = ACCOUNT_KINDS - {"account_expiring"} | {
    "worker_gave_up",
    "worker_silent",
    "heartbeat_lost",
    "server_down",
    "network_down",
}
"""Alerts of what has a row of its own."""
BACKUPS: Final = frozenset({"backup_failed", "backup_old"})


class NeedList(QObject):
    """Puts the rows together from the models and the master's overview; translated when asked."""

    def __init__(self, models: Models, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models, self._wording = models, wording
        self._jobs = JobWords(wording)

    def rows(self, found: AccountSurvey, overview: Overview | None, now: int) -> list[Need]:
        """Return what needs the person at ``now`` (UTC ms); without ``overview`` no jobs, runs and backups."""
        rows = [*self._keyring(), *self._sign_ins(found), *self._workers(), *self._troubles(found), *self._alerts(now)]
        if overview is not None:
            rows += [*self._failed(overview), *self._missed(overview), *self._backup(overview), *self._update(overview)]
        rows += self._unread(found)
        return [*self._first(found), *rows]

    # -- accounts

    def _first(self, found: AccountSurvey) -> Iterable[Need]:
        if not found.total and self._models.accounts.load_status.state == "ready":
            yield Need(
                key="first",
                face=Face("ring", self.tr("To begin"), "accent"),
                title=self.tr("No account is watched yet"),
                words=self.tr("Add a mailbox, a feed or a page: what is new there appears within seconds."),
                place=Place(kind="page", key="accounts"),
                act="add_account",
                button=self.tr("Add account"),
            )

    def _sign_ins(self, found: AccountSurvey) -> Iterable[Need]:
        face = self._wording.state_face(AccountState.LOGIN_NEEDED)
        for row in found.sign_ins[:MOST]:
            yield Need(
                key=f"account:{row.id}",
                face=face,
                title=row.name,
                words=self._wording.say(row.state_reason) or self.tr("Checks have stopped until you sign in."),
                since_at=row.state_since_at,
                place=Place(kind="account", key=row.id),
                act="sign_in",
                button=self.tr("Sign in again") if row.has_credentials else self.tr("Sign in"),
                targets=(row.id,),
            )
        if (more := len(found.sign_ins) - MOST) > 0:
            words = self.tr("%n more account(s) need sign-in", "", more)
            yield self._more("sign_ins", face, words, Place(kind="accounts"))

    def _troubles(self, found: AccountSurvey) -> Iterable[Need]:
        face = self._wording.state_face(AccountState.UNREACHABLE)
        shared = sorted(found.incidents.items(), key=lambda one: -len(one[1]))
        for host, rows in shared[:MOST]:
            first = min(rows, key=lambda row: row.state_since_at)
            yield Need(
                key=f"incident:{host}",
                face=face,
                title=self.tr("{host} is down").format(host=host) if host else self.tr("This computer has no network"),
                words=" · ".join(
                    part
                    for part in (
                        self.tr("%n account(s) wait for it", "", len(rows)),
                        self._wording.say(first.state_reason),
                    )
                    if part
                ),
                since_at=first.state_since_at,
                place=Place(kind="accounts"),
                act="check",
                button=self.tr("Check now"),
                targets=tuple(row.id for row in rows),
            )
        if (more := len(shared) - MOST) > 0:
            yield self._more("incidents", face, self.tr("%n more server(s) are down", "", more), Place(kind="accounts"))
        for row in found.alone[:MOST]:
            yield self._trouble(row)
        if (more := len(found.alone) - MOST) > 0:
            yield self._more(
                "troubles", face, self.tr("%n more account(s) cannot be reached", "", more), Place(kind="accounts")
            )

    def _trouble(self, row: Account) -> Need:
        wrong = self._models.accounts.settings_wrong(row)
        return Need(
            key=f"account:{row.id}",
            face=self._wording.state_face(row.state),
            title=row.name,
            words=self._wording.say(row.state_reason),
            since_at=row.state_since_at,
            place=Place(kind="account", key=row.id),
            act="edit" if wrong else "check",
            button=self.tr("Edit…") if wrong else self.tr("Check now"),
            targets=(row.id,),
        )

    def _unread(self, found: AccountSurvey) -> Iterable[Need]:
        if not self._models.unread:
            return
        number = self._wording.number
        named = [f"{row.name} {number(row.unread)}" for row in found.unread]
        if (more := found.unread_accounts - len(found.unread)) > 0:
            named.append(self.tr("%n more account(s)", "", more))
        one = found.unread[0].id if found.unread_accounts == 1 else ""
        yield Need(
            key="unread",
            face=Face("dot", self.tr("Unread"), "accent"),
            title=self.tr("%n unread item(s)", "", self._models.unread),
            words=" · ".join(named),
            place=Place(kind="inbox", key=one),
            button=self.tr("Open inbox"),
        )

    # -- workers and alerts

    def _workers(self) -> Iterable[Need]:
        rows = [row for row in self._models.workers.ordered() if row.status is WorkerState.ERROR or _is_dead(row)]
        for row in rows[:MOST]:
            yield self._worker(row, _is_dead(row))
        if (more := len(rows) - MOST) > 0:
            face = self._wording.worker_face(rows[MOST], 0)
            words = self.tr("%n more worker(s) do not work", "", more)
            yield self._more("workers", face, words, Place(kind="page", key="workers"))

    def _worker(self, row: Worker, dead: bool) -> Need:
        words = self.tr("Its accounts were taken over.") if dead else ""
        if not dead and row.last_exit is not None:
            words = self._wording.say(row.last_exit.text)
        act: Act = "restart_worker" if dead else "start_worker"
        button = self.tr("Restart") if dead else self.tr("Start again")
        if starts_elsewhere(row):
            act, button = "open", self.tr("Open worker")
        return Need(
            key=f"worker:{row.worker_id}",
            face=self._wording.worker_face(row, 0),
            title=row.name,
            words=words or self._wording.say(row.status_text),
            since_at=row.last_exit.at if row.last_exit is not None and not dead else None,
            place=Place(kind="worker", key=row.worker_id),
            act=act,
            button=button,
            targets=(row.worker_id,),
        )

    def _alerts(self, now: int) -> Iterable[Need]:
        rows = [
            row
            for row in self._models.alerts.values()
            if is_open(row) and row.acknowledged_at is None and not is_silenced(row, now) and row.kind not in COVERED
        ]
        rows.sort(key=lambda row: (row.level != "bad", -row.raised_at))
        for row in rows[:MOST]:
            yield self._alert(row)
        if (more := len(rows) - MOST) > 0:
            face = self._wording.alert_face(rows[MOST])
            yield self._more(
                "alerts", face, self.tr("%n more open alert(s)", "", more), Place(kind="page", key="alerts")
            )

    def _alert(self, row: Alert) -> Need:
        backup = row.kind in BACKUPS
        return Need(
            key=f"alert:{row.id}",
            face=self._wording.alert_face(row),
            title=self._wording.say(row.title),
            words=self._wording.say(row.detail) or self._models.alerts.subject(row),
            since_at=row.raised_at,
            place=Place(kind="alert", key=str(row.id)),
            act="back_up" if backup else "acknowledge",
            button=self.tr("Back up now") if backup else self.tr("Acknowledge"),
            targets=() if backup else (str(row.id),),
        )

    def _keyring(self) -> Iterable[Need]:
        status = self._models.status
        if status is None or status.vault == "ok":
            return
        locked = status.vault == "locked"
        words = self._wording.say(status.vault_reason)
        yield Need(
            key="keyring",
            face=Face("cross", self.tr("Locked") if locked else self.tr("Missing"), "bad"),
            title=self.tr("The keyring is locked") if locked else self.tr("There is no keyring"),
            words=words or self.tr("Credentials cannot be read or stored until it is there."),
            place=Place(kind="settings", key="system"),
            button=self.tr("System status"),
        )

    # -- jobs, runs, backups

    def _failed(self, overview: Overview) -> Iterable[Need]:
        for job in overview.failed[:MOST]:
            yield self._job(job)
        if (more := overview.failed_total - min(MOST, len(overview.failed))) > 0:
            face = self._jobs.face(overview.failed[0])
            yield self._more("jobs", face, self.tr("%n more failed job(s)", "", more), Place(kind="jobs", key="FAILED"))

    def _job(self, job: Job) -> Need:
        return Need(
            key=f"job:{job.id}",
            face=self._jobs.face(job),
            title=job.name,
            words=self._jobs.ended(job),
            since_at=job.ended_at,
            place=Place(kind="job", key=job.id),
            act="resubmit",
            button=self.tr("Run again"),
            targets=(job.id,),
        )

    def _missed(self, overview: Overview) -> Iterable[Need]:
        for run in overview.missed[:MOST]:
            yield self._run(run)
        if (more := len(overview.missed) - MOST) > 0:
            face = self._jobs.outcome(overview.missed[0].outcome)
            words = self.tr("%n more schedule(s) did not run", "", more)
            yield self._more("missed", face, words, Place(kind="page", key="schedules"))

    def _run(self, run: ScheduleRun) -> Need:
        schedule = self._models.schedules.get(run.schedule_id)
        due = self.tr("It was due at {time}.").format(time=self._wording.moment(run.planned_at))
        return Need(
            key=f"schedule:{run.schedule_id}",
            face=self._jobs.outcome(run.outcome),
            title=schedule.name if schedule is not None else run.schedule_id,
            words=("" if due.endswith("。") else " ").join(part for part in (due, self._wording.say(run.text)) if part),
            since_at=run.at,
            place=Place(kind="schedule", key=run.schedule_id),
            act="run_schedule",
            button=self.tr("Run now"),
            targets=(run.schedule_id,),
        )

    def _backup(self, overview: Overview) -> Iterable[Need]:
        told = any(is_open(row) and row.kind == "backup_failed" for row in self._models.alerts.values())
        if overview.backup.problem is None or told:
            return
        last = overview.backup.last_good_at
        yield Need(
            key="backup",
            face=Face("cross", self.tr("Failed"), "bad"),
            title=self.tr("The backup failed"),
            words=self._wording.say(overview.backup.problem),
            since_at=last,
            place=Place(kind="settings", key="storage"),
            act="back_up",
            button=self.tr("Back up now"),
        )

    def _update(self, overview: Overview) -> Iterable[Need]:
        if overview.update is not None:
            yield Need(
                key="update",
                face=Face("ring", self.tr("Update"), "accent"),
                title=self.tr("Watchkeeper {version} is there").format(version=overview.update),
                words=self.tr("What is new in it, and how to get it, stands in About."),
                place=Place(kind="settings", key="about"),
                button=self.tr("What is new"),
            )

    def _more(self, key: str, face: Face, title: str, place: Place) -> Need:
        return Need(key=f"more:{key}", face=face, title=title, place=place, button=self.tr("Show all"))


def _is_dead(row: Worker) -> bool:
    return row.status is WorkerState.RUNNING and row.health == "dead"
