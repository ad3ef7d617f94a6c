"""What becomes of something new: told, held or not told, and why. Every item ends with one record that says it."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from master.api.accounts import Account
from master.api.notifications import Notification
from master.api.rules import NotificationLevel
from master.services.holds import Hold
from master.services.rule_matches import Decision
from master.services.rules import Plan
from master.store.bursts import Burst, BurstStore
from master.store.engine import Connection
from master.store.items import ItemRecord
from master.store.notifications import Level, NotificationRecord, NotificationStore, State
from worker.protocol.texts import Text, text

EXCERPT: Final = 500
"""So much of an item's text goes into its notification."""
RANKS: Final[Mapping[Level, int]] = {"silent": 0, "normal": 1, "urgent": 2}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of an account at a moment."""

    name: str
    off: bool = False
    """Notifications are switched off."""
    level: NotificationLevel = "all"
    hold: Hold | None = None
    """What holds notifications of it."""
    urgent_hold: Hold | None = None
    """What holds even urgent ones."""
    prominent: bool = False
    sound: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one item, before its account told too much."""

    state: State
    reason: Text
    level: Level = "normal"
    rule_id: str | None = None


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """All that the transaction needs to know of a batch, found out before it."""

    standing: Standing
    plan: Plan
    """What the rules say, in the order of the batch's reports."""
    burst_limit: int
    burst_window_ms: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    made: list[NotificationRecord]
    changed: list[NotificationRecord] = []
    """A "N more" that counted up."""
    hits: dict[str, int] = {}
    """What rules decided."""


def standing_of(
    account: Account | None, *, off: bool, hold: Hold | None = None, urgent_hold: Hold | None = None
) -> Standing:
    """Return what is true of an account; None: of what belongs to none."""
    if account is None:
        return Standing(name="", off=off, hold=hold, urgent_hold=urgent_hold)
    return Standing(
        name=account.name,
        off=off,
        level=account.notify_level,
        hold=hold,
        urgent_hold=urgent_hold,
        prominent=account.priority > 0,
        sound="" if account.sound == "default" else account.sound,
    )


def judge(standing: Standing, decision: Decision | None) -> Verdict:
    """Return what becomes of an item. The first that applies, in the order of these lines."""
    action = decision.action if decision is not None else "notify"
    rule_id = decision.rule_id if decision is not None else None
    level: Level = action if action in ("silent", "urgent") else "normal"
    reason = text("told_new_item") if decision is None else text("told_rule", rule=decision.name)
    state: State = "pending"
    if standing.off:
        state, reason = "suppressed", text("silent_off")
    elif decision is not None and action == "ignore":
        state, reason = "suppressed", text("silent_rule", rule=decision.name)
    elif standing.level == "none":
        state, reason = "suppressed", text("silent_level_none")
    elif standing.level == "urgent" and level != "urgent":
        state, reason = "suppressed", text("silent_level_urgent")
    else:
        hold = standing.urgent_hold if level == "urgent" else standing.hold
        if hold is not None:
            state, reason = "held", hold.reason
    return Verdict(state=state, reason=reason, level=level, rule_id=rule_id)


def fate(standing: Standing, reason: Text) -> tuple[State, Text]:
    """Return what becomes of an alert or a result, told for ``reason``. Levels are of what is found alone."""
    if standing.off:
        return "suppressed", text("silent_off")
    if standing.hold is not None:
        return "held", standing.hold.reason
    return "pending", reason


