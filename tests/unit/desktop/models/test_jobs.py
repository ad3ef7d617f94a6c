"""Jobs in the window: pages of a filter, events, order, words."""

import time

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication

from desktop.dialogs.context import Context
from desktop.models.job_words import JobWords
from desktop.models.jobs import RESULT, SUBMITTED, JobTableModel
from desktop.words import Wording
from master.api.client import ApiError
from master.api.events import Deleted
from master.api.schema import Page
from tests.unit.desktop.fakes import NOW, FakeClient
from tests.unit.desktop.job_fakes import make_job, make_pending, make_running, make_schedule, make_stats
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import Text


def shown(model: JobTableModel) -> list[str]:
    return [key for row in range(model.rowCount()) if (key := model.key_at(row)) is not None]


async def test_pages_come_as_the_table_is_scrolled(context: Context, client: FakeClient) -> None:
    pages = {None: Page(rows=[make_job("j3"), make_job("j2")], next_cursor="c"), "c": Page(rows=[make_job("j1")])}
    client.answers["jobs"] = lambda cursor=None, **_more: pages[cursor]
    work = context.models.work
    await work.reload_jobs()
    model = work.jobs
    assert set(shown(model)) == {"j3", "j2"}
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert set(shown(model)) == {"j3", "j2", "j1"}
    assert not model.canFetchMore(QModelIndex())


async def test_a_page_that_fails_may_be_asked_for_again(context: Context, client: FakeClient) -> None:
    client.answers["jobs"] = Page(rows=[make_job("j2")], next_cursor="c")
    await context.models.work.reload_jobs()
    client.errors["jobs"] = ApiError(503, "ERR", "Not now.")
    context.models.jobs.fetchMore(QModelIndex())
    assert context.models.jobs.canFetchMore(QModelIndex())


async def test_a_long_page_joins_without_a_reset(context: Context, client: FakeClient) -> None:
    model = context.models.jobs
    model.replace_page([make_job(f"a{one}", submitted_at=NOW + one) for one in range(5)], "c")
    model.sort(SUBMITTED, Qt.SortOrder.DescendingOrder)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.append_page([make_job(f"b{one}", submitted_at=NOW - 1 - one) for one in range(200)], None)
    assert model.rowCount() == 205
    assert shown(model)[:6] == ["a4", "a3", "a2", "a1", "a0", "b0"]
    assert not resets


async def test_the_master_filters_and_events_of_others_stay_hidden(context: Context, client: FakeClient) -> None:
    client.answers["jobs"] = Page(rows=[make_running("j1", name="sync")])
    await context.models.work.reload_jobs(JobState.RUNNING, " sync ")
    assert client.called("jobs")[-1][1] == {"state": JobState.RUNNING, "q": "sync", "limit": 200}
    send, model = context.bridge.send, context.models.jobs  # type: ignore[attr-defined]
    send("job.changed", make_running("j2", name="other"))
    send("job.changed", make_running("j3", name="Sync all"))
    assert set(shown(model)) == {"j1", "j3"}
    send("job.changed", make_job("j1", name="sync", version=2))
    model.settle()
    assert shown(model) == ["j3"]
    assert model.get("j1") is not None
    send("job.deleted", Deleted(id="j3"))
    assert shown(model) == []


async def test_an_answer_that_a_later_filter_overtook_is_dropped(context: Context, client: FakeClient) -> None:
    work = context.models.work

    def answer(**_query: object) -> Page:
        work.jobs.narrow(None, "b")
        return Page(rows=[make_job("j1", name="a")])

    work.jobs.replace_page([make_job("j2", name="b")], None)
    client.answers["jobs"] = answer
    await work.reload_jobs(None, "a")
    assert shown(work.jobs) == ["j2"]


async def test_events_during_a_load_are_applied_after_it(context: Context, client: FakeClient) -> None:
    send = context.bridge.send  # type: ignore[attr-defined]

    def answer(**_query: object) -> Page:
        send("job.changed", make_job("j1", version=9))
        return Page(rows=[make_running("j1", version=8)])

    client.answers["jobs"] = answer
    await context.models.work.reload_jobs()
    job = context.models.jobs.get("j1")
    assert job is not None
    assert job.state is JobState.COMPLETED


