"""What the sections have beside fields: the start at login, the mute, quiet hours, sizes, the folder of the profile."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.groups_dialog import GroupsDialog
from desktop.views.settings_accounts import AccountsSection
from desktop.views.settings_advanced import AdvancedSection
from desktop.views.settings_general import GeneralSection
from desktop.views.settings_language import LanguageSection
from desktop.views.settings_notifications import NotificationsSection
from desktop.views.settings_quiet import QuietSection
from desktop.views.settings_storage import StorageSection
from master.api.client import ApiError
from master.api.rules import QuietHours, QuietHoursPatch, QuietWindow, Snooze, SnoozeCreate, SnoozeRow
from master.api.schema import Clearing, JanitorReport
from tests.unit.desktop.fakes import NOW, FakeClient
from tests.unit.desktop.settings_fakes import KeptSettings, make_facts
from worker.protocol.texts import Text


@pytest.fixture
def kept(context: Context, client: FakeClient) -> KeptSettings:
    client.answers |= {"system_facts": make_facts(), "backups": [], "groups": []}
    return KeptSettings(context, client)


def show(qtbot: QtBot, section: Any) -> Any:
    qtbot.addWidget(section)
    section.show()
    section.shown()
    qtbot.waitUntil(section.isActiveWindow)
    return section


class Switch:
    """A system's switch of the start at login."""

    def __init__(self) -> None:
        self.commands: list[Sequence[str]] = []
        self.on = False
        self.fault: OSError | None = None

    def enabled(self) -> bool:
        return self.on

    def enable(self, command: Sequence[str]) -> None:
        if self.fault is not None:
            raise self.fault
        self.commands.append(command)
        self.on = True

    def disable(self) -> None:
        self.on = False


