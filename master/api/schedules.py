"""Schedules: jobs that are run again and again, by cron."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from master.api.jobs import JobName, JobTemplate
from master.api.rows import Body, Row
from worker.protocol.states import JobState
from worker.protocol.texts import Text

Cron = Annotated[str, Meta(min_length=1, max_length=200)]
"""Five fields, or six with seconds first; names of months and days may be used."""
TimeZone = Annotated[str, Meta(min_length=1, max_length=100)]
"""A name such as ``Europe/Berlin``; ``local``: that of this machine."""
Misfire = Literal["skip", "once", "all"]
Overlap = Literal["skip", "queue", "replace", "parallel"]
NotifyOn = Literal["failure", "success", "did_not_start", "ran_long", "did_not_run"]
Seconds = Annotated[int, Meta(ge=0, le=31_536_000)]


class ScheduleCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /schedules``."""

    name: JobName
    cron: Cron
    time_zone: TimeZone = "local"
    job: JobTemplate
    enabled: bool = True
    misfire: Misfire = "once"
    """What becomes of runs that were due while nobody was there to start them."""
    misfire_limit: Annotated[int, Meta(ge=1, le=100)] = 10
    """Most missed runs that ``all`` makes up for; the latest ones."""
    misfire_age_seconds: Seconds = 86_400
    """Missed runs that are older are not made up for."""
    overlap: Overlap = "skip"
    """What a run does that is due while the one before it has not ended."""
    jitter_seconds: Annotated[int, Meta(ge=0, le=3600)] = 0
    """Each run begins up to so much later, by chance."""
    long_seconds: Seconds | None = None
    """A run that takes longer is told (``ran_long``)."""
    notify: list[NotifyOn] = msgspec.field(default_factory=lambda: ["failure", "did_not_start", "did_not_run"])


class SchedulePatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /schedules/:id``."""

    name: JobName | UnsetType = UNSET
    cron: Cron | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    job: JobTemplate | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    misfire: Misfire | UnsetType = UNSET
    misfire_limit: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    misfire_age_seconds: Seconds | UnsetType = UNSET
    overlap: Overlap | UnsetType = UNSET
    jitter_seconds: Annotated[int, Meta(ge=0, le=3600)] | UnsetType = UNSET
    long_seconds: Seconds | None | UnsetType = UNSET
    notify: list[NotifyOn] | UnsetType = UNSET
    version: int | UnsetType = UNSET


class Schedule(Row, frozen=True, kw_only=True):
    """One schedule. ``text`` says its cron expression in words, per language (``en``, ``zh_CN``)."""

    id: str
    name: str
    cron: str
    time_zone: str
    text: dict[str, str]
    job: JobTemplate
    enabled: bool
    misfire: Misfire
    misfire_limit: int
    misfire_age_seconds: int
    overlap: Overlap
    jitter_seconds: int
    long_seconds: int | None
    notify: list[NotifyOn]
    next_at: int | None
    """Null while it is switched off, and when its expression never comes true again."""
    last_at: int | None
    last_job_id: str | None
    last_state: JobState | None
    created_at: int
    version: int


class ScheduleRun(Row, frozen=True, kw_only=True):
    """One moment at which a schedule was due, or was run by hand."""

    id: int
    schedule_id: str
    planned_at: int
    at: int
    """When it was dealt with."""
    outcome: Literal["started", "queued", "skipped", "missed", "failed"]
    job_id: str | None
    text: Text | None
    """Why nothing was started."""


class SchedulePreview(Row, frozen=True, kw_only=True):
    """Answer of ``GET /schedules/preview``."""

    cron: str
    time_zone: str
    text: dict[str, str]
    next_at: list[int]
