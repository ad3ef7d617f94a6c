"""The Overview page: is everything all right, what needs the person, how all goes; everything leads to its place."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimeZone, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.delegates.elided import ElidedLabel
from desktop.dialogs.context import Context
from desktop.dialogs.recovery_dialog import RecoveryDialog
from desktop.models.accounts import now_ms
from desktop.models.need_rows import Need, Place
from desktop.models.overviews import OverviewModel, Picture
from desktop.views.actions import Action
from desktop.views.overview_actions import OverviewActions
from desktop.views.overview_cards import CardGrid, Span
from desktop.views.overview_needs import NeedsCard
from desktop.views.overview_platforms import PlatformsCard
from desktop.views.overview_runs import RunsCard
from desktop.views.overview_workers import WorkersCard
from desktop.views.page import Page
from master.api.client import ApiError
from master.api.overviews import OverviewQuery
from master.api.schema import Job, Recovery

if TYPE_CHECKING:
    from desktop.views.overview_charts import ChartCard

HOUR_MS = 3_600_000
POLL_SECONDS = 30.0
SOON_SECONDS = 5.0
"""From one question to the next, where something happened that the answer tells of."""


class OverviewPage(Page):
    """Nothing is done while it is not shown; while it is, once a second, and the master is asked twice a minute."""

    name = "overview"
    notice = Signal(str, str, str, object)
    """Title, body and level of a short message, and its button: None, or words and what it does."""
    wanted = Signal(object)
    """The :class:`~desktop.models.need_rows.Place` that is to be shown."""
    add_account_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Overview"))
        self.model = OverviewModel(context.models, context.wording, self)
        self.actions_of_needs = OverviewActions(context, self)
        self._span = HOUR_MS
        self._due = self._asked = 0.0
        """When the master is to be asked, and was asked last, on the monotonic clock."""
        self._asking = False
        self.span_buttons = self._add_spans()
        area = QScrollArea(self.content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area = area
        self.grid = CardGrid(area)
        self._make_cards()
        area.setWidget(self.grid)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.reach_edges()
        self.grid.make_room(area)
        self._connect()
        self.refresh()

    # -- making

    def _add_spans(self) -> dict[int, QPushButton]:
        group = QButtonGroup(self)
        found: dict[int, QPushButton] = {}
        for title, span in ((self.tr("1 hour"), HOUR_MS), (self.tr("24 hours"), 24 * HOUR_MS)):
            button = self.add_action(title, tip=self.tr("Time that the charts show"))
            button.setCheckable(True)
            button.setChecked(span == self._span)
            button.toggled.connect(lambda on, span=span: self.set_span(span) if on else None)
            group.addButton(button)
            found[span] = button
        return found

    def _make_cards(self) -> None:
        """Make what is seen first; the charts come once the master answers."""
        context, grid = self.context, self.grid
        self.needs = NeedsCard(context, grid)
        self.workers = WorkersCard(context, grid)
        self.runs = RunsCard(context, self.model, grid)
        grid.add(self.needs, Span(12, 12, 12))
        grid.add(self.workers, Span(12, 8, 8))
        grid.add(self.runs, Span(12, 4, 4))
        self.charts: tuple[ChartCard, ...] = ()

    def _make_rest(self) -> None:
        from desktop.views.overview_charts import ChecksCard, FoundCard, LatencyCard  # not before the first picture

        context, grid = self.context, self.grid
        self.charts = (
            FoundCard(context, grid),
            ChecksCard(context, grid),
            LatencyCard(context, "check", grid),
            LatencyCard(context, "shown", grid),
        )
        self.platforms = PlatformsCard(context, self.model, grid)
        self.recovery = self._recovery_line()
        for chart in self.charts:
            grid.add(chart, Span(6, 6, 3))
            chart.wanted.connect(lambda: self._go("page", "statistics"))
            chart.on_again = self.reload
        grid.add(self.platforms, Span(12, 12, 12))
        grid.add(self.recovery, Span(12, 12, 12))
        grid.place()
        self.platforms.accounts_wanted.connect(lambda key: self._go("accounts", key))
        self.platforms.on_again = self.needs.on_again

    def _recovery_line(self) -> QWidget:
        line = QWidget(self.grid)
        row = QHBoxLayout(line)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(12)
        self.recovery_words = ElidedLabel(line)
        self.recovery_words.setProperty("kind", "small")
        self.report_button = QPushButton(self.tr("Report"), line)
        self.report_button.setProperty("kind", "link")
        self.report_button.setAccessibleName(self.tr("What the last start found"))
        self.report_button.clicked.connect(lambda _checked=False: self._open_report())
        row.addWidget(self.recovery_words, 1)
        row.addWidget(self.report_button)
        line.hide()
        return line

    def _connect(self) -> None:
        models = self.context.models
        self.needs.acted.connect(self._on_acted)
        self.needs.wanted.connect(self._on_need_wanted)
        self.workers.worker_wanted.connect(lambda key: self._go("worker", key))
        self.workers.all_wanted.connect(lambda: self._go("page", "workers"))
        self.runs.job_wanted.connect(lambda key: self._go("job", key))
        self.runs.jobs_wanted.connect(lambda: self._go("jobs", "RUNNING"))
        self.runs.schedule_wanted.connect(lambda key: self._go("schedule", key))
        self.runs.schedules_wanted.connect(lambda: self._go("page", "schedules"))
        self.runs.cancel_wanted.connect(self._on_cancel_wanted)
        self.runs.on_again = lambda: self.context.run(models.work.reload_schedules())
        self.workers.on_again = lambda: self.context.run(models.reload_workers())
        self.needs.on_again = lambda: self.context.run(models.reload_accounts())
        self.actions_of_needs.notice.connect(self.notice)
        self.actions_of_needs.wanted.connect(self.wanted)
        self.actions_of_needs.add_account_wanted.connect(self.add_account_wanted)
        self.actions_of_needs.changed.connect(self._on_changed)
        models.work.changed.connect(self._on_job)
        models.unread_changed.connect(self._on_changed)
        models.work.schedule_changed.connect(lambda _id: self._on_changed())

    # -- what the page says

    def tick(self) -> None:
        """A second went by while it is shown."""
        made = bool(self.charts)
        if not made and self.needs.shown_state != "loading":  # the start has better to do until then
            self._make_rest()
        self.look()
        if made and self.context.models.connected and not self._asking and time.monotonic() >= self._due:
            self.reload()

    def look(self) -> None:
        """Show how all is now."""
        now = now_ms()
        models, picture = self.context.models, self.model.look(now)
        self.set_sentence(picture.sentence)
        self.needs.show_status(models.accounts.load_status, lambda: self._show_needs(picture, now))
        self.workers.show_status(models.workers.load_status, self.workers.show_workers)
        self.runs.show_status(models.schedules.load_status, lambda: self.runs.show_runs(now))
        if self.charts:
            self._look_below(picture, now)
        if self._focus_waits and self.window().focusWidget() in (self, None):
            self.focus_first()

    def _look_below(self, picture: Picture, now: int) -> None:
        models, platforms = self.context.models, self.platforms
        platforms.show_status(models.accounts.load_status, lambda: platforms.show_platforms(picture.accounts))
        for chart in self.charts:
            if self.model.overview is None and chart.shown_state == "loading":
                chart.show_loading()
        self._show_recovery(models.recovery, now)

    def _show_needs(self, picture: Picture, now: int) -> None:
        self.needs.show_needs(picture.needs, picture.calm, now)

    def _show_recovery(self, report: Recovery | None, now: int) -> None:
        self.recovery.setVisible(report is not None)
        if report is not None:
            self.recovery_words.set_words(self.model.recovery_words(report, now))

    def set_span(self, span_ms: int) -> None:
        """Let the charts show the last so many milliseconds."""
        self._span = span_ms
        self.reload()

    def focus_first(self) -> None:
        """What needs the person, else the workers."""
        rows = list(self.needs.rows.values())
        known = self.needs.shown_state != "loading"
        self.first_focus = rows[0].link if rows else self.workers.title_link if known else None
        super().focus_first()

    def actions_here(self) -> list[Action]:
        """The time that the charts show."""
        titles = {HOUR_MS: self.tr("Charts of the last hour"), 24 * HOUR_MS: self.tr("Charts of the last 24 hours")}
        return [
            Action(name=f"overview.{span // HOUR_MS}h", title=titles[span], act=button.click)
            for span, button in self.span_buttons.items()
        ]

    def renew(self) -> None:
        """Ask the master again."""
        self.reload()

    # -- the master's answer

    def reload(self) -> None:
        """Ask for how all goes."""
        self._asked = time.monotonic()
        self._due = self._asked + POLL_SECONDS
        self.context.run(self._load())

    async def _load(self) -> None:
        span, bridge = self._span, self.context.bridge
        zone = bytes(QTimeZone.systemTimeZoneId().data()).decode() or "UTC"
        seen_at = self.context.settings.values.jobs_seen_at
        query = OverviewQuery(since=max(0, now_ms() - span), tz=zone, seen_at=seen_at)
        self._asking = True
        try:
            overview = await bridge.call(bridge.client.overview(query))
        except ApiError as error:
            if self.model.overview is None:  # what is there stays; that the master is away stands above every page
                for chart in self.charts:
                    chart.show_failure(self.context.wording.refusal(error))
                self.needs.aside.set_words(self.tr("Jobs, schedules and backups could not be looked at."))
            return
        finally:
            self._asking = False
        if span != self._span:
            return
        self.model.take(overview)
        self.needs.aside.set_words("")
        for chart in self.charts:
            self._draw(chart)
        if self.isVisible():
            self.look()

    def _draw(self, chart: "ChartCard") -> None:
        overview = self.model.overview
        if overview is not None:
            chart.fill(lambda: chart.show_overview(overview))

    def _on_job(self, job: object) -> None:
        if isinstance(job, Job):
            self.model.take_job(job)
            self._on_changed()

    def _on_changed(self) -> None:
        self._due = min(self._due, self._asked + SOON_SECONDS)

    # -- what the person does

    def _go(self, kind: str, key: str) -> None:
        self.wanted.emit(Place(kind=kind, key=key))  # type: ignore[arg-type]

    def _on_need_wanted(self, need: object) -> None:
        if isinstance(need, Need):
            self.wanted.emit(need.place)

    def _on_acted(self, need: object, button: QPushButton) -> None:
        if isinstance(need, Need):
            self.actions_of_needs.act(need, button)

    def _on_cancel_wanted(self, job: object, button: QPushButton) -> None:
        if isinstance(job, Job):
            self.actions_of_needs.cancel(job, button)

    def _open_report(self) -> None:
        report = self.context.models.recovery
        if report is not None:
            RecoveryDialog(self.context, report, self.window()).open()
