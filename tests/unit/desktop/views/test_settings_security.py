"""The Security section: the lock, tokens shown once, clients, and the record with its filter and pages."""

import dataclasses
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.passphrase_dialogs import PassphraseDialog
from desktop.dialogs.token_dialog import TokenDialog
from desktop.dialogs.vault_dialog import VaultDialog
from desktop.models import app_locks
from desktop.models.app_locks import AppLock
from desktop.models.setting_stores import WindowStore
from desktop.views.setting_rows import SettingRow
from desktop.views.settings_security import SecuritySection, SecuritySettings
from master.api.client import ApiError
from master.api.logins import AuditEntry
from master.api.rows import Page
from master.api.system import Client, Token
from master.api.vaults import VaultInfo
from tests.unit.desktop.fakes import NOW, FakeClient
from worker.protocol.texts import Text, text


def make_entry(number: int, **more: object) -> AuditEntry:
    values = {
        "id": number, "at": NOW - number, "action": "token_created", "actor": "admin", "subject": "t1",
        "subject_name": "Phone", "account_id": None, "text": text("audit_token_created", scope="client"),
    }  # fmt: skip
    return AuditEntry(**(values | more))  # type: ignore[arg-type]


TOKENS = [
    Token(id="t1", name="Phone", scope="client", created_at=NOW, last_used_at=None),
    Token(id="t2", name="Script", scope="admin", created_at=NOW, last_used_at=NOW),
]


async def compute(work: Callable[[], bytes]) -> bytes:
    return work()


@pytest.fixture
def answers(client: FakeClient) -> FakeClient:
    client.answers["tokens"] = TOKENS
    client.answers["clients"] = [
        Client(device_id="d1", name="Old laptop", online=False, last_seen_at=NOW, cursor=1),
        Client(device_id="d2", name="This window", online=True, last_seen_at=NOW, cursor=1),
    ]
    first = Page(rows=[make_entry(3), make_entry(2, actor="token:Script")], next_cursor="2")
    older = Page(rows=[make_entry(1, subject_name="", account_id="a1", actor="master")])
    client.answers["audit"] = lambda cursor=None, **_more: older if cursor == "2" else first
    client.answers["vault"] = VaultInfo(kind="keyring", state="ok", name="Secret Service")
    return client


