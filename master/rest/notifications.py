"""Notifications, and the devices that are told of them."""

from msgspec import UNSET, UnsetType

from master.api.rows import Count, Page, Rows
from master.api.schema import Client, Notification, NotificationFilter, NotificationTotals, Snooze
from master.rest.calls import Call, Route
from master.rest.queries import Cursor, Limit, ListQuery, given, list_page, row_id


class NotificationQuery(NotificationFilter, frozen=True, kw_only=True):
    """Which page of which notifications."""

    limit: Limit = 100
    cursor: Cursor | UnsetType = UNSET


async def list_notifications(call: Call) -> Page:
    """Return a page of notifications, newest first."""
    query: NotificationQuery = call.query
    return await call.services.notifications.page(query.limit, given(query.cursor), query)


async def counts(call: Call) -> NotificationTotals:
    """Return how many there are."""
    return await call.services.notifications.lists.totals()


async def read_many(call: Call) -> Count:
    """Mark what waits to be seen as read."""
    return await call.services.notifications.read_many(call.body)


async def clear(call: Call) -> Count:
    """Put away what was told."""
    return await call.services.notifications.clear(call.body)


async def snooze(call: Call) -> Notification:
    """Tell it again later."""
    service, body = call.services.notifications, call.body
    return await service.snooze(_notification_id(call), until=service.holds.until(body))


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
        query=NotificationQuery,
        scope="client",
    ),
    Route(
        "GET",
        "/notifications/counts",
        counts,
        "How many notifications are in each state and of each kind",
        NotificationTotals,
        scope="client",
    ),
    Route(
        "POST",
        "/notifications/read",
        read_many,
        "Mark those that wait to be seen as read",
        Count,
        NotificationFilter,
        scope="client",
        body_optional=True,
    ),
    Route(
        "POST",
        "/notifications/clear",
        clear,
        "Put away those that were told",
        Count,
        NotificationFilter,
        scope="client",
        body_optional=True,
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
