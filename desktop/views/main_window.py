"""The window: sidebar, pages in a stack, shortcuts, messages. No business: pages and models have it."""

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.screens import available_to, bounded, frame_of, keep_inside
from desktop.theme import app_icon
from desktop.views.accounts import AccountsPage
from desktop.views.actions import key_words
from desktop.views.alerts import AlertsPage
from desktop.views.banner import Banner
from desktop.views.boundary import failed_page, guard
from desktop.views.commands import Commands
from desktop.views.inbox import InboxPage
from desktop.views.installed_news import InstalledNews
from desktop.views.jobs import JobsPage
from desktop.views.logs import LogsPage
from desktop.views.made_pages import MadePages
from desktop.views.page import MARGIN, Page
from desktop.views.page_links import connect_page
from desktop.views.page_table import PageEntry, PageTable
from desktop.views.remembered import Remembered
from desktop.views.restarts import Restarts
from desktop.views.schedules import SchedulesPage
from desktop.views.settings import SettingsPage
from desktop.views.shortcuts import page_keys
from desktop.views.sidebar import Sidebar
from desktop.views.toasts import ToastArea
from desktop.views.update_news import UpdateNews
from desktop.views.welcoming import Welcoming
from desktop.views.window_places import WindowPlace
from desktop.views.window_signs import WindowSigns
from desktop.views.workers import WorkersPage
from master.api.client import ApiError

FIRST, LEAST = QSize(1180, 740), QSize(900, 600)
NARROW_BELOW = 1000
FRAME_MS = 100
FIRST_PAGE_MS, NEXT_PAGE_MS = 700, 60
"""After the window was shown, and between two pages, until the next page is made ahead of being wanted."""

log = logging.getLogger("watchkeeper.desktop")


class FailedPage(Page):
    """Stands in for a page that could not be made; *Try again* makes it."""

    again_wanted = Signal()

    def __init__(self, context: Context, title: str, words: str) -> None:
        super().__init__(context, title)
        self.show_failure(self.tr("This page failed"), words)

    def renew(self) -> None:
        """Ask for the page itself."""
        self.again_wanted.emit()


