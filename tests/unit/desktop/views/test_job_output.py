"""The output of a job: live, searched, followed, copied, saved, bounded."""

import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.delegates.inks import READABLE, contrast, make_format, readable
from desktop.dialogs.context import Context
from desktop.models.terminals import Style
from desktop.theme import DARK, LIGHT
from desktop.views.job_output import OutputTab
from desktop.views.stream_view import LINES, StreamView
from master.api.client import ApiError
from master.api.events import JobPrinted
from master.api.schema import JobOutput
from tests.unit.desktop.fakes import FakeClient, make_context
from tests.unit.desktop.job_fakes import make_job, make_pending, make_running
from worker.protocol.states import JobState
from worker.protocol.texts import Text


def stored(**texts: str) -> Any:
    def answer(_job: str, stream: str, offset: int, _attempt: int | None) -> JobOutput:
        text = texts.get(stream, "")
        return JobOutput(text=text[offset:], next_offset=len(text), complete="." in texts, skipped=0)

    return answer


@pytest.fixture
def tab(context: Context, qtbot: QtBot) -> OutputTab:
    tab = OutputTab(context)
    qtbot.addWidget(tab)
    tab.resize(900, 300)
    tab.show()
    return tab


def lines(tab: OutputTab) -> list[str]:
    tab.view.flush()
    return tab.view.toPlainText().splitlines()


def told(offset: int, text: str) -> JobPrinted:
    return JobPrinted(job_id="j1", attempt=1, stream="stdout", offset=offset, text=text, next_offset=offset + len(text))


async def test_what_is_printed_appears_at_once(tab: OutputTab, context: Context, client: FakeClient) -> None:
    client.answers["job_output"] = stored(stdout="one\n\x1b[31mtwo\x1b[0m\nthr")
    tab.show_job(make_running("j1"))
    assert lines(tab) == ["one", "two", "thr"]
    send = context.bridge.send  # type: ignore[attr-defined]
    send("job.printed", told(20, "ee\n"))
    assert lines(tab) == ["one", "two", "three"]
    send("job.printed", told(23, "10 %\r20 %\r30 %"))
    assert lines(tab)[-1] == "30 %"


async def test_each_stream_is_read_when_it_is_looked_at(tab: OutputTab, client: FakeClient) -> None:
    client.answers["job_output"] = stored(stdout="out\n", stderr="err\n")
    tab.show_job(make_job("j1", stdout_bytes=4, stderr_bytes=4))
    assert {args[1] for args, _more in client.called("job_output")} == {"stdout"}
    assert tab.streams.tabText(1) == "stderr · 4 bytes"
    tab.streams.setCurrentIndex(1)
    assert lines(tab) == ["err"]


async def test_where_only_errors_were_printed_these_are_shown(tab: OutputTab, client: FakeClient) -> None:
    client.answers["job_output"] = stored(stderr="err\n")
    tab.show_job(make_job("j1", stderr_bytes=4))
    assert lines(tab) == ["err"]
    tab.show_job(make_running("j2"))
    assert tab.stream == "stdout"


async def test_nothing_is_said_in_words(tab: OutputTab, client: FakeClient) -> None:
    client.answers["job_output"] = stored(stdout="")
    tab.show_job(make_running("j1"))
    assert tab.said.text() == "Nothing printed yet."
    client.answers["job_output"] = stored(**{"stdout": "", ".": ""})
    tab.show_job(make_job("j1"))
    assert tab.said.text() == "It printed nothing here."
    tab.show_job(make_pending("j2", waiting=Text(code="x", message="No room."), attempts=1))
    assert tab.said.text() == "No room."
    tab.show_job(make_job("j2", state=JobState.CANCELLED, attempts=0))
    assert tab.said.text() == "It never ran: there is no output."
    client.errors["job_output"] = ApiError(404, "ERR_NOT_FOUND", "It is gone.")
    tab.show_job(make_job("j3"))
    assert tab.said.text() == "It is gone."
    client.errors.clear()
    client.answers["job_output"] = stored(stdout="back\n", stderr="")
    tab.stand_in.button.click()
    assert lines(tab) == ["back"]


async def test_earlier_runs_can_be_read(tab: OutputTab, client: FakeClient) -> None:
    client.answers["job_output"] = stored(stdout="x\n")
    tab.show_job(make_running("j1", attempts=3))
    assert tab.runs.isVisible()
    assert tab.runs.currentText() == "Run 3 of 3"
    tab.runs.setCurrentIndex(0)
    tab.runs.activated.emit(0)
    assert client.called("job_output")[-1][0][3] == 1


