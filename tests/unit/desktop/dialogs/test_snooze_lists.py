"""What is snoozed now: how it is said, and that its button ends it."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.snooze_lists import SnoozeList
from desktop.views.settings_quiet import QuietSection
from master.api.rules import SnoozeRow
from tests.unit.desktop.fakes import NOW
from worker.protocol.bases import LATEST_MS


def snooze(name: str, until_at: int) -> SnoozeRow:
    return SnoozeRow(id=f"account:{name}", scope="account", target_id=name, name=name, until_at=until_at, held=0)


async def test_one_without_an_end_names_no_day_in_another_century(context: Context, qtbot: QtBot) -> None:
    for made in (QuietSection(context), QuietDialog(context)):
        qtbot.addWidget(made)
        made.snoozes.show_rows([snooze("later", LATEST_MS), snooze("soon", NOW + 60_000)])
        assert made.snoozes.words(snooze("later", LATEST_MS)) == "later until you end it"
        names = [button.accessibleName() for button in made.snoozes.findChildren(QPushButton)]
        assert names == ["End now: soon", "End now: later"]


async def test_its_button_ends_the_one_beside_it(context: Context, qtbot: QtBot) -> None:
    ended: list[str] = []
    found = SnoozeList(context, lambda row, _button: ended.append(row.id), "label")
    qtbot.addWidget(found)
    found.show_rows([snooze("b", 2), snooze("a", 1)])
    found.findChildren(QPushButton)[1].click()
    assert ended == ["account:b"]
    found.show_rows([])
    assert found.isHidden()
