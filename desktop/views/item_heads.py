"""The head over what is read: where it was found, its title, who and when. Content is untrusted: no markup is read."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.words import breakable, cut_line, plain_tip
from master.api.item_threads import ItemThread
from master.api.schema import Item

LONGEST = 240
"""Characters of a title or an author that are shown: a server may send thousands."""


def reading_label(kind: str, parent: QWidget) -> PlainLabel:
    """Return a label whose text can be marked and copied."""
    label = PlainLabel(parent)
    label.setProperty("kind", kind)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class ItemHead(QWidget):
    """Times are both: how long ago, and when."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._where = reading_label("small", self)
        self.title = reading_label("title", self)
        self.title.setWordWrap(True)
        self._who = reading_label("small", self)
        self._who.setWordWrap(True)
        for label in (self._where, self.title, self._who):
            layout.addWidget(label)

    def show_item(self, item: Item) -> None:
        """Show the head of an item, as of now."""
        wording, now = self._context.wording, now_ms()
        self._show_where(item.account_id, item.kind)
        self._show_title(item.title)
        times = [self._when(item.detected_at, now)]
        delay = (item.stored_at - item.detected_at) / 1000
        if 0 <= delay < 60:
            times.append(self.tr("stored {seconds} s later").format(seconds=wording.number(delay, 1)))
        author = breakable(cut_line(item.author, LONGEST))
        _set(self._who, " · ".join(part for part in (author, *times) if part))
        self._who.setToolTip(self.tr("Made {time}").format(time=wording.moment(item.created_at)))

    def show_talk(self, talk: ItemThread) -> None:
        """Show the head of a conversation, as of now."""
        self._show_where(talk.account_id, talk.kind)
        self._show_title(talk.title or talk.author)
        count = self.tr("%n message(s)", "", talk.count)
        unread = self.tr("%n unread", "", talk.unread) if talk.unread else ""
        newest = self.tr("newest {time}").format(time=self._when(talk.last_at, now_ms()))
        _set(self._who, " · ".join(part for part in (count, unread, newest) if part))
        self._who.setToolTip("")

    def _show_where(self, account_id: str, kind: str) -> None:
        parts = (self._context.models.account_name(account_id), self._context.wording.kind(kind))
        _set(self._where, breakable(" · ".join(part for part in parts if part)))

    def _show_title(self, title: str) -> None:
        _set(self.title, breakable(cut_line(title, LONGEST)))
        self.title.setToolTip(plain_tip(title) if len(title) > LONGEST else "")
        self.title.setVisible(bool(title))

    def _when(self, at: int, now: int) -> str:
        wording = self._context.wording
        if now - at < 1000:
            return self.tr("just now, {time}").format(time=wording.moment(at))
        return self.tr("{age} ago, {time}").format(age=wording.ago(at, now), time=wording.moment(at))


def _set(label: PlainLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
