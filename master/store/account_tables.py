"""Accounts and who watches them."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint
from sqlalchemy import text as sql

from master.store.columns import count, flag, metadata, time_column, words

accounts = Table(
    "accounts",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("platform", String, nullable=False),
    Column("name", String, nullable=False),
    Column("platform_account_id", String, nullable=False),
    Column("settings", String, nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("interval_max_seconds", Integer),
    Column("tags", String, nullable=False),
    words("notes"),
    count("priority"),
    flag("paused"),
    count("credential_generation"),
    Column("state", String, nullable=False),
    Column("state_reason", String),
    time_column("state_since_at"),
    Column("login_status", String, nullable=False),
    Column("login_reason", String),
    words("alerted"),
    flag("baseline_done"),
    time_column("last_checked_at", nullable=True),
    time_column("last_ok_at", nullable=True),
    time_column("created_at"),
    Column("version", Integer, nullable=False),
    count("failures"),
    time_column("not_before_at", nullable=True),
    UniqueConstraint("platform", "platform_account_id"),
)

assignments = Table(
    "assignments",
    metadata,
    Column("account_id", String, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    Column("worker_id", String),
    count("epoch"),
    Column("reason", String),
    time_column("since_at", nullable=True),
    Column("cursor", String),
    count("cursor_seq"),
    count("stored_seq"),
    Column("ahead", String, nullable=False, server_default=sql("'[]'")),
    Column("pin_policy", String, nullable=False, server_default=sql("'wait'")),
    Column("pinned_to", String),
)
