"""What the sections of the Settings page are made on, and what their table says of each."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec import inspect
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from master.api.schema import Settings

WIDTH: Final = 620
"""The widest column of fields; beyond it lines are long to read."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting: the field that shows it (its name is the key), and where it is kept."""

    store: str
    """``window`` (``desktop.json``) or ``master`` (``settings.json``)."""
    field: Field
    restart: bool = False
    """It counts from the next start."""
    undo: bool = False
    """A change is offered to be undone."""
    only_with: str = ""
    """Name of a setting of the same store without which this one says nothing."""


def of_window(field: Field, *, restart: bool = False, undo: bool = False) -> Setting:
    """Return a setting that is kept in ``desktop.json``."""
    return Setting(store="window", field=field, restart=restart, undo=undo)


def of_master(field: Field, *, restart: bool = False, undo: bool = False, only_with: str = "") -> Setting:
    """Return a setting that the master keeps; a number is bounded as the master bounds it."""
    if field.type == "number":
        least, most = _bounds(field.name)
        field = replace(field, minimum=least, maximum=most)
    return Setting(store="master", field=field, restart=restart, undo=undo, only_with=only_with)


def _bounds(name: str) -> tuple[float | None, float | None]:
    """Return the least and the most that the master takes for a number. Raises ``KeyError`` for an unknown one."""
    settings = inspect.type_info(Settings)
    assert isinstance(settings, inspect.StructType)
    kind = {one.name: one.type for one in settings.fields}[name]
    parts = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    number = next(one for one in parts if isinstance(one, (inspect.IntType, inspect.FloatType)))
    return number.ge, number.le


@dataclass(frozen=True, kw_only=True)
class Group:
    """Settings that belong together, under one heading."""

    title: str
    settings: list[Setting]
    help: str = ""
    others: tuple[tuple[str, str], ...] = ()
    """What else the section has a control of its own for: names, and how they are called."""


@dataclass(frozen=True, kw_only=True)
class SectionEntry:
    """A line of the table of sections. ``make`` and ``groups`` import what they need when they are called."""

    name: str
    icon: str
    title: str
    make: Callable[[Context], "Section"]
    words: str = ""
    """More words by which the search finds the section."""
    groups: Callable[[Context], list[Group]] = field(default=lambda _context: [])
    """Its settings, for the search; nothing is drawn for it."""


class Section(QWidget):
    """A scrolled column: title, one sentence, then whatever the section puts into ``body``."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""
    page_wanted = Signal(str)
    section_wanted = Signal(str)

    def __init__(self, context: Context, title: str = "", sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.title = title
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget(self._area)
        inside.setProperty("kind", "scrolled")
        inside.setMaximumWidth(WIDTH + 40)
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 0, 12, 24)
        column.setSpacing(4)
        self.heading = PlainLabel(title, inside)
        self.heading.setProperty("kind", "heading")
        column.addWidget(self.heading)
        self.sentence = PlainLabel(sentence, inside)
        self.sentence.setProperty("kind", "muted")
        self.sentence.setWordWrap(True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.sentence.setVisible(bool(sentence))
        column.addWidget(self.sentence)
        self.inside = inside
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column.addSpacing(8)
        column.addLayout(self.body)
        column.addStretch(1)
        self._area.setWidget(inside)
        whole.addWidget(self._area)
        self.first_focus: QWidget | None = None
        """What takes the focus when the section is opened from the list."""

    def set_title(self, title: str, sentence: str = "") -> None:
        """Name it; a class says its words with its own ``tr``."""
        self.title = title
        self.heading.setText(title)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def shown(self) -> None:
        """It comes forward, each time: load what it shows."""

    def tick(self) -> None:
        """A second went by while it is shown."""

    def show_setting(self, name: str) -> bool:
        """Scroll to a setting and give it the focus; False where there is none of this name."""
        return False

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a part of the body, once what is new in it is laid out."""
        QTimer.singleShot(0, widget, lambda: self._area.ensureWidgetVisible(widget, 0, 60))

    def add_card(self) -> QVBoxLayout:
        """Add a card to the body; return the column in it."""
        card = QFrame(self.inside)
        card.setProperty("kind", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        self.body.addWidget(card)
        return column

    def add_heading(self, text: str, help_text: str = "") -> PlainLabel:
        """Add the heading of a group to the body."""
        label = PlainLabel(text, self.inside)
        label.setProperty("kind", "strong")
        if self.body.count():
            self.body.addSpacing(8)
        self.body.addWidget(label)
        if help_text:
            words = PlainLabel(help_text, self.inside)
            words.setProperty("kind", "small")
            words.setWordWrap(True)
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            self.body.addWidget(words)
        return label
