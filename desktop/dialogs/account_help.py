"""What is known of a service while its account is added: what it accepts, where that is made, other ways to sign in."""

from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.flows import FlowLayout
from desktop.integration.links import open_link
from master.api.client import ApiError
from master.api.proposals import Proposal, ProposalReport, SettingsPropose
from worker.protocol.manifest import Manifest, Preset

KNOWN_MS: Final = 200
"""What is typed rests so long before its service is looked up here."""
ASK_MS: Final = 900
"""And so long before a worker asks around for it."""
MOST: Final = 4
TYPED: Final = frozenset({"password", "app_password", "authorization_code"})
"""Ways to sign in that are typed into the secret fields."""


class AccountHelp(QFrame):
    """Stands before the secret fields. ``manifest``: that of the chosen platform."""

    offered = Signal(dict)
    """Values for fields that the person has not touched."""
    login_wanted = Signal(str)
    """The way to sign in with this id."""

    def __init__(self, context: Context, manifest: Manifest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "help")
        self._context, self._manifest = context, manifest
        self.preset: Preset | None = None
        self._asked = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        self.title = PlainLabel(self)
        self.title.setProperty("kind", "label")
        self.note = PlainLabel(self)
        self.note.setWordWrap(True)
        layout.addWidget(self.title)
        layout.addWidget(self.note)
        self._row = FlowLayout()
        self.link_button = QPushButton(self.tr("Open its page"), self)
        self.link_button.setAutoDefault(False)
        self.link_button.clicked.connect(lambda _checked=False: self._open())
        self._row.addWidget(self.link_button)
        self.login_buttons: dict[str, QPushButton] = {}
        for way in manifest.logins:
            button = QPushButton(context.wording.pick(way.title), self)
            button.setAutoDefault(False)
            button.setToolTip(context.wording.pick(way.help))
            button.clicked.connect(lambda _checked=False, way=way.id: self.login_wanted.emit(way))
            self.login_buttons[way.id] = button
            self._row.addWidget(button)
        layout.addLayout(self._row)
        self._found = QVBoxLayout()
        self._found.setSpacing(4)
        layout.addLayout(self._found)
        self._known_timer = self._timer(KNOWN_MS, self._look_up)
        self._ask_timer = self._timer(ASK_MS, self._ask)
        self._value, self._settings = "", dict[str, Any]()
        self._show()

    def _timer(self, milliseconds: int, act: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def typed(self, value: str, settings: dict[str, Any]) -> None:
        """The field by which a service is found changed; ``settings``: all that stands in the form."""
        self._value, self._settings = value, settings
        self._known_timer.start()
        if self._manifest.capabilities.propose:
            self._ask_timer.start()

    def way(self) -> str:
        """Return the way to sign in where nothing secret was typed, "" where something must be."""
        if self.preset is not None:
            return self.preset.login if self.preset.login in self.login_buttons else ""
        if self._manifest.presets:
            return ""  # which services sign in on a page is known: this is none of them
        return next(iter(self.login_buttons), "")

    @property
    def wants_login(self) -> bool:
        """The service is signed in to with help, not by what is typed."""
        return self.preset is not None and self.preset.login not in TYPED

    def _look_up(self) -> None:
        found = self._manifest.preset_of(self._value)
        if found is self.preset:
            return
        self.preset = found
        self._show()
        self.offered.emit(dict(found.settings) if found is not None else {})

    def _show(self) -> None:
        pick, preset = self._context.wording.pick, self.preset
        self.title.setText(pick(preset.title) if preset is not None else "")
        self.title.setVisible(bool(self.title.text()))
        words = pick(preset.note) if preset is not None else ""
        if not words and self.login_buttons:
            words = self.tr("Sign in without typing a secret here:")
            if self._manifest.presets:
                words = self.tr("Or, where the provider signs in on a page of its own:")
        self.note.setText(words)
        self.note.setVisible(bool(words))
        self.link_button.setVisible(preset is not None and bool(preset.link))
        for name, button in self.login_buttons.items():
            wanted = preset is not None and preset.login == name
            button.setProperty("kind", "primary" if wanted else "")
            button.style().unpolish(button)
            button.style().polish(button)
            button.setVisible(preset is None or preset.login in ("password", name))
        self._refresh()

    def _refresh(self) -> None:
        shown = [self.title, self.note, self.link_button, *self.login_buttons.values()]
        self.setVisible(any(not widget.isHidden() for widget in shown) or self._found.count() > 0)

    def _open(self) -> None:
        if self.preset is not None:
            open_link(self.preset.link)

    # -- what a worker proposes

    def _ask(self) -> None:
        if self.preset is None and self._value.strip() and self._value != self._asked:
            self._asked = self._value
            self._context.run(self._propose(self._value, dict(self._settings)))

    async def _propose(self, value: str, settings: dict[str, Any]) -> None:
        bridge = self._context.bridge
        body = SettingsPropose(platform=self._manifest.id, settings=settings)
        try:
            report: ProposalReport = await bridge.call(bridge.client.propose_settings(body))
        except ApiError:
            return  # what is typed by hand works all the same
        if value == self._asked:
            self.show_proposals(report.proposals)

    def show_proposals(self, proposals: list[Proposal]) -> None:
        """Offer the likeliest at once where there is one, else let the person choose."""
        while (item := self._found.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if len(proposals) == 1:
            self._take(proposals[0])
        elif proposals:
            head = PlainLabel(self.tr("Found:"), self)
            head.setProperty("kind", "label")
            self._found.addWidget(head)
            for proposal in proposals[:MOST]:
                button = QPushButton(proposal.title, self)
                button.setAutoDefault(False)
                button.setToolTip(self._context.wording.say(proposal.source))
                button.clicked.connect(lambda _checked=False, proposal=proposal: self._take(proposal))
                self._found.addWidget(button)
        self._refresh()

    def _take(self, proposal: Proposal) -> None:
        if proposal.preset:
            self.preset = next((one for one in self._manifest.presets if one.id == proposal.preset), None)
            self._show()
        self.offered.emit(dict(proposal.settings))
