"""What was arranged in the window is there again in the next one, whatever became of screens and pages meanwhile."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QSplitter, QTabBar, QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.settings import Arrangement, DesktopSettings, SettingsHolder, load
from desktop.views import remembered, window_places
from desktop.views.jobs import JobsPage
from desktop.views.main_window import MainWindow
from desktop.views.remembered import Remembered

Windows = Callable[[], MainWindow]


@pytest.fixture
def windows(context: Context, qtbot: QtBot) -> Iterator[Windows]:
    made: list[MainWindow] = []

    def make() -> MainWindow:
        for window in made:
            window.remember()
            window.close_for_good()
        window = MainWindow(context)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        made.append(window)
        return window

    yield make
    made[-1].close_for_good()


def splitter_of(window: MainWindow) -> QSplitter:
    window.show_page("inbox")
    return window.pages["inbox"].findChildren(QSplitter)[0]


def test_splitters_columns_sort_and_tabs_are_as_they_were_left(windows: Windows, qtbot: QtBot) -> None:
    window = windows()
    splitter = splitter_of(window)
    splitter.moveSplitter(splitter.sizes()[0] + 40, 1)
    moved = splitter.sizes()
    window.show_page("jobs")
    jobs = window.pages["jobs"]
    assert isinstance(jobs, JobsPage)
    jobs.table.setColumnWidth(4, 171)
    jobs.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    jobs.tabs.setCurrentIndex(1)
    other = windows()
    again = splitter_of(other)
    qtbot.waitUntil(lambda: abs(again.sizes()[0] - moved[0]) <= 2)
    other.show_page("jobs")
    jobs = other.pages["jobs"]
    assert isinstance(jobs, JobsPage)
    assert jobs.table.columnWidth(4) == 171
    header = jobs.table.horizontalHeader()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (1, Qt.SortOrder.DescendingOrder)
    assert jobs.tabs.currentIndex() == 1


def test_a_window_that_nobody_touched_keeps_nothing(windows: Windows, context: Context) -> None:
    windows().remember()
    assert context.settings.values.arrangements == {}
    assert context.settings.values.geometry


def test_it_is_written_a_moment_after_the_change(
    windows: Windows, qtbot: QtBot, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "WAIT_MS", 20)
    monkeypatch.setattr(window_places, "WAIT_MS", 20)
    window = windows()
    window.show_page("accounts")
    accounts = window.pages["accounts"]
    accounts.findChildren(QTableView)[0].setColumnWidth(1, 222)
    qtbot.waitUntil(lambda: any(one.widths == {1: 222} for one in context.settings.values.arrangements.values()))
    window.resize(1000, 700)
    before = context.settings.values.geometry
    window.resize(1040, 720)
    qtbot.waitUntil(lambda: context.settings.values.geometry != before)


class Page(QWidget):
    """A page with one of each."""

    def __init__(self, columns: int = 3, tabs: int = 3, panes: int = 2) -> None:
        super().__init__()
        self.splitter, self.table, self.bar = QSplitter(Qt.Orientation.Vertical), QTableView(), QTabBar()
        self.model = QStandardItemModel(2, columns, self)
        self.table.setModel(self.model)
        self.table.setSortingEnabled(True)
        for number in range(tabs):
            self.bar.addTab(f"tab {number}")
        for _ in range(panes):
            self.splitter.addWidget(QWidget())
        column = QVBoxLayout(self)
        for widget in (self.bar, self.table, self.splitter):
            column.addWidget(widget)


KEPT = {
    "page//QSplitter0": Arrangement(sizes=(30, 90)),
    "page//QTableView0": Arrangement(widths={2: 150, 7: 90}, sort=2, descending=True),
    "page//QTabBar0": Arrangement(tab=2),
}


@pytest.mark.parametrize(
    ("columns", "tabs", "panes", "width", "tab"),
    [(3, 3, 2, 150, 2), (2, 2, 3, None, 0)],
    ids=["as before", "a page that was made anew"],
)
def test_what_does_not_fit_any_more_is_left_as_it_is_made(
    qtbot: QtBot, columns: int, tabs: int, panes: int, width: int | None, tab: int
) -> None:
    settings = SettingsHolder()
    settings.update(arrangements=KEPT)
    page = Page(columns, tabs, panes)
    qtbot.addWidget(page)
    follower = Remembered(settings, page)
    follower.follow("page", page)
    follower.follow("page", page)  # twice is once
    page.resize(300, 500)
    page.show()
    qtbot.waitExposed(page)
    assert page.bar.currentIndex() == tab
    if width is not None:
        assert page.table.columnWidth(2) == width
        qtbot.waitUntil(lambda: page.splitter.sizes()[1] > 2 * page.splitter.sizes()[0])
    else:
        assert page.table.horizontalHeader().sortIndicatorSection() != 2


def test_a_column_that_a_narrow_window_leaves_out_keeps_its_width(qtbot: QtBot) -> None:
    settings = SettingsHolder()
    settings.update(arrangements={"page//QTableView0": Arrangement(widths={1: 150})})
    page = Page()
    qtbot.addWidget(page)
    follower = Remembered(settings, page)
    follower.follow("page", page)
    page.table.setColumnHidden(1, True)
    page.table.setColumnWidth(2, 130)
    follower.keep()
    assert settings.values.arrangements == {"page//QTableView0": Arrangement(widths={1: 150, 2: 130})}
    page.table.setColumnHidden(1, False)
    follower.keep()
    assert settings.values.arrangements == {"page//QTableView0": Arrangement(widths={1: 150, 2: 130})}


def test_what_a_page_makes_anew_is_followed_anew(qtbot: QtBot) -> None:
    holder = SettingsHolder()
    page = QWidget()
    qtbot.addWidget(page)
    found = Remembered(holder, page)

    def make() -> tuple[QTableView, QTabBar]:
        table, tabs = QTableView(page), QTabBar(page)
        table.setModel(QStandardItemModel(1, 2, table))
        for title in ("one", "two"):
            tabs.addTab(title)
        return table, tabs

    table, tabs = make()
    found.follow("settings", page)
    table.setColumnWidth(0, 210)
    tabs.setCurrentIndex(1)
    found.keep()
    for gone in (table, tabs, QSplitter(page)):
        gone.deleteLater()
        QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete.value)
    found.keep()
    table, tabs = make()
    found.follow("settings", page)
    assert (table.columnWidth(0), tabs.currentIndex()) == (210, 1)
    table.setColumnWidth(0, 220)
    found.keep()
    assert [one.widths for one in holder.values.arrangements.values() if one.widths] == [{0: 220}]


def test_absurd_numbers_of_a_file_do_no_harm(qtbot: QtBot) -> None:
    settings = SettingsHolder()
    absurd = {
        "page//QSplitter0": Arrangement(sizes=(-5, 10**9)),
        "page//QTableView0": Arrangement(widths={0: -7, 1: 10**9}, sort=-3),
        "page//QTabBar0": Arrangement(tab=-4),
    }
    settings.update(arrangements=absurd)
    page = Page()
    qtbot.addWidget(page)
    Remembered(settings, page).follow("page", page)
    page.show()
    qtbot.waitExposed(page)
    least = page.table.horizontalHeader().minimumSectionSize()  # by the style and the font
    assert page.table.columnWidth(0) == max(remembered.LEAST_WIDTH, least)
    assert page.table.columnWidth(1) == remembered.MOST_WIDTH
    assert page.bar.currentIndex() == 0


def test_the_file_says_it_in_words(tmp_path: Path) -> None:
    holder = SettingsHolder(tmp_path)
    holder.update(arrangements=KEPT, places={"HDMI-1:1920x1080+0+0": "AAAA"})
    assert load(tmp_path).arrangements == KEPT
    assert '"sort"' in (tmp_path / "desktop.json").read_text()


def test_a_window_comes_back_to_where_it_stood_with_these_screens(
    windows: Windows, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens = "eDP-1:1440x900+0+0"
    monkeypatch.setattr(window_places, "screens_now", lambda: screens)
    window = windows()
    window.resize(900, 640)
    window.place.keep()
    home = window.height()
    screens = "HDMI-1:2560x1440+1440+0|eDP-1:1440x900+0+0"
    with qtbot.waitSignal(window.place.screens_changed):
        window.place.look()
    window.resize(900, 740)
    window.place.keep()
    assert len(context.settings.values.places) == 2
    screens = "eDP-1:1440x900+0+0"
    window.resize(900, 620)  # what the system makes of it when a screen goes
    window.place.keep()
    assert len(context.settings.values.places) == 2, "that is nobody's will"
    window.place.look()
    qtbot.waitUntil(lambda: window.height() == home)


def test_only_the_last_sets_of_screens_are_known(
    windows: Windows, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = windows()
    for number in range(window_places.SETS + 3):
        name = f"screen {number}"
        monkeypatch.setattr(window_places, "screens_now", lambda name=name: name)
        window.place.look()
        window.place.keep()
    assert list(context.settings.values.places) == [f"screen {number}" for number in range(3, window_places.SETS + 3)]


def test_a_maximized_window_is_maximized_again(windows: Windows, qtbot: QtBot) -> None:
    window = windows()
    window.showMaximized()
    qtbot.waitUntil(window.isMaximized)
    other = windows()
    assert other.isMaximized()


def test_a_place_that_is_no_place_is_passed_over(context: Context, windows: Windows) -> None:
    context.settings.update(geometry="no base64!", places={window_places.screens_now(): "%%%"})
    assert windows().isVisible()


def test_old_settings_have_neither() -> None:
    values = DesktopSettings()
    assert (values.places, values.arrangements) == ({}, {})
    assert QEvent.Type.Move in window_places.MOVES
