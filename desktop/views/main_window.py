"""The window: sidebar, pages in a stack, shortcuts, messages. No business: pages and models have it."""

import base64
import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.screens import bounded, frame_of, keep_inside
from desktop.models.accounts import now_ms
from desktop.theme import app_icon
from desktop.views.accounts import AccountsPage
from desktop.views.alerts import AlertsPage
from desktop.views.banner import Banner
from desktop.views.boundary import guard
from desktop.views.inbox import InboxPage
from desktop.views.jobs import JobsPage
from desktop.views.logs import LogsPage
from desktop.views.page import MARGIN, Page
from desktop.views.restarts import Restarts
from desktop.views.rules import RulesPage
from desktop.views.schedules import SchedulesPage
from desktop.views.sidebar import Sidebar
from desktop.views.statistics import StatisticsPage
from desktop.views.toasts import ToastArea
from desktop.views.workers import AT_REST, WorkersPage
from master.api.client import ApiError
from master.api.schema import Recovery
from worker.protocol.states import AccountState

FIRST, LEAST = QSize(1180, 740), QSize(900, 600)
NARROW_BELOW = 1000
FRAME_MS = 100

log = logging.getLogger("watchkeeper.desktop")


class FailedPage(Page):
    """Stands in for a page that could not be made."""

    def __init__(self, context: Context, title: str, words: str) -> None:
        super().__init__(context, title)
        self.show_failure(self.tr("This page failed"), words)


