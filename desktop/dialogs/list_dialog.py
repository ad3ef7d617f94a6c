"""A dialog around a short list with its buttons."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.base import MAX_WIDTH, BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.list_panels import ListPanel


class ListDialog(BaseDialog):
    """Has the buttons of its ``panel``, and *Close*."""

    usual_width = MAX_WIDTH
    undo_left = Signal(str, object)
    """It was closed while something could still be taken back: what was done, and the function that takes it back."""

    def __init__(self, context: Context, title: str, panel: ListPanel, parent: QWidget | None = None) -> None:
        super().__init__(context, title, parent)
        self.panel = panel
        self.body.addWidget(panel)
        self.body.addStretch(1)
        self.close_button = self.add_button(self.tr("Close"), busy=False)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        panel.settled.connect(self._on_settled)
        self._on_settled()

    def done(self, result: int) -> None:
        """Leave what can be taken back to the window."""
        words = self.panel.undo_line.words
        if (back := self.panel.undo_line.take()) is not None:
            self.undo_left.emit(words, back)
        super().done(result)

    def _on_settled(self) -> None:
        """The list has the focus where nothing else wants it: arrows choose at once."""
        self.fit()
        panel, held = self.panel, self.focusWidget()
        if held is panel.table or (held in panel.commands and held.isEnabled()):
            return
        ready = [button for button in panel.commands if button.isEnabled()]
        wanted = panel.table if panel.rows.rowCount() else next(iter(ready), self.close_button)
        wanted.setFocus()
