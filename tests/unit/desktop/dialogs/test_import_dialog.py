"""Many accounts at once: looked at first, added then, wrong lines named."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.dialogs import import_dialog
from desktop.dialogs.context import Context
from desktop.dialogs.import_dialog import ImportDialog
from master.api.account_imports import ImportLine, ImportReport
from master.api.client import ApiError
from tests.unit.desktop.fakes import FakeClient
from worker.protocol.texts import Text

LINES = [
    ImportLine(line=1, result="new", platform="feed", name="Ada", group="News"),
    ImportLine(line=2, result="duplicate", platform="feed", name="Jun", account_id="a1"),
    ImportLine(line=3, result="wrong", platform="imap", name="x", fields={"host": Text(code="x", message="Fill it.")}),
    ImportLine(line=4, result="wrong", platform="", name="", error=Text(code="x", message="Neither nor.")),
]


def make_report(**changes: Any) -> ImportReport:
    values: dict[str, Any] = {
        "dry_run": True, "format": "lines", "encoding": "utf-8", "total": 4, "new": 1, "duplicate": 1, "wrong": 2,
        "groups": ["News"], "rows": LINES,
    }  # fmt: skip
    return ImportReport(**(values | changes))


@pytest.fixture
def dialog(context: Context, client: FakeClient, qtbot: QtBot) -> ImportDialog:
    client.answers["import_accounts"] = lambda _content, dry_run, **_more: make_report(dry_run=dry_run)
    dialog = ImportDialog(context)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def cells(dialog: ImportDialog) -> list[tuple[str, str, str]]:
    rows = dialog.rows
    return [
        (rows.index(row, 0).data(), rows.index(row, 1).data(), rows.index(row, 2).data())
        for row in range(rows.rowCount())
    ]


def test_nothing_is_imported_before_it_was_looked_at(dialog: ImportDialog, client: FakeClient) -> None:
    assert not dialog.import_button.isEnabled()
    dialog.check()
    assert dialog.problem == "Choose a file, or paste addresses."
    dialog.lines.setPlainText("https://a.example/feed\n")
    assert not dialog.import_button.isEnabled()
    dialog.check_button.click()
    assert client.called("import_accounts") == [
        ((b"https://a.example/feed\n",), {"dry_run": True, "format": "lines", "show_existing": 5})
    ]
    assert dialog.import_button.isEnabled()
    assert dialog.summary.text() == "1 would be added · 1 here already · 2 wrong · new groups: News"
    dialog.lines.setPlainText("https://b.example/feed")
    assert not dialog.import_button.isEnabled(), "this was not looked at"
    assert dialog.table.isHidden()


def test_wrong_lines_stand_first_and_name_the_field(dialog: ImportDialog) -> None:
    dialog.lines.setPlainText("x")
    dialog.check()
    assert cells(dialog) == [
        ("3", "x", "Server: Fill it."),
        ("4", "–", "Neither nor."),
        ("1", "Ada", "is new, in News"),
        ("2", "Jun", "is here already"),
    ]


def test_what_was_added_is_said_and_closes(dialog: ImportDialog, client: FakeClient) -> None:
    dialog.lines.setPlainText("x")
    dialog.check()
    dialog.import_button.click()
    assert client.called("import_accounts")[-1][1]["dry_run"] is False
    assert dialog.summary.text().startswith("1 added")
    assert cells(dialog)[2][2] == "added, in News"
    assert dialog.import_button.text() == "Close"
    assert dialog.cancel_button.isHidden()
    dialog.import_button.click()
    assert dialog.gone
    assert len(client.called("import_accounts")) == 2, "nothing is added twice"


def test_where_nothing_is_new_there_is_nothing_to_import(dialog: ImportDialog, client: FakeClient) -> None:
    client.answers["import_accounts"] = make_report(new=0, rows=LINES[1:2])
    dialog.lines.setPlainText("x")
    dialog.check()
    assert not dialog.import_button.isEnabled()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.csv", "csv"), ("a.tsv", "csv"), ("A.OPML", "opml"), ("b.xml", "opml"), ("c.txt", None)]
)
async def test_a_file_is_told_by_its_ending(
    dialog: ImportDialog, client: FakeClient, tmp_path: Path, name: str, kind: str | None
) -> None:
    file = tmp_path / name
    file.write_bytes("名称".encode("gbk"))
    await dialog._take_file(file)
    assert client.called("import_accounts") == [
        (("名称".encode("gbk"),), {"dry_run": True, "format": kind, "show_existing": 5})
    ]
    assert dialog.file_name.text() == name
    dialog.lines.setPlainText("y")
    assert dialog.file_name.text() == "", "what is typed takes its place"


async def test_a_file_that_is_gone_or_too_large_is_said(
    dialog: ImportDialog, client: FakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dialog._take_file(tmp_path / "none.csv")
    assert dialog.problem == "The file cannot be read: No such file or directory"
    monkeypatch.setattr(import_dialog, "MOST_BYTES", 3)
    (tmp_path / "big.csv").write_text("four")
    await dialog._take_file(tmp_path / "big.csv")
    assert dialog.problem == "The file is larger than 16 MB."
    assert client.called("import_accounts") == []


def test_a_refusal_is_said(dialog: ImportDialog, client: FakeClient) -> None:
    client.errors["import_accounts"] = ApiError(400, "ERR_INVALID", "The columns are not known.")
    dialog.lines.setPlainText("x")
    dialog.check()
    assert dialog.problem == "The columns are not known."
    assert not dialog.import_button.isEnabled()
