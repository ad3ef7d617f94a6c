"""Groups and proxies of accounts, and the history of their states."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    # SQLite cannot take NOT NULL from a column: it is made anew, at the end.
    "ALTER TABLE accounts ADD COLUMN own_interval INTEGER",
    "ALTER TABLE accounts ADD COLUMN own_priority INTEGER",
    "UPDATE accounts SET own_interval = interval_seconds, own_priority = priority",
    "ALTER TABLE accounts DROP COLUMN interval_seconds",
    "ALTER TABLE accounts DROP COLUMN priority",
    "ALTER TABLE accounts RENAME COLUMN own_interval TO interval_seconds",
    "ALTER TABLE accounts RENAME COLUMN own_priority TO priority",
    "ALTER TABLE accounts ADD COLUMN proxy_id VARCHAR",
    "ALTER TABLE accounts ADD COLUMN quiet_hours VARCHAR",
    "ALTER TABLE accounts ADD COLUMN notify_level VARCHAR",
    "ALTER TABLE accounts ADD COLUMN sound VARCHAR",
    "ALTER TABLE accounts ADD COLUMN group_id VARCHAR",
    "ALTER TABLE accounts ADD COLUMN paused_until_at INTEGER CHECK (paused_until_at BETWEEN 0 AND 32503680000000)",
    "ALTER TABLE accounts ADD COLUMN removed_at INTEGER CHECK (removed_at BETWEEN 0 AND 32503680000000)",
    "ALTER TABLE accounts ADD COLUMN removed_history BOOLEAN DEFAULT 0 NOT NULL",
    """
CREATE TABLE groups (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    color VARCHAR DEFAULT '' NOT NULL,
    notes VARCHAR DEFAULT '' NOT NULL,
    position INTEGER NOT NULL,
    settings VARCHAR NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
)
""",
    """
CREATE TABLE proxies (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    port INTEGER NOT NULL,
    username VARCHAR DEFAULT '' NOT NULL,
    generation INTEGER DEFAULT 0 NOT NULL,
    last_test VARCHAR,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
)
""",
    """
CREATE TABLE account_states (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR,
    since_at INTEGER NOT NULL CHECK (since_at BETWEEN 0 AND 32503680000000),
    FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
)
""",
    """
CREATE INDEX account_states_account ON account_states (account_id, id)
""",
    """
CREATE TABLE account_beats (
    account_id VARCHAR NOT NULL,
    beats VARCHAR NOT NULL,
    PRIMARY KEY (account_id),
    FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
)
""",
    """
CREATE TABLE check_tallies (
    subject VARCHAR NOT NULL,
    hour_at INTEGER NOT NULL CHECK (hour_at BETWEEN 0 AND 32503680000000),
    ok INTEGER DEFAULT 0 NOT NULL,
    network INTEGER DEFAULT 0 NOT NULL,
    rate_limited INTEGER DEFAULT 0 NOT NULL,
    auth INTEGER DEFAULT 0 NOT NULL,
    config INTEGER DEFAULT 0 NOT NULL,
    parse INTEGER DEFAULT 0 NOT NULL,
    error INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (subject, hour_at)
)
 WITHOUT ROWID
""",
    """
INSERT INTO account_states (account_id, state, reason, since_at)
SELECT id, state, state_reason, state_since_at FROM accounts
""",
)
"""Frozen: what this revision was, whatever the tables have become since."""


def upgrade() -> None:
    """Accounts keep what they have as their own; none has a group or a proxy."""
    for statement in STATEMENTS:
        op.execute(statement)
