"""The menu of the tray: everything that the tray can do. Some desktops drop clicks on the icon, none drops its menu."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop.integration.plain_lines import one_line
from desktop.integration.tray_pictures import ROWS, TrayEntry, TrayPicture

LETTERS, SENTENCE = 48, 80
"""Most letters of a line that leads somewhere, and of the sentence that says how all is."""
MUTES = ("15min", "1h", "tomorrow", "always")
UNMUTE = "off"


def menu_words(words: str, most: int = LETTERS) -> str:
    """Return ``words`` as a menu shows them: on one line, cut, and without an underlined letter."""
    return one_line(words, most).replace("&", "&&")


class TrayMenu(QMenu):
    """Shows a :class:`TrayPicture`; its actions are made once, so that an open menu does not jump."""

    open_requested = Signal()
    inbox_requested = Signal()
    item_requested = Signal(int)
    account_requested = Signal(str)
    accounts_requested = Signal()
    mute_requested = Signal(str)
    """One of :data:`MUTES`, or :data:`UNMUTE`."""
    pause_all_requested = Signal(bool)
    """True: pause all accounts; False: resume them."""
    check_requested = Signal()
    lock_requested = Signal()
    settings_requested = Signal()
    autostart_requested = Signal(bool)
    """Start at login from now on, or no longer."""
    quit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._picture = TrayPicture()
        self._lockable = self._autostart_known = False
        self._open = self._add("open", self.open_requested.emit)
        self._state = self._add("state", self.open_requested.emit)
        self._state.setEnabled(False)
        self.addSeparator()
        self._items = [self._entry(f"item{n}", self._on_item) for n in range(ROWS)]
        self._all = self._add("inbox", self.inbox_requested.emit)
        self._below_items = self.addSeparator()
        self._accounts = [self._entry(f"account{n}", self._on_account) for n in range(ROWS)]
        self._more = self._add("accounts", self.accounts_requested.emit)
        self._below_accounts = self.addSeparator()
        self._quiet = self._add("quiet", self.open_requested.emit)
        self._quiet.setEnabled(False)
        self._unmute = self._add("unmute", partial(self.mute_requested.emit, UNMUTE))
        self.mutes = QMenu(self)
        self._mutes = {name: self._add(name, partial(self.mute_requested.emit, name), self.mutes) for name in MUTES}
        self._mute = self.addMenu(self.mutes)
        self._mute.setObjectName("mute")
        self._check = self._add("check", self.check_requested.emit)
        self._pause = self._add("pause", lambda: self.pause_all_requested.emit(not self._picture.all_paused))
        self.addSeparator()
        self._lock = self._add("lock", self.lock_requested.emit)
        self._settings = self._add("settings", self.settings_requested.emit)
        self._autostart = self.addAction("")
        self._autostart.setObjectName("autostart")
        self._autostart.setCheckable(True)
        self._autostart.triggered.connect(self.autostart_requested)
        self.addSeparator()
        self._quit = self._add("quit", self.quit_requested.emit)
        self.show_picture(self._picture)

    def show_picture(self, picture: TrayPicture) -> None:
        """Tell what is true now, in the language that is spoken now."""
        self._picture = picture
        self._tell_head(picture)
        self._tell_entries(picture)
        self._tell_switches(picture)

    def offer_lock(self, offered: bool) -> None:
        """The window can be locked."""
        self._lockable = offered
        self._tell_switches(self._picture)

    def offer_autostart(self, enabled: bool) -> None:
        """Show the switch for the start at login as it stands."""
        self._autostart_known = True
        self._autostart.setChecked(enabled)
        self._tell_switches(self._picture)

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self.show_picture(self._picture)

    # -- telling

    def _tell_head(self, picture: TrayPicture) -> None:
        unread = picture.unread
        self._open.setText(
            self.tr("Open Watchkeeper (%n unread)", "", unread) if unread else self.tr("Open Watchkeeper")
        )
        self._state.setText(menu_words(picture.sentence, SENTENCE))
        self._state.setVisible(bool(picture.sentence))
        self._settings.setText(self.tr("Settings…"))
        self._lock.setText(self.tr("Lock"))
        self._autostart.setText(self.tr("Start at login"))
        self._quit.setText(self.tr("Quit Watchkeeper"))

    def _tell_entries(self, picture: TrayPicture) -> None:
        shown = () if picture.locked else picture.items
        needing = () if picture.locked else picture.accounts
        self._fill(self._items, shown)
        self._fill(self._accounts, needing, self.tr("Sign in: {account}"))
        rest = picture.unread - len(shown)
        self._all.setText(self.tr("%n more unread", "", rest))
        self._all.setVisible(bool(shown) and rest > 0)
        self._more.setText(self.tr("%n more to sign in", "", picture.accounts_more))
        self._more.setVisible(bool(needing) and picture.accounts_more > 0)
        self._below_items.setVisible(bool(shown))
        self._below_accounts.setVisible(bool(needing))

    def _tell_switches(self, picture: TrayPicture) -> None:
        free = not picture.locked
        until = picture.quiet_until
        self._quiet.setText(
            self.tr("Do not disturb until {time} (quiet hours)").format(time=until)
            if until
            else self.tr("Do not disturb (quiet hours)")
        )
        self._quiet.setVisible(picture.quiet)
        muted = picture.muted_until
        self._unmute.setText(
            self.tr("Unmute (muted until {time})").format(time=muted) if muted else self.tr("Unmute (muted)")
        )
        self._unmute.setVisible(picture.muted and free)
        self.mutes.setTitle(self.tr("Mute"))
        words = {
            "15min": self.tr("For 15 minutes"),
            "1h": self.tr("For 1 hour"),
            "tomorrow": self.tr("Until tomorrow, 8:00"),
            "always": self.tr("Until I say so"),
        }
        for name, action in self._mutes.items():
            action.setText(words[name])
        self._pause.setText(self.tr("Resume all") if picture.all_paused else self.tr("Pause all"))
        self._check.setText(self.tr("Check now"))
        for action in (self._mute, self._pause, self._check):
            action.setVisible(free)
            action.setEnabled(picture.connected)
        self._unmute.setEnabled(picture.connected)
        for action in (self._pause, self._check):
            action.setEnabled(picture.connected and picture.watched > 0)
        self._lock.setVisible(self._lockable and free)
        self._settings.setVisible(free)
        self._autostart.setVisible(self._autostart_known and free)

    def _fill(self, actions: list[QAction], entries: tuple[TrayEntry, ...], form: str = "{account}") -> None:
        for number, action in enumerate(actions):
            entry = entries[number] if number < len(entries) else None
            action.setVisible(entry is not None)
            if entry is not None:
                action.setText(menu_words(form.format(account=entry.words)))
                action.setData(entry.key)

    # -- making

    def _add(self, name: str, act: Callable[[], object], menu: QMenu | None = None) -> QAction:
        action = (menu or self).addAction("")
        action.setObjectName(name)
        action.triggered.connect(lambda _checked=False: act())
        return action

    def _entry(self, name: str, act: Callable[[str], object]) -> QAction:
        action = self.addAction("")
        action.setObjectName(name)
        action.triggered.connect(lambda _checked=False: act(str(action.data())))
        return action

    def _on_item(self, key: str) -> None:
        self.item_requested.emit(int(key))

    def _on_account(self, key: str) -> None:
        self.account_requested.emit(key)