class MainWindow(QMainWindow):
    """Made whole by its constructor; ``close_requested`` leaves the decision (hide or quit) to its owner."""

    close_requested = Signal()
    quit_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.pages = MadePages(PageTable().entries(), self._make_page)
        self._closing = self._comes = False
        self.setWindowTitle("Watchkeeper")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(bounded(LEAST, self.available(), frame_of(self)))
        self.resize(bounded(FIRST, self.available(), frame_of(self)))
        whole = QWidget(self)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.sidebar = Sidebar(context.theme, whole)
        self.banner = Banner(context.theme, whole)
        self._stack = QStackedWidget(whole)
        column = QVBoxLayout()
        column.setSpacing(0)
        around = QHBoxLayout()
        around.setContentsMargins(MARGIN, 12, MARGIN, 0)
        around.addWidget(self.banner)
        self.banner.shown.connect(lambda there: around.setContentsMargins(MARGIN, 12 if there else 0, MARGIN, 0))
        column.addLayout(around)
        column.addWidget(self._stack, 1)
        row.addWidget(self.sidebar)
        row.addLayout(column, 1)
        self.setCentralWidget(whole)
        self.toasts = ToastArea(context.theme, whole)
        self.toasts.aside, self.toasts.pushed = self.sidebar, column
        for part in (self.sidebar, self.banner, self.toasts):
            context.theme.dress(part)
        self._add_pages()
        self.commands = Commands(self, self)
        self.sidebar.page_chosen.connect(self.show_page)
        self.signs = WindowSigns(context, self.sidebar, self.banner, self)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._on_second)
        self._timer.start()
        self._restarts = Restarts(context, self)
        self._update_news = UpdateNews(context, partial(self.open_settings, "about"), self)
        self._installed_news = InstalledNews(self)
        for source in (self.signs, self._restarts, self._update_news, self._installed_news):
            source.notice.connect(self.toast)
        self.place = WindowPlace(self, context.settings)
        self.place.screens_changed.connect(self._stay_on_screen)
        self.remembered = Remembered(context.settings, self)
        self._restore()
        self.welcoming = Welcoming(context, self, next(iter(self.pages)), self)
        self.welcoming.notice.connect(self.toast)

    # -- for the owner

    def show_page(self, name: str) -> None:
        """Show a page by its name, such as ``inbox`` or ``jobs``. Raises ``KeyError`` for one that is not there."""
        page = self.pages[name]
        self.remembered.follow(name, page)  # before it is seen; pages that nobody looks at cost nothing
        self._stack.setCurrentWidget(page)
        self.sidebar.set_chosen(name)
        self.commands.visited(name)
        page.focus_first()
        self.context.settings.update(page=name)
        guard(name, page.tick, lambda error: self._fail(page, error))

    @property
    def current(self) -> Page | None:
        """The page that is shown."""
        page = self._stack.currentWidget()
        return page if isinstance(page, Page) else None

    def ask_to_quit(self) -> None:
        """Leave the decision to the owner."""
        self.quit_requested.emit()

    def open_item(self, item_id: int) -> None:
        """Show one item in the inbox."""
        self.show_page("inbox")
        page = self.pages["inbox"]
        if isinstance(page, InboxPage):
            page.open_item(item_id)

    def open_alert(self, alert_id: int) -> None:
        """Show one alert."""
        self.show_page("alerts")
        page = self.pages["alerts"]
        if isinstance(page, AlertsPage):
            page.choose(alert_id)

    def open_account(self, account_id: str) -> None:
        """Show one account."""
        self.show_page("accounts")
        page = self.pages["accounts"]
        if isinstance(page, AccountsPage):
            page.choose(account_id)

    def open_job(self, job_id: str) -> None:
        """Show one job."""
        self.show_page("jobs")
        page = self.pages["jobs"]
        if isinstance(page, JobsPage):
            page.open_job(job_id)

    def open_schedule(self, schedule_id: str) -> None:
        """Show one schedule."""
        self.show_page("schedules")
        page = self.pages["schedules"]
        if isinstance(page, SchedulesPage):
            page.choose(schedule_id)

    def open_settings(self, section: str, setting: str = "") -> None:
        """Show a section of the settings, and one setting in it."""
        self.show_page("settings")
        page = self.pages["settings"]
        if isinstance(page, SettingsPage):
            page.open_section(section, setting)

    def open_worker(self, worker_id: str) -> None:
        """Show one worker in detail."""
        self.show_page("workers")
        page = self.pages["workers"]
        if isinstance(page, WorkersPage):
            page.open_worker(worker_id)

    def add_page(self, page: Page) -> None:
        """Take a page that does not stand in the sidebar."""
        self.pages.put(page.name, page)
        self._stack.addWidget(page)

    def add_account(self) -> None:
        """Open the dialog that makes an account."""
        self.show_page("accounts")
        page = self.pages["accounts"]
        if isinstance(page, AccountsPage):
            page.add_account()

    def open_logs(self, source: str) -> None:
        """Show the lines of one worker, or of the master."""
        self.show_page("logs")
        page = self.pages["logs"]
        if isinstance(page, LogsPage):
            page.show_source(source)

    def toast(
        self,
        title: str,
        body: str = "",
        level: str = "info",
        action: tuple[str, Callable[[], None]] | None = None,
        *,
        merge: bool = True,
    ) -> None:
        """Show a short message; ``bad`` stays until it is closed. ``merge``: not twice what stands there already."""
        self.toasts.add(title, body, level, action, merge=merge)

    def toast_item(self, title: str, body: str, account_id: str, action: tuple[str, Callable[[], None]]) -> None:
        """Show that an item is new; of many at once only how many, and that opens the inbox."""
        self.toasts.add_item(title, body, account_id, action, (self.tr("Open"), partial(self.show_page, "inbox")))

    def show_error(self, error: BaseException) -> None:
        """Tell of what a task ended with: the master's sentence, or that something failed in here."""
        if isinstance(error, ApiError):
            words = list(self.context.field_errors(error).values())
            self.toast(self.context.wording.refusal(error), "\n".join(words), "bad")
        elif (page := failed_page(error, self.pages.made())) is not None:
            self._fail(page, error)
        else:
            self.toast(
                self.tr("Something failed in this window"),
                self.tr("It goes on. What happened stands in the log."),
                "bad",
            )

    def come_forward(self) -> None:
        """Show, unminimize, raise."""
        self._comes = not self.isActiveWindow()
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        if QGuiApplication.platformName() != "offscreen":  # where there is nothing to raise above
            self.raise_()
        self.activateWindow()
        self._focus_page()

    def available(self) -> QRect:
        """Return the part of the screen that panels leave free."""
        return available_to(self)

    def remember(self) -> None:
        """Keep place and size, and what was arranged in the pages, in the settings."""
        self.place.keep()
        self.remembered.keep()

    def close_for_good(self) -> None:
        """Close without asking the owner."""
        self._closing = True
        self._timer.stop()
        self.close()

    # -- making

    def _add_pages(self) -> None:
        # All before the first page: Tab goes through them in this order.
        for number, entry in enumerate(PageTable().entries(), 1):
            if entry.rule:
                self.sidebar.add_rule()
            keys = key_words(page_keys(number))
            self.sidebar.add_page(entry.name, entry.icon, entry.title, keys, foot=entry.foot)

    def _make_page(self, entry: PageEntry) -> Page:
        page = guard(entry.name, partial(entry.make, self.context), partial(self._failed_page, entry))
        self._stack.addWidget(page)
        connect_page(self, page)
        return page

    def _make_next(self) -> None:
        """One page after the other, while nothing else is to be done: none is waited for when it is wanted."""
        name = self.pages.unmade()
        if name is not None and not self._closing:
            self.pages[name]
            QTimer.singleShot(NEXT_PAGE_MS, self, self._make_next)

    def _failed_page(self, entry: PageEntry, error: Exception) -> Page:
        page = FailedPage(self.context, entry.title, str(error))
        page.again_wanted.connect(partial(self._make_again, entry), Qt.ConnectionType.QueuedConnection)
        return page

    def _make_again(self, entry: PageEntry) -> None:
        """A page that could not be made is tried once more, in its place."""
        before = self.pages[entry.name]
        seen = self._stack.currentWidget() is before
        self.pages.put(entry.name, self._make_page(entry))
        if seen:
            self.show_page(entry.name)
        self._stack.removeWidget(before)
        before.deleteLater()

    def _restore(self) -> None:
        values = self.context.settings.values
        if self.place.restore():
            self._stay_on_screen()
        wanted = values.page if values.start_page == "last" else values.start_page
        self.show_page(wanted if wanted in self.pages else "overview")

    def _stay_on_screen(self) -> None:
        """What was remembered may be larger than the screen of today, and a frame is known only once it is drawn."""
        if self.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
            return
        available = self.available()
        if (least := bounded(LEAST, available, frame_of(self))) != self.minimumSize():
            self.setMinimumSize(least)
        self.resize(bounded(self.size(), available, frame_of(self)))
        keep_inside(self, available)

    # -- what happens

    def _focus_page(self) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, Page):
            page.focus_first()

    def _on_second(self) -> None:
        self.place.look()
        if self.isVisible() and not self.isMinimized():
            page = self._stack.currentWidget()
            if isinstance(page, Page):
                guard(page.name, page.tick, lambda error: self._fail(page, error))

    def _fail(self, page: Page, error: BaseException) -> None:
        page.show_failure(self.tr("This page failed"), str(error))

    # -- Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Icons only in a narrow window."""
        super().resizeEvent(event)
        self.sidebar.set_narrow(self.width() < NARROW_BELOW)

    def showEvent(self, event: QShowEvent) -> None:
        """The frame is drawn a moment after this."""
        super().showEvent(event)
        QTimer.singleShot(FRAME_MS, self, self._stay_on_screen)
        QTimer.singleShot(FIRST_PAGE_MS, self, self._make_next)

    def event(self, event: QEvent) -> bool:
        """When a dialog has closed, its page goes on. A window that comes forward gets its focus from Qt: not here."""
        comes = event.type() == QEvent.Type.WindowActivate and self._comes
        if comes or event.type() == QEvent.Type.WindowUnblocked:
            self._comes = False
            QTimer.singleShot(0, self, self._focus_page)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the owner."""
        if self._closing:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()
