"""What the person is told, and which device was told what."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy import text as sql

from master.store.columns import metadata, time_column, words

notifications = Table(
    "notifications",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("item_id", Integer, ForeignKey("items.id", ondelete="CASCADE")),
    Column("account_id", String),
    Column("title", String, nullable=False),
    words("text"),
    Column("state", String, nullable=False),
    Column("reason", String),
    words("dedupe"),
    time_column("created_at"),
    time_column("snoozed_until_at", nullable=True),
    Column("alert_id", Integer),
    Column("detail", String),
    Column("job_id", String),
    CheckConstraint("(state = 'snoozed') = (snoozed_until_at IS NOT NULL)"),
    sqlite_autoincrement=True,
)
Index("notifications_item", notifications.c.item_id)
Index("notifications_account", notifications.c.account_id)
Index("notifications_pending", notifications.c.id, sqlite_where=sql("state = 'pending'"))
Index("notifications_snoozed", notifications.c.snoozed_until_at, sqlite_where=sql("state = 'snoozed'"))
Index("notifications_dedupe", notifications.c.dedupe, unique=True, sqlite_where=sql("dedupe <> ''"))

client_devices = Table(
    "client_devices",
    metadata,
    Column("device_id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False),
    Column("cursor", Integer, nullable=False),
    time_column("last_seen_at"),
    time_column("created_at"),
)

notification_showings = Table(
    "notification_showings",
    metadata,
    Column(
        "notification_id",
        Integer,
        ForeignKey("notifications.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("device_id", String, primary_key=True, nullable=False),
    Column("device_name", String, nullable=False),
    time_column("shown_at"),
    sqlite_with_rowid=False,
)
