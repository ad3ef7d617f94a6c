"""Sign in with the help of another device or a page, for an account that is there or for a new one."""

from typing import Final

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field, from_manifest
from desktop.dialogs.form import Form
from desktop.dialogs.login_challenges import ChallengeView
from desktop.integration.links import open_link
from desktop.models.accounts import now_ms
from master.api.client import ApiError
from master.api.events import Event
from master.api.logins import OPEN_LOGINS, LoginCreate, LoginSession
from master.api.schema import Account
from worker.protocol.manifest import Login, Manifest

TICK_MS: Final = 1000
ASK_TICKS: Final = 5
"""Every so many seconds the sign-in is asked for, should an event have been missed."""


class LoginDialog(BaseDialog):
    """One sign-in: chosen way, what it asks beforehand, its challenges, its end. Closing it gives the sign-in up."""

    signed_in = Signal(str)
    """The id of the account that is signed in now."""
    typing_wanted = Signal()
    """The person rather types the credentials."""

    def __init__(
        self,
        context: Context,
        manifest: Manifest,
        parent: QWidget | None = None,
        *,
        account: Account | None = None,
        draft: LoginCreate | None = None,
    ) -> None:
        """``account``: sign in again; else ``draft`` says what the new account is to be."""
        name = account.name if account is not None else context.wording.pick(manifest.title)
        super().__init__(context, self.tr("Sign in to {name}").format(name=name), parent)
        self._manifest, self._account, self._draft = manifest, account, draft
        self.session: LoginSession | None = None
        self._ticks = 0
        if account is not None and account.state_reason is not None:
            reason = PlainLabel(context.wording.say(account.state_reason), self)
            reason.setWordWrap(True)
            self.body.addWidget(reason)
        self.form = Form(self._fields(), context.theme, self)
        self.form.edited.connect(self._on_edited)
        self.body.addWidget(self.form)
        self.step = PlainLabel(self)
        self.step.setWordWrap(True)
        self.body.addWidget(self.step)
        self.challenges = ChallengeView(context, self)
        self.challenges.answered.connect(self._on_answered)
        self.challenges.refresh_wanted.connect(self._on_refresh)
        self.challenges.page_wanted.connect(self._on_page)
        self.body.addWidget(self.challenges)
        self.left = PlainLabel(self)
        self.left.setProperty("kind", "small")
        self.body.addWidget(self.left)
        self.body.addStretch(1)
        self.add_cancel()
        helped = {name for way in manifest.logins for name in way.fields}
        if account is not None and any(field.secret and field.name not in helped for field in manifest.fields):
            self.type_button = self.add_button(self.tr("Type it instead"), busy=False)
            self.type_button.clicked.connect(lambda _checked=False: self._type())
        self.go_button = self.add_button(self.tr("Continue"), kind="primary")
        self.go_button.clicked.connect(lambda _checked=False: self.go_on())
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        context.bridge.event_arrived.connect(self._on_event)
        self._on_edited("method")
        self.fit()

    # -- before it begins

    def _fields(self) -> list[Field]:
        pick = self.context.wording.pick
        ways = self._manifest.logins
        fields = [
            Field(
                name="method",
                type="choice",
                label=self.tr("How"),
                choices=tuple((way.id, pick(way.title)) for way in ways),
                default=(self._draft.method if self._draft is not None else None) or (ways[0].id if ways else None),
            )
        ]
        # A new account has settings in its own form; again, only secrets that are not stored can be missing.
        wanted = {name for way in ways for name in way.fields}
        known = self._draft.credentials if self._draft is not None else {}
        fields += [
            from_manifest(field, pick)
            for field in self._manifest.fields
            if field.name in wanted and field.secret and field.name not in known
        ]
        return fields

    def _on_edited(self, name: str) -> None:
        if name != "method":
            return
        way = self._show_fields()
        self.step.setText(self.context.wording.pick(way.help) if way is not None else "")
        self.step.setVisible(bool(self.step.text()))
        self.show_problem("")
        self.fit()

    def begin(self) -> None:
        """Start the sign-in in the chosen way."""
        self.start(self._begin())

    async def _begin(self) -> None:
        client, call = self.context.bridge.client, self.context.bridge.call
        method = self.form.values()["method"]
        way = self._manifest.login(method)
        typed = {
            name: value
            for name, value in self.form.values(secret=True).items()
            if way is not None and name in way.fields
        }
        if self._account is not None:
            session: LoginSession = await call(client.login_account(self._account.id, method, typed))
        else:
            draft = self._draft or LoginCreate(platform=self._manifest.id)
            body = msgspec.structs.replace(draft, method=method, credentials=draft.credentials | typed)
            session = await call(client.start_login(body))
        if self.gone:
            await call(client.cancel_login(session.id))
            return
        self._timer.start()
        self._show(session)

    def resume(self, session: LoginSession) -> None:
        """Go on with a sign-in that was begun elsewhere."""
        self._timer.start()
        self._show(session)

    # -- while it goes on

    def go_on(self) -> None:
        """The primary button: begin, send what was typed, or try again."""
        if self.session is None or self.session.state not in OPEN_LOGINS:
            self.session = None
            self.begin()
        elif self.challenges.wants_input:
            self.challenges.answer()

    def _on_event(self, event: Event) -> None:
        if event.type.startswith("login.") and self.session is not None and event.data.id == self.session.id:
            self._show(event.data)

    def _show(self, session: LoginSession) -> None:
        """Show how the sign-in stands."""
        if self.gone:
            return
        self.session = session
        self.form.hide()
        self.step.setText(self.context.wording.say(session.step))
        self.step.setVisible(bool(self.step.text()) and session.challenge is None)  # what is asked says what to do
        if session.state == "success":
            self._timer.stop()
            if session.account_id is not None:
                self.signed_in.emit(session.account_id)
            self.accept()
            return
        over = session.state not in OPEN_LOGINS
        if over:
            self._end(session)
        else:
            self.challenges.show_session(session)
            self.show_problem("")
        self.go_button.setText(self.tr("Try again") if over else self.tr("Continue"))
        self.go_button.setVisible(over or self.challenges.wants_input)
        self._show_left()
        self.fit()

    def _end(self, session: LoginSession) -> None:
        self._timer.stop()
        self.challenges.clear()
        say = self.context.wording.say
        errors = {name.rsplit(".", 1)[-1]: say(text) for name, text in session.fields.items()}
        self.form.show()
        rest = self.form.set_errors(errors)
        self.step.hide()
        self.show_problem(say(session.error) or "\n".join(rest.values()) or say(session.step))
        self._show_fields()

    def _show_fields(self) -> Login | None:
        """Show the fields of the chosen way, and return it."""
        way = self._manifest.login(self.form.values().get("method", ""))
        for name, row in self.form.rows.items():
            row.setVisible(
                len(self._manifest.logins) > 1 if name == "method" else way is not None and name in way.fields
            )
        return way

    def _on_tick(self) -> None:
        self._ticks += 1
        self._show_left()
        if self._ticks % ASK_TICKS == 0 and self.session is not None:
            self.context.run(self._ask(self.session.id))

    async def _ask(self, session_id: str) -> None:
        bridge = self.context.bridge
        try:
            session: LoginSession = await bridge.call(bridge.client.login_session(session_id))
        except ApiError as error:
            if not self.gone:
                self.show_problem(self.context.wording.refusal(error))
            return
        if self.session is not None and self.session.id == session_id:
            self._show(session)

    def _show_left(self) -> None:
        session = self.session
        if session is None or session.state not in OPEN_LOGINS:
            self.left.hide()
            return
        ends = [session.expires_at, session.state_expires_at]
        if session.challenge is not None and session.challenge.expires_at is not None:
            ends.append(session.challenge.expires_at)
        seconds = max(0, (min(ends) - now_ms() + 999) // 1000)
        words = self.tr("{minutes}:{seconds} left").format(minutes=seconds // 60, seconds=f"{seconds % 60:02}")
        if session.refreshes:
            words += " · " + self.tr("code number {count}").format(count=session.refreshes + 1)
        self.left.setText(words)
        self.left.show()

    def _on_answered(self, value: str) -> None:
        if self.session is not None:
            self.start(self._answer(self.session.id, value))

    async def _answer(self, session_id: str, value: str) -> None:
        bridge = self.context.bridge
        session: LoginSession = await bridge.call(bridge.client.answer_login(session_id, value))
        if self.session is not None and self.session.id == session.id:
            self._show(session)

    def _on_refresh(self) -> None:
        if self.session is not None:
            self.start(self._refresh(self.session.id))

    async def _refresh(self, session_id: str) -> None:
        bridge = self.context.bridge
        self._show(await bridge.call(bridge.client.refresh_login(session_id)))

    def _on_page(self, url: str) -> None:
        if not open_link(url):
            self.show_problem(self.tr("This page was not opened: {url}").format(url=url[:200]))

    # -- its end

    def _type(self) -> None:
        self.typing_wanted.emit()
        self.reject()

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields; of what was typed beside it; the rest above the buttons."""
        if self.session is not None and self.challenges.wants_input:
            self.challenges.refuse(self.context.wording.refusal(error))
            return
        self.place_errors(error, self.form.set_errors)

    def done(self, result: int) -> None:
        """Closed before its end, it is given up: nothing waits for the person any more."""
        self._timer.stop()
        self.context.bridge.event_arrived.disconnect(self._on_event)
        session = self.session
        if session is not None and session.state in OPEN_LOGINS:
            self.context.run(self._cancel(session.id))
        super().done(result)

    async def _cancel(self, session_id: str) -> None:
        bridge = self.context.bridge
        await bridge.call(bridge.client.cancel_login(session_id))
