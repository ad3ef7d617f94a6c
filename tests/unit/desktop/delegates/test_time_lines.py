"""Lines over time as they are seen: where they lie, where they break, what the pointer is told."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.delegates.scales import DURATIONS, rounded
from desktop.delegates.time_lines import Line, TimeLines, columns, runs, thinned
from desktop.theme import SMALL, Theme

STEP = 10_000
Make = Callable[..., TimeLines]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def make(theme: Theme, qtbot: QtBot) -> Make:
    """Lines from 0 to 100 s, so wide that a second has four pixels, from 0 to 100 × 1.15."""

    def made(*points: tuple[int, float | None], tone: str = "accent", fill: bool = False, dots: bool = False):  # type: ignore[no-untyped-def]
        plot = TimeLines(theme, "CPU", lambda value: f"{value:g} %", str, lambda _since, _until: [], scale=rounded)
        qtbot.addWidget(plot)
        seconds = [(at * 1000, value) for at, value in points]
        plot.set_lines([Line("", tone, seconds, fill=fill, dots=dots)], 0, 100_000, STEP)
        plot.resize(400 + round(box(plot).left()) + 2, 116)
        plot.show()
        return plot

    return made


def box(plot: TimeLines) -> QRectF:
    return plot._box(QFontMetrics(plot._theme.font(SMALL)))


def image(plot: TimeLines) -> QImage:
    return plot.grab().toImage()


def like(seen: QColor, wanted: QColor, levels: int) -> bool:
    return max(abs(a - b) for a, b in zip(seen.getRgb(), wanted.getRgb(), strict=True)) <= levels  # type: ignore[arg-type]


def drawn(plot: TimeLines, second: float, tone: str = "accent") -> list[int]:
    """Return the rows in which a second has a colour."""
    picture, area = image(plot), box(plot)
    x = round(area.left() + second * 4)
    color = plot._theme.tokens.color(tone)
    levels = 4 if tone == "line" else 60  # the edges of a line are soft
    return [y for y in range(picture.height()) if like(picture.pixelColor(x, y), color, levels)]


def test_a_line_lies_where_its_values_are(make) -> None:
    plot = make((0, 100.0), (10, 100.0), (20, 50.0), (30, 50.0))
    area = box(plot)
    assert drawn(plot, 5)[0] == pytest.approx(area.bottom() - area.height() / 1.15, abs=1.5)
    assert drawn(plot, 25)[0] == pytest.approx(area.bottom() - area.height() / 2.3, abs=1.5)
    assert drawn(plot, 50) == []


def test_it_breaks_where_steps_are_missing_and_where_nothing_was_measured(make) -> None:
    assert runs([(0, 1.0), (10, 2.0), (60, 3.0), (70, None), (80, 4.0)], 10) == [
        [(0, 1.0), (10, 2.0)],
        [(60, 3.0)],
        [(80, 4.0)],
    ]
    assert runs([], 10) == []
    plot = make((0, 50.0), (10, 50.0), (40, 50.0), (50, 50.0), (55, None), (60, 50.0), (70, 50.0))
    assert [bool(drawn(plot, second)) for second in (5, 25, 45, 55, 65)] == [True, False, True, False, True]


def test_a_measurement_alone_is_a_dot_and_all_are_where_that_is_wanted(make) -> None:
    assert len(drawn(make((50, 80.0)), 50)) >= 3
    plain, marked = (make((0, 50.0), (10, 50.0), (20, 50.0), dots=dots) for dots in (False, True))
    assert len(drawn(marked, 10)) > len(drawn(plain, 10))
    assert len(drawn(marked, 5)) == len(drawn(plain, 5))


def test_the_ground_below_is_a_tenth_of_the_colour(make, theme) -> None:
    plain, filled = (make((0, 100.0), (10, 100.0), fill=fill) for fill in (False, True))
    spot = QPoint(round(box(plain).left()) + 20, round(box(plain).bottom()) - 4)
    under, ground = image(plain).pixelColor(spot), image(filled).pixelColor(spot)
    accent = theme.tokens.color("accent")
    wanted = [round(a * 0.9 + b * 0.1) for a, b in zip(under.getRgb()[:3], accent.getRgb()[:3], strict=True)]
    assert list(ground.getRgb()[:3]) == pytest.approx(wanted, abs=2)
    above = QPoint(spot.x(), 4)
    assert image(plain).pixelColor(above) == image(filled).pixelColor(above)


def test_the_ground_follows_the_line() -> None:
    placed = [QPointF(0.0, 10.0), QPointF(10.0, 0.0)]
    found = columns(placed, 20.0)
    assert [(one.left(), one.top(), one.bottom()) for one in found[:2]] == [(0, 9.5, 20), (1, 8.5, 20)]
    assert len(found) == 10
    assert columns([QPointF(1.2, 5.0), QPointF(1.2, 6.0)], 20.0)[0].bottom() == 20


def test_what_was_before_is_not_drawn_over_the_words(make) -> None:
    plot = make((-20, 50.0), (-10, 50.0), (0, 50.0), (10, 50.0))
    assert drawn(plot, 5)
    assert not drawn(plot, -1)


def test_many_points_are_few_in_a_pixel_and_no_peak_is_lost(make) -> None:
    points = [(at, 1.0 + at % 7) for at in range(10_000)]
    points[5003] = (5003, 99.0)
    points[7001] = (7001, -3.0)
    few = thinned(points, 10_000 / 400)
    assert len(few) <= 2 * 401
    assert {points[5003], points[7001]} <= set(few)
    assert [at for at, _value in few] == sorted(at for at, _value in few)
    assert thinned(points[:50], 1.0) == points[:50]
    plot = make(*((at / 100, 99.0 if at == 5003 else 10.0) for at in range(10_000)))
    assert drawn(plot, 50)[0] < box(plot).center().y() < drawn(plot, 40)[0]


def test_the_pointer_marks_the_nearest_measurement_and_is_told(make, qtbot) -> None:
    plot = make((0, 10.0), (10, 20.0), (50, 30.0), (90, None))
    left = round(box(plot).left())
    assert [plot.nearest(QPoint(left + second * 4, 40)) for second in (0, 4, 6, 29, 31, 99)] == [
        0, 0, 10_000, 10_000, 50_000, 50_000,
    ]  # fmt: skip
    assert plot.tell(QPoint(left + 190, 40)) == "50000\n30 %"
    assert not drawn(plot, 50, "muted")
    qtbot.mouseMove(plot, QPoint(left + 180, 40))
    qtbot.waitUntil(lambda: len(drawn(plot, 50, "muted")) > 20)
    plot.leaveEvent(None)
    assert not drawn(plot, 50, "muted")


def test_nothing_measured_is_a_scale_alone(make) -> None:
    plot = make((50, None))
    assert plot.nearest(QPoint(200, 40)) is None
    assert plot.tell(QPoint(200, 40)) == ""
    assert plot.accessibleDescription() == ""
    assert not any(drawn(plot, second) for second in range(0, 100, 10))
    assert len(drawn(plot, 50, "line")) == len(plot._scale.grid) == 3


def test_the_wheel_belongs_to_what_a_line_stands_in(make) -> None:
    plot, at = make((0, 1.0)), QPointF(50, 50)
    turn = QWheelEvent(
        at, QPointF(plot.mapToGlobal(at)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    turn.accept()
    plot.event(turn)
    assert not turn.isAccepted()


def test_colours_follow_the_theme(make, theme) -> None:
    plot = make((0, 50.0), (10, 50.0))
    light = image(plot)
    theme.set_mode("dark")
    assert image(plot) != light
    assert drawn(plot, 5)


@pytest.mark.parametrize(
    ("highest", "digits", "named"),
    [(4.0, 1, (0, 2, 4)), (34.0, 0, (0, 20)), (100.0, 0, (0, 50, 100)), (0.1, 1, (0, 0.1)), (1.0, 0, (0, 1))],
)
def test_two_or_three_round_values_that_read_differently_are_named(highest, digits, named) -> None:
    scale = rounded(highest, lambda value: f"{round(value, digits):g}")
    assert scale.named == pytest.approx(named)
    assert scale.top == pytest.approx(highest * 1.15)


def test_values_are_round_in_their_unit() -> None:
    assert rounded(0.0, str).top == 1.0
    assert rounded(150.0, str, DURATIONS).named == (0, 60, 120)
    assert rounded(4000.0, str, DURATIONS).named == (0, 1800, 3600)
    assert rounded(0.4, str, DURATIONS).named == (0, 0.2, 0.4)
    assert rounded(900_000.0, str, DURATIONS).named == (0, 500_000, 1_000_000)
    assert rounded(5.0, lambda _value: "some").named  # words that never differ
