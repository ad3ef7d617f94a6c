"""Sparklines: where points lie, where the line breaks, what the pointer is told."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.delegates.sparklines import Sparkline, place, runs
from desktop.theme import Theme


def test_points_lie_in_time_and_value() -> None:
    box = QRectF(0, 0, 100, 20)
    placed = place([(0, 0.0), (500, 10.0), (1000, 5.0)], 0, 1000, 1.0, box)
    assert [(point.x(), point.y()) for point in placed] == [(0, 20), (50, 0), (100, 10)]


def test_noise_stays_flat() -> None:
    placed = place([(0, 40.0), (1000, 40.4)], 0, 1000, 8.0, QRectF(0, 0, 100, 20))
    assert abs(placed[0].y() - placed[1].y()) <= 1.01


def test_the_line_breaks_where_heartbeats_are_missing() -> None:
    points = [(0, 1.0), (10, 1.0), (100, 1.0), (110, 1.0)]
    assert runs(points, 30) == [(0, 2), (2, 4)]
    assert runs(points, 300) == [(0, 4)]
    assert runs([], 30) == []


def test_a_sparkline_draws_in_both_schemes_and_tells_the_nearest_point(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp, "light")
    line = Sparkline(theme, "CPU, 10 min", lambda at, value: f"{at}: {value}", 5.0)
    qtbot.addWidget(line)
    line.resize(124, 26)
    assert line.grab().toImage() == line.grab().toImage()
    empty = line.grab().toImage()
    line.set_points([(-5, 9.0), (0, 1.0), (500, 2.0), (1000, 3.0)], 0, 1000, 600)
    assert line.points == [(0, 1.0), (500, 2.0), (1000, 3.0)]
    assert line.accessibleDescription() == "1000: 3.0"
    assert line.nearest(60) == (500, 2.0)
    light = line.grab().toImage()
    assert light != empty
    theme.set_mode("dark")
    assert line.grab().toImage() != light
