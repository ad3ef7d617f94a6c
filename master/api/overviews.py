"""How all goes, in one answer: what the first page of a window draws."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from master.api.backups import BackupState
from master.api.jobs import Job
from master.api.rows import Body, Row, Time
from master.api.schedules import ScheduleRun


class OverviewQuery(Body, frozen=True, kw_only=True):
    """Query of ``GET /overview``."""

    since: Time | UnsetType = UNSET
    """The figures from then on, at most 7 days; absent: the last 24 hours. Two hours or less come in steps of 60 s,
    else of 600 s."""
    tz: Annotated[str, Meta(min_length=1, max_length=64)] = "UTC"
    """Name of a time zone, such as ``Asia/Shanghai``: when the day begins."""
    seen_at: Time | UnsetType = UNSET
    """Failures that ended later are told; absent: those of the last 7 days."""


class Latency(Row, frozen=True, kw_only=True):
    """How long something took, in milliseconds; null where nothing was measured."""

    measured: int
    p50_ms: float | None = None
    p95_ms: float | None = None


class OverviewPoint(Row, frozen=True, kw_only=True):
    """One step that is over, and began at ``at``."""

    at: int
    checks: float
    """That ended, a minute."""
    check: Latency
    """How long they took."""
    shown: Latency
    """From the moment at which an item was found until a window or device showed its notification."""


class OverviewHour(Row, frozen=True, kw_only=True):
    """Items that were found in an hour of today; ``before``: in the same hour of the day before."""

    at: int
    found: int
    before: int


class Overview(Row, frozen=True, kw_only=True):
    """Answer of ``GET /overview``."""

    at: int
    since: int
    step_seconds: int
    points: list[OverviewPoint]
    """Oldest first; steps in which nothing was measured are left out."""
    check: Latency
    """Of the whole time asked for, as ``shown``."""
    shown: Latency
    hours: list[OverviewHour]
    """Of the whole day, those to come too."""
    found_today: int
    found_before: int
    """On the day before, up to the same time of day."""
    running: list[Job]
    """The newest jobs that run, 5 at most."""
    running_total: int
    waiting: int
    failed: list[Job]
    """Failed and not run again since, newest first, 5 at most."""
    failed_total: int
    """Of the 100 newest failures."""
    missed: list[ScheduleRun]
    """The last moments of schedules that are on, where nothing was started; newest first."""
    backup: BackupState
    update: str | None = None
    """A newer version that runs on this machine, where such are looked for."""
