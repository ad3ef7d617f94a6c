"""The chips above the lists of the inbox: kind, time, read state, order, single items or conversations."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.moment_dialog import DaysDialog, day_start
from desktop.models import scopes
from desktop.models.inbox_filters import Span, Wish
from desktop.models.kind_words import kind_names
from desktop.views.filter_chips import ChipRow, Choice, FilterChip

TODAY, WEEK, MONTH, OWN = "today", "week", "month", "own"
"""Choices of time; ``OWN`` asks for days."""
DAYS = {TODAY: 0, WEEK: 6, MONTH: 29}
"""How many days before today each begins."""
OPEN: Span = (None, None)


def span_of(choice: str, today: QDate) -> Span:
    """Return the time that a choice means on a day."""
    return (day_start(today.addDays(-DAYS[choice])), None)


class InboxBar(ChipRow):
    """Shows a :class:`Wish`, and tells of the one that the person makes of it."""

    changed = Signal(object)
    save_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent, breaks=True)
        self._context = context
        self.wish = Wish()
        self._choice: str | None = None
        kinds: list[Choice] = [(self.tr("Any kind"), None)]
        kinds += [(name, str(kind)) for kind, name in kind_names().items()]
        self.kind = FilterChip(self.tr("Kind"), kinds, self)
        self.time = FilterChip(
            self.tr("Time"),
            [
                (self.tr("Any time"), None),
                (self.tr("Today"), TODAY),
                (self.tr("Last 7 days"), WEEK),
                (self.tr("Last 30 days"), MONTH),
                (self.tr("From … to …"), OWN),
            ],
            self,
        )
        self.state = FilterChip(
            self.tr("Read state"),
            [(self.tr("Read and unread"), None), (self.tr("Unread"), True), (self.tr("Read"), False)],
            self,
        )
        self.order = FilterChip(
            self.tr("Order"),
            [
                (self.tr("Newest first"), "newest"),
                (self.tr("Unread first"), "unread_first"),
                (self.tr("Oldest first"), "oldest"),
            ],
            self,
            always=True,
        )
        self.view = FilterChip(
            self.tr("View"), [(self.tr("Single items"), False), (self.tr("Conversations"), True)], self, always=True
        )
        self.save_button = QPushButton(self.tr("Save search…"), self)
        self.save_button.setProperty("kind", "link")
        self.save_button.clicked.connect(self.save_wanted)
        self.add(self.save_button)
        for chip in (self.kind, self.time, self.state, self.order, self.view):
            self.add(chip)
        self.kind.chosen.connect(lambda value: self._make(kind=value))
        self.state.chosen.connect(lambda value: self._make(unread=value))
        self.order.chosen.connect(lambda value: self._make(order=value))
        self.view.chosen.connect(lambda value: self._make(threads=value))
        self.time.chosen.connect(self._on_time)

    def show_wish(self, wish: Wish) -> None:
        """Show what is restricted; a chip that could say nothing of its own is not there."""
        if wish.span != self.wish.span and wish.span == OPEN:
            self._choice = None
        self.wish = wish
        self.save_button.setVisible(wish.narrows)
        self.kind.setVisible(wish.sort != scopes.KIND)
        self.kind.set_value(wish.kind)
        self.state.setVisible(wish.sort != scopes.UNREAD)
        self.state.set_value(wish.unread)
        self.order.setVisible(not wish.as_threads)
        self.order.set_value(wish.order)
        self.view.setVisible(wish.can_be_threads)
        self.view.set_value(wish.as_threads)
        if wish.span == OPEN or self._choice is not None:
            self.time.set_value(self._choice if wish.span != OPEN else None)
        else:
            self.time.set_value(OWN, self._days(wish.span))

    def _days(self, span: Span) -> str:
        """Return a span in words: its first and its last day."""
        first, last = (self._context.wording.date(at) if at is not None else "…" for at in span)
        return first if first == last else f"{first} – {last}"

    def _make(self, **changes: Any) -> None:
        self.changed.emit(replace(self.wish, **changes))

    def _on_time(self, choice: str | None) -> None:
        if choice == OWN:
            self._ask_days()
            return
        self._choice = choice
        self._make(span=OPEN if choice is None else span_of(choice, QDate.currentDate()))

    def _ask_days(self) -> None:
        today = QDate.currentDate()
        dialog = DaysDialog(self._context, today.addDays(-6), today, self.window())
        dialog.chosen.connect(self._on_days)
        dialog.rejected.connect(self._restore)
        dialog.open()

    def _restore(self) -> None:
        self.show_wish(self.wish)

    def _on_days(self, first: QDate, last: QDate) -> None:
        self._choice = None
        self._make(span=(day_start(first), day_start(last.addDays(1)) - 1))
