"""One setting: saved by itself, refused at its field, changed elsewhere, without a master, back to its default."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.settings import SettingsHolder
from desktop.views.setting_rows import SettingRow
from desktop.views.settings_accounts import AccountsSection
from desktop.views.settings_jobs import JobsSection
from desktop.views.settings_language import LanguageSection
from desktop.views.settings_storage import StorageSection
from master.api.client import ApiError
from master.api.schema import SettingsPatch
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.settings_fakes import KeptSettings, make_facts

INTERVAL = "default_interval_seconds"


@pytest.fixture
def kept(context: Context, client: FakeClient) -> KeptSettings:
    client.answers |= {"system_facts": make_facts(), "backups": []}
    return KeptSettings(context, client)


@pytest.fixture
def section(context: Context, kept: KeptSettings, qtbot: QtBot) -> AccountsSection:
    section = AccountsSection(context)
    qtbot.addWidget(section)
    section.show()
    qtbot.waitUntil(section.isActiveWindow)
    return section


def line(row: SettingRow) -> QLineEdit:
    target = row.input.target
    assert isinstance(target, QLineEdit)
    return target


def type_into(qtbot: QtBot, row: SettingRow, text: str) -> None:
    line(row).setFocus()
    line(row).selectAll()
    qtbot.keyClicks(line(row), text)


def leave(section: AccountsSection, qtbot: QtBot, row: SettingRow) -> None:
    """Go to another field; what is left is saved a moment later."""
    section.rows["baseline_quiet"].input.target.setFocus()
    qtbot.waitUntil(lambda: not row.dirty or bool(row.error) or not row.note.isHidden())


def test_what_is_typed_is_saved_when_the_field_is_left(
    section: AccountsSection, kept: KeptSettings, client: FakeClient, qtbot: QtBot
) -> None:
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "45")
    assert row.dirty
    assert kept.current.default_interval_seconds == 30, "not while one is typing"
    leave(section, qtbot, row)
    assert kept.current.default_interval_seconds == 45
    assert row.says_saved
    assert client.called("patch_settings") == [((SettingsPatch(default_interval_seconds=45, version=1),), {})]


def test_enter_saves_and_the_cursor_stays(section: AccountsSection, kept: KeptSettings, qtbot: QtBot) -> None:
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "50")
    qtbot.keyClick(line(row), Qt.Key.Key_Return)
    assert kept.current.default_interval_seconds == 50
    assert section.window().focusWidget() is line(row)


def test_a_second_change_before_the_event_of_the_first_is_no_conflict(
    section: AccountsSection, kept: KeptSettings, qtbot: QtBot
) -> None:
    kept.tells = False
    row = section.rows[INTERVAL]
    for value in ("45", "46"):
        type_into(qtbot, row, value)
        qtbot.keyClick(line(row), Qt.Key.Key_Return)
    assert kept.current.default_interval_seconds == 46
    assert (row.dirty, row.note.isHidden()) == (False, True)


@pytest.mark.parametrize("typed", ["4", "abc", "100000", " "])
def test_a_wrong_value_is_said_at_its_field_and_not_sent(
    section: AccountsSection, client: FakeClient, qtbot: QtBot, typed: str
) -> None:
    row = section.rows[INTERVAL]
    type_into(qtbot, row, typed)
    leave(section, qtbot, row)
    assert row.error
    assert line(row).text().strip() == typed.strip(), "what was typed stays"
    assert client.called("patch_settings") == []


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(
    section: AccountsSection, client: FakeClient, qtbot: QtBot
) -> None:
    row = section.rows[INTERVAL]
    client.errors["patch_settings"] = ApiError(400, "ERR_INVALID", "Wrong.", fields={INTERVAL: "Too often for a fair."})
    type_into(qtbot, row, "6")
    leave(section, qtbot, row)
    assert row.error == "Too often for a fair."
    assert line(row).text() == "6"
    assert row.dirty


def test_a_box_is_saved_with_the_click_and_shows_what_is_when_refused(
    section: AccountsSection, kept: KeptSettings, client: FakeClient, qtbot: QtBot
) -> None:
    row = section.rows["baseline_quiet"]
    row.input.target.click()  # type: ignore[attr-defined]
    assert kept.current.baseline_quiet is False
    client.errors["patch_settings"] = ApiError(503, "ERR_PROFILE", "The disk is full.")
    row.input.target.click()  # type: ignore[attr-defined]
    assert row.error == "The disk is full."
    assert row.value() is False


def test_a_change_elsewhere_appears_at_once(section: AccountsSection, kept: KeptSettings) -> None:
    kept.change(default_interval_seconds=90, baseline_quiet=False)
    assert line(section.rows[INTERVAL]).text() == "90"
    assert section.rows["baseline_quiet"].value() is False
    assert not section.unsaved


def test_a_change_elsewhere_while_one_types_is_a_conflict_that_one_decides(
    section: AccountsSection, kept: KeptSettings, qtbot: QtBot
) -> None:
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "45")
    kept.change(default_interval_seconds=90)
    assert "changed elsewhere meanwhile: 90 s" in row.note.words.text()
    assert line(row).text() == "45"
    leave(section, qtbot, row)
    assert kept.current.default_interval_seconds == 90, "leaving the field decides nothing"
    row.note.second.click()
    assert (line(row).text(), row.dirty, row.note.isHidden()) == ("90", False, True)
    type_into(qtbot, row, "46")
    kept.change(default_interval_seconds=91)
    row.note.first.click()
    assert kept.current.default_interval_seconds == 46
    assert row.note.isHidden()


def test_a_change_that_nobody_told_of_yet_is_a_conflict_too(
    section: AccountsSection, kept: KeptSettings, qtbot: QtBot
) -> None:
    kept.tells = False
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "45")
    kept.change(default_interval_seconds=90)
    qtbot.keyClick(line(row), Qt.Key.Key_Return)
    assert kept.current.default_interval_seconds == 90
    assert "90 s" in row.note.words.text()


def test_another_setting_changed_meanwhile_is_none(section: AccountsSection, kept: KeptSettings, qtbot: QtBot) -> None:
    kept.tells = False
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "45")
    kept.change(baseline_quiet=False)
    qtbot.keyClick(line(row), Qt.Key.Key_Return)
    assert kept.current.default_interval_seconds == 45
    assert row.note.isHidden()


def test_without_a_master_fields_wait_say_why_and_lose_nothing(
    section: AccountsSection, kept: KeptSettings, context: Context, qtbot: QtBot
) -> None:
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "45")
    context.bridge.connection_changed.emit(False, "connection refused")
    assert not line(row).isEnabled()
    assert "connection refused" in section.why.text()
    assert section.why.isVisible()
    assert row.note.words.text() == "Typed, not saved yet."
    context.bridge.connection_changed.emit(True, "")
    assert line(row).isEnabled()
    assert line(row).text() == "45"
    assert not section.why.isVisible()
    assert kept.current.default_interval_seconds == 30
    row.note.first.click()
    assert kept.current.default_interval_seconds == 45


def test_what_was_typed_can_be_thrown_away(section: AccountsSection, context: Context, qtbot: QtBot) -> None:
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "45")
    context.bridge.connection_changed.emit(False, "")
    context.bridge.connection_changed.emit(True, "")
    row.note.second.click()
    assert (line(row).text(), row.dirty) == ("30", False)


def test_the_default_is_said_where_it_differs_and_one_can_go_back(
    section: AccountsSection, kept: KeptSettings, qtbot: QtBot
) -> None:
    row = section.rows[INTERVAL]
    assert row.reset_button.isHidden()
    kept.change(default_interval_seconds=90)
    assert row._default.text() == "Default: 30 s"
    assert row.reset_button.accessibleName() == "Reset to default: Check every"
    with qtbot.waitSignal(section.offer) as offered:
        row.reset_button.click()
    assert kept.current.default_interval_seconds == 30
    assert row.reset_button.isHidden()
    title, _body, _level, (_words, undo) = offered.args
    assert title == "Check every: changed"
    undo()
    assert kept.current.default_interval_seconds == 90


def test_undo_takes_back_only_what_was_done_here(section: AccountsSection, kept: KeptSettings, qtbot: QtBot) -> None:
    row = section.rows[INTERVAL]
    type_into(qtbot, row, "45")
    with qtbot.waitSignal(section.offer) as offered:
        qtbot.keyClick(line(row), Qt.Key.Key_Return)
    kept.change(default_interval_seconds=90)
    offered.args[3][1]()
    assert kept.current.default_interval_seconds == 90, "somebody else's"
    assert "90" in row.note.words.text()
    row.note.first.click()
    assert kept.current.default_interval_seconds == 30


def test_a_row_that_is_gone_is_told_nothing(context: Context, kept: KeptSettings, client: FakeClient) -> None:
    section = AccountsSection(context)  # as when another language is chosen: the window goes while this is saved
    row = section.rows[INTERVAL]

    def patch(body: SettingsPatch) -> object:
        section.deleteLater()
        QCoreApplication.sendPostedEvents(section, QEvent.Type.DeferredDelete.value)
        return kept.patch(body)

    client.answers["patch_settings"] = patch
    line(row).setText("45")
    row.input.edited.emit()
    row.commit()
    assert kept.current.default_interval_seconds == 45


def test_programs_may_be_any_or_only_these(context: Context, kept: KeptSettings, qtbot: QtBot) -> None:
    section = JobsSection(context)
    qtbot.addWidget(section)
    section.show()
    qtbot.waitUntil(section.isActiveWindow)
    row = section.rows["job_commands"]
    only, text = row.input._only, row.input._text  # type: ignore[attr-defined]
    assert not text.isVisible()
    only.click()
    text.setFocus()
    text.setPlainText("git\n\n/usr/bin/rsync")
    section.rows["job_shell"].input.target.setFocus()
    qtbot.waitUntil(lambda: kept.current.job_commands == ["git", "/usr/bin/rsync"])
    assert row._default.text() == "Default: any"
    row.reset_button.click()
    assert kept.current.job_commands is None
    assert not text.isVisible()


def test_days_are_kept_by_kind(context: Context, kept: KeptSettings, qtbot: QtBot) -> None:
    section = StorageSection(context)
    qtbot.addWidget(section)
    section.show()
    row = section.rows["item_keep_days"]
    mail = row.input._lines["mail"]  # type: ignore[attr-defined]
    mail.setFocus()
    qtbot.keyClicks(mail, "0")
    row.commit()
    assert row.error == "Days from 1 to 36500, or nothing: mail."
    mail.selectAll()
    qtbot.keyClicks(mail, "365")
    row.commit()
    assert kept.current.item_keep_days == {"mail": 365}
    limit = section.rows["item_keep_total_mb"]
    type_into(qtbot, limit, "500")
    limit.commit()
    assert kept.current.item_keep_total_mb == 500
    assert limit._default.text() == "Default: no limit"
    line(limit).selectAll()
    qtbot.keyClick(line(limit), Qt.Key.Key_Delete)
    limit.commit()
    assert kept.current.item_keep_total_mb is None


def test_what_says_nothing_without_another_setting_waits_for_it(section: AccountsSection, kept: KeptSettings) -> None:
    row = section.rows["battery_saver_percent"]
    assert not line(row).isEnabled()
    kept.change(battery_saver="below")
    assert line(row).isEnabled()


@pytest.mark.expects_log("settings of the window cannot be kept")
def test_a_file_that_cannot_be_written_is_said(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "desktop.new").mkdir()  # what the file is written to first
    section = LanguageSection(replace(context, settings=SettingsHolder(tmp_path)))
    qtbot.addWidget(section)
    row = section.rows["color_scheme"]
    row.set_to("dark")
    assert row.error.startswith("It counts now, but cannot be written")
    assert (row.value(), row.says_saved) == ("dark", False)


def test_links_of_a_row_are_no_default_buttons(section: AccountsSection) -> None:
    for row in section.rows.values():
        assert all(not button.autoDefault() for button in row.findChildren(QPushButton))
