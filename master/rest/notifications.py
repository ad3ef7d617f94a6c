"""Notifications, and the devices that are told of them."""

from master.api.rows import Page, Rows
from master.api.schema import Client, Notification, Snooze
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, PageQuery, given, list_page, row_id


async def list_notifications(call: Call) -> Page:
    """Return a page of notifications, newest first."""
    query: PageQuery = call.query
    return await call.services.notifications.page(query.limit, given(query.cursor))


async def snooze(call: Call) -> Notification:
    """Tell it again later."""
    body: Snooze = call.body
    return await call.services.notifications.snooze(_notification_id(call), given(body.seconds) or 3600)


async def dismiss(call: Call) -> Notification:
    """Put it away."""
    return await call.services.notifications.dismiss(_notification_id(call))


async def list_clients(call: Call) -> Page:
    """Return all devices."""
    rows = call.services.notifications.clients()
    return list_page(rows, call.query, lambda row: row.device_id)


def _notification_id(call: Call) -> int:
    return row_id(call.param("notification_id"), "notification_unknown")


ROUTES = (
    Route(
        "GET",
        "/notifications",
        list_notifications,
        "Notifications, newest first, suppressed ones too",
        Rows[Notification],
        query=PageQuery,
        scope="client",
    ),
    Route(
        "POST",
        "/notifications/{notification_id}/snooze",
        snooze,
        "Tell it again later",
        Notification,
        Snooze,
        scope="client",
        body_optional=True,
    ),
    Route("POST", "/notifications/{notification_id}/dismiss", dismiss, "Put it away", Notification, scope="client"),
    Route(
        "GET",
        "/clients",
        list_clients,
        "Devices that are told of notifications",
        Rows[Client],
        query=ListQuery,
        scope="client",
    ),
)
