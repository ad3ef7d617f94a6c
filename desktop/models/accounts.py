"""Accounts as a table, with their heartbeat bars and counts."""

import time
from collections import Counter, deque
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QObject

from desktop.models.grouped_rows import GroupedTableModel
from desktop.models.rows import Column, natural_key
from desktop.theme import GREY
from desktop.words import Wording
from master.api.events import Checking, Unread
from master.api.schema import Account, Beat
from worker.protocol.manifest import Manifest
from worker.protocol.states import AccountState

TICKS = 40
"""Ticks kept of a heartbeat bar; 36 are drawn."""

ACCOUNT, STATE, BEATS, WORKER, CHECKED, NEXT, UNREAD = range(7)
"""Columns."""

URGENCY = {
    AccountState.LOGIN_NEEDED: 0,
    AccountState.UNREACHABLE: 1,
    AccountState.STALE: 2,
    AccountState.PENDING: 3,
    AccountState.OK: 4,
    AccountState.PAUSED: 5,
}
"""Sorting by state brings what needs a person to the top."""

NEVER = 1 << 62
FAULT = "check_failed"
"""The reason after a fault of the program itself."""


@dataclass(frozen=True)
class Badge:
    """The coloured square of a platform: one letter on ``#rrggbb``."""

    letter: str
    color: str
    title: str


def now_ms() -> int:
    """UTC milliseconds."""
    return int(time.time() * 1000)


class BeatKeeper:
    """Heartbeat bars by key. ``levels`` is a string of one letter a tick (``o w b i``), the key of drawn bars."""

    def __init__(self) -> None:
        self._beats: dict[str, deque[Beat]] = {}
        self._levels: dict[str, str] = {}

    def load(self, beats: dict[str, list[Beat]]) -> None:
        """Take the bars of a ``GET /beats``."""
        self._beats = {key: deque(ticks, TICKS) for key, ticks in beats.items()}
        self._levels = {key: "".join(beat.level[:1] for beat in ticks)[-TICKS:] for key, ticks in beats.items()}

    def add(self, key: str, beat: Beat) -> None:
        """Append one tick; one that is there already was loaded before it was told."""
        bar = self._beats.setdefault(key, deque(maxlen=TICKS))
        if beat in bar:
            return
        bar.append(beat)
        self._levels[key] = (self._levels.get(key, "") + beat.level[:1])[-TICKS:]

    def forget(self, key: str) -> None:
        """Drop a bar."""
        self._beats.pop(key, None)
        self._levels.pop(key, None)

    def levels(self, key: str) -> str:
        """Return the letters of a bar, oldest first."""
        return self._levels.get(key, "")

    def beats(self, key: str) -> list[Beat]:
        """Return the ticks of a bar, oldest first."""
        return list(self._beats.get(key, ()))


