"""What belongs to the master itself: its marks, figures, alerts, tokens, and credentials of their own."""

from sqlalchemy import Column, Float, Index, Integer, String, Table
from sqlalchemy import text as sql

from master.store.columns import metadata, time_column, words

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True, nullable=False),
    Column("value", String, nullable=False),
    sqlite_with_rowid=False,
)

# Means of a step each; ``step`` is its length in seconds. Older samples stand in longer steps.
metric_samples = Table(
    "metric_samples",
    metadata,
    Column("series", String, primary_key=True, nullable=False),
    Column("step", Integer, primary_key=True, nullable=False),
    Column("at", Integer, primary_key=True, nullable=False),
    Column("count", Integer, nullable=False),
    Column("mean", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("metric_samples_age", metric_samples.c.step, metric_samples.c.at)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("subject_name", String, nullable=False),
    Column("level", String, nullable=False),
    Column("title", String, nullable=False),
    words("detail"),
    time_column("raised_at"),
    time_column("cleared_at", nullable=True),
    time_column("acknowledged_at", nullable=True),
    time_column("silenced_until_at", nullable=True),
    sqlite_autoincrement=True,
)
Index("alerts_open", alerts.c.kind, alerts.c.subject, unique=True, sqlite_where=sql("cleared_at IS NULL"))

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False, unique=True),
    Column("scope", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    time_column("created_at"),
    time_column("last_used_at", nullable=True),
    Column("worker_id", String, nullable=True),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False, unique=True),
    Column("fields", String, nullable=False),
    Column("generation", Integer, nullable=False),
    time_column("created_at"),
    time_column("last_used_at", nullable=True),
)

# What was done with what needs to be kept safe; never a secret.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    time_column("at"),
    Column("action", String, nullable=False),
    Column("actor", String, nullable=False),
    words("subject"),
    words("subject_name"),
    Column("account_id", String),
    Column("text", String, nullable=False),
    words("request_id"),
    sqlite_autoincrement=True,
)
Index("audit_account", audit.c.account_id, audit.c.id)
Index("audit_at", audit.c.at)
