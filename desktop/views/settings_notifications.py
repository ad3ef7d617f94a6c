"""Notifications: whether, how many, how much they show, and how long it can be looked up."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.progress import working
from desktop.models.accounts import now_ms
from desktop.views.settings_bases import Group, of_master, of_window
from desktop.views.settings_forms import SettingsSection
from desktop.views.snooze_menu import SnoozeMenu
from master.api.rules import Snooze, SnoozeCreate
from master.api.schema import SettingsPatch
from worker.protocol.bases import LATEST_MS

MUTE = "muted_until_at"


class NotificationsSettings(QObject):
    """Its settings."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [self.told(), self.bursts(), self.later()]

    def told(self) -> Group:
        """Return whether and how something is told."""
        return Group(
            title=self.tr("What is told"),
            others=((MUTE, self.tr("Mute everything for a time")),),
            settings=[
                of_master(
                    Field(
                        name="notifications_enabled",
                        type="boolean",
                        label=self.tr("Notify me"),
                        help=self.tr("Otherwise everything is found and kept, and nothing is told."),
                    ),
                    undo=True,
                ),
                of_window(
                    Field(
                        name="notification_sound",
                        type="boolean",
                        label=self.tr("With sound"),
                        help=self.tr("On this computer. A rule may say for itself that it is silent."),
                    )
                ),
                of_master(
                    Field(
                        name="notification_privacy",
                        type="boolean",
                        label=self.tr("Show account and kind, not what was written"),
                        help=self.tr("For screens that others see."),
                    )
                ),
            ],
        )

    def bursts(self) -> Group:
        """Return how many are told at once."""
        return Group(
            title=self.tr("Many at once"),
            settings=[
                of_master(
                    Field(
                        name="item_burst_limit",
                        type="number",
                        label=self.tr("Of one account, tell at most"),
                        help=self.tr("What is beyond comes as one message: “7 more”."),
                        suffix=self.tr("items"),
                        required=True,
                    )
                ),
                of_master(
                    Field(
                        name="burst_window_seconds",
                        type="number",
                        label=self.tr("Within"),
                        suffix=self.tr("s"),
                        required=True,
                    )
                ),
            ],
        )

    def later(self) -> Group:
        """Return what becomes of it later."""
        return Group(
            title=self.tr("Afterwards"),
            settings=[
                of_master(
                    Field(
                        name="sync_read",
                        type="boolean",
                        label=self.tr("Mark as read at the service too"),
                        help=self.tr("What is read here is read there, where the platform can do it."),
                    ),
                    undo=True,
                ),
                of_master(
                    Field(
                        name="notification_keep_days",
                        type="number",
                        label=self.tr("What was told, and why not, is kept for"),
                        suffix=self.tr("days"),
                        required=True,
                    ),
                    undo=True,
                ),
            ],
        )


class MuteRow(QWidget):
    """Mutes everything for a time, and says until when."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self.words = PlainLabel(self)
        self.words.setWordWrap(True)
        self.mute_button = QPushButton(self.tr("Mute"), self)
        menu = SnoozeMenu(context, self)
        menu.chosen.connect(self.mute)
        self.mute_button.setProperty("kind", "menu")
        self.mute_button.setMenu(menu)
        self.end_button = QPushButton(self.tr("End now"), self)
        self.end_button.setAccessibleName(self.tr("End the mute now"))
        self.end_button.clicked.connect(lambda _checked=False: self.end())
        line.addWidget(self.words, 1)
        line.addWidget(self.mute_button)
        line.addWidget(self.end_button)
        context.models.settings_changed.connect(self.refresh)
        context.models.connection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show until when; a mute whose time is over is none."""
        models = self._context.models
        until, now = models.settings.muted_until_at if models.settings is not None else None, now_ms()
        muted = until is not None and until > now
        words = self.tr("Nothing is muted.")
        if until is not None and until >= LATEST_MS:
            words = self.tr("Everything is muted until you end it; it is told then, together.")
        elif until is not None and muted:
            words = self.tr("Everything is muted until {time}; it is told then, together.").format(
                time=self._context.wording.weekday_moment(until)
            )
        if words != self.words.text():
            self.words.setText(words)
        for button, shown in ((self.mute_button, not muted), (self.end_button, muted)):
            button.setVisible(shown)
            button.setEnabled(models.connected)

    def mute(self, until: Snooze) -> None:
        """Mute everything until then."""
        bridge = self._context.bridge
        body = SnoozeCreate(scope="all", seconds=until.seconds, until_at=until.until_at, preset=until.preset)
        working(self._context, self.mute_button, bridge.call(bridge.client.create_snooze(body)))

    def end(self) -> None:
        """Tell again."""
        bridge = self._context.bridge
        request = bridge.client.patch_settings(SettingsPatch(muted_until_at=None))
        working(self._context, self.end_button, bridge.call(request))


class NotificationsSection(SettingsSection):
    """Whether, how many, how much they show."""

    def __init__(self, context: Context) -> None:
        groups = NotificationsSettings().groups()
        super().__init__(context, [])
        self.set_title(
            self.tr("Notifications"),
            self.tr("What is told of all is decided by the rules; here stands how it is told."),
        )
        told = self.add_group(groups[0])
        self.mute = MuteRow(context, self.inside)
        told.addWidget(self.mute)
        for group in groups[1:]:
            self.add_group(group)
        line = QHBoxLayout()
        rules = self.rules_button = QPushButton(self.tr("Rules…"), self.inside)
        rules.clicked.connect(lambda _checked=False: self.page_wanted.emit("rules"))
        quiet = self.quiet_button = QPushButton(self.tr("Quiet hours…"), self.inside)
        quiet.clicked.connect(lambda _checked=False: self.section_wanted.emit("quiet"))
        line.addWidget(rules)
        line.addWidget(quiet)
        line.addStretch(1)
        self.body.addLayout(line)
        self.finish()

    def tick(self) -> None:
        self.mute.refresh()

    def show_setting(self, name: str) -> bool:
        if name != MUTE:
            return super().show_setting(name)
        self.mute.mute_button.setFocus()
        self.reveal(self.mute)
        return True