class AccountTableModel(GroupedTableModel[Account]):
    """All accounts. Checks and unread counts patch the row."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        self.wording = wording
        self.beats = BeatKeeper()
        self.badges: dict[str, Badge] = {}
        self.group_names: dict[str, str] = {}
        """By the id of a group: a search finds its accounts by it."""
        super().__init__([], parent)
        self.columns = [
            Column(title=self.tr("Account"), text=lambda row: row.name, sort=lambda row: natural_key(row.name)),
            Column(
                title=self.tr("State"),
                text=lambda row: wording.account_face(row).word,
                sort=lambda row: (URGENCY[row.state], natural_key(row.name)),
            ),
            Column(
                title=self.tr("Last 36 checks"),
                text=self.rate,
                sort=lambda row: row.checks_ok / row.checks_total if row.checks_total else -1.0,
            ),
            Column(
                title=self.tr("Worker"),
                text=lambda row: row.worker_id or "–",
                sort=lambda row: natural_key(row.worker_id or ""),
            ),
            Column(
                title=self.tr("Checked"),
                text=lambda row: wording.ago(row.last_checked_at, now_ms()),
                sort=lambda row: row.last_checked_at or 0,
                right=True,
            ),
            Column(
                title=self.tr("Next"),
                text=lambda row: self.next_words(row, now_ms()),
                sort=lambda row: row.next_check_at or NEVER,
                right=True,
            ),
            Column(
                title=self.tr("Unread"),
                text=lambda row: wording.number(row.unread) if row.unread else "",
                sort=lambda row: row.unread,
                right=True,
            ),
        ]

    def key_of(self, row: Account) -> str:
        """The account's id."""
        return row.id

    def group_of(self, row: Account) -> str:
        """The id of its group, "" for none."""
        return row.group_id or ""

    def search_text(self, row: Account) -> str:
        """Name, platform, group, worker, tags and notes."""
        group = self.group_names.get(row.group_id or "", "")
        parts = (row.name, row.platform, self.badge(row).title, group, row.worker_id or "", *row.tags, row.notes)
        return "\n".join(parts).casefold()

    def learn(self, manifests: list[Manifest]) -> None:
        """Take the platforms' letters, colours and titles."""
        self.badges = {
            manifest.id: Badge(manifest.icon, manifest.color, self.wording.pick(manifest.title))
            for manifest in manifests
        }
        self.touch()

    def badge(self, account: Account) -> Badge:
        """Return the square of the account's platform; grey while the catalogue is not there."""
        return self.badges.get(account.platform) or Badge(account.platform[:1].upper(), GREY, account.platform)

    def apply_checking(self, event: Checking) -> None:
        """A check began or ended."""
        row = self.get(event.account_id)
        if row is None:
            return
        if event.beat is not None:
            self.beats.add(event.account_id, event.beat)
        self.upsert(
            msgspec.structs.replace(
                row,
                checking=event.checking,
                listening=event.listening,
                last_checked_at=event.last_checked_at or row.last_checked_at,
                last_ok_at=event.last_ok_at or row.last_ok_at,
                next_check_at=event.next_check_at,
                checks_ok=event.checks_ok,
                checks_total=event.checks_total,
            )
        )

    def apply_unread(self, event: Unread) -> None:
        """Unread counts of some accounts changed."""
        for account_id, count in event.accounts.items():
            row = self.get(account_id)
            if row is not None and row.unread != count:
                self.upsert(msgspec.structs.replace(row, unread=count))

    def counts(self) -> Counter[AccountState]:
        """Return how many accounts are in each state."""
        return Counter(row.state for row in self.values())

    def rate(self, row: Account) -> str:
        """Return the share of successful checks in words."""
        if not row.checks_total:
            if row.last_checked_at is not None:
                return self.tr("No check since the master started")
            return self.tr("No check yet")
        percent = 100 * row.checks_ok / row.checks_total
        return self.tr("{percent} % of %n check(s) succeeded", "", row.checks_total).format(
            percent=self.wording.number(percent, 0 if percent.is_integer() else 1)
        )

    def settings_wrong(self, row: Account) -> bool:
        """Whether an account cannot be watched because of its settings: a new try alone helps nothing."""
        failed = row.state is AccountState.UNREACHABLE and self.beats.levels(row.id).endswith("b")
        return failed and row.state_reason is not None and row.state_reason.code != FAULT

    def next_words(self, row: Account, now: int) -> str:
        """Return when the next check is due: a span, ``push``, ``paused``, ``retry in …``."""
        if row.state is AccountState.PAUSED:
            if row.paused_until_at is not None:
                return self.tr("until {time}").format(time=self.wording.clock(row.paused_until_at, now))
            return self.tr("paused")
        if row.state is AccountState.LOGIN_NEEDED:
            return "–"
        if row.listening:
            return self.tr("push")
        if row.next_check_at is None:
            return "–"
        seconds = max(0.0, (row.next_check_at - now) / 1000)
        span = self.wording.span(-(-seconds // 1)) if seconds else self.tr("due")
        if row.state is AccountState.UNREACHABLE and seconds:
            return self.tr("retry in {span}").format(span=span)
        return span

    def incident_words(self, row: Account) -> str:
        """Return that others share the trouble of an account; empty where it is alone with it."""
        if row.incident is None:
            return ""
        others = sum(one.incident == row.incident for one in self.values()) - 1
        if row.incident == "":
            return self.tr("This computer has no network: shared with %n other account(s).", "", others)
        return self.tr("{host} is down: shared with %n other account(s).", "", others).format(host=row.incident)

    def tool_tip(self, row: Account, column: int) -> str:
        """Absolute times, the reason of a state, the success rate, why the worker has it."""
        say, moment = self.wording.say, self.wording.moment
        if column == STATE:
            since = self.tr("Since {time}").format(time=moment(row.state_since_at))
            return "\n".join(part for part in (say(row.state_reason), self.incident_words(row), since) if part)
        if column == BEATS:
            return self.rate(row)
        if column == WORKER:
            return say(row.assignment_reason)
        if column == CHECKED:
            return moment(row.last_checked_at)
        if column == NEXT:
            return moment(row.next_check_at) if row.next_check_at else ""
        return row.name if column == ACCOUNT else ""