class MainWindow(QMainWindow):
    """Made whole by its constructor; ``close_requested`` leaves the decision (hide or quit) to its owner."""

    close_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.pages: dict[str, Page] = {}
        self._closing = False
        self._comes = False
        self.setWindowTitle("Watchkeeper")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(LEAST)
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
        self._add_pages()
        self._add_shortcuts()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._on_second)
        self._timer.start()
        self._restarts = Restarts(context, self)
        self._restarts.notice.connect(self.toast)
        self._restore()
        self._on_counts()
        self._on_connection()

    # -- for the owner

    def show_page(self, name: str) -> None:
        """Show a page by its name, such as ``inbox`` or ``jobs``. Raises ``KeyError`` for one that is not there."""
        page = self.pages[name]
        self._stack.setCurrentWidget(page)
        self.sidebar.set_chosen(name)
        page.focus_first()
        self.context.settings.update(page=name)
        guard(name, page.tick, lambda error: self._fail(page, error))

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

    def open_worker(self, worker_id: str) -> None:
        """Show one worker in detail."""
        self.show_page("workers")
        page = self.pages["workers"]
        if isinstance(page, WorkersPage):
            page.open_worker(worker_id)

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
        return self.screen().availableGeometry()

    def remember(self) -> None:
        """Keep place and size in the settings."""
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        self.context.settings.update(geometry=geometry)

    def close_for_good(self) -> None:
        """Close without asking the owner."""
        self._closing = True
        self._timer.stop()
        self.close()

    # -- making

    def _add_pages(self) -> None:
        made: tuple[tuple[str, str, str, Callable[[], Page]], ...] = (
            ("inbox", "inbox", self.tr("Inbox"), lambda: InboxPage(self.context)),
            ("accounts", "accounts", self.tr("Accounts"), lambda: AccountsPage(self.context)),
            ("workers", "workers", self.tr("Workers"), lambda: WorkersPage(self.context)),
            ("jobs", "jobs", self.tr("Jobs"), lambda: JobsPage(self.context)),
            ("schedules", "schedules", self.tr("Schedules"), lambda: SchedulesPage(self.context)),
            ("statistics", "statistics", self.tr("Statistics"), lambda: StatisticsPage(self.context)),
            ("rules", "rules", self.tr("Rules"), lambda: RulesPage(self.context)),
            ("alerts", "alerts", self.tr("Alerts"), lambda: AlertsPage(self.context)),
            ("logs", "logs", self.tr("Logs"), lambda: LogsPage(self.context)),
        )
        keys_of = {one[0]: QKeySequence(f"Ctrl+{number}") for number, one in enumerate(made, 1)}
        rules = ("jobs", "statistics", "alerts")
        for name, icon, title, _make in made:  # all before the first page: Tab goes through them in this order
            if name in rules:
                self.sidebar.add_rule()
            self.sidebar.add_page(name, icon, title, keys_of[name].toString(QKeySequence.SequenceFormat.NativeText))
        for name, _icon, title, make in made:
            page = guard(name, make, partial(self._failed_page, title))
            self.pages[name] = page
            self._stack.addWidget(page)
            self._shortcut(keys_of[name], partial(self.show_page, name))
        self._connect_pages()

    def _connect_pages(self) -> None:
        inbox, accounts, workers = self.pages["inbox"], self.pages["accounts"], self.pages["workers"]
        if isinstance(inbox, InboxPage):
            inbox.account_wanted.connect(self.open_account)
            inbox.add_account_wanted.connect(self._on_add_account)
            inbox.job_wanted.connect(self.open_job)
            inbox.alert_wanted.connect(self.open_alert)
            inbox.notice.connect(self.toast)
        if isinstance(accounts, AccountsPage):
            accounts.model.settled.connect(self._on_counts)
            accounts.notice.connect(self.toast)
            accounts.offer.connect(self.toast)
        if isinstance(workers, WorkersPage):
            workers.account_wanted.connect(self.open_account)
            workers.logs_wanted.connect(self._on_logs_wanted)
            workers.notice.connect(self.toast)
            workers.model.settled.connect(self._on_counts)
        if isinstance(jobs := self.pages["jobs"], JobsPage):
            jobs.notice.connect(self.toast)
            jobs.worker_wanted.connect(self.open_worker)
            jobs.schedule_wanted.connect(self.open_schedule)
        if isinstance(statistics := self.pages["statistics"], StatisticsPage):
            statistics.account_wanted.connect(self.open_account)
        if isinstance(schedules := self.pages["schedules"], SchedulesPage):
            schedules.notice.connect(self.toast)
            schedules.job_wanted.connect(self.open_job)
        if isinstance(alerts := self.pages["alerts"], AlertsPage):
            alerts.worker_wanted.connect(self.open_worker)
            alerts.account_wanted.connect(self.open_account)
            alerts.workers_wanted.connect(partial(self.show_page, "workers"))
            alerts.model.settled.connect(self._on_counts)

    def _failed_page(self, title: str, error: Exception) -> Page:
        return FailedPage(self.context, title, str(error))

    def _add_shortcuts(self) -> None:
        self._shortcut(QKeySequence(QKeySequence.StandardKey.New), self._on_new)
        self._shortcut(QKeySequence(QKeySequence.StandardKey.Find), self._on_find)
        self._shortcut(QKeySequence("/"), self._on_find)
        self._shortcut(QKeySequence("F5"), self._on_check_now)
        self._shortcut(QKeySequence(QKeySequence.StandardKey.Close), self.close)

    def _shortcut(self, keys: QKeySequence, act: Callable[[], object]) -> None:
        shortcut = QShortcut(keys, self)
        shortcut.activated.connect(act)

    def _connect(self) -> None:
        models = self.context.models
        self.sidebar.page_chosen.connect(self.show_page)
        models.connection_changed.connect(self._on_connection)
        models.status_changed.connect(self._on_connection)
        models.settings_changed.connect(self._on_connection)
        models.accounts.settled.connect(self._on_connection)
        models.unread_changed.connect(self._on_counts)
        models.status_changed.connect(self._on_counts)
        models.recovered.connect(self._on_recovered)

    def _restore(self) -> None:
        values = self.context.settings.values
        if values.geometry:
            try:
                self.restoreGeometry(QByteArray(base64.b64decode(values.geometry)))
            except ValueError as error:  # a file that somebody has written in: the window opens where it first did
                log.info("the place of the window cannot be read: %s", error)
            self._stay_on_screen()
        self.show_page(values.page if values.page in self.pages else "inbox")

    def _stay_on_screen(self) -> None:
        """What was remembered may be larger than the screen of today, and a frame is known only once it is drawn."""
        if self.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
            return
        available = self.available()
        self.resize(bounded(self.size(), available, frame_of(self)))
        keep_inside(self, available)

    # -- what happens

    def _focus_page(self) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, Page):
            page.focus_first()

    def _on_second(self) -> None:
        if self.isVisible() and not self.isMinimized():
            page = self._stack.currentWidget()
            if isinstance(page, Page):
                guard(page.name, page.tick, lambda error: self._fail(page, error))

    def _fail(self, page: Page, error: Exception) -> None:
        page.show_failure(self.tr("This page failed"), str(error))

    def _on_counts(self) -> None:
        models, buttons = self.context.models, self.sidebar.buttons
        buttons["inbox"].set_badge(models.unread, "unread")
        needing = models.accounts.counts()[AccountState.LOGIN_NEEDED]
        buttons["accounts"].set_badge(needing, "bad")
        problems = models.workers.problems()
        buttons["workers"].set_badge(problems or models.workers.total, "bad" if problems else "plain")
        counts = models.status.jobs if models.status is not None else None
        buttons["jobs"].set_badge(counts.pending + counts.running if counts is not None else 0, "plain")
        buttons["alerts"].set_badge(models.alerts.counts()[1], "bad")

    def _on_recovered(self, report: Recovery) -> None:
        """One line after a start that had something to repair, or after an end that nobody asked for."""
        said = [self.context.wording.say(one.text) for one in report.repairs if one.repaired]
        if report.clean:
            if said:
                self.toast(self.tr("Put in order at the start"), " · ".join(said))
            return
        accounts = self.context.models.accounts.values()
        watched = sum(row.state not in AT_REST for row in accounts) if self.context.models.workers.places()[1] else 0
        if watched:
            said.insert(0, self.tr("%n account(s) are watched again", "", watched))
        self.toast(self.tr("Watchkeeper ended without warning"), " · ".join(said))

    def _on_connection(self) -> None:
        models, wording = self.context.models, self.context.wording
        words, level = "", "bad"
        if not models.connected and models.restart_words:
            words, level = models.restart_words, "warn"
        elif not models.connected and models.connection_reason:
            words = self.tr("The master does not answer ({reason}). What you see may be old; trying again…").format(
                reason=models.connection_reason
            )
        elif models.status is not None and models.status.vault != "ok":
            words = wording.say(models.status.vault_reason)
            words = words or self.tr("Credentials cannot be stored: there is no keyring.")
            if not any(row.has_credentials for row in models.accounts.values()):
                level = "warn"
        self.banner.say(words, level)
        muted = models.settings.muted_until_at if models.settings is not None else None
        foot = [self.tr("Master running") if models.connected else self.tr("No master"), self.context.address]
        if muted is not None and muted > now_ms():
            foot.append(self.tr("muted until {time}").format(time=wording.clock(muted, now_ms())))
        shape, tone = ("dot", "ok") if models.connected else ("triangle", "bad")
        self.sidebar.set_master(shape, tone, " · ".join(part for part in foot if part), muted=len(foot) > 2)

    def _on_new(self) -> None:
        """What the page makes; an account where it makes nothing."""
        page = self._stack.currentWidget()
        if not (isinstance(page, Page) and page.add()):
            self._on_add_account()

    def _on_add_account(self) -> None:
        self.show_page("accounts")
        page = self.pages["accounts"]
        if isinstance(page, AccountsPage):
            page.add_account()

    def _on_logs_wanted(self, source: str) -> None:
        self.show_page("logs")
        page = self.pages["logs"]
        if isinstance(page, LogsPage):
            page.show_source(source)

    def _on_find(self) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, Page) and page.search is not None:
            page.search.setFocus()
            page.search.selectAll()

    def _on_check_now(self) -> None:
        page = self.pages["accounts"]
        if isinstance(page, AccountsPage):
            page.check_now(chosen_only=self._stack.currentWidget() is page)

    # -- Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Icons only in a narrow window."""
        super().resizeEvent(event)
        self.sidebar.set_narrow(self.width() < NARROW_BELOW)

    def showEvent(self, event: QShowEvent) -> None:
        """The frame is drawn a moment after this."""
        super().showEvent(event)
        QTimer.singleShot(FRAME_MS, self, self._stay_on_screen)

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