def test_the_start_at_login_is_the_systems_own_switch(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    switch = Switch()
    section: GeneralSection = show(qtbot, GeneralSection(replace(context, autostart=switch, profile=tmp_path)))
    row = section.login_start
    assert not row.box.isChecked()
    row.box.click()
    assert str(tmp_path.resolve()) in switch.commands[0]
    switch.on = False  # changed in the system's own settings
    section.shown()
    assert not row.box.isChecked()
    switch.fault = OSError(13, "Permission denied")
    row.box.click()
    assert row.fault.words == "The system did not take it: Permission denied"
    assert not row.box.isChecked()


def test_where_no_start_at_login_is_offered_it_says_why(context: Context, qtbot: QtBot) -> None:
    row = show(qtbot, GeneralSection(context)).login_start
    assert not row.box.isEnabled()
    assert row.help.text().startswith("Not offered here")


def test_the_window_keeps_what_is_its_own(context: Context, qtbot: QtBot) -> None:
    pages = (("inbox", "Inbox"), ("jobs", "Jobs"))
    section: GeneralSection = show(qtbot, GeneralSection(replace(context, pages=pages)))
    section.rows["compact_rows"].input.target.click()  # type: ignore[attr-defined]
    section.rows["start_page"].set_to("jobs")
    values = context.settings.values
    assert (values.compact_rows, values.start_page) == (True, "jobs")
    context.settings.update(compact_rows=False)
    assert section.rows["compact_rows"].value() is False


def test_its_settings_stay_open_to_change_without_a_master(context: Context, qtbot: QtBot) -> None:
    section: GeneralSection = show(qtbot, GeneralSection(context))
    context.bridge.connection_changed.emit(False, "gone")
    assert section.rows["compact_rows"].input.target.isEnabled()
    assert not section.why.isVisible()


def test_language_and_colours_are_written_at_once(context: Context, qtbot: QtBot) -> None:
    section: LanguageSection = show(qtbot, LanguageSection(context))
    section.rows["language"].set_to("zh_CN")
    section.rows["color_scheme"].set_to("dark")
    assert (context.settings.values.language, context.settings.values.color_scheme) == ("zh_CN", "dark")


def test_everything_is_muted_for_a_time_and_told_again(
    context: Context, kept: KeptSettings, client: FakeClient, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.views.settings_notifications.now_ms", lambda: NOW)
    section: NotificationsSection = show(qtbot, NotificationsSection(context))
    row = section.mute
    assert row.words.text() == "Nothing is muted."
    row.mute(Snooze(preset="1h"))
    assert client.called("create_snooze") == [((SnoozeCreate(scope="all", preset="1h"),), {})]
    kept.change(muted_until_at=NOW + 3_600_000)
    assert row.words.text().startswith("Everything is muted until")
    assert (row.mute_button.isVisible(), row.end_button.isVisible()) == (False, True)
    row.end_button.click()
    assert kept.current.muted_until_at is None
    assert row.mute_button.isVisible()


def test_other_places_are_one_click_away(context: Context, kept: KeptSettings, qtbot: QtBot) -> None:
    section: NotificationsSection = show(qtbot, NotificationsSection(context))
    with qtbot.waitSignal(section.page_wanted) as page:
        section.rules_button.click()
    with qtbot.waitSignal(section.section_wanted) as other:
        section.quiet_button.click()
    assert (page.args, other.args) == (["rules"], ["quiet"])
    accounts: AccountsSection = show(qtbot, AccountsSection(context))
    accounts.groups_button.click()
    dialog = accounts.window().findChild(GroupsDialog)
    assert dialog is not None
    dialog.reject()


def test_advanced_says_where_the_master_is_and_what_counts_later(
    context: Context, kept: KeptSettings, qtbot: QtBot, tmp_path: Path
) -> None:
    section: AdvancedSection = show(qtbot, AdvancedSection(replace(context, profile=tmp_path)))
    assert section.sentence.text() == "The master is reached at 127.0.0.1:3000 now."
    row = section.rows["port"]
    row.set_to(4000)
    assert kept.current.port == 4000
    assert row._saved_words.text() == "Saved. It counts from the next start."
    assert section.rows["log_level"].setting.restart is False


def test_the_folder_of_a_master_elsewhere_is_said(
    context: Context, client: FakeClient, qtbot: QtBot, tmp_path: Path
) -> None:
    status = context.models.status
    assert status is not None
    context.models.status = msgspec.structs.replace(status, profile="/srv/elsewhere")
    section: AdvancedSection = show(qtbot, AdvancedSection(replace(context, profile=tmp_path)))
    words = [label.text() for label in section.findChildren(PlainLabel)]
    assert "The folder with the settings of this window; that of the master is /srv/elsewhere." in words
    assert str(tmp_path) in words


def test_sizes_are_shown_and_what_is_too_old_goes(
    context: Context, kept: KeptSettings, client: FakeClient, qtbot: QtBot
) -> None:
    section: StorageSection = show(qtbot, StorageSection(context))
    texts = {name: label.text() for name, label in section.sizes.values.items()}
    assert texts == {
        "database": "45.3 MB", "logs": "1.2 MB", "jobs": "0.0 MB", "workers": "0.3 MB", "backups": "2.1 GB",
        "free": "51.0 GB",
    }  # fmt: skip
    gone = Clearing(what="items", count=3, text=Text(code="x", message="3 items cleared away"))
    client.answers["janitor"] = JanitorReport(at=NOW, dry_run=False, clearings=[gone])
    section.sizes.clear_button.click()
    assert section.sizes.said.text() == "3 items cleared away"
    assert len(client.called("system_facts")) == 2
    client.errors["janitor"] = ApiError(503, "ERR_UNAVAILABLE", "The database is busy.")
    section.sizes.clear_button.click()
    assert section.sizes.fault.words == "The database is busy."
    assert section.sizes.clear_button.isEnabled()
    client.errors["system_facts"] = ApiError(503, "ERR_UNAVAILABLE", "Not now.")
    section.sizes.reload()
    assert section.sizes.fault.words == "Not now."
    client.errors.clear()
    assert section.sizes.fault.again is not None
    section.sizes.fault.again.click()
    assert section.sizes.fault.words == ""


# -- quiet hours


def make_quiet(**more: Any) -> QuietHours:
    fields: dict[str, Any] = {
        "enabled": True, "windows": [QuietWindow(start="22:00", end="07:00")], "time_zone": "local", "active": False,
        "until_at": None, "next_at": None, "held": 0, "version": 4,
    }  # fmt: skip
    return QuietHours(**(fields | more))


class KeptQuiet:
    """A master that keeps quiet hours."""

    def __init__(self, context: Context, client: FakeClient) -> None:
        self._context = context
        self.current = make_quiet()
        client.answers["quiet_hours"] = lambda: self.current
        client.answers["patch_quiet_hours"] = self.patch
        client.answers["snoozes"] = []
        context.models.telling.quiet = self.current

    def patch(self, body: QuietHoursPatch) -> QuietHours:
        if body.version != self.current.version:
            raise ApiError(409, "ERR_CONFLICT", "Somebody changed this meanwhile.")
        self.change(enabled=body.enabled, windows=body.windows, time_zone=body.time_zone)
        return self.current

    def change(self, **changes: Any) -> None:
        self.current = msgspec.structs.replace(self.current, **changes, version=self.current.version + 1)
        self._context.bridge.send("quiet_hours.changed", self.current)  # type: ignore[attr-defined]


@pytest.fixture
def hours(context: Context, client: FakeClient) -> KeptQuiet:
    return KeptQuiet(context, client)


@pytest.fixture
def quiet(context: Context, hours: KeptQuiet, qtbot: QtBot) -> QuietSection:
    section: QuietSection = show(qtbot, QuietSection(context))
    section._timer.setInterval(0)
    return section


def test_hours_are_saved_once_what_is_edited_rests(quiet: QuietSection, hours: KeptQuiet, qtbot: QtBot) -> None:
    quiet.windows.rows[0].days["sun"].click()
    quiet.windows.rows[0].days["sat"].click()
    qtbot.waitUntil(lambda: hours.current.version == 5)
    assert hours.current.windows[0].days == ["mon", "tue", "wed", "thu", "fri"]
    assert quiet.saved.text() == "Saved"
    quiet.enabled.click()
    qtbot.waitUntil(lambda: hours.current.enabled is False)
    assert not quiet.dirty


def test_hours_without_a_day_are_not_sent(quiet: QuietSection, hours: KeptQuiet, qtbot: QtBot) -> None:
    for button in quiet.windows.rows[0].days.values():
        button.click()
    qtbot.waitUntil(lambda: bool(quiet.fault.words))
    assert quiet.fault.words == "Choose at least one day for each of these hours."
    assert hours.current.version == 4


def test_hours_changed_elsewhere_appear_or_are_a_conflict(quiet: QuietSection, hours: KeptQuiet, qtbot: QtBot) -> None:
    hours.change(windows=[QuietWindow(start="23:00", end="06:00")])
    assert quiet.windows.values() == hours.current.windows
    quiet._timer.setInterval(60_000)
    quiet.windows.rows[0].days["sun"].click()
    hours.change(windows=[])
    assert quiet.note.words.text() == "They were changed elsewhere meanwhile."
    quiet.save()
    assert hours.current.windows == [], "nothing is saved before one has decided"
    quiet.note.first.click()
    assert "sun" not in hours.current.windows[0].days
    quiet.windows.rows[0].days["sat"].click()
    hours.change(enabled=False)
    quiet.note.second.click()
    assert not quiet.dirty
    assert not quiet.enabled.isChecked()


def test_a_conflict_that_nobody_told_of_is_seen_when_saving(
    quiet: QuietSection, hours: KeptQuiet, context: Context
) -> None:
    hours.current = msgspec.structs.replace(hours.current, enabled=False, version=9)
    quiet._timer.setInterval(60_000)
    quiet.windows.rows[0].days["sun"].click()
    quiet.save()
    assert quiet.note.words.text() == "They were changed elsewhere meanwhile."
    quiet.note.first.click()
    assert hours.current.version == 10
    assert hours.current.enabled is True


def test_without_a_master_quiet_hours_wait(quiet: QuietSection, context: Context) -> None:
    context.bridge.connection_changed.emit(False, "gone")
    assert not quiet.enabled.isEnabled()
    assert "does not answer" in quiet.state.text()
    context.bridge.connection_changed.emit(True, "")
    assert quiet.enabled.isEnabled()


def test_a_snooze_is_ended_from_here(quiet: QuietSection, context: Context, client: FakeClient) -> None:
    row = SnoozeRow(id="account:a1", scope="account", target_id="a1", name="Post", until_at=NOW, held=0)
    context.bridge.send("snooze.changed", row)  # type: ignore[attr-defined]
    ends = [one for one in quiet.findChildren(type(quiet.note.first)) if one.accessibleName() == "End now: Post"]
    ends[-1].click()
    assert client.called("delete_snooze") == [(("account:a1",), {})]
