"""Why notifications are held, and until when: quiet hours and snoozes."""

import asyncio
from typing import Final
from zoneinfo import ZoneInfoNotFoundError

import msgspec
from msgspec import UNSET

from master.api.accounts import Account
from master.api.events import Deleted, Event
from master.api.rules import (
    QuietHours,
    QuietHoursPatch,
    QuietPlan,
    QuietWindow,
    Snooze,
    SnoozeCreate,
    SnoozeRow,
)
from master.api.system import Settings, SettingsPatch
from master.errors import Conflict, Invalid, NotFound
from master.services.events import Publisher
from master.services.quiet_hours import NEVER, Quiet, QuietClock
from master.services.settings import SettingsService
from master.services.zones import LOCAL, Offset, moment_of, offset_of
from master.store.engine import Connection, Database
from master.store.holds import HoldStore, QuietRecord, SnoozeRecord
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

DEFAULT_SECONDS: Final = 3600
MOST_MS: Final = 30 * 86_400_000
_MORNING: Final = 9 * 3600
_DAY: Final = 86_400
_PRESETS: Final = {"15min": 900, "1h": 3600}
ALL: Final = "all"


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Something is not to be told now."""

    reason: Text
    until: int | None
    """UTC ms; None: not known."""


class HoldService:
    """Owns quiet hours and snoozes. Says what holds a notification at a moment; remembers nothing of what is held."""

    def __init__(self, *, database: Database, publisher: Publisher, settings: SettingsService) -> None:
        self._database = database
        self._publisher = publisher
        self._settings = settings
        self._store: HoldStore[QuietWindow] = HoldStore(QuietWindow)
        self._record: QuietRecord[QuietWindow] = QuietRecord()
        self._clock: QuietClock | None = None
        self._clocks: dict[bytes, QuietClock] = {}
        self._snoozes: dict[tuple[str, str], SnoozeRecord] = {}
        self._muted_until: int | None = settings.current.muted_until_at
        self._told_until = self.all_until
        self._was_quiet: bool | None = None
        self._lock = asyncio.Lock()
        self._away = False
        self._returned = False
        self.changed: Final = asyncio.Event()
        """Set whenever what is held may not have to be any more."""
        publisher.subscribe(self._hear)

    async def load(self) -> None:
        """Read quiet hours and snoozes."""

        def read(conn: Connection) -> tuple[QuietRecord[QuietWindow], list[SnoozeRecord]]:
            return self._store.quiet_hours(conn), self._store.snoozes(conn)

        self._record, snoozes = await self._database.read(read)
        self._snoozes = {(row.scope, row.target_id): row for row in snoozes}
        try:
            self._clock = QuietClock(self._record.windows, self._record.time_zone)
        except Invalid:
            # The machine knows the zone no longer: its own is nearer than none.
            self._clock = QuietClock(self._record.windows, LOCAL)

    # ------------------------------------------------------------ judging

    def hold(self, account: Account | None, now: int, *, urgent: bool) -> Hold | None:
        """Return what holds a notification of an account (None: of the system) at ``now``; snoozes hold urgent ones."""
        until = self._muted_until or 0
        if until > now:
            return Hold(reason=text("held_snoozed_all"), until=until)
        if account is not None:
            if account.removed_at is not None:
                return Hold(reason=text("held_removed"), until=None)
            targets = (("account", account.id), ("group", account.group_id or ""))
            for scope, target in targets:
                snooze = self._snoozes.get((scope, target))
                if snooze is not None and snooze.until_at > now:
                    return Hold(reason=text(f"held_snoozed_{scope}"), until=snooze.until_at)
        if urgent:
            return None
        quiet = self._quiet(account, now)
        if quiet.quiet:
            return Hold(reason=text("held_quiet"), until=quiet.until)
        return Hold(reason=text("held_away"), until=None) if self._away else None

    def set_away(self, away: bool) -> None:
        """Hold all that is not urgent while what the machine missed in its sleep is caught up with; then let it go."""
        if self._away and not away:
            self._returned = True
        self._away = away
        self.changed.set()

    def take_return(self) -> bool:
        """Tell, once, that the machine's sleep was what held everything until now."""
        returned, self._returned = self._returned, False
        return returned

    def next_change(self, now: int) -> int | None:
        """Return when a snooze or the quiet hours of all end next (UTC ms)."""
        ends = [row.until_at for row in self._snoozes.values()]
        ends += [self._muted_until or 0, self._all_quiet(now).until or 0]
        ends += [clock.at(now).until or 0 for clock in self._clocks.values()]
        return min((end for end in ends if end > now), default=None)

    def _quiet(self, account: Account | None, now: int) -> Quiet:
        if account is not None and account.quiet_hours is not None:
            return self._clock_of(account.quiet_hours).at(now)
        return self._all_quiet(now)

    def _all_quiet(self, now: int) -> Quiet:
        return self._clock.at(now) if self._clock is not None and self._record.enabled else NEVER

    def _clock_of(self, plan: QuietPlan) -> QuietClock:
        key = msgspec.json.encode(plan)
        clock = self._clocks.get(key)
        if clock is None:
            try:
                clock = QuietClock(plan.windows, plan.time_zone)
            except Invalid:
                clock = QuietClock(plan.windows, LOCAL)
            if len(self._clocks) > 1000:
                self._clocks.clear()
            self._clocks[key] = clock
        return clock

    # ------------------------------------------------------------ quiet hours

    def quiet_hours(self, held: int) -> QuietHours:
        """Return the quiet hours of all as they are now."""
        record, quiet = self._record, self._all_quiet(now_ms())
        return QuietHours(
            enabled=record.enabled,
            windows=record.windows,
            time_zone=record.time_zone,
            active=quiet.quiet,
            until_at=quiet.until,
            next_at=quiet.next,
            held=held,
            version=record.version,
        )

    def turned(self, now: int) -> bool:
        """Tell once when the quiet hours of all begin or end by themselves."""
        was, self._was_quiet = self._was_quiet, self._all_quiet(now).quiet
        return was is not None and was is not self._was_quiet

    async def patch_quiet_hours(self, body: QuietHoursPatch) -> None:
        """Change the quiet hours. Raises :class:`Invalid` by field, :class:`Conflict` on a stale version."""
        async with self._lock:
            before = self._record
            if body.version is not UNSET and body.version != before.version:
                raise Conflict(text("version_stale"))
            given = {name: getattr(body, name) for name in ("enabled", "windows", "time_zone")}
            changes = {name: value for name, value in given.items() if value is not UNSET}
            after = msgspec.structs.replace(before, **changes, version=before.version + 1)
            clock = QuietClock(after.windows, after.time_zone)
            await self._database.write(lambda conn: self._store.set_quiet_hours(conn, after))
            self._record, self._clock = after, clock
            self._was_quiet = None  # whoever changes them tells
        self.changed.set()

    # ------------------------------------------------------------ snoozes

    def until(self, body: Snooze) -> int:
        """Return until when (UTC ms). Raises :class:`Invalid` by field."""
        now = now_ms()
        given = [name for name in ("seconds", "until_at", "preset") if getattr(body, name) is not UNSET]
        if len(given) > 1:
            raise Invalid(fields={given[1]: text("snooze_one_of")})
        if body.until_at is not UNSET:
            if not now < body.until_at <= now + MOST_MS:
                raise Invalid(fields={"until_at": text("snooze_past")})
            return body.until_at
        if body.preset == "tomorrow":
            offset = self._offset()
            day = (now // 1000 + offset(now // 1000)) // _DAY + 1
            return moment_of(offset, day * _DAY + _MORNING) * 1000
        if body.preset is not UNSET:
            return now + _PRESETS[body.preset] * 1000
        return now + (DEFAULT_SECONDS if body.seconds is UNSET else body.seconds) * 1000

    def _offset(self) -> Offset:
        try:
            return offset_of(self._record.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return offset_of(LOCAL)

    def snoozes(self) -> list[SnoozeRecord]:
        """Return the accounts and groups that are snoozed, the first to end first."""
        now = now_ms()
        rows = [row for row in self._snoozes.values() if row.until_at > now]
        return sorted(rows, key=lambda row: (row.until_at, row.scope, row.target_id))

    @property
    def all_until(self) -> int | None:
        """Until when everything is snoozed (UTC ms); None: it is not."""
        until = self._muted_until or 0
        return until if until > now_ms() else None

    async def snooze(self, body: SnoozeCreate) -> int:
        """Snooze an account, a group or all; return until when (UTC ms). The target is known to exist."""
        until = self.until(body)
        if body.scope == "all":
            await self._settings.patch(SettingsPatch(muted_until_at=until))
            return until
        assert body.scope != "notification"
        assert body.target_id is not UNSET
        record = SnoozeRecord(scope=body.scope, target_id=body.target_id, until_at=until, created_at=now_ms())
        await self._database.write(lambda conn: self._store.put_snooze(conn, record))
        self._snoozes[(record.scope, record.target_id)] = record
        self.changed.set()
        return until

    async def end(self, scope: str, target_id: str) -> None:
        """End the snooze of an account or a group. Raises :class:`NotFound`."""
        ended = await self._database.write(lambda conn: self._store.end_snooze(conn, scope, target_id))
        self._snoozes.pop((scope, target_id), None)
        if not ended:
            raise NotFound(text("snooze_unknown", id=f"{scope}:{target_id}"[:80]))
        self._publisher.publish("snooze.ended", Deleted(id=f"{scope}:{target_id}"))
        self.changed.set()

    async def end_all(self) -> None:
        """End the snooze of all. Raises :class:`NotFound`."""
        if self.all_until is None:
            raise NotFound(text("snooze_unknown", id=ALL))
        await self._settings.patch(SettingsPatch(muted_until_at=None))

    def tell_all(self) -> None:
        """Tell once when everything is snoozed, or is no longer."""
        until = self.all_until
        if until == self._told_until:
            return
        self._told_until = until
        if until is None:
            self._publisher.publish("snooze.ended", Deleted(id=ALL))
        else:
            self._publisher.publish("snooze.changed", all_row(until, 0))

    async def forget_ended(self, now: int) -> None:
        """Forget the snoozes that ended by themselves."""
        over = [key for key, row in self._snoozes.items() if row.until_at <= now]
        if not over:
            return

        def work(conn: Connection) -> list[tuple[str, str]]:
            # One that was begun anew meanwhile stays.
            return [key for key in over if self._store.end_snooze(conn, *key, until=now)]

        for key in over:
            del self._snoozes[key]
        for scope, target_id in await self._database.write(work):
            self._publisher.publish("snooze.ended", Deleted(id=f"{scope}:{target_id}"))

    def _hear(self, event: Event) -> None:
        # Nothing is published here: an event within an event would overtake it.
        if isinstance(event.data, Settings):
            self._muted_until = event.data.muted_until_at
            self.changed.set()


def all_row(until: int, held: int) -> SnoozeRow:
    """Return the snooze of everything."""
    return SnoozeRow(id=ALL, scope="all", target_id=None, name="", until_at=until, held=held)