async def test_search_goes_from_the_end_and_leaves_it(tab: OutputTab, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["job_output"] = stored(stdout="".join(f"line {one}\n" for one in range(300)))
    tab.show_job(make_running("j1"))
    lines(tab)
    tab.search.setText("line 29")
    assert tab.hits.text() == "11 of 11"
    assert not tab.follow.isChecked()
    qtbot.keyClick(tab.search, "\r")
    assert tab.hits.text() == "10 of 11"
    tab.view.go(1)
    tab.view.go(1)
    assert tab.hits.text() == "1 of 11"
    tab.search.setText("nowhere")
    assert tab.hits.text() == "not found"
    tab.search.given_up.emit()
    assert tab.hits.text() == ""
    assert tab.view.extraSelections() == []


async def test_it_follows_until_the_person_scrolls(tab: OutputTab, client: FakeClient) -> None:
    client.answers["job_output"] = stored(stdout="".join(f"line {one}\n" for one in range(300)))
    tab.show_job(make_running("j1"))
    lines(tab)
    bar = tab.view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(10)
    tab.view._tell_place()
    assert not tab.follow.isChecked()
    tab.view.feed("more\n" * 50)
    lines(tab)
    assert bar.value() == 10
    tab.follow.setChecked(True)
    assert bar.value() == bar.maximum()


def test_a_flood_is_bounded_and_quick(context: Context, qtbot: QtBot) -> None:
    view = StreamView(context.theme)
    qtbot.addWidget(view)
    view.show()
    begin = time.process_time()
    for part in range(10):
        view.feed("".join(f"{part}-{one} " + "x" * 80 + "\n" for one in range(5_000)))
        view.flush()
    assert time.process_time() - begin < 5
    assert view.blockCount() == LINES + 1
    assert view.toPlainText().rstrip().splitlines()[-1].startswith("9-4999")
    view.begin()
    assert view.empty


async def test_copy_and_save(tab: OutputTab, client: FakeClient, qtbot: QtBot, tmp_path: Path) -> None:
    client.answers["job_output"] = stored(**{"stdout": "one\ntwo\n", ".": ""})
    job = make_job("j1")
    tab.show_job(job)
    lines(tab)
    tab.copy()
    assert QApplication.clipboard().text() == "one\ntwo\n"
    path = tmp_path / "out.txt"
    with qtbot.waitSignal(tab.notice) as saved:
        tab.save_to(path, job, "stdout", 1)
    assert saved.args == ["Saved", str(path), "info"]
    assert path.read_text() == "one\ntwo\n"
    with qtbot.waitSignal(tab.notice) as failed:
        tab.save_to(tmp_path / "nowhere" / "out.txt", job, "stdout", 1)
    assert failed.args[0] == "The output could not be saved"


async def test_what_is_not_kept_is_marked(tab: OutputTab, client: FakeClient) -> None:
    client.answers["job_output"] = lambda _job, _stream, offset, _attempt: JobOutput(
        text="end\n", next_offset=3004, complete=True, skipped=3000 - offset
    )
    tab.show_job(make_job("j1"))
    assert lines(tab) == ["— 2.9 KB were not kept —", "end"]


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_every_colour_can_be_read(tokens: Any, qapp: QApplication) -> None:
    for ink in (*range(16), "#ffff00", "#000000", "#ffffff", "#0000ff"):
        for ground in (None, 0, 7, 11, "#808080"):
            made = make_format(Style(ink=ink, ground=ground), tokens, tokens is DARK)
            below = made.background().color() if ground is not None else tokens.color("surface")
            assert contrast(made.foreground().color(), below) >= READABLE - 0.01, (ink, ground)
    assert readable("#1b1f24", "#ffffff") == "#1b1f24"


def test_another_scheme_draws_anew(qapp: QApplication, qtbot: QtBot) -> None:
    context = make_context(qapp)
    view = StreamView(context.theme)
    qtbot.addWidget(view)
    view.feed("\x1b[31mred\x1b[0m\nhalf")
    view.flush()
    context.theme.set_mode("dark")
    assert view.toPlainText() == "red\nhalf"
    context.theme.set_mode("light")
    context.models.close()
