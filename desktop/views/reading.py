"""Where untrusted text is read: no markup, nothing is fetched; addresses in it can be followed after a look at them."""

import re
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from desktop.integration.links import safe_url
from desktop.theme import SMALL, Theme
from desktop.words import plain_tip

ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"'`«»“”‘’（）【】。，；、]{1,2000}", re.IGNORECASE)
"""What may be an address: linear in the length of the text."""
MOST_LINKS = 500
MOST_MARKS = 200
AT_ONCE = 6000
"""Characters that are laid out in one turn: more would hold the window up for longer than a blink."""
LINE = 2000
"""Characters of one line at most; laying out a longer one takes longer with each letter."""
LINE_COST = 16
HEAD = 200
"""What a line and a head cost, in characters."""
TAIL = ".,;:!?*_~"
"""Signs at the end of an address that belong to the sentence around it."""


class Passage(NamedTuple):
    """One message: a line above it (who, when) and its text. ``chosen``: the one that was asked for."""

    head: str
    text: str
    chosen: bool = False


def split_links(text: str) -> Iterator[tuple[str, str]]:
    """Return the text in pieces with the address that each leads to; empty leads nowhere."""
    end = found = 0
    for match in ADDRESS.finditer(text):
        link = _trim(match[0])
        if found >= MOST_LINKS or safe_url(link) is None:
            continue
        found += 1
        if match.start() > end:
            yield text[end : match.start()], ""
        yield link, link
        end = match.start() + len(link)
    if end < len(text):
        yield text[end:], ""


def split_lines(text: str) -> Iterator[str]:
    """Return the text in parts of whole lines, each short enough to be laid out in one turn."""
    part: list[str] = []
    size = 0
    for line in text.split("\n"):
        rest = line
        while True:
            cut = len(rest)
            if cut > LINE:
                cut = rest.rfind(" ", LINE // 2, LINE) + 1 or LINE
            if part and size + cut > AT_ONCE:
                yield "\n".join(part)
                part, size = [], 0
            part.append(rest[:cut])
            size += cut + LINE_COST
            rest = rest[cut:]
            if not rest:
                break
    yield "\n".join(part)


def _trim(link: str) -> str:
    """Leave the signs of the sentence out, and a bracket that was opened before the address."""
    while link and (link[-1] in TAIL or any(_closes(link, *pair) for pair in ("()", "[]"))):
        link = link[:-1]
    return link


def _closes(link: str, opening: str, closing: str) -> bool:
    return link.endswith(closing) and link.count(closing) > link.count(opening)


class ReadingView(QTextBrowser):
    """Shows one text, or the messages of a thread one under the other."""

    link_wanted = Signal(str)
    """An address that may be opened (``http``, ``https``, ``mailto``) was clicked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._passages: list[Passage] = []
        self._waiting: deque[tuple[int, str, Passage]] = deque()
        self._chosen = -1
        self._words: list[str] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._add_part)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(0)
        self.anchorClicked.connect(self._on_anchor)
        self.highlighted.connect(self._on_highlighted)
        theme.changed.connect(self._draw)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Fetch nothing, whatever a text names."""
        return None

    def show_text(self, text: str) -> None:
        """Show one text from its beginning."""
        self.show_passages([Passage("", text)])

    def show_passages(self, passages: list[Passage]) -> None:
        """Show messages, oldest first; the chosen one is in view."""
        self._passages = list(passages)
        self._draw()

    def mark_words(self, words: list[str]) -> None:
        """Mark these words wherever they stand, now and in what is shown later; the first is brought into view."""
        if words != self._words:
            self._words = list(words)
            self._mark()

    def _mark(self) -> None:
        """Mark the words in what is laid out by now."""
        form = QTextCharFormat()
        form.setBackground(self._theme.tokens.color("warn_surface"))
        form.setForeground(self._theme.tokens.color("text"))
        marks: list[Any] = []  # Qt's selections have attributes that its stubs do not know
        for word in self._words:
            found = self.document().find(word)
            while not found.isNull() and len(marks) < MOST_MARKS:
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = found, form
                marks.append(mark)
                found = self.document().find(word, found)
        self.setExtraSelections(marks)
        if marks and not self.verticalScrollBar().value() and self._chosen <= 0:
            first = min(mark.cursor.selectionStart() for mark in marks)
            cursor = QTextCursor(self.document())
            cursor.setPosition(first)
            below = self.cursorRect(cursor).bottom() - self.viewport().height()
            if below > 0:
                self.verticalScrollBar().setValue(below + self.viewport().height() // 3)

    @property
    def marked(self) -> int:
        """How many places are marked."""
        return len(self.extraSelections())

    @property
    def whole(self) -> bool:
        """All of it is laid out; a long text needs several turns of the loop."""
        return not self._waiting

    def _draw(self) -> None:
        self._timer.stop()
        self._chosen = -1
        self._waiting = deque(
            (position, part, passage)
            for passage in self._passages
            for position, part in enumerate(split_lines(passage.text))
        )
        self.clear()
        self._add_part()
        bar = self.verticalScrollBar()
        bar.setValue(bar.minimum())
        self._reveal()

    def _add_part(self) -> None:
        """Lay out as much as one turn allows; the rest follows in the next ones."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        size = 0
        before = self._chosen
        while self._waiting and (not size or size + len(self._waiting[0][1]) <= AT_ONCE):
            position, part, passage = self._waiting.popleft()
            size += len(part) + HEAD
            if cursor.position():
                cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
            if position == 0:
                if passage.chosen:
                    self._chosen = cursor.position()
                if passage.head:
                    self._insert_head(cursor, passage)
            self._insert_text(cursor, part)
        cursor.endEditBlock()
        if before != self._chosen:
            self._reveal()
        if self._waiting:
            self._timer.start()
        elif self._words:
            self._mark()

    def _reveal(self) -> None:
        """Bring the chosen message to the top, as far as what follows it allows."""
        if self._chosen > 0:
            cursor = QTextCursor(self.document())
            cursor.setPosition(self._chosen)
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.cursorRect(cursor).top())

    def _insert_head(self, cursor: QTextCursor, passage: Passage) -> None:
        tokens = self._theme.tokens
        form = QTextCharFormat()
        form.setFont(self._theme.font(SMALL, bold=passage.chosen))
        form.setForeground(tokens.color("accent" if passage.chosen else "muted"))
        block = QTextBlockFormat()
        block.setTopMargin(14 if cursor.position() else 0)
        block.setBottomMargin(3)
        cursor.setBlockFormat(block)
        cursor.insertText(passage.head, form)
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())

    def _insert_text(self, cursor: QTextCursor, text: str) -> None:
        tokens = self._theme.tokens
        plain = QTextCharFormat()
        plain.setForeground(tokens.color("text"))
        for piece, link in split_links(text):
            if not link:
                cursor.insertText(piece, plain)
                continue
            form = QTextCharFormat()
            form.setAnchor(True)
            form.setAnchorHref(link)
            form.setForeground(tokens.color("accent"))
            form.setFontUnderline(True)
            cursor.insertText(piece, form)

    def _on_anchor(self, url: QUrl) -> None:
        link = url.toString()
        if safe_url(link) is not None:
            self.link_wanted.emit(link)

    def _on_highlighted(self, url: QUrl) -> None:
        """Say where a link leads, letter by letter: a name that looks like another one is written out."""
        self.setToolTip(plain_tip(bytes(url.toEncoded().data()).decode("ascii", "replace")) if url.isValid() else "")
