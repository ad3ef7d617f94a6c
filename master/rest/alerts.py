"""Alerts."""

from typing import Literal

from msgspec import UNSET, UnsetType

from master.api.rows import Page, Rows
from master.api.schema import Alert, AlertKind, AlertSilence, Incident
from master.rest.calls import Call, Route
from master.rest.queries import PageQuery, given, row_id


class AlertsQuery(PageQuery, frozen=True, kw_only=True):
    """Which alerts."""

    state: Literal["open", "cleared"] | UnsetType = UNSET
    kind: AlertKind | UnsetType = UNSET


async def list_alerts(call: Call) -> Page:
    """Return a page of alerts, newest first."""
    query: AlertsQuery = call.query
    return await call.services.alerts.page(query.limit, given(query.cursor), given(query.state), given(query.kind))


async def acknowledge(call: Call) -> Alert:
    """Note that somebody saw it."""
    return await call.services.alerts.acknowledge(_alert_id(call))


async def withdraw_acknowledgement(call: Call) -> Alert:
    """Nobody has seen it after all."""
    return await call.services.alerts.withdraw_acknowledgement(_alert_id(call))


async def silence(call: Call) -> Alert:
    """Tell nothing more of it for some time."""
    body: AlertSilence = call.body
    return await call.services.alerts.silence(_alert_id(call), body.seconds)


def _alert_id(call: Call) -> int:
    return row_id(call.param("alert_id"), "alert_unknown")


async def list_incidents(call: Call) -> Page:
    """Return the faults that several accounts share now."""
    rows = call.services.accounts.faults.rows()
    return Page(rows=rows, total=len(rows))


ROUTES = (
    Route(
        "GET",
        "/incidents",
        list_incidents,
        "Faults that several accounts share now: a server, or this machine's network",
        Rows[Incident],
        scope="client",
    ),
    Route(
        "GET",
        "/alerts",
        list_alerts,
        "What is wrong now, and what was: newest first",
        Rows[Alert],
        query=AlertsQuery,
        scope="client",
    ),
    Route("POST", "/alerts/{alert_id}/ack", acknowledge, "Note that somebody saw it; it stays open", Alert),
    Route("POST", "/alerts/{alert_id}/unack", withdraw_acknowledgement, "Nobody has seen it after all", Alert),
    Route(
        "POST",
        "/alerts/{alert_id}/silence",
        silence,
        "No notification of this kind and subject for so long",
        Alert,
        AlertSilence,
    ),
)
