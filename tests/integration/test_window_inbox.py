"""The Inbox on a real master: found by a worker, listed, searched, read, marked and taken back, snoozed, exported."""

import csv
import json
import sys

import pytest
from PySide6.QtCore import QTimer

from desktop.dialogs.search_dialog import SearchDialog
from desktop.models import scopes
from desktop.views.inbox import NOTIFICATIONS, InboxPage
from master.api.schema import AccountCreate
from tests.helpers.live_windows import live_context, until
from tests.helpers.masters import account_is, running_master, workers_run


async def calm(context):
    """Wait until nothing is gathered any more: a timer that fires between two tests finds no loop."""
    await until(lambda: not any(one.isActive() for one in context.models.findChildren(QTimer)), what="calm")


@pytest.fixture
async def context(profile, qapp):
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        async with live_context(client, qapp) as context:
            yield context


@pytest.fixture
async def account(context, tmp_path):
    """An account whose items stand in a file, checked for the first time."""
    source = tmp_path / "lines.json"
    source.write_text("")
    program = f"import pathlib; print(pathlib.Path({str(source)!r}).read_text())"
    client = context.bridge.client
    body = AccountCreate(
        platform="script",
        name="Lines",
        settings={"command": sys.executable, "args": ["-c", program]},
        interval_seconds=5,
    )
    made = await client.create_account(body)
    await account_is(client, made.id, "ok")
    return made, source


def line(key, text, **more):
    return json.dumps({"key": key, "title": f"Title {key}", "text": text, **more}, ensure_ascii=False)


@pytest.fixture
async def page(context, account, qtbot):
    """Five items were found: three of a conversation, one in Chinese, one with a link."""
    made, source = account
    talk = {"kind": "direct_message", "thread": "jun", "author": "Jun"}
    source.write_text(
        "\n".join(
            [
                line("1", "Can you look at the import?", **talk),
                line("2", "It stops at 40 %.", **talk),
                line("3", "明天天气很好，我们去公园吧。", author="李雷", kind="mail"),
                line("4", "The invoice shows our old address.", url="https://northwind.example/4", kind="mail"),
                line("5", "Never mind, found it.", **talk),
            ]
        )
    )
    page = InboxPage(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    await context.bridge.client.check_account(made.id)
    await until(lambda: context.models.items.rowCount() == 5, what="the items, by events")
    return page


def titles(page):
    model = page.view.entries
    return [model.at(row).title for row in range(model.rowCount())]


async def test_find_read_mark_and_take_back(page, context):
    inbox = context.models.inbox
    page.on_search("天气")
    await until(lambda: titles(page) == ["Title 3"], what="a search of two Chinese characters")
    page.on_search('"old address" -import')
    await until(lambda: titles(page) == ["Title 4"], what="a search of a phrase")
    page.list.step(1)
    await until(lambda: page.panel._why.text().startswith("Why was I"), what="why it was told")
    page.show_everything()
    await until(lambda: len(titles(page)) == 5, what="everything")

    page.bar.view.actions_shown[1].trigger()
    await until(lambda: inbox.threads.rowCount() > 0, what="the conversations")
    talk = inbox.threads.find((context.models.items.at(0).account_id, "jun"))
    assert (talk.count, talk.unread, talk.author) == (3, 3, "Jun")
    assert page.talks.choose(talk.last_id)
    await until(lambda: "Can you look" in page.panel._text.toPlainText(), what="the conversation")
    shown = page.panel._text.toPlainText()
    assert shown.index("Can you look") < shown.index("It stops") < shown.index("Never mind")
    said = []
    page.notice.connect(lambda *one: said.append(one))
    page.reading.toggle_read()
    await until(lambda: context.models.unread == 2, what="the conversation read")
    await until(lambda: inbox.threads.find((talk.account_id, "jun")).unread == 0, what="its row")
    title, _body, _level, undo = said[-1]
    assert title == "3 marked read"
    undo[1]()
    await until(lambda: context.models.unread == 5, what="taken back")

    page.scopes.choose(f"{scopes.UNREAD}:")
    await until(lambda: len(titles(page)) == 5, what="what is unread")
    page.mark_all_read()
    await until(lambda: context.models.unread == 0, what="all read")
    await until(lambda: said[-1][0] == "5 marked read", what="the message")
    await calm(context)


async def test_searches_are_kept_and_lists_exported(page, context, tmp_path):
    page.on_search("invoice")
    await until(lambda: titles(page) == ["Title 4"], what="the search")
    page.save_search()
    dialog = page.findChild(SearchDialog)
    dialog.save_button.click()
    await until(lambda: [one.name for one in context.models.inbox.searches] == ["invoice"], what="the saved search")
    page.save_search()
    again = page.findChildren(SearchDialog)[-1]
    again.save_button.click()
    await until(lambda: again.form.errors(), what="a name that is taken is refused at its field")
    again.reject()
    page.actions_of_items.export_to(tmp_path / "found.json", page.filter, "json")
    await until(lambda: (tmp_path / "found.json").exists(), what="the JSON file")
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    rows = found if isinstance(found, list) else found["items"]
    assert [row["title"] for row in rows] == ["Title 4"]
    page.show_everything()
    await until(lambda: len(titles(page)) == 5, what="everything")
    page.actions_of_items.export_to(tmp_path / "all.csv", page.filter, "csv")
    await until(lambda: (tmp_path / "all.csv").exists(), what="the CSV file")
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sorted(row["title"] for row in csv.DictReader(file)) == [f"Title {number}" for number in range(1, 6)]
    page.scopes.refresh()
    search = next(row for row in page.scopes.rows.rows if row.sort == scopes.SEARCH)
    page.scopes.choose(search.key)
    await until(lambda: titles(page) == ["Title 4"], what="the saved search again")
    await calm(context)


async def test_what_was_told_is_listed_snoozed_and_put_away(page, context):
    notifications = context.models.inbox.notifications
    page.tabs.setCurrentIndex(NOTIFICATIONS)
    await until(lambda: notifications.rowCount() > 0, what="the history")
    said = []
    page.notice.connect(lambda *one: said.append(one[0]))
    page.notifications.list.step(1)
    first = page.notifications.row
    page.notifications.snooze_menu.actions()[0].trigger()
    await until(lambda: notifications.at(notifications.position_of(first.id)).state == "snoozed", what="snoozed")
    assert said[-1].startswith("Snoozed until ")
    page.notifications.dismiss()
    await until(lambda: notifications.at(notifications.position_of(first.id)).state == "dismissed", what="put away")
    page.mark_all_read()
    await until(lambda: context.models.inbox.totals.states["pending"] == 0, what="nothing new")
    await until(lambda: "Notifications (" not in page.tabs.tabText(NOTIFICATIONS), what="the tab without a count")
    await calm(context)
