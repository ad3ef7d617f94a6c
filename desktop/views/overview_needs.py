"""*What needs me*: a row a thing, with what happened, since when, and one thing to do."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.elided import ElidedLabel, ElidedLink
from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.need_rows import Need
from desktop.theme import ICON
from desktop.views.overview_cards import OverviewCard

PILL = 124
AGE = 64


class NeedRow(QFrame):
    """One thing. Its title leads to where it stands."""

    acted = Signal(object, object)
    """The :class:`Need` and the button."""
    wanted = Signal(object)
    """The :class:`Need` whose place is to be shown."""

    def __init__(self, context: Context, need: Need, now: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self.need = context, need
        self.setProperty("kind", "row")
        self._pill = StatePill(context.theme, self)
        place = QWidget(self)
        place.setMinimumWidth(PILL)
        pills = QHBoxLayout(place)
        pills.setContentsMargins(0, 0, 0, 0)
        pills.addWidget(self._pill)
        pills.addStretch(1)
        self.link = ElidedLink(self)
        self._words = ElidedLabel(self)
        self._words.setProperty("kind", "small")
        self._age = PlainLabel(self)
        self._age.setProperty("kind", "small")
        self._age.setFixedWidth(AGE)
        self._age.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.button = QPushButton(self)
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addStretch(1)
        links = QHBoxLayout()
        links.addWidget(self.link)
        links.addStretch(1)
        text.addLayout(links)
        text.addWidget(self._words)
        text.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(12)
        layout.addWidget(place)
        layout.addLayout(text, 1)
        layout.addWidget(self._age)
        layout.addWidget(self.button)
        self.link.clicked.connect(lambda _checked=False: self.wanted.emit(self.need))
        self.button.clicked.connect(lambda _checked=False: self.acted.emit(self.need, self.button))
        self.show_need(need, now)

    def set_first(self, first: bool) -> None:
        """No line divides the first row from the title."""
        kind = "" if first else "row"
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)

    def show_need(self, need: Need, now: int) -> None:
        """Show it as it is now (UTC ms)."""
        self.need = need
        wording = self._context.wording
        self._pill.set_face(need.face)
        self.link.set_words(need.title)
        self.link.setAccessibleName(", ".join(part for part in (need.title, need.face.word, need.words) if part))
        self._words.set_words(need.words)
        self._words.setVisible(bool(need.words))
        self._age.setText(wording.ago(need.since_at, now) if need.since_at is not None else "")
        self._age.setToolTip(wording.moment(need.since_at) if need.since_at is not None else "")
        self.button.setText(need.button)
        self.button.setVisible(bool(need.button))
        self.button.setAccessibleName(self.tr("{action}: {name}").format(action=need.button, name=need.title))


class NeedsCard(OverviewCard):
    """All of them; a calm sentence where there is nothing."""

    acted = Signal(object, object)
    wanted = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent, link=False)
        self.set_title(self.tr("Needs you"))
        self.setObjectName("needs")
        self.rows: dict[str, NeedRow] = {}
        self._calm = self._make_calm()
        self._layout = QVBoxLayout(self.content)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._calm)
        self._layout.addStretch(1)

    def _make_calm(self) -> QWidget:
        calm = QWidget(self.content)
        row = QHBoxLayout(calm)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(12)
        self._icon = PlainLabel(calm)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.calm_title = PlainLabel(self.tr("Nothing needs you"), calm)
        self.calm_title.setProperty("kind", "strong")
        self.calm_words = ElidedLabel(calm)
        self.calm_words.setProperty("kind", "small")
        words.addWidget(self.calm_title)
        words.addWidget(self.calm_words)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        self.context.theme.changed.connect(self._draw)
        self._draw()
        return calm

    def _draw(self) -> None:
        self._icon.setPixmap(self.context.theme.icon("done", "ok").pixmap(ICON, ICON))

    def show_needs(self, needs: Sequence[Need], calm: str, now: int) -> None:
        """Show these; rows that stay keep their place in the hands of whoever is at them."""
        wanted = {need.key: need for need in needs}
        focused = self._focused_row()
        for key in [key for key in self.rows if key not in wanted]:
            row = self.rows.pop(key)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        changed = list(self.rows) != [key for key in wanted if key in self.rows]
        for key, need in wanted.items():
            known = self.rows.get(key)
            if known is None:
                self.rows[key] = self._make_row(need, now)
                changed = True
            else:
                known.show_need(need, now)
        if changed:
            self._arrange(list(wanted))
        width = max((row.button.sizeHint().width() for row in self.rows.values()), default=0)
        for row in self.rows.values():
            row.button.setMinimumWidth(width)
        self._calm.setVisible(not wanted)
        self.calm_words.set_words(calm)
        if focused is not None and focused not in self.rows and self.rows:
            next(iter(self.rows.values())).link.setFocus()

    def _make_row(self, need: Need, now: int) -> NeedRow:
        row = NeedRow(self.context, need, now, self.content)
        row.acted.connect(self.acted)
        row.wanted.connect(self.wanted)
        return row

    def _arrange(self, keys: list[str]) -> None:
        """Order the rows, and Tab with them."""
        self.rows = {key: self.rows[key] for key in keys}
        before: QWidget = self.title_link
        for position, row in enumerate(self.rows.values()):
            if self._layout.indexOf(row) != position:
                self._layout.insertWidget(position, row)
                row.show()
            row.set_first(position == 0)
            for widget in (row.link, row.button):
                QWidget.setTabOrder(before, widget)
                before = widget

    def _focused_row(self) -> str | None:
        focused: QWidget | None = self.window().focusWidget()
        rows = self.rows.items()
        return next((key for key, row in rows if focused is not None and row.isAncestorOf(focused)), None)
