"""Items, and the ledger of keys that says what was seen before."""

from sqlalchemy import Column, Index, Integer, String, Table
from sqlalchemy import text as sql

from master.store.columns import flag, metadata, time_column

# Without foreign keys: the keys outlive items that are deleted, and items may outlive their account.
item_keys = Table(
    "item_keys",
    metadata,
    Column("account_id", String, primary_key=True, nullable=False),
    Column("key", String, primary_key=True, nullable=False),
    sqlite_with_rowid=False,
)

items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("title", String, nullable=False),
    Column("text", String, nullable=False),
    Column("author", String, nullable=False),
    Column("url", String, nullable=False),
    Column("thread", String, nullable=False),
    time_column("created_at"),
    time_column("detected_at"),
    time_column("stored_at"),
    flag("read"),
    time_column("read_at", nullable=True),
    flag("truncated"),
    Column("worker_id", String, nullable=False),
    Column("how", String, nullable=False),
    sqlite_autoincrement=True,
)
Index("items_account", items.c.account_id, items.c.id)
Index("items_unread", items.c.account_id, sqlite_where=sql("read = 0"))

rejected = Table(
    "rejected",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String, nullable=False),
    Column("worker_id", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("report", String, nullable=False),
    Column("error", String, nullable=False),
    time_column("rejected_at"),
    sqlite_autoincrement=True,
)
