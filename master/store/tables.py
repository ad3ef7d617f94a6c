"""The tables. A change here needs a revision in ``migrations/versions``; a test compares the two."""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)

from master.store.columns import time_column

REVISIONS: Final = ("0001", "0002", "0003", "0004")
"""Every revision of the schema, oldest first; the last is this version's."""

metadata = MetaData()


def _flag(name: str, default: int = 0) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False, server_default=sql(str(default)))


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=sql("0"))


def _words(name: str) -> Column[str]:
    return Column(name, String, nullable=False, server_default=sql("''"))


meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True, nullable=False),
    Column("value", String, nullable=False),
    sqlite_with_rowid=False,
)

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
    _words("notes"),
    _count("priority"),
    _flag("paused"),
    _count("credential_generation"),
    Column("state", String, nullable=False),
    Column("state_reason", String),
    time_column("state_since_at"),
    Column("login_status", String, nullable=False),
    Column("login_reason", String),
    _words("alerted"),
    _flag("baseline_done"),
    time_column("last_checked_at", nullable=True),
    time_column("last_ok_at", nullable=True),
    time_column("created_at"),
    Column("version", Integer, nullable=False),
    _count("failures"),
    time_column("not_before_at", nullable=True),
    UniqueConstraint("platform", "platform_account_id"),
)

assignments = Table(
    "assignments",
    metadata,
    Column("account_id", String, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    Column("worker_id", String),
    _count("epoch"),
    Column("reason", String),
    time_column("since_at", nullable=True),
    Column("cursor", String),
    _count("cursor_seq"),
    _count("stored_seq"),
    Column("ahead", String, nullable=False, server_default=sql("'[]'")),
    Column("pin_policy", String, nullable=False, server_default=sql("'wait'")),
    Column("pinned_to", String),
)

# Without foreign keys: the keys outlive items that are deleted, and items may outlive their account.
item_keys = Table(
    "item_keys",
    metadata,
    Column("account_id", String, primary_key=True, nullable=False),
    Column("key", String, primary_key=True, nullable=False),
    sqlite_with_rowid=False,
)

items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("title", String, nullable=False),
    Column("text", String, nullable=False),
    Column("author", String, nullable=False),
    Column("url", String, nullable=False),
    Column("thread", String, nullable=False),
    time_column("created_at"),
    time_column("detected_at"),
    time_column("stored_at"),
    _flag("read"),
    time_column("read_at", nullable=True),
    _flag("truncated"),
    Column("worker_id", String, nullable=False),
    Column("how", String, nullable=False),
    sqlite_autoincrement=True,
)
Index("items_account", items.c.account_id, items.c.id)
Index("items_unread", items.c.account_id, sqlite_where=sql("read = 0"))

notifications = Table(
    "notifications",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("item_id", Integer, ForeignKey("items.id", ondelete="CASCADE")),
    Column("account_id", String),
    Column("title", String, nullable=False),
    _words("text"),
    Column("state", String, nullable=False),
    Column("reason", String),
    _words("dedupe"),
    time_column("created_at"),
    time_column("snoozed_until_at", nullable=True),
    Column("alert_id", Integer),
    Column("detail", String),
    Column("job_id", String),
    CheckConstraint("(state = 'snoozed') = (snoozed_until_at IS NOT NULL)"),
    sqlite_autoincrement=True,
)
Index("notifications_item", notifications.c.item_id)
Index("notifications_account", notifications.c.account_id)
Index("notifications_pending", notifications.c.id, sqlite_where=sql("state = 'pending'"))
Index("notifications_snoozed", notifications.c.snoozed_until_at, sqlite_where=sql("state = 'snoozed'"))
Index("notifications_dedupe", notifications.c.dedupe, unique=True, sqlite_where=sql("dedupe <> ''"))

