"""The log model: lazy, filtered in slices, paused and followed; segments are dropped as a whole."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.models import logs, spools
from desktop.models.logs import LEVEL, MESSAGE, SOURCE, LogTableModel
from desktop.words import Wording
from master.api.schema import LogRow
from tests.unit.desktop.fakes import make_record
from worker.protocol.states import LogLevel


@pytest.fixture
def model(qapp: QApplication) -> Iterator[LogTableModel]:
    model = LogTableModel(Wording("en"))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    yield model
    model.close()


def lines(model: LogTableModel) -> list[str]:
    return [model.index(row, MESSAGE).data() for row in range(model.rowCount())]


def page(first: int, count: int) -> list[LogRow]:
    return [LogRow(id=number, record=make_record(number)) for number in range(first, first + count)]


def filter_to_the_end(model: LogTableModel, qtbot: QtBot, **wanted: str) -> None:
    model.set_filter(**wanted)
    qtbot.waitUntil(lambda: not model.filtering)


def test_lines_are_shown_in_order_and_older_ones_go_on_top(model: LogTableModel) -> None:
    model.reload(page(100, 3))
    model.append([make_record(103)])
    model.prepend(page(98, 2))
    assert lines(model) == [f"line {number}" for number in range(98, 104)]
    assert model.first_id == 98
    assert model.index(0, SOURCE).data() == "master"
    assert model.index(0, LEVEL).data() == "Info"
    model.prepend([])
    assert model.exhausted


def test_filters_by_level_source_and_text(model: LogTableModel, qtbot: QtBot) -> None:
    model.reload([])
    model.append(
        [
            make_record(0, message="Sign-in of ADA refused", level=LogLevel.ERROR),
            make_record(1, message="ada again", source="local-1"),
            make_record(2, message="天气晴朗", traceback="Traceback: ValueError"),
        ]
    )
    filter_to_the_end(model, qtbot, needle="ada")
    assert lines(model) == ["Sign-in of ADA refused", "ada again"]
    filter_to_the_end(model, qtbot, needle="ada", source="local-1")
    assert lines(model) == ["ada again"]
    filter_to_the_end(model, qtbot, level="warning")
    assert lines(model) == ["Sign-in of ADA refused"]
    filter_to_the_end(model, qtbot, needle="天气")
    assert lines(model) == ["天气晴朗"]
    filter_to_the_end(model, qtbot, needle="valueerror")
    assert lines(model) == ["天气晴朗"]
    filter_to_the_end(model, qtbot, source="nobody")
    assert lines(model) == []
    filter_to_the_end(model, qtbot)
    assert model.rowCount() == 3


def test_a_search_looks_in_the_text_and_not_in_how_it_is_kept(model: LogTableModel, qtbot: QtBot) -> None:
    model.reload([])
    model.append([make_record(0, message='said "Hi" to C:\\Temp'), make_record(1, message="nothing", account_id="a7")])
    for needle, count in {
        '"hi"': 1,
        "c:\\temp": 1,
        "a7": 1,
        "watchkeeper.master": 2,
        "level": 0,
        "message": 0,
        '":"': 0,
        str(make_record(0).at)[:8]: 0,
    }.items():
        filter_to_the_end(model, qtbot, needle=needle)
        assert model.rowCount() == count, needle


def test_a_filter_goes_on_with_new_and_older_lines(model: LogTableModel, qtbot: QtBot) -> None:
    model.reload(page(100, 20))
    filter_to_the_end(model, qtbot, needle="line 11")
    assert len(lines(model)) == 10
    model.append([make_record(1100), make_record(7)])
    qtbot.waitUntil(lambda: not model.filtering)
    assert lines(model)[-1] == "line 1100"
    model.prepend([LogRow(id=11, record=make_record(11)), LogRow(id=12, record=make_record(12))])
    assert lines(model)[0] == "line 11"
    assert len(lines(model)) == 12
    filter_to_the_end(model, qtbot)
    assert model.rowCount() == 24
    assert lines(model)[:2] == ["line 11", "line 12"]


def test_pausing_keeps_new_lines_out_of_sight(model: LogTableModel, qtbot: QtBot) -> None:
    model.reload(page(0, 2))
    model.pause(True)
    model.append([make_record(2), make_record(3)])
    assert model.rowCount() == 2
    assert model.waiting == 2
    filter_to_the_end(model, qtbot, needle="line")
    assert model.rowCount() == 2
    model.pause(False)
    qtbot.waitUntil(lambda: model.rowCount() == 4)
    assert model.waiting == 0


def test_the_oldest_segment_is_dropped_as_a_whole(
    model: LogTableModel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(spools, "SEGMENT", 100)
    monkeypatch.setattr(logs, "SEGMENT", 100)
    monkeypatch.setattr(logs, "MAX_LINES", 350)
    model.reload(page(0, 10))
    model.prepend([])
    for start in range(10, 400, 10):
        model.append([make_record(number) for number in range(start, start + 10)])
    assert model.total <= 350
    assert lines(model)[-1] == "line 399"
    assert lines(model)[0] == f"line {400 - model.rowCount()}"
    filter_to_the_end(model, qtbot, needle="line 39")
    assert len(lines(model)) == 10


def test_a_long_log_opens_appends_and_filters_without_blocking(qapp: QApplication, qtbot: QtBot) -> None:
    model = LogTableModel(Wording("en"))
    try:
        model.reload([])
        batch = [make_record(number, message=f"checked account {number % 977}") for number in range(10_000)]
        for _turn in range(20):
            model.append(batch)
        assert model.rowCount() == 200_000
        spent = []
        for _turn in range(5):
            begin = time.thread_time()
            model.append(batch[:30])
            spent.append(time.thread_time() - begin)
        assert min(spent) < 0.01
        begin = time.thread_time()
        model.set_filter(needle="account 976")
        first_slice = time.thread_time() - begin
        assert first_slice < 0.05
        qtbot.waitUntil(lambda: not model.filtering)
        assert model.rowCount() == 20 * 10
    finally:
        model.close()
