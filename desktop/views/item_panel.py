"""The chosen item: its text as plain text, what can be done, and why the person was told."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.views.links import safe_url
from desktop.words import plain_tip
from master.api.schema import Item, Trace


class ItemPanel(QWidget):
    """Content is untrusted: no markup is read."""

    open_wanted = Signal()
    read_wanted = Signal(bool)
    account_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.item: Item | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 16)
        layout.setSpacing(8)
        self._hint = self._label("muted")
        self._hint.setText(self.tr("Choose an item to read it here."))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._hint, 1)
        self._where = self._label("small")
        self._title = self._label("title")
        self._title.setWordWrap(True)
        self._who = self._label("small")
        self._who.setWordWrap(True)
        self._text = QPlainTextEdit(self)
        self._text.setProperty("kind", "reading")
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.document().setDocumentMargin(0)
        self._text.setAccessibleName(self.tr("Text"))
        for widget in (self._where, self._title, self._who):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self._text, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.open_button = QPushButton(self.tr("Open link"), self)
        self.open_button.setProperty("kind", "primary")
        self.read_button = QPushButton(self)
        self.account_button = QPushButton(self.tr("Show account"), self)
        for button in (self.open_button, self.read_button, self.account_button):
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        rule = QFrame(self)
        rule.setProperty("kind", "rule")
        layout.addSpacing(4)
        layout.addWidget(rule)
        self._why = self._label("small")
        self._why.setWordWrap(True)
        layout.addWidget(self._why)
        self.open_button.clicked.connect(self.open_wanted)
        self.read_button.clicked.connect(self._on_read)
        self.account_button.clicked.connect(self._on_account)

    def show_item(self, item: Item | None) -> None:
        """Show an item; None empties the panel."""
        same = self.item is not None and item is not None and item.id == self.item.id
        self.item = item
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            child.setVisible(item is not None)
        self._hint.setVisible(item is None)
        if item is None:
            return
        wording = self._context.wording
        parts = (self._context.models.account_name(item.account_id), wording.kind(item.kind))
        self._where.setText(" · ".join(part for part in parts if part))
        self._title.setText(item.title)
        self._title.setVisible(bool(item.title))
        times = [wording.moment(item.detected_at)]
        delay = (item.stored_at - item.detected_at) / 1000
        if 0 <= delay < 60:
            times.append(self.tr("told {seconds} s later").format(seconds=wording.number(delay, 1)))
        self._who.setText(" · ".join(part for part in (item.author, ", ".join(times)) if part))
        self._who.setToolTip(self.tr("Made {time}").format(time=wording.moment(item.created_at)))
        if not same:
            cut = "\n\n" + self.tr("The text is longer; the rest was cut.") if item.truncated else ""
            self._text.setPlainText(item.text + cut)
            self._why.setText("")
        link = safe_url(item.url)
        self.open_button.setVisible(link is not None)
        self.open_button.setToolTip(plain_tip(link.toDisplayString()) if link is not None else "")
        self.read_button.setText(self.tr("Mark unread") if item.read else self.tr("Mark read"))
        self.account_button.setVisible(self._context.models.accounts.get(item.account_id) is not None)

    def show_trace(self, trace: Trace) -> None:
        """Answer *Why was I told?* (or why not)."""
        if self.item is None or trace.item_id != self.item.id:
            return
        wording = self._context.wording
        steps = [f"{wording.say(step.text)} {wording.moment(step.at)[11:]}" for step in trace.steps]
        silent = any(step.text.code == "trace_suppressed" for step in trace.steps)
        question = self.tr("Why was I not told?") if silent else self.tr("Why was I told?")
        self._why.setText(f"{question}  {' → '.join(steps)}" if steps else "")

    def _on_read(self) -> None:
        if self.item is not None:
            self.read_wanted.emit(not self.item.read)

    def _on_account(self) -> None:
        if self.item is not None:
            self.account_wanted.emit(self.item.account_id)

    def _label(self, kind: str) -> PlainLabel:
        label = PlainLabel(self)
        label.setProperty("kind", kind)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
