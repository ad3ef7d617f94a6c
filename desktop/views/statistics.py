"""The Statistics page: how much was found where and when, and how well it is watched."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.views.item_statistics import ItemStatisticsView
from desktop.views.page import Page


class StatisticsPage(Page):
    """One sentence with the figures of the chosen time; under it all of them."""

    name = "statistics"
    account_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Statistics"))
        self.view = ItemStatisticsView(context, self.content)
        self.view.said.connect(self.set_sentence)
        self.view.account_wanted.connect(self.account_wanted)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.reach_edges()
        self.first_focus = self.view.first_focus
        self.refresh()

    def tick(self) -> None:
        """Ask anew now and then."""
        self.view.tick()
