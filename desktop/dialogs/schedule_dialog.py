"""A schedule: when a job runs, and what it runs."""

from typing import Any

from PySide6.QtCore import QTimer, QTimeZone, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.conflict_parts import form_parts
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.context import Context
from desktop.dialogs.cron_editor import CronInput
from desktop.dialogs.fields import Field
from desktop.dialogs.job_form import JobForm
from desktop.dialogs.runner_dialogs import RunnerDialog
from master.api.client import ApiError
from master.api.schema import Schedule, ScheduleCreate, SchedulePatch, SchedulePreview

LOCAL = "local"
PREVIEW_MS = 300
SCALES = {"misfire_age_seconds": 3600, "long_seconds": 60}
"""Fields that are typed in a larger unit than seconds."""
NIGHTLY = "0 3 * * *"


def system_zone() -> str:
    """Return the name of this computer's time zone."""
    return bytes(QTimeZone.systemTimeZoneId().data()).decode()


class ScheduleDialog(RunnerDialog):
    """With ``schedule`` it edits that one; what it runs stays on the same runner."""

    saved = Signal(object)
    """The :class:`Schedule` as it is now."""

    def __init__(self, context: Context, schedule: Schedule | None = None, parent: QWidget | None = None) -> None:
        title = self.tr("New schedule") if schedule is None else self.tr("Edit {name}").format(name=schedule.name)
        verb = self.tr("Add schedule") if schedule is None else self.tr("Save")
        super().__init__(context, title, verb, parent)
        self._schedule = schedule
        self._asked = ""
        self.save_button = self.ready_button
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_MS)
        self._timer.timeout.connect(self.preview)
        self.conflicts: Conflicts | None = None
        if schedule is None:
            self.begin()
        else:
            self.choose(schedule.job.runner)
            self._show(schedule)
            self.conflicts = self._follow(schedule)

    # -- steps

    def question(self) -> str:
        """Ask for a runner."""
        return self.tr("What is to be run again and again?")

    def title_of(self, runner: str) -> str:
        """A new schedule of it; one that is edited keeps its name."""
        return self.tr("New schedule: {runner}").format(runner=runner) if self._schedule is None else ""

    def on_fields(self, fields: JobForm) -> None:
        """Say when it would run."""
        fields.form.edited.connect(self._on_edited)
        if self._schedule is None:
            self.preview()

    def _follow(self, schedule: Schedule) -> Conflicts:
        bridge, fields = self.context.bridge, self.fields
        assert fields is not None
        return Conflicts(
            self,
            schedule,
            noun="schedule",
            parts=lambda: form_parts(fields.form),
            fetch=lambda: bridge.call(bridge.client.schedule(schedule.id)),
            show=self._show,
            take=self._take,
            save=self.save,
        )

    def _take(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def _show(self, schedule: Schedule) -> None:
        fields = self.fields
        assert fields is not None
        fields.show_template(schedule.job)
        values: dict[str, Any] = {
            name: getattr(schedule, name)
            for name in ("name", "cron", "time_zone", "misfire", "misfire_limit", "overlap", "jitter_seconds", "notify")
        }
        for name, scale in SCALES.items():
            seconds = getattr(schedule, name)
            values[name] = None if seconds is None else _plain(seconds / scale)
        fields.form.set_values(values)
        self.preview()

    # -- the fields

    def fields_before(self) -> list[Field]:
        """When it runs."""
        zones = sorted(bytes(one.data()).decode() for one in QTimeZone.availableTimeZoneIds())
        local = self.tr("That of this computer ({zone})").format(zone=system_zone())
        return [
            Field(name="name", type="text", label=self.tr("Name"), required=True),
            Field(name="cron", type="cron", label=self.tr("When"), required=True, default=NIGHTLY),
            Field(
                name="time_zone",
                type="choice",
                label=self.tr("Time zone"),
                choices=((LOCAL, local), *((zone, zone) for zone in zones)),
                default=LOCAL,
                advanced=True,
            ),
        ]

    def fields_behind(self) -> list[Field]:
        """What else decides whether it runs."""
        return [
            Field(
                name="overlap",
                type="choice",
                label=self.tr("When the run before has not ended"),
                choices=(
                    ("skip", self.tr("Leave this one out")),
                    ("queue", self.tr("Run it after that one")),
                    ("replace", self.tr("End that one, and run")),
                    ("parallel", self.tr("Run beside it")),
                ),
                default="skip",
                advanced=True,
            ),
            Field(
                name="misfire",
                type="choice",
                label=self.tr("When a run was missed (asleep, or not running)"),
                choices=(
                    ("skip", self.tr("Leave it out")),
                    ("once", self.tr("Make up for it once")),
                    ("all", self.tr("Make up for all of them")),
                ),
                default="once",
                advanced=True,
            ),
            self._number("misfire_limit", self.tr("At most so many of them"), "", 1, 100, 10),
            self._number("misfire_age_seconds", self.tr("Not those that are older than"), self.tr("h"), 0, 8760, 24),
            self._number("jitter_seconds", self.tr("Begin later by chance, up to"), self.tr("s"), 0, 3600, 0),
            self._number("long_seconds", self.tr("It runs too long after"), self.tr("min"), 1, 525_600),
            Field(
                name="notify",
                type="checks",
                label=self.tr("Tell me when a run"),
                choices=(
                    ("failure", self.tr("failed")),
                    ("success", self.tr("went well")),
                    ("did_not_start", self.tr("could not be started")),
                    ("ran_long", self.tr("runs too long")),
                    ("did_not_run", self.tr("was missed")),
                ),
                default=["failure", "did_not_start", "did_not_run"],
                advanced=True,
            ),
        ]

    def _number(self, name: str, label: str, unit: str, least: int, most: int, default: int | None = None) -> Field:
        return Field(
            name=name, type="number", label=label, suffix=unit, minimum=least, maximum=most, default=default,
            advanced=True,
        )  # fmt: skip

    # -- its words and next runs

    def _on_edited(self, name: str) -> None:
        if name in ("cron", "time_zone"):
            self._timer.start()

    def preview(self) -> None:
        """Ask for the words and the next runs of what is chosen."""
        self._timer.stop()
        if self.fields is not None:
            self.context.run(self._preview(self.fields))

    async def _preview(self, fields: JobForm) -> None:
        values = fields.form.values()
        cron, zone = values.get("cron"), values["time_zone"]
        self._asked = f"{cron} {zone}"
        if not cron:
            self._say("")
            return
        asked = self._asked
        try:
            found = await self.context.bridge.call(self.context.bridge.client.preview_schedule(cron, zone, 5))
        except ApiError as error:
            if not self.gone and self.fields is fields and asked == self._asked:
                self._say("")
                words = next(iter(self.context.field_errors(error).values()), "")
                fields.form.rows["cron"].set_error(words or self.context.wording.refusal(error))
            return
        if not self.gone and self.fields is fields and asked == self._asked:
            fields.form.rows["cron"].set_error("")
            self._say(self._words(found))

    def _words(self, found: SchedulePreview) -> str:
        wording = self.context.wording
        if not found.next_at:
            return "\n".join([wording.pick(found.text), self.tr("It never comes true.")])
        moments = [wording.weekday_moment(at) for at in found.next_at]
        here = found.time_zone in (LOCAL, system_zone())
        words = self.tr("Next: {moments}") if here else self.tr("Next, in the time of this computer: {moments}")
        return "\n".join([wording.pick(found.text), words.format(moments=" · ".join(moments))])

    def _say(self, words: str) -> None:
        if self.fields is not None:
            entry = self.fields.form.rows["cron"].input
            if isinstance(entry, CronInput):
                entry.preview.setText(words)
                entry.preview.setVisible(bool(words))

    # -- saving

    def save(self) -> None:
        """Add it, or save what was edited."""
        if self.fields is not None and self.fields.complete():
            self.start(self._save(self.fields))

    async def _save(self, fields: JobForm) -> None:
        values = fields.form.values()
        plain = {
            name: values[name] for name in ("name", "cron", "time_zone", "misfire", "overlap", "notify")
        }  # fmt: skip
        plain["misfire_limit"] = int(values.get("misfire_limit", 10))
        plain["jitter_seconds"] = int(values.get("jitter_seconds", 0))
        plain["misfire_age_seconds"] = round(values.get("misfire_age_seconds", 24) * SCALES["misfire_age_seconds"])
        long = values.get("long_seconds")
        plain["long_seconds"] = None if long is None else round(long * SCALES["long_seconds"])
        bridge, template = self.context.bridge, fields.template()
        call = (
            bridge.client.create_schedule(ScheduleCreate(**plain, job=template))
            if self._schedule is None
            else bridge.client.patch_schedule(
                self._schedule.id, SchedulePatch(**plain, job=template, version=self._schedule.version)
            )
        )
        made: Schedule = await bridge.call(call)
        if not self.gone:
            self.saved.emit(made)
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields, the rest above the buttons."""
        rest = self.fields.show_errors(error, "job.") if self.fields is not None else {}
        said = bool(error.fields or error.texts)
        if self.conflicts is not None and self.conflicts.refused(error):
            return
        if rest or not said:
            self.show_problem("\n".join(rest.values()) or self.context.wording.refusal(error))


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value