client_devices = Table(
    "client_devices",
    metadata,
    Column("device_id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False),
    Column("cursor", Integer, nullable=False),
    time_column("last_seen_at"),
    time_column("created_at"),
)

notification_showings = Table(
    "notification_showings",
    metadata,
    Column(
        "notification_id",
        Integer,
        ForeignKey("notifications.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("device_id", String, primary_key=True, nullable=False),
    Column("device_name", String, nullable=False),
    time_column("shown_at"),
    sqlite_with_rowid=False,
)

rejected = Table(
    "rejected",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String, nullable=False),
    Column("worker_id", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("report", String, nullable=False),
    Column("error", String, nullable=False),
    time_column("rejected_at"),
    sqlite_autoincrement=True,
)

worker_configs = Table(
    "worker_configs",
    metadata,
    Column("worker_id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False),
    Column("description", String, nullable=False),
    Column("deployment_type", String, nullable=False),
    Column("host", String, nullable=False),
    Column("port", Integer),
    Column("max_accounts", Integer, nullable=False),
    Column("max_memory_mb", Integer),
    Column("cpu_cores", Integer),
    Column("env", String, nullable=False),
    Column("command_args", String, nullable=False),
    Column("working_directory", String),
    _flag("auto_start", 1),
    _flag("auto_restart", 1),
    Column("restart_delay_ms", Integer, nullable=False),
    Column("max_restart_attempts", Integer, nullable=False),
    _flag("enabled", 1),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    Column("job_memory_mb", Integer),
    Column("labels", String, nullable=False, server_default=sql("'[]'")),
)

worker_logs = Table(
    "worker_logs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("worker_id", String, nullable=False),
    Column("kind", String, nullable=False),
    time_column("at"),
    Column("text", String, nullable=False),
    sqlite_autoincrement=True,
)
Index("worker_logs_worker", worker_logs.c.worker_id, worker_logs.c.id)

# What outlives a master: which process a worker had (to end it, should it have survived a master that was killed),
# how many it has had, and how its last one ended.
worker_runtime = Table(
    "worker_runtime",
    metadata,
    Column("worker_id", String, primary_key=True, nullable=False),
    Column("status", String, nullable=False),
    _count("epoch"),
    _count("restarts"),
    _count("failures"),
    Column("pid", Integer),
    Column("process_created_ms", Integer),
    time_column("started_at", nullable=True),
    Column("last_exit", String),
    time_column("updated_at"),
)

# Means of a step each; ``step`` is its length in seconds. Older samples stand in longer steps.
metric_samples = Table(
    "metric_samples",
    metadata,
    Column("series", String, primary_key=True, nullable=False),
    Column("step", Integer, primary_key=True, nullable=False),
    Column("at", Integer, primary_key=True, nullable=False),
    Column("count", Integer, nullable=False),
    Column("mean", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("metric_samples_age", metric_samples.c.step, metric_samples.c.at)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("subject_name", String, nullable=False),
    Column("level", String, nullable=False),
    Column("title", String, nullable=False),
    _words("detail"),
    time_column("raised_at"),
    time_column("cleared_at", nullable=True),
    time_column("acknowledged_at", nullable=True),
    time_column("silenced_until_at", nullable=True),
    sqlite_autoincrement=True,
)
Index("alerts_open", alerts.c.kind, alerts.c.subject, unique=True, sqlite_where=sql("cleared_at IS NULL"))

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False, unique=True),
    Column("scope", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    time_column("created_at"),
    time_column("last_used_at", nullable=True),
)

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
    _count("attempts"),
    _words("cancelling"),
    time_column("submitted_at"),
    time_column("not_before_at", nullable=True),
    time_column("started_at", nullable=True),
    time_column("ended_at", nullable=True),
    Column("resubmit_of", String),
    Column("schedule_id", String),
    Column("credential_id", String),
    Column("peak_memory_bytes", Integer),
    _count("stdout_bytes"),
    _count("stderr_bytes"),
    _count("left_bytes"),
    _count("stragglers"),
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
    _flag("exclusive"),
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
    _flag("enabled", 1),
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

credentials = Table(
    "credentials",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("name", String, nullable=False, unique=True),
    Column("fields", String, nullable=False),
    Column("generation", Integer, nullable=False),
    time_column("created_at"),
)