class Teller:
    """Writes what is told of new items, in the transaction that stores them."""

    def __init__(self) -> None:
        self._notifications = NotificationStore()
        self._bursts = BurstStore()

    def tell(
        self, conn: Connection, items: Sequence[tuple[ItemRecord, Decision | None]], telling: Telling, now: int
    ) -> Told:
        """Write one record of each item; the first few that are told are told each, the others counted in one."""
        if not items:
            return Told(made=[])
        standing, hits = telling.standing, dict[str, int]()
        account_id = items[0][0].account_id
        verdicts = []
        known: dict[str | None, Verdict] = {}
        for _, decision in items:
            rule_id = decision.rule_id if decision is not None else None
            verdict = known.get(rule_id)
            if verdict is None:
                verdict = known[rule_id] = judge(standing, decision)
            verdicts.append(verdict)
            if rule_id is not None:
                hits[rule_id] = hits.get(rule_id, 0) + 1
        merged: list[Verdict] = []
        burst: Burst | None = None
        if any(verdict.state == "pending" for verdict in verdicts):
            burst = self._burst(conn, account_id, telling, now)
            verdicts, merged, burst = _limit(verdicts, burst, telling.burst_limit)
        changed: list[NotificationRecord] = []
        last: list[NotificationRecord] = []
        if burst is not None and merged:
            more, is_new = self._more(conn, burst, merged, standing, now)
            (last if is_new else changed).append(more)
            # Numbers are given in order, by this writer alone.
            number = self._notifications.last_id(conn) + len(items) + 1 if is_new else more.id
            burst = msgspec.structs.replace(burst, more_id=number)
        more_id = burst.more_id if burst is not None else None
        records = [
            _record(item, verdict, standing, now, more_id) for (item, _), verdict in zip(items, verdicts, strict=True)
        ]
        made = self._notifications.insert(conn, [*records, *last])
        if burst is not None:
            self._bursts.put(conn, burst)
        return Told(made=made, changed=changed, hits=hits)

    def _burst(self, conn: Connection, account_id: str, telling: Telling, now: int) -> Burst:
        known = self._bursts.get(conn, account_id)
        if known is not None and 0 <= now - known.began_at < telling.burst_window_ms:
            return known
        return Burst(account_id=account_id, began_at=now)

    def _more(
        self, conn: Connection, burst: Burst, merged: Sequence[Verdict], standing: Standing, now: int
    ) -> tuple[NotificationRecord, bool]:
        """Return the row that counts the merged ones, and whether it is a new one."""
        level = max((verdict.level for verdict in merged), key=RANKS.__getitem__)
        known = self._notifications.get(conn, burst.more_id) if burst.more_id is not None else None
        if known is not None and known.state == "pending" and RANKS[known.level] >= RANKS[level]:
            count = known.count + len(merged)
            title = text("notify_more", account=standing.name, count=count)
            more = msgspec.structs.replace(known, count=count, title=title, changed_at=now)
            self._notifications.recount(conn, more)
            return more, False
        return (
            NotificationRecord(
                kind="system",
                account_id=burst.account_id,
                title=text("notify_more", account=standing.name, count=len(merged)),
                reason=text("told_more"),
                created_at=now,
                level=level,
                count=len(merged),
                prominent=standing.prominent,
                sound=standing.sound,
            ),
            True,
        )


def _limit(verdicts: Sequence[Verdict], burst: Burst, limit: int) -> tuple[list[Verdict], list[Verdict], Burst]:
    """Return the verdicts with those beyond the limit not told by themselves, which these are, and the burst after."""
    counts = {"silent": burst.silent, "normal": burst.told, "urgent": burst.urgent}
    after: list[Verdict] = []
    merged: list[Verdict] = []
    quiet: dict[int, Verdict] = {}
    why = text("silent_merged")
    for verdict in verdicts:
        if verdict.state != "pending":
            after.append(verdict)
        elif counts[verdict.level] < limit:
            counts[verdict.level] += 1
            after.append(verdict)
        else:
            merged.append(verdict)
            if id(verdict) not in quiet:
                quiet[id(verdict)] = msgspec.structs.replace(verdict, state="suppressed", reason=why)
            after.append(quiet[id(verdict)])
    burst = msgspec.structs.replace(burst, silent=counts["silent"], told=counts["normal"], urgent=counts["urgent"])
    return after, merged, burst


def _record(
    item: ItemRecord, verdict: Verdict, standing: Standing, now: int, more_id: int | None
) -> NotificationRecord:
    return NotificationRecord(
        kind="item",
        item_id=item.id,
        account_id=item.account_id,
        title=text("notify_item", account=standing.name, title=item.title),
        text=item.text[:EXCERPT],
        state=verdict.state,
        reason=verdict.reason,
        created_at=now,
        level=verdict.level,
        item_kind=item.kind,
        rule_id=verdict.rule_id,
        prominent=standing.prominent,
        sound=standing.sound,
        told_by=more_id if verdict.reason.code == "silent_merged" else None,
    )


def withheld(row: Notification) -> Notification:
    """Return a notification that says of which account and what kind it is, not what is written."""
    if row.kind == "item":
        account = row.title.params.get("account", "")
        title = text(f"notify_private_{row.item_kind or 'system'}", account=account)
        return msgspec.structs.replace(row, title=title, text="", detail=None, private=True)
    if row.kind == "system" and row.text:
        return msgspec.structs.replace(row, text="", detail=None, private=True)
    return row
