"""Rules, in their order."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from master.store.columns import from_json, to_json
from master.store.meta import MetaStore
from master.store.rule_tables import rules
from worker.protocol.texts import Text

T = TypeVar("T", bound=msgspec.Struct)

REVISION: Final = "rules_revision"


class RuleRecord(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One row."""

    id: str
    name: str
    enabled: bool
    position: int
    conditions: T
    action: str
    disabled_reason: Text | None = None
    hits: int = 0
    last_hit_at: int | None = None
    created_at: int
    version: int = 1


class RuleStore(Generic[T]):
    """The table of rules. ``conditions``: the type of what they ask for."""

    def __init__(self, conditions: type[T]) -> None:
        self._conditions = conditions
        self._meta = MetaStore()

    def all(self, conn: Connection) -> list[RuleRecord[T]]:
        """Return all rules, the first first."""
        statement = select(rules).order_by(rules.c.position, rules.c.created_at, rules.c.id)
        return [self._record(row) for row in conn.execute(statement).mappings()]

    def get(self, conn: Connection, rule_id: str) -> RuleRecord[T] | None:
        """Return one rule."""
        row = conn.execute(select(rules).where(rules.c.id == rule_id)).mappings().one_or_none()
        return None if row is None else self._record(row)

    def insert(self, conn: Connection, record: RuleRecord[T]) -> None:
        """Add a rule."""
        conn.execute(insert(rules).values(_values(msgspec.structs.asdict(record))))

    def update(self, conn: Connection, rule_id: str, changes: Mapping[str, Any]) -> None:
        """Write some fields of a rule."""
        conn.execute(update(rules).where(rules.c.id == rule_id).values(_values(dict(changes))))

    def delete(self, conn: Connection, rule_id: str) -> None:
        """Remove a rule."""
        conn.execute(delete(rules).where(rules.c.id == rule_id))

    def order(self, conn: Connection, rule_ids: Sequence[str]) -> None:
        """Give the rules their places, 0, 1, 2 …"""
        for position, rule_id in enumerate(rule_ids):
            conn.execute(update(rules).where(rules.c.id == rule_id).values(position=position))

    def hit(self, conn: Connection, hits: Mapping[str, int], now: int) -> None:
        """Count what rules decided."""
        for rule_id, count in hits.items():
            values = {"hits": rules.c.hits + count, "last_hit_at": now}
            conn.execute(update(rules).where(rules.c.id == rule_id).values(values))

    def revision(self, conn: Connection) -> int:
        """Return a number that every change of what rules say makes larger."""
        return int(self._meta.get(conn, REVISION) or 0)

    def revise(self, conn: Connection) -> int:
        """Note in the transaction of a change that the rules are others now; return the new number."""
        return self._meta.count_up(conn, REVISION, 1)

    def _record(self, row: Mapping[Any, Any]) -> RuleRecord[T]:
        values = dict(row)
        values["conditions"] = from_json(values["conditions"], self._conditions)
        values["disabled_reason"] = from_json(values["disabled_reason"], Text | None)
        return RuleRecord(**values)


def _values(values: dict[str, Any]) -> dict[str, Any]:
    for name in ("conditions", "disabled_reason"):
        if name in values:
            values[name] = to_json(values[name])
    return values
