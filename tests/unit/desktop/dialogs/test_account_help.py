"""What is known of a service while its account is added: presets, proposals, ways to sign in."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.login_dialog import LoginDialog
from desktop.integration import links
from master.api.inheritance import Effective, Inheritable
from master.api.proposals import Proposal, ProposalReport
from master.api.schema import CatalogAnswer, Group
from tests.unit.desktop.dialogs.test_login_dialog import MANIFEST as CHAT
from tests.unit.desktop.dialogs.test_login_dialog import make_session, push
from tests.unit.desktop.fakes import NOW, FakeClient, make_account
from worker.protocol.manifest import Capabilities, Field, Login, Manifest, Preset

MAIL = Manifest(
    id="post",
    title={"en": "Mail"},
    summary={"en": "A mailbox"},
    icon="M",
    color="#0055aa",
    name_from="username",
    preset_from="username",
    capabilities=Capabilities(credentials="required", propose=True),
    fields=[
        Field(name="host", type="text", title={"en": "Server"}, required=True),
        Field(name="username", type="text", title={"en": "Address"}, required=True),
        Field(name="password", type="password", title={"en": "Password"}, required=True, secret=True),
    ],
    logins=[Login(id="device", kind="device_code", title={"en": "A code on its page"})],
    presets=[
        Preset(
            id="app",
            title={"en": "App mail"},
            match=["app.example"],
            settings={"host": "imap.app.example"},
            login="app_password",
            secret={"en": "App password"},
            note={"en": "It takes an app password here."},
            link="https://app.example/passwords",
        ),
        Preset(
            id="code",
            title={"en": "Code mail"},
            match=["*.code.example", "code.example"],
            settings={"host": "imap.code.example"},
            login="device",
            note={"en": "It signs in on its page."},
        ),
    ],
)


@pytest.fixture
def dialog(context: Context, client: FakeClient, qtbot: QtBot) -> AccountDialog:
    client.answers["propose_settings"] = ProposalReport(proposals=[], error=None, fields={})
    context.models._set_catalog(CatalogAnswer(platforms=[MAIL, CHAT], runners=[], deployments=[]))
    group = Group(
        id="g1", name="Work", color="", notes="", position=0, settings=Inheritable(), accounts=0, created_at=NOW,
        version=1,
    )  # fmt: skip
    context.models.inbox.groups = {"g1": group}
    dialog = AccountDialog(context)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def type_in(dialog: AccountDialog, name: str, text: str) -> None:
    assert dialog.form is not None
    entry: Any = dialog.form.rows[name].input
    entry.set_value(text)
    entry.edited.emit()


def test_a_provider_says_what_it_accepts_before_the_password(
    dialog: AccountDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    browser = SimpleNamespace(openUrl=lambda url: not pages.append(url.toString()))
    monkeypatch.setattr(links, "QDesktopServices", browser)
    dialog.choose("post")
    form, helped = dialog.form, dialog.help
    assert form is not None
    assert helped is not None
    assert next(iter(form.rows)) == "username", "what the rest is known from comes first"
    type_in(dialog, "username", "ada@app.example")
    qtbot.waitUntil(lambda: helped.preset is not None)
    assert helped.note.text() == "It takes an app password here."
    assert helped.mapTo(dialog, helped.rect().topLeft()).y() < form.rows["password"].mapTo(dialog, form.pos()).y()
    assert form.values()["host"] == "imap.app.example"
    assert form.rows["password"].input.target.accessibleName() == "App password"
    assert helped.login_buttons["device"].isHidden(), "this one takes what is typed"
    assert dialog.save_button.text() == "Add account"
    helped.link_button.click()
    assert pages == ["https://app.example/passwords"]
    type_in(dialog, "host", "mine.example")
    type_in(dialog, "username", "ada@eu.code.example")
    qtbot.waitUntil(lambda: helped.preset is not None and helped.preset.id == "code")
    assert form.values()["host"] == "mine.example", "what was typed stays"
    assert dialog.save_button.text() == "Sign in"


def test_one_that_signs_in_on_its_page_is_added_by_that(
    dialog: AccountDialog, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    client.answers["start_login"] = make_session(None)
    dialog.choose("post")
    type_in(dialog, "username", "ada@code.example")
    helped = dialog.help
    assert helped is not None
    qtbot.waitUntil(lambda: helped.preset is not None)
    type_in(dialog, "group_id", "g1")
    dialog.save()
    login = dialog.findChild(LoginDialog)
    assert login is not None
    login.go_on()
    (body,) = client.called("start_login")[0][0]
    assert (body.platform, body.method, body.group_id) == ("post", "device", "g1")
    assert body.settings == {"host": "imap.code.example", "username": "ada@code.example"}
    with qtbot.waitSignal(dialog.added) as added:
        push(context, make_session(None, state="success", account_id="a7"))
    assert added.args == ["a7"]
    assert dialog.gone


def test_what_is_typed_adds_it_as_before(dialog: AccountDialog, client: FakeClient, qtbot: QtBot) -> None:
    dialog.choose("post")
    type_in(dialog, "username", "ada@code.example")
    type_in(dialog, "host", "imap.code.example")
    type_in(dialog, "password", "s3cret")
    dialog.save()
    (body,) = client.called("create_account")[0][0]
    assert body.credentials == {"password": "s3cret"}
    assert (body.interval_seconds, body.group_id, body.proxy_id) == (None, None, None)


def test_a_worker_asks_around_for_what_is_not_known(dialog: AccountDialog, client: FakeClient, qtbot: QtBot) -> None:
    found = [Proposal(title=f"Server {n}", settings={"host": f"imap{n}.else.example"}) for n in range(2)]
    client.answers["propose_settings"] = ProposalReport(proposals=found, error=None, fields={})
    dialog.choose("post")
    helped, form = dialog.help, dialog.form
    assert helped is not None
    assert form is not None
    type_in(dialog, "username", "ada@else.example")
    qtbot.waitUntil(lambda: helped._found.count() == 3)
    assert client.called("propose_settings")[0][0][0].settings == {"username": "ada@else.example"}
    assert "host" not in form.values(), "the person chooses"
    second: Any = helped._found.itemAt(2).widget()
    second.click()
    assert form.values()["host"] == "imap1.else.example"
    helped.show_proposals([Proposal(title="One", settings={"host": "only.example"}, preset="app")])
    assert form.values()["host"] == "only.example"
    assert helped.note.text() == "It takes an app password here."


def test_what_an_account_inherits_is_left_empty_and_stays_inherited(
    context: Context, client: FakeClient, qtbot: QtBot, dialog: AccountDialog
) -> None:
    account = make_account(
        "a1", platform="post", group_id="g1", interval_seconds=60, priority=5,
        effective={
            "interval_seconds": Effective(value=60, origin="group"),
            "priority": Effective(value=5, origin="account"),
            "proxy_id": Effective(value=None, origin="account"),
            "notify_level": Effective(value="urgent", origin="account"),
        },
    )  # fmt: skip
    edited = AccountDialog(context, account)
    qtbot.addWidget(edited)
    assert edited.help is None
    edited.save()
    ((account_id, patch), _) = client.called("patch_account")[0]
    assert account_id == "a1"
    assert (patch.interval_seconds, patch.priority, patch.proxy_id) == (None, 5, "direct")
    assert (patch.notify_level, patch.sound, patch.group_id) == ("urgent", None, "g1")


def test_the_button_says_what_it_does_on_every_form(dialog: AccountDialog) -> None:
    dialog.choose("chat")
    assert dialog.save_button.text() == "Sign in"
    dialog.begin()
    dialog.choose("post")
    assert dialog.save_button.text() == "Add account", "most mailboxes take what is typed"
    dialog.begin()
    dialog.choose("chat")
    assert dialog.save_button.text() == "Sign in"


def test_where_no_secret_is_typed_there_is_no_field_for_it(dialog: AccountDialog, qtbot: QtBot) -> None:
    dialog.choose("post")
    form, helped = dialog.form, dialog.help
    assert form is not None
    assert helped is not None
    type_in(dialog, "username", "ada@code.example")
    qtbot.waitUntil(lambda: form.rows["password"].isHidden())
    type_in(dialog, "username", "ada@else.example")
    qtbot.waitUntil(lambda: not form.rows["password"].isHidden())
    assert form.rows["password"].input.target.accessibleName() == "Password"


def test_what_a_sign_in_needs_is_asked_for_in_the_form(dialog: AccountDialog) -> None:
    dialog.choose("post")
    form, helped = dialog.form, dialog.help
    assert form is not None
    assert helped is not None
    helped.login_buttons["device"].click()
    assert form.rows["host"].error == "Fill this in."
    assert form.rows["username"].error == "Fill this in."
    assert form.rows["name"].error == "", "the service tells one"
    assert dialog.findChild(LoginDialog) is None


def test_an_empty_number_shows_what_counts_then(dialog: AccountDialog, context: Context) -> None:
    group = context.models.inbox.groups["g1"]
    passed = Inheritable(interval_seconds=240, priority=3)
    context.models.inbox.groups = {"g1": msgspec.structs.replace(group, settings=passed)}
    dialog.choose("post")
    form = dialog.form
    assert form is not None
    shown: Any = {name: form.rows[name].input.target for name in ("interval_seconds", "priority")}
    assert {name: line.placeholderText() for name, line in shown.items()} == {"interval_seconds": "30", "priority": ""}
    type_in(dialog, "group_id", "g1")
    assert {name: line.placeholderText() for name, line in shown.items()} == {
        "interval_seconds": "240",
        "priority": "3",
    }
