"""Groups of accounts: what each passes on counts at once for all that are in it."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from master.api.events import Deleted
from master.api.groups import Group, GroupCreate, GroupPatch, GroupRemoved
from master.api.inheritance import Inheritable
from master.errors import Conflict, Invalid, NotFound
from master.services.account_fields import check_range
from master.services.accounts import AccountService
from master.services.events import Publisher
from master.store.engine import Connection, Database, IntegrityError
from master.store.groups import GroupRecord, GroupStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text


class GroupService:
    """All groups, in memory as they are written."""

    def __init__(self, *, database: Database, publisher: Publisher, accounts: AccountService) -> None:
        self._database = database
        self._publisher = publisher
        self._accounts = accounts
        self._surroundings = accounts.surroundings
        self._store = GroupStore()
        self._records: dict[str, GroupRecord] = {}
        self._lock = asyncio.Lock()
        accounts.watch_memberships(self._show)

    async def load(self) -> None:
        """Read all groups. Before the accounts are read: they inherit from these."""
        for record in await self._database.read(self._store.all):
            self._keep(record)

    def rows(self) -> list[Group]:
        """Return all groups in their order."""
        counts = self._counts()
        records = sorted(self._records.values(), key=lambda record: (record.position, record.created_at))
        return [_row(record, self._surroundings.groups[record.id], counts[record.id]) for record in records]

    def names(self) -> dict[str, str]:
        """Return the names of all groups by id."""
        return {record.id: record.name for record in self._records.values()}

    def get(self, group_id: str) -> Group:
        """Return one group. Raises :class:`NotFound`."""
        record = self._record(group_id)
        return _row(record, self._surroundings.groups[group_id], self._counts()[group_id])

    async def create(self, body: GroupCreate) -> Group:
        """Add a group. Raises :class:`Invalid` by field, :class:`Conflict` when its name is taken."""
        self._check(body.settings)
        async with self._lock:
            if body.id is not UNSET and body.id in self._records:
                raise Conflict(text("group_taken", name=self._records[body.id].name))
            record = GroupRecord(
                id=str(uuid.uuid4()) if body.id is UNSET else body.id,
                name=body.name,
                color=body.color,
                notes=body.notes,
                position=len(self._records),
                settings=_plain(body.settings),
                created_at=now_ms(),
            )
            place = len(self._records) if body.position is UNSET else body.position
            order = self._order(record.id, place)

            def work(conn: Connection) -> None:
                self._store.insert(conn, record)
                self._store.place(conn, order)

            await self._write(work, body.name)
            self._keep(record)
            self._placed(order, {record.id})
        return self.get(record.id)

    async def patch(self, group_id: str, body: GroupPatch) -> Group:
        """Change a group, and with it its accounts. Raises as :meth:`create`, and :class:`NotFound`."""
        self._record(group_id)
        if not isinstance(body.settings, msgspec.UnsetType):
            self._check(body.settings)
        async with self._lock:
            before = self._record(group_id)
            if body.version is not UNSET and body.version != before.version:
                raise Conflict(text("version_stale"))
            changes: dict[str, Any] = {
                name: value
                for name in ("name", "color", "notes")
                if (value := getattr(body, name)) is not UNSET and value != getattr(before, name)
            }
            if not isinstance(body.settings, msgspec.UnsetType) and _plain(body.settings) != before.settings:
                changes["settings"] = _plain(body.settings)
            order = self._order(group_id, before.position if body.position is UNSET else body.position)
            if not changes and order == self._order(group_id, before.position):
                return self.get(group_id)
            record = msgspec.structs.replace(before, **changes, version=before.version + 1)

            def work(conn: Connection) -> None:
                self._store.replace(conn, record)
                self._store.place(conn, order)

            await self._write(work, record.name)
            self._keep(record)
            self._placed(order, {group_id})
            if "settings" in changes:
                self._accounts.surroundings_changed(self._members(group_id))
        return self.get(group_id)

    async def delete(self, group_id: str) -> GroupRemoved:
        """Remove a group; its accounts are in none then, and each keeps what is its own. Raises :class:`NotFound`."""
        async with self._lock:
            self._record(group_id)
            members = self._members(group_id)
            order = [name for name in self._order(group_id, 0) if name != group_id]

            def work(conn: Connection) -> None:
                self._store.delete(conn, group_id)
                self._store.place(conn, order)

            await self._database.write(work)
            del self._records[group_id]
            del self._surroundings.groups[group_id]
            del self._surroundings.group_names[group_id]
            self._publisher.publish("group.deleted", Deleted(id=group_id))
            self._placed(order, set())
            self._accounts.left_group(group_id)
        return GroupRemoved(accounts=len(members))

    # ------------------------------------------------------------ inside

    def _check(self, settings: Inheritable) -> None:
        faults = check_range(settings.interval_seconds, settings.interval_max_seconds)
        faults |= self._surroundings.faults({"proxy_id": settings.proxy_id})
        if faults:
            raise Invalid(fields={f"settings.{name}": fault for name, fault in faults.items()})

    async def _write(self, work: Callable[[Connection], None], name: str) -> None:
        try:
            await self._database.write(work)
        except IntegrityError as error:
            problem = text("group_taken", name=name)
            raise Conflict(problem, fields={"name": problem}) from error

    def _order(self, group_id: str, place: int) -> list[str]:
        """Return all groups in their order, with this one at ``place``."""
        records = sorted(self._records.values(), key=lambda record: (record.position, record.created_at))
        order = [record.id for record in records if record.id != group_id]
        order.insert(place, group_id)
        return order

    def _placed(self, order: list[str], changed: set[str]) -> None:
        """Number groups as it was written; show those that changed."""
        for place, group_id in enumerate(order):
            record = self._records[group_id]
            if record.position != place:
                self._records[group_id] = msgspec.structs.replace(record, position=place)
                changed = changed | {group_id}
        for group_id in changed:
            self._show(group_id)

    def _keep(self, record: GroupRecord) -> None:
        self._records[record.id] = record
        self._surroundings.groups[record.id] = msgspec.convert(record.settings, Inheritable)
        self._surroundings.group_names[record.id] = record.name

    def _show(self, group_id: str) -> None:
        if group_id in self._records:
            self._publisher.publish("group.changed", self.get(group_id))

    def _members(self, group_id: str) -> list[str]:
        return [row.id for row in self._accounts.rows().values() if row.group_id == group_id]

    def _counts(self) -> Counter[str]:
        return Counter(row.group_id for row in self._accounts.rows().values() if row.group_id is not None)

    def _record(self, group_id: str) -> GroupRecord:
        record = self._records.get(group_id)
        if record is None:
            raise NotFound(text("group_unknown", id=group_id[:100]))
        return record


def _plain(settings: Inheritable) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(settings)
    return {name: value for name, value in values.items() if value is not None}


def _row(record: GroupRecord, settings: Inheritable, accounts: int) -> Group:
    return Group(
        id=record.id,
        name=record.name,
        color=record.color,
        notes=record.notes,
        position=record.position,
        settings=settings,
        accounts=accounts,
        created_at=record.created_at,
        version=record.version,
    )
