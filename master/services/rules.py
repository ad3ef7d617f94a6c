"""Rules: which of the things that are found are told, and how. Of those that match, the first decides."""

import asyncio
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
from msgspec import UNSET

from master.api.events import Deleted, RulesOrdered
from master.api.rules import Rule, RuleConditions, RuleCreate, RulePatch
from master.errors import Conflict, Invalid, NotFound
from master.services.events import Publisher
from master.services.rule_matches import Decision, Matcher, Subject, TooSlow, decide
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord, NotificationStore
from master.store.rules import RuleRecord, RuleStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

MOST: Final = 200
"""So many rules may there be."""

Record = RuleRecord[RuleConditions]


class Notifications(Protocol):
    """How the person is told that a rule was switched off."""

    @property
    def store(self) -> NotificationStore: ...

    def alert_record(self, title: Text, detail: Text | None = None) -> NotificationRecord: ...

    def announce(self, records: Sequence[NotificationRecord]) -> None: ...


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of some subjects, as they were at ``revision``."""

    revision: int
    decisions: list[Decision | None]


class StaleRules(Exception):
    """The rules were changed since they were asked."""


class RuleService:
    """Owns the rules. They are asked on another thread; a change counts for whatever is stored after it."""

    def __init__(self, *, database: Database, publisher: Publisher, notifications: Notifications) -> None:
        self._database = database
        self._publisher = publisher
        self._notifications = notifications
        self._store: RuleStore[RuleConditions] = RuleStore(RuleConditions)
        self._rules: dict[str, Rule] = {}
        self._matchers: dict[str, Matcher] = {}
        self._revision = 0
        self._lock = asyncio.Lock()
        self._hit: set[str] = set()

    async def load(self) -> None:
        """Read the rules. One whose expression is not understood any more is switched off."""

        def read(conn: Connection) -> tuple[list[Record], int]:
            return self._store.all(conn), self._store.revision(conn)

        records, self._revision = await self._database.read(read)
        for record in records:
            rule = _row(record)
            self._rules[rule.id] = rule
            try:
                self._matchers[rule.id] = await _matcher(rule)
            except Invalid as error:
                await self._switch_off(rule, error.fields["conditions.regex"])

    # ------------------------------------------------------------ what is found

    async def plan(self, subjects: Sequence[Subject]) -> Plan:
        """Ask the rules of subjects. An expression that takes too long is switched off on the way, and told."""
        while True:
            revision, matchers = self._revision, self._active()
            if not matchers or not subjects:
                return Plan(revision=revision, decisions=[None] * len(subjects))
            try:
                decisions = await asyncio.to_thread(decide, matchers, subjects)
            except TooSlow as error:
                await self.switch_off_slow(error.rule_id)
                continue
            return Plan(revision=revision, decisions=decisions)

    def confirm(self, conn: Connection, plan: Plan) -> None:
        """Raise :class:`StaleRules` when the rules are others by now. Runs in the transaction that uses the plan."""
        if self._store.revision(conn) != plan.revision:
            raise StaleRules

    def count(self, conn: Connection, hits: Mapping[str, int], now: int) -> None:
        """Count what rules decided, in the transaction that stores it."""
        self._store.hit(conn, hits, now)

    def counted(self, hits: Mapping[str, int], now: int) -> None:
        """Note after the commit what was counted; :meth:`tick` tells it."""
        for rule_id, count in hits.items():
            rule = self._rules.get(rule_id)
            if rule is not None:
                self._rules[rule_id] = msgspec.structs.replace(rule, hits=rule.hits + count, last_hit_at=now)
                self._hit.add(rule_id)

    def tick(self) -> None:
        """Tell once a second which rules decided something."""
        hit, self._hit = self._hit, set()
        for rule_id in hit:
            if rule_id in self._rules:
                self._publisher.publish("rule.changed", self._rules[rule_id])

    async def switch_off_slow(self, rule_id: str) -> None:
        """Switch a rule off whose expression takes too long, and tell it. Twice is once."""
        rule = self._rules.get(rule_id)
        if rule is not None and rule.enabled:
            await self._switch_off(rule, text("rule_too_slow"))

    # ------------------------------------------------------------ requests

    def rows(self) -> list[Rule]:
        """Return all rules, the first first."""
        return list(self._rules.values())

    def get(self, rule_id: str) -> Rule:
        """Return one rule. Raises :class:`NotFound`."""
        rule = self._rules.get(rule_id)
        if rule is None:
            raise NotFound(text("rule_unknown", id=rule_id[:64]))
        return rule

    async def create(self, body: RuleCreate) -> Rule:
        """Add a rule. Raises :class:`Invalid` by field, :class:`Conflict` when there are too many."""
        async with self._lock:
            if len(self._rules) >= MOST:
                raise Conflict(text("rule_too_many", maximum=MOST))
            rule = unsaved(body, rule_id=str(uuid.uuid4()))
            matcher = await _matcher(rule)
            order = list(self._rules)
            order.insert(len(order) if body.position is UNSET else body.position, rule.id)

            def work(conn: Connection) -> int:
                self._store.insert(conn, _record(rule))
                self._store.order(conn, order)
                return self._store.revise(conn)

            revision = await self._database.write(work)
            self._rules[rule.id], self._matchers[rule.id] = rule, matcher
            self._settle(order, revision)
            self._publisher.publish("rule.changed", self._rules[rule.id])
            return self._rules[rule.id]

    async def patch(self, rule_id: str, body: RulePatch) -> Rule:
        """Change a rule. Raises :class:`NotFound`, :class:`Invalid`, :class:`Conflict` on a stale version."""
        self.get(rule_id)
        async with self._lock:
            before = self.get(rule_id)
            if body.version is not UNSET and body.version != before.version:
                raise Conflict(text("version_stale"))
            given = {name: getattr(body, name) for name in ("name", "enabled", "conditions", "action")}
            changes: dict[str, Any] = {name: value for name, value in given.items() if value is not UNSET}
            if body.enabled is True or (before.enabled and body.enabled is UNSET):
                changes["disabled_reason"] = None
            changes["version"] = before.version + 1
            after = msgspec.structs.replace(before, **changes)
            matcher = await _matcher(after)
            order = list(self._rules)
            if body.position is not UNSET:
                order.remove(rule_id)
                order.insert(body.position, rule_id)

            def work(conn: Connection) -> int:
                self._store.update(conn, rule_id, changes)
                self._store.order(conn, order)
                return self._store.revise(conn)

            revision = await self._database.write(work)
            # What it decided meanwhile was counted in the row that is replaced here.
            now = self._rules[rule_id]
            self._rules[rule_id] = msgspec.structs.replace(after, hits=now.hits, last_hit_at=now.last_hit_at)
            self._matchers[rule_id] = matcher
            self._settle(order, revision)
            self._publisher.publish("rule.changed", self._rules[rule_id])
            return self._rules[rule_id]

    async def delete(self, rule_id: str) -> None:
        """Remove a rule. Raises :class:`NotFound`."""
        self.get(rule_id)
        async with self._lock:
            self.get(rule_id)
            order = [one for one in self._rules if one != rule_id]

            def work(conn: Connection) -> int:
                self._store.delete(conn, rule_id)
                self._store.order(conn, order)
                return self._store.revise(conn)

            revision = await self._database.write(work)
            self._matchers.pop(rule_id, None)
            del self._rules[rule_id]
            self._settle(order, revision)
        self._publisher.publish("rule.deleted", Deleted(id=rule_id))

    async def order(self, rule_ids: Sequence[str]) -> list[Rule]:
        """Put all rules in this order. Raises :class:`Invalid` when one is missing, twice, or unknown."""
        async with self._lock:
            if len(set(rule_ids)) != len(rule_ids) or set(rule_ids) != set(self._rules):
                raise Invalid(fields={"rule_ids": text("rule_order_wrong")})

            def work(conn: Connection) -> int:
                self._store.order(conn, rule_ids)
                return self._store.revise(conn)

            self._settle(rule_ids, await self._database.write(work))
        return self.rows()

    # ------------------------------------------------------------ inside

    def _active(self) -> list[Matcher]:
        return [self._matchers[rule.id] for rule in self._rules.values() if rule.enabled and rule.id in self._matchers]

    def _settle(self, order: Sequence[str], revision: int) -> None:
        """Take over what was written: the order, and that earlier plans are stale."""
        moved = [rule_id for place, rule_id in enumerate(order) if self._rules[rule_id].position != place]
        self._rules = {
            rule_id: msgspec.structs.replace(self._rules[rule_id], position=place)
            for place, rule_id in enumerate(order)
        }
        self._revision = revision
        if moved:
            self._publisher.publish("rules.ordered", RulesOrdered(rule_ids=list(order)))

    async def _switch_off(self, rule: Rule, why: Text) -> None:
        async with self._lock:
            current = self._rules.get(rule.id)
            if current is None or not current.enabled or current.conditions != rule.conditions:
                return
            changes = {"enabled": False, "disabled_reason": why, "version": current.version + 1}

            title = text("notify_rule_off", rule=rule.name)
            alert = self._notifications.alert_record(title, why)

            def work(conn: Connection) -> tuple[int, list[NotificationRecord]]:
                self._store.update(conn, rule.id, changes)
                return self._store.revise(conn), self._notifications.store.insert(conn, [alert])

            self._revision, told = await self._database.write(work)
            off = msgspec.structs.replace(self._rules[rule.id], **changes)
            self._rules[rule.id] = off
        logger.warning("the rule %s was switched off: %s", rule.id, why.message)
        self._publisher.publish("rule.changed", off)
        self._notifications.announce(told)


async def _matcher(rule: Rule) -> Matcher:
    """Make a rule ready. Raises :class:`Invalid`."""
    if not rule.conditions.regex:
        return Matcher(rule)
    return await asyncio.to_thread(Matcher, rule)


def unsaved(body: RuleCreate, rule_id: str = "") -> Rule:
    """Return the rule that ``body`` describes."""
    return Rule(
        id=rule_id,
        name=body.name,
        enabled=body.enabled,
        position=0,
        conditions=body.conditions,
        action=body.action,
        disabled_reason=None,
        hits=0,
        last_hit_at=None,
        created_at=now_ms(),
        version=1,
    )


def _row(record: Record) -> Rule:
    # A row of the API is what is stored.
    return Rule(**{name: getattr(record, name) for name in Rule.__struct_fields__})


def _record(rule: Rule) -> Record:
    return RuleRecord(**{name: getattr(rule, name) for name in Rule.__struct_fields__})
