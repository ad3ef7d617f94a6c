"""Alerts that are told at once, without a cause."""

from master.services.notifications import NotificationService
from master.store.engine import Database
from worker.protocol.texts import Text


async def tell_alert(
    notifications: NotificationService, database: Database, title: Text, detail: Text | None = None, dedupe: str = ""
) -> None:
    """Tell the person something; with ``dedupe`` the same thing only once."""
    record = notifications.alert_record(title, detail, dedupe=dedupe)
    notifications.announce(await database.write(lambda conn: notifications.store.insert(conn, [record])))
