"""Deleted jobs: hidden at once whatever the master tells, deleted later, at the end of the window, or not at all."""

import asyncio

import pytest
from PySide6.QtCore import QTimer

from desktop.dialogs.context import Context
from desktop.models import job_removals
from desktop.models.job_removals import JobRemovals
from master.api.client import ApiError
from master.api.schema import Page
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.job_fakes import make_job


@pytest.fixture
async def removals(context: Context, client: FakeClient) -> JobRemovals:
    client.answers["jobs"] = Page(rows=[make_job("j1"), make_job("j2"), make_job("j3")])
    await context.models.work.reload_jobs()
    return context.models.work.removals


def seen(context: Context) -> set[str]:
    return {row.id for row in context.models.jobs.values()}


def let_the_time_pass(removals: JobRemovals) -> None:
    running = [timer for timer in removals.findChildren(QTimer) if timer.isActive()]
    assert running
    for timer in running:
        assert timer.interval() == 30_000
        timer.timeout.emit()


async def test_nothing_is_asked_before_the_time_is_over(
    removals: JobRemovals, context: Context, client: FakeClient
) -> None:
    jobs = context.models.jobs
    removals.remove([make_job("j1"), make_job("j2")])
    assert seen(context) == {"j3"}
    await context.models.work.reload_jobs()
    context.bridge.send("job.changed", make_job("j1", version=9))  # type: ignore[attr-defined]
    jobs.append_page([make_job("j2")], None)
    assert seen(context) == {"j3"}
    assert jobs.is_hidden("j2")
    assert not client.called("delete_job")
    let_the_time_pass(removals)
    assert [args for args, _more in client.called("delete_job")] == [("j1",), ("j2",)]
    assert not jobs.is_hidden("j2")


async def test_what_came_back_is_shown_as_the_master_told_last(
    removals: JobRemovals, context: Context, client: FakeClient
) -> None:
    ids = removals.remove([make_job("j1"), make_job("j2")])
    context.bridge.send("job.changed", make_job("j1", name="renamed", version=9))  # type: ignore[attr-defined]
    removals.give_back(ids[:1])
    assert seen(context) == {"j1", "j3"}
    job = context.models.jobs.get("j1")
    assert job is not None
    assert job.name == "renamed"
    let_the_time_pass(removals)
    assert [args for args, _more in client.called("delete_job")] == [("j2",)]


async def test_what_is_deleted_by_then_is_told_and_not_shown(removals: JobRemovals, context: Context) -> None:
    early = removals.remove([make_job("j1")])
    let_the_time_pass(removals)
    late = removals.remove([make_job("j2")])
    assert removals.give_back([*early, *late]) == ["j1"]
    assert seen(context) == {"j2", "j3"}


async def test_a_refusal_shows_them_again_and_says_why(
    removals: JobRemovals, context: Context, client: FakeClient
) -> None:
    removals.remove([make_job("j1"), make_job("j2")])
    client.errors["delete_job"] = ApiError(503, "ERR", "Not now.")
    let_the_time_pass(removals)
    assert seen(context) == {"j1", "j2", "j3"}
    assert [str(one) for one in context.run.failures] == ["Not now."]  # type: ignore[attr-defined]
    client.errors["delete_job"] = ApiError(404, "ERR_NOT_FOUND", "Gone.")
    removals.remove([make_job("j1")])
    let_the_time_pass(removals)
    assert seen(context) == {"j2", "j3"}
    assert len(context.run.failures) == 1, "somebody else deleted it"  # type: ignore[attr-defined]


async def test_the_end_of_the_window_deletes_at_once(
    removals: JobRemovals, context: Context, client: FakeClient
) -> None:
    removals.remove([make_job("j1")])
    await removals.finish()
    assert [args for args, _more in client.called("delete_job")] == [("j1",)]
    removals.remove([make_job("j2")])
    context.models.work.close()
    assert [args for args, _more in client.called("delete_job")] == [("j1",), ("j2",)]
    assert not any(timer.isActive() for timer in removals.findChildren(QTimer))


async def test_the_end_of_the_window_waits_once_for_all_and_passes_by_what_is_gone(
    removals: JobRemovals, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def delete(job_id: str) -> None:
        asked.append(job_id)
        if job_id == "j1":
            raise ApiError(404, "ERR_NOT_FOUND", "Gone.")
        if job_id == "j3":
            await asyncio.Event().wait()

    monkeypatch.setattr(client, "delete_job", delete, raising=False)
    monkeypatch.setattr(job_removals, "END_SECONDS", 0.3)
    removals.remove([make_job(f"j{number}") for number in range(1, 6)])
    await removals.finish()
    assert asked == ["j1", "j2", "j3"]