async def test_an_older_answer_does_not_undo_an_event(context: Context) -> None:
    work = context.models.work
    work.take(make_job("j1", version=5))
    work.take(make_running("j1", version=4))
    job = work.jobs.get("j1")
    assert job is not None
    assert job.version == 5


async def test_schedules_credentials_and_figures_follow(context: Context, client: FakeClient) -> None:
    models, send = context.models, context.bridge.send  # type: ignore[attr-defined]
    assert set(models.work.credentials) == {"c1"}
    send("credential.deleted", Deleted(id="c1"))
    assert models.work.credentials == {}
    send("schedule.changed", make_schedule("s1"))
    assert models.schedules.total == 1
    send("schedule.deleted", Deleted(id="s1"))
    assert models.schedules.total == 0
    client.answers["job_stats"] = make_stats(completed=3)
    send("job.changed", make_job("j1"))
    models.work._on_figures_wanted()
    assert models.work.figures is not None
    assert models.work.figures.completed == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "exit code 0"),
        ({"state": JobState.FAILED, "reason": JobReason.SCRIPT_ERROR, "exit_code": "37:0"}, "exit code 37"),
        ({"state": JobState.FAILED, "reason": JobReason.SIGNAL, "exit_code": "0:9"}, "killed by signal 9 (SIGKILL)"),
        ({"state": JobState.FAILED, "reason": JobReason.TIMEOUT, "exit_code": "0:15"}, "took too long"),
        ({"state": JobState.FAILED, "reason": JobReason.LOST, "exit_code": None}, "lost"),
        ({"state": JobState.CANCELLED, "reason": JobReason.KILLED, "exit_code": "0:9"}, "killed"),
        ({"state": JobState.PENDING, "waiting": Text(code="x", message="No room.")}, "No room."),
        ({"state": JobState.RUNNING, "exit_code": None}, ""),
    ],
)
def test_results_in_a_few_words(changes: dict[str, object], words: str, context: Context) -> None:
    model = context.models.jobs
    model.replace_page([make_job("j1", **changes)], None)
    assert model.index(0, RESULT).data() == words


def test_every_state_and_reason_has_a_word_of_its_own(qapp: QApplication) -> None:
    for language in ("en", "zh_CN"):
        words = JobWords(Wording(language))
        assert len({words.reason(one) for one in JobReason}) == len(JobReason)
        assert all(words.reason(one) != one.value for one in JobReason if one not in ("cancelled", "killed", "lost"))
        assert len({words.state(one).word for one in JobState}) == len(JobState)
    assert JobWords(Wording("en")).reason("of_tomorrow") == "of_tomorrow"


def test_spans_sizes_and_limits(qapp: QApplication) -> None:
    words = JobWords(Wording("en"))
    assert [words.span(one) for one in (None, 20, 400, 42_000, 724_000, 7_500_000, 273_600_000)] == [
        "–", "20 ms", "0.4 s", "42 s", "12 min 04 s", "2 h 05 min", "3 d 04 h",
    ]  # fmt: skip
    assert [words.size(one) for one in (812, 4300, 16 * 1024**2, 3_329_642_580)] == [
        "812 bytes", "4.2 KB", "16.0 MB", "3.1 GB",
    ]  # fmt: skip
    assert [words.limit(one) for one in (None, 150, 5400, 216_000)] == ["", "2:30", "1:30:00", "2-12:00:00"]


def test_ten_thousand_rows_stay_smooth(context: Context) -> None:
    model = context.models.jobs
    rows = [make_job(f"j{one}", submitted_at=NOW + one % 977) for one in range(10_000)]
    begin = time.process_time()
    model.replace_page(rows, None)
    model.sort(SUBMITTED, Qt.SortOrder.DescendingOrder)
    for one in range(300):
        model.upsert(make_running(f"j{one}"))
    model.settle()
    assert time.process_time() - begin < 2
    assert model.rowCount() == 10_000


def test_a_waiting_job_tells_why(context: Context) -> None:
    job = make_pending("j1", waiting=Text(code="x", message="No worker has room."))
    assert context.models.jobs.words.result(job) == "No worker has room."
