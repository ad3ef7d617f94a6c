"""What decides which of the things that are found are told, and when."""

from sqlalchemy import CheckConstraint, Column, Integer, String, Table
from sqlalchemy import text as sql

from master.store.columns import count, flag, metadata, time_column

rules = Table(
    "rules",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False),
    flag("enabled", 1),
    Column("position", Integer, nullable=False),
    Column("conditions", String, nullable=False),
    Column("action", String, nullable=False),
    Column("disabled_reason", String),
    count("hits"),
    time_column("last_hit_at", nullable=True),
    time_column("created_at"),
    Column("version", Integer, nullable=False),
    CheckConstraint("action IN ('notify', 'silent', 'urgent', 'ignore')"),
    sqlite_with_rowid=False,
)

quiet_hours = Table(
    "quiet_hours",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    flag("enabled"),
    Column("windows", String, nullable=False, server_default=sql("'[]'")),
    Column("time_zone", String, nullable=False),
    Column("version", Integer, nullable=False),
)

snoozes = Table(
    "snoozes",
    metadata,
    Column("scope", String, primary_key=True, nullable=False),
    Column("target_id", String, primary_key=True, nullable=False),
    time_column("until_at"),
    time_column("created_at"),
    CheckConstraint("scope IN ('account', 'group')"),
    sqlite_with_rowid=False,
)
