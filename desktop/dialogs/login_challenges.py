"""What a sign-in shows or asks: a QR code, a code to type here, a page to open, a code to type there."""

import base64
import binascii
import logging

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.qr_codes import QrCode
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from master.api.logins import Challenge, LoginSession

log = logging.getLogger("watchkeeper.desktop")


class ChallengeView(QWidget):
    """One challenge at a time."""

    answered = Signal(str)
    refresh_wanted = Signal()
    page_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: Challenge | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.prompt = PlainLabel(self)
        self.prompt.setWordWrap(True)
        layout.addWidget(self.prompt)
        self.qr = QrCode(self)
        layout.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        self.code = PlainLabel(self)
        self.code.setProperty("kind", "title")
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.code)
        layout.addLayout(self._buttons())
        self.input = QLineEdit(self)
        self.input.textEdited.connect(self._on_edited)
        layout.addWidget(self.input)
        self.fault = ErrorLine(context.theme, self)
        layout.addWidget(self.fault)
        self.clear()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.open_button = QPushButton(self.tr("Open the page"), self)
        self.open_button.clicked.connect(lambda _checked=False: self._open())
        self.copy_button = QPushButton(self.tr("Copy the code"), self)
        self.copy_button.clicked.connect(lambda _checked=False: self._copy())
        self.refresh_button = QPushButton(self.tr("New code"), self)
        self.refresh_button.clicked.connect(lambda _checked=False: self.refresh_wanted.emit())
        for button in (self.open_button, self.copy_button, self.refresh_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def clear(self) -> None:
        """Show nothing: what was shown is not to be used any more."""
        self._shown = None
        self.qr.clear()
        for widget in (
            self.prompt, self.qr, self.code, self.open_button, self.copy_button, self.refresh_button, self.input,
        ):  # fmt: skip
            widget.hide()
        self.code.clear()
        self.input.clear()
        self.fault.say("")

    @property
    def wants_input(self) -> bool:
        """Something is to be typed or pasted here."""
        return not self.input.isHidden()

    def show_session(self, session: LoginSession) -> None:
        """Show what a sign-in asks now; the same challenge stays as it is, with what was typed."""
        challenge = session.challenge
        if challenge is None:
            self.clear()
            return
        if challenge == self._shown:
            return
        self.clear()
        self._shown = challenge
        say = self._context.wording.say
        prompt = say(challenge.prompt) or self._usual_prompt(challenge)
        self.prompt.setText(prompt)
        self.prompt.setVisible(bool(prompt))
        self.fault.say(say(challenge.wrong))
        if challenge.kind == "qr":
            self._show_qr(challenge)
        elif challenge.kind == "code":
            self._ask(self.tr("Code"), secret=challenge.secret)
        elif challenge.kind == "device_code":
            self.code.setText(challenge.code)
            self.code.show()
            self.copy_button.show()
        self.open_button.setVisible(bool(challenge.url))
        if challenge.paste:
            self._ask(self.tr("The address at which the browser ended"), secret=False)

    def _usual_prompt(self, challenge: Challenge) -> str:
        return {
            "qr": self.tr("Scan this code with the app on your phone."),
            "code": self.tr("Type the code that you were sent."),
            "url": self.tr("Sign in on the page of the service, and come back here."),
            "device_code": self.tr("Open the page, on this or any other device, and type this code there."),
        }[challenge.kind]

    def _show_qr(self, challenge: Challenge) -> None:
        try:
            if challenge.text:
                self.qr.set_text(challenge.text)
            else:
                self.qr.set_picture(base64.b64decode(challenge.image, validate=True))
        except (ValueError, binascii.Error) as error:
            log.info("a QR code could not be drawn: %s", type(error).__name__)
            self.fault.say(self.tr("This code cannot be shown. Ask for a new one."))
        else:
            self.qr.show()
        self.refresh_button.show()

    def _ask(self, name: str, *, secret: bool) -> None:
        self.input.setPlaceholderText(name)
        self.input.setAccessibleName(name)
        self.input.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)
        self.input.show()
        self.input.setFocus()

    def answer(self) -> None:
        """Send what was typed."""
        value = self.input.text() if self._shown is not None and self._shown.secret else self.input.text().strip()
        if not value:
            self.fault.say(self.tr("Fill this in."))
            self.input.setFocus()
            return
        self.answered.emit(value)

    def refuse(self, words: str) -> None:
        """Say why what was typed was not taken."""
        self.fault.say(words)

    def _on_edited(self, _text: str) -> None:
        self.fault.say("")

    def _open(self) -> None:
        if self._shown is not None:
            self.page_wanted.emit(self._shown.url)

    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.code)
            self.copy_button.setText(self.tr("Copied"))
