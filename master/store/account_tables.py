"""Accounts and who watches them."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint
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
    Column("interval_max_seconds", Integer),
    Column("tags", String, nullable=False),
    words("notes"),
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
    # its own of what it may inherit; null: inherited
    Column("interval_seconds", Integer),
    Column("priority", Integer),
    Column("proxy_id", String),
    Column("quiet_hours", String),
    Column("notify_level", String),
    Column("sound", String),
    Column("group_id", String),
    time_column("paused_until_at", nullable=True),
    time_column("removed_at", nullable=True),
    flag("removed_history"),
    # who signed in, and for how long
    words("identity"),
    time_column("credentials_expire_at", nullable=True),
    time_column("credentials_used_at", nullable=True),
    flag("renews"),
    Column("certificates", String, nullable=False, server_default=sql("'[]'")),
    count("show_existing"),
    UniqueConstraint("platform", "platform_account_id"),
)

# What was shown and typed stands nowhere.
login_sessions = Table(
    "login_sessions",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("platform", String, nullable=False),
    Column("method", String, nullable=False),
    Column("account_id", String),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("step", String, nullable=False),
    Column("error", String),
    count("refreshes"),
    Column("worker_id", String, nullable=False),
    time_column("created_at"),
    time_column("expires_at"),
    time_column("ended_at", nullable=True),
    CheckConstraint("(state IN ('pending', 'scanning', 'code_asked')) = (ended_at IS NULL)"),
    sqlite_with_rowid=False,
)
Index("login_sessions_created", login_sessions.c.created_at)

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

groups = Table(
    "groups",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False, unique=True),
    words("color"),
    words("notes"),
    Column("position", Integer, nullable=False),
    Column("settings", String, nullable=False),
    time_column("created_at"),
    Column("version", Integer, nullable=False),
)

proxies = Table(
    "proxies",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("host", String, nullable=False),
    Column("port", Integer, nullable=False),
    words("username"),
    count("generation"),
    Column("last_test", String),
    time_column("created_at"),
    Column("version", Integer, nullable=False),
)

account_states = Table(
    "account_states",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    time_column("since_at"),
    sqlite_autoincrement=True,
)
Index("account_states_account", account_states.c.account_id, account_states.c.id)

account_beats = Table(
    "account_beats",
    metadata,
    Column("account_id", String, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    Column("beats", String, nullable=False),
)

# By the hour: ``subject`` is ``account:<id>`` or ``proxy:<id>``.
check_tallies = Table(
    "check_tallies",
    metadata,
    Column("subject", String, primary_key=True, nullable=False),
    time_column("hour_at", primary_key=True),
    count("ok"),
    count("network"),
    count("rate_limited"),
    count("auth"),
    count("config"),
    count("parse"),
    count("error"),
    sqlite_with_rowid=False,
)
