"""What a card says of its worker: take-overs are told where one looks."""

import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.context import Context
from desktop.views.worker_panel import WorkerPanel
from desktop.views.worker_words import WorkerWords
from desktop.words import install_translators
from master.api.schema import LastExit
from tests.unit.desktop.fakes import NOW, make_account, make_worker
from worker.protocol.states import WorkerState
from worker.protocol.texts import text


@pytest.fixture
def words(context: Context, qapp: QApplication) -> WorkerWords:
    return WorkerWords(context)


def take(context: Context, *, count: int, first: int, last: int, cause: str = "crashed") -> None:
    """Other workers take accounts from local-1 in the time between."""
    for number in range(count):
        at = first + (last - first) * number // max(1, count - 1)
        reason = text("assign_took_over", worker="local-1", cause=cause)
        context.models._on_account(
            make_account(f"t{number}", worker_id="local-2", assignment_reason=reason, assigned_since_at=at)
        )


def killed(status: WorkerState = WorkerState.CRASHED) -> dict[str, object]:
    ending = LastExit(code=None, signal=9, text=text("exit_signal", signal=9, name="SIGKILL"), at=NOW)
    return {"status": status, "last_exit": ending, "pid": None}


def test_a_crash_says_how_many_accounts_others_took_and_how_fast(context: Context, words: WorkerWords) -> None:
    said = "killed by signal 9 (SIGKILL)"
    assert words.sentence(make_worker("local-1", **killed()), NOW + 5000) == f"{said} · 5 s ago"
    take(context, count=14, first=NOW + 20, last=NOW + 400)
    wanted = f"{said}; its 14 account(s) were taken over in 0.4 s · 5 s ago"
    assert words.sentence(make_worker("local-1", **killed()), NOW + 5000) == wanted
    assert words.sentence(make_worker("local-2", **killed()), NOW + 5000) == f"{said} · 5 s ago"
    again = LastExit(code=1, signal=None, text=text("exit_code", exit_code=1), at=NOW + 90_000)
    later = make_worker("local-1", status=WorkerState.CRASHED, last_exit=again)
    assert words.sentence(later, NOW + 91_000) == "exited with code 1 · 1 s ago"


def test_what_went_on_to_others_is_counted_still(context: Context, words: WorkerWords) -> None:
    take(context, count=3, first=NOW + 20, last=NOW + 300)
    context.models._on_account(make_account("t0", worker_id="local-1", assignment_reason=text("assign_returned")))
    assert "its 3 account(s) were taken over" in words.sentence(make_worker("local-1", **killed()), NOW + 5000)


def test_a_worker_that_answers_again_tells_what_it_lost(context: Context, words: WorkerWords) -> None:
    take(context, count=19, first=NOW, last=NOW + 100, cause="did not answer")
    alive = make_worker("local-1", started_at=NOW - 60_000)
    assert words.sentence(alive, NOW + 30_100) == "up 1 min · 19 account(s) were taken over 30 s ago"
    assert words.sentence(alive, NOW + 700_000) == "up 12 min"
    frozen = make_worker("local-1", health="dead")
    assert words.sentence(frozen, NOW + 1000) == "does not answer; its 19 account(s) were taken over"


def test_a_worker_that_was_stopped_handed_its_accounts_over(context: Context, words: WorkerWords) -> None:
    take(context, count=2, first=NOW - 3000, last=NOW - 2000, cause="stopped")
    ending = LastExit(code=0, signal=None, text=text("exit_ok"), at=NOW)
    stopped = make_worker("local-1", status=WorkerState.STOPPED, last_exit=ending, pid=None)
    assert words.sentence(stopped, NOW + 1000) == "stopped in order; its 2 account(s) were taken over"


def test_take_overs_of_the_time_before_the_window_are_read_from_the_rows(context: Context, words: WorkerWords) -> None:
    reason = text("assign_took_over", worker="local-1", cause="crashed")
    rows = [
        make_account(name, worker_id="local-2", assignment_reason=reason, assigned_since_at=at)
        for name, at in (("new", NOW + 100), ("old", NOW - 3_600_000))
    ]
    context.models.assignments.replace_all(rows)
    assert "its 1 account(s) were taken over in 0.1 s" in words.sentence(make_worker("local-1", **killed()), NOW + 200)


def test_one_account_is_no_plural(context: Context, words: WorkerWords, qapp: QApplication) -> None:
    translators = install_translators(qapp, "en")
    try:
        take(context, count=1, first=NOW + 20, last=NOW + 20)
        wanted = "killed by signal 9 (SIGKILL); its account was taken over in 0.1 s · 5 s ago"
        assert words.sentence(make_worker("local-1", **killed()), NOW + 5000) == wanted
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_a_kill_from_outside_leaves_room_for_what_became_of_the_accounts(context: Context, words: WorkerWords) -> None:
    ending = LastExit(code=None, signal=9, text=text("exit_killed_outside", signal=9, name="SIGKILL"), at=NOW)
    crashed = make_worker("local-1", status=WorkerState.CRASHED, last_exit=ending, pid=None)
    whole = "killed by signal 9 (SIGKILL) from outside; the system may have run out of memory · 1 s ago"
    assert words.sentence(crashed, NOW) == whole
    take(context, count=14, first=NOW + 20, last=NOW + 400)
    wanted = "killed by signal 9 (SIGKILL); its 14 account(s) were taken over in 0.4 s · 1 s ago"
    assert words.sentence(crashed, NOW + 500) == wanted
    context.models.workers.upsert(crashed)
    panel = WorkerPanel(context)
    panel.show_worker("local-1")
    assert "taken over in 0.4 s" in panel.facts
    assert "last exit: killed by signal 9 (SIGKILL) from outside" in panel.facts
    context.models.workers.upsert(make_worker("local-1", **killed()))
    panel.refresh()
    assert "last exit" not in panel.facts  # it stands there already
    panel.deleteLater()
