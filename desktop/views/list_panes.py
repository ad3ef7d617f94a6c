"""A list with what stands in for it: skeleton rows while it loads, what went wrong, and why it is empty."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.models.rows import LoadStatus
from desktop.views.entry_lists import EntryList
from desktop.views.page_notices import SKELETON_MS, Notice, Skeleton

Words = tuple[str, str, str, str]
"""Icon, title, sentence and button of a notice."""


class ListPane(QStackedWidget):
    """``empty`` words the notice of an empty list and ``act`` is its button; ``reload`` is *Try again*."""

    def __init__(
        self,
        context: Context,
        view: EntryList,
        empty: Callable[[], Words],
        act: Callable[[], None],
        reload: Callable[[], Coroutine[Any, Any, Any]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self.view = context, view
        self._empty_words, self._act, self._reload = empty, act, reload
        self.notice = Notice(context, self)
        self._around = QWidget(self)
        layout = QVBoxLayout(self._around)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(Skeleton(self._around))
        self._blank = QWidget(self)
        for widget in (self._blank, view, self._around, self.notice):
            self.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SKELETON_MS)
        self._timer.timeout.connect(self._on_skeleton_wanted)
        self.notice.button.clicked.connect(lambda _checked=False: self._on_clicked())
        self.status.changed.connect(self.refresh)
        view.entries.counted.connect(self.refresh)
        self.refresh()

    @property
    def status(self) -> LoadStatus:
        """How the list stands."""
        return self.view.entries.load_status

    @property
    def shown_state(self) -> str:
        """``content``, ``loading``, ``empty`` or ``error``."""
        current = self.currentWidget()
        if current is self.view:
            return "content"
        if current is self.notice:
            return "error" if self.status.state == "failed" else "empty"
        return "loading"

    def refresh(self) -> None:
        """Show what there is now."""
        state = self.status.state
        if state == "loading":
            if not self._timer.isActive() and self.currentWidget() is not self._around:
                self.setCurrentWidget(self._blank)
                self._timer.start()
            return
        self._timer.stop()
        held = self.view.hasFocus() or self.notice.button.hasFocus()
        if state == "failed":
            title = self.tr("This could not be loaded")
            self.notice.set("warning", "warn", title, self.status.message, self.tr("Try again"))
            self.setCurrentWidget(self.notice)
        elif self.view.entries.rowCount():
            self.setCurrentWidget(self.view)
        else:
            icon, title, words, button = self._empty_words()
            self.notice.set(icon, "muted", title, words, button)
            self.setCurrentWidget(self.notice)
        if held:
            self.focus()

    def focus(self) -> None:
        """Give the focus to the list, or to the button of what stands in for it."""
        if self.currentWidget() is self.notice and not self.notice.button.isHidden():
            self.notice.button.setFocus()
        else:
            self.view.setFocus()

    def _on_skeleton_wanted(self) -> None:
        if self.status.state == "loading":
            self.setCurrentWidget(self._around)

    def _on_clicked(self) -> None:
        if self.status.state == "failed":
            self.status.state = "loading"
            self.refresh()
            self._context.run(self._reload())
        else:
            self._act()
