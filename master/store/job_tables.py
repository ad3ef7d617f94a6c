"""Jobs, the slots that they hold, and schedules."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy import text as sql

from master.store.columns import count, flag, metadata, time_column, words

# Without a foreign key to schedules: jobs outlive the schedule that made them.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False),
    Column("template", String, nullable=False),
    Column("runner", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("error", String),
    Column("exit_code", String),
    Column("pid", Integer),
    Column("worker_id", String),
    count("attempts"),
    words("cancelling"),
    time_column("submitted_at"),
    time_column("not_before_at", nullable=True),
    time_column("started_at", nullable=True),
    time_column("ended_at", nullable=True),
    Column("resubmit_of", String),
    Column("schedule_id", String),
    Column("credential_id", String),
    Column("peak_memory_bytes", Integer),
    count("stdout_bytes"),
    count("stderr_bytes"),
    count("left_bytes"),
    count("stragglers"),
    Column("result", String),
    Column("version", Integer, nullable=False),
    CheckConstraint("state IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')"),
    CheckConstraint("(state IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at IS NOT NULL)"),
    sqlite_with_rowid=False,
)
Index("jobs_open", jobs.c.state, sqlite_where=sql("state IN ('PENDING', 'RUNNING')"))
Index("jobs_ended", jobs.c.ended_at)
Index("jobs_schedule", jobs.c.schedule_id, jobs.c.id)

job_reservations = Table(
    "job_reservations",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    Column("run", Integer, primary_key=True, nullable=False),
    Column("worker_id", String, nullable=False),
    Column("cpus", Integer, nullable=False),
    Column("memory_mb", Integer),
    flag("exclusive"),
    Column("state", String, nullable=False),
    time_column("reserved_at"),
    time_column("allocated_at", nullable=True),
    time_column("released_at", nullable=True),
    CheckConstraint("state IN ('reserved', 'allocated', 'released')"),
    CheckConstraint("(state = 'released') = (released_at IS NOT NULL)"),
    sqlite_with_rowid=False,
)
Index(
    "job_reservations_held",
    job_reservations.c.job_id,
    unique=True,
    sqlite_where=sql("state <> 'released'"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False),
    Column("cron", String, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("template", String, nullable=False),
    flag("enabled", 1),
    Column("misfire", String, nullable=False),
    Column("misfire_limit", Integer, nullable=False),
    Column("misfire_age_seconds", Integer, nullable=False),
    Column("overlap", String, nullable=False),
    Column("jitter_seconds", Integer, nullable=False),
    Column("long_seconds", Integer),
    Column("notify", String, nullable=False),
    Column("credential_id", String),
    time_column("next_at", nullable=True),
    time_column("last_at", nullable=True),
    Column("last_job_id", String),
    time_column("created_at"),
    Column("version", Integer, nullable=False),
)

schedule_runs = Table(
    "schedule_runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("schedule_id", String, ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False),
    time_column("planned_at"),
    time_column("at"),
    Column("outcome", String, nullable=False),
    Column("job_id", String),
    Column("text", String),
    sqlite_autoincrement=True,
)
Index("schedule_runs_schedule", schedule_runs.c.schedule_id, schedule_runs.c.id)
