"""What runs when the window is quit: looked up at the master, and ended if the person says so."""

import asyncio
import logging

from desktop.bridge import Bridge
from master.api.client import ApiError
from master.api.schema import Job
from worker.protocol.states import JobState

ASK_SECONDS = 2.0
"""Longest that a quitting window waits to learn what runs."""
STOP_SECONDS = 8.0
"""Longest that it waits for jobs to end: a job that does not end by itself is killed after five seconds."""
PAUSE = 0.2
PAGE = 500
log = logging.getLogger("watchkeeper.desktop")


async def running_jobs(bridge: Bridge) -> list[Job]:
    """Return the jobs that run now. Raises ``ApiError``."""
    found: list[Job] = []
    cursor: str | None = None
    while True:
        page = await bridge.call(bridge.client.jobs(state=JobState.RUNNING, limit=PAGE, cursor=cursor))
        found += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return found


async def known_running(bridge: Bridge) -> list[Job]:
    """Return the jobs that run now; none where the master cannot say so soon."""
    try:
        return await asyncio.wait_for(running_jobs(bridge), ASK_SECONDS)
    except (ApiError, TimeoutError) as error:
        log.info("a quitting window did not learn what runs: %s", error)
        return []


async def stop_running(bridge: Bridge, seconds: float = STOP_SECONDS) -> int:
    """Cancel all jobs that run, wait a little, and return how many run on. Raises ``ApiError``."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    told: set[str] = set()
    while True:
        jobs = await running_jobs(bridge)
        for job in jobs:
            if job.id not in told:
                told.add(job.id)
                await _cancel(bridge, job)
        if not jobs or loop.time() > until:
            return len(jobs)
        await asyncio.sleep(PAUSE)


async def _cancel(bridge: Bridge, job: Job) -> None:
    try:
        await bridge.call(bridge.client.cancel_job(job.id))
    except ApiError as error:
        if error.status not in (404, 409):  # it has ended meanwhile
            raise
