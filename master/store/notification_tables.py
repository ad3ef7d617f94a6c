"""What the person is told, and which device was told what."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy import text as sql

from master.store.columns import count, flag, metadata, time_column, words

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
    Column("level", String, nullable=False, server_default=sql("'normal'")),
    Column("item_kind", String),
    Column("count", Integer, nullable=False, server_default=sql("1")),
    Column("rule_id", String),
    flag("prominent"),
    words("sound"),
    time_column("changed_at", nullable=True),
    Column("told_by", Integer),
    CheckConstraint("(state = 'snoozed') = (snoozed_until_at IS NOT NULL)"),
    sqlite_autoincrement=True,
)
Index("notifications_item", notifications.c.item_id)
Index("notifications_account", notifications.c.account_id)
Index("notifications_state", notifications.c.state)
Index("notifications_created", notifications.c.created_at)
Index("notifications_kind", notifications.c.kind, sqlite_where=sql("kind <> 'item'"))
Index("notifications_told_by", notifications.c.told_by, sqlite_where=sql("told_by IS NOT NULL"))
Index("notifications_snoozed", notifications.c.snoozed_until_at, sqlite_where=sql("state = 'snoozed'"))
Index("notifications_dedupe", notifications.c.dedupe, unique=True, sqlite_where=sql("dedupe <> ''"))

notification_bursts = Table(
    "notification_bursts",
    metadata,
    Column("account_id", String, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    time_column("began_at"),
    count("told"),
    count("urgent"),
    count("silent"),
    Column("more_id", Integer),
    sqlite_with_rowid=False,
)

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
