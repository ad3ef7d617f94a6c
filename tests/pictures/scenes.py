"""Everything that a person can see of the window, one scene after another: pages, sections of settings, dialogs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, QEvent, QLocale, QRect, QTimer, QTranslator
from PySide6.QtWidgets import QApplication, QDialog, QTabBar, QWidget

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.account_history import AccountHistoryDialog
from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.bulk_dialog import BulkDialog
from desktop.dialogs.context import Context
from desktop.dialogs.credential_dialog import CredentialDialog
from desktop.dialogs.delete_dialog import DeleteDialog
from desktop.dialogs.groups_dialog import GroupDialog, GroupsDialog
from desktop.dialogs.import_dialog import ImportDialog
from desktop.dialogs.job_dialog import JobDialog
from desktop.dialogs.moment_dialog import DaysDialog, MomentDialog
from desktop.dialogs.move_dialogs import MoveOutDialog
from desktop.dialogs.passphrase_dialogs import PassphraseDialog
from desktop.dialogs.proxies_dialog import ProxyDialog
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.quit_dialog import QuitDialog
from desktop.dialogs.recovery_dialog import RecoveryDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.dialogs.sign_in_dialog import SignInDialog
from desktop.dialogs.token_dialog import TokenDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.views.lock_screen import LockScreen
from desktop.views.main_window import MainWindow
from desktop.views.settings_sections import SettingsSections
from desktop.words import install_translators
from master.api.workers import EXTERNAL
from tests.pictures.dialog_rows import CHALLENGES, joining, move_in, rebalance, sign_in, support_bundle
from tests.pictures.machine_rows import make_config
from tests.pictures.moments import HOUR
from tests.pictures.worlds import make_world
from tests.unit.desktop.fakes import NOW

TURNS = 4
"""Rounds of Qt's loop after which a window stands still: layouts ask for layouts."""

MOMENT_MS = 500
"""What a window puts off so long is done at once here."""

MakeDialog = Callable[[Context, QWidget], QDialog]
Visit = Callable[[str, QWidget], None]


def _chosen(platform: str) -> MakeDialog:
    def make(context: Context, parent: QWidget) -> QDialog:
        dialog = AccountDialog(context, parent=parent)
        dialog.choose(platform)
        return dialog

    return make


def _account(context: Context, account_id: str = "a1") -> object:
    return context.models.accounts.get(account_id)


DIALOGS: dict[str, MakeDialog] = {
    "add-account": lambda context, parent: AccountDialog(context, parent=parent),
    "add-mailbox": _chosen("imap"),
    "edit-account": lambda context, parent: AccountDialog(context, context.models.accounts.get("a1"), parent),
    "sign-in": lambda context, parent: SignInDialog(context, context.models.accounts.get("a2"), parent),  # type: ignore[arg-type]
    "history": lambda context, parent: AccountHistoryDialog(context, context.models.accounts.get("a1"), parent),  # type: ignore[arg-type]
    "assign": lambda context, parent: AssignDialog(context, list(context.models.accounts.values())[:1], parent),
    "bulk": lambda context, parent: BulkDialog(context, list(context.models.accounts.values())[:3], parent),
    "delete": lambda context, parent: DeleteDialog(context, list(context.models.accounts.values())[:2], parent),
    "groups": GroupsDialog,
    "group": lambda context, parent: GroupDialog(context, context.models.inbox.groups["g1"], parent),
    "import": ImportDialog,
    "export": MoveOutDialog,
    "proxy": lambda context, parent: ProxyDialog(context, None, parent),
    "worker": lambda context, parent: WorkerDialog(context, make_config(), parent),
    "worker-elsewhere": lambda context, parent: WorkerDialog(context, make_config("attic", EXTERNAL), parent),
    "join": joining,
    "new-job": lambda context, parent: JobDialog(context, parent=parent),
    "job": lambda context, parent: JobDialog(context, "command", parent=parent),
    "schedule": lambda context, parent: ScheduleDialog(context, context.models.schedules.get("s1"), parent),
    "credential": lambda context, parent: CredentialDialog(context, None, parent),
    "rule": lambda context, parent: RuleDialog(context, context.models.telling.rules.get("r0"), parent),
    "quiet-hours": QuietDialog,
    "snooze-until": lambda context, parent: MomentDialog(
        context, QCoreApplication.translate("SnoozeMenu", "Snooze until"),
        QCoreApplication.translate("SnoozeMenu", "Snooze"), NOW + HOUR, parent,
    ),
    "days": lambda context, parent: DaysDialog(context, QDate(2026, 9, 1), QDate(2026, 9, 21), parent),
    "token": TokenDialog,
    "passphrase": lambda context, parent: PassphraseDialog(context, context.lock, parent),  # type: ignore[arg-type]
    "quit": lambda context, parent: QuitDialog(context, list(context.models.jobs.values())[:2], parent),
    **{f"sign-in-{kind}": partial(sign_in, kind) for kind in CHALLENGES},
    "rebalance": rebalance,
    "move-in": move_in,
    "bundle": support_bundle,
    "last-start": lambda context, parent: RecoveryDialog(context, context.models.recovery, parent),  # type: ignore[arg-type]
}  # fmt: skip
"""The main dialogs, each as it opens."""


