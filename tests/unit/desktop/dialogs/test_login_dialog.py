"""Signing in with the person's help: ways, challenges, what is sent, how it ends."""

import base64
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.delegates.qr_codes import QrCode
from desktop.dialogs.context import Context
from desktop.dialogs.login_dialog import LoginDialog
from desktop.integration import links
from desktop.models.accounts import now_ms
from master.api.client import ApiError
from master.api.events import Event
from master.api.logins import Challenge, LoginCreate, LoginSession
from tests.unit.desktop.fakes import FakeClient, make_account
from worker.protocol.manifest import Capabilities, Field, Login, Manifest
from worker.protocol.texts import Text, text

MANIFEST = Manifest(
    id="chat",
    title={"en": "Chat"},
    summary={"en": "A chat"},
    icon="C",
    color="#1c87c9",
    capabilities=Capabilities(credentials="required"),
    fields=[
        Field(name="number", type="text", title={"en": "Number"}, required=True),
        Field(name="api_hash", type="password", title={"en": "Key"}, secret=True),
        Field(name="session", type="password", title={"en": "Session"}, secret=True),
    ],
    logins=[
        Login(id="qr", kind="qr", title={"en": "Scan"}, help={"en": "With your phone."}, fields=["api_hash"]),
        Login(id="page", kind="url", title={"en": "Page"}),
    ],
)


def make_session(challenge: Challenge | None = None, **more: Any) -> LoginSession:
    now = now_ms()
    fields: dict[str, Any] = {
        "id": "s1",
        "platform": "chat",
        "method": "qr",
        "account_id": None,
        "name": "Chat",
        "state": "pending",
        "step": Text(code="x", message="Waiting"),
        "challenge": challenge,
        "worker_id": "w1",
        "created_at": now,
        "expires_at": now + 300_000,
        "state_expires_at": now + 150_000,
    }
    return LoginSession(**(fields | more))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pages that would have been opened in the person's browser."""
    pages: list[str] = []
    monkeypatch.setattr(
        links, "QDesktopServices", SimpleNamespace(openUrl=lambda url: not pages.append(url.toString()))
    )
    return pages


@pytest.fixture
def make(context: Context, qtbot: QtBot, opened: list[str]) -> Callable[..., LoginDialog]:
    def build(**more: Any) -> LoginDialog:
        dialog = LoginDialog(context, MANIFEST, **more)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return build


def push(context: Context, session: LoginSession, kind: str = "login.changed") -> None:
    context.bridge.event_arrived.emit(Event(stream="s", seq=1, type=kind, data=session))


