"""Quiet hours: when what is not urgent is held, and what is snoozed now."""

from typing import Final

from PySide6.QtCore import QTimer, QTimeZone
from PySide6.QtWidgets import QCheckBox, QPushButton

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.fields import Field
from desktop.dialogs.form import FieldRow
from desktop.dialogs.progress import working
from desktop.dialogs.quiet_windows import NIGHT, WindowList
from desktop.dialogs.schedule_dialog import LOCAL, system_zone
from desktop.dialogs.snooze_lists import SnoozeList
from desktop.models.accounts import now_ms
from desktop.views.note_lines import NoteLine
from desktop.views.settings_bases import Section
from master.api.client import ApiError
from master.api.rules import QuietHours, QuietHoursPatch, SnoozeRow

SETTLE_MS: Final = 500
"""After the last click or key: hours are typed digit by digit."""
CONFLICT: Final = 409


class QuietSection(Section):
    """Saves by itself once what is edited rests; a change made elsewhere is shown, or said where one is typing."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.set_title(
            self.tr("Quiet hours"),
            self.tr("What is not urgent is held during these hours and told together at their end."),
        )
        self._telling = context.models.telling
        self._known: QuietHours | None = None
        self._busy = self._filling = False
        self._alive = [True]
        self.destroyed.connect(self._alive.clear)
        self.state = PlainLabel(self.inside)
        self.state.setWordWrap(True)
        self.enabled = QCheckBox(self.tr("Hold what is not urgent during these hours"), self.inside)
        self.windows = WindowList(context, self.inside)
        self.zone = FieldRow(self._zone_field(), context.theme, self.inside)
        self.fault = ErrorLine(context.theme, self.inside)
        self.note = NoteLine(self.inside)
        self.saved = PlainLabel(self.inside)
        self.saved.setProperty("kind", "ok")
        card = self.add_card()
        for widget in (self.state, self.enabled, self.windows, self.zone, self.fault, self.note, self.saved):
            card.addWidget(widget)
        self.snoozes = SnoozeList(context, self._end_snooze, "strong", self.inside)
        self.snoozes.setProperty("kind", "card")
        self.snoozes.lines.setContentsMargins(16, 16, 16, 16)
        self.snoozes.lines.setSpacing(8)
        self.body.addWidget(self.snoozes)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self.save)
        self._saved_timer = QTimer(self)
        self._saved_timer.setSingleShot(True)
        self._saved_timer.setInterval(2500)
        self._saved_timer.timeout.connect(self.saved.hide)
        self.saved.hide()
        self.first_focus = self.enabled
        self.enabled.clicked.connect(self._on_enabled)
        self.windows.edited.connect(self._on_edited)
        self.zone.input.edited.connect(self._on_edited)
        self.note.first.clicked.connect(lambda _checked=False: self._keep_mine())
        self.note.second.clicked.connect(lambda _checked=False: self.take_theirs())
        self._telling.quiet_changed.connect(self.refresh)
        context.models.connection_changed.connect(self.refresh)
        self.take_theirs()

    def _zone_field(self) -> Field:
        zones = sorted(bytes(one.data()).decode() for one in QTimeZone.availableTimeZoneIds())
        local = self.tr("That of this computer ({zone})").format(zone=system_zone())
        return Field(
            name="time_zone",
            type="choice",
            label=self.tr("Time zone"),
            choices=((LOCAL, local), *((zone, zone) for zone in zones)),
            default=LOCAL,
        )

    # -- what stands here

    @property
    def dirty(self) -> bool:
        """What stands here is not what is stored."""
        known = self._known
        return known is not None and (
            self.enabled.isChecked() != known.enabled
            or self.windows.values() != known.windows
            or self.zone.input.value() != known.time_zone
        )

    def take_theirs(self) -> None:
        """Show what is stored; what was edited here goes."""
        self._timer.stop()
        self.note.say("")
        self.fault.say("")
        self._known = quiet = self._telling.quiet
        self._filling = True
        self.windows.clear()
        for window in quiet.windows if quiet is not None else []:
            self.windows.add(window)
        self.enabled.setChecked(quiet is not None and quiet.enabled)
        self.zone.input.set_value(quiet.time_zone if quiet is not None else LOCAL)
        self._filling = False
        self.refresh()

    def refresh(self) -> None:
        """Show what the models say now."""
        quiet, known = self._telling.quiet, self._known
        ready = self.context.models.connected and quiet is not None
        for widget in (self.enabled, self.windows, self.zone):
            widget.setEnabled(ready)
        if quiet is None:
            self.state.setText(self.tr("The quiet hours could not be loaded."))
        else:
            words = [self._telling.words.quiet(quiet, now_ms())]
            if quiet.held:
                words.append(self.tr("%n held", "", quiet.held))
            self.state.setText(self.tr("Now: {words}").format(words=" · ".join(words)))
        if not ready and quiet is not None:
            self.state.setText(self.tr("The master does not answer: this can be changed once it does."))
        self.snoozes.show_rows(self._telling.snoozes.values())
        if self._busy or quiet is None:
            return
        if known is None or (known.version < quiet.version and not self.dirty):
            self.take_theirs()
        elif known.version < quiet.version:
            self.note.say(
                self.tr("They were changed elsewhere meanwhile."), self.tr("Keep mine"), self.tr("Take those")
            )

    # -- what the person does

    def _end_snooze(self, row: SnoozeRow, button: QPushButton) -> None:
        bridge = self.context.bridge
        working(self.context, button, bridge.call(bridge.client.delete_snooze(row.id)))

    def _on_enabled(self, on: bool) -> None:
        if on and not self.windows.rows:
            self.windows.add(NIGHT)
        self._on_edited()

    def _on_edited(self) -> None:
        if self._filling:
            return
        self.fault.say("")
        self.saved.hide()
        if self.dirty:
            self._timer.start()
        else:
            self._timer.stop()
            self.note.say("")

    def _keep_mine(self) -> None:
        self.note.say("")
        self._known = self._telling.quiet
        self.save()

    def save(self) -> None:
        """Check and save; hours without a day are no hours."""
        known = self._known
        if self._busy or known is None or not self.dirty or not self.note.isHidden():
            return
        if any(not row.days for row in self.windows.values()):
            self.fault.say(self.tr("Choose at least one day for each of these hours."))
            return
        patch = QuietHoursPatch(
            enabled=self.enabled.isChecked(),
            windows=self.windows.values(),
            time_zone=self.zone.input.value(),
            version=known.version,
        )
        self._busy = True
        working(self.context, self, self._save(patch))

    async def _save(self, patch: QuietHoursPatch) -> None:
        bridge = self.context.bridge
        try:
            fresh: QuietHours = await bridge.call(bridge.client.patch_quiet_hours(patch))
        except ApiError as error:
            self._busy = False
            if self._alive:
                self._on_refused(error)
        else:
            self._busy = False
            if self._alive:
                self._known = fresh
                self.saved.setText(self.tr("Saved"))
                self.saved.show()
                self._saved_timer.start()
                if self.dirty:  # edited meanwhile
                    self._timer.start()

    def _on_refused(self, error: ApiError) -> None:
        found = self.context.field_errors(error)
        if error.status == CONFLICT and not found:
            self.context.run(self._telling.reload_quiet())
            self.note.say(
                self.tr("They were changed elsewhere meanwhile."), self.tr("Keep mine"), self.tr("Take those")
            )
        else:
            self.fault.say("\n".join(found.values()) or self.context.wording.refusal(error))
