"""The base of all pages: title, one sentence that answers "is everything all right?", search and actions.

Under them the content, or what stands in for it: skeleton rows while it loads, the empty state, what went wrong.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.labels import PlainLabel
from desktop.delegates.scroll_rooms import RING
from desktop.dialogs.context import Context
from desktop.models.palettes import Verb
from desktop.models.rows import LoadStatus
from desktop.theme import IconBinding
from desktop.views.actions import Action
from desktop.views.page_notices import SKELETON_MS, Notice, Skeleton
from desktop.views.search_fields import SearchField
from desktop.words import plain_tip

MARGIN = 24
HEAD = 32
"""Height of the line of the title, with buttons or without."""
OVERHANG = 4
"""What large letters may draw left of where they begin: a J of some fonts does."""
BESIDE_SCROLLED = (RING, RING, MARGIN, 16)
"""Margins of what does not scroll itself, in a page whose content reaches the window's edges."""
SEARCH_MS = 150


class Page(QWidget):
    """``name`` is what :meth:`MainWindow.show_page` knows it by."""

    name = ""
    hosts_progress = True
    """What takes long here shows in a line above it."""
    sentence_changed = Signal(str)

    def __init__(self, context: Context, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._dress = context.theme.dress(self)
        self.title = title
        self._status: LoadStatus | None = None
        self._reload: Callable[[], Coroutine[Any, Any, Any]] | None = None
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 16, 0, 0)
        self._whole.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN - OVERHANG, 0, MARGIN, 0)
        head.setSpacing(12)
        self._heading = PlainLabel(title, self)
        self._heading.setContentsMargins(OVERHANG, 0, 0, 0)
        self._heading.setMinimumHeight(HEAD)
        self._heading.setProperty("kind", "title")
        self._sentence = PlainLabel(self)
        self._sentence.setProperty("kind", "muted")
        self._sentence.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        head.addWidget(self._heading, 1)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        head.addLayout(self._actions)
        self._whole.addLayout(head)
        self._whole.addWidget(self._sentence)
        self._whole.addSpacing(4)
        self.search: SearchField | None = None
        self.first_focus: QWidget | None = None
        """What takes the focus when the page is shown: its table or list."""
        self._focus_waits = False
        self._notices: dict[str, Notice] = {}
        self._has_primary = False
        self._search_timer = QTimer(self)
        self._search_timer.setSingleShot(True)
        self._search_timer.setInterval(SEARCH_MS)
        self._search_timer.timeout.connect(self._on_search_settled)
        self._stack = QStackedWidget(self)
        self.content = QWidget(self._stack)
        self._skeleton = Skeleton(self._stack)
        self._blank = QWidget(self._stack)
        for widget in (self._blank, self.content, self._skeleton):
            widget.setContentsMargins(MARGIN, 4, MARGIN, 16)
            self._stack.addWidget(widget)
        self._whole.addWidget(self._stack, 1)
        self._skeleton_timer = QTimer(self)
        self._skeleton_timer.setSingleShot(True)
        self._skeleton_timer.setInterval(SKELETON_MS)
        self._skeleton_timer.timeout.connect(self._on_skeleton_wanted)

    # -- for subclasses

    def reach_edges(self) -> None:
        """What scrolls here goes to the window's edges; it has the page's margins within."""
        self.content.setContentsMargins(MARGIN - RING, 0, 0, 0)

    def add_search(self, placeholder: str) -> SearchField:
        """Add the search field; what is typed reaches :meth:`on_search` after a short rest."""
        self.search = SearchField(placeholder, self)
        self.search.textChanged.connect(lambda _text: self._search_timer.start())
        self.search.given_up.connect(self._on_search_given_up)
        self.add_to_head(self.search)
        return self.search

    def add_to_head(self, widget: QWidget) -> None:
        """Add a widget at the right of the title."""
        self._actions.addWidget(widget)

    def add_action(self, text: str, *, icon: str = "", primary: bool = False, tip: str = "") -> QPushButton:
        """Add a button at the right."""
        button = QPushButton(text, self)
        if primary:
            button.setProperty("kind", "primary")
            self._has_primary = True
        if icon:
            IconBinding(self.context.theme, button, icon, "on_fill" if primary else "text")
        button.setToolTip(tip)
        self.add_to_head(button)
        return button

    def set_title(self, title: str) -> None:
        """Name the page."""
        self.title = title
        self._heading.setText(title)

    def set_sentence(self, text: str) -> None:
        """Answer "is everything all right?"."""
        if text != self._sentence.text():
            self._sentence.setText(text)
            self._sentence.setToolTip(plain_tip(text))
            self.sentence_changed.emit(text)

    @property
    def sentence(self) -> str:
        """The answer."""
        return self._sentence.text()

    def watch(self, status: LoadStatus, reload: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Follow a model's load status; ``reload`` is *Try again*."""
        self._status, self._reload = status, reload
        status.changed.connect(self.refresh)

    def is_empty(self) -> bool:
        """There is nothing to show."""
        return False

    def empty_notice(self) -> tuple[str, str, str, str]:
        """Return icon, title, sentence and button of the empty state."""
        return "inbox", "", "", ""

    def on_empty_clicked(self) -> None:
        """The button of the empty state."""

    def add(self) -> bool:
        """Make a new one of what the page shows (Ctrl+N); False where there is nothing to make here."""
        return False

    def actions_here(self) -> list[Action]:
        """Return what can be done on this page now, with its keys: for the palette and the sheet of shortcuts."""
        return []

    def verbs_of(self, key: str) -> list[Verb]:
        """Return what can be done with the row of a key beside showing it: for the palette."""
        return []

    def renew(self) -> None:
        """Fetch anew what is shown (F5)."""
        if self._reload is not None:
            self.context.run(self._reload())

    def on_search(self, text: str) -> None:
        """The search text changed."""

    def focus_first(self) -> None:
        """Give the focus to what is worked with here; while there is nothing, as soon as there is."""
        shown = self._stack.currentWidget()
        wanted: QWidget | None = None
        if isinstance(shown, Notice):
            wanted = None if shown.button.isHidden() else shown.button
        elif shown is self.content:
            wanted = self.first_focus
        self._focus_waits = wanted is None
        (wanted or self).setFocus()

    def _put(self, widget: QWidget) -> None:
        """Show a widget of the stack; the focus does not stay behind in what it covers."""
        before, focused = self._stack.currentWidget(), self.window().focusWidget()
        if widget is before:
            return
        held = focused is not None and before is not None and before.isAncestorOf(focused)
        waits = self._focus_waits and focused in (self, None)
        self._stack.setCurrentWidget(widget)
        if held or waits:
            self.focus_first()

    def refresh(self) -> None:
        """Show what the models say now; subclasses word their sentence, then call this."""
        status = self._status
        if status is None or status.state == "ready":
            self._skeleton_timer.stop()
            if self.is_empty():
                icon, title, words, button = self.empty_notice()
                self._empty.set(icon, "muted", title, words, button, primary=not self._has_primary)
                self._put(self._empty)
            else:
                self._put(self.content)
        elif status.state == "failed":
            self._skeleton_timer.stop()
            self.show_failure(self.tr("This could not be loaded"), status.message)
        elif not self._skeleton_timer.isActive() and self._stack.currentWidget() is not self._skeleton:
            self._put(self._blank)
            self._skeleton_timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What is seen has the colours that were chosen while it was not."""
        self._dress.put_on()
        super().showEvent(event)

    def tick(self) -> None:
        """A second went by while this page is shown."""

    def show_failure(self, title: str, words: str) -> None:
        """Say what went wrong in place of the content, with *Try again*."""
        self._error.set("warning", "warn", title, words, self.tr("Try again"))
        self._put(self._error)

    @property
    def shown_state(self) -> str:
        """``content``, ``loading``, ``empty`` or ``error``."""
        current = self._stack.currentWidget()
        if current is self.content:
            return "content"
        return next((name for name, notice in self._notices.items() if notice is current), "loading")

    # -- inside

    def _notice(self, name: str, act: Callable[[], None]) -> Notice:
        """Return the notice of a name. It is made late: Tab follows the order in which widgets are made."""
        if name not in self._notices:
            notice = self._notices[name] = Notice(self.context, self._stack)
            notice.button.clicked.connect(lambda _checked=False: act())
            self._stack.addWidget(notice)
        return self._notices[name]

    @property
    def _empty(self) -> Notice:
        return self._notice("empty", self.on_empty_clicked)

    @property
    def _error(self) -> Notice:
        return self._notice("error", self._on_try_again)

    def _on_search_settled(self) -> None:
        if self.search is not None:
            self.on_search(self.search.text())

    def _on_search_given_up(self) -> None:
        if self.search is not None:
            self.search.clear()
            self._search_timer.stop()
            self.on_search("")
            self.focus_first()

    def _on_skeleton_wanted(self) -> None:
        if self._status is not None and self._status.state == "loading":
            self._put(self._skeleton)

    def _on_try_again(self) -> None:
        if self._reload is not None and self._status is not None:
            self._status.state = "loading"
            self.refresh()
            self.context.run(self._reload())
        else:
            self.refresh()
            self.renew()