@pytest.fixture
async def section(
    context: Context, answers: FakeClient, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> SecuritySection:
    monkeypatch.setattr(app_locks, "COST", 2**4)
    section = SecuritySection(dataclasses.replace(context, lock=AppLock(None, compute)))
    qtbot.addWidget(section)
    section.show()
    section.shown()
    return section


def texts(table: object) -> list[tuple[str, ...]]:
    return [row.texts for row in table.rows.rows]  # type: ignore[attr-defined]


def dialog_of(kind: type, parent: object) -> object:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


async def test_what_there_is_stands_in_tables(section):
    assert [row[:2] for row in texts(section.tokens)] == [("Phone", "read"), ("Script", "do everything")]
    assert texts(section.tokens)[0][3] == "never"
    assert [row[0] for row in texts(section.clients)] == ["This window", "Old laptop"]
    assert [row[1:] for row in texts(section.audit)] == [
        ("Token made with the scope client", "Phone", "this computer"),
        ("Token made with the scope client", "Phone", "Script"),
    ]
    assert section.vault.words.text() == "Kept by Secret Service."


async def test_a_vault_that_was_asked_for_before_it_is_seen_is_asked_for_then(context, answers, qtbot):
    section = SecuritySection(dataclasses.replace(context, lock=AppLock(None, compute)))
    qtbot.addWidget(section)
    section.shown()  # as when the window opens here
    assert not answers.called("vault")
    section.show()
    assert section.vault.words.text() == "Kept by Secret Service."


async def test_a_token_is_shown_once(section, client, qtbot):
    section.tokens.new_token()
    dialog: TokenDialog = dialog_of(TokenDialog, section)  # type: ignore[assignment]
    dialog.make()
    assert dialog.form.rows["name"].error
    client.errors["create_token"] = ApiError(409, "ERR_CONFLICT", "taken", {"name": "Phone is taken"})
    dialog.form.rows["name"].input.set_value("Phone")
    dialog.make()
    assert "taken" in dialog.form.rows["name"].error
    client.errors.clear()
    client.answers["create_token"] = Token(
        id="t3", name="Tablet", scope="client", created_at=NOW, last_used_at=None, token="s3cret-value"
    )
    before = len(client.called("tokens"))
    dialog.make()
    assert dialog.value.text == "s3cret-value"
    assert dialog.value.isVisible()
    assert not dialog.make_button.isVisible()
    dialog.value.copy_button.click()
    assert QApplication.clipboard().text() == "s3cret-value"
    assert len(client.called("tokens")) == before + 1
    (body,), _ = client.called("create_token")[-1]
    assert body.scope == "client"
    dialog.reject()


async def test_a_token_is_revoked_after_asking(section, client):
    assert not section.tokens.revoke_button.isEnabled()
    section.tokens.table.selectRow(1)
    section.tokens.revoke_button.click()
    dialog: ConfirmDialog = dialog_of(ConfirmDialog, section)  # type: ignore[assignment]
    assert "Script" in dialog.heading.text()
    dialog.confirm_button.click()
    assert client.called("revoke_token") == [(("t2",), {})]


async def test_the_record_has_pages_a_filter_and_news(section, client):
    assert section.audit.more_button.isVisible()
    section.audit.show_older()
    assert len(texts(section.audit)) == 3
    assert texts(section.audit)[2][2:] == ("a1@northwind.example", "the master")
    assert not section.audit.more_button.isVisible()
    client.answers["audit"] = lambda **_more: Page(
        rows=[make_entry(4, text=Text(code="x", message="settings changed: x"))]
    )
    for _ in range(3):
        section.tick()
    assert len(texts(section.audit)) == 4
    assert texts(section.audit)[0][1] == "Settings changed: x"
    section.audit.filter.setCurrentIndex(section.audit.filter.findData("token_revoked"))
    assert client.called("audit")[-1][1]["action"] == "token_revoked"
    assert len(texts(section.audit)) == 1


async def test_what_the_master_refuses_is_told_at_its_table(section, client):
    client.errors["tokens"] = ApiError(0, "ERR_UNREACHABLE", "gone")
    section.tokens.reload()
    assert section.tokens.problem.words
    client.errors.clear()
    section.tokens.problem.again.click()
    assert not section.tokens.problem.words


async def test_the_passphrase_is_set_changed_and_taken_away(section):
    lock = section.context.lock
    assert not section.lock_button.isVisible()
    section.set_passphrase()
    dialog: PassphraseDialog = dialog_of(PassphraseDialog, section)  # type: ignore[assignment]
    for new, again, field in (("abc", "abc", "new"), ("long enough", "other", "again")):
        dialog.form.rows["new"].input.set_value(new)
        dialog.form.rows["again"].input.set_value(again)
        dialog.save()
        assert dialog.form.rows[field].error
    dialog.form.rows["again"].input.set_value("long enough")
    dialog.save()
    assert dialog.gone
    assert lock.enabled
    assert section.lock_button.isVisible()
    section.remove_passphrase()
    removing: PassphraseDialog = dialog_of(PassphraseDialog, section)  # type: ignore[assignment]
    removing.form.rows["old"].input.set_value("wrong one")
    removing.save()
    assert removing.form.rows["old"].error
    removing.form.rows["old"].input.set_value("long enough")
    removing.save()
    assert not lock.enabled
    assert not section.lock_button.isVisible()


async def test_how_long_is_kept_in_the_settings(section):
    row = section.rows["lock_after_minutes"]
    assert row.input.value() == 10
    assert section.show_setting("lock_after_minutes")


LOCKED = VaultInfo(kind="passphrase", state="locked", name="", reason=text("vault_no_passphrase"))


async def test_a_locked_vault_is_opened_with_its_passphrase(section, client):
    panel = section.vault
    panel.show_info(LOCKED)
    assert panel.open_button.isVisible()
    assert not panel.again_button.isVisible()
    panel.open_button.click()
    dialog: VaultDialog = dialog_of(VaultDialog, section)  # type: ignore[assignment]
    dialog.save()
    assert dialog.form.rows["passphrase"].error
    client.errors["unlock_vault"] = ApiError(400, "ERR_INVALID", "wrong", {"passphrase": "not it"})
    dialog.form.rows["passphrase"].input.set_value("some words")
    dialog.save()
    assert dialog.form.rows["passphrase"].error == "not it"
    client.errors.clear()
    client.answers["unlock_vault"] = VaultInfo(kind="passphrase", state="ok", name="passphrase vault")
    dialog.save()
    assert panel.pill.accessibleName() == "OK"
    assert panel.change_button.isVisible()
    (body,), _ = client.called("unlock_vault")[-1]
    assert body.passphrase == "some words"


async def test_the_passphrase_of_the_vault_is_changed(section, client):
    section.vault.show_info(VaultInfo(kind="passphrase", state="ok", name=""))
    section.vault.change_button.click()
    dialog: VaultDialog = dialog_of(VaultDialog, section)  # type: ignore[assignment]
    for name, value in (("old", "first words"), ("new", "short"), ("again", "short")):
        dialog.form.rows[name].input.set_value(value)
    dialog.save()
    assert dialog.form.rows["new"].error
    dialog.form.rows["new"].input.set_value("second words")
    dialog.save()
    assert dialog.form.rows["again"].error
    dialog.form.rows["again"].input.set_value("second words")
    client.answers["change_vault_passphrase"] = VaultInfo(kind="passphrase", state="ok", name="")
    dialog.save()
    assert dialog.gone
    (body,), _ = client.called("change_vault_passphrase")[-1]
    assert (body.old, body.new) == ("first words", "second words")


async def test_a_keyring_that_is_away_can_be_asked_again(section, client):
    section.vault.show_info(VaultInfo(kind="keyring", state="unavailable", name="", reason=text("vault_no_passphrase")))
    client.answers["check_vault"] = VaultInfo(kind="keyring", state="ok", name="KWallet")
    section.vault.again_button.click()
    assert section.vault.words.text() == "Kept by KWallet."
    client.errors["check_vault"] = ApiError(0, "ERR_UNREACHABLE", "gone")
    section.vault.ask()
    assert section.vault.problem.words


async def test_minutes_are_whole(context: Context, qtbot: QtBot, failures: Callable[[], list[BaseException]]) -> None:
    setting = SecuritySettings().groups()[0].settings[0]
    row = SettingRow(context, setting, WindowStore(context.settings))
    qtbot.addWidget(row)
    row.set_to(10.5)
    assert row.error == "A whole number, please."
    assert context.settings.values.lock_after_minutes == 10
    row.set_to(12)
    assert row.error == ""
    assert context.settings.values.lock_after_minutes == 12
    assert failures() == []
