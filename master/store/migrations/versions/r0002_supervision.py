"""What supervision keeps: runtimes of workers, measurements, alerts; where a pinned account belongs."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "ALTER TABLE assignments ADD COLUMN pin_policy VARCHAR DEFAULT 'wait' NOT NULL",
    "ALTER TABLE assignments ADD COLUMN pinned_to VARCHAR",
    "UPDATE assignments SET pinned_to = worker_id WHERE pinned = 1",
    "ALTER TABLE assignments DROP COLUMN pinned",
    """
CREATE TABLE worker_runtime (
    worker_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    epoch INTEGER DEFAULT 0 NOT NULL,
    restarts INTEGER DEFAULT 0 NOT NULL,
    failures INTEGER DEFAULT 0 NOT NULL,
    pid INTEGER,
    process_created_ms INTEGER,
    started_at INTEGER CHECK (started_at BETWEEN 0 AND 32503680000000),
    last_exit VARCHAR,
    updated_at INTEGER NOT NULL CHECK (updated_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (worker_id)
)
""",
    """
CREATE TABLE metric_samples (
    series VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    mean FLOAT NOT NULL,
    low FLOAT NOT NULL,
    high FLOAT NOT NULL,
    PRIMARY KEY (series, step, at)
)
 WITHOUT ROWID
""",
    "CREATE INDEX metric_samples_age ON metric_samples (step, at)",
    """
CREATE TABLE alerts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    subject_name VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    detail VARCHAR DEFAULT '' NOT NULL,
    raised_at INTEGER NOT NULL CHECK (raised_at BETWEEN 0 AND 32503680000000),
    cleared_at INTEGER CHECK (cleared_at BETWEEN 0 AND 32503680000000),
    acknowledged_at INTEGER CHECK (acknowledged_at BETWEEN 0 AND 32503680000000),
    silenced_until_at INTEGER CHECK (silenced_until_at BETWEEN 0 AND 32503680000000)
)
""",
    "CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE cleared_at IS NULL",
)
"""Frozen: what this revision was, whatever the tables have become since."""


def upgrade() -> None:
    """Change the first tables into the second ones; the accounts that were pinned stay pinned."""
    for statement in STATEMENTS:
        op.execute(statement)
