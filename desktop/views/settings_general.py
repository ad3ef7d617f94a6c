"""General: how the window behaves, and how the program starts."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.fields import Field
from desktop.dialogs.tab_orders import tab_before
from desktop.integration.autostart import launch_command
from desktop.views.settings_bases import Group, of_window
from desktop.views.settings_forms import SettingsSection


class GeneralSettings(QObject):
    """Its settings. ``pages``: name and title of each page of the window."""

    def __init__(self, pages: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._pages = pages

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [self.start(), self.window()]

    def start(self) -> Group:
        """Return what happens at a start."""
        return Group(
            title=self.tr("Start"),
            others=(("login_start", self.tr("Start Watchkeeper when I log in")),),
            settings=[
                of_window(
                    Field(
                        name="start_minimized",
                        type="boolean",
                        label=self.tr("Start in the tray, without a window"),
                        help=self.tr("Where there is no tray, the window is shown."),
                    )
                ),
                of_window(
                    Field(
                        name="start_page",
                        type="choice",
                        label=self.tr("Page at start"),
                        choices=(("last", self.tr("The one that was open last")), *self._pages),
                    )
                ),
            ],
        )

    def window(self) -> Group:
        """Return how the window behaves."""
        return Group(
            title=self.tr("Window"),
            settings=[
                of_window(
                    Field(
                        name="close_to_tray",
                        type="boolean",
                        label=self.tr("Closing the window leaves Watchkeeper in the tray"),
                        help=self.tr("Otherwise, and where there is no tray, closing quits."),
                    )
                ),
                of_window(
                    Field(
                        name="badge",
                        type="boolean",
                        label=self.tr("Show how much is unread on dock or taskbar"),
                        help=self.tr("Where the desktop shows such numbers."),
                    )
                ),
                of_window(
                    Field(
                        name="open_links",
                        type="boolean",
                        label=self.tr("Open links that begin with watchkeeper:"),
                        help=self.tr("“Copy link to here” makes them. Only the usual profile is opened by them."),
                    )
                ),
                of_window(
                    Field(
                        name="compact_rows",
                        type="boolean",
                        label=self.tr("Compact rows"),
                        help=self.tr("Lists and tables show more rows at once."),
                    )
                ),
            ],
        )


class LoginStartRow(QWidget):
    """The system's own switch: it is read, never remembered."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.box = QCheckBox(self.tr("Start Watchkeeper when I log in"), self)
        self.help = PlainLabel(self)
        self.help.setProperty("kind", "small")
        self.help.setWordWrap(True)
        self.fault = ErrorLine(context.theme, self)
        for widget in (self.box, self.help, self.fault):
            layout.addWidget(widget)
        self.box.clicked.connect(self._on_clicked)
        self.refresh()

    def refresh(self) -> None:
        """Show what the system says now."""
        switch = self._context.autostart
        self.box.setEnabled(switch is not None)
        self.box.setChecked(switch is not None and switch.enabled())
        self.help.setText(
            self.tr("It starts in the tray. The switch is the system's own.")
            if switch is not None
            else self.tr("Not offered here: a start at login has nobody to ask for a passphrase or another master.")
        )

    def _on_clicked(self, wanted: bool) -> None:
        switch, profile = self._context.autostart, self._context.profile
        if switch is None or profile is None:
            return
        self.fault.say("")
        try:
            if wanted:
                switch.enable(launch_command(profile))
            else:
                switch.disable()
        except OSError as error:
            self.fault.say(self.tr("The system did not take it: {reason}").format(reason=error.strerror or str(error)))
        self.refresh()


class GeneralSection(SettingsSection):
    """How the window behaves, and how the program starts."""

    def __init__(self, context: Context) -> None:
        groups = GeneralSettings(context.pages).groups()
        super().__init__(context, [])
        self.set_title(self.tr("General"), self.tr("How the window behaves, and how Watchkeeper starts."))
        start = self.add_group(groups[0])
        self.login_start = LoginStartRow(context, self.inside)
        start.insertWidget(0, self.login_start)
        tab_before(self.login_start, self.rows["start_minimized"].input.target)
        for group in groups[1:]:
            self.add_group(group)
        self.finish()

    def shown(self) -> None:
        self.login_start.refresh()

    def show_setting(self, name: str) -> bool:
        if name != "login_start":
            return super().show_setting(name)
        self.login_start.box.setFocus()
        return True
