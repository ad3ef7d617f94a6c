"""The base of all dialogs: title, scrolled body, one line for what went wrong, buttons with the primary one last."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.labels import PlainLabel
from desktop.delegates.scroll_rooms import ScrollRoom
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.flows import FlowLayout
from desktop.dialogs.progress import sign_of
from desktop.dialogs.screens import available_to, bounded, frame_of, keep_inside
from master.api.client import ApiError

WIDTH = 520
MAX_WIDTH = 560
MAX_HEIGHT = 700
MARGIN = 24
LINE = 1
"""Around what scrolls."""
FRAME_MS, FRAME_TURNS = 50, 20
"""So often, and so many times, the frame is looked for."""


class BaseDialog(QDialog):
    """Opened with ``open()``; deletes itself when closed. One request at a time, its errors shown here."""

    usual_width = WIDTH

    def __init__(self, context: Context, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        context.theme.dress(self)
        self.gone = False
        """Closed: what an answer would show has nowhere to go."""
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMaximumWidth(MAX_WIDTH)
        self.setMinimumWidth(400)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, MARGIN, 0, MARGIN - 4)
        whole.setSpacing(16)
        self.heading = PlainLabel(title, self)
        self.heading.setProperty("kind", "heading")
        self.heading.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self.heading.setWordWrap(True)
        whole.addWidget(self.heading)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget(area)
        self._inside.setProperty("kind", "scrolled")
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(MARGIN - LINE, 0, MARGIN - LINE, 0)
        self.body.setSpacing(12)
        area.setWidget(self._inside)
        ScrollRoom(area, self.body)
        whole.addWidget(area, 1)
        self._area = area
        self._below = QVBoxLayout()
        self._below.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._below.setSpacing(12)
        whole.addLayout(self._below)
        self._problem = ErrorLine(context.theme, self)
        self._below.addWidget(self._problem)
        self.buttons = FlowLayout(right=True)
        self.buttons.setContentsMargins(MARGIN, 0, MARGIN, 0)
        whole.addLayout(self.buttons)
        self._whole = whole
        self._busy: list[QPushButton] = []
        self._running = False
        self._sign = sign_of(context.theme, self)
        self._afterwards: Callable[[], None] | None = None
        self._held: QWidget | None = None

    @property
    def problem(self) -> str:
        """What went wrong, empty when nothing did."""
        return self._problem.words

    def available(self) -> QRect:
        """Return the part of the screen that panels leave free."""
        return available_to(self)

    def sizeHint(self) -> QSize:
        """As high as the body asks, within 700 px and the screen: the body scrolls, the buttons never do.

        Wider than usual only for words that do not break.
        """
        width = max(self.usual_width, min(MAX_WIDTH, self._inside.minimumSizeHint().width()))
        inner = width - max(0, self._area.width() - self._area.maximumViewportSize().width())
        least = self._inside.minimumSizeHint() if self.body.hasHeightForWidth() else self._inside.sizeHint()
        body = max(least.height(), self.body.totalHeightForWidth(inner))
        rest = self._whole.totalHeightForWidth(width) - self._area.sizeHint().height()
        wanted = QSize(width, min(MAX_HEIGHT, body + rest + 16))
        return bounded(wanted, self.available(), frame_of(self))

    def fit(self) -> None:
        """Take the height that the body wants, once its new widgets are laid out."""
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        self.body.activate()
        self.resize(self.sizeHint())
        if self.isVisible():
            keep_inside(self, self.available())

    def showEvent(self, event: QShowEvent) -> None:
        """The window manager draws the frame a moment after this; what is fitted before goes by the usual one."""
        super().showEvent(event)
        self.fit()
        self._await_frame(FRAME_TURNS)

    def _await_frame(self, turns: int) -> None:
        handle = self.windowHandle()
        known = handle is None or not handle.frameMargins().isNull()
        if known and turns < FRAME_TURNS:
            self._fit()
        elif not known and turns and self.isVisible():  # nobody tells when it is there
            QTimer.singleShot(FRAME_MS, self, partial(self._await_frame, turns - 1))

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a part of the body, once what is new in it is laid out."""
        QTimer.singleShot(0, widget, lambda: self._reveal(widget, again=True))

    def _reveal(self, widget: QWidget, *, again: bool) -> None:
        self.body.activate()
        self._area.ensureWidgetVisible(widget, 0, 12)
        if again:  # the forms within grow a moment after the body: what stands above it moves it
            QTimer.singleShot(0, widget, lambda: self._reveal(widget, again=False))

    def add_below(self, widget: QWidget) -> None:
        """Put a widget between body and buttons, where it is seen however far the body is scrolled."""
        self._below.insertWidget(self._below.count() - 1, widget)

    def add_button(self, text: str, *, kind: str = "", busy: bool = True) -> QPushButton:
        """Add a button at the right; ``busy`` ones wait while a request runs.

        Enter presses the button that has the focus; elsewhere the one of ``kind`` ``primary``, or *Cancel* without one.
        """
        button = QPushButton(text, self)
        if kind:
            button.setProperty("kind", kind)
        button.setAutoDefault(True)
        button.setDefault(kind == "primary")
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.buttons.addWidget(button)
        if busy:
            self._busy.append(button)
        return button

    def add_cancel(self) -> QPushButton:
        """Add *Cancel*."""
        button = self.add_button(self.tr("Cancel"), busy=False)
        button.setDefault(True)  # until a primary one is added: else Qt takes whichever comes next, "Delete" too
        button.clicked.connect(self.reject)
        return button

    def show_problem(self, message: str, again: Callable[[], object] | None = None) -> None:
        """Say what went wrong above the buttons; empty takes it away. ``again``: what *Try again* beside it does."""
        self._problem.say(message, again)

    @property
    def again(self) -> QPushButton | None:
        """*Try again*, once it was offered."""
        return self._problem.again

    @property
    def busy(self) -> bool:
        """A request runs."""
        return self._running

    def when_free(self, act: Callable[[], None]) -> None:
        """Do something as soon as no request runs."""
        if self._running:
            self._afterwards = act
        else:
            act()

    def focus_form(self) -> None:
        """Give the focus back to what is edited: the first field, unless a field has it."""
        focused = self.focusWidget()
        if focused is not None and self._inside.isAncestorOf(focused):
            return
        for widget in self._inside.findChildren(QWidget):
            if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                widget.setFocus()
                return

    def start(self, request: Coroutine[Any, Any, object]) -> None:
        """Run a request; buttons and fields wait meanwhile, its error is shown by :meth:`on_refused`.

        So what comes back speaks of what stands in the fields. What waits cannot keep the focus: it gets it back,
        unless it went elsewhere meanwhile.
        """
        held = self.focusWidget()
        self._held = held if held in self._busy or (held is not None and self._inside.isAncestorOf(held)) else None
        if self._held is not None:
            self.setFocus()
        self._running = True
        self._sign.begin()
        self._inside.setEnabled(False)
        for button in self._busy:
            button.setEnabled(False)
        self.show_problem("")
        self.context.run(self._run(request))

    def unlock(self) -> None:
        """Let the fields be edited again: the request is over, or has something to say at one of them."""
        self._inside.setEnabled(True)

    async def _run(self, request: Coroutine[Any, Any, object]) -> None:
        try:
            await request
        except ApiError as error:
            if not self.gone:
                self.unlock()
                self.on_refused(error)
        finally:
            self._running = False
            self._sign.end()
            if not self.gone:
                self.unlock()
                for button in self._busy:
                    button.setEnabled(True)
                if self._held is not None and self.focusWidget() in (self, None):
                    self._held.setFocus()
                self.on_free()
                afterwards, self._afterwards = self._afterwards, None
                if afterwards is not None:
                    afterwards()

    def on_free(self) -> None:
        """The request is over, its buttons are given back: hold those that wait for something else."""

    def on_refused(self, error: ApiError) -> None:
        """Show why the master refused."""
        self.show_problem(self.context.wording.refusal(error))

    def place_errors(self, error: ApiError, form: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """Show errors at their fields (``form`` returns those that have none), the rest above the buttons."""
        found = self.context.field_errors(error)
        rest = form(found)
        if rest or not found:
            self.show_problem("\n".join(rest.values()) or self.context.wording.refusal(error))

    def done(self, result: int) -> None:
        """Close for good."""
        self.gone = True
        super().done(result)
        self.deleteLater()
