"""Rules, quiet hours, snoozes, and what was held."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE notifications ADD COLUMN level VARCHAR DEFAULT 'normal' NOT NULL",
    "ALTER TABLE notifications ADD COLUMN item_kind VARCHAR",
    "ALTER TABLE notifications ADD COLUMN count INTEGER DEFAULT 1 NOT NULL",
    "ALTER TABLE notifications ADD COLUMN rule_id VARCHAR",
    "ALTER TABLE notifications ADD COLUMN prominent BOOLEAN DEFAULT 0 NOT NULL",
    "ALTER TABLE notifications ADD COLUMN sound VARCHAR DEFAULT '' NOT NULL",
    "ALTER TABLE notifications ADD COLUMN changed_at INTEGER CHECK (changed_at BETWEEN 0 AND 32503680000000)",
    "ALTER TABLE notifications ADD COLUMN told_by INTEGER",
    "DROP INDEX notifications_pending",
    "CREATE INDEX notifications_state ON notifications (state)",
    "CREATE INDEX notifications_created ON notifications (created_at)",
    "CREATE INDEX notifications_kind ON notifications (kind) WHERE kind <> 'item'",
    "CREATE INDEX notifications_told_by ON notifications (told_by) WHERE told_by IS NOT NULL",
    """
CREATE TABLE notification_bursts (
    account_id VARCHAR NOT NULL,
    began_at INTEGER NOT NULL CHECK (began_at BETWEEN 0 AND 32503680000000),
    told INTEGER DEFAULT 0 NOT NULL,
    urgent INTEGER DEFAULT 0 NOT NULL,
    silent INTEGER DEFAULT 0 NOT NULL,
    more_id INTEGER,
    PRIMARY KEY (account_id),
    FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
)
 WITHOUT ROWID
""",
    """
CREATE TABLE rules (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    enabled BOOLEAN DEFAULT 1 NOT NULL,
    position INTEGER NOT NULL,
    conditions VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    disabled_reason VARCHAR,
    hits INTEGER DEFAULT 0 NOT NULL,
    last_hit_at INTEGER CHECK (last_hit_at BETWEEN 0 AND 32503680000000),
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK (action IN ('notify', 'silent', 'urgent', 'ignore'))
)
 WITHOUT ROWID
""",
    """
CREATE TABLE quiet_hours (
    id INTEGER NOT NULL CHECK (id = 1),
    enabled BOOLEAN DEFAULT 0 NOT NULL,
    windows VARCHAR DEFAULT '[]' NOT NULL,
    time_zone VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id)
)
""",
    """
CREATE TABLE snoozes (
    scope VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    until_at INTEGER NOT NULL CHECK (until_at BETWEEN 0 AND 32503680000000),
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (scope, target_id),
    CHECK (scope IN ('account', 'group'))
)
 WITHOUT ROWID
""",
)


def upgrade() -> None:
    """Add what this version needs."""
    for statement in STATEMENTS:
        op.execute(statement)
