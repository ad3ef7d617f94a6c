"""Groups of accounts, and the proxies that both may name."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from master.store.account_tables import accounts, groups, proxies
from master.store.columns import from_json, to_json


class GroupRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One group. ``settings``: what it passes on, as JSON knows it."""

    id: str
    name: str
    color: str
    notes: str
    position: int
    settings: dict[str, Any]
    created_at: int
    version: int = 1


class GroupStore:
    """The table of groups."""

    def all(self, conn: Connection) -> list[GroupRecord]:
        """Return all groups in their order."""
        statement = select(groups).order_by(groups.c.position, groups.c.created_at)
        return [_group(row) for row in conn.execute(statement).mappings()]

    def insert(self, conn: Connection, record: GroupRecord) -> None:
        """Add a group. Raises ``IntegrityError`` when its name is taken."""
        values = msgspec.structs.asdict(record) | {"settings": to_json(record.settings)}
        conn.execute(insert(groups).values(values))

    def replace(self, conn: Connection, record: GroupRecord) -> None:
        """Write a group as it is now. Raises ``IntegrityError`` when its name is taken."""
        values = msgspec.structs.asdict(record) | {"settings": to_json(record.settings)}
        conn.execute(update(groups).where(groups.c.id == record.id).values(values))

    def place(self, conn: Connection, order: Sequence[str]) -> None:
        """Number groups in this order."""
        values = [{"group": group_id, "place": place} for place, group_id in enumerate(order)]
        if values:
            statement = update(groups).where(groups.c.id == bindparam("group")).values(position=bindparam("place"))
            conn.execute(statement, values)

    def delete(self, conn: Connection, group_id: str) -> None:
        """Remove a group; its accounts are in none from then on."""
        conn.execute(update(accounts).where(accounts.c.group_id == group_id).values(group_id=None))
        conn.execute(delete(groups).where(groups.c.id == group_id))


class ProxyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One proxy. ``generation``: which document of the vault holds its password, 0 none."""

    id: str
    name: str
    kind: str
    host: str
    port: int
    username: str
    generation: int = 0
    last_test: dict[str, Any] | None = None
    created_at: int
    version: int = 1


class ProxyStore:
    """The table of proxies."""

    def all(self, conn: Connection) -> list[ProxyRecord]:
        """Return all proxies, oldest first."""
        statement = select(proxies).order_by(proxies.c.created_at, proxies.c.id)
        return [_proxy(row) for row in conn.execute(statement).mappings()]

    def any_passwords(self, conn: Connection) -> bool:
        """Tell whether the vault holds the password of some proxy."""
        return conn.execute(select(proxies.c.id).where(proxies.c.generation > 0).limit(1)).first() is not None

    def insert(self, conn: Connection, record: ProxyRecord) -> None:
        """Add a proxy. Raises ``IntegrityError`` when its name is taken."""
        conn.execute(insert(proxies).values(_proxy_values(record)))

    def replace(self, conn: Connection, record: ProxyRecord) -> None:
        """Write a proxy as it is now. Raises ``IntegrityError`` when its name is taken."""
        conn.execute(update(proxies).where(proxies.c.id == record.id).values(_proxy_values(record)))

    def delete(self, conn: Connection, proxy_id: str) -> None:
        """Remove a proxy."""
        conn.execute(delete(proxies).where(proxies.c.id == proxy_id))

    def removed_with(self, conn: Connection, proxy_id: str) -> list[str]:
        """Return the names of removed accounts that would need it, were they restored."""
        columns = accounts.c
        statement = select(columns.name).where(columns.removed_at.is_not(None), columns.proxy_id == proxy_id)
        return list(conn.execute(statement).scalars())


def _group(row: Mapping[Any, Any]) -> GroupRecord:
    return GroupRecord(**{**row, "settings": from_json(row["settings"], dict[str, Any])})


def _proxy(row: Mapping[Any, Any]) -> ProxyRecord:
    return ProxyRecord(**{**row, "last_test": from_json(row["last_test"], dict[str, Any] | None)})


def _proxy_values(record: ProxyRecord) -> dict[str, Any]:
    return msgspec.structs.asdict(record) | {"last_test": to_json(record.last_test)}