def test_a_new_account_signs_in_by_a_code_and_is_named(
    make: Callable[..., LoginDialog], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    dialog = make(draft=LoginCreate(platform="chat", settings={"number": "1"}, name="Mine"))
    assert dialog.step.text() == "With your phone."
    assert dialog.form.rows["api_hash"].isVisibleTo(dialog)
    dialog.form.set_values({"api_hash": "top secret"})
    client.answers["start_login"] = make_session(Challenge(kind="qr", text="tg://login?token=abc"))
    dialog.go_on()
    (body,) = client.called("start_login")[0][0]
    assert (body.method, body.settings, body.name) == ("qr", {"number": "1"}, "Mine")
    assert body.credentials == {"api_hash": "top secret"}
    view = dialog.challenges
    assert view.qr.isVisibleTo(dialog)
    assert view.qr.squares >= 29
    assert not dialog.form.isVisibleTo(dialog)
    assert dialog.left.text() == "2:30 left"
    assert not dialog.go_button.isVisibleTo(dialog), "nothing is to be typed"
    push(context, make_session(Challenge(kind="qr", text="tg://login?token=def"), refreshes=1), "login.challenge")
    assert dialog.left.text().endswith("code number 2")
    push(context, make_session(None, state="scanning", step=Text(code="x", message="Agree on your phone.")))
    assert dialog.step.text() == "Agree on your phone."
    assert not view.qr.isVisibleTo(dialog)
    with qtbot.waitSignal(dialog.signed_in) as ended:
        push(context, make_session(None, state="success", account_id="a9"))
    assert ended.args == ["a9"]
    assert not client.called("cancel_login")


def test_a_second_password_is_hidden_sent_and_may_be_wrong(
    make: Callable[..., LoginDialog], client: FakeClient, qtbot: QtBot
) -> None:
    dialog = make(account=make_account("a1"))
    ask = Challenge(kind="code", prompt=Text(code="x", message="Your second password"), secret=True)
    client.answers["login_account"] = make_session(ask, state="code_asked", account_id="a1")
    dialog.go_on()
    assert client.called("login_account")[0][0] == ("a1", "qr", {})
    view = dialog.challenges
    assert view.input.echoMode() is QLineEdit.EchoMode.Password
    assert view.prompt.text() == "Your second password"
    dialog.go_on()
    assert view.fault.words == "Fill this in."
    view.input.setText(" p w ")
    client.errors["answer_login"] = ApiError(409, "ERR", "It is not asked for any more.")
    dialog.go_on()
    assert view.fault.words == "It is not asked for any more."
    del client.errors["answer_login"]
    wrong = Challenge(kind="code", secret=True, wrong=Text(code="x", message="That was not it."))
    client.answers["answer_login"] = make_session(wrong, state="code_asked")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    assert client.called("answer_login")[-1][0] == ("s1", " p w ")
    assert view.fault.words == "That was not it."
    assert view.input.text() == ""


def test_pages_are_opened_after_a_look_and_their_address_may_be_pasted(
    make: Callable[..., LoginDialog], client: FakeClient, opened: list[str]
) -> None:
    dialog = make()
    dialog.form.set_values({"method": "page"})
    dialog.form.edited.emit("method")
    assert not dialog.form.rows["api_hash"].isVisibleTo(dialog)
    client.answers["start_login"] = make_session(Challenge(kind="url", url="https://chat.example/agree", paste=True))
    dialog.go_on()
    dialog.challenges.open_button.click()
    assert opened == ["https://chat.example/agree"]
    client.answers["answer_login"] = make_session(None, state="scanning")
    dialog.challenges.input.setText(" http://127.0.0.1:9/?code=1 ")
    dialog.challenges.answer()
    assert client.called("answer_login")[-1][0] == ("s1", "http://127.0.0.1:9/?code=1")


def test_a_page_of_an_odd_scheme_is_refused(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = LoginDialog(context, MANIFEST)
    qtbot.addWidget(dialog)
    client.answers["start_login"] = make_session(Challenge(kind="url", url="file:///etc/passwd"))
    dialog.begin()
    dialog.challenges.open_button.click()
    assert dialog.problem == "This page was not opened: file:///etc/passwd"


def test_a_device_code_is_shown_and_copied(make: Callable[..., LoginDialog], client: FakeClient) -> None:
    dialog = make()
    client.answers["start_login"] = make_session(
        Challenge(kind="device_code", code="WDJB-MJHT", url="https://x.example")
    )
    dialog.go_on()
    assert dialog.challenges.code.text() == "WDJB-MJHT"
    dialog.challenges.copy_button.click()
    assert QGuiApplication.clipboard().text() == "WDJB-MJHT"


def test_a_new_code_is_asked_for(make: Callable[..., LoginDialog], client: FakeClient) -> None:
    dialog = make()
    client.answers["start_login"] = make_session(Challenge(kind="qr", image="no base64!"))
    dialog.go_on()
    assert dialog.challenges.fault.words == "This code cannot be shown. Ask for a new one."
    client.answers["refresh_login"] = make_session(Challenge(kind="qr", text="again"), refreshes=1)
    dialog.challenges.refresh_button.click()
    assert dialog.challenges.qr.squares > 0
    assert dialog.challenges.fault.words == ""


def test_one_that_failed_says_why_and_begins_again(
    make: Callable[..., LoginDialog], context: Context, client: FakeClient
) -> None:
    dialog = make()
    client.answers["start_login"] = make_session(Challenge(kind="qr", text="x"))
    dialog.go_on()
    fault = text("field_required")
    push(context, make_session(None, state="failed", error=fault, fields={"credentials.api_hash": fault}))
    assert dialog.problem
    assert dialog.form.rows["api_hash"].error
    assert dialog.go_button.text() == "Try again"
    dialog.go_on()
    assert len(client.called("start_login")) == 2
    assert dialog.challenges.qr.isVisibleTo(dialog)


def test_closing_it_gives_the_sign_in_up(make: Callable[..., LoginDialog], client: FakeClient) -> None:
    dialog = make()
    client.answers["start_login"] = make_session(Challenge(kind="qr", text="x"))
    dialog.go_on()
    dialog.reject()
    assert client.called("cancel_login")[0][0] == ("s1",)


def test_events_that_were_missed_are_asked_for(
    make: Callable[..., LoginDialog], client: FakeClient, context: Context
) -> None:
    dialog = make()
    client.answers["start_login"] = make_session(Challenge(kind="qr", text="x"))
    dialog.go_on()
    push(context, make_session(None, id="another", state="failed"))
    assert dialog.session is not None
    assert dialog.session.state == "pending"
    client.answers["login_session"] = make_session(None, state="expired", error=Text(code="x", message="Too late."))
    for _second in range(5):
        dialog._on_tick()
    assert dialog.problem == "Too late."


def test_a_refused_start_says_why_at_the_field(make: Callable[..., LoginDialog], client: FakeClient) -> None:
    dialog = make()
    fault = {"credentials.api_hash": text("field_required")}
    client.errors["start_login"] = ApiError(400, "ERR_INVALID", "Some fields are not right.", texts=fault)
    dialog.go_on()
    assert dialog.form.rows["api_hash"].error


def test_a_picture_of_a_code_is_shown_and_what_is_none_is_not(qtbot: QtBot) -> None:
    code = QrCode()
    qtbot.addWidget(code)
    picture, data = QPixmap(20, 20), QByteArray()
    picture.fill(Qt.GlobalColor.black)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    code.set_picture(base64.b64decode(base64.b64encode(data.data())))
    assert code.grab().toImage().pixelColor(110, 110) == Qt.GlobalColor.black
    with pytest.raises(ValueError, match="PNG"):
        code.set_picture(b"nothing")
    code.set_text("x" * 100)
    dark = code.grab().toImage().pixelColor(4 * 220 // code.squares + 2, 4 * 220 // code.squares + 2)
    assert dark == Qt.GlobalColor.black, "the corner's frame begins after the light squares"
    with pytest.raises(ValueError, match=r"\w"):
        code.set_text("x" * 5000)
