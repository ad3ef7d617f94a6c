"""Alerts as a table: what is open stands first, history is hidden until it is asked for."""

import time

import pytest
from PySide6.QtWidgets import QApplication

from desktop.models import alerts
from desktop.models.alerts import ALL, HISTORY, OPEN, STATE, TITLE, AlertTableModel
from desktop.models.figures import SPAN_MS, Figure, FigureKeeper
from desktop.words import Wording
from tests.unit.desktop.fakes import NOW, make_alert
from worker.protocol.texts import Text


@pytest.fixture
def model(qapp: QApplication) -> AlertTableModel:
    model = AlertTableModel(Wording("en"))
    model.replace_all(
        [
            make_alert(1, level="warn"),
            make_alert(2),
            make_alert(3, cleared_at=NOW + 65_000, raised_at=NOW),
            make_alert(4, acknowledged_at=NOW, subject_name="local-9"),
        ]
    )
    return model


def keys(model: AlertTableModel) -> list[str | None]:
    return [model.key_at(row) for row in range(model.rowCount())]


def test_open_ones_by_level_then_history(model: AlertTableModel) -> None:
    assert keys(model) == ["4", "2", "1"]
    model.show(HISTORY)
    assert keys(model) == ["3"]
    model.show(ALL)
    assert keys(model) == ["4", "2", "1", "3"]
    assert model.counts() == (3, 2)


def test_one_that_is_over_leaves_the_open_ones(model: AlertTableModel) -> None:
    model.upsert(make_alert(2, cleared_at=NOW))
    model.settle()
    assert keys(model) == ["4", "1"]
    model.upsert(make_alert(9))
    assert "9" in keys(model)


def test_of_what_was_over_for_months_the_newest_is_kept(
    model: AlertTableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MOST_OVER", 4)
    for number in range(10, 20):
        model.upsert(make_alert(number, cleared_at=NOW - number))
    model.settle()
    assert keys(model) == ["4", "2", "1"], "what goes on stays, however much there is"
    model.show(HISTORY)
    assert sorted(str(key) for key in keys(model)) == ["10", "11", "12", "3"]
    assert model.total == 7


def test_the_search_works_within_what_is_shown(model: AlertTableModel) -> None:
    model.set_filter("local-9")
    assert keys(model) == ["4"]
    model.show(HISTORY)
    assert keys(model) == []
    model.set_filter("")
    model.show(OPEN)
    assert len(keys(model)) == 3


def test_states_in_words(model: AlertTableModel) -> None:
    now = int(time.time() * 1000)
    words = model.columns[STATE].text
    assert words(make_alert(1)) == "open"
    assert words(make_alert(1, acknowledged_at=NOW)) == "acknowledged"
    assert words(make_alert(1, raised_at=NOW, cleared_at=NOW + 65_000)) == "over after 1 min"
    assert words(make_alert(1, silenced_until_at=now + 3_600_000)).startswith("silenced until ")
    assert model.subject(make_alert(1, subject="", subject_name="")) == "This computer"
    assert model.tool_tip(make_alert(1, detail=Text(code="x", message="why")), TITLE) == "Alert 1\nwhy"


def test_figures_of_ten_minutes_are_kept() -> None:
    keeper = FigureKeeper()
    for second in range(1200):
        keeper.add("w", Figure(second * 1000, 1.0, 2.0))
    figures = keeper.figures("w")
    assert figures[-1].at - figures[0].at == SPAN_MS
    keeper.forget("w")
    assert keeper.figures("w") == []
