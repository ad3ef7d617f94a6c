"""The Settings page: its sections in a list, made when they are shown; the search; what fails stays in its section."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.models.setting_stores import MasterStore, WindowStore
from desktop.views.settings import FailedSection, SettingsPage
from desktop.views.settings_bases import Section, of_master
from desktop.views.settings_sections import ELSEWHERE, SettingsSections
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.settings_fakes import make_facts

SETTINGS = (
    "general", "notifications", "quiet", "accounts", "proxies", "workers", "jobs", "storage", "language", "advanced",
)  # fmt: skip
"""Sections with settings; those about the system have tests of their own."""


@pytest.fixture
def page(context: Context, client: FakeClient, qtbot: QtBot) -> SettingsPage:
    client.answers |= {"system_facts": make_facts(), "backups": []}
    page = SettingsPage(context)
    qtbot.addWidget(page)
    page.resize(900, 600)
    return page


def test_nothing_is_made_before_it_is_shown(page: SettingsPage) -> None:
    assert not page.sections
    assert not page.content.children()


def test_the_first_section_is_made_when_the_page_is_shown(page: SettingsPage) -> None:
    page.show()
    assert list(page.sections) == ["general"]
    assert page.section is page.sections["general"]
    assert page.list.currentItem().text() == "General"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_section_opens_and_is_marked_in_the_list(page: SettingsPage, context: Context, name: str) -> None:
    page.show()
    page.open_section(name)
    section = page.section
    assert section is not None
    title = next(entry.title for entry in page.entries() if entry.name == name)
    assert section.heading.text() == section.title == page.list.currentItem().text() == title
    assert section.sentence.text()
    assert context.settings.values.settings_section == name


@pytest.mark.parametrize("name", SETTINGS)
def test_nothing_is_cut_off_in_the_smallest_window(page: SettingsPage, name: str) -> None:
    page.resize(836, 600)
    page.show()
    page.open_section(name)
    assert page.section is not None
    QCoreApplication.processEvents()
    assert page.section.inside.minimumSizeHint().width() <= page.section._area.viewport().width()


@pytest.mark.parametrize("name", SETTINGS)
def test_everything_in_a_section_has_a_name_and_is_reached_by_tab(page: SettingsPage, name: str) -> None:
    page.show()
    page.open_section(name)
    assert page.section is not None
    kinds = (QLineEdit, QCheckBox, QComboBox, QPlainTextEdit, QPushButton, QTimeEdit)
    widgets: list[QWidget] = [one for kind in kinds for one in page.section.findChildren(kind)]
    inputs = [one for one in widgets if not isinstance(one.parent(), QTimeEdit | QComboBox)]
    assert inputs
    for one in inputs:
        words = one.text() if isinstance(one, QCheckBox | QPushButton) else ""
        assert one.accessibleName() or words or not one.isVisibleTo(page), one
        assert one.focusPolicy() & Qt.FocusPolicy.TabFocus, one


def test_the_section_that_was_open_last_is_shown_again(context: Context, page: SettingsPage) -> None:
    context.settings.update(settings_section="language")
    page.show()
    assert list(page.sections) == ["language"]


def test_a_section_that_is_not_there_is_an_error(page: SettingsPage) -> None:
    with pytest.raises(KeyError):
        page.open_section("nowhere")


def test_arrows_go_through_the_sections_and_enter_goes_in(page: SettingsPage, qtbot: QtBot) -> None:
    page.show()
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    section = page.section
    assert section is page.sections["notifications"]
    assert page.window().focusWidget() is page.list
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert section is not None
    assert page.window().focusWidget() is section.first_focus


@pytest.mark.parametrize(
    ("typed", "section", "setting"),
    [
        ("compact rows", "general", "compact_rows"),
        ("log_total_mb", "advanced", "log_total_mb"),
        ("dark", "language", "color_scheme"),
        ("shell", "jobs", "job_shell"),
    ],
)
def test_a_setting_is_found_by_its_words_and_jumped_to(
    page: SettingsPage, qtbot: QtBot, typed: str, section: str, setting: str
) -> None:
    page.show()
    assert page.search is not None
    qtbot.keyClicks(page.search, typed)
    qtbot.waitUntil(lambda: page.list.count() < len(page.entries()))
    found = [page.list.item(row).data(Qt.ItemDataRole.UserRole + 1) for row in range(page.list.count())]
    assert setting in found
    page.list.setCurrentRow(found.index(setting))
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    shown = page.section
    assert shown is page.sections[section]
    row = shown.rows[setting]  # type: ignore[union-attr]
    assert page.window().focusWidget() is row.input.target


def test_what_is_called_so_comes_before_what_only_speaks_of_it(page: SettingsPage) -> None:
    page.show()
    assert page.search is not None
    page.search.setText("keep")
    page.on_search("keep")
    names = [page.list.item(row).text() for row in range(page.list.count())]
    assert names[0] == "Keep for (days)"
    assert names.index("Keep for (days)") < names.index("Start Watchkeeper when I log in")


def test_the_palette_goes_to_every_section_and_setting(page: SettingsPage, qtbot: QtBot) -> None:
    sections = [f"settings.{entry.name}" for entry in page.entries()]
    assert [one.name for one in page.actions_here()] == sections, "nothing is imported for the first opening"
    qtbot.waitUntil(lambda: page.index.whole)
    actions = {one.name: one for one in page.actions_here()}
    assert list(actions)[: len(sections)] == sections
    page.show()
    actions["settings.advanced.log_level"].act()
    section = page.section
    assert section is page.sections["advanced"]
    assert page.window().focusWidget() is section.rows["log_level"].input.target  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["muted_until_at", "login_start", "make_backup", "move"])
def test_what_is_no_field_is_found_too(page: SettingsPage, name: str) -> None:
    page.show()
    section = next(one.section for one in page.index.everything() if one.setting == name)
    page.open_section(section)
    assert page.section is not None
    assert page.section.show_setting(name)


def test_what_a_section_shows_is_loaded_anew(page: SettingsPage, client: FakeClient) -> None:
    page.show()
    page.open_section("storage")
    page.renew()
    assert len(client.called("system_facts")) == 2


def test_escape_ends_the_search_and_what_is_not_there_is_said(page: SettingsPage, qtbot: QtBot) -> None:
    page.show()
    assert page.search is not None
    qtbot.keyClicks(page.search, "no such thing")
    qtbot.waitUntil(lambda: page.list.count() == 0)
    assert page._nothing.isVisible()
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.list.count() == len(page.entries())
    assert page.list.currentItem().text() == "General"


@pytest.mark.expects_log("language failed")
def test_what_fails_stays_in_its_section(page: SettingsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = [ValueError("broken here")]

    def broken(context: Context) -> Section:
        if faults:
            raise faults.pop()
        return Section(context, "Made")

    entries = tuple(
        replace(entry, make=broken) if entry.name == "language" else entry for entry in SettingsSections().entries()
    )
    monkeypatch.setattr(SettingsSections, "entries", lambda _self: entries)
    page.show()
    page.open_section("language")
    assert page.section is not None
    assert page.section.heading.text() == "Language and theme"
    page.open_section("general")
    assert page.section is page.sections["general"]
    page.open_section("language")
    failed = page.section
    assert isinstance(failed, FailedSection)
    failed.failure.button.click()
    qtbot.waitUntil(lambda: page.section is not failed)
    assert page.section.heading.text() == "Made"


def test_every_setting_has_one_field_or_a_home_elsewhere(context: Context) -> None:
    stores = {"window": WindowStore(context.settings), "master": MasterStore(context.models, context.bridge)}
    fields: dict[str, list[str]] = {"window": [], "master": []}
    for entry in SettingsSections().entries():
        for group in entry.groups(context):
            for setting in group.settings:
                fields[setting.store].append(setting.field.name)
            for name, store in stores.items():
                fields[name] += [other for other, _label in group.others if other in store.names()]
    for name, store in stores.items():
        homes = [*fields[name], *ELSEWHERE[name]]
        assert sorted(homes) == sorted(store.names()), name


def test_every_default_is_among_the_choices_and_within_the_bounds(context: Context) -> None:
    for entry in SettingsSections().entries():
        for group in entry.groups(context):
            for setting in group.settings:
                store = WindowStore(context.settings) if setting.store == "window" else None
                store_ = store or MasterStore(context.models, context.bridge)
                default, field = store_.default(setting.field.name), setting.field
                if field.type == "choice":
                    assert default in [value for value, _title in field.choices], field.name
                if field.type == "number" and default is not None:
                    assert (field.minimum or 0) <= default <= (field.maximum or 0), field.name


def test_a_number_is_bounded_as_the_master_bounds_it() -> None:
    wanted = {"heartbeat_seconds": (1, 300), "item_keep_total_mb": (50, 10_000_000), "port": (0, 65_535)}
    for name, bounds in wanted.items():
        field = of_master(Field(name=name, type="number", label="x")).field
        assert (field.minimum, field.maximum) == bounds
    with pytest.raises(KeyError):
        of_master(Field(name="unheard_of", type="number", label="x"))