class ShownWindow(MainWindow):
    """The window on a screen that is as large as it wants: what it measures is the offscreen display's."""

    def available(self) -> QRect:
        return QRect(0, 0, 4096, 4096)


class Stage:
    """A window on the fixed world, and a walk through all of it."""

    def __init__(self, app: QApplication, language: str, mode: str, size: tuple[int, int] = (1180, 740)) -> None:
        self._app = app
        self.context = make_world(app, language, mode)
        self.context.theme.apply()
        self.context.settings.update(welcomed=True, language=language, color_scheme=mode)
        self.window = ShownWindow(self.context)
        self.window._timer.stop()  # a second goes by when the walk says so
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        self.settle()

    def settle(self) -> None:
        """Let the window come to rest: what waits for a moment has waited."""
        self._app.processEvents()
        for one in (self.window, self.context.models):
            for timer in one.findChildren(QTimer):
                if timer.isActive() and timer.isSingleShot() and timer.interval() <= MOMENT_MS:
                    timer.stop()
                    timer.timeout.emit()
        for _turn in range(TURNS):
            self._app.processEvents()

    def let_seconds_pass(self) -> None:
        """Two of them: pages make and load some of what they show a moment after they are seen."""
        for _second in range(2):
            page = self.window.current
            if page is not None:
                page.tick()
            self.settle()

    def close(self) -> None:
        """Take everything down."""
        self.window.close_for_good()
        self.window.deleteLater()
        self.context.models.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def walk(self, visit: Visit, only: frozenset[str] = frozenset()) -> None:
        """Call ``visit`` with the name of each scene and what shows it; ``only``: these scenes, all when empty.

        The others are gone through all the same: what a page was scrolled to stays.
        """
        for name in self.names():
            self.visit(name, visit if not only or name in only else lambda _name, _shown: None)

    def names(self) -> list[str]:
        """Return the names of all scenes."""
        return [*self.pages(), *self.sections(), *self.dialogs(), *self.overlays()]

    def pages(self) -> list[str]:
        """Return the scenes of pages; an inner tab is one of its own."""
        tabs = [
            "inbox-notifications",
            "workers-assignments",
            "worker",
            "jobs-statistics",
            "jobs-resources",
            "jobs-runners",
        ]
        return [*(name for name in self.window.pages if name not in ("settings", "welcome")), *tabs, "welcome"]

    def sections(self) -> list[str]:
        """Return the scenes of settings."""
        return [f"settings-{entry.name}" for entry in SettingsSections().entries()]

    def dialogs(self) -> list[str]:
        """Return the scenes of dialogs."""
        return [f"dialog-{name}" for name in DIALOGS]

    def overlays(self) -> list[str]:
        """Return the scenes of what lies above a page."""
        return ["palette", "shortcuts", "message", "banner", "lock"]

    def visit(self, name: str, visit: Visit) -> None:
        """Show one scene and call ``visit`` with it."""
        if name.startswith("dialog-"):
            dialog = DIALOGS[name.removeprefix("dialog-")](self.context, self.window)
            self._over(name, dialog, visit)
        elif name.startswith("settings-"):
            self.window.open_settings(name.removeprefix("settings-"))
            self.settle()
            visit(name, self.window)
        elif name in self.overlays():
            getattr(self, f"_{name}")(name, visit)
        else:
            self._show(name)
            self.let_seconds_pass()
            visit(name, self.window)

    def _show(self, name: str) -> None:
        if name == "welcome":
            self.window.welcoming.show()
            return
        if name == "worker":
            self.window.open_worker("local-2")
            return
        if name in CHOSEN:
            open_one, wanted = CHOSEN[name]
            getattr(self.window, open_one)(wanted)
        page, _dash, tab = name.partition("-")
        self.window.show_page(page)
        if page in TABBED:
            choose_tab(self.window.pages[page], TABBED[page].index(tab))

    def _over(self, name: str, dialog: QDialog, visit: Visit) -> None:
        dialog.open()
        self.settle()
        visit(name, dialog)
        dialog.reject()
        dialog.deleteLater()
        QCoreApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete.value)
        self.settle()

    def _palette(self, name: str, visit: Visit) -> None:
        self.window.show_page("accounts")
        self.window.commands.open_palette()
        self.settle()
        palette = self.window.commands.palette
        assert palette is not None
        visit(name, palette)
        palette.reject()
        self.settle()

    def _shortcuts(self, name: str, visit: Visit) -> None:
        from desktop.views.shortcut_sheet import ShortcutSheet

        self.window.commands.open_sheet()
        self.settle()
        sheet = self.window.findChild(ShortcutSheet)
        assert sheet is not None
        visit(name, sheet)
        sheet.reject()
        self.settle()

    def _message(self, name: str, visit: Visit) -> None:
        self.window.show_page("accounts")
        self.window.toast(*TOLD[self.context.wording.language], "bad")
        self.settle()
        visit(name, self.window)
        for toast in self.window.toasts.toasts:
            toast.leave()
        self.settle()

    def _banner(self, name: str, visit: Visit) -> None:
        self.window.show_page("accounts")
        self.context.bridge.connection_changed.emit(False, "127.0.0.1:3000")
        self.settle()
        visit(name, self.window)
        self.context.bridge.connection_changed.emit(True, "")
        self.settle()

    def _lock(self, name: str, visit: Visit) -> None:
        assert self.context.lock is not None
        screen = LockScreen(self.context.lock, self.context.theme, self.context.run, self.window)
        screen.show()
        screen.raise_()
        self.settle()
        visit(name, self.window)
        screen.hide()
        screen.deleteLater()
        self.settle()


