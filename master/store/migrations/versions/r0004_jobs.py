"""Jobs, the slots that they hold, schedules, and credentials of their own."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    "ALTER TABLE notifications ADD COLUMN job_id VARCHAR",
    "ALTER TABLE worker_configs ADD COLUMN job_memory_mb INTEGER",
    "ALTER TABLE worker_configs ADD COLUMN labels VARCHAR DEFAULT '[]' NOT NULL",
    """
CREATE TABLE jobs (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    template VARCHAR NOT NULL,
    runner VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR,
    error VARCHAR,
    exit_code VARCHAR,
    pid INTEGER,
    worker_id VARCHAR,
    attempts INTEGER DEFAULT 0 NOT NULL,
    cancelling VARCHAR DEFAULT '' NOT NULL,
    submitted_at INTEGER NOT NULL CHECK (submitted_at BETWEEN 0 AND 32503680000000),
    not_before_at INTEGER CHECK (not_before_at BETWEEN 0 AND 32503680000000),
    started_at INTEGER CHECK (started_at BETWEEN 0 AND 32503680000000),
    ended_at INTEGER CHECK (ended_at BETWEEN 0 AND 32503680000000),
    resubmit_of VARCHAR,
    schedule_id VARCHAR,
    credential_id VARCHAR,
    peak_memory_bytes INTEGER,
    stdout_bytes INTEGER DEFAULT 0 NOT NULL,
    stderr_bytes INTEGER DEFAULT 0 NOT NULL,
    left_bytes INTEGER DEFAULT 0 NOT NULL,
    stragglers INTEGER DEFAULT 0 NOT NULL,
    result VARCHAR,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK (state IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    CHECK ((state IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at IS NOT NULL))
)
 WITHOUT ROWID
""",
    """
CREATE INDEX jobs_ended ON jobs (ended_at)
""",
    """
CREATE INDEX jobs_open ON jobs (state) WHERE state IN ('PENDING', 'RUNNING')
""",
    """
CREATE INDEX jobs_schedule ON jobs (schedule_id, id)
""",
    """
CREATE TABLE job_reservations (
    job_id VARCHAR NOT NULL,
    run INTEGER NOT NULL,
    worker_id VARCHAR NOT NULL,
    cpus INTEGER NOT NULL,
    memory_mb INTEGER,
    "exclusive" BOOLEAN DEFAULT 0 NOT NULL,
    state VARCHAR NOT NULL,
    reserved_at INTEGER NOT NULL CHECK (reserved_at BETWEEN 0 AND 32503680000000),
    allocated_at INTEGER CHECK (allocated_at BETWEEN 0 AND 32503680000000),
    released_at INTEGER CHECK (released_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (job_id, run),
    CHECK (state IN ('reserved', 'allocated', 'released')),
    CHECK ((state = 'released') = (released_at IS NOT NULL)),
    FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID
""",
    """
CREATE UNIQUE INDEX job_reservations_held ON job_reservations (job_id) WHERE state <> 'released'
""",
    """
CREATE TABLE schedules (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    cron VARCHAR NOT NULL,
    time_zone VARCHAR NOT NULL,
    template VARCHAR NOT NULL,
    enabled BOOLEAN DEFAULT 1 NOT NULL,
    misfire VARCHAR NOT NULL,
    misfire_limit INTEGER NOT NULL,
    misfire_age_seconds INTEGER NOT NULL,
    overlap VARCHAR NOT NULL,
    jitter_seconds INTEGER NOT NULL,
    long_seconds INTEGER,
    notify VARCHAR NOT NULL,
    credential_id VARCHAR,
    next_at INTEGER CHECK (next_at BETWEEN 0 AND 32503680000000),
    last_at INTEGER CHECK (last_at BETWEEN 0 AND 32503680000000),
    last_job_id VARCHAR,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    version INTEGER NOT NULL,
    PRIMARY KEY (id)
)
""",
    """
CREATE TABLE schedule_runs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    schedule_id VARCHAR NOT NULL,
    planned_at INTEGER NOT NULL CHECK (planned_at BETWEEN 0 AND 32503680000000),
    at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 32503680000000),
    outcome VARCHAR NOT NULL,
    job_id VARCHAR,
    text VARCHAR,
    FOREIGN KEY(schedule_id) REFERENCES schedules (id) ON DELETE CASCADE
)
""",
    """
CREATE INDEX schedule_runs_schedule ON schedule_runs (schedule_id, id)
""",
    """
CREATE TABLE credentials (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    fields VARCHAR NOT NULL,
    generation INTEGER NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    PRIMARY KEY (id),
    UNIQUE (name)
)
""",
)
"""Frozen: what this revision was, whatever the tables have become since."""


def upgrade() -> None:
    """There are no jobs yet."""
    for statement in STATEMENTS:
        op.execute(statement)
