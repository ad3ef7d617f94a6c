"""The delegates draw what they should, fast enough, from kept pixmaps."""

import time

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.delegates.cells import one_line
from desktop.delegates.heartbeats import GAP, HEIGHT, TICK, TICKS, WIDTH, HeartbeatBar, draw_bar, tick_at
from desktop.delegates.items import preview
from desktop.delegates.states import StatePill, draw_shape
from desktop.dialogs.context import Context
from desktop.theme import DARK, LIGHT, Theme
from desktop.views.accounts import AccountsPage
from desktop.views.inbox import InboxPage
from desktop.words import Face
from master.api.schema import Beat
from tests.unit.desktop.fakes import NOW, make_account, make_item

SHAPES = ("dot", "half", "triangle", "cross", "bars", "square", "ring")


def column_height(image: QImage, position: int) -> int:
    x = position * (TICK + GAP) + 1
    return sum(image.pixelColor(x, y).alpha() > 128 for y in range(HEIGHT))


def test_the_height_of_a_tick_tells_its_level(qapp: QApplication) -> None:
    image = draw_bar("owbi", LIGHT, 1.0).toImage()
    assert [column_height(image, TICKS - 4 + n) for n in range(4)] == [18, 12, 6, 3]
    assert image.pixelColor((TICKS - 4) * (TICK + GAP) + 1, 9) == QColor(LIGHT.ok)
    assert column_height(image, 0) == 3


def test_bars_are_drawn_for_the_screen_and_the_scheme(qapp: QApplication) -> None:
    assert draw_bar("o" * 99, LIGHT, 2.0).size() == QSize(WIDTH * 2, HEIGHT * 2)
    assert draw_bar("o", LIGHT, 1.0).toImage() != draw_bar("o", DARK, 1.0).toImage()


@pytest.mark.parametrize(
    ("x", "count", "beat"),
    [(WIDTH - 1, 5, 4), (0, 5, None), (0, TICKS, 0), (0, TICKS + 4, 4), (-1, 40, None), (WIDTH, 40, None)],
)
def test_the_pointer_finds_its_tick(x: int, count: int, beat: int | None) -> None:
    assert tick_at(x, count) == beat


def test_every_shape_looks_different(qapp: QApplication) -> None:
    images = []
    for shape in SHAPES:
        image = QImage(12, 12, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        draw_shape(painter, QRectF(1, 1, 9, 9), shape, QColor("black"))
        painter.end()
        assert image not in images, shape
        images.append(image)


def test_widgets_say_their_state_to_a_screen_reader(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    pill = StatePill(theme)
    qtbot.addWidget(pill)
    pill.set_face(Face("cross", "Needs sign-in", "bad"))
    assert pill.accessibleName() == "Needs sign-in"
    bar = HeartbeatBar(theme, lambda beat: str(beat.ms))
    qtbot.addWidget(bar)
    bar.set_beats([Beat(NOW, 1, "ok")])
    assert bar.accessibleName() == "Heartbeat"
    assert not bar.grab().isNull()


def test_previews_are_one_line() -> None:
    assert preview("a\n\n b\t c") == "a b c"
    assert len(preview("x" * 100_000)) == 200


def best_paint(widget: object) -> float:
    image = QImage(1200, 900, QImage.Format.Format_ARGB32_Premultiplied)
    spent = []
    for _turn in range(6):
        begin = time.thread_time()
        widget.viewport().render(image)  # type: ignore[attr-defined]
        spent.append(time.thread_time() - begin)
    return min(spent)


def test_a_viewport_of_ten_thousand_accounts_is_painted_within_a_frame(context: Context, qtbot: QtBot) -> None:
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    context.models.accounts.replace_all([make_account(f"{number:05}") for number in range(10_000)])
    for number in range(10_000):
        context.models.accounts.beats.add(f"{number:05}", Beat(NOW, 1, "ok" if number % 3 else "bad"))
    assert best_paint(page.table) < 0.016


def test_a_viewport_of_items_is_painted_within_a_frame(context: Context, qtbot: QtBot) -> None:
    page = InboxPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    context.models.items.replace_all([make_item(number, text="long " * 5000) for number in range(500, 0, -1)], None)
    assert best_paint(page.list) < 0.016


def test_a_row_is_one_line_whose_direction_nobody_forces() -> None:
    assert one_line("tab\there\nnew") == "tab here new"
    assert one_line("\u202emoc.elpmaxe\u202c مرحبا") == "moc.elpmaxe مرحبا"
    assert one_line("👩\u200d👧") == "👩\u200d👧"
    assert one_line("plain") == "plain"
