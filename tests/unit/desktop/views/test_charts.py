"""A chart: its title, its newest value, marks of its time, what the pointer is told."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.dates import Dates
from desktop.dialogs.context import Context
from desktop.views.charts import Chart, time_marks
from tests.unit.desktop.fakes import NOW

HOUR = 3_600_000


def test_marks_are_at_round_times() -> None:
    for span in (HOUR, 24 * HOUR, 168 * HOUR):
        marks = time_marks(NOW - span, NOW, Dates("en"))
        assert 3 <= len(marks) <= 8
        assert all((NOW - span) / 1000 <= at <= NOW / 1000 for at, _words in marks)


def test_a_chart_says_its_title_its_newest_value_and_what_lies_at_the_pointer(context: Context, qtbot: QtBot) -> None:
    chart = Chart(context, "CPU", lambda value: f"{value:.1f} %", steps=(30,))
    qtbot.addWidget(chart)
    chart.resize(400, 140)
    chart.show()
    assert chart.accessibleName() == "CPU"
    assert "CPU" in [label.text() for label in chart.findChildren(QLabel)]
    assert (chart.newest.text(), chart.plot.tell(QPoint(200, 40))) == ("–", "")
    empty = chart.plot.grab().toImage()
    points = [(NOW - HOUR, 10.0), (NOW - HOUR // 2, 40.0), (NOW, None)]
    chart.set_points(points, HOUR // 2, NOW - HOUR, NOW)
    assert chart.newest.text() == chart.accessibleDescription() == "40.0 %"
    assert chart.plot._scale.named == (0, 30)
    assert chart.plot.tell(QPoint(200, 40)) == f"{context.wording.moment(NOW - HOUR // 2)}\n40.0 %"
    full = chart.plot.grab().toImage()
    assert full != empty
    chart.set_points([], HOUR // 2, NOW - HOUR, NOW)
    assert (chart.newest.text(), chart.accessibleDescription()) == ("–", "–")
    assert chart.plot.grab().toImage() != full
