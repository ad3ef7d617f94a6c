"""The two tabs of the Accounts page: the accounts, and who is signing in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.views.logins import LoginsPanel

ACCOUNTS, LOGINS = range(2)


class AccountTabs(QWidget):
    """``card`` holds the table of accounts, ``panel`` stands below it for the chosen one."""

    accounts_shown = Signal(bool)
    """Whether the accounts are shown now."""

    def __init__(self, context: Context, card: QFrame, panel: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Accounts or sign-ins"))
        self.tabs.addTab(self.tr("Accounts"))
        self.tabs.addTab(self.tr("Sign-ins"))
        self._views = QStackedWidget(self)
        watched = QWidget(self._views)
        inside = QVBoxLayout(watched)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(card, 1)
        inside.addWidget(panel)
        panel.hide()
        self.logins = LoginsPanel(context, self._views)
        self._views.addWidget(watched)
        self._views.addWidget(self.logins)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.tabs)
        layout.addWidget(self._views, 1)
        self.tabs.currentChanged.connect(self._on_tab)
        self.logins.counted.connect(self._on_counted)

    @property
    def on_accounts(self) -> bool:
        """The accounts are shown."""
        return self.tabs.currentIndex() == ACCOUNTS

    def show_accounts(self) -> None:
        """Show the accounts."""
        self.tabs.setCurrentIndex(ACCOUNTS)

    def show_logins(self) -> None:
        """Show who is signing in."""
        self.tabs.setCurrentIndex(LOGINS)

    def _on_tab(self, tab: int) -> None:
        self._views.setCurrentIndex(tab)
        self.accounts_shown.emit(tab == ACCOUNTS)

    def _on_counted(self, count: int) -> None:
        title = self.tr("Sign-ins")
        self.tabs.setTabText(LOGINS, f"{title} ({self._context.wording.number(count)})" if count else title)
