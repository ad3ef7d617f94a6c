"""When it is quiet: hours of the week, what is snoozed now, and how much a notification shows."""

from typing import Any, Final

from PySide6.QtCore import QTimeZone
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.conflict_parts import Part, check_part, form_parts, windows_part
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.context import Context
from desktop.dialogs.edit_dialogs import EditDialog
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from desktop.dialogs.quiet_windows import NIGHT, WindowList
from desktop.dialogs.schedule_dialog import LOCAL, system_zone
from desktop.dialogs.snooze_lists import SnoozeList
from desktop.models.accounts import now_ms
from master.api.rules import QuietHours, QuietHoursPatch, SnoozeRow
from master.api.schema import Settings, SettingsPatch

SETTINGS: Final = ("notification_privacy", "item_burst_limit", "burst_window_seconds")


class QuietDialog(EditDialog):
    """What is saved counts at once: what is not to be held any more is told."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("Quiet hours"), parent)
        self._telling = context.models.telling
        self._known: QuietHours | None = self._telling.quiet
        self.state = PlainLabel(self)
        self.state.setProperty("kind", "muted")
        self.state.setWordWrap(True)
        self.body.addWidget(self.state)
        self.enabled = QCheckBox(self.tr("Hold what is not urgent during these hours"), self)
        self.body.addWidget(self.enabled)
        self.windows = WindowList(context, self)
        self.body.addWidget(self.windows)
        self.fault = ErrorLine(context.theme, self)
        self.body.addWidget(self.fault)
        self.form = Form(self._fields(), context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.snoozes = SnoozeList(context, self._on_end, "label", self)
        self.snoozes.lines.setContentsMargins(0, 0, 0, 0)
        self.snoozes.lines.setSpacing(8)
        self.body.addWidget(self.snoozes)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.enabled.toggled.connect(self._on_enabled)
        self.windows.edited.connect(lambda: self.fault.say(""))
        self._telling.quiet_changed.connect(self._show_state)
        self._fill()
        self.conflicts = self._follow(self._known) if self._known is not None else None

    def _fields(self) -> list[Field]:
        zones = sorted(bytes(one.data()).decode() for one in QTimeZone.availableTimeZoneIds())
        local = self.tr("That of this computer ({zone})").format(zone=system_zone())
        return [
            Field(
                name="time_zone",
                type="choice",
                label=self.tr("Time zone"),
                choices=((LOCAL, local), *((zone, zone) for zone in zones)),
                default=LOCAL,
            ),
            Field(
                name="notification_privacy",
                type="boolean",
                label=self.tr("Show account and kind, not what was written"),
            ),
            Field(
                name="item_burst_limit",
                type="number",
                label=self.tr("Of one account, tell at most"),
                help=self.tr("What is beyond comes as one message: “7 more”."),
                suffix=self.tr("items"),
                minimum=1,
                maximum=1000,
                default=5,
                required=True,
            ),
            Field(
                name="burst_window_seconds",
                type="number",
                label=self.tr("Within"),
                suffix=self.tr("s"),
                minimum=5,
                maximum=3600,
                default=60,
                required=True,
            ),
        ]

    def _fill(self) -> None:
        quiet, settings = self._known, self.context.models.settings
        if quiet is not None:
            self._show(quiet)
        if settings is not None:
            self.form.set_values({name: getattr(settings, name) for name in SETTINGS})
        self.save_button.setEnabled(quiet is not None)
        self._show_state()
        self.enabled.setFocus()

    def _show(self, quiet: QuietHours) -> None:
        self.windows.clear()
        for window in quiet.windows:
            self.windows.add(window)
        self.enabled.setChecked(quiet.enabled)
        self.form.set_values({"time_zone": quiet.time_zone})

    def _follow(self, quiet: QuietHours) -> Conflicts:
        bridge = self.context.bridge
        return Conflicts(
            self,
            quiet,
            noun="quiet_hours",
            parts=self._parts,
            fetch=lambda: bridge.call(bridge.client.quiet_hours()),
            show=self._show,
            take=self._take,
            save=self.save,
            is_same=lambda _row: True,
        )

    def _parts(self) -> list[Part]:
        words = self._telling.words.window
        windows = windows_part("windows", self.tr("Hours"), self.windows, words)
        return [check_part("enabled", self.enabled), windows, *form_parts(self.form)]

    def _take(self, quiet: QuietHours) -> None:
        self._known = quiet

    def _on_enabled(self, on: bool) -> None:
        if on and not self.windows.rows:
            self.windows.add(NIGHT)
            self.fit()

    def _show_state(self) -> None:
        quiet = self._telling.quiet
        if quiet is None:
            self.state.setText(self.tr("The quiet hours could not be loaded. Close this and try again."))
            return
        words = [self._telling.words.quiet(quiet, now_ms())]
        if quiet.held:
            words.append(self.tr("%n held", "", quiet.held))
        self.state.setText(self.tr("Now: {words}").format(words=" · ".join(words)))
        self.snoozes.show_rows(self._telling.snoozes.values())
        self.fit()

    def _on_end(self, row: SnoozeRow, _button: QPushButton) -> None:
        self.start(self._end_snooze(row.id))

    async def _end_snooze(self, snooze_id: str) -> None:
        bridge = self.context.bridge
        await bridge.call(bridge.client.delete_snooze(snooze_id))

    # -- saving

    def save(self) -> None:
        """Check and save; hours without a day are no hours."""
        if any(not row.days for row in self.windows.values()):
            self.fault.say(self.tr("Choose at least one day for each of these hours."))
            self.reveal(self.fault)
            return
        missing = self.form.missing(self.tr("A number, please."))
        wrong = missing | self.form.wrong_values(self.context.wording)
        if not self.form.set_errors(wrong) and not wrong:
            self.start(self._save())

    async def _save(self) -> None:
        bridge, values = self.context.bridge, self.form.values()
        known = self._known
        patch = QuietHoursPatch(
            enabled=self.enabled.isChecked(),
            windows=self.windows.values(),
            time_zone=values["time_zone"],
            **({"version": known.version} if known is not None else {}),
        )
        self._known = await bridge.call(bridge.client.patch_quiet_hours(patch))
        changes = self._changed_settings(self.context.models.settings, values)
        if changes:
            await bridge.call(bridge.client.patch_settings(SettingsPatch(**changes)))
        if not self.gone:
            self.accept()

    def on_free(self) -> None:
        """What could not be loaded cannot be saved."""
        self.save_button.setEnabled(self._known is not None)

    def _changed_settings(self, settings: Settings | None, values: dict[str, Any]) -> dict[str, Any]:
        wanted = {name: values[name] for name in SETTINGS if name in values}
        wanted |= {name: int(wanted[name]) for name in SETTINGS[1:] if name in wanted}
        return {name: value for name, value in wanted.items() if settings is None or getattr(settings, name) != value}
