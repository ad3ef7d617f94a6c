"""The three ways to begin."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context

ICON = 28


class WayCard(QFrame):
    """One way to begin."""

    def __init__(
        self, context: Context, icon: str, title: str, words: str, button: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._icon_name = context, icon
        self.setProperty("kind", "card")
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        self._icon = PlainLabel(self)
        name = PlainLabel(title, self)
        name.setProperty("kind", "heading")
        text = PlainLabel(words, self)
        text.setProperty("kind", "muted")
        text.setWordWrap(True)
        self.button = QPushButton(button, self)
        self.button.setAccessibleDescription(words)
        layout.addWidget(self._icon)
        layout.addWidget(name)
        layout.addWidget(text, 1, Qt.AlignmentFlag.AlignTop)
        layout.addSpacing(8)
        layout.addWidget(self.button)
        context.theme.changed.connect(self._draw)
        self._draw()

    def add_link(self, link: QPushButton) -> None:
        """Put a second way above the button: those of all cards stand in one line."""
        self._layout.insertWidget(self._layout.indexOf(self.button), link)

    def _draw(self) -> None:
        self._icon.setPixmap(self._context.theme.icon(self._icon_name, "accent").pixmap(QSize(ICON, ICON)))


class WelcomeWays(QScrollArea):
    """A card for each way; *Not now* below them."""

    add_wanted = Signal()
    import_wanted = Signal()
    demo_wanted = Signal()
    move_wanted = Signal()
    skipped = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QWidget(self)
        whole.setProperty("kind", "scrolled")
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.add_card, self.import_card, self.demo_card = self._cards(whole)
        self.add_card.button.setProperty("kind", "primary")
        for card in (self.add_card, self.import_card, self.demo_card):
            row.addWidget(card, 1)
        self.move_button = QPushButton(self.tr("Move here from another computer…"), self.import_card)
        self.import_card.add_link(self.move_button)
        layout.addLayout(row)
        self.skip_button = QPushButton(self.tr("Not now"), whole)
        layout.addSpacing(8)
        layout.addWidget(self.skip_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self.setWidget(whole)
        for link in (self.move_button, self.skip_button):
            link.setProperty("kind", "link")
        for button, signal in (
            (self.add_card.button, self.add_wanted),
            (self.import_card.button, self.import_wanted),
            (self.demo_card.button, self.demo_wanted),
            (self.move_button, self.move_wanted),
            (self.skip_button, self.skipped),
        ):
            button.clicked.connect(signal)

    def _cards(self, parent: QWidget) -> tuple[WayCard, WayCard, WayCard]:
        return (
            WayCard(
                self._context,
                "plus",
                self.tr("Watch an account"),
                self.tr(
                    "A mailbox, a feed, a web page, Mastodon, Matrix, GitHub, Telegram … A form asks for what is needed"
                    " and tries it out. Passwords go into the keyring of this system."
                ),
                self.tr("Add account"),
                parent,
            ),
            WayCard(
                self._context,
                "import",
                self.tr("Bring what you have"),
                self.tr(
                    "The subscriptions of a feed reader, a list of addresses, or everything from Watchkeeper on another"
                    " computer."
                ),
                self.tr("Import a list"),
                parent,
            ),
            WayCard(
                self._context,
                "play",
                self.tr("Look around first"),
                self.tr(
                    "A demo in a window of its own: made-up accounts that find something every few seconds. It needs no"
                    " network, and nothing of it stays."
                ),
                self.tr("Try the demo"),
                parent,
            ),
        )
