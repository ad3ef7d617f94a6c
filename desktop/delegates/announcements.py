"""What comes up by itself is told to those who hear the window: the focus stays where it is."""

from typing import Final

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

COVERED: Final = "covered"
"""Property of what the lock of the window hides: nothing of it is said either."""


def may_be_said(widget: QWidget) -> bool:
    """Nothing covers ``widget``, or what it stands in."""
    one: QWidget | None = widget
    while one is not None and not one.property(COVERED):
        one = one.parentWidget()
    return one is None


def announce(widget: QWidget, words: str, *, urgent: bool = False) -> None:
    """Say ``words``; what is ``urgent`` at once, the rest when the reader has finished its sentence."""
    if not words or not QAccessible.isActive() or not may_be_said(widget):
        return
    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
