"""About: what is said of newer versions, texts to read, and that the person is told and asked once."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.texts_dialog import LicencesDialog, TextDialog
from desktop.tasks import Tasks
from desktop.views.about import AboutSection
from desktop.views.update_news import UpdateNews
from master.api.client import ApiError
from master.api.events import Event
from master.api.updates import Release, UpdateState
from tests.helpers.deadlines import until
from tests.unit.desktop.fakes import NOW, FakeClient
from worker.protocol.texts import text

RELEASE = Release(
    serial=3, version="9.1.0", released_at=NOW, expires_at=NOW + 1, page="https://x.example/9.1",
    notes={"en": "<b>Better</b>", "zh_CN": "更好"},
)  # fmt: skip


def state(**more: Any) -> UpdateState:
    values: dict[str, Any] = {
        "mode": "on", "managed_by": "", "address": "https://x.example", "current": "0.1.0", "checked_at": NOW,
        "next_at": NOW, "available": None,
    }  # fmt: skip
    return UpdateState(**(values | more))


@pytest.fixture
def section(context: Context, client: FakeClient, qtbot: QtBot) -> AboutSection:
    client.answers["updates"] = state()
    section = AboutSection(context)
    qtbot.addWidget(section)
    section.show()
    section.shown()
    return section


def shown(kind: type) -> Any:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (state(), "newest version"),
        (state(checked_at=None), "Nothing was looked for yet"),
        (state(managed_by="Debian"), "Debian keeps this installation up to date"),
        (state(address=""), "no address"),
        (state(problem=text("update_signature")), "not signed by the project"),
        (state(available=RELEASE), "Update it the way you installed it"),
        (state(available=RELEASE, fits=False), "newer version of the system"),
    ],
)
def test_what_is_known_is_said(section, known, words):
    section.show_state(known)
    assert words in section.words.text()
    assert section.pill.isVisible() is (known.available is not None)
    assert section.check_button.isEnabled() is (not known.managed_by and bool(known.address))
    assert section.version.text() == "Watchkeeper 0.1.0"


def test_notes_are_letters_in_the_language_of_the_window(section):
    section.show_state(state(available=RELEASE))
    assert section.notes.text() == "<b>Better</b>"
    assert section.page_button.isVisible()


def test_looking_now_asks_the_master_and_refusals_are_told(section, client):
    client.answers["check_updates"] = state(available=RELEASE)
    section.check_button.click()
    assert section.pill.accessibleName() == "9.1.0 is there"
    client.errors["check_updates"] = ApiError(0, "ERR_UNREACHABLE", "gone")
    section.check_button.click()
    assert section.problem.words
    assert section.check_button.isEnabled()


def test_changes_and_licence_can_be_read(section):
    section.changes_button.click()
    dialog = shown(TextDialog)
    assert "UNRELEASED" in dialog.reading.toPlainText()
    dialog.close()
    section.licence_button.click()
    dialog = shown(TextDialog)
    assert "MIT License" in dialog.reading.toPlainText()
    dialog.close()


async def test_licences_of_libraries_are_read_when_they_are_chosen(context: Context, qtbot: QtBot):
    tasks, read = Tasks(), []

    def text_of(name: str) -> str:
        read.append(name)
        return "" if name == "b" else f"text of {name}"

    rows = [(name, f"{name} 1.0 · MIT", lambda name=name: text_of(name)) for name in ("a", "b")]
    dialog = LicencesDialog(dataclasses.replace(context, run=tasks.run), "Licences", lambda: rows)
    qtbot.addWidget(dialog)
    dialog.open()
    await until(lambda: dialog.names.count() == 2)
    assert dialog.reading.toPlainText() == "text of a"
    assert read == ["a"]
    dialog.names.setCurrentRow(1)
    assert dialog.words.text() == "b 1.0 · MIT"
    assert "no text" in dialog.reading.toPlainText()
    dialog.close()
    await tasks.close()


@pytest.fixture
async def news(context: Context) -> AsyncIterator[tuple[UpdateNews, list[str]]]:
    told: list[str] = []
    made = UpdateNews(context, lambda: told.append("about"))
    made.notice.connect(lambda title, _body, _level, _button: told.append(title))
    yield made, told
    made.deleteLater()


async def test_a_newer_version_is_told_once(news, context):
    made, told = news
    context.bridge.event_arrived.emit(Event(stream="s", seq=1, type="update.changed", data=state(available=RELEASE)))
    made.take(state(available=RELEASE))
    assert told == ["Watchkeeper 9.1.0 is there"]
    made.take(state(available=RELEASE, fits=False))
    assert len(told) == 1


async def test_the_person_is_asked_once_and_only_where_it_means_something(news, context):
    made, told = news
    for nothing in (state(mode="off"), state(mode="ask", address=""), state(mode="ask", managed_by="Snap")):
        made.take(nothing)
    assert told == []
    made.take(state(mode="ask"))
    made.take(state(mode="ask"))
    assert told == ["May Watchkeeper look for newer versions once a day?"]
    assert context.settings.values.update_asked


async def test_it_asks_the_master_when_it_answers(context, client, qtbot):
    client.answers["updates"] = state(available=RELEASE)
    made, told = UpdateNews(context, lambda: None, wait_ms=0), []
    made.notice.connect(lambda title, *_rest: told.append(title))
    context.models.status_changed.emit()
    context.models.status_changed.emit()
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["Watchkeeper 9.1.0 is there"]
    assert len(client.called("updates")) == 1
