"""The chosen alert in full: what, since when, what was done about it, and what can be done."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.alerts import ACCOUNT_KINDS, WORKER_KINDS, is_open, is_silenced
from master.api.schema import Alert

HOUR = 3600
SPANS = (HOUR, 8 * HOUR, 7 * 24 * HOUR)


class AlertPanel(QFrame):
    """Emits what the person wants with the alert that is shown."""

    acknowledge_wanted = Signal()
    silence_wanted = Signal(int)
    """For so many seconds; 0 ends the silence."""
    subject_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._context = context
        self.alert: Alert | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._title = self._label("strong")
        self.pill = StatePill(context.theme, self)
        head.addWidget(self.pill)
        head.addWidget(self._title, 1)
        layout.addLayout(head)
        self._detail = self._label("")
        self._facts = self._label("muted")
        layout.addWidget(self._detail)
        layout.addWidget(self._facts)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.acknowledge = QPushButton(self.tr("Acknowledge"), self)
        self.acknowledge.clicked.connect(self.acknowledge_wanted)
        self.silence = QPushButton(self.tr("Silence for…"), self)
        self.silence.setMenu(self._menu())
        self.speak = QPushButton(self.tr("End the silence"), self)
        self.speak.clicked.connect(lambda _checked=False: self.silence_wanted.emit(0))
        self.open_button = QPushButton(self)
        self.open_button.clicked.connect(self.subject_wanted)
        for button in (self.acknowledge, self.silence, self.speak, self.open_button):
            button.setAutoDefault(True)  # Enter presses it, as in a dialog
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        self.hide()

    def _label(self, kind: str) -> PlainLabel:
        label = PlainLabel(self)
        label.setProperty("kind", kind)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setWordWrap(True)
        return label

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for title, seconds in zip((self.tr("1 hour"), self.tr("8 hours"), self.tr("1 week")), SPANS, strict=True):
            menu.addAction(title, partial(self.silence_wanted.emit, seconds))
        return menu

    def show_alert(self, alert: Alert | None) -> None:
        """Show an alert; None hides."""
        self.alert = alert
        self.setVisible(alert is not None)
        if alert is None:
            return
        wording, now = self._context.wording, now_ms()
        self.pill.set_face(wording.alert_face(alert))
        self._title.setText(wording.say(alert.title))
        self._detail.setText(wording.say(alert.detail))
        self._detail.setVisible(alert.detail is not None)
        parts = [self.tr("since {time} ({age})").format(
            time=wording.moment(alert.raised_at), age=wording.ago(alert.raised_at, now)
        )]  # fmt: skip
        if alert.cleared_at is not None:
            parts.append(self.tr("over since {time}").format(time=wording.moment(alert.cleared_at)))
        if alert.acknowledged_at is not None:
            parts.append(self.tr("acknowledged {time}").format(time=wording.moment(alert.acknowledged_at)))
        silenced = is_silenced(alert, now)
        if silenced:
            parts.append(self.tr("silenced until {time}").format(time=wording.moment(alert.silenced_until_at)))
        self._facts.setText(" · ".join(parts))
        self.acknowledge.setEnabled(is_open(alert) and alert.acknowledged_at is None)
        self.silence.setVisible(is_open(alert))
        self.speak.setVisible(silenced and is_open(alert))
        known = alert.subject and alert.kind in WORKER_KINDS | ACCOUNT_KINDS
        self.open_button.setVisible(bool(known))
        self.open_button.setText(self.tr("Open worker") if alert.kind in WORKER_KINDS else self.tr("Open account"))
