"""Items, the ledger of keys that says what was seen before, and what makes items quick to find and to count."""

from typing import Any, Final

from sqlalchemy import Column, Connection, Index, Integer, String, Table, event
from sqlalchemy import text as sql

from master.store.columns import flag, metadata, time_column, words

# Without foreign keys: the keys outlive items that are deleted, and items may outlive their account.
item_keys = Table(
    "item_keys",
    metadata,
    Column("account_id", String, primary_key=True, nullable=False),
    Column("key", String, primary_key=True, nullable=False),
    Column("item_id", Integer),
    sqlite_with_rowid=False,
)
"""``item_id``: the item that was made of it; none of what the baseline found."""

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
# Every index ends with the id, by which all lists are sorted: each filter is some ranges of one of them, read in order.
Index("items_read", items.c.read)
Index("items_account", items.c.read, items.c.account_id)
Index("items_kind", items.c.read, items.c.kind)
Index("items_account_kind", items.c.read, items.c.account_id, items.c.kind)
Index("items_thread", items.c.account_id, items.c.thread, sqlite_where=sql("thread <> ''"))

ITEMS_FTS: Final = (
    "CREATE VIRTUAL TABLE items_fts USING fts5(title, text, author, facets, "
    "content='', columnsize=0, tokenize='unicode61 remove_diacritics 2')"
)
"""The words of items by their id: written by ``item_words``, which knows what it makes of a text."""

ITEMS_FTS_MERGE: Final = "INSERT INTO items_fts (items_fts, rank) VALUES ('automerge', 8)"
"""Merge half as often as usual: a seventh less work for every item, and searches are quick enough."""


def _add_words(_table: Table, connection: Connection, **_more: Any) -> None:
    connection.exec_driver_sql(ITEMS_FTS)
    connection.exec_driver_sql(ITEMS_FTS_MERGE)


event.listen(items, "after_create", _add_words)

item_threads = Table(
    "item_threads",
    metadata,
    Column("account_id", String, primary_key=True, nullable=False),
    Column("thread", String, primary_key=True, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Conversations: counted as items come, are read and go."""
Index("item_threads_last", item_threads.c.last_id)
Index("item_threads_account", item_threads.c.account_id, item_threads.c.last_id)
Index("item_threads_unread", item_threads.c.last_id, sqlite_where=sql("unread > 0"))

item_counts = Table(
    "item_counts",
    metadata,
    Column("account_id", String, primary_key=True, nullable=False),
    Column("size", Integer, primary_key=True, nullable=False),
    Column("slot", Integer, primary_key=True, nullable=False),
    Column("kind", String, primary_key=True, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What was found in each quarter of an hour (``size`` 0), day (1) and eight days (2) of UTC; account "" counts all.

Time zones differ by quarters of an hour. Retention does not count down: this outlives the items.
"""

item_marks = Table(
    "item_marks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String, nullable=False),
    Column("key", String, nullable=False),
    time_column("created_at"),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    sqlite_autoincrement=True,
)
"""Items that were read here and are to be marked at the service."""
Index("item_marks_account", item_marks.c.account_id, item_marks.c.key, unique=True)

searches = Table(
    "searches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False, unique=True),
    Column("filter", String, nullable=False),
    words("item_order"),
    time_column("created_at"),
    sqlite_autoincrement=True,
)

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
