"""The platforms in use, with how many accounts are watched and in trouble; each leads to its accounts."""

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.delegates.cells import draw_badge
from desktop.delegates.elided import ElidedLink
from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.flows import FlowLayout
from desktop.models.account_surveys import AccountSurvey, PlatformCounts
from desktop.models.accounts import Badge
from desktop.models.overviews import OverviewModel
from desktop.theme import GREY, SMALL, Theme
from desktop.views.overview_cards import OverviewCard

SQUARE = 22
WIDEST = 150


class BadgeSquare(QWidget):
    """The square of a platform."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._badge: Badge | None = None
        self.setFixedSize(QSize(SQUARE, SQUARE))

    def set_badge(self, badge: Badge) -> None:
        """Show a platform's."""
        if badge != self._badge:
            self._badge = badge
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        if self._badge is not None:
            font = self._theme.font(SMALL, bold=True)
            draw_badge(QPainter(self), QRectF(0, 0, SQUARE, SQUARE), self._badge.letter, self._badge.color, font)


class PlatformChip(QWidget):
    """One platform."""

    wanted = Signal(str)
    """The title that its accounts are found by."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._square = BadgeSquare(theme, self)
        self.link = ElidedLink(self)
        self.link.setMaximumWidth(WIDEST)
        self.link.clicked.connect(lambda _checked=False: self.wanted.emit(self.link.words))
        self._total = PlainLabel(self)
        self._total.setProperty("kind", "strong")
        self._words = PlainLabel(self)
        self._words.setProperty("kind", "small")
        self._errors = PlainLabel(self)
        self._errors.setProperty("kind", "warn")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 16, 2)
        layout.setSpacing(8)
        for widget in (self._square, self.link, self._total, self._words, self._errors):
            layout.addWidget(widget)

    def show_counts(self, badge: Badge, total: str, words: str, errors: str) -> None:
        """Show how many there are; ``errors`` is empty where all is well."""
        self._square.set_badge(badge)
        self.link.set_words(badge.title)
        self.link.setAccessibleName(", ".join(part for part in (badge.title, total, words, errors) if part))
        self._total.setText(total)
        self._words.setText(words)
        self._errors.setText(f"▲ {errors}" if errors else "")
        self._errors.setVisible(bool(errors))


class PlatformsCard(OverviewCard):
    """A chip a platform."""

    accounts_wanted = Signal(str)

    def __init__(self, context: Context, model: OverviewModel, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.setObjectName("platforms")
        self._model = model
        self.set_title(self.tr("Platforms"))
        self.title_link.clicked.connect(lambda _checked=False: self.accounts_wanted.emit(""))
        self.chips: list[PlatformChip] = []
        self._box = QWidget(self.content)
        self._flow = FlowLayout(8, self._box)
        self.nothing = PlainLabel(self.tr("No account yet."), self.content)
        self.nothing.setProperty("kind", "muted")
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._box)
        column.addWidget(self.nothing)
        column.addStretch(1)

    def show_platforms(self, found: AccountSurvey) -> None:
        """Show how many accounts each has."""
        rows, accounts = self._model.platforms(found), self.context.models.accounts
        while len(self.chips) > len(rows):
            chip = self.chips.pop()
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        while len(self.chips) < len(rows):
            chip = PlatformChip(self.context.theme, self._box)
            chip.wanted.connect(self.accounts_wanted)
            QWidget.setTabOrder(self.chips[-1].link if self.chips else self.title_link, chip.link)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)
        for chip, row in zip(self.chips, rows, strict=True):
            title = Badge(row.platform[:1].upper(), GREY, row.platform)
            chip.show_counts(accounts.badges.get(row.platform, title), *self._words(row))
        self.nothing.setVisible(not rows)
        self._box.setVisible(bool(rows))
        errors = sum(row.error for row in rows)
        parts = [self.tr("%n account(s)", "", found.total)]
        if errors:
            parts.append(self.tr("%n in trouble", "", errors))
        self.aside.set_words(" · ".join(parts) if rows else "")

    def _words(self, row: PlatformCounts) -> tuple[str, str, str]:
        parts = [self.tr("%n active", "", row.active)] if row.active else []
        if row.paused:
            parts.append(self.tr("%n paused", "", row.paused))
        errors = self.tr("%n in trouble", "", row.error) if row.error else ""
        return self.context.wording.number(row.total), " · ".join(parts), errors
