"""The first tables."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """
CREATE TABLE meta (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    PRIMARY KEY ("key")
)
 WITHOUT ROWID

""",
    """
CREATE TABLE accounts (
    id VARCHAR NOT NULL,
    platform VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    platform_account_id VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    interval_seconds INTEGER NOT NULL,
    interval_max_seconds INTEGER,
    tags VARCHAR NOT NULL,
    notes VARCHAR DEFAULT '' NOT NULL,
    priority INTEGER DEFAULT 0 NOT NULL,
    paused BOOLEAN DEFAULT 0 NOT NULL,
    credential_generation INTEGER DEFAULT 0 NOT NULL,
    state VARCHAR NOT NULL,
    state_reason VARCHAR,
    state_since_at INTEGER NOT NULL CHECK (state_since_at BETWEEN 0 AND 32503680000000),
    login_status VARCHAR NOT NULL,
    login_reason VARCHAR,
    alerted VARCHAR DEFAULT '' NOT NULL,
    baseline_done BOOLEAN DEFAULT 0 NOT NULL,
    last_checked_at INTEGER CHECK (last_checked_at BETWEEN 0 AND 32503680000000),
    last_ok_at INTEGER CHECK (last_ok_at BETWEEN 0 AND 32503680000000),
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (platform, platform_account_id)
)
""",
    """
CREATE TABLE item_keys (
    account_id VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    PRIMARY KEY (account_id, "key")
)
 WITHOUT ROWID

""",
    """
CREATE TABLE items (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    thread VARCHAR NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    detected_at INTEGER NOT NULL CHECK (detected_at BETWEEN 0 AND 32503680000000),
    stored_at INTEGER NOT NULL CHECK (stored_at BETWEEN 0 AND 32503680000000),
    read BOOLEAN DEFAULT 0 NOT NULL,
    read_at INTEGER CHECK (read_at BETWEEN 0 AND 32503680000000),
    truncated BOOLEAN DEFAULT 0 NOT NULL,
    worker_id VARCHAR NOT NULL,
    how VARCHAR NOT NULL
)
""",
    """
CREATE INDEX items_account ON items (account_id, id)
""",
    """
CREATE INDEX items_unread ON items (account_id) WHERE read = 0
""",
    """
CREATE TABLE client_devices (
    device_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    cursor INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL CHECK (last_seen_at BETWEEN 0 AND 32503680000000),
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (device_id)
)
""",
    """
CREATE TABLE rejected (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id VARCHAR NOT NULL,
    worker_id VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    report VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    rejected_at INTEGER NOT NULL CHECK (rejected_at BETWEEN 0 AND 32503680000000)
)
""",
    """
CREATE TABLE worker_configs (
    worker_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    deployment_type VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    port INTEGER,
    max_accounts INTEGER NOT NULL,
    max_memory_mb INTEGER,
    cpu_cores INTEGER,
    env VARCHAR NOT NULL,
    command_args VARCHAR NOT NULL,
    working_directory VARCHAR,
    auto_start BOOLEAN DEFAULT 1 NOT NULL,
    auto_restart BOOLEAN DEFAULT 1 NOT NULL,
    restart_delay_ms INTEGER NOT NULL,
    max_restart_attempts INTEGER NOT NULL,
    enabled BOOLEAN DEFAULT 1 NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (worker_id)
)
""",
    """
CREATE TABLE worker_logs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    worker_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 32503680000000),
    text VARCHAR NOT NULL
)
""",
    """
CREATE INDEX worker_logs_worker ON worker_logs (worker_id, id)
""",
    """
CREATE TABLE tokens (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    last_used_at INTEGER CHECK (last_used_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (id),
    UNIQUE (name),
    UNIQUE (hash)
)
""",
    """
CREATE TABLE assignments (
    account_id VARCHAR NOT NULL,
    worker_id VARCHAR,
    pinned BOOLEAN DEFAULT 0 NOT NULL,
    epoch INTEGER DEFAULT 0 NOT NULL,
    reason VARCHAR,
    since_at INTEGER CHECK (since_at BETWEEN 0 AND 32503680000000),
    cursor VARCHAR,
    cursor_seq INTEGER DEFAULT 0 NOT NULL,
    stored_seq INTEGER DEFAULT 0 NOT NULL,
    ahead VARCHAR DEFAULT '[]' NOT NULL,
    PRIMARY KEY (account_id),
    FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
)
""",
    """
CREATE TABLE notifications (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR NOT NULL,
    item_id INTEGER,
    account_id VARCHAR,
    title VARCHAR NOT NULL,
    text VARCHAR DEFAULT '' NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR,
    dedupe VARCHAR DEFAULT '' NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    snoozed_until_at INTEGER CHECK (snoozed_until_at BETWEEN 0 AND 32503680000000),
    CHECK ((state = 'snoozed') = (snoozed_until_at IS NOT NULL)),
    FOREIGN KEY(item_id) REFERENCES items (id) ON DELETE CASCADE
)
""",
    """
CREATE UNIQUE INDEX notifications_dedupe ON notifications (dedupe) WHERE dedupe <> ''
""",
    """
CREATE INDEX notifications_account ON notifications (account_id)
""",
    """
CREATE INDEX notifications_snoozed ON notifications (snoozed_until_at) WHERE state = 'snoozed'
""",
    """
CREATE INDEX notifications_pending ON notifications (id) WHERE state = 'pending'
""",
    """
CREATE INDEX notifications_item ON notifications (item_id)
""",
    """
CREATE TABLE notification_showings (
    notification_id INTEGER NOT NULL,
    device_id VARCHAR NOT NULL,
    device_name VARCHAR NOT NULL,
    shown_at INTEGER NOT NULL CHECK (shown_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (notification_id, device_id),
    FOREIGN KEY(notification_id) REFERENCES notifications (id) ON DELETE CASCADE
)
 WITHOUT ROWID

""",
)
"""Frozen: what this revision was, whatever the tables have become since."""


def upgrade() -> None:
    """Make all tables."""
    for statement in STATEMENTS:
        op.execute(statement)
