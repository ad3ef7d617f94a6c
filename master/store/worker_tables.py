"""Workers: how each is configured, what it went through."""

from sqlalchemy import Column, Index, Integer, String, Table
from sqlalchemy import text as sql

from master.store.columns import count, flag, metadata, time_column

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
    flag("auto_start", 1),
    flag("auto_restart", 1),
    Column("restart_delay_ms", Integer, nullable=False),
    Column("max_restart_attempts", Integer, nullable=False),
    flag("enabled", 1),
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
    count("epoch"),
    count("restarts"),
    count("failures"),
    Column("pid", Integer),
    Column("process_created_ms", Integer),
    time_column("started_at", nullable=True),
    Column("last_exit", String),
    time_column("updated_at"),
)
