"""The palette in the window: what it offers, by keys alone; the search of everything; what it remembers."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.models.palette_verbs import wish_of
from desktop.views.inbox import InboxPage
from desktop.views.logs import LogsPage
from desktop.views.main_window import MainWindow
from desktop.views.palette import Palette
from desktop.views.palette_verbs import PaletteVerbs
from desktop.words import install_translators
from master.api.client import ApiError
from master.api.schema import Page as Rows
from tests.unit.desktop.fakes import FakeClient, make_account, make_item
from tests.unit.desktop.job_fakes import make_job, make_running, make_schedule
from worker.protocol.states import AccountState

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.come_forward()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close_for_good()


def opened(window: MainWindow, qtbot: QtBot, key: Qt.Key = Qt.Key.Key_K) -> Palette:
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, key, CONTROL if key == Qt.Key.Key_K else Qt.KeyboardModifier.NoModifier)
    palette = window.commands.palette
    assert palette is not None
    assert palette.isVisible()
    qtbot.waitUntil(palette.field.hasFocus)
    return palette


def titles(palette: Palette) -> list[str]:
    return [row.title for row in palette.model.rows]


def press(palette: Palette, qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(palette.field, key)


def shown(window: MainWindow) -> str:
    return next(name for name, page in window.pages.items() if page.isVisible())


def test_it_goes_to_a_page_an_account_a_worker_by_keys_alone(
    window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    context.models.work.jobs.replace_page([make_job("j1")], None)
    context.models.work.schedules.replace_all([make_schedule("s1")])
    for typed, page in (("logs", "logs"), ("a2@", "accounts"), ("local-2", "workers"), ("backup j1", "jobs")):
        palette = opened(window, qtbot)
        qtbot.keyClicks(palette.field, typed)
        press(palette, qtbot, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda page=page: shown(window) == page)
        assert not palette.isVisible()
    assert context.settings.values.palette_recent[:2] == ("job:j1", "worker:local-2")
    palette = opened(window, qtbot)
    assert titles(palette)[:2] == ["backup j1", "local-2"]
    press(palette, qtbot, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_arrows_go_round_and_ctrl_k_closes(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    last = len(palette.model.rows) - 1
    assert last > 5
    press(palette, qtbot, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == last
    press(palette, qtbot, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    press(palette, qtbot, Qt.Key.Key_PageUp)
    assert palette.list.currentIndex().row() == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_K, CONTROL)
    qtbot.waitUntil(lambda: not palette.isVisible())


def test_tab_shows_what_else_can_be_done_with_a_row(
    window: MainWindow, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "a1@")
    press(palette, qtbot, Qt.Key.Key_Tab)
    assert titles(palette)[:2] == ["Open", "Check now"]
    assert "Edit…" in titles(palette)
    press(palette, qtbot, Qt.Key.Key_Escape)
    assert palette.isVisible()
    assert titles(palette)[0] == "a1@northwind.example"
    press(palette, qtbot, Qt.Key.Key_Tab, Qt.Key.Key_Down, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(client.called("batch_accounts")) == 1)
    body = client.called("batch_accounts")[0][0][0]
    assert (body.action, body.account_ids) == ("check", ["a1"])
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "local-1")
    press(palette, qtbot, Qt.Key.Key_Tab)
    assert "Restart" in titles(palette)


@pytest.mark.parametrize(
    ("typed", "method"),
    [("pause all", "batch_accounts"), ("mute for 1", "patch_settings"), ("restart local-1", "restart_worker")],
)
def test_actions_reach_the_master(
    typed: str, method: str, window: MainWindow, client: FakeClient, qtbot: QtBot
) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, typed)
    press(palette, qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(client.called(method)))


@pytest.mark.parametrize(
    ("typed", "method", "of"),
    [
        ("pause a1@", "batch_accounts", "a1"),
        ("a2@ check", "batch_accounts", "a2"),
        ("stop local-1", "stop_worker", "local-1"),
        ("run nightly", "run_schedule", "s1"),
        ("cancel sync", "cancel_job", "j1"),
        ("rerun backup j2", "resubmit_job", "j2"),
    ],
)
def test_a_verb_and_its_object_in_one_line(
    typed: str, method: str, of: str, window: MainWindow, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    context.models.work.jobs.replace_page([make_running("j1", name="sync"), make_job("j2")], None)
    context.models.work.schedules.replace_all([make_schedule("s1", name="Nightly")])
    client.answers |= {"cancel_job": make_job("j1"), "resubmit_job": make_job("j3"), "run_schedule": make_job("j4")}
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, typed)
    press(palette, qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(client.called(method)))
    (first, *_rest), _more = client.called(method)[0]
    assert of in (first if isinstance(first, str) else first.account_ids)


def test_verbs_are_known_in_both_languages(qapp: QApplication, qtbot: QtBot) -> None:
    translators = install_translators(qapp, "zh_CN")
    try:
        words = PaletteVerbs().words()
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)
    for typed, name in (
        ("暂停新闻", "pause"),
        ("pause 新闻", "pause"),
        ("重新登录 新闻", "sign-in"),
        ("启动 local", "start"),
    ):
        wish = wish_of(typed.split(), words)
        assert wish is not None
        assert name in {verb.name for verb in wish.verbs}


def test_it_changes_colours_and_opens_dialogs_of_other_pages(
    window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "switch to dark")
    press(palette, qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: context.settings.values.color_scheme == "dark")
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "add acc")
    press(palette, qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(AccountDialog) is not None)
    dialog = window.findChild(AccountDialog)
    assert dialog is not None
    dialog.reject()


def test_who_has_to_sign_in_again_is_offered_by_name_and_with_the_state_in_words(
    window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    context.models.accounts.upsert(make_account("a9", name="支持邮箱", state=AccountState.LOGIN_NEEDED))
    palette = opened(window, qtbot)
    palette.field.insert("邮箱")  # as an input method does
    rows = {row.title: row for row in palette.model.rows}
    assert "Sign in again: 支持邮箱" in rows
    face = rows["支持邮箱"].face
    assert face is not None
    assert (face.shape, face.word) == ("cross", "Needs sign-in")
    assert "Needs sign-in" in palette.field.accessibleDescription()


def test_f_searches_everything_and_no_letter_fires_where_words_are_typed(
    window: MainWindow, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    window.show_page("accounts")
    search = window.pages["accounts"].search
    assert search is not None
    search.setFocus()
    qtbot.keyClicks(search, "fjF/")
    assert search.text() == "fjF/"
    assert window.commands.palette is None
    search.clear()
    window.pages["accounts"].focus_first()
    client.answers["items"] = Rows(rows=[make_item(7, title="Invoice of November")])
    client.answers["jobs"] = Rows(rows=[make_job("old", name="invoice export")])
    palette = opened(window, qtbot, Qt.Key.Key_F)
    assert palette.windowTitle() == "Search everything"
    qtbot.keyClicks(palette.field, "invoice")
    qtbot.waitUntil(lambda: "Invoice of November" in titles(palette))
    assert not [row for row in palette.model.rows if row.key.startswith("action:")]
    assert {"invoice export", "line 7", "Show all items with “invoice”"} <= set(titles(palette))
    wanted = titles(palette).index("Show all items with “invoice”")
    press(palette, qtbot, *[Qt.Key.Key_Down] * wanted, Qt.Key.Key_Return)
    page = window.pages["inbox"]
    assert isinstance(page, InboxPage)
    qtbot.waitUntil(lambda: page.isVisible() and page.wish.query == "invoice*")  # as the palette asked
    window.commands.search_logs("line 7")
    logs = window.pages["logs"]
    assert isinstance(logs, LogsPage)
    assert logs.search is not None
    assert (shown(window), logs.search.text()) == ("logs", "line 7")


def test_a_master_that_does_not_answer_leaves_what_the_window_knows(
    window: MainWindow, client: FakeClient, qtbot: QtBot
) -> None:
    palette = opened(window, qtbot)
    client.errors["items"] = ApiError(503, "ERR_UNREACHABLE", "nobody there")
    qtbot.keyClicks(palette.field, "a1")
    qtbot.waitUntil(lambda: not palette._rest.isActive())
    assert titles(palette)[0] == "a1@northwind.example"
    assert window.toasts.toasts == []


def test_a_choice_that_is_gone_is_not_offered_and_what_fits_nothing_says_so(
    window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    context.settings.update(palette_recent=("account:gone", "nonsense", "account:a1"))
    palette = opened(window, qtbot)
    assert titles(palette)[0] == "a1@northwind.example"
    qtbot.keyClicks(palette.field, "zzzzzz")
    assert palette.nothing.isVisible()
    assert palette.nothing.text() == "Nothing fits"
    press(palette, qtbot, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Down)
    assert palette.isVisible()


def test_it_closes_when_the_person_turns_to_another_window(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    other = AccountDialog(window.context)
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not palette.isVisible())
    other.reject()


def test_with_ten_thousand_accounts_it_opens_and_filters_at_once(
    window: MainWindow, context: Context, qtbot: QtBot, qapp: QApplication
) -> None:
    context.models.accounts.replace_all(
        [make_account(f"x{number}", name=f"mailbox {number} of northwind") for number in range(10_000)]
    )
    spent = []
    for _ in range(4):  # pages that the window makes meanwhile are no part of it
        began = time.thread_time()
        palette = opened(window, qtbot)
        qapp.processEvents()
        spent.append(time.thread_time() - began)
        palette.reject()
    assert min(spent) < 1.0  # 50 ms on a machine that does nothing else
    palette = opened(window, qtbot)
    spent = []
    for letter in "mailbox 99":
        began = time.thread_time()
        palette.field.insert(letter)
        spent.append(time.thread_time() - began)
    assert sorted(spent)[len(spent) // 2] < 0.2  # 30 ms
    assert "mailbox 99 of northwind" in titles(palette)[:3]
