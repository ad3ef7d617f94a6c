"""What can be done with the item that is read."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from desktop.integration.links import safe_url
from desktop.theme import IconBinding, Theme
from desktop.words import plain_tip


class ItemButtons(QWidget):
    """Buttons for the usual, a menu for the rest; their keys stand beside them."""

    copy_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.open = QPushButton(self.tr("Open link"), self)
        self.open.setProperty("kind", "primary")
        self.read = QPushButton(self)
        self.snooze = QPushButton(self.tr("Snooze…"), self)
        self.snooze.setToolTip(self.tr("Tell it again later, or hold what else comes of its account") + " (S)")
        self.more = QToolButton(self)
        self.more.setAccessibleName(self.tr("More"))
        self.more.setToolTip(self.tr("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        IconBinding(theme, self.more, "more")
        menu = QMenu(self)
        self.copy_text = menu.addAction(self.tr("Copy text") + "\tC", self.copy_wanted.emit)
        self.copy_link = menu.addAction(self.tr("Copy link"))
        self.copy_place = menu.addAction(self.tr("Copy link to here"))
        self.account = menu.addAction(self.tr("Show account"), self.account_wanted.emit)
        self.more.setMenu(menu)
        for button in (self.open, self.read, self.snooze, self.more):
            row.addWidget(button)
        row.addStretch(1)

    def show_for(self, url: str, *, read: bool, account: bool) -> None:
        """Show what fits an item with this link, read or not, whose account is there or not."""
        link = safe_url(url)
        self.open.setVisible(link is not None)
        self.open.setToolTip(plain_tip(f"{link.toDisplayString()} (O)") if link is not None else "")
        self.copy_link.setVisible(link is not None)
        self.read.setText(self.tr("Mark unread") if read else self.tr("Mark read"))
        self.read.setToolTip(f"{self.read.text()} (U)")
        self.account.setVisible(account)
