"""About: version, licences, what changed, and whether there is something newer."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.fields import Field
from desktop.dialogs.texts_dialog import LicencesDialog, TextDialog
from desktop.integration.links import open_link
from desktop.models import licences
from desktop.theme import app_icon
from desktop.views.settings_bases import Group, of_master
from desktop.views.settings_forms import SettingsSection
from desktop.words import Face
from master.api.client import ApiError
from master.api.updates import UpdateState
from worker.protocol.texts import Text

MARK: Final = 56


class AboutSettings(QObject):
    """The settings of the update check."""

    def groups(self) -> list[Group]:
        """Return them in the language of the window."""
        return [
            Group(
                title=self.tr("Newer versions"),
                help=self.tr(
                    "The master asks for one signed file; nothing about you or this computer is sent, and nothing is "
                    "downloaded by itself."
                ),
                settings=[
                    of_master(
                        Field(
                            name="update_check",
                            type="choice",
                            label=self.tr("Look for newer versions"),
                            choices=(
                                ("ask", self.tr("Not decided: no")),
                                ("on", self.tr("Once a day")),
                                ("off", self.tr("Never by itself")),
                            ),
                        )
                    ),
                    of_master(
                        Field(
                            name="update_address",
                            type="text",
                            label=self.tr("Address of the signed file"),
                            placeholder=self.tr("that of the project"),
                            help=self.tr("It counts only with the project's signature."),
                        )
                    ),
                ],
            )
        ]


class AboutSection(SettingsSection):
    """Asks the master what it knows when it is shown."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, [])
        self._alive = [True]
        self.destroyed.connect(self._alive.clear)
        self.state: UpdateState | None = None
        self.set_title(self.tr("About"))
        self._add_head()
        self.add_group(AboutSettings().groups()[0])
        self._add_updates()
        self.finish()
        self.first_focus = self.changes_button

    def _add_head(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        picture = PlainLabel(self.inside)
        picture.setPixmap(app_icon().pixmap(QSize(MARK, MARK)))
        picture.setFixedSize(MARK, MARK)
        row.addWidget(picture)
        words = QVBoxLayout()
        words.setSpacing(4)
        self.version = PlainLabel("Watchkeeper", self.inside)
        self.version.setProperty("kind", "title")
        said = PlainLabel(
            self.tr("Keeps watch over all your accounts. Free software under the MIT licence."), self.inside
        )
        said.setProperty("kind", "muted")
        said.setWordWrap(True)
        said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        words.addWidget(self.version)
        words.addWidget(said)
        row.addLayout(words, 1)
        self.body.addLayout(row)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.changes_button = self._button(self.tr("What changed…"), self.show_changes)
        self.licence_button = self._button(self.tr("Licence…"), self.show_licence)
        self.libraries_button = self._button(self.tr("Licences of libraries…"), self.show_libraries)
        for button in (self.changes_button, self.licence_button, self.libraries_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)

    def _button(self, words: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(words, self.inside)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _add_updates(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.pill = StatePill(self.context.theme, self.inside)
        self.pill.hide()
        self.words = PlainLabel(self.inside)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        row.addWidget(self.pill)
        row.addWidget(self.words, 1)
        self.body.addLayout(row)
        self.notes = PlainLabel(self.inside)
        self.notes.setWordWrap(True)
        self.notes.setProperty("kind", "muted")
        self.notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.notes.hide()
        self.body.addWidget(self.notes)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.check_button = self._button(self.tr("Look now"), self.check)
        self.page_button = self._button(self.tr("Open its page"), self.open_page)
        self.page_button.hide()
        buttons.addWidget(self.check_button)
        buttons.addWidget(self.page_button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        self.problem = ErrorLine(self.context.theme, self.inside)
        self.body.addWidget(self.problem)

    # -- what there is to read

    def show_changes(self) -> None:
        """Show what changed."""
        TextDialog(self.context, self.tr("What changed"), licences.changelog(), self.window()).open()

    def show_licence(self) -> None:
        """Show the product's own licence."""
        TextDialog(self.context, self.tr("Licence"), licences.own_licence(), self.window()).open()

    def show_libraries(self) -> None:
        """Show what it is made with."""
        rows = partial(_libraries, self.tr("Everything in this package"))
        LicencesDialog(self.context, self.tr("Licences of libraries"), rows, self.window()).open()

    # -- newer versions

    def shown(self) -> None:
        self._ask(check=False)

    def check(self) -> None:
        """Look now."""
        self.check_button.setEnabled(False)
        self.words.setText(self.tr("Looking…"))
        self._ask(check=True)

    def _ask(self, *, check: bool) -> None:
        self.context.run(self._load(check=check))

    async def _load(self, *, check: bool) -> None:
        client = self.context.bridge.client
        try:
            state = await self.context.bridge.call(client.check_updates() if check else client.updates())
        except ApiError as error:
            if self._alive:
                self.words.setText("")
                self.problem.say(self.context.wording.refusal(error))
                self.check_button.setEnabled(True)
        else:
            if self._alive:
                self.problem.say("")
                self.show_state(state)

    def show_state(self, state: UpdateState) -> None:
        """Say what is known."""
        self.state = state
        self.version.setText(f"Watchkeeper {state.current}")
        watched = not state.managed_by and bool(state.address)
        self.check_button.setEnabled(watched)
        found = state.available
        self.pill.setVisible(found is not None)
        if found is not None:
            self.pill.set_face(Face("dot", self.tr("{version} is there").format(version=found.version), "accent"))
        self.words.setText(self._words(state))
        language = self.context.wording.language
        notes = (found.notes.get(language) or found.notes.get("en", "")) if found is not None else ""
        self.notes.setText(notes)
        self.notes.setVisible(bool(notes))
        self.page_button.setVisible(found is not None and bool(found.page))

    def _words(self, state: UpdateState) -> str:
        wording = self.context.wording
        if state.managed_by:
            said = self.tr("{name} keeps this installation up to date; nothing is looked for here.")
            return said.format(name=state.managed_by)
        if not state.address:
            return self.tr("This build has no address at which newer versions are told.")
        if state.available is not None:
            if not state.fits:
                return self.tr("It needs a newer version of the system than this one.")
            return self.tr("Released {time}. Update it the way you installed it.").format(
                time=wording.moment(state.available.released_at)
            )
        if state.problem is not None:
            return self._problem_words(state.problem)
        if state.checked_at is None:
            return self.tr("Nothing was looked for yet.")
        return self.tr("This is the newest version; looked at {time}.").format(time=wording.moment(state.checked_at))

    def _problem_words(self, problem: Text) -> str:
        return self.tr("Nothing is known: {reason}").format(reason=self.context.wording.say(problem))

    def open_page(self) -> None:
        """Open the page of the newer version, after the check of its scheme."""
        if self.state is not None and self.state.available is not None:
            open_link(self.state.available.page)


def _libraries(package: str) -> list[tuple[str, str, Callable[[], str]]]:
    rows: list[tuple[str, str, Callable[[], str]]] = []
    for one in licences.libraries():
        name = package if one.name == licences.PACKAGE else one.name
        about = " · ".join(part for part in (f"{name} {one.version}".strip(), one.kind, one.page) if part)
        rows.append((name, about, partial(licences.text_of, one)))
    return rows
