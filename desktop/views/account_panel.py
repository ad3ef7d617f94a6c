"""The chosen account in detail: how it is, why, and what can be done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.elided import ElidedLabel
from desktop.delegates.labels import PlainLabel
from desktop.dialogs.connection_tests import ConnectionTestPanel
from desktop.dialogs.context import Context
from desktop.dialogs.flows import FlowLayout
from desktop.models.accounts import now_ms
from desktop.views.account_facts import AccountRates, certificate_facts, setting_facts, sign_in_facts
from desktop.words import plain_tip
from master.api.schema import Account, TestReport
from worker.protocol.states import AccountState

JUST_NOW_MS = 1000
HOST_KEYS = ("host", "url", "server", "path", "command")


class AccountPanel(QFrame):
    """Emits what the person wants; knows the account by its row."""

    sign_in_wanted = Signal()
    test_wanted = Signal()
    check_wanted = Signal()
    edit_wanted = Signal()
    pause_wanted = Signal(bool)
    """True: pause, False: resume."""
    assign_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._context = context
        self.account: Account | None = None
        self._rates = AccountRates(context, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._name = ElidedLabel(self)
        self._name.setProperty("kind", "strong")
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._about = self._label("small")
        head.addWidget(self._name)
        head.addWidget(self._about, 1)
        layout.addLayout(head)
        self._reason = self._label("bad")
        self._reason.setWordWrap(True)
        layout.addWidget(self._reason)
        self._facts = self._label("muted")
        self._facts.setWordWrap(True)
        layout.addWidget(self._facts)
        self._test = ConnectionTestPanel(context.theme, context.wording, self)
        layout.addWidget(self._test)
        row = FlowLayout()
        self.sign_in = self._button("", row)
        self.sign_in.setProperty("kind", "primary")
        self.test = self._button(self.tr("Test connection"), row)
        self.check = self._button(self.tr("Check now"), row)
        self.edit = self._button(self.tr("Edit…"), row)
        self.sign_in_again = self._button("", row)
        self.pause = self._button("", row)
        self.assign = self._button(self.tr("Assign…"), row)
        self.delete = self._button(self.tr("Delete…"), row)
        self.delete.setProperty("kind", "danger")
        layout.addLayout(row)
        self.sign_in.clicked.connect(self.sign_in_wanted)
        self.sign_in_again.clicked.connect(self.sign_in_wanted)
        self.test.clicked.connect(self.test_wanted)
        self.check.clicked.connect(self.check_wanted)
        self.edit.clicked.connect(self.edit_wanted)
        self.assign.clicked.connect(self.assign_wanted)
        self.delete.clicked.connect(self.delete_wanted)
        self.pause.clicked.connect(self._on_pause)

    def show_account(self, account: Account | None) -> None:
        """Show one account; None hides the panel."""
        if account is None:
            self.account = None
            self.hide()
            return
        if self.account is None or account.id != self.account.id:
            self._test.clear()
        self.account = account
        self._rates.want()
        wording = self._context.wording
        manifest = self._context.models.manifest(account.platform)
        face = wording.account_face(account)
        self._name.setText(account.name)
        self._about.setText(" · ".join(self._about_parts(account)))
        said = (wording.say(account.state_reason), self._context.models.accounts.incident_words(account))
        reason = " ".join(part for part in said if part)
        self._set_kind(self._reason, face.level if face.level in ("ok", "warn", "bad") else "muted")
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self._facts.setText(" · ".join(self._fact_parts(account)))
        self._facts.setToolTip(plain_tip("\n".join(self._moments(account))))
        words = self.sign_in_words(account)
        needed = account.state is AccountState.LOGIN_NEEDED
        for button, fits in ((self.sign_in, needed), (self.sign_in_again, not needed)):
            button.setText(words)
            button.setVisible(fits and bool(words))
        self._set_kind(self.edit, "primary" if self._context.models.accounts.settings_wrong(account) else "")
        self.check.setEnabled(account.state not in (AccountState.PAUSED, AccountState.LOGIN_NEEDED))
        self.pause.setText(self.tr("Resume") if account.state is AccountState.PAUSED else self.tr("Pause"))
        self.test.setVisible(manifest is not None)
        self.show()

    def sign_in_words(self, account: Account) -> str:
        """Return what signing in is called for this account; empty where there is nothing to sign in with."""
        manifest = self._context.models.manifest(account.platform)
        if manifest is None or not any(field.secret for field in manifest.fields):
            return ""
        if account.has_credentials:
            return self.tr("Sign in again")
        return self.tr("Sign in") if account.state is AccountState.LOGIN_NEEDED else ""

    def show_testing(self) -> None:
        """A test of this account runs."""
        self._test.show_running()

    def show_report(self, account_id: str, report: TestReport) -> None:
        """Show the steps, if this account is still shown."""
        if self.account is not None and self.account.id == account_id:
            self._test.show_report(report)

    def clear_test(self) -> None:
        """Take the steps away."""
        self._test.clear()

    def _about_parts(self, account: Account) -> list[str]:
        badge = self._context.models.accounts.badge(account)
        where = next((str(account.settings[key]) for key in HOST_KEYS if account.settings.get(key)), "")
        return [part for part in (badge.title, where, *account.tags) if part]

    def _fact_parts(self, account: Account) -> list[str]:
        wording, models, now = self._context.wording, self._context.models, now_ms()
        parts = []
        if account.last_ok_at is not None:
            age = now - account.last_ok_at
            parts.append(
                self.tr("Last success just now")
                if age < JUST_NOW_MS
                else self.tr("Last success {age} ago").format(age=wording.ago(account.last_ok_at, now))
            )
        parts.append(self._rates.words(account.id) or models.accounts.rate(account))
        parts += setting_facts(account, self._context)
        if account.worker_id is not None:
            parts.append(
                self.tr("On {worker}: {reason}").format(
                    worker=account.worker_id, reason=wording.say(account.assignment_reason) or "–"
                )
            )
        elif account.assignment_reason is not None:
            parts.append(self.tr("No worker: {reason}").format(reason=wording.say(account.assignment_reason)))
        if account.state is not AccountState.OK:
            since = max(0, now - account.state_since_at) / 1000
            parts.append(self.tr("In this state for {span}").format(span=wording.span(since)))
        if account.paused_until_at is not None:
            until = wording.weekday_moment(account.paused_until_at)
            parts.append(self.tr("Goes on by itself {time}").format(time=until))
        return parts + sign_in_facts(account, self._context) + certificate_facts(account, self._context)

    def _moments(self, account: Account) -> list[str]:
        moment = self._context.wording.moment
        last = [self.tr("Last success: {time}").format(time=moment(account.last_ok_at))] if account.last_ok_at else []
        last.append(self._context.models.accounts.rate(account))
        if account.credentials_expire_at is not None:
            last.append(self.tr("Credentials end: {time}").format(time=moment(account.credentials_expire_at)))
        if account.credentials_used_at is not None:
            last.append(self.tr("Credentials last used: {time}").format(time=moment(account.credentials_used_at)))
        for one in account.certificates:
            words = self.tr("Certificate of {name} ends: {time}")
            last.append(words.format(name=one.name, time=moment(one.expires_at)))
        return [*last, self.tr("In this state since {time}").format(time=moment(account.state_since_at))]

    def _on_pause(self) -> None:
        if self.account is not None:
            self.pause_wanted.emit(self.account.state is not AccountState.PAUSED)

    def _label(self, kind: str) -> PlainLabel:
        label = PlainLabel(self)
        label.setProperty("kind", kind)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _button(self, text: str, row: FlowLayout) -> QPushButton:
        button = QPushButton(text, self)
        row.addWidget(button)
        return button

    def _set_kind(self, widget: QWidget, kind: str) -> None:
        if widget.property("kind") != kind:
            widget.setProperty("kind", kind)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
