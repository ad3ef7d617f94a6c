"""All settings by their words, whatever section they stand in; nothing is drawn for it."""

from collections.abc import Iterable
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QTimer

from desktop.dialogs.context import Context
from desktop.views.boundary import guard
from desktop.views.settings_bases import SectionEntry

READ_MS: Final = 30
"""Between sections that are read one after the other."""


class Found(NamedTuple):
    """What can be found: a setting of a section, or the section itself where ``setting`` is empty."""

    section: str
    setting: str
    label: str
    words: str


class SettingsIndex(QObject):
    """Sections are read when somebody searches: their modules are imported for it."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.known: list[Found] = []
        """Of the sections that were read."""
        self._unread: list[SectionEntry] = []
        self._reading = False

    @property
    def whole(self) -> bool:
        """Every section was read."""
        return not self._unread

    def hold(self, entries: Iterable[SectionEntry]) -> None:
        """Take the table of sections; none of them is read yet."""
        self._unread = list(entries)

    def everything(self) -> list[Found]:
        """Return all that can be found; what is not read is read now."""
        while self._unread:
            self._read_next()
        return self.known

    def read_on(self) -> None:
        """Read the rest one section at a time, so that nobody who types waits for it."""
        if self._unread and not self._reading:
            self._reading = True
            QTimer.singleShot(READ_MS, self, self._on_time)

    def search(self, words: list[str]) -> list[Found]:
        """Return what has all of ``words`` (folded): what is called so first, what only speaks of it last."""
        found = [one for one in self.everything() if all(word in one.words for word in words)]
        return sorted(found, key=lambda one: _rank(one.label.casefold(), words[0]))

    def _on_time(self) -> None:
        self._reading = False
        if self._unread:
            self._read_next()
            self.read_on()

    def _read_next(self) -> None:
        entry = self._unread.pop(0)
        self.known.append(Found(entry.name, "", entry.title, f"{entry.title} {entry.words}".casefold()))
        for group in guard(entry.name, partial(entry.groups, self._context), lambda _error: []):
            for one in group.settings:
                field = one.field
                choices = " ".join(title for _value, title in field.choices)
                words = " ".join((field.label, field.help, group.title, choices, field.name))
                self.known.append(Found(entry.name, field.name, field.label, words.casefold()))
            for name, label in group.others:
                self.known.append(Found(entry.name, name, label, f"{label} {group.title}".casefold()))


def _rank(label: str, word: str) -> int:
    if any(part.startswith(word) for part in label.split()):
        return 0
    return 1 if word in label else 2