TOLD = {"en": ("Invoice 2291", "wrong address"), "zh_CN": ("发票 2291", "地址有误")}
CHOSEN: dict[str, tuple[str, str | int]] = {
    "inbox": ("open_item", 9),
    "accounts": ("open_account", "a2"),
    "jobs": ("open_job", "j4"),
    "schedules": ("open_schedule", "s1"),
    "alerts": ("open_alert", 2),
}
"""What is chosen on a page: how the window opens it, and which."""
TABBED: dict[str, list[str]] = {
    "inbox": ["", "notifications"],
    "workers": ["", "assignments"],
    "jobs": ["", "statistics", "resources", "runners"],
}


def choose_tab(page: QWidget, index: int) -> None:
    """Show an inner tab of a page."""
    tabs: QTabBar = page.tabs  # type: ignore[attr-defined]
    tabs.setCurrentIndex(index)


@contextmanager
def speaking(app: QApplication, language: str) -> Iterator[list[QTranslator]]:
    """Install the catalogues of a language while the block runs."""
    usual = QLocale()
    translators = install_translators(app, language)
    try:
        yield translators
    finally:
        for translator in translators:
            app.removeTranslator(translator)
        QLocale.setDefault(usual)


def grab(path: Path) -> Visit:
    """Return a visit that writes each scene into a folder."""
    return lambda name, shown: bool(shown.grab().save(str(path / f"{name}.png"))) and None
