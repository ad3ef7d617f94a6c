"""Quitting while jobs run: they go on under their keepers, or they are stopped."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.models.endings import stop_running
from desktop.theme import ICON
from master.api.schema import Job

NAMED = 4
"""Jobs that are told by name; the others are counted."""


class QuitDialog(BaseDialog):
    """Accepted: quit. *Cancel* leaves all as it is."""

    def __init__(self, context: Context, jobs: list[Job], parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("Quit while %n job(s) run?", "", len(jobs)), parent)
        locked = context.lock is not None and context.lock.locked
        self.setProperty("lock_safe", locked)  # the lock lets it through, as it says nothing then
        row = QHBoxLayout()
        row.setSpacing(12)
        icon = PlainLabel(self)
        icon.setPixmap(context.theme.icon("jobs", "muted").pixmap(QSize(ICON, ICON)))
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(8)
        names = [job.name for job in jobs[:NAMED]]
        if len(jobs) > NAMED:
            names.append(self.tr("and %n more", "", len(jobs) - NAMED))
        self.names = PlainLabel("\n".join(names), self)
        self.names.setProperty("kind", "strong")
        self.names.setHidden(locked)
        hint = PlainLabel(
            self.tr(
                "Left alone they go on without Watchkeeper, and their output and end are here when it is started again."
                " What waits is kept, and starts then."
            ),
            self,
        )
        hint.setProperty("kind", "muted")
        for label in (self.names, hint):
            label.setWordWrap(True)
            words.addWidget(label)
        row.addLayout(words, 1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.add_cancel()
        self.stop_button = self.add_button(self.tr("Stop them"), kind="danger")
        self.stop_button.clicked.connect(lambda _checked=False: self._stop())
        self.leave_button = self.add_button(self.tr("Let them go on"), kind="primary")
        self.leave_button.clicked.connect(self.accept)
        self.leave_button.setFocus()
        self.fit()

    def _stop(self) -> None:
        self.stop_button.setText(self.tr("Stopping…"))
        self.start(self._stop_and_accept())

    async def _stop_and_accept(self) -> None:
        try:
            await stop_running(self.context.bridge)
        finally:
            if not self.gone:
                self.stop_button.setText(self.tr("Stop them"))
        if not self.gone:
            self.accept()
