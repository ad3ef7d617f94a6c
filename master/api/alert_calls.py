"""Requests about alerts. Each raises :class:`~master.api.transports.ApiError`."""

from typing import Literal

from master.api.rows import Page
from master.api.schema import Alert, AlertKind, AlertSilence, Incident
from master.api.transports import Transport


class AlertCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def alerts(
        self,
        state: Literal["open", "cleared"] | None = None,
        kind: AlertKind | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """Return a page of alerts (:class:`~master.api.alerts.Alert`), newest first."""
        query = {"state": state, "kind": kind, "limit": limit, "cursor": cursor}
        return await self._transport.page("/alerts", Alert, query)

    async def incidents(self) -> Page:
        """Return the faults that several accounts share now (:class:`~master.api.alerts.Incident`)."""
        return await self._transport.page("/incidents", Incident, {})

    async def acknowledge_alert(self, alert_id: int) -> Alert:
        """Note that somebody saw it; it stays open until it is over."""
        return await self._transport.call("POST", f"/alerts/{alert_id}/ack", Alert)

    async def unacknowledge_alert(self, alert_id: int) -> Alert:
        """Nobody has seen it after all."""
        return await self._transport.call("POST", f"/alerts/{alert_id}/unack", Alert)

    async def silence_alert(self, alert_id: int, seconds: int) -> Alert:
        """Tell nothing more of its kind and subject for ``seconds``; 0 ends that."""
        body = AlertSilence(seconds=seconds)
        return await self._transport.call("POST", f"/alerts/{alert_id}/silence", Alert, body=body)
