"""A language that is longer than English by two fifths, as German is, and what its words do not fit into."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from PySide6.QtCore import QPoint, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

from desktop.delegates.elided import ElidedLink
from desktop.words import Wording

MORE = 0.4
KEPT = re.compile(r"(\{[^}]*\}|%n|%L?\d|<[^>]*>|https?://\S+)")
WORD = re.compile(r"[A-Za-z]{2,}")
SLACK = 2
"""Dots that a text may lack before a person sees it."""


def lengthen(words: str) -> str:
    """Return a text with every word longer; what is filled in later stays."""
    parts = KEPT.split(words)
    return "".join(part if number % 2 else WORD.sub(_longer, part) for number, part in enumerate(parts))


def _longer(found: re.Match[str]) -> str:
    word = found[0]
    more = max(1, round(MORE * len(word)))
    return word + (word.lower() * 2)[-more:]


class LongTranslator(QTranslator):
    """Asks the English catalogue, for its plurals, and lengthens what it says."""

    def __init__(self, english: list[QTranslator], parent: QApplication) -> None:
        super().__init__(parent)
        self._english = english

    def isEmpty(self) -> bool:  # noqa: N802 (Qt's name)
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        found = ""
        for one in self._english:
            found = found or one.translate(context, source, disambiguation, n)
        return lengthen(found or source)


@contextmanager
def lengthened(app: QApplication, english: list[QTranslator]) -> Iterator[None]:
    """Speak the long language while the block runs, also where texts come from the master or a manifest."""
    translator = LongTranslator(english, app)
    say, pick = Wording.say, Wording.pick
    with ExitStack() as stack:
        app.installTranslator(translator)
        stack.callback(app.removeTranslator, translator)
        stack.enter_context(patch.object(Wording, "say", lambda self, text: lengthen(say(self, text))))
        stack.enter_context(patch.object(Wording, "pick", lambda self, words: lengthen(pick(self, words))))
        yield


def faults_of(shown: QWidget) -> Iterator[str]:
    """Return what a person would miss in a scene: cut words, and what stands outside of it."""
    for widget in shown.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget.window(), QMenu) or widget.window() is not shown.window():
            continue
        where = f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        words = _cut(widget)
        if words:
            yield f"{where}: {words}"
        if _is_outside(widget, shown):
            yield f"{where}: {widget.width()} dots wide, outside of the window"


def _cut(widget: QWidget) -> str:
    if isinstance(widget, QAbstractButton):
        return _cut_button(widget)
    if isinstance(widget, QLabel):
        return _cut_label(widget)
    if isinstance(widget, QLineEdit) and widget.placeholderText() != widget.accessibleName():
        needed = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
        return f"the hint {widget.placeholderText()!r} needs {needed} dots" if needed > widget.width() else ""
    if isinstance(widget, QTabBar):
        needed = sum(widget.tabSizeHint(index).width() for index in range(widget.count()))
        return f"{widget.width() - needed} dots for its tabs" if needed > widget.width() + SLACK else ""
    if isinstance(widget, QComboBox) and not widget.isEditable():
        needed = (
            widget.fontMetrics().horizontalAdvance(widget.currentText()) + 2 * widget.fontMetrics().averageCharWidth()
        )
        if needed > widget.width() and not widget.toolTip():
            return f"{widget.currentText()!r} needs {needed} dots and has {widget.width()}"
    return ""


def _cut_button(button: QAbstractButton) -> str:
    if isinstance(button, ElidedLink):  # its tooltip has the whole of it
        return ""
    words = button.text()
    if not words or (isinstance(button, QToolButton) and not button.text()):
        return ""
    needed = max(button.fontMetrics().horizontalAdvance(line.replace("&", "")) for line in words.split("\n"))
    if button.sizeHint().width() <= button.width() + SLACK or words in button.toolTip():
        return ""
    return f"{words!r} needs {button.sizeHint().width()} ({needed}) dots and has {button.width()}"


def _cut_label(label: QLabel) -> str:
    words = label.text()
    if not words or label.toolTip() or not label.pixmap().isNull():
        return ""
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if needed > label.height() + SLACK:
            return f"{words[:60]!r} needs {needed} dots of height and has {label.height()}"
        unbroken = [word for word in words.split() if word.isascii()] or [""]  # Chinese breaks anywhere
        longest = max(label.fontMetrics().horizontalAdvance(word) for word in unbroken)
        if longest > label.contentsRect().width() + SLACK:
            return f"{words[:60]!r} has a word of {longest} dots and {label.contentsRect().width()} dots of room"
        return ""
    if label.sizeHint().width() > label.width() + SLACK:
        return f"{words[:60]!r} needs {label.sizeHint().width()} dots and has {label.width()}"
    return ""


def _is_outside(widget: QWidget, shown: QWidget) -> bool:
    one: QWidget | None = widget.parentWidget()
    while one is not None and one is not shown:
        if isinstance(one, QAbstractScrollArea) and not isinstance(one, QScrollArea):
            return False  # cells and headers scroll
        one = one.parentWidget()
    left = widget.mapTo(shown, QPoint(0, 0)).x()
    return left < -SLACK or left + widget.width() > shown.width() + SLACK
