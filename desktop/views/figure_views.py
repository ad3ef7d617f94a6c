"""The base of views that are figures: a choice of the time, cards with large numbers, tables below, all scrolled."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.cells import OPEN
from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.delegates.scroll_rooms import WITHIN, ScrollRoom
from desktop.dialogs.context import Context
from desktop.models.tables import Row, SmallTableModel
from desktop.theme import ROW_COMPACT, ROW_HEAD
from desktop.views.loaded_views import LoadedView
from desktop.views.tables import make_card

T = TypeVar("T")


class FiguresView(LoadedView):
    """Subclasses add their parts to ``column``, from top to bottom."""

    def __init__(self, context: Context, title: str, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.figures: dict[str, PlainLabel] = {}
        area = QScrollArea(self.content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(title)
        self.inside = QWidget(area)
        self.inside.setProperty("kind", "scrolled")
        area.setWidget(self.inside)
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(*WITHIN)
        self.column.setSpacing(12)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        ScrollRoom(area, self.column)

    def add_choices(
        self, choices: Sequence[tuple[str, T]], chosen: T, choose: Callable[[T], None]
    ) -> list[QPushButton]:
        """Add a row of buttons of which one is down; return them."""
        bar = QHBoxLayout()
        bar.setSpacing(8)
        group = QButtonGroup(self)
        buttons: list[QPushButton] = []
        for title, value in choices:
            button = QPushButton(title, self.inside)
            button.setCheckable(True)
            button.setChecked(value == chosen)
            button.toggled.connect(lambda on, value=value: choose(value) if on else None)
            group.addButton(button)
            bar.addWidget(button)
            buttons.append(button)
        bar.addStretch(1)
        self.column.addLayout(bar)
        return buttons

    def add_card(self) -> tuple[QFrame, QVBoxLayout]:
        """Add an empty card; return it and what its parts are laid out in."""
        card = QFrame(self.inside)
        card.setProperty("kind", "card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        self.column.addWidget(card)
        return card, layout

    def add_figures(self, titles: Mapping[str, str]) -> None:
        """Add a card of large numbers with their titles below; they are filled through ``figures``, by name."""
        card, column = self.add_card()
        row = QGridLayout()
        row.setHorizontalSpacing(16)
        row.setVerticalSpacing(0)
        for position, (name, title) in enumerate(titles.items()):
            figure, label = PlainLabel("–", card), PlainLabel(title, card)
            figure.setProperty("kind", "figure")
            label.setProperty("kind", "small")
            row.addWidget(figure, 0, position)
            row.addWidget(label, 1, position)
            row.setColumnStretch(position, 1)
            self.figures[name] = figure
        column.addLayout(row)

    def add_table(self, titles: tuple[str, ...], widths: Sequence[int]) -> tuple[SmallTableModel, QTableView]:
        """Add a table; its first column takes the room that the figures (``widths`` in pixels) leave."""
        model = SmallTableModel(titles, frozenset(range(1, len(titles))), self)
        table = plain_table(model, self.context.theme, self.inside)
        table.setAccessibleName(titles[0])
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(widths, 1):
            table.setColumnWidth(column, width)
        self.column.addWidget(make_card(table, self.inside))
        return model, table

    def fill(self, model: SmallTableModel, table: QTableView, rows: list[Row], most: int) -> None:
        """Show rows, as high as they are, but no higher than ``most`` of them."""
        model.show(rows)
        table.setProperty(OPEN, len(rows) <= most)
        table.setFixedHeight(ROW_HEAD + max(1, min(most, len(rows))) * ROW_COMPACT)
