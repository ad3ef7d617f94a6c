"""The chosen item or conversation: its text as plain text, what can be done, and why the person was told."""

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.views.item_buttons import ItemButtons
from desktop.views.item_heads import ItemHead, reading_label
from desktop.views.reading import Passage, ReadingView
from master.api.item_threads import ItemContext, ItemThread
from master.api.schema import Item, Trace, TraceStep
from worker.protocol.states import ItemKind

MARGIN, NARROW_MARGIN = 24, 14
NARROW = 400
"""Below this width the panel has smaller margins."""
SILENT = frozenset({"trace_suppressed", "trace_held"})
"""Steps that answer *why not?*, unless it was shown all the same: later, or together with others."""
SHOWN = "trace_shown"
TALK = frozenset({ItemKind.DIRECT_MESSAGE, ItemKind.COMMENT})
"""Kinds that are read within their conversation from the start."""


class ItemPanel(QWidget):
    """Content is untrusted: no markup is read, nothing is fetched."""

    open_wanted = Signal()
    link_wanted = Signal(str)
    read_wanted = Signal(bool)
    account_wanted = Signal(str)
    copy_wanted = Signal()
    earlier_wanted = Signal()
    """The messages before the first one that is shown."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.item: Item | None = None
        self.talk: ItemThread | None = None
        """Set while a conversation was chosen, not one of its items."""
        self.around: ItemContext | None = None
        self._unfolded = False
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(8)
        self._hint = reading_label("muted", self)
        self._hint.setText(self.tr("Choose an item to read it here."))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout.addWidget(self._hint, 1)
        self.head = ItemHead(context, self)
        self._layout.addWidget(self.head)
        self.buttons = ItemButtons(context.theme, self)  # above the text: short messages lie over the lower corner
        self._layout.addWidget(self.buttons)
        self.talk_button = QPushButton(self)
        self.talk_button.setProperty("kind", "link")
        self.earlier_button = QPushButton(self.tr("Show earlier messages"), self)
        self.earlier_button.setProperty("kind", "link")
        for button in (self.talk_button, self.earlier_button):
            self._layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._text = ReadingView(context.theme, self)
        self._text.setAccessibleName(self.tr("Text"))
        self._layout.addSpacing(8)
        self._layout.addWidget(self._text, 1)
        self._rule = QFrame(self)
        self._rule.setProperty("kind", "rule")
        self._layout.addWidget(self._rule)
        self._why = reading_label("small", self)
        self._why.setWordWrap(True)
        self._layout.addWidget(self._why)
        self.buttons.open.clicked.connect(self.open_wanted)
        self.buttons.read.clicked.connect(self._on_read)
        self.buttons.copy_wanted.connect(self.copy_wanted)
        self.buttons.account_wanted.connect(self._on_account)
        self.talk_button.clicked.connect(self._on_talk)
        self.earlier_button.clicked.connect(self.earlier_wanted)
        self._text.link_wanted.connect(self.link_wanted)
        self.show_item(None)

    # -- showing

    def show_item(self, item: Item | None) -> None:
        """Show an item; None empties the panel."""
        same = self.talk is None and self.item is not None and item is not None and item.id == self.item.id
        texts = same and self.item is not None and item is not None and item.text == self.item.text
        self.item, self.talk = item, None
        self._show_parts(item is not None)
        if item is None:
            self.around = None
            return
        if not same:
            self.around, self._unfolded = None, False
            self._say_why("")
        self.head.show_item(item)
        if not texts:
            self._show_text()
        self._show_buttons(item)

    def show_thread(self, thread: ItemThread, around: ItemContext | None) -> None:
        """Show a conversation; its messages come with ``around``."""
        same = self.talk is not None and (self.talk.account_id, self.talk.thread) == (
            thread.account_id,
            thread.thread,
        )
        self.talk = thread
        self._show_parts(True)
        if around is not None:
            self.around, self.item = around, around.item
        elif not same:
            self.around = self.item = None
        if not same:
            self._say_why("")
        self.head.show_talk(thread)
        if around is not None or not same:
            self._show_text()
        self._show_buttons(self.item)

    def show_around(self, around: ItemContext) -> None:
        """Take in the conversation of the item that is shown."""
        if self.item is None or around.item.id != self.item.id:
            return
        self.around = around
        self._show_text()

    def show_earlier(self, around: ItemContext) -> None:
        """Put what came before in front."""
        mine = self.around
        if mine is None or not mine.earlier or around.item.id != mine.earlier[0].id:
            return
        self.around = ItemContext(
            item=mine.item,
            thread=mine.thread,
            earlier=[*around.earlier, *mine.earlier],
            later=mine.later,
            more_earlier=around.more_earlier,
            more_later=mine.more_later,
        )
        self._show_text()

    def show_trace(self, trace: Trace) -> None:
        """Answer *Why was I told?* (or why not)."""
        if self.item is None or trace.item_id != self.item.id:
            return
        wording = self._context.wording
        steps = [f"{self._step_words(step)} {wording.second(step.at)}" for step in trace.steps]
        codes = {step.text.code for step in trace.steps}
        silent = bool(codes & SILENT) and SHOWN not in codes
        question = self.tr("Why was I not told?") if silent else self.tr("Why was I told?")
        self._say_why(f"{question}  {' → '.join(steps)}" if steps else "")

    def _say_why(self, words: str) -> None:
        """Say it below a line; there is none while nothing is said."""
        self._why.setText(words)
        self._rule.setVisible(bool(words))

    def _step_words(self, step: TraceStep) -> str:
        """Return a step with its reason in the language of the window; without one, without what leads to it."""
        text = step.text
        if step.reason is not None:
            params = {**text.params, "reason": self._context.wording.say(step.reason)}
            text = msgspec.structs.replace(text, params=params)
        return self._context.wording.say(text).rstrip(" :：")

    def tick(self) -> None:
        """A second went by."""
        if self.talk is not None:
            self.head.show_talk(self.talk)
        elif self.item is not None:
            self.head.show_item(self.item)

    @property
    def copied(self) -> str:
        """What *Copy* takes: what is marked, else the whole text."""
        marked = self._text.textCursor().selectedText().replace("\u2029", "\n")
        if marked:
            return marked
        if self.item is not None and not self._talks:
            return "\n\n".join(part for part in (self.item.title, self.item.text) if part)
        return "\n\n".join("\n".join(part for part in (one.head, one.text) if part) for one in self._passages())

    def mark_words(self, words: list[str]) -> None:
        """Mark the words that were searched."""
        self._text.mark_words(words)

    def page(self, by: int) -> bool:
        """Scroll the text on by a page, or back. False: it stands at its end already."""
        bar = self._text.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + by * max(1, bar.pageStep() - 24))
        return bar.value() != before

    def focus_text(self) -> None:
        """Give the focus to the text."""
        if self._text.isVisible():
            self._text.setFocus()

    # -- parts

    def _show_parts(self, there: bool) -> None:
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if child.isWindow():
                continue
            child.setVisible(there)
        self._hint.setVisible(not there)
        self._rule.setVisible(there and bool(self._why.text()))
        self.talk_button.hide()
        self.earlier_button.hide()

    def _show_buttons(self, item: Item | None) -> None:
        read = not self.talk.unread if self.talk is not None else item is not None and item.read
        account = self._account_id
        known = account is not None and self._context.models.accounts.get(account) is not None
        self.buttons.show_for(item.url if item is not None else "", read=read, account=known)

    @property
    def _account_id(self) -> str | None:
        shown = self.talk or self.item
        return shown.account_id if shown is not None else None

    @property
    def _others(self) -> int:
        around = self.around
        return len(around.earlier) + len(around.later) if around is not None and around.thread is not None else 0

    @property
    def _talks(self) -> bool:
        """The whole conversation is shown."""
        if self.talk is not None:
            return True
        if self.item is None or not self._others:
            return False
        return self._unfolded or self.item.kind in TALK

    def _show_text(self) -> None:
        others = self._others
        folded = bool(others) and not self._talks
        self.talk_button.setVisible(folded)
        self.talk_button.setText(self.tr("Show the whole conversation (%n message(s))", "", others + 1))
        self.earlier_button.setVisible(self._talks and self.around is not None and self.around.more_earlier)
        self._text.show_passages(self._passages())

    def _passages(self) -> list[Passage]:
        around = self.around
        if not self._talks:
            return [Passage("", self._whole(self.item))] if self.item is not None else []
        if around is None:
            return [Passage("", self.talk.excerpt)] if self.talk is not None else []
        items = [*around.earlier, around.item, *around.later]
        meant = around.item
        if self.talk is not None:  # a conversation is read on from its first unread message
            meant = next((one for one in items if not one.read), items[-1])
        return [Passage(self._passage_head(one), self._whole(one), one.id == meant.id) for one in items]

    def _passage_head(self, item: Item) -> str:
        when = self._context.wording.minute(item.created_at)
        unread = "" if item.read else self.tr("unread")
        return " · ".join(part for part in (item.author, when, unread) if part)

    def _whole(self, item: Item | None) -> str:
        if item is None:
            return ""
        text = item.text or item.title
        return text + ("\n\n" + self.tr("The text is longer; the rest was cut.") if item.truncated else "")

    def _on_read(self) -> None:
        if self.talk is not None:
            self.read_wanted.emit(bool(self.talk.unread))
        elif self.item is not None:
            self.read_wanted.emit(not self.item.read)

    def _on_talk(self) -> None:
        self._unfolded = True
        self._show_text()
        self.focus_text()

    def _on_account(self) -> None:
        if self._account_id is not None:
            self.account_wanted.emit(self._account_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Smaller margins in a narrow panel."""
        super().resizeEvent(event)
        side = NARROW_MARGIN if self.width() < NARROW else MARGIN
        if self._layout.contentsMargins().left() != side:
            self._layout.setContentsMargins(side, 16, side, 16)
