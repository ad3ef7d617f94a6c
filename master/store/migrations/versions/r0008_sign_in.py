"""Sign-ins, when credentials end, and the record of what was done."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    "ALTER TABLE accounts ADD COLUMN identity VARCHAR DEFAULT '' NOT NULL",
    """
ALTER TABLE accounts ADD COLUMN credentials_expire_at INTEGER CHECK (credentials_expire_at BETWEEN 0 AND 32503680000000)
""",
    """
ALTER TABLE accounts ADD COLUMN credentials_used_at INTEGER CHECK (credentials_used_at BETWEEN 0 AND 32503680000000)
""",
    "ALTER TABLE accounts ADD COLUMN renews BOOLEAN DEFAULT 0 NOT NULL",
    "ALTER TABLE credentials ADD COLUMN last_used_at INTEGER CHECK (last_used_at BETWEEN 0 AND 32503680000000)",
    """
CREATE TABLE login_sessions (
    id VARCHAR NOT NULL,
    platform VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    account_id VARCHAR,
    name VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    error VARCHAR,
    refreshes INTEGER DEFAULT 0 NOT NULL,
    worker_id VARCHAR NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    expires_at INTEGER NOT NULL CHECK (expires_at BETWEEN 0 AND 32503680000000),
    ended_at INTEGER CHECK (ended_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (id),
    CHECK ((state IN ('pending', 'scanning', 'code_asked')) = (ended_at IS NULL))
)
 WITHOUT ROWID
""",
    """
CREATE INDEX login_sessions_created ON login_sessions (created_at)
""",
    """
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 32503680000000),
    action VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    subject VARCHAR DEFAULT '' NOT NULL,
    subject_name VARCHAR DEFAULT '' NOT NULL,
    account_id VARCHAR,
    text VARCHAR NOT NULL,
    request_id VARCHAR DEFAULT '' NOT NULL
)
""",
    """
CREATE INDEX audit_account ON audit (account_id, id)
""",
    """
CREATE INDEX audit_at ON audit (at)
""",
)


def upgrade() -> None:
    """Add what this version needs."""
    for statement in STATEMENTS:
        op.execute(statement)
