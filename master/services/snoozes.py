"""Snoozes of everything there is to snooze: a notification, an account, a group, all."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from msgspec import UNSET

from master.api.accounts import Account
from master.api.notifications import Notification
from master.api.rules import SnoozeCreate, SnoozeRow
from master.errors import Invalid, NotFound
from master.services.digests import DigestService
from master.services.events import Publisher
from master.services.holds import ALL, HoldService, all_row
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

GroupNames = Callable[[], Mapping[str, str]]


class Notifications(Protocol):
    """What is asked of single notifications."""

    def snooze(self, notification_id: int, *, until: int) -> Awaitable[Notification]: ...

    def wake_now(self, notification_id: int) -> Awaitable[None]: ...

    def snoozed(self) -> Awaitable[list[Notification]]: ...


class SnoozeService:
    """One list over what the holds, the settings and the notifications keep."""

    def __init__(
        self,
        *,
        holds: HoldService,
        digests: DigestService,
        publisher: Publisher,
        accounts: Callable[[], Mapping[str, Account]],
        notifications: Notifications,
    ) -> None:
        self._holds = holds
        self._digests = digests
        self._publisher = publisher
        self._accounts = accounts
        self._notifications = notifications
        self._groups: GroupNames = dict

    def attach(self, groups: GroupNames) -> None:
        """Close the circle at composition. ``groups()``: names by id."""
        self._groups = groups

    async def rows(self) -> list[SnoozeRow]:
        """Return what is snoozed: all, then accounts and groups, then notifications; each by its end."""
        held = await self._digests.held()
        rows = []
        if self._holds.all_until is not None:
            rows.append(all_row(self._holds.all_until, sum(held.values())))
        rows += [self._row(record.scope, record.target_id, record.until_at, held) for record in self._holds.snoozes()]
        rows += [_of_notification(row) for row in await self._notifications.snoozed()]
        return rows

    async def create(self, body: SnoozeCreate) -> SnoozeRow:
        """Snooze something. Raises :class:`NotFound`, :class:`Invalid` by field, :class:`Conflict`: never told."""
        target = self._target(body)
        if body.scope == "notification":
            row = await self._notifications.snooze(int(target), until=self._holds.until(body))
            return _of_notification(row)
        until = await self._holds.snooze(body)
        if body.scope == "all":
            self.tell_all()
            return all_row(until, 0)
        made = self._row(body.scope, target, until, await self._digests.held())
        self._publisher.publish("snooze.changed", made)
        return made

    async def end(self, snooze_id: str) -> None:
        """End a snooze; what was held is told. Raises :class:`NotFound`."""
        scope, _, target = snooze_id.partition(":")
        if snooze_id == ALL:
            await self._holds.end_all()
            self.tell_all()
        elif scope in ("account", "group"):
            await self._holds.end(scope, target)
        elif scope == "notification" and _is_id(target):
            await self._notifications.wake_now(int(target))
        else:
            raise NotFound(text("snooze_unknown", id=snooze_id[:80]))
        await self._digests.release(now_ms())

    def tell_all(self) -> None:
        """Tell once when everything is snoozed, or is no longer."""
        self._holds.tell_all()

    def _target(self, body: SnoozeCreate) -> str:
        """Return the target, checked. Raises :class:`Invalid`, :class:`NotFound`."""
        if body.scope == "all":
            if body.target_id is not UNSET:
                raise Invalid(fields={"target_id": text("snooze_target_none")})
            return ""
        if body.target_id is UNSET:
            raise Invalid(fields={"target_id": text("snooze_target_missing")})
        target = body.target_id
        if body.scope == "account" and target not in self._accounts():
            raise NotFound(text("account_unknown", account=target))
        if body.scope == "group" and target not in self._groups():
            raise NotFound(text("group_unknown", id=target))
        if body.scope == "notification" and not _is_id(target):
            raise NotFound(text("notification_unknown", id=target))
        return target

    def _row(self, scope: str, target: str, until: int, held: Mapping[str | None, int]) -> SnoozeRow:
        accounts = self._accounts()
        if scope == "account":
            name = accounts[target].name if target in accounts else ""
            count = held.get(target, 0)
        else:
            name = self._groups().get(target, "")

            def group_of(account_id: str) -> str | None:
                return accounts[account_id].group_id if account_id in accounts else None

            count = sum(number for one, number in held.items() if one is not None and group_of(one) == target)
        return SnoozeRow(
            id=f"{scope}:{target}",
            scope="account" if scope == "account" else "group",
            target_id=target,
            name=name,
            until_at=until,
            held=count,
        )


def _of_notification(row: Notification) -> SnoozeRow:
    return SnoozeRow(
        id=f"notification:{row.id}",
        scope="notification",
        target_id=str(row.id),
        name=row.title.message,
        until_at=row.snoozed_until_at or 0,
        held=1,
    )


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 16
