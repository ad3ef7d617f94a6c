"""The Statistics page: its sentence, figures, bars with their parts, accounts and platforms."""

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.statistics import StatisticsPage
from master.api.client import ApiError
from master.api.item_statistics import ItemStatsQuery
from tests.unit.desktop.fakes import FakeClient, make_account
from tests.unit.desktop.statistics_fakes import make_checks, make_stats


@pytest.fixture
def page(context: Context, client: FakeClient, qtbot: QtBot) -> StatisticsPage:
    client.answers |= {"item_stats": make_stats(), "account_stats": make_checks()}
    context.models.accounts.replace_all([make_account("a1", name="Post")])
    page = StatisticsPage(context)
    qtbot.addWidget(page)
    page.resize(1000, 640)
    page.show()
    return page


def test_says_how_much_was_found_and_how_well_it_is_watched(page: StatisticsPage) -> None:
    assert page.sentence == (
        "20 found in the last 30 days · +100 % against the time before · "
        "99.5 % of the checks of the last 24 hours succeeded"
    )
    figures = {name: label.text() for name, label in page.view.figures.items()}
    assert figures == {
        "total": "20", "before": "10", "change": "+100 %", "unread": "4", "stored": "1,234", "success": "99.5 %"
    }  # fmt: skip


def test_bars_have_the_three_kinds_found_most_and_one_part_for_all_others(page: StatisticsPage) -> None:
    view = page.view
    assert [legend.word.text() for legend in view.legends] == ["mail", "entry", "comment", "other"]
    empty, full = view.bars.bars
    assert [count for count, _tone, _opacity in full.parts] == [9, 5, 3, 3]
    assert full.words.splitlines()[1:] == ["mail: 9", "entry: 5", "comment: 3", "mention: 2", "line: 1"]
    assert empty.words.endswith("nothing")
    assert view.bars.bar_at(QPoint(1, 1)) is empty


def test_accounts_and_platforms_are_beside_the_time_before_with_their_success(page: StatisticsPage) -> None:
    assert [row.texts for row in page.view.accounts.rows] == [
        ("Post", "20", "10", "+100 %", "2", "99.5 %", "99.5 %"),
        ("a deleted account", "20", "0", "–", "2", "–", "–"),
    ]
    assert page.view.platforms.rows[0].texts[1:] == ("2", "1", "1", "0", "99.5 %", "99.5 %")
    assert "network, server or time-out: 1" in page.view.accounts.rows[0].tip


def test_an_account_is_opened_and_a_deleted_one_is_not(page: StatisticsPage, qtbot: QtBot) -> None:
    table = page.view.account_table
    with qtbot.waitSignal(page.account_wanted) as opened:
        table.doubleClicked.emit(table.model().index(0, 0))
    assert opened.args == ["a1"]
    with qtbot.assertNotEmitted(page.account_wanted):
        table.doubleClicked.emit(table.model().index(1, 0))


def test_another_period_is_asked_for_in_local_time(page: StatisticsPage, client: FakeClient) -> None:
    client.answers |= {"item_stats": make_stats("hour", {"mail": 1, "entry": 1}), "account_stats": make_checks(None)}
    page.view.set_period("hour")
    (query,) = client.called("item_stats")[-1][0]
    assert isinstance(query, ItemStatsQuery)
    assert query.group_by == "hour"
    assert query.tz
    assert page.sentence == "2 found in the last 48 hours · −80 % against the time before"
    assert [legend.isHidden() for legend in page.view.legends] == [False, False, True, True]


def test_a_master_that_cannot_answer_is_asked_again(page: StatisticsPage, client: FakeClient) -> None:
    client.errors["item_stats"] = ApiError(503, "ERR", "Not now.")
    page.view.reload()
    assert page.view.words == "Not now."
    del client.errors["item_stats"]
    page.view.reload()
    assert page.view.words == ""
