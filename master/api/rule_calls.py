"""Requests about what is told: rules, quiet hours, snoozes, notifications. Each raises ``ApiError``."""

from collections.abc import Sequence

import msgspec

from master.api.rows import Count, Page
from master.api.schema import (
    Notification,
    NotificationFilter,
    NotificationTotals,
    QuietHours,
    QuietHoursPatch,
    Rule,
    RuleCreate,
    RuleOrder,
    RulePatch,
    RuleTest,
    RuleTestReport,
    Snooze,
    SnoozeCreate,
    SnoozeRow,
)
from master.api.transports import Transport


class RuleCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def rules(self) -> list[Rule]:
        """Return all rules, the first first."""
        return await self._transport.rows("/rules", Rule)

    async def rule(self, rule_id: str) -> Rule:
        """Return one rule."""
        return await self._transport.call("GET", f"/rules/{rule_id}", Rule)

    async def create_rule(self, rule: RuleCreate) -> Rule:
        """Add a rule; it counts from now on."""
        return await self._transport.call("POST", "/rules", Rule, body=rule)

    async def patch_rule(self, rule_id: str, patch: RulePatch) -> Rule:
        """Change a rule; it counts from now on."""
        return await self._transport.call("PATCH", f"/rules/{rule_id}", Rule, body=patch)

    async def delete_rule(self, rule_id: str) -> None:
        """Remove a rule."""
        await self._transport.call("DELETE", f"/rules/{rule_id}", type(None))

    async def order_rules(self, rule_ids: Sequence[str]) -> list[Rule]:
        """Put all rules in this order; return them."""
        return await self._transport.call("PUT", "/rules/order", list[Rule], body=RuleOrder(rule_ids=list(rule_ids)))

    async def test_rules(self, test: RuleTest) -> RuleTestReport:
        """Try rules on a text, and on what was found last, without changing or telling anything."""
        return await self._transport.call("POST", "/rules/test", RuleTestReport, body=test)

    async def quiet_hours(self) -> QuietHours:
        """Return the quiet hours."""
        return await self._transport.call("GET", "/quiet-hours", QuietHours)

    async def patch_quiet_hours(self, patch: QuietHoursPatch) -> QuietHours:
        """Change the quiet hours, at once."""
        return await self._transport.call("PATCH", "/quiet-hours", QuietHours, body=patch)

    async def snoozes(self) -> list[SnoozeRow]:
        """Return what is snoozed now."""
        return await self._transport.rows("/snoozes", SnoozeRow)

    async def create_snooze(self, snooze: SnoozeCreate) -> SnoozeRow:
        """Snooze a notification, an account, a group or all."""
        return await self._transport.call("POST", "/snoozes", SnoozeRow, body=snooze)

    async def delete_snooze(self, snooze_id: str) -> None:
        """End a snooze now; what was held is told."""
        await self._transport.call("DELETE", f"/snoozes/{snooze_id}", type(None))

    async def notifications(
        self,
        limit: int = 100,
        cursor: str | None = None,
        filter: NotificationFilter | None = None,  # noqa: A002
    ) -> Page:
        """Return a page of notifications, newest first, suppressed ones too; its rows are :class:`Notification`."""
        given = msgspec.to_builtins(filter or NotificationFilter())
        return await self._transport.page("/notifications", Notification, {**given, "limit": limit, "cursor": cursor})

    async def notification_counts(self) -> NotificationTotals:
        """Return how many notifications there are in each state and of each kind."""
        return await self._transport.call("GET", "/notifications/counts", NotificationTotals)

    async def read_notifications(self, filter: NotificationFilter | None = None) -> Count:  # noqa: A002
        """Mark what waits to be seen as read; return how many it were."""
        body = filter or NotificationFilter()
        return await self._transport.call("POST", "/notifications/read", Count, body=body)

    async def clear_notifications(self, filter: NotificationFilter | None = None) -> Count:  # noqa: A002
        """Put away what was told, read or not; return how many it were."""
        body = filter or NotificationFilter()
        return await self._transport.call("POST", "/notifications/clear", Count, body=body)

    async def snooze_notification(
        self, notification_id: int, seconds: int = 3600, snooze: Snooze | None = None
    ) -> Notification:
        """Have it told again after ``seconds``, or as ``snooze`` says."""
        path = f"/notifications/{notification_id}/snooze"
        return await self._transport.call("POST", path, Notification, body=snooze or Snooze(seconds=seconds))

    async def dismiss_notification(self, notification_id: int) -> Notification:
        """Put it away."""
        return await self._transport.call("POST", f"/notifications/{notification_id}/dismiss", Notification)
