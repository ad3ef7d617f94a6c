"""What stands in for the content of a page, and what a page does while its window changes."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.screens import OFFSCREEN_FRAME
from desktop.views.accounts import AccountsPage
from desktop.views.inbox import InboxPage
from desktop.views.logs import LogsPage
from desktop.views.main_window import MainWindow
from desktop.views.page import Page
from desktop.views.page_notices import Notice
from master.api.schema import Settings
from tests.unit.desktop.fakes import make_record

SENTENCE = (
    "What was there before the first check is known, not new. New items appear here by themselves, within seconds of "
    "their arrival, and stay until they are read."
)


def test_a_long_sentence_is_seen_whole(context: Context, qtbot: QtBot) -> None:
    context.theme.apply()
    notice = Notice(context)
    qtbot.addWidget(notice)
    context.theme.dress(notice)
    notice.set("inbox", "muted", "Nothing new yet", SENTENCE, "")
    notice.resize(700, 400)
    notice.show()
    qtbot.waitExposed(notice)
    words = notice.words
    assert words.width() == 360
    assert words.height() >= words.heightForWidth(words.width()) > 2 * words.fontMetrics().height()
    assert abs(words.geometry().center().x() - notice.rect().center().x()) <= 1


@pytest.mark.parametrize(("kind", "accent"), [(InboxPage, True), (AccountsPage, False)])
def test_the_only_button_is_the_one_in_accent(kind: type[Page], accent: bool, context: Context, qtbot: QtBot) -> None:
    context.models.accounts.replace_all([])
    context.models.items.replace_all([], None)
    context.models.unread = 0
    page = kind(context)
    qtbot.addWidget(page)
    page.refresh()
    assert page.shown_state == "empty"
    assert page._empty.button.text() == "Add account"
    assert (page._empty.button.property("kind") == "primary") is accent
    assert page.sentence == "Nothing to watch yet."


def test_the_newest_line_stays_in_view_when_the_table_gets_lower(context: Context, qtbot: QtBot) -> None:
    page = LogsPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    qtbot.waitExposed(page)
    context.models.logs.append([make_record(number) for number in range(200)])
    bar = page.table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)
    page.resize(976, 400)
    qtbot.waitUntil(lambda: page.table.height() < 350)
    assert bar.value() == bar.maximum()
    page.follow_button.setChecked(False)
    before = bar.value()
    page.resize(976, 300)
    assert bar.value() == before


def test_a_line_is_shown_in_full_only_once_it_is_chosen(context: Context, qtbot: QtBot) -> None:
    page = LogsPage(context)
    qtbot.addWidget(page)
    page.show()
    page.table.setCurrentIndex(page.model.index(-1, -1))
    page.table.selectionModel().setCurrentIndex(
        page.model.index(0, 0), page.table.selectionModel().SelectionFlag.NoUpdate
    )
    assert page.detail.isHidden()
    page.table.selectRow(1)
    assert not page.detail.isHidden()
    page.table.clearSelection()
    assert page.detail.isHidden()


class SmallScreenWindow(MainWindow):
    """A window on a screen of 1000 × 640 px."""

    def available(self) -> QRect:
        return QRect(0, 0, 1000, 640)


def test_the_window_is_never_larger_than_its_screen(context: Context, qtbot: QtBot, qapp: QApplication) -> None:
    window = SmallScreenWindow(context)
    qtbot.addWidget(window)
    assert window.size() == QRect(0, 0, 1000, 640).marginsRemoved(OFFSCREEN_FRAME).size()
    window.close_for_good()
    large = MainWindow(context)
    qtbot.addWidget(large)
    large.setGeometry(0, 0, 1180, 740)
    large.remember()
    large.close_for_good()
    again = SmallScreenWindow(context)
    qtbot.addWidget(again)
    assert QRect(0, 0, 1000, 640).contains(again.geometry())
    again.setGeometry(300, 300, 1000, 640)
    again.show()
    qtbot.waitUntil(lambda: QRect(0, 0, 1000, 640).contains(again.frameGeometry()))
    again.close_for_good()


def test_a_narrow_foot_tells_of_mute_and_address(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.resize(960, 640)
    window.show()
    qtbot.waitUntil(lambda: window.sidebar.width() == 64)
    sidebar = window.sidebar
    assert sidebar.mute_sign.isHidden()
    assert "127.0.0.1:3000" in sidebar.foot.toolTip()
    context.models.settings = Settings(muted_until_at=4_000_000_000_000)
    context.models.settings_changed.emit()
    assert sidebar.mute_sign.isVisible()
    assert not sidebar.mute_sign.pixmap().isNull()
    assert "muted until" in sidebar.foot.toolTip()
    window.resize(1180, 740)
    qtbot.waitUntil(lambda: window.sidebar.width() == 204)
    assert sidebar.mute_sign.isHidden()
    window.close_for_good()
